"""From a validation error of a file's wire models to a fault in the words of the file.

What is expected is read off the JSON Schema, so that every field says its own range and unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from json import dumps
from typing import Any

from pydantic_core import ErrorDetails

from chains.checks import AGREEMENTS
from chains.faults import Fault
from chains.lines import At, Source
from stemwright.values import dataclass
from stemwright.words import nearest

Node = Mapping[str, Any]

_KINDS = {
    "missing": "missing_key",
    "extra_forbidden": "unknown_key",
    "union_tag_invalid": "unknown_value",
    "union_tag_not_found": "missing_key",
    "literal_error": "unknown_value",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "finite_number": "out_of_range",
    "too_short": "wrong_length",
    "too_long": "wrong_length",
    "string_too_short": "bad_text",
    "string_too_long": "bad_id",
    "string_pattern_mismatch": "bad_id",
    "bad_time": "bad_time",
}
"""Kinds by pydantic's error types; all else is a type."""

_UNITS = {
    "_db": "dB",
    "_dbtp": "dBTP",
    "_lufs": "LUFS",
    "_ms": "ms",
    "hz": "Hz",
    "_samples": "samples",
    "_octave": "dB/octave",
}
_ARTICLES = {"boolean": "true or false", "string": "text", "object": "a table"}


@dataclass(frozen=True)
class Grammar:
    """What one kind of file may hold, by its JSON Schema."""

    schema: Node

    def faults_of(
        self, errors: Iterable[ErrorDetails], data: Mapping[str, Any], source: Source
    ) -> list[Fault]:
        """Say the validation errors of `data` in the file's words."""
        return [
            self._fault(error, data, source) for error in errors if not _is_told_elsewhere(error)
        ]

    def _fault(self, error: ErrorDetails, data: Mapping[str, Any], source: Source) -> Fault:
        kind = _KINDS.get(error["type"], "wrong_type")
        at, node = self.node_at(error["loc"], data)
        if kind == "unknown_key":
            table = self.node_at(error["loc"][:-1], data)[1]
            return unknown_key(at, tuple(table.get("properties", {})), source)
        if "discriminator" in node and isinstance(error["input"], Mapping):
            return _unknown_tag(at, node, error["input"], source)
        if kind == "missing_key":
            return self._missing(at, node, source)
        return self._wrong_value(kind, at, node, error["input"], source)

    def _wrong_value(self, kind: str, at: At, node: Node, value: object, source: Source) -> Fault:
        expected = self.expected_in_words(node, _label(at))
        return Fault(
            kind,
            f"{_label(at)} is {found_in_words(value)}; expected {expected}",
            source.where(*at),
            expected=expected,
            nearest=nearest(value, _choices(node)),
        )

    def _missing(self, at: At, node: Node, source: Source) -> Fault:
        expected = self.expected_in_words(node, _label(at))
        message = f"{_label(at)} is missing; expected {expected}"
        return Fault("missing_key", message, source.where(*at), expected=expected)

    def node_at(self, loc: tuple[int | str, ...], data: object) -> tuple[At, Node]:
        """Follow a validation path through the schema, leaving out the tags of its unions."""
        at: At = ()
        node = self.schema
        for step in loc:
            if "discriminator" in node:
                node = self.resolved({"$ref": node["discriminator"]["mapping"][step]})
            elif "oneOf" in node:
                node = self._branch(node, data)
            else:
                at = (*at, step)
                node = self._child(node, step)
                data = _value(data, step)
        return at, node

    def _child(self, node: Node, step: int | str) -> Node:
        if isinstance(step, int):
            fixed = node.get("prefixItems", ())
            return self.resolved(fixed[step] if step < len(fixed) else node.get("items", {}))
        rest = node.get("additionalProperties")
        found = node.get("properties", {}).get(step, rest if isinstance(rest, Mapping) else {})
        return self.resolved(found)

    def _branch(self, node: Node, data: object) -> Node:
        options = [self.resolved(option) for option in node["oneOf"]]
        is_table = isinstance(data, Mapping)
        return next(option for option in options if (option.get("type") == "object") == is_table)

    def resolved(self, node: Node) -> Node:
        """Return a schema node with its reference followed."""
        if "$ref" not in node:
            return node
        target = self.schema["$defs"][node["$ref"].rpartition("/")[2]]
        return {**target, **{key: value for key, value in node.items() if key != "$ref"}}

    def expected_in_words(self, node: Node, name: str) -> str:
        """Say what a schema node accepts; `name` is its key, which tells the unit."""
        kind = node.get("type")
        if "enum" in node or "const" in node:
            return " or ".join(_listed(node.get("enum", [node.get("const")])))
        if "oneOf" in node and "discriminator" not in node:
            return " or ".join(
                self.expected_in_words(self.resolved(o), name) for o in node["oneOf"]
            )
        if kind == "array":
            return self._array_in_words(node, name)
        if kind in ("number", "integer"):
            return _number_in_words(node, name)
        if kind == "object" or "discriminator" in node:
            return _ARTICLES["object"]
        return str(node.get("description") or _ARTICLES.get(str(kind), "a value"))

    def _array_in_words(self, node: Node, name: str) -> str:
        low, high = node.get("minItems", 0), node.get("maxItems")
        count = f" of {low} to {high}" if high else f" of at least {low}" if low else ""
        items = self.expected_in_words(self.resolved(node.get("items", {})), name)
        return f"a list{count}, each {items}"


