"""The LIST-INFO chunk of a WAV: short texts by names of four letters (RIFF, Microsoft/IBM 1991).

They are in UTF-8. The standard knows code pages alone, and its CSET chunk says which: where a text
is no ASCII, one says UTF-8. Readers that go by neither show it wrongly, and have ID3 beside it.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from bridge.delivering.tags.fields import FIELDS

INFO = b"INFO"
CSET_UTF8 = struct.pack("<HHHH", 65001, 0, 0, 0)
"""The body of a CSET chunk: code page, country, language and dialect, these three unsaid."""


def info_texts(body: bytes) -> dict[str, str]:
    """The texts of a chunk by their names; of several by one name the first."""
    found: dict[str, str] = {}
    for name, text in _rows(body):
        said = text.partition(b"\0")[0]
        found.setdefault(name.decode("latin-1"), _decoded(said))
    return found


def info_with(body: bytes, changes: Mapping[str, str]) -> bytes:
    """A chunk's body with `changes` by field; "" takes one out, names that are not ours stay."""
    names = {each.info.encode(): changes[each.name] for each in _HERE if each.name in changes}
    kept = [(name, _in_utf8(text)) for name, text in _rows(body) if name not in names]
    ours = [(name, text.encode() + b"\0") for name, text in names.items() if text]
    rows = sorted([*kept, *ours], key=lambda row: _PLACES.get(row[0], len(_PLACES)))
    return INFO + b"".join(_packed(*row) for row in rows) if rows else b""


_HERE = tuple(each for each in FIELDS if each.info)
_PLACES = {each.info.encode(): place for place, each in enumerate(_HERE)}


def _rows(body: bytes) -> list[tuple[bytes, bytes]]:
    rows, at = [], 4
    while at + 8 <= len(body):
        name, size = struct.unpack_from("<4sI", body, at)
        rows.append((name, body[at + 8 : at + 8 + size]))
        at += 8 + size + (size & 1)
    return rows


def _packed(name: bytes, text: bytes) -> bytes:
    return struct.pack("<4sI", name, len(text)) + text + b"\0" * (len(text) & 1)


def _in_utf8(text: bytes) -> bytes:
    return text if text.isascii() else _decoded(text).encode()


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")
