"""Cover art: what a file of it is by its head, and whether shops take it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bridge.delivering.tags.codes import Refusal

_LEAST_PX, _MOST_PX = 1400, 6000
_MOST_BYTES = 10_000_000
_EXPECTED = (
    f"a square JPEG or PNG in RGB, {_LEAST_PX} to {_MOST_PX} pixels wide,"
    f" {_MOST_BYTES // 1_000_000} MB at most"
)
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_PNG_MODES = {0: "grey", 2: "RGB", 3: "palette", 4: "grey with alpha", 6: "RGB with alpha"}
_JPEG_MODES = {1: "grey", 3: "RGB", 4: "CMYK"}
_FRAME_HEADS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_SIZE = frozenset({0x01, *range(0xD0, 0xD9)})
_RGB = "RGB"


class CoverError(Exception):
    """A picture that is no cover; `refusal` says why."""

    def __init__(self, kind: str, wrong: str) -> None:
        self.refusal = Refusal(kind, wrong, _EXPECTED)
        super().__init__(wrong)


@dataclass(frozen=True)
class CoverFacts:
    """What a picture is: `mode` is its colours, `sha256` of its bytes."""

    mime: Literal["image/jpeg", "image/png"]
    width_px: int
    height_px: int
    mode: str
    bits: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Cover:
    """A picture: its bytes and what they are."""

    octets: bytes
    facts: CoverFacts


def read_cover(path: Path) -> Cover:
    """Read a JPEG or a PNG that can be a cover. Raises CoverError."""
    try:
        if not path.is_file():
            raise CoverError("cover_missing", f'is "{path}", where there is no file')
        with path.open("rb") as file:
            octets = file.read(_MOST_BYTES + 1)
    except OSError as cause:
        wrong = f'is "{path}", which cannot be read: {cause.strerror}'
        raise CoverError("cover_missing", wrong) from cause
    if len(octets) > _MOST_BYTES:
        raise CoverError("bad_cover", f"has {path.stat().st_size} bytes")
    facts = cover_facts(octets)
    if facts is None:
        raise CoverError("bad_cover", f'is "{path}", which is no JPEG or PNG')
    wrong = "; ".join(_faults(facts))
    if wrong:
        raise CoverError("bad_cover", wrong)
    return Cover(octets, facts)


def _faults(facts: CoverFacts) -> Iterator[str]:
    if facts.width_px != facts.height_px:
        yield f"is not square: {facts.width_px} x {facts.height_px} pixels"
    elif not _LEAST_PX <= facts.width_px <= _MOST_PX:
        yield f"is {facts.width_px} x {facts.height_px} pixels"
    if facts.mode != _RGB:
        yield f"has the colours {facts.mode}"


def cover_facts(octets: bytes) -> CoverFacts | None:
    """What a picture is by its head; None for what is neither JPEG nor PNG."""
    found = _png(octets) if octets.startswith(_PNG) else _jpeg(octets)
    if found is None:
        return None
    mime, width_px, height_px, mode, bits = found
    digest = hashlib.sha256(octets).hexdigest()
    return CoverFacts(mime, width_px, height_px, mode, bits, len(octets), digest)


_Found = tuple[Literal["image/jpeg", "image/png"], int, int, str, int]


def _png(octets: bytes) -> _Found | None:
    """The first chunk is IHDR (ISO 15948, 11.2.1), and IEND the last."""
    if octets[12:16] != b"IHDR" or len(octets) < 45 or octets[-8:-4] != b"IEND":
        return None
    width, height = (int.from_bytes(octets[at : at + 4], "big") for at in (16, 20))
    return "image/png", width, height, _PNG_MODES.get(octets[25], "unknown"), octets[24]


def _jpeg(octets: bytes) -> _Found | None:
    """The frame header comes after any number of segments (ITU-T T.81, B.2)."""
    if not octets.startswith(_JPEG) or octets.rstrip(b"\0")[-2:] != b"\xff\xd9":
        return None
    at = 2
    while at + 9 < len(octets) and octets[at] == 0xFF:
        marker = octets[at + 1]
        if marker == 0xFF or marker in _WITHOUT_SIZE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAME_HEADS:
            height, width = (int.from_bytes(octets[at + n : at + n + 2], "big") for n in (5, 7))
            mode = _JPEG_MODES.get(octets[at + 9], "unknown")
            return "image/jpeg", width, height, mode, octets[at + 4]
        at += 2 + max(2, int.from_bytes(octets[at + 2 : at + 4], "big"))
    return None
