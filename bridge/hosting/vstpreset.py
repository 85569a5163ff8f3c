"""The head of a .vstpreset: enough to tell whose state it is before any plugin sees it.

Layout (VST 3 SDK, "Preset Format"): `VST3`, int32 version, 32 ASCII hex digits of the class id,
int64 offset of the chunk list; little-endian.
"""

from __future__ import annotations

import string

MAGIC = b"VST3"
HEAD_BYTES = 48
_HEX = frozenset(string.hexdigits.encode())


def class_id(head: bytes) -> str | None:
    """The class id in the first bytes of a .vstpreset; None when they are not one."""
    if len(head) < HEAD_BYTES or head[:4] != MAGIC or not _HEX.issuperset(head[8:40]):
        return None
    return head[8:40].decode("ascii").upper()
