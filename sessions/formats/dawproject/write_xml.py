"""The small change of a project.xml: elements, ids, numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from lxml import etree

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")


class Ids:
    """Ids in the order in which they are asked for; `wanted` ones are kept free."""

    def __init__(self, wanted: Iterable[str] = ()) -> None:
        self._wanted = {name for name in wanted if _NAME.fullmatch(name)}
        self._given: set[str] = set()
        self._next = 0

    def new(self) -> str:
        """An id nothing else in the project has."""
        while True:
            self._next += 1
            name = f"id{self._next - 1}"
            if name not in self._wanted:
                return name

    def named(self, wanted: str) -> str:
        """The id `wanted` where XML allows it and it is free, else a new one."""
        if wanted not in self._wanted or wanted in self._given:
            return self.new()
        self._given.add(wanted)
        return wanted


def sub(parent: etree._Element, tag: str, **attributes: str | None) -> etree._Element:
    """A new last child; attributes that are None are left out."""
    child = etree.SubElement(parent, tag)
    for name, value in attributes.items():
        if value is not None:
            child.set(name, clean(value))
    return child


def number(value: float) -> str:
    """A number in the fewest digits that read back as the same; never an infinity."""
    if not math.isfinite(value):
        value = math.copysign(1e12, value) if not math.isnan(value) else 0.0
    return repr(float(value))


def flag(value: bool) -> str:
    """A truth value as XML Schema writes it."""
    return "true" if value else "false"


def clean(text: str) -> str:
    """`text` without what no XML can hold: control characters, lone surrogates."""
    kept = (each if each in "\t\n\r" or ord(each) >= 32 else "\ufffd" for each in text)
    return (
        "".join(kept)
        .encode("utf-8", "replace")
        .decode()
        .replace("\ufffe", "\ufffd")
        .replace("\uffff", "\ufffd")
    )