def _is_told_elsewhere(error: ErrorDetails) -> bool:
    """What must agree is chains.checks' to tell, whatever else is wrong beside it.

    A list whose elements are faulty is also called too short, though it is long enough.
    """
    if error["type"] in AGREEMENTS:
        return True
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def unknown_key(at: At, known: tuple[str, ...], source: Source) -> Fault:
    """Tell a key that its table does not have, beside those it has."""
    return Fault(
        "unknown_key",
        f'there is no key "{at[-1]}" here',
        source.where(*at),
        expected=f"one of {', '.join(known)}",
        nearest=nearest(at[-1], known),
    )


def _unknown_tag(at: At, node: Node, table: Mapping[str, Any], source: Source) -> Fault:
    """An insert's `use` or a band's `shape`, which decide what else the table may hold."""
    key = node["discriminator"]["propertyName"]
    words = tuple(node["discriminator"]["mapping"])
    expected = f"one of {', '.join(words)}"
    where = source.where(*at, key)
    if key not in table:
        return Fault("missing_key", f"{key} is missing; expected {expected}", where, expected)
    return Fault(
        "unknown_use" if key == "use" else "unknown_value",
        f"{key} is {found_in_words(table[key])}; expected {expected}",
        where,
        expected=expected,
        nearest=nearest(table[key], words),
    )


def _label(at: At) -> str:
    """The nearest key: an element of a list goes by the list's name."""
    return next((str(step) for step in reversed(at) if isinstance(step, str)), "the file")


def _value(data: object, step: int | str) -> object:
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, tuple) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _choices(node: Node) -> tuple[str, ...]:
    words = node.get("enum", [node["const"]] if "const" in node else [])
    return tuple(word for word in words if isinstance(word, str))


def _listed(words: list[Any]) -> list[str]:
    quoted = [dumps(word, ensure_ascii=False) for word in words]
    return [", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted


def unit_of(name: str) -> str:
    """The unit a setting's name says; nothing for a bare number."""
    return next((unit for ending, unit in _UNITS.items() if name.endswith(ending)), "")


def _number_in_words(node: Node, name: str) -> str:
    article = "a whole number" if node["type"] == "integer" else "a number"
    unit = unit_of(name)
    unit = f" {unit}" if unit else ""
    low, high = node.get("minimum"), node.get("maximum")
    return f"{article} from {low} to {high}{unit}" if low is not None else f"{article}{unit}"


def found_in_words(value: object) -> str:
    """Say what stands in the file, the way TOML writes it, shortened."""
    if isinstance(value, str):
        return dumps(value if len(value) <= 40 else f"{value[:40]}...", ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, datetime | date | time):
        return "a date or time"
    if isinstance(value, int) and value.bit_length() > 200:
        return f"a number of some {round(value.bit_length() * 0.30103)} digits"
    written = str(value)
    return written if len(written) <= 40 else f"{written[:40]}..."
