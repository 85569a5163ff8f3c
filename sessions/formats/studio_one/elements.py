"""Studio One's XML: elements carry their role as `x:id`, often without declaring the prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from sessions.errors import SessionError
from sessions.formats.shared.container import Container
from sessions.formats.shared.xml import attributes, children, parse_xml

_ROOT = re.compile(rb"<[A-Za-z][\w.-]*")
_DECLARED = re.compile(rb"xmlns:x\s*=")
_PREFIX = b' xmlns:x="urn:stemwright:studio-one"'


def document(container: Container, name: str) -> etree._Element | None:
    """The root of a member, None when the song has no such member; raises SessionError."""
    member = container.member(name)
    if member is None:
        return None
    data = container.data(member)
    root = _ROOT.search(data)
    if root is not None and not _DECLARED.search(data):
        data = data[: root.end()] + _PREFIX + data[root.end() :]
    return parse_xml(data, where=f"{container.path.name}!/{member}")


def required(container: Container, name: str, missing: SessionError) -> etree._Element:
    """The root of a member that every song has; raises `missing`."""
    root = document(container, name)
    if root is None:
        raise missing
    return root


def role(element: etree._Element) -> str:
    """The element's `x:id`, or nothing."""
    return next((value for key, value in attributes(element) if key.endswith("}id")), "")


def part(element: etree._Element | None, name: str) -> etree._Element | None:
    """The child whose role is `name`."""
    return next((child for child in children(element) if role(child) == name), None)


def descendant(root: etree._Element, name: str) -> etree._Element | None:
    """The first element anywhere below `root` whose role is `name`."""
    return next(
        (each for each in root.iter() if isinstance(each.tag, str) and role(each) == name), None
    )


def slots(element: etree._Element | None) -> Iterator[etree._Element]:
    """The children of a rack or of the sends without a role of their own: the slots."""
    yield from (
        child for child in children(element) if child.tag == "Attributes" and not role(child)
    )
