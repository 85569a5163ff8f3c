"""Defects of level: constant offsets, clipping, brick walls, hot peaks, hum and noise."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.defects.faults.places import local_rms, seconds_unmasked
from benchmarks.defects.material.tools import Mono, Rng
from benchmarks.defects.sound import Sound, dithered
from benchmarks.defects.truth import Damaged, Level, Truth, whole
from bridge.audio import Block
from bridge.processing import build, run
from chains import Limiter

_HARMONICS_DB = ((1, 0.0), (2, -6.0), (3, -4.0), (4, -14.0), (5, -9.0), (7, -15.0))
_UNMASKED_LINES, _UNMASKED_S = 2, 1.0
"""Hum is heard where two of its lines stand over the stem in moments that make up a second."""
_PIECE_S, _ONE_LEVEL_DB, _MOSTLY = 0.05, 0.5, 0.5
"""A wall only turns down what peaks at one level by itself, for most of the time that it sounds."""
_LEAST_CUT = 8
_LEAST_RUN = 3


def _offset(sound: Sound, rng: Rng, amount: float) -> Damaged:
    room = min(1.0, (0.98 - amount) / sound.peak)
    moved = sound.samples * room + amount * float(rng.choice([-1.0, 1.0]))
    return Damaged(sound.holding(moved), whole("dc_offset", sound, amount))


def cut(sound: Sound, over_db: float) -> tuple[Block, tuple[tuple[int, int], ...]] | None:
    """Samples cut at `over_db` under the peak, and the runs that were; None where hardly any."""
    wall = sound.peak * 10 ** (-over_db / 20)
    over = np.asarray((np.abs(sound.samples) > wall).any(axis=0))
    edges = np.diff(over.astype(int), prepend=0, append=0)
    runs = tuple(
        zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True)
    )
    lengths = [stop - start for start, stop in runs]
    if sum(lengths) < _LEAST_CUT or max(lengths) < _LEAST_RUN or _flat(sound, over):
        return None
    return np.clip(sound.samples, -wall, wall), runs


def _flat(sound: Sound, over: np.ndarray) -> bool:
    """Whether what is cut was a plateau before: a rectangle is not clipped by being lower."""
    steps = np.abs(np.diff(sound.samples, axis=1)).max(axis=0)[over[1:]]
    return bool(np.median(steps) < 1e-6) if len(steps) else True


def _clipped(
    sound: Sound, rng: Rng, over_db: float, gain_db: float = 0.0, bits: int = 0, fade: bool = False
) -> Damaged | None:
    made = cut(sound, over_db)
    if made is None:
        return None
    samples, runs = made
    samples = samples * 10 ** (gain_db / 20)
    if fade:
        samples = samples * np.linspace(1.0, 0.4, sound.frames)
    subtype = {16: "PCM_16", 24: "PCM_24"}.get(bits)
    kept = dithered(samples, bits, rng) if bits else samples
    truth = Truth(
        "clipped", runs[0][0] / sound.rate_hz, runs[-1][1] / sound.rate_hz, -over_db, runs=runs
    )
    return Damaged(sound.holding(kept, subtype), (truth,))  # type: ignore[arg-type]


def limited(samples: Block, rate_hz: int, ceiling_dbtp: float, release_ms: float) -> Block:
    """Through our own limiter, (channels, frames)."""
    settings = Limiter(ceiling_dbtp=ceiling_dbtp, release_ms=release_ms)
    both = np.broadcast_to(samples, (2, samples.shape[1]))
    out = np.concatenate(
        list(run([build(settings, rate_hz)], [np.ascontiguousarray(both)])), axis=1
    )
    return out[: samples.shape[0]]


def _walled(sound: Sound, rng: Rng, drive_db: float, gain_db: float = 0.0) -> Damaged | None:
    driven = sound.samples * 10 ** ((drive_db - 1.0) / 20) / sound.peak
    walled = limited(driven, sound.rate_hz, -1.0, float(rng.choice([50.0, 100.0, 200.0])))
    loud = local_rms(sound, 0.02) * 10 ** ((drive_db - 1.0) / 20) / sound.peak
    if (loud > 0.35).mean() < 0.02 or _of_one_level(sound):
        return None  # it hardly reaches the wall, or is an oscillator that is turned down
    out = walled * 10 ** (gain_db / 20)
    return Damaged(sound.holding(out), whole("limited", sound, -1.0 + gain_db))


def _of_one_level(sound: Sound) -> bool:
    """Whether most pieces peak as high as the highest."""
    size = round(_PIECE_S * sound.rate_hz)
    tops = np.abs(sound.samples).max(axis=0)[: sound.frames // size * size].reshape(-1, size)
    peaks = tops.max(axis=1)
    top = float(peaks.max())
    sounding = peaks[peaks > 0.01 * top]
    return bool(np.mean(sounding > top * 10 ** (-_ONE_LEVEL_DB / 20)) > _MOSTLY)


def _hot(sound: Sound, _rng: Rng, peak_dbfs: float) -> Damaged:
    out = sound.samples * 10 ** (peak_dbfs / 20) / sound.peak
    at = int(np.abs(out).max(axis=0).argmax())
    return Damaged(sound.holding(out), (_moment("hot_peaks", sound, at, peak_dbfs),))


def _moment(code: str, sound: Sound, at: int, value: float) -> Truth:
    return Truth(code, at / sound.rate_hz, (at + 1) / sound.rate_hz, value)


def hum(sound: Sound, rng: Rng, hz: float, level_dbfs: float) -> Mono:
    """(frames,): the mains and its harmonics, drifting slowly by up to 0.1 per cent."""
    t = np.arange(sound.frames) / sound.rate_hz
    drift = 1 + 0.001 * np.sin(2 * np.pi * 0.02 * t + 6.28 * rng.random())
    turns = np.cumsum(hz * drift) / sound.rate_hz
    tone = np.zeros(sound.frames)
    for k, below_db in _HARMONICS_DB:
        tone += 10 ** (below_db / 20) * np.sin(2 * np.pi * (k * turns + rng.random()))
    return np.asarray(10 ** (level_dbfs / 20) * tone)


def _hum(sound: Sound, rng: Rng, hz: float, level_dbfs: float) -> Damaged | None:
    """The mains under everything; only where they are heard."""
    lines = [(k * hz, level_dbfs + below_db) for k, below_db in _HARMONICS_DB]
    if seconds_unmasked(sound, lines, _UNMASKED_LINES) < _UNMASKED_S:
        return None
    out = sound.samples + hum(sound, rng, hz, level_dbfs)
    return Damaged(sound.holding(out), whole("hum", sound, level_dbfs))


def _noise(sound: Sound, rng: Rng, level_dbfs: float, pink: bool = False) -> Damaged | None:
    """Noise under everything; only where there is a second in which nothing else plays."""
    quiet = local_rms(sound) < 10 ** ((level_dbfs - 15.0) / 20)
    if quiet.sum() < sound.rate_hz:
        return None
    out = sound.samples + noise(sound, rng, level_dbfs, pink=pink)
    return Damaged(sound.holding(out), whole("noise_floor", sound, level_dbfs))


def noise(sound: Sound, rng: Rng, level_dbfs: float, *, pink: bool) -> Block:
    """(channels, frames) of noise as long as a sound, its RMS at a level."""
    made = rng.standard_normal(sound.samples.shape)
    if pink:
        spectrum = np.fft.rfft(made, axis=1)
        hz = np.fft.rfftfreq(sound.frames, 1 / sound.rate_hz)
        made = np.fft.irfft(spectrum / np.sqrt(np.maximum(hz, 20.0)), sound.frames, axis=1)
        made /= made.std()
    return np.asarray(10 ** (level_dbfs / 20) * made)


def _silent(sound: Sound, rng: Rng, level_dbfs: float | None = None) -> Damaged:
    nothing = np.zeros_like(sound.samples)
    if level_dbfs is not None:
        nothing += 10 ** (level_dbfs / 20) * rng.standard_normal(nothing.shape)
    return Damaged(sound.holding(nothing), whole("silent", sound, level_dbfs or -200.0))


_CLIPPING = (0.95, 0.95)
_HUM = (0.95, 0.95)

LEVELS: tuple[Level, ...] = (
    *(
        Level("dc_offset", f"{amount:g}", partial(_offset, amount=amount),
              (0.98, 0.98) if amount >= 0.001 else None, stems=10)
        for amount in (0.0005, 0.001, 0.003, 0.01)
    ),
    *(
        Level("clipped", f"-{db:g} dB", partial(_clipped, over_db=db),
              _CLIPPING if db >= 1.0 else None)
        for db in (0.5, 1.0, 3.0, 6.0)
    ),
    Level("clipped", "-1 dB, gain -6, 16 bit",
          partial(_clipped, over_db=1.0, gain_db=-6.0, bits=16), _CLIPPING),
    Level("clipped", "-3 dB, gain -3, 24 bit",
          partial(_clipped, over_db=3.0, gain_db=-3.0, bits=24), _CLIPPING),
    Level("clipped", "-3 dB, faded",
          partial(_clipped, over_db=3.0, gain_db=-1.0, fade=True)),
    Level("limited", "6 dB into it", partial(_walled, drive_db=6.0)),
    Level("limited", "12 dB into it, gain -4", partial(_walled, drive_db=12.0, gain_db=-4.0)),
    Level("hot_peaks", "-0.5 dBFS", partial(_hot, peak_dbfs=-0.5), stems=5),
    *(
        Level("hum", f"{hz:g} Hz at {level:g} dBFS", partial(_hum, hz=hz, level_dbfs=level),
              _HUM if level >= -60.0 else None)
        for hz in (50.0, 60.0)
        for level in (-50.0, -60.0, -70.0)
    ),
    *(
        Level("noise_floor", f"white at {level:g} dBFS", partial(_noise, level_dbfs=level))
        for level in (-50.0, -60.0, -70.0)
    ),
    Level("noise_floor", "pink at -60 dBFS", partial(_noise, level_dbfs=-60.0, pink=True)),
    Level("silent", "zeros", _silent, (1.0, 1.0), stems=3),
    Level("silent", "noise at -100 dBFS", partial(_silent, level_dbfs=-100.0), stems=3),
)  # fmt: skip
