"""A recall sheet as values: what stands on it, in words, in the order of the signal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, is_dataclass, replace
from typing import Any

SHEET_SCHEMA = 1


@dataclass(frozen=True)
class SheetRow:
    """A setting by its name, its value in words with the unit.

    `by_job` marks what the song has otherwise than its chain; `chain_value` is what the chain has
    there, None where that is not known.
    """

    name: str
    value: str
    by_job: bool = False
    chain_value: str | None = None


@dataclass(frozen=True)
class SheetStem:
    """A stem with its role, the names of its files, and its own gain in words.

    `by_job` marks a gain that the song has, which no chain has.
    """

    name: str
    role: str
    files: tuple[str, ...]
    gain: str
    offset: str = ""
    by_job: bool = False


@dataclass(frozen=True)
class SheetInsert:
    """An insert: `what` it is, its state file's name or "", every setting, levels, and remarks.

    `remarks` say where the settings were read, or why they could not be.
    """

    id: str
    what: str
    settings: tuple[SheetRow, ...]
    levels: tuple[SheetRow, ...] = ()
    remarks: tuple[str, ...] = ()
    is_bypassed: bool = False


@dataclass(frozen=True)
class SheetRide:
    """A ride of a group or a stem in words, and the section it was written for, if any."""

    who: str
    words: str
    section: str | None = None


@dataclass(frozen=True)
class SheetStrip:
    """A group, a return or the master, as a channel strip; rides are its own and its stems'."""

    id: str
    kind: str
    stems: tuple[SheetStem, ...]
    levels: tuple[SheetRow, ...]
    inserts: tuple[SheetInsert, ...]
    rides: tuple[SheetRide, ...] = ()


@dataclass(frozen=True)
class SheetSection:
    """A part of the song: its times as written, what was asked of it, the rides in it."""

    name: str
    times: str
    words: str
    rides: tuple[SheetRide, ...] = ()


@dataclass(frozen=True)
class SheetVersion:
    """A finished file: its name, what sounds in it, and its readings in words."""

    id: str
    file: str
    sounding: str
    loudness: str
    true_peak: str
    trim: str = ""


@dataclass(frozen=True)
class Sheet:
    """A whole recall sheet; `heading` begins with song, artist, revision, date and engineer."""

    heading: tuple[SheetRow, ...]
    strips: tuple[SheetStrip, ...]
    target: tuple[SheetRow, ...]
    versions: tuple[SheetVersion, ...]
    sections: tuple[SheetSection, ...]
    engine: tuple[SheetRow, ...]
    remarks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The song's title; a dash where nobody gave one."""
        return self.heading[0].value

    @property
    def has_overrides(self) -> bool:
        """Whether anything stands on it that the song has otherwise than its chain."""
        rows: list[SheetRow | SheetStem] = [*self.target]
        for strip in self.strips:
            rows += [*strip.stems, *strip.levels]
            rows += [row for insert in strip.inserts for row in insert.settings]
        return any(row.by_job for row in rows)

    def as_json(self) -> dict[str, Any]:
        """The object `sheet --json` prints."""
        return {"schema": SHEET_SCHEMA, **asdict(self)}

    def shown(self, text: Callable[[str], str]) -> Sheet:
        """The same with every text as `text` shows it."""
        made: Sheet = _shown(self, text)
        return made


def _shown(value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, tuple):
        return tuple(_shown(each, text) for each in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    return replace(value, **{f.name: _shown(getattr(value, f.name), text) for f in fields(value)})
