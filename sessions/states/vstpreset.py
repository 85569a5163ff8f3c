"""The .vstpreset layout (VST 3 SDK, "Preset Format"), little-endian.

`VST3`, int32 version, 32 ASCII hex digits of the class id, int64 offset of the list; chunks;
`List`, int32 count, then per chunk its four characters, int64 offset, int64 size.
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

_HEAD = struct.Struct("<4si32sq")
VSTPRESET_HEAD_BYTES = _HEAD.size
"""How many bytes say whose state a .vstpreset is."""
_MAGIC = b"VST3"
_ENTRY = struct.Struct("<4sqq")
_COUNT = struct.Struct("<4si")
_CLASS_ID = re.compile(r"[0-9A-F]{32}")
_MAX_CHUNKS = 128


class StateError(ValueError):
    """Bytes that are not the plugin state they were taken for; the message says why."""


class VstPreset(NamedTuple):
    """A .vstpreset taken apart; `controller` is None when it has no such chunk or an empty one."""

    class_id: str
    component: bytes
    controller: bytes | None


def canonical_class_id(text: str) -> str:
    """`text` (hex, with or without dashes and braces) as 32 upper-case hex digits.

    Raises StateError for anything else.
    """
    digits = text.strip("{} \t").replace("-", "").upper()
    if not _CLASS_ID.fullmatch(digits):
        raise StateError(f"{text[:80]!r} is not a VST3 class id of 32 hex digits")
    return digits


def windows_byte_order(raw: bytes) -> bytes:
    """The 16 bytes of a class id as Windows orders them (a GUID's three fields), and back."""
    return raw[3::-1] + raw[5:3:-1] + raw[7:5:-1] + raw[8:]


def vstpreset_class_id(head: bytes) -> str | None:
    """The class id in the first bytes of a .vstpreset; None when they are not one."""
    if len(head) < VSTPRESET_HEAD_BYTES or head[:4] != _MAGIC:
        return None
    _, _, raw_id, _ = _HEAD.unpack_from(head)
    try:
        return canonical_class_id(raw_id.decode("latin-1"))
    except StateError:
        return None


def build_vstpreset(class_id: str, component: bytes, controller: bytes | None) -> bytes:
    """A .vstpreset of the chunks Comp and Cont, in the bytes JUCE hosts write.

    Without a controller state Cont is empty.
    """
    chunks = [(b"Comp", component), (b"Cont", controller or b"")]
    at, entries = _HEAD.size, []
    for name, data in chunks:
        entries.append(_ENTRY.pack(name, at, len(data)))
        at += len(data)
    head = _HEAD.pack(_MAGIC, 1, canonical_class_id(class_id).encode(), at)
    body = b"".join(data for _, data in chunks)
    return head + body + _COUNT.pack(b"List", len(entries)) + b"".join(entries)


def parse_vstpreset(data: bytes) -> VstPreset:
    """Class id, component and controller state of a .vstpreset.

    Raises StateError when it is none, is cut short, or has no component state.
    """
    if len(data) < _HEAD.size or data[:4] != _MAGIC:
        raise StateError("no VST3 preset: it does not begin with VST3")
    _, _, raw_id, list_at = _HEAD.unpack_from(data)
    class_id = canonical_class_id(raw_id.decode("latin-1"))
    chunks = _chunks(data, list_at)
    if b"Comp" not in chunks:
        raise StateError("the VST3 preset holds no component state")
    return VstPreset(class_id, chunks[b"Comp"], chunks.get(b"Cont") or None)


def _chunks(data: bytes, list_at: int) -> dict[bytes, bytes]:
    if not _HEAD.size <= list_at <= len(data) - _COUNT.size:
        raise StateError(f"the VST3 preset's list would stand at {list_at} of {len(data)} bytes")
    magic, count = _COUNT.unpack_from(data, list_at)
    entries_at = list_at + _COUNT.size
    if magic != b"List" or not 0 <= count <= _MAX_CHUNKS:
        raise StateError("the VST3 preset has no list of its chunks")
    if entries_at + count * _ENTRY.size > len(data):
        raise StateError("the VST3 preset's list of chunks is cut short")
    chunks: dict[bytes, bytes] = {}
    for index in range(count):
        name, at, size = _ENTRY.unpack_from(data, entries_at + index * _ENTRY.size)
        if at < 0 or size < 0 or at + size > len(data):
            raise StateError(f"the VST3 preset's chunk {name!r} reaches beyond its end")
        chunks.setdefault(name, data[at : at + size])
    return chunks
