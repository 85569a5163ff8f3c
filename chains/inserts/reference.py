"""The built-in processors as their users see them: settings, units, ranges, defaults.

Everything is read off the models that check a chain file (chains.inserts, chains.wire).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

from chains.fault_words import Node, unit_of
from chains.inserts.plugin import Plugin
from chains.inserts.settings import InsertSettings
from chains.json_schema import grammar
from chains.wire import Placement

_PLACEMENT = tuple(Placement.model_fields)
_TAGS = ("use", "shape")


@dataclass(frozen=True)
class Setting:
    """One setting: what its values are, and what it is without one.

    `default` is None where it is `required`, or where it is unset; `of` names the kind of band.
    `choices` are all values there are, empty for a range.
    """

    name: str
    about: str
    unit: str
    accepts: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str | float, ...]
    default: Any
    required: bool
    of: str = ""


@dataclass(frozen=True)
class ProcessorWords:
    """One processor: the word of `use`, what it does, its settings; those of its bands last."""

    use: str
    about: str
    settings: tuple[Setting, ...]

    def as_json(self) -> dict[str, Any]:
        """The object of the `processors` list."""
        return asdict(self)


def processors() -> tuple[ProcessorWords, ...]:
    """Every built-in, in the order of chains.USES."""
    models = [each for each in get_args(InsertSettings) if each is not Plugin]
    tables = _insert_tables()
    return tuple(
        ProcessorWords(
            each.model_fields["use"].default,
            " ".join((each.__doc__ or "").split()),
            tuple(_settings(tables[each.model_fields["use"].default])),
        )
        for each in models
    )


def placement() -> tuple[Setting, ...]:
    """What every insert has beside its processor's settings."""
    node = _insert_tables()["gain"]
    return tuple(_setting(name, node["properties"][name], node, "") for name in _PLACEMENT)


def _insert_tables() -> Mapping[str, Node]:
    rows = grammar().resolved({"$ref": "#/$defs/GroupTable"})["properties"]["insert"]["items"]
    mapping = rows["discriminator"]["mapping"]
    return {use: grammar().resolved({"$ref": ref}) for use, ref in mapping.items()}


def _settings(table: Node, of: str = "") -> Iterator[Setting]:
    bands: list[tuple[str, Node]] = []
    for name, node in table["properties"].items():
        if name in _PLACEMENT or (name in _TAGS and name in table["required"]):
            continue
        yield _setting(name, node, table, of)
        if node.get("type") == "array":
            bands += _bands(node["items"])
    for kind, node in bands:
        yield from _settings(node, kind)


def _bands(node: Node) -> Iterator[tuple[str, Node]]:
    """The tables of a list, each by the shapes it is for, or as a band where all are alike."""
    if "discriminator" not in node:
        band = grammar().resolved(node)
        if band.get("type") == "object":
            yield "band", {"required": (), **band}
        return
    for each in (grammar().resolved(option) for option in node["oneOf"]):
        shape = each["properties"]["shape"]
        yield " or ".join(shape.get("enum", [shape.get("const")])), each


def _setting(name: str, node: Node, table: Node, of: str) -> Setting:
    node = grammar().resolved(node)
    words = node.get("enum", [node["const"]] if "const" in node else [])
    described = node.get("type") in ("number", "integer") or words
    return Setting(
        name=name,
        about=str(node.get("description", "")) if described else "",
        unit=unit_of(name),
        accepts=grammar().expected_in_words(node, name),
        minimum=node.get("minimum"),
        maximum=node.get("maximum"),
        choices=tuple(words),
        default=node.get("default"),
        required=name in table.get("required", ()),
        of=of,
    )


def default_in_words(setting: Setting) -> str:
    """Say what a setting is where a file leaves it out."""
    if setting.required:
        return "must be given"
    if setting.default is None:
        return "unset"
    if isinstance(setting.default, bool | str):
        return str(setting.default).lower()
    return f"{setting.default:g} {setting.unit}".strip()


def as_markdown(found: Sequence[ProcessorWords]) -> Iterator[str]:
    """The page docs/processors.md, line by line."""
    yield "# Built-in processors"
    yield "Printed by `stemwright processors --markdown`. `use` names one in a chain; a setting"
    yield "that is left out has its default. Every insert, a plugin's too, also takes:"
    yield ""
    yield from _table(placement())
    for each in found:
        yield ""
        yield f"## {each.use}"
        yield each.about
        yield ""
        yield from _table(each.settings)


def _table(settings: Sequence[Setting]) -> Iterator[str]:
    yield "| setting | takes | default | |"
    yield "|---|---|---|---|"
    for row in rows(settings):
        yield "| " + " | ".join(row) + " |"


def rows(settings: Sequence[Setting]) -> Iterator[tuple[str, str, str, str]]:
    """Settings as cells: name, what it takes, default, what it is; bands' under their shape."""
    for each in settings:
        name = f"{each.of}: {each.name}" if each.of else each.name
        yield name, each.accepts, default_in_words(each), each.about
