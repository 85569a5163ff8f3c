"""What a machine offers the farm: plugins by identity and binary, licence seats, engines."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bridge.hosting import host
from bridge.plugins import Plugin
from bridge.storing import digest
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

ENGINES = ("dawdreamer", "pedalboard")
UNLIMITED = 1024.0
"""What a machine offers of a plugin that no seat limits: more than it has threads."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Seat(_Strict):
    """Licences of a plugin: in this machine's own dongle, or floating over all that share one."""

    plugin: Annotated[str, Field(min_length=1)]
    count: Annotated[int, Field(ge=0, le=1024)]
    kind: Literal["dongle", "floating"] = "dongle"
    licence: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    def is_of(self, plugin: Plugin) -> bool:
        """Whether it is a seat of this plugin, named or by its class id."""
        return self.plugin.casefold() in (plugin.name.casefold(), plugin.class_id.casefold())

    @property
    def name(self) -> str:
        """What is counted: floating seats of one name are the same ones everywhere."""
        return self.licence or self.plugin


class _SeatsFile(_Strict):
    schema_: Annotated[Literal[1], Field(alias="schema")]
    seat: list[Seat] = []


def read_seats(path: Path | None) -> tuple[Seat, ...]:
    """The seats that a TOML file tells. Raises InputError `seats_unreadable` with its faults."""
    if path is None:
        return ()
    try:
        return tuple(_SeatsFile.model_validate(tomllib.loads(path.read_text("utf-8"))).seat)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        said = [getattr(error, "strerror", None) or str(error)]
    except ValidationError as error:
        said = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    raise InputError(
        [
            Problem(
                "seats_unreadable",
                f"the seats cannot be read: {each}",
                {"file": str(path)},
                expected='schema = 1 and tables [[seat]] with plugin = "NAME", count = 1 and, for a'
                ' floating licence, kind = "floating"',
                hint="docs/farm.md has an example",
            )
            for each in said
        ]
    )


def resource_of(plugin: Plugin, engine: str, engine_version: str) -> str:
    """The farm's name for one plugin binary in one engine: what may stand for what, to the bit."""
    facts = {
        "class_id": plugin.class_id,
        "format": plugin.format,
        "binary": plugin.binary_hash,
        "engine": engine,
        "engine_version": engine_version,
    }
    return f"plugin:{digest('farm plugin', **facts)[:32]}"


@dataclass(frozen=True)
class Offer:
    """One machine: its name and system, its engines, its plugins, its seats."""

    machine: str
    system: str
    engines: Mapping[str, str]
    plugins: tuple[Plugin, ...]
    seats: tuple[Seat, ...] = ()

    def resources(self) -> dict[str, float]:
        """How many of each plugin may be at work here at once."""
        return {
            resource_of(plugin, engine, version): self._most(plugin)
            for plugin in self.plugins
            for engine, version in self.engines.items()
        }

    def _most(self, plugin: Plugin) -> float:
        seats = [each for each in self.seats if each.is_of(plugin) and each.kind == "dongle"]
        return float(sum(each.count for each in seats)) if seats else UNLIMITED

    def seats_of(self, plugin: Plugin) -> tuple[Seat, ...]:
        """The seats that one use of a plugin takes here."""
        return tuple(each for each in self.seats if each.is_of(plugin))

    def find(self, class_id: str, format_: str, binary_hash: str) -> Plugin | None:
        """The plugin of this very binary."""
        return next(
            (
                each
                for each in self.plugins
                if (each.class_id, each.format, each.binary_hash)
                == (class_id, format_, binary_hash)
            ),
            None,
        )

    def as_json(self) -> dict[str, Any]:
        """How it is told to the farm: no path of this machine."""
        return {
            "machine": self.machine,
            "system": self.system,
            "engines": dict(self.engines),
            "plugins": [{name: getattr(plugin, name) for name in _TOLD} for plugin in self.plugins],
            "seats": [each.model_dump() for each in self.seats],
        }


_TOLD = ("name", "vendor", "version", "format", "class_id", "binary_hash", "classes_in_file")


def offer_here(machine: str, plugins: Iterable[Plugin], seats: Iterable[Seat]) -> Offer:
    """What this machine offers of the plugins that its scan found."""
    engines = {name: host(name).version for name in ENGINES}
    return Offer(machine, sys.platform, engines, tuple(plugins), tuple(seats))


def offer_from_json(told: Mapping[str, Any]) -> Offer:
    """An offer as another machine told it; its plugins lie at no path here."""
    plugins = (
        Plugin(path=Path(f"{told['machine']}.farm") / str(each["name"]), **each)
        for each in told["plugins"]
    )
    return Offer(
        str(told["machine"]),
        str(told["system"]),
        {str(name): str(version) for name, version in told["engines"].items()},
        tuple(plugins),
        tuple(Seat.model_validate(each) for each in told["seats"]),
    )
