"""A stem that holds others is told with them; one that holds its own reverb as a double return."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import fftconvolve

from bridge.audio import Block
from bridge.checking import Finding
from sketched_songs import between

RATE_HZ = 48000
SECONDS = 8


def _hits(seed: int, hz: float, fall_s: float = 0.06) -> Block:
    dice = np.random.default_rng(seed)
    frames = SECONDS * RATE_HZ
    sound = np.zeros((2, frames))
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    for at in dice.integers(0, frames - len(time_s), 2 * SECONDS):
        shape = np.exp(-time_s / fall_s) * (1 - np.exp(-time_s / 0.001))
        noise = dice.standard_normal((2, len(time_s))) * [[1.0], [0.6]]
        note = np.sin(2 * np.pi * hz * (1 + dice.random()) * time_s)
        sound[:, at : at + len(time_s)] += 0.1 * shape * (note + 0.3 * noise)
    return sound


KICK, SNARE, KEYS = _hits(1, 60), _hits(2, 300), _hits(3, 500, 0.3)
VOICE = _hits(4, 800, 0.15) * np.repeat([1.0, 1.0, 0.0] * 3, RATE_HZ)[: SECONDS * RATE_HZ]


def _room(samples: Block) -> Block:
    dice = np.random.default_rng(5)
    tail = np.exp(-np.arange(RATE_HZ) / (0.4 * RATE_HZ)) * dice.standard_normal((2, RATE_HZ))
    tail[:, : RATE_HZ // 100] = 0.0
    return np.asarray(0.008 * fftconvolve(samples, tail, axes=1)[:, : samples.shape[1]])


def _between(folder: Path, **stems: Block) -> list[Finding]:
    for name, samples in stems.items():
        soundfile.write(folder / f"{name}.wav", samples.T, RATE_HZ, subtype="PCM_24")
    return between(folder)


@pytest.mark.parametrize("gain", [1.0, -0.5, 0.2])
def test_a_stem_that_holds_another_is_told_with_its_gain(tmp_path: Path, gain: float) -> None:
    (found,) = _between(tmp_path, kick=KICK, snare=SNARE, keys=KEYS + gain * SNARE)
    assert (found.code, found.severity, found.stems) == ("contains", "major", ("keys", "snare"))
    assert found.facts["gain_db"] == pytest.approx(20 * np.log10(abs(gain)), abs=0.1)
    assert found.facts["polarity"] == np.sign(gain)
    assert found.value > 20.0


def test_a_bus_beside_its_parts_is_told_once_with_all_of_them(tmp_path: Path) -> None:
    bus = 0.7 * KICK + 0.5 * SNARE
    (found,) = _between(tmp_path, bus=bus, kick=KICK, snare=SNARE, keys=KEYS)
    assert (found.code, found.stems) == ("contains", ("bus", "kick", "snare"))


def test_what_only_plays_along_is_not_held(tmp_path: Path) -> None:
    along = SNARE * (0.2 + 0.1 * np.sin(np.arange(SNARE.shape[1]) / 7000))
    noise = np.random.default_rng(6).standard_normal(SNARE.shape)
    level = np.sqrt(np.convolve(np.square(SNARE[0]), np.ones(480) / 480, "same"))
    assert not _between(tmp_path, kick=KICK, snare=SNARE, keys=KEYS, layer=noise * level)
    assert along.any()


@pytest.mark.parametrize("gain", [1.0, 0.4])
def test_a_reverb_in_the_stem_and_on_its_return_is_there_twice(tmp_path: Path, gain: float) -> None:
    wet = _room(VOICE)
    (found,) = _between(tmp_path, kick=KICK, voice=VOICE + gain * wet, verb=wet)
    assert (found.code, found.severity) == ("double_return", "major")
    assert found.stems == ("voice", "verb")
    assert found.facts["gain_db"] == pytest.approx(20 * np.log10(gain), abs=0.1)


def test_a_dry_stem_beside_its_return_is_as_it_should_be(tmp_path: Path) -> None:
    assert not _between(tmp_path, kick=KICK, voice=VOICE, verb=_room(VOICE))
