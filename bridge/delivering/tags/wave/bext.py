"""The bext chunk of Broadcast Wave, version 2 (EBU Tech 3285), with its loudness (EBU R 128)."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bridge.delivering.tags.transliteration import in_ascii

if TYPE_CHECKING:
    from bridge.metering import Measures

_FIXED = struct.Struct("<256s32s32s10s8sIIH64s5h180s")
_NOT_VALID = 0x7FFF
"""What stands for a value that was not measured (EBU Tech 3285, 2.3)."""
_MOST_HUNDREDTHS = 9999
_LINE_END = "\r\n"
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE
_MODES = {1: "mono", 2: "stereo"}


@dataclass(frozen=True)
class Loudness:
    """What a file measures; NaN or -inf where it has no such value."""

    integrated_lufs: float
    range_lu: float
    true_peak_dbtp: float
    momentary_max_lufs: float
    short_term_max_lufs: float

    @classmethod
    def of(cls, measures: Measures) -> Loudness:
        """What of a file's measures bext has a place for."""
        return cls(
            integrated_lufs=measures.integrated_lufs,
            range_lu=measures.loudness_range_lu,
            true_peak_dbtp=measures.true_peak_dbtp,
            momentary_max_lufs=measures.momentary_max_lufs,
            short_term_max_lufs=measures.short_term_max_lufs,
        )


@dataclass(frozen=True)
class Bext:
    """What a bext chunk says, its texts in ASCII; `loudness` is None where nothing was measured.

    `time_reference_frames` are samples since midnight.
    """

    description: str = ""
    originator: str = ""
    originator_reference: str = ""
    origination_date: str = ""
    origination_time: str = ""
    time_reference_frames: int = 0
    umid: bytes = bytes(64)
    loudness: Loudness | None = None
    coding_history: str = ""

    def dated(self, date: str) -> Bext:
        """The same, of that day; a month or a year alone has no place in it."""
        is_day = len(date) == len("2026-12-04")
        return replace(self, origination_date=date, origination_time="00:00:00") if is_day else self

    def as_bytes(self) -> bytes:
        """The body of the chunk."""
        low, high = self.time_reference_frames & 0xFFFFFFFF, self.time_reference_frames >> 32
        texts = (
            self.description,
            self.originator,
            self.originator_reference,
            self.origination_date,
            self.origination_time,
        )
        fixed = _FIXED.pack(
            *(in_ascii(each).encode("ascii") for each in texts),
            low,
            high,
            2,
            self.umid,
            *_hundredths(self.loudness),
            b"",
        )
        lines = (in_ascii(each) for each in self.coding_history.splitlines())
        return fixed + "".join(f"{each}{_LINE_END}" for each in lines).encode("ascii")


def read_bext(body: bytes) -> Bext | None:
    """What the body of a chunk says; None where it is too short to be one."""
    if len(body) < _FIXED.size:
        return None
    fields = _FIXED.unpack_from(body)
    low, high, version, umid = fields[5:9]
    loudness = _loudness(fields[9:14]) if version >= 2 else None
    history = _text(body[_FIXED.size :])
    lines = "".join(f"{each}{_LINE_END}" for each in history.splitlines() if each.strip())
    umid = umid if version >= 1 else bytes(64)
    return Bext(
        description=_text(fields[0]),
        originator=_text(fields[1]),
        originator_reference=_text(fields[2]),
        origination_date=_text(fields[3]),
        origination_time=_text(fields[4]),
        time_reference_frames=high << 32 | low,
        umid=umid,
        loudness=loudness,
        coding_history=lines,
    )


def _text(field: bytes) -> str:
    return field.partition(b"\0")[0].decode("latin-1")


def _hundredths(loudness: Loudness | None) -> tuple[int, ...]:
    """Each of the five values times 100, rounded; those that are none, or do not fit, not valid."""
    if loudness is None:
        return (_NOT_VALID,) * 5
    values = (
        loudness.integrated_lufs,
        loudness.range_lu,
        loudness.true_peak_dbtp,
        loudness.momentary_max_lufs,
        loudness.short_term_max_lufs,
    )
    return tuple(_hundredth(each) for each in values)


def _hundredth(value: float) -> int:
    if not math.isfinite(value):
        return _NOT_VALID
    rounded = math.floor(100.0 * value + 0.5)
    return rounded if abs(rounded) <= _MOST_HUNDREDTHS else _NOT_VALID


def _loudness(fields: tuple[int, ...]) -> Loudness | None:
    if all(each == _NOT_VALID for each in fields):
        return None
    return Loudness(*(math.nan if each == _NOT_VALID else each / 100.0 for each in fields))


def coding_history(format_chunk: bytes) -> str:
    """The line of EBU R 98 about samples of a WAV's `fmt ` chunk; "" where they are not plain."""
    if len(format_chunk) < 16:
        return ""
    tag, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", format_chunk)
    if tag == _EXTENSIBLE and len(format_chunk) >= 26:
        tag = int.from_bytes(format_chunk[24:26], "little")
    if tag not in (_PCM, _FLOAT):
        return ""
    mode = f",M={_MODES[channels]}" if channels in _MODES else ""
    made = "stemwright; floating point" if tag == _FLOAT else "stemwright"
    return f"A=PCM,F={rate_hz},W={bits}{mode},T={made}{_LINE_END}"
