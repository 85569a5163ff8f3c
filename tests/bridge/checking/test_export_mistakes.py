"""Five mistakes in one export are five lines of the mail, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import oaconvolve

from bridge.audio import Block
from bridge.checking import Finding, letters
from bridge.processing import build, run
from bridge.road import ToCheck, checked_stems
from chains import Limiter

RATE_HZ = 48000
SECONDS = 12
FRAMES = SECONDS * RATE_HZ


def _played(seed: int, hz: float, ringing_s: float) -> Block:
    """(2, frames): notes at times and levels of their own, each with some noise."""
    dice = np.random.default_rng(seed)
    sound = np.zeros((2, FRAMES))
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    shape = np.exp(-time_s / ringing_s) * (1 - np.exp(-time_s / 0.002)) * (1 - 2 * time_s)
    for at in dice.integers(4800, FRAMES - 2 * len(time_s), 6 * SECONDS):
        note = np.sin(2 * np.pi * hz * (1 + dice.random()) * time_s)
        noise = dice.standard_normal((2, len(time_s))) * [[1.0], [0.7]]
        sound[:, at : at + len(time_s)] += dice.uniform(0.02, 0.08) * shape * (note + 0.2 * noise)
    return sound


def _limited(sound: Block, into_it_db: float) -> Block:
    wall_db = 20 * np.log10(np.abs(sound).max()) - into_it_db
    settings = Limiter(ceiling_dbtp=float(wall_db), release_ms=100.0)
    return np.concatenate(list(run([build(settings, RATE_HZ)], [sound])), axis=1)


@pytest.fixture(scope="module")
def song() -> dict[str, Block]:
    """Six stems, one of them the return of another's reverb."""
    parts = ("drums", 150.0, 0.05), ("bass", 60.0, 0.2), ("keys", 300.0, 0.3)
    more = ("guitar", 500.0, 0.2), ("pad", 220.0, 0.4), ("vocal", 800.0, 0.15)
    stems = {name: _played(at, hz, s) for at, (name, hz, s) in enumerate((*parts, *more))}
    dice = np.random.default_rng(9)
    tail = dice.standard_normal((2, RATE_HZ)) * np.exp(-np.arange(RATE_HZ) / (0.3 * RATE_HZ))
    wet = oaconvolve(stems["vocal"], tail, axes=1)[:, :FRAMES]
    fall = np.minimum(1.0, np.arange(FRAMES)[::-1] / RATE_HZ)
    return {**stems, "reverb": 0.03 * wet / wet.std() * fall}


def _mail(folder: Path, stems: dict[str, Block], mix: Block) -> list[Finding]:
    """What a check finds; what was heard of a stem is kept beside the test's folder for another."""
    place = folder / "stems"
    place.mkdir()
    for name, samples in stems.items():
        soundfile.write(place / f"{name}.wav", samples.T, RATE_HZ, subtype="PCM_24")
    soundfile.write(folder / "rough.wav", mix.T, RATE_HZ, subtype="FLOAT")
    given = ToCheck((place,), mix=folder / "rough.wav", store=folder.parent / "heard")
    return letters("en").told(checked_stems(given))


def test_a_song_without_a_mistake_needs_no_mail(tmp_path: Path, song: dict[str, Block]) -> None:
    assert _mail(tmp_path, song, np.sum(list(song.values()), axis=0)) == []


def test_five_mistakes_are_five_lines(tmp_path: Path, song: dict[str, Block]) -> None:
    sent = {name: sound for name, sound in song.items() if name != "reverb"}
    sent["drums"] = song["drums"] * 10 ** (-3 / 20)
    sent["guitar"] = song["guitar"][:, 2 * RATE_HZ :]
    sent["keys copy"] = song["keys"]
    sent["vocal"] = _limited(song["vocal"], 8.0)
    told = _mail(tmp_path, sent, np.sum(list(song.values()), axis=0))
    late = {"offset", "start", "length", "upcut_start"}
    lines = {
        ("late" if each.code in late else each.code, tuple(sorted(each.stems))) for each in told
    }
    assert lines == {
        ("limited", ("vocal",)),
        ("level", ("drums",)),
        ("late", ("guitar",)),
        ("missing", ()),
        ("duplicate", ("keys", "keys copy")),
    }
