"""The head of an .fxp or .fxb: whose VST2 state it is.

Layout (VST 2.4 SDK, vstfxstore.h, big-endian): `CcnK`, byte size, `FxCk`, `FPCh`, `FxBk` or `FBCh`,
format version, the plugin's unique id.
"""

from __future__ import annotations

HEAD_BYTES = 20
_MAGIC = b"CcnK"
_KINDS = frozenset({b"FxCk", b"FPCh", b"FxBk", b"FBCh"})


def class_id(head: bytes) -> str | None:
    """The unique id in the first bytes of an .fxp, 8 hex digits; None when they are not one."""
    if len(head) < HEAD_BYTES or head[:4] != _MAGIC or head[8:12] not in _KINDS:
        return None
    return head[16:20].hex().upper()
