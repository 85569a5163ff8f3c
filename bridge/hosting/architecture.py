"""Which processors a plugin's binary is built for, by its header alone.

ELF: System V ABI, e_machine. Mach-O: mach-o/loader.h and fat.h (untested on real files). PE:
Microsoft PE Format, Machine (untested on real files).
"""

from __future__ import annotations

import struct
from pathlib import Path

_ELF = {3: "x86", 40: "arm", 62: "x86_64", 183: "aarch64", 243: "riscv"}
_MACH = {7: "x86", 0x01000007: "x86_64", 12: "arm", 0x0100000C: "arm64"}
_PE = {0x14C: "x86", 0x8664: "x86_64", 0xAA64: "arm64"}
_FAT, _MACH_64, _MACH_32 = b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe"
_HEAD_BYTES = 4096
_MOST_PARTS = 8


def architecture(binary: Path) -> str:
    """The processors' names, joined by `+`; "unknown" for anything else. Raises OSError."""
    with binary.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    try:
        return _named(head)
    except struct.error:
        return "unknown"


def _named(head: bytes) -> str:
    if head[:4] == b"\x7fELF":
        order = "<" if head[5] == 1 else ">"
        return _ELF.get(struct.unpack_from(f"{order}H", head, 18)[0], "unknown")
    if head[:4] in (_MACH_32, _MACH_64):
        return _MACH.get(struct.unpack_from("<I", head, 4)[0], "unknown")
    if head[:4] == _FAT:
        parts = min(struct.unpack_from(">I", head, 4)[0], _MOST_PARTS)
        kinds = [struct.unpack_from(">I", head, 8 + 20 * part)[0] for part in range(parts)]
        return "+".join(_MACH.get(kind, "unknown") for kind in kinds)
    if head[:2] == b"MZ":
        at = struct.unpack_from("<I", head, 60)[0]
        if head[at : at + 4] == b"PE\0\0":
            return _PE.get(struct.unpack_from("<H", head, at + 4)[0], "unknown")
    return "unknown"
