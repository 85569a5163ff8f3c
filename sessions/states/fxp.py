"""The .fxp and .fxb layouts (VST 2.4 SDK, vstfxstore.h), big-endian.

`CcnK`, size of what follows, one of FxCk (a program's parameters), FPCh (a program's chunk), FxBk
(a bank of programs), FBCh (a bank's chunk), format version, plugin's unique id and version, count
of parameters or programs; then a program's name (28 bytes) or a bank's 128 reserved bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from sessions.states.vstpreset import StateError

_HEAD = struct.Struct(">4si4siIii")
_OWNER = struct.Struct(">4si4siI")
FXP_HEAD_BYTES = _OWNER.size
"""How many bytes say whose state an .fxp or .fxb is."""
_MAGIC = b"CcnK"
_SIZE = struct.Struct(">i")
_NAME_BYTES, _RESERVED_BYTES = 28, 128
_NOT_COUNTED = 8
_BANKS = frozenset({b"FBCh", b"FxBk"})
_KINDS = _BANKS | {b"FPCh", b"FxCk"}


@dataclass(frozen=True)
class Fxp:
    """A .fxp or .fxb taken apart: `kind` is FxCk, FPCh, FxBk or FBCh.

    `data` is the chunk, or for FxBk the programs as they stand; `values` are FxCk's parameters
    from 0 to 1; `name` is the program's.
    """

    kind: str
    unique_id: int
    plugin_version: int
    name: str
    data: bytes = b""
    values: tuple[float, ...] = ()


def build_fxp_chunk(
    unique_id: int, data: bytes, *, bank: bool, name: str, plugin_version: int, count: int
) -> bytes:
    """An .fxb (`bank`) or .fxp around the plugin's own chunk; `count` of programs or parameters."""
    middle = bytes(_RESERVED_BYTES) if bank else _named(name)
    body = middle + _SIZE.pack(len(data)) + data
    return _headed("FBCh" if bank else "FPCh", 1, unique_id, plugin_version, count, body)


def build_fxp_params(
    unique_id: int, values: Sequence[float], *, name: str, plugin_version: int
) -> bytes:
    """An .fxp of parameter values from 0 to 1, for plugins without a chunk."""
    body = _named(name) + struct.pack(f">{len(values)}f", *values)
    return _headed("FxCk", 1, unique_id, plugin_version, len(values), body)


def fxp_unique_id(head: bytes) -> int | None:
    """The unique id in the first bytes of an .fxp or .fxb, unsigned; None when they are not one."""
    if len(head) < FXP_HEAD_BYTES or head[:4] != _MAGIC:
        return None
    _, _, kind, _, unique_id = _OWNER.unpack_from(head)
    return int(unique_id) if kind in _KINDS else None


def is_bank(data: bytes) -> bool:
    """Whether an .fxp or .fxb is the latter: a bank's chunk, or a bank of programs."""
    return data[8:12] in _BANKS


def parse_fxp(data: bytes) -> Fxp:
    """What an .fxp or .fxb holds.

    Raises StateError when it is none or is cut short.
    """
    if len(data) < _HEAD.size or data[:4] != _MAGIC:
        raise StateError("no VST2 preset: it does not begin with CcnK")
    _, size, raw_kind, _, unique_id, plugin_version, count = _HEAD.unpack_from(data)
    kind = raw_kind.decode("latin-1")
    rest = data[_HEAD.size :]
    # Hosts state the outer size carelessly; only a bank of programs has no other.
    if kind == "FxBk" and size + _NOT_COUNTED > len(data):
        raise StateError(f"the VST2 bank of {size + _NOT_COUNTED} bytes is cut short")
    if kind in ("FBCh", "FxBk"):
        body = rest[_RESERVED_BYTES:]
        held = body if kind == "FxBk" else _chunk(body)
        return Fxp(kind, unique_id, plugin_version, "", held)
    if kind not in ("FPCh", "FxCk"):
        raise StateError(f"a VST2 preset of the unknown kind {kind!r}")
    name = rest[:_NAME_BYTES].split(b"\0")[0].decode("utf-8", "replace")
    body = rest[_NAME_BYTES:]
    if kind == "FPCh":
        return Fxp(kind, unique_id, plugin_version, name, _chunk(body))
    if count < 0 or 4 * count > len(body):
        raise StateError(f"the VST2 preset states {count} parameters and is cut short")
    values = struct.unpack_from(f">{count}f", body)
    return Fxp(kind, unique_id, plugin_version, name, values=values)


def _headed(
    kind: str, version: int, unique_id: int, plugin_version: int, count: int, body: bytes
) -> bytes:
    size = _HEAD.size - _NOT_COUNTED + len(body)
    words = (kind.encode(), version, unique_id & 0xFFFFFFFF, plugin_version, count)
    return _HEAD.pack(_MAGIC, size, *words) + body


def _named(name: str) -> bytes:
    """The name field: at most 27 bytes of UTF-8 and a NUL, no character cut in two."""
    kept = name.encode("utf-8", "replace")[: _NAME_BYTES - 1].decode("utf-8", "ignore")
    return kept.encode().ljust(_NAME_BYTES, b"\0")


def _chunk(body: bytes) -> bytes:
    if len(body) < _SIZE.size:
        raise StateError("the VST2 preset ends before its chunk")
    (size,) = _SIZE.unpack_from(body)
    held = body[_SIZE.size : _SIZE.size + max(size, 0)]
    if size < 0 or len(held) != size:
        raise StateError(f"the VST2 preset's chunk of {size} bytes is cut short")
    return held
