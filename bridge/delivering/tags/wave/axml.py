"""The ISRC in the axml chunk of a WAV, as EBU Tech 3352 has it, where other tools look for it."""

from __future__ import annotations

import re

_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<ebucore:ebuCoreMain xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:ebucore="urn:ebu:metadata-schema:ebuCore_2012">\n'
    "  <ebucore:coreMetadata>\n"
    '    <ebucore:identifier typeLabel="GUID" typeDefinition="Globally Unique Identifier"'
    ' formatLabel="ISRC" formatDefinition="International Standard Recording Code"'
    ' formatLink="http://www.ebu.ch/metadata/cs/ebu_IdentifierTypeCodeCS.xml#3.7">\n'
    "      <dc:identifier>ISRC:{isrc}</dc:identifier>\n"
    "    </ebucore:identifier>\n"
    "  </ebucore:coreMetadata>\n"
    "</ebucore:ebuCoreMain>\n"
)
_ISRC = re.compile(rb"<dc:identifier>\s*ISRC:([A-Z0-9]{12})\s*</dc:identifier>")


def axml_of(isrc: str) -> bytes:
    """The body of a chunk that says nothing but this ISRC."""
    return _DOCUMENT.format(isrc=isrc).encode()


def axml_isrc(body: bytes) -> str:
    """The ISRC that a chunk says; "" where it says none."""
    found = _ISRC.search(body)
    return "" if found is None else found[1].decode()


def is_isrc_alone(body: bytes) -> bool:
    """Whether a chunk is one of ours, and may be replaced: others hold whole scenes (ADM)."""
    isrc = axml_isrc(body)
    return isrc != "" and body.rstrip(b"\0") == axml_of(isrc)
