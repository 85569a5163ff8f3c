"""The iXML chunk of a WAV (iXML 2.10): what bext says in full, and the song in the ASWG's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.delivering.tags.fields import FIELDS
from bridge.delivering.tags.wave.bext import Bext

_VERSION, _ASWG_VERSION = "2.10", "1.1"
_ROOT = "BWFXML"
_ASWG_ORDER = (
    "notes",
    "mixer",
    "masteringEngineer",
    "composer",
    "artist",
    "songTitle",
    "genre",
    "producer",
    "musicPublisher",
    "rightsOwner",
    "musicVersion",
    "isrcId",
    "tempo",
)
"""The schema is a sequence (ASWG-G006, 1.1); `schemaVersion` ends it."""
_HUNDREDTHS = (
    ("BWF_LOUDNESS_VALUE", "integrated_lufs"),
    ("BWF_LOUDNESS_RANGE", "range_lu"),
    ("BWF_MAX_TRUE_PEAK_LEVEL", "true_peak_dbtp"),
    ("BWF_MAX_MOMENTARY_LOUDNESS", "momentary_max_lufs"),
    ("BWF_MAX_SHORT_TERM_LOUDNESS", "short_term_max_lufs"),
)


def ixml_with(
    body: bytes, changes: Mapping[str, str], bext: Bext, description: str
) -> bytes | None:
    """A chunk's body with `changes` by field, and what `bext` says; other elements stay.

    `description` is that of bext in full. None where there is a chunk that cannot be read.
    """
    from lxml import etree

    root = _parsed(body) if body else etree.Element(_ROOT)
    if root is None:
        return None
    if not body:
        _put(root, "IXML_VERSION", _VERSION)
    for name, text in _elements(changes):
        _put(root, name, text)
    _put_aswg(root, changes)
    for name, text in _of_bext(bext, description):
        _put(root, f"BEXT/{name}", text)
    written: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return written


def ixml_texts(body: bytes) -> dict[str, str]:
    """The song's fields that a chunk has, and bext's in full."""
    root = _parsed(body)
    if root is None:
        return {}
    places = {**{each.name: f"ASWG/{each.aswg}" for each in FIELDS if each.aswg}, **_BEXT_PLACES}
    found = {name: root.findtext(place) for name, place in places.items()}
    return {name: text for name, text in found.items() if text}


_BEXT_PLACES = {
    "description": "BEXT/BWF_DESCRIPTION",
    "originator": "BEXT/BWF_ORIGINATOR",
    "originator_reference": "BEXT/BWF_ORIGINATOR_REFERENCE",
}


def _parsed(body: bytes) -> Any:
    """The root of a document, without anything from outside it; None for what is no iXML."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_blank_text=True
    )
    try:
        root: Any = etree.fromstring(body.rstrip(b"\0 \r\n"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root if root.tag == _ROOT and not root.getroottree().docinfo.doctype else None


def _elements(changes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Elements of iXML itself: the project is the album, or the song alone."""
    album = changes.get("album") or changes.get("title")
    if album is not None:
        yield "PROJECT", album
    if "comment" in changes:
        yield "NOTE", changes["comment"]


def _put_aswg(root: Any, changes: Mapping[str, str]) -> None:
    texts = {each.aswg: changes[each.name] for each in FIELDS if each.name in changes and each.aswg}
    for name in _ASWG_ORDER:
        if name in texts:
            tempo = name == "tempo" and texts[name]
            _put(root, f"ASWG/{name}", f"{float(texts[name]):.0f}" if tempo else texts[name])
    aswg = root.find("ASWG")
    if aswg is not None and aswg.find("schemaVersion") is None:
        _put(root, "ASWG/schemaVersion", _ASWG_VERSION)


def _of_bext(bext: Bext, description: str) -> Iterator[tuple[str, str]]:
    yield "BWF_DESCRIPTION", description
    yield "BWF_ORIGINATOR", bext.originator
    yield "BWF_ORIGINATOR_REFERENCE", bext.originator_reference
    yield "BWF_ORIGINATION_DATE", bext.origination_date
    yield "BWF_ORIGINATION_TIME", bext.origination_time
    yield "BWF_TIME_REFERENCE_LOW", str(bext.time_reference_frames & 0xFFFFFFFF)
    yield "BWF_TIME_REFERENCE_HIGH", str(bext.time_reference_frames >> 32)
    yield "BWF_VERSION", "2"
    yield "BWF_CODING_HISTORY", bext.coding_history
    for name, key in _HUNDREDTHS:
        value = None if bext.loudness is None else getattr(bext.loudness, key)
        is_number = value is not None and value == value and abs(value) < 100.0
        yield name, f"{value:.2f}" if is_number else ""


def _put(root: Any, path: str, text: str) -> None:
    """Have an element with this text; with none, have no such element."""
    from lxml import etree

    *above, name = path.split("/")
    parent = root
    for step in above:
        found = parent.find(step)
        if found is None and not text:
            return
        parent = etree.SubElement(parent, step) if found is None else found
    element = parent.find(name)
    if not text:
        if element is not None:
            parent.remove(element)
        return
    (etree.SubElement(parent, name) if element is None else element).text = _for_xml(text)


def _for_xml(text: str) -> str:
    """Without what XML 1.0 cannot hold; a field of somebody else's bext may have it."""
    return "".join(each for each in text if each >= " " or each in "\r\n\t")
