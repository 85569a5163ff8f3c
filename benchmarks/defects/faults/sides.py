"""Defects of channels, of a file's two ends, of its name and of the file itself."""

from __future__ import annotations

from functools import partial

import numpy as np
from scipy import signal

from benchmarks.defects.faults.places import level_db, local_rms, sounding
from benchmarks.defects.material.tools import Rng
from benchmarks.defects.sound import Sound, dithered
from benchmarks.defects.truth import Damaged, Level, Truth, place, whole
from bridge.audio import Block

_LEAST_LIKE = 0.5
_LOW_HZ = 100.0
_LEAST_LOW_DBFS = -45.0


def _mono(sound: Sound, rng: Rng, dithered_apart: bool = False) -> Damaged:
    middle = sound.samples.mean(axis=0)
    both = np.stack([middle, middle])
    if dithered_apart:
        return Damaged(
            sound.holding(dithered(both, 16, rng), "PCM_16"), whole("mono_in_stereo", sound, -93.0)
        )
    return Damaged(sound.holding(both), whole("mono_in_stereo", sound, -200.0))


def _dead(sound: Sound, rng: Rng, noise_dbfs: float | None = None) -> Damaged:
    samples = sound.samples if sound.samples.shape[0] == 2 else np.tile(sound.samples, (2, 1))
    out, side = samples.copy(), int(rng.integers(2))
    level = 0.0 if noise_dbfs is None else 10 ** (noise_dbfs / 20)
    out[side] = level * rng.standard_normal(sound.frames)
    return Damaged(sound.holding(out), whole("dead_channel", sound, noise_dbfs or -200.0))


def _likeness(pair: Block) -> float:
    return float(
        (pair[0] * pair[1]).sum() / (np.linalg.norm(pair[0]) * np.linalg.norm(pair[1]) + 1e-12)
    )


def _upside_down(sound: Sound, _rng: Rng) -> Damaged | None:
    """One side turned over, where both sides are alike enough for that to matter."""
    if sound.samples.shape[0] == 1:
        turned = np.stack([sound.samples[0], -sound.samples[0]])
        return Damaged(sound.holding(turned), whole("channel_polarity", sound, -1.0))
    like = _likeness(sound.samples)
    if like < _LEAST_LIKE:
        return None
    turned = sound.samples * np.array([[1.0], [-1.0]])
    return Damaged(sound.holding(turned), whole("channel_polarity", sound, -like))


def _wide_low(sound: Sound, _rng: Rng, hz: float) -> Damaged | None:
    """Everything below `hz` turned over on one side, as a widener without a low cut leaves it."""
    sections = signal.butter(4, hz, "lowpass", fs=sound.rate_hz, output="sos")
    low = signal.sosfiltfilt(sections, sound.samples.mean(axis=0))
    under = signal.sosfiltfilt(
        signal.butter(4, _LOW_HZ, "lowpass", fs=sound.rate_hz, output="sos"), low
    )
    if level_db(under[None]) < _LEAST_LOW_DBFS:
        return None
    samples = sound.samples if sound.samples.shape[0] == 2 else np.tile(sound.samples, (2, 1))
    own = signal.sosfiltfilt(sections, samples, axis=1)
    out = samples - own + np.stack([low, -low])
    return Damaged(sound.holding(out), whole("wide_low_end", sound, level_db(under[None])))


def _within_sound(sound: Sound, rng: Rng, low: float, high: float) -> int | None:
    """A frame in a part of the file where it sounds, and just before as well."""
    loud = local_rms(sound, 0.02) > 10 ** (-35.0 / 20)
    first, last = int(low * sound.frames), int(high * sound.frames)
    places = np.flatnonzero(sounding(sound)[first:last] & loud[first:last]) + first
    steep = np.abs(sound.samples[:, places]).max(axis=0) > 10 ** (-40.0 / 20)
    places = places[steep]
    return int(rng.choice(places)) if len(places) else None


def _upcut(sound: Sound, rng: Rng) -> Damaged | None:
    at = _within_sound(sound, rng, 0.05, 0.4)
    if at is None:
        return None
    cut = sound.samples[:, at:]
    value = 20 * np.log10(np.abs(cut[:, 0]).max() + 1e-10)
    kept = Sound(cut, sound.rate_hz, sound.subtype)
    return Damaged(kept, (place("upcut_start", kept, 0, 1, float(value)),))


def _cut_tail(sound: Sound, rng: Rng) -> Damaged | None:
    at = _within_sound(sound, rng, 0.6, 0.95)
    if at is None:
        return None
    cut = sound.samples[:, :at]
    value = 20 * np.log10(np.abs(cut[:, -1]).max() + 1e-10)
    kept = Sound(cut, sound.rate_hz, sound.subtype)
    return Damaged(kept, (place("cut_tail", kept, at - 1, at, float(value)),))


def _named(sound: Sound, _rng: Rng, file: str) -> Damaged:
    return Damaged(sound, whole("role_conflict", sound, 0.0), file=file)


def _broken(sound: Sound, rng: Rng, kind: str) -> Damaged:
    """A file that is no audio: other bytes under a good name, a header without its sound."""
    if kind == "other bytes":
        raw = rng.integers(0, 256, 20000, dtype=np.uint8).tobytes()
    else:
        raw = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00"
    truth = Truth("undecodable", 0.0, sound.seconds, 1.0)
    return Damaged(sound, (truth,), raw=raw)


_SURE = (1.0, 1.0)

LEVELS: tuple[Level, ...] = (
    Level("mono_in_stereo", "the same on both sides", _mono, stems=5),
    Level("mono_in_stereo", "dithered apart", partial(_mono, dithered_apart=True), stems=5),
    Level("dead_channel", "zeros", _dead, _SURE, stems=5),
    Level("dead_channel", "noise at -90 dBFS", partial(_dead, noise_dbfs=-90.0), _SURE, stems=5),
    Level("dead_channel", "noise at -80 dBFS", partial(_dead, noise_dbfs=-80.0), _SURE, stems=5),
    Level("channel_polarity", "one side", _upside_down),
    Level("wide_low_end", "below 120 Hz", partial(_wide_low, hz=120.0)),
    Level("wide_low_end", "below 200 Hz", partial(_wide_low, hz=200.0)),
    Level("upcut_start", "in a sound", _upcut),
    Level("cut_tail", "in a sound", _cut_tail),
    Level("role_conflict", "drums called vocal", partial(_named, file="Lead Vocal"), stems=5,
          fits=frozenset({"drums", "hats"})),
    Level("role_conflict", "bass called hats", partial(_named, file="Hi-Hats"), stems=5,
          fits=frozenset({"bass"})),
    Level("role_conflict", "voice called kick", partial(_named, file="Kick"), stems=5,
          fits=frozenset({"voice"})),
    Level("role_conflict", "hats called bass", partial(_named, file="Bass"), stems=5,
          fits=frozenset({"hats"})),
    Level("undecodable", "other bytes", partial(_broken, kind="other bytes"), _SURE, stems=2),
    Level("undecodable", "a header alone", partial(_broken, kind="header"), _SURE, stems=2),
)  # fmt: skip
