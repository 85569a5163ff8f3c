"""XML from strangers: any size, no entities, no network."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from lxml import etree

from sessions.errors import SessionError
from stemwright.problems import Problem
from stemwright.words import printable


def parse_xml(data: bytes, *, recover: bool = False, where: str = "") -> etree._Element:
    """The root element of `data`; `recover` reads on past what is not well-formed.

    `where` is the file the error names. Raises SessionError telling line and column.
    """
    parser = etree.XMLParser(
        huge_tree=True, resolve_entities=False, no_network=True, load_dtd=False, recover=recover
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SessionError(_malformed(where, error)) from error
    if root is None:
        raise SessionError(_malformed(where, "it holds no element"))
    return root


def _malformed(where: str, reason: object) -> Problem:
    line = getattr(reason, "lineno", None)
    place: dict[str, str | int] = {"file": where} if where else {}
    if line:
        place["line"] = line
    return Problem(
        "malformed_xml",
        f"{where or 'the session'} is not readable XML: {printable(reason)}",
        place,
        expected="a complete XML document",
        hint="copy the session again, or save it anew in the DAW: it may be cut short",
    )


DEEPEST = 64
"""How deep tracks, clips and racks may nest before a session is called damaged."""

_HIGHEST_NUMBER = 1e18
_HIGHEST_STRICT = 1e12
_TRUE = frozenset({"true", "1"})
_FALSE = frozenset({"false", "0"})
_ATTRIBUTES = etree.XPath("@*")


def attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Names and values in order; lxml's own `items` looks each up again, in quadratic time."""
    found = cast("list[Any]", _ATTRIBUTES(element))
    return ((str(each.attrname), str(each)) for each in found)


def number(element: etree._Element | None, name: str, otherwise: float = 0.0) -> float:
    """The finite number in an attribute, or `otherwise`."""
    if element is None:
        return otherwise
    return parsed(element.get(name, ""), otherwise)


def parsed(text: str, otherwise: float = 0.0) -> float:
    """The finite number `text` is, or `otherwise`."""
    try:
        value = float(text)
    except ValueError:
        return otherwise
    return value if math.isfinite(value) and abs(value) <= _HIGHEST_NUMBER else otherwise


def flag(element: etree._Element | None, name: str, otherwise: bool = False) -> bool:
    """A switch: 1 and 0, yes and no."""
    said = "" if element is None else element.get(name, "")
    return otherwise if not said else said in ("1", "yes", "true")


def attribute(element: etree._Element | None, name: str) -> str:
    """An attribute, or nothing when there is no element or no such attribute."""
    return "" if element is None else element.get(name) or ""


def children(element: etree._Element | None, *tags: str) -> Iterator[etree._Element]:
    """The direct children of one of `tags`, or all; never comments or processing instructions."""
    found = () if element is None else element
    return (child for child in found if (child.tag in tags if tags else isinstance(child.tag, str)))


def child(element: etree._Element | None, tag: str) -> etree._Element | None:
    """The first direct child of that tag."""
    return None if element is None else element.find(tag)


def named(element: etree._Element | None, tag: str, name: str) -> etree._Element | None:
    """The first direct child of that tag called `name`."""
    return next((each for each in children(element, tag) if each.get("name") == name), None)


@dataclass(frozen=True)
class Source:
    """The XML document that elements come from: a session file, or a member of it."""

    path: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """The document as errors name it."""
        return self.path.name if self.member is None else f"{self.path.name}/{self.member}"

    def fault(
        self, element: etree._Element | None, kind: str, message: str, hint: str | None = None
    ) -> SessionError:
        """The error that `element` is wrong, naming its line."""
        where: dict[str, str | int] = {"file": printable(self.path)}
        if self.member is not None:
            where["member"] = printable(self.member)
        line: int | None = getattr(element, "sourceline", None)
        if line:
            where["line"] = line
        place = f"{self.name}, line {line}" if line else self.name
        return SessionError(
            Problem(
                kind,
                f"{printable(place)}: {printable(message)}",
                where,
                hint=hint or "save the session again in the DAW: this one seems to be damaged",
            )
        )

    def number(
        self,
        element: etree._Element,
        name: str,
        default: float | None = None,
        *,
        infinite: bool = False,
    ) -> float:
        """The attribute as a number; without a default it must be there.

        Raises SessionError for what is no number, not finite (unless `infinite`), or beyond 1e12.
        """
        text = element.get(name)
        if text is None:
            if default is None:
                raise self.fault(element, "missing_value", f"<{element.tag}> has no {name}")
            return default
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if math.isnan(value) or (not infinite and not abs(value) <= _HIGHEST_STRICT):
            message = f"{name}={text[:40]!r} of <{element.tag}> is no usable number"
            raise self.fault(element, "malformed_number", message)
        return value

    def flag(self, element: etree._Element | None, name: str, default: bool) -> bool:
        """The attribute as true or false; raises SessionError for other words."""
        text = None if element is None else element.get(name)
        if text is None:
            return default
        if text.lower() in _TRUE:
            return True
        if text.lower() in _FALSE:
            return False
        message = f"{name}={text[:40]!r} is neither true nor false"
        raise self.fault(element, "malformed_flag", message)
