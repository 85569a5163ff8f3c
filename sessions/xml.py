"""XML from strangers: any size, no entities, no network."""

from __future__ import annotations

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
