"""Where a stem came from: lossy codecs, lower rates, fewer bits."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
import soxr
from pedalboard.io import AudioFile

from benchmarks.defects.faults.levels import cut
from benchmarks.defects.faults.places import has_treble
from benchmarks.defects.material.tools import Rng, within
from benchmarks.defects.sound import BITS, Sound, Subtype, dithered
from benchmarks.defects.truth import Damaged, Level, Truth, whole
from bridge.audio import Block

_TREBLE_HZ = (9000.0, 16000.0)
_NEAR_THE_EDGE = 0.9
_LEAST_CHANGE_DB = 10.0
_LOUDEST = 0.05
_CODEC_RATES_HZ = {"opus": (48000,), "mp3": (44100, 48000), "vorbis": (44100, 48000),
                   "aac": (44100, 48000)}  # fmt: skip


def _mp3(samples: Block, rate_hz: int, kbps: int) -> Block:
    held = io.BytesIO()
    with AudioFile(held, "w", rate_hz, samples.shape[0], format="mp3", quality=kbps) as out:
        out.write(samples.astype(np.float32))
    held.seek(0)
    return np.asarray(soundfile.read(held, always_2d=True)[0].T)


def _ogg(samples: Block, rate_hz: int, subtype: str, level: float) -> Block:
    held = io.BytesIO()
    with soundfile.SoundFile(
        held, "w", rate_hz, samples.shape[0], subtype, format="OGG", compression_level=level
    ) as out:
        for at in range(0, samples.shape[1], 8192):  # libsndfile's stack holds no whole song
            out.write(samples[:, at : at + 8192].T)
    held.seek(0)
    return np.asarray(soundfile.read(held, always_2d=True)[0].T)


def _aac(samples: Block, rate_hz: int, kbps: int) -> Block | None:
    if shutil.which("ffmpeg") is None:
        return None
    with tempfile.TemporaryDirectory(prefix="stemwright-defects-") as name:
        plain, lossy, back = (Path(name) / file for file in ("a.wav", "b.m4a", "c.wav"))
        soundfile.write(plain, samples.T, rate_hz, subtype="FLOAT")
        run = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
        subprocess.run([*run, "-i", plain, "-c:a", "aac", "-b:a", f"{kbps}k", lossy], check=True)
        subprocess.run([*run, "-i", lossy, "-c:a", "pcm_f32le", back], check=True)
        return np.asarray(soundfile.read(back, always_2d=True)[0].T)


def encoded(samples: Block, rate_hz: int, codec: str, setting: float) -> Block | None:
    """Through a codec and back, of the same length; None where there is no such codec here."""
    if codec == "mp3":
        out: Block | None = _mp3(samples, rate_hz, int(setting))
    elif codec == "aac":
        out = _aac(samples, rate_hz, int(setting))
    else:
        out = _ogg(samples, rate_hz, codec.upper(), setting)
    return None if out is None else within(out, samples.shape[1])


def _lossy(sound: Sound, _rng: Rng, codec: str, setting: float) -> Damaged | None:
    if sound.rate_hz not in _CODEC_RATES_HZ[codec] or not has_treble(sound, *_TREBLE_HZ):
        return None
    out = encoded(sound.samples, sound.rate_hz, codec, setting)
    if out is None:
        return None
    return Damaged(sound.holding(out), whole("lossy_source", sound, setting))


def _clipped_then_mp3(sound: Sound, _rng: Rng) -> Damaged | None:
    made = cut(sound, 3.0)
    if made is None or sound.rate_hz not in _CODEC_RATES_HZ["mp3"]:
        return None
    out, runs = made
    lossy = encoded(out * 0.8, sound.rate_hz, "mp3", 192)
    assert lossy is not None  # noqa: S101 - pedalboard brings its own encoder
    truth = Truth("clipped", runs[0][0] / sound.rate_hz, runs[-1][1] / sound.rate_hz, -3.0)
    return Damaged(sound.holding(lossy), (truth,))


def _upsampled(sound: Sound, _rng: Rng, from_hz: int, quality: str = "VHQ") -> Damaged | None:
    if from_hz >= sound.rate_hz or not has_treble(sound, 0.3 * from_hz, 0.47 * from_hz):
        return None
    low = soxr.resample(sound.samples.T, sound.rate_hz, from_hz, quality)
    back = within(soxr.resample(low, from_hz, sound.rate_hz, quality).T, sound.frames)
    return _where_it_changes(sound, back, from_hz)


def _shallow_filter(sound: Sound, _rng: Rng, from_hz: int, tool: str) -> Damaged | None:
    """Converted by what has a filter so short that images are left: ffmpeg, or straight lines."""
    if from_hz >= sound.rate_hz or not has_treble(sound, 0.3 * from_hz, 0.47 * from_hz):
        return None
    low = soxr.resample(sound.samples.T, sound.rate_hz, from_hz, "VHQ").T
    if tool == "ffmpeg":
        if shutil.which("ffmpeg") is None:
            return None
        back = _by_ffmpeg(low, from_hz, sound.rate_hz)
    else:
        at = np.arange(sound.frames) * from_hz / sound.rate_hz
        back = np.stack([np.interp(at, np.arange(low.shape[1]), side) for side in low])
    return _where_it_changes(sound, within(back, sound.frames), from_hz)


def _where_it_changes(sound: Sound, made: Block, from_hz: int) -> Damaged | None:
    """Only where treble is gone, or images are there, by more than the file's rounding.

    By 10 dB over it, around half the lower rate and above, in the twentieth of the windows that
    has most of it: a stem that had nothing there is the same stem as before.
    """
    size, half = 4096, from_hz / 2
    gone_or_new = (made - sound.samples)[:, : sound.frames // size * size]
    window = np.hanning(size)
    spectra = np.fft.rfft(gone_or_new.reshape(len(made), -1, size) * window, axis=2)
    hz = np.fft.rfftfreq(size, 1 / sound.rate_hz)
    band = (hz >= _NEAR_THE_EDGE * half) & (hz < 1.5 * half)
    power = np.square(np.abs(spectra[..., band])).mean(axis=2).max(axis=0)
    loudest = np.sort(power)[-max(1, round(_LOUDEST * len(power))) :].mean()
    step = 2.0 ** (1 - BITS.get(sound.subtype, 24))
    rounding = np.square(step) / 12 * np.square(window).sum()
    if loudest < rounding * 10 ** (_LEAST_CHANGE_DB / 10):
        return None
    return Damaged(sound.holding(made), whole("upsampled", sound, float(from_hz)))


def _by_ffmpeg(samples: Block, rate_hz: int, to_hz: int) -> Block:
    with tempfile.TemporaryDirectory(prefix="stemwright-defects-") as name:
        plain, back = Path(name) / "a.wav", Path(name) / "b.wav"
        soundfile.write(plain, samples.T, rate_hz, subtype="FLOAT")
        run = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", str(plain), "-ar", str(to_hz)]
        subprocess.run([*run, "-c:a", "pcm_f32le", str(back)], check=True)
        return np.asarray(soundfile.read(back, always_2d=True)[0].T)


def _padded(sound: Sound, rng: Rng, bits: int, subtype: Subtype) -> Damaged:
    samples = dithered(sound.samples, bits, rng)
    return Damaged(sound.holding(samples, subtype), whole("padded_bits", sound, float(bits)))


def _shallow(sound: Sound, rng: Rng, bits: int, subtype: Subtype) -> Damaged:
    samples = dithered(sound.samples, bits, rng)
    return Damaged(sound.holding(samples, subtype), whole("wrong_depth", sound, float(bits)))


_LOSSY = (0.95, 0.80)
_UPSAMPLED = (0.95, 0.85)

LEVELS: tuple[Level, ...] = (
    *(
        Level("lossy_source", f"mp3 {kbps}", partial(_lossy, codec="mp3", setting=kbps), _LOSSY)
        for kbps in (128, 192, 320)
    ),
    Level("lossy_source", "AAC 128", partial(_lossy, codec="aac", setting=128), _LOSSY),
    Level("lossy_source", "Opus", partial(_lossy, codec="opus", setting=0.7), _LOSSY),
    Level("lossy_source", "Vorbis", partial(_lossy, codec="vorbis", setting=0.6)),
    *(
        Level("upsampled", f"from {hz / 1000:g} kHz", partial(_upsampled, from_hz=hz), _UPSAMPLED)
        for hz in (22050, 32000, 44100)
    ),
    Level("upsampled", "from 32 kHz, medium filter",
          partial(_upsampled, from_hz=32000, quality="MQ")),
    Level("upsampled", "from 32 kHz, soft filter",
          partial(_upsampled, from_hz=32000, quality="LQ")),
    *(
        Level("upsampled", f"from {hz / 1000:g} kHz, {tool}",
              partial(_shallow_filter, from_hz=hz, tool=tool), _UPSAMPLED)
        for hz, tool in ((22050, "ffmpeg"), (32000, "ffmpeg"), (32000, "straight lines"))
    ),
    Level("padded_bits", "16 in 24", partial(_padded, bits=16, subtype="PCM_24"), stems=5),
    Level("padded_bits", "24 in float", partial(_padded, bits=24, subtype="FLOAT"), stems=5),
    Level("wrong_depth", "8 bit", partial(_shallow, bits=8, subtype="PCM_U8"), stems=5),
    Level("wrong_depth", "16 bit", partial(_shallow, bits=16, subtype="PCM_16"), stems=5,
          told="worth a word alone, for it may be meant"),
    Level("clipped", "-3 dB, then mp3", _clipped_then_mp3,
          told="the codec rounds the plateaus off"),
)  # fmt: skip
