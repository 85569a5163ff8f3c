"""What a stem's header, peaks and ends say: in these words, whoever measured them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.audio import LAST_S, START_S
from bridge.checking.codes import Severity
from bridge.checking.findings import Found
from bridge.checking.quick.known import KnownStem
from stemwright.decibels import amplitude_db

SOUNDS = 10 ** (-80 / 20)
"""Dither of 16 bits peaks at -84 dBFS."""

_NOTHING = 1e-10
_SILENT = 10 ** (-78 / 20)
_UNDER = 10 ** (-66 / 20)
"""Of the other side: crosstalk of a converter is no sound either."""
_NOISE = 10 ** (-70 / 20)
_UNDER_WITH_NOISE = 10 ** (-46 / 20)
"""A converter's noise of -90 dBFS has peaks of -76."""
_STEADY_LEVEL, _MOVES = 10 ** (3 / 20), 10 ** (6 / 20)
"""The loudest tenth of a second over the quiet: of noise at most, of what is played at least."""
SOUNDS_SURELY = 10 ** (-30 / 20)
"""Peak of a side that is not dead, whatever its level does."""
_LOUDEST_NOISE, _FAR_UNDER = 10 ** (-60 / 20), 10 ** (-40 / 20)
"""Its loudest tenth, and of the other side's: an input that was left open."""
_SIDES = ("left", "right")

_JUMP = 0.1
_STEADY = 0.4
"""The first 3 ms, of the next 30."""
_DECAYING = 1.8
"""It dies away from the first sample on: a hit of noise may begin so, cut or not."""
_START_MINOR, _START_MAJOR = 10 ** (-60 / 20), 10 ** (-40 / 20)

_FADED = 0.2
"""The last 2 ms, of the last 20: under it, it was faded out."""
_TAIL_MINOR, _TAIL_MAJOR = 10 ** (-66 / 20), 10 ** (-48 / 20)

_OF_THE_FLOOR = 1.3
"""Hum and noise over 20 ms, of what they are over tenths of a second; what is 1.6 dB under them
adds as much."""
_CREST = 3.0
"""The same over 3 ms: of hum these may be its crest."""

_BITS = {
    "PCM_S8": 8,
    "PCM_U8": 8,
    "ULAW": 8,
    "ALAW": 8,
    "IMA_ADPCM": 4,
    "MS_ADPCM": 4,
    "GSM610": 2,
    "DPCM_8": 8,
    "DPCM_16": 16,
    "PCM_16": 16,
}
_MINOR_BELOW = 16


def of_stem(stem: KnownStem) -> Iterator[Found]:
    """All that is known of a stem alone, by time."""
    frames, ends = stem.frames, stem.ends
    told = [
        *silent(max(ends.peaks), frames),
        *dead_channel(ends.peaks, ends.tenths, frames),
        *upcut_start(
            ends.start_rms, ends.next_rms, ends.first_sample, ends.floor_rms, stem.sample_rate_hz
        ),
        *cut_tail(ends.last_rms, ends.end_rms, ends.floor_rms, frames, stem.sample_rate_hz),
        *wrong_depth(stem.subtype, frames),
    ]
    yield from sorted(told, key=lambda each: (each.start, each.stop, each.code))


def silent(peak: float, frames: int) -> Iterator[Found]:
    """One over the whole stem, where its highest sample is under -80 dBFS."""
    if peak < SOUNDS:
        peak_db = amplitude_db(peak)
        words = f"peaks at {peak_db:.0f} dBFS" if peak > _NOTHING else "not one sample"
        yield Found("silent", "major", 0, frames, peak_db, f"nothing sounds: {words}")


def dead_channel(
    peaks: Sequence[float], tenths: Sequence[tuple[float, float]], frames: int
) -> Iterator[Found]:
    """One over the whole stem, where one of its two sides sounds alone.

    `tenths` are of each side the RMS of its quiet tenths of a second and of its loudest one: noise
    goes on at one level, what leaks over from the other side moves with that.
    """
    if len(peaks) != 2 or max(peaks) < _SILENT or min(peaks) > SOUNDS_SURELY:
        return
    side = peaks.index(min(peaks))
    peak, other = peaks[side], peaks[1 - side]
    is_steady = 0.0 < tenths[side][1] <= _STEADY_LEVEL * tenths[side][0]
    moves = tenths[1 - side][1] > _MOVES * tenths[1 - side][0]
    is_faint = peak < min(_NOISE, _UNDER_WITH_NOISE * other)
    is_under = tenths[side][1] < min(_LOUDEST_NOISE, _FAR_UNDER * tenths[1 - side][1])
    is_noise = is_steady and (is_faint or (moves and is_under))
    if is_noise or peak < max(_SILENT, _UNDER * other):
        words = f"nothing sounds on its {_SIDES[side]} side"
        if is_noise:
            words += " but noise"
        yield Found("dead_channel", "major", 0, frames, amplitude_db(peak), words)


def upcut_start(
    level: float, after: float, first_sample: float, floor: float, sample_rate_hz: int
) -> Iterator[Found]:
    """One at the first frame: `level` is the RMS of the first 3 ms, `after` that of the next 30.

    `floor` is that of the hum and noise under all of the stem: they begin where it begins.
    """
    if level <= _CREST * floor and after <= _OF_THE_FLOOR * floor:
        return
    is_cut = level >= _STEADY * after and first_sample >= _JUMP * level
    if level < _START_MINOR or not is_cut:
        return
    severity: Severity = "major" if level > _START_MAJOR else "minor"
    level_db = amplitude_db(level)
    words = f"it begins within a sound, at {level_db:.0f} dBFS"
    if level > _DECAYING * after:
        severity = "info"
        words += ", unless that is a hit"
    first = round(START_S * sample_rate_hz)
    yield Found("upcut_start", severity, 0, first, level_db, words)


def cut_tail(
    level: float, end: float, floor: float, frames: int, sample_rate_hz: int
) -> Iterator[Found]:
    """One over the last frames: `level` is the RMS of the last 20 ms, `end` that of the last 2.

    `floor` is that of the hum and noise under all of the stem: they end where it ends.
    """
    if level <= _OF_THE_FLOOR * floor:
        return
    if level < _TAIL_MINOR or end < _FADED * level:
        return
    severity: Severity = "major" if level > _TAIL_MAJOR else "minor"
    level_db = amplitude_db(level)
    start = max(0, frames - round(LAST_S * sample_rate_hz))
    words = f"it ends within a sound, at {level_db:.0f} dBFS"
    yield Found("cut_tail", severity, start, frames, level_db, words)


def wrong_depth(subtype: str, frames: int) -> Iterator[Found]:
    """One over the whole stem, where its header says so few bits."""
    bits = _BITS.get(subtype)
    if bits is not None:
        severity: Severity = "minor" if bits < _MINOR_BELOW else "info"
        words = f"a file of {bits} bits: ask for 24"
        yield Found("wrong_depth", severity, 0, frames, float(bits), words)
