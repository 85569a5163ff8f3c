"""Numbers and flags out of a DAW's XML, with faults that say where they stand."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from sessions.errors import SessionError
from stemwright.problems import Problem
from stemwright.words import printable

DEEPEST = 64
"""How deep tracks, clips and racks may nest before a session is called damaged."""

_LARGEST = 1e12
_TRUE = frozenset({"true", "1"})
_FALSE = frozenset({"false", "0"})


def children(element: etree._Element | None) -> Iterator[etree._Element]:
    """The elements directly inside, without comments and processing instructions."""
    if element is not None:
        yield from (child for child in element if isinstance(child.tag, str))


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
        if math.isnan(value) or (not infinite and not abs(value) <= _LARGEST):
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
