"""Attributes and children of XML elements, as lenient readers want them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, cast

from lxml import etree

_HIGHEST_NUMBER = 1e18
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


def children(element: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """The direct children of one of `tags`."""
    return (child for child in element if child.tag in tags)


def child(element: etree._Element | None, tag: str) -> etree._Element | None:
    """The first direct child of that tag."""
    return None if element is None else element.find(tag)


def named(element: etree._Element | None, tag: str, name: str) -> etree._Element | None:
    """The first direct child of that tag called `name`."""
    found = () if element is None else children(element, tag)
    return next((each for each in found if each.get("name") == name), None)
