"""The limiter of a mix is heard in the sum of the stems, also where no note lasts to follow it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile

from bridge.audio import Block
from bridge.checking.between.port import Song
from bridge.checking.between.printed.wall import Wall, wall_of_sum
from bridge.checking.between.printed_bus import PrintedBus
from bridge.checking.hearing import Heard, sketched
from bridge.checking.stem_audio import stem_audio
from bridge.processing import build, run
from chains import Limiter

RATE_HZ = 48000
FRAMES = 24 * RATE_HZ
CEILING_DB = -1.0


def _notes(seed: int, a_second: float, fall_s: float, low_hz: float, level: float) -> Block:
    """Struck notes of any loudness at any time, which die away within a moment."""
    dice, out = np.random.default_rng(seed), np.zeros(FRAMES)
    time_s = np.arange(round(6 * fall_s * RATE_HZ)) / RATE_HZ
    for at in dice.integers(0, FRAMES - len(time_s), round(a_second * FRAMES / RATE_HZ)):
        tone = np.sin(2 * np.pi * low_hz * 2 ** dice.random() * time_s) * np.exp(-time_s / fall_s)
        out[at : at + len(time_s)] += level * (0.3 + dice.random()) * tone
    return out[None]


def _song() -> dict[str, Block]:
    return {
        "tom": _notes(1, 3.0, 0.06, 70.0, 0.5),
        "pluck": _notes(2, 5.0, 0.04, 300.0, 0.3),
        "harp": _notes(3, 6.0, 0.05, 500.0, 0.25),
        "clap": _notes(4, 3.0, 0.02, 1200.0, 0.3),
    }


def _limited(samples: Block, over_db: float) -> Block:
    """Driven so far into a limiter of the ceiling; both sides alike."""
    driven = samples * 10 ** ((CEILING_DB + over_db) / 20) / np.abs(samples).max()
    step = build(Limiter(ceiling_dbtp=CEILING_DB, release_ms=100.0), RATE_HZ)
    out = np.concatenate(list(run([step], [np.repeat(driven, 2, axis=0)])), axis=1)
    return np.asarray(out[:1])


def _printed(song: Mapping[str, Block], over_db: float) -> dict[str, Block]:
    mix = np.sum(list(song.values()), axis=0)
    gains = np.where(np.abs(mix) > 1e-4, _limited(mix, over_db) / np.where(mix, mix, 1.0), 1.0)
    return {name: gains * each for name, each in song.items()}


def _heard(folder: Path, stems: Mapping[str, Block]) -> list[Heard]:
    for name, samples in stems.items():
        soundfile.write(folder / f"{name}.wav", samples.T, RATE_HZ, subtype="PCM_24")
    files = [(name, folder / f"{name}.wav") for name in stems]
    return [sketched(stem_audio(name, name, "other", (path,))) for name, path in files]


def _wall(folder: Path, stems: Mapping[str, Block]) -> Wall | None:
    return wall_of_sum(_heard(folder, stems))


def test_the_limiter_of_the_mix_is_told_of_short_notes_alone(tmp_path: Path) -> None:
    heard = _heard(tmp_path, _printed(_song(), 4.0))
    (found,) = PrintedBus().find(Song(tuple(heard)))
    assert (found.severity, set(found.stems)) == ("major", set(_song()))
    wall = wall_of_sum(heard)
    assert wall is not None
    assert abs(wall.level_dbfs - CEILING_DB) < 0.1


def test_the_wall_is_heard_as_well_where_a_stem_was_not_sent(tmp_path: Path) -> None:
    """While that one rests."""
    printed = _printed(_song(), 6.0)
    del printed["clap"]
    assert _wall(tmp_path, printed) is not None


def test_stems_as_they_were_played_have_no_wall(tmp_path: Path) -> None:
    heard = _heard(tmp_path, _song())
    assert wall_of_sum(heard) is None
    assert not list(PrintedBus().find(Song(tuple(heard))))


def test_one_that_is_limited_by_itself_is_no_wall_of_all(tmp_path: Path) -> None:
    song = {name: 0.05 * each for name, each in _song().items()}
    song["tom"] = _limited(_song()["tom"] + _song()["pluck"], 9.0)
    assert _wall(tmp_path, song) is None


def test_steady_tones_that_meet_again_and_again_are_no_wall(tmp_path: Path) -> None:
    time_s = np.arange(FRAMES) / RATE_HZ
    tones = {f"{hz:g}": 0.2 * np.sin(2 * np.pi * hz * time_s)[None] for hz in (110.0, 277.0, 415.3)}
    assert _wall(tmp_path, tones) is None


def test_a_bar_that_repeats_itself_is_no_wall(tmp_path: Path) -> None:
    bar = {name: np.tile(each[:, : 2 * RATE_HZ], 12) for name, each in _song().items()}
    assert _wall(tmp_path, bar) is None


def test_stems_that_were_each_limited_and_take_turns_are_no_wall_of_all(tmp_path: Path) -> None:
    """As they come out of a limiter that was left on while each was soloed."""
    turns = {}
    for at in range(10):
        walled = _limited(_notes(at, 12.0, 0.05, 150.0, 0.5), 9.0)
        begins, ends = at * FRAMES // 10, (at + 1) * FRAMES // 10
        walled[:, :begins], walled[:, ends:] = 0.0, 0.0
        turns[str(at)] = walled
    assert _wall(tmp_path, turns) is None
