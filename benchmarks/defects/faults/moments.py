"""Defects of a moment: clicks, dropouts, corrupt samples."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.defects.faults.places import level_db, local_rms, silent, sounding, spots, touched
from benchmarks.defects.material.tools import Rng
from benchmarks.defects.sound import Sound
from benchmarks.defects.truth import Damaged, Level, Truth, place

_CLICKS = 8
_DROPOUTS = 5
_CLICK_FRAMES = (1, 2, 4, 8, 20)
_LEAST_DB = -50.0
_BESIDE_S = 0.02


def _clicks(sound: Sound, rng: Rng, over_db: float) -> Damaged | None:
    """Short bursts over the RMS around them, of 1 to 20 samples."""
    around, out = local_rms(sound), sound.samples.copy()
    found = spots(rng, sounding(sound), _CLICKS, sound)
    truths: list[Truth] = []
    for at in found:
        height = around[at] * 10 ** (over_db / 20)
        length = int(rng.choice(_CLICK_FRAMES))
        _burst(out, rng, sound, at, length, height)
        truths.append(place("clicks", sound, at, at + length, over_db))
    return _told(sound, out, truths)


def _clicks_in_silence(sound: Sound, rng: Rng, peak_dbfs: float) -> Damaged | None:
    out, truths = sound.samples.copy(), []
    for at in spots(rng, silent(sound), 4, sound, 0.2):
        length = int(rng.choice(_CLICK_FRAMES))
        _burst(out, rng, sound, at, length, 10 ** (peak_dbfs / 20))
        truths.append(place("clicks", sound, at, at + length, peak_dbfs))
    return _told(sound, out, truths)


def _burst(out: np.ndarray, rng: Rng, sound: Sound, at: int, length: int, height: float) -> None:
    shape = rng.standard_normal(length) * np.hanning(length + 2)[1:-1] if length > 2 else np.ones(1)
    shape = height * shape / np.abs(shape).max() * rng.choice([-1.0, 1.0])
    for channel in touched(rng, sound):
        out[channel, at : at + len(shape)] += shape


def _dropouts(sound: Sound, rng: Rng, length_ms: float, fade_ms: float = 0.0) -> Damaged | None:
    """Stretches of zeros, cut hard or faded within a fraction of a millisecond, within a sound."""
    frames, out = max(2, round(length_ms / 1000 * sound.rate_hz)), sound.samples.copy()
    fade, truths = round(fade_ms / 1000 * sound.rate_hz), []
    shape = np.zeros(frames)
    if fade:
        shape[:fade] = np.linspace(1, 0, fade)
        shape[-fade:] = np.linspace(0, 1, fade)
    for at in spots(rng, sounding(sound), _DROPOUTS, sound):
        if _goes_on(sound, at, frames):
            for channel in _heard_in(sound, rng, at, frames):
                out[channel, at : at + frames] *= shape
            truths.append(place("dropout", sound, at, at + frames, length_ms))
    return _told(sound, out, truths)


def _goes_on(sound: Sound, at: int, frames: int) -> bool:
    """Whether it sounds there and on both sides: else a note begins or ends, and nothing drops."""
    beside = round(_BESIDE_S * sound.rate_hz)
    places = ((at - beside, at), (at, at + frames), (at + frames, at + frames + beside))
    return all(level_db(sound.samples[:, begin:end]) > _LEAST_DB for begin, end in places)


def _heard_in(sound: Sound, rng: Rng, at: int, frames: int) -> list[int]:
    """Channels touched, of those that sound there."""
    found = touched(rng, sound)
    loud = [c for c in found if level_db(sound.samples[c : c + 1, at : at + frames]) > _LEAST_DB]
    return loud or list(range(sound.samples.shape[0]))


def _repeated(sound: Sound, rng: Rng, length_ms: float) -> Damaged | None:
    """A buffer that came twice: what was before it stands in its place."""
    frames, out = round(length_ms / 1000 * sound.rate_hz), sound.samples.copy()
    truths = []
    for at in spots(rng, sounding(sound), _DROPOUTS, sound):
        before = sound.samples[:, at - frames : at]
        if level_db(before - sound.samples[:, at : at + frames]) > _LEAST_DB:
            out[:, at : at + frames] = before
            truths.append(place("dropout", sound, at, at + frames, length_ms))
    return _told(sound, out, truths)


def _not_finite(sound: Sound, rng: Rng) -> Damaged | None:
    """NaN and infinity in a float file, a few samples at a time."""
    out, truths = sound.samples.copy(), []
    for at in spots(rng, np.ones(sound.frames, bool), 3, sound):
        length = int(rng.choice([1, 4, 64]))
        for channel in touched(rng, sound):
            out[channel, at : at + length] = rng.choice([np.nan, np.inf, -np.inf])
        truths.append(place("corrupt_samples", sound, at, at + length, float(length)))
    return Damaged(Sound(out, sound.rate_hz, "FLOAT"), tuple(truths))


def _full_scale(sound: Sound, rng: Rng) -> Damaged | None:
    """Bursts of full-scale noise, 1 to 20 ms."""
    out, truths = sound.samples.copy(), []
    for at in spots(rng, np.ones(sound.frames, bool), 3, sound):
        length = round(float(rng.uniform(0.001, 0.02)) * sound.rate_hz)
        for channel in touched(rng, sound):
            out[channel, at : at + length] = rng.uniform(-1, 1, length)
        truths.append(place("corrupt_samples", sound, at, at + length, float(length)))
    return _told(sound, out, truths)


def _swapped_bytes(sound: Sound, rng: Rng) -> Damaged | None:
    """Stretches whose 16-bit or 24-bit samples have their bytes in the wrong order."""
    bits = 16 if sound.subtype == "PCM_16" else 24
    out, truths = sound.samples.copy(), []
    for at in spots(rng, sounding(sound), 3, sound):
        length = round(float(rng.uniform(0.005, 0.1)) * sound.rate_hz)
        if level_db(out[:, at : at + length]) < _LEAST_DB:
            continue
        cut = np.rint(out[:, at : at + length] * 2.0 ** (bits - 1)).astype("<i4")
        order = cut[..., None].view("u1")[..., : bits // 8][..., ::-1]
        wide = np.concatenate([np.zeros((*order.shape[:-1], 4 - bits // 8), "u1"), order], axis=-1)
        swapped = np.ascontiguousarray(wide).view("<i4")[..., 0]
        out[:, at : at + length] = swapped / 2.0**31
        truths.append(place("corrupt_samples", sound, at, at + length, float(length)))
    return _told(sound, out, truths)


def _told(sound: Sound, out: np.ndarray, truths: list[Truth]) -> Damaged | None:
    return Damaged(sound.holding(out), tuple(truths)) if truths else None


_CLICK_GOAL = (0.85, 0.75)
_DROPOUT_GOAL = (0.95, 0.95)

LEVELS: tuple[Level, ...] = (
    Level("clicks", "+6 dB over RMS", partial(_clicks, over_db=6.0)),
    Level("clicks", "+12 dB over RMS", partial(_clicks, over_db=12.0), _CLICK_GOAL, stems=14),
    Level("clicks", "+18 dB over RMS", partial(_clicks, over_db=18.0), _CLICK_GOAL),
    Level("clicks", "in silence, -40 dBFS", partial(_clicks_in_silence, peak_dbfs=-40.0)),
    Level("clicks", "in silence, -20 dBFS", partial(_clicks_in_silence, peak_dbfs=-20.0)),
    *(
        Level("dropout", f"{ms:g} ms", partial(_dropouts, length_ms=ms), _DROPOUT_GOAL)
        for ms in (1.0, 2.0, 5.0, 20.0, 50.0)
    ),
    Level("dropout", "20 ms, faded", partial(_dropouts, length_ms=20.0, fade_ms=0.3)),
    Level("dropout", "10 ms buffer twice", partial(_repeated, length_ms=10.0)),
    Level("corrupt_samples", "NaN and infinity", _not_finite, (1.0, 1.0), stems=5),
    Level("corrupt_samples", "full-scale bursts", _full_scale, (1.0, 1.0)),
    Level("corrupt_samples", "bytes swapped", _swapped_bytes, (1.0, 1.0)),
)
