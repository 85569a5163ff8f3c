"""Stems that hold another one's audio are told with how they hold it; others are not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import fft

from bridge.audio import Block
from bridge.checking import Finding
from sketched_songs import between

RATE_HZ = 48000
SECONDS = 8


def _hits(seed: int, hz: float, take: int = 0) -> Block:
    """(2, frames): decaying noisy notes at times of their own, the right side a little other.

    Another take has other notes and noise at the same times.
    """
    dice = np.random.default_rng(seed)
    frames = SECONDS * RATE_HZ
    sound = np.zeros((2, frames))
    time_s = np.arange(RATE_HZ // 4) / RATE_HZ
    times = dice.integers(0, frames - len(time_s), 3 * SECONDS)
    dice = np.random.default_rng([seed, take])
    for at in times:
        shape = np.exp(-time_s / 0.06) * (1 - np.exp(-time_s / 0.001))
        noise = dice.standard_normal((2, len(time_s))) * [[1.0], [0.6]]
        note = np.sin(2 * np.pi * hz * (1 + dice.random()) * time_s)
        sound[:, at : at + len(time_s)] += 0.1 * shape * (note + 0.3 * noise)
    return sound


def _delayed(samples: Block, frames: float) -> Block:
    size = fft.next_fast_len(samples.shape[1] + 9000, real=True)
    turns = 2 * np.pi * np.arange(size // 2 + 1) / size
    spectrum = fft.rfft(samples, size) * np.exp(-1j * turns * frames)
    return np.asarray(fft.irfft(spectrum, size))[:, : samples.shape[1]]


def _slower(samples: Block, ppm: float) -> Block:
    """By windowed sinc at the places of the other clock."""
    at = np.arange(samples.shape[1]) * (1 - 1e-6 * ppm)
    whole = np.floor(at).astype(int)
    padded = np.pad(samples, ((0, 0), (32, 99)))
    taken = np.zeros_like(samples)
    for tap in range(-31, 33):
        off = tap - (at - whole)
        window = np.cos(np.pi / 2 * np.clip(off / 33, -1, 1)) ** 2
        taken += padded[:, whole + tap + 32] * np.sinc(off) * window
    return taken


A, B, C = _hits(1, 200.0), _hits(2, 700.0), _hits(3, 90.0)


def _between(folder: Path, subtype: str = "FLOAT", **stems: Block) -> list[Finding]:
    for name, samples in stems.items():
        soundfile.write(folder / f"{name}.wav", samples.T, RATE_HZ, subtype=subtype)
    return between(folder)


def _only(found: Iterable[Finding], code: str) -> Finding:
    (one,) = found
    assert one.code == code
    return one


@pytest.mark.parametrize(
    ("late", "gain"), [(0.0, 1.0), (480.0, 0.25), (-1777.4, -0.5), (72000.0, -1.0)]
)
def test_a_copy_is_told_with_offset_gain_and_polarity(
    tmp_path: Path, late: float, gain: float
) -> None:
    found = _only(_between(tmp_path, a=A, b=B, c=C, d=gain * _delayed(B, late)), "duplicate")
    assert found.severity == ("minor" if late else "major")
    assert found.stems == ("d", "b")
    assert (found.start_s, found.end_s) == (0.0, SECONDS)
    assert found.facts["offset_frames"] == round(late)
    assert found.facts["gain_db"] == pytest.approx(20 * np.log10(abs(gain)), abs=0.02)
    assert found.facts["polarity"] == np.sign(gain)
    assert found.value > 0.98


def test_a_copy_in_mono_or_of_fewer_bits_is_one(tmp_path: Path) -> None:
    assert _only(_between(tmp_path, a=A, b=A.mean(axis=0)[None]), "duplicate").value > 0.98
    dice = np.random.default_rng(4)
    coarse = np.round(0.1 * A * 2**15 + dice.random(A.shape) - dice.random(A.shape)) / 2**15
    assert _only(_between(tmp_path, a=A, b=coarse), "duplicate").value > 0.98


def test_of_three_alike_each_later_one_is_told_once(tmp_path: Path) -> None:
    found = _between(tmp_path, a=A, b=B, c=A, d=0.5 * A)
    assert [each.stems for each in found] == [("c", "a"), ("d", "a")]


def test_two_passes_and_silent_stems_are_no_copies(tmp_path: Path) -> None:
    again, silent = _hits(1, 200.0, take=1), np.zeros_like(A)
    assert not _between(tmp_path, a=A, b=_delayed(B, 300.0), c=again, d=silent, e=silent)


@pytest.mark.parametrize("ppm", [5.0, -20.0, 50.0])
def test_a_copy_of_another_clock_drifts(tmp_path: Path, ppm: float) -> None:
    found = _only(_between(tmp_path, a=A, b=_slower(A, ppm)), "drift")
    assert found.stems == ("b", "a")
    assert found.value == pytest.approx(ppm, rel=0.02, abs=0.2)
    assert found.unit == "ppm"


def test_a_copy_at_another_rate_is_a_copy_at_another_rate(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "low.wav", A.T[::2], RATE_HZ // 2, subtype="FLOAT")
    half = fft.irfft(fft.rfft(A)[:, : A.shape[1] // 4 - 200], A.shape[1])
    soundfile.write(tmp_path / "low.wav", half.T[::2], RATE_HZ // 2, subtype="FLOAT")
    found = _between(tmp_path, high=half, other=B)
    assert sorted(each.code for each in found) == ["duplicate", "rate"]


def test_of_copies_the_one_that_comes_later_by_name_is_told(tmp_path: Path) -> None:
    sent = {"keys 2": 0.5 * A, "keys": A, "bass": C}
    told = _only(_between(tmp_path, subtype="FLOAT", **sent), "duplicate")
    assert told.stems == ("keys 2", "keys")
    assert told.facts["gain_db"] == pytest.approx(-6.02, abs=0.01)
