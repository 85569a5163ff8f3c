"""The defects put into clean stems are where their truths say, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from benchmarks.defects import clean
from benchmarks.defects.clean import seeded, synthesised
from benchmarks.defects.faults import between, mixes, sums
from benchmarks.defects.faults.every import LEVELS, queue_of
from benchmarks.defects.songs import KEPT, TRAINING, Song, summed
from benchmarks.defects.sound import Sound, on_grid, write
from benchmarks.defects.truth import Damaged, Level

_RATE_HZ = 48000


@pytest.fixture(scope="module")
def kicks() -> Sound:
    """Beats with silence between them."""
    return synthesised("kicks", 1)


def _level(code: str, name: str) -> Level:
    return next(each for each in LEVELS if (each.code, each.name) == (code, name))


def _damaged(code: str, name: str, sound: Sound) -> Damaged:
    made = _level(code, name).damage(sound, seeded("test"))
    assert made is not None
    return made


def _rest(made: Damaged, clean_sound: Sound) -> np.ndarray:
    """What differs outside of the truths."""
    differs = np.abs(made.sound.samples - clean_sound.samples).max(axis=0)
    for truth in made.truths:
        start, stop = (round(s * made.sound.rate_hz) for s in (truth.start_s, truth.end_s))
        differs[start:stop] = 0.0
    return differs


def test_a_stem_is_the_same_every_time_and_sounds() -> None:
    one, again = synthesised("hands", 0), synthesised("hands", 0)
    assert np.array_equal(one.samples, again.samples)
    assert 0.1 < one.peak < 1.0
    assert np.abs(one.samples[:, -100:]).max() < 1e-3


def test_a_third_of_the_stems_is_kept_and_of_kinds_and_songs_that_training_has_not() -> None:
    training, kept = ({stem.name for stem in clean.stems(part)} for part in ("training", "kept"))
    assert 3 * len(kept) >= len(training) >= 186
    assert not {name.rsplit(" ", 1)[0] for name in training & kept}
    players = [
        {player for song in part.values() for player, _ in song.values()}
        for part in (TRAINING, KEPT)
    ]
    assert all(players)
    assert not players[0] & players[1]


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "FLOAT"])
def test_a_file_holds_the_samples_bit_for_bit(tmp_path: Path, subtype: str, kicks: Sound) -> None:
    held = kicks.holding(kicks.samples, subtype)  # type: ignore[arg-type]
    write(held, tmp_path / "stem.wav")
    found, rate_hz = soundfile.read(tmp_path / "stem.wav", always_2d=True)
    assert rate_hz == kicks.rate_hz
    assert soundfile.info(tmp_path / "stem.wav").subtype == subtype
    assert np.array_equal(found.T, held.samples)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("clicks", "+12 dB over RMS"),
        ("clicks", "in silence, -20 dBFS"),
        ("dropout", "5 ms"),
        ("dropout", "20 ms, faded"),
        ("dropout", "10 ms buffer twice"),
        ("corrupt_samples", "full-scale bursts"),
        ("corrupt_samples", "bytes swapped"),
    ],
)
def test_what_is_outside_of_a_moment_is_untouched(code: str, name: str, kicks: Sound) -> None:
    made = _damaged(code, name, kicks)
    assert made.truths
    assert not _rest(made, kicks).any()
    for truth in made.truths:
        start, stop = (round(s * kicks.rate_hz) for s in (truth.start_s, truth.end_s))
        assert (made.sound.samples[:, start:stop] != kicks.samples[:, start:stop]).any()


def test_a_dropout_is_as_long_as_told_and_silent() -> None:
    drone = synthesised("drone", 0)
    made = _damaged("dropout", "5 ms", drone)
    for truth in made.truths:
        start, stop = (round(s * drone.rate_hz) for s in (truth.start_s, truth.end_s))
        assert stop - start == round(0.005 * drone.rate_hz)
        assert not np.abs(made.sound.samples[:, start:stop]).max(axis=1).all()


def test_clipped_runs_are_where_samples_were_cut(kicks: Sound) -> None:
    made = _damaged("clipped", "-3 dB", kicks)
    runs = made.truths[0].runs
    inside = np.zeros(kicks.frames, bool)
    for start, stop in runs:
        inside[start:stop] = True
    same = (made.sound.samples == kicks.samples).all(axis=0)
    assert same[~inside].all()
    assert not same[inside].any()
    wall = on_grid(np.array([kicks.peak * 10 ** (-3.0 / 20)]), kicks.subtype)[0]
    assert np.unique(np.abs(made.sound.samples[:, inside])).tolist() == pytest.approx([wall])


def test_a_rectangle_that_is_made_lower_is_not_clipped() -> None:
    turns = 220.0 * np.arange(_RATE_HZ) / _RATE_HZ
    rectangle = Sound(np.where(turns % 1.0 < 0.5, 0.5, -0.5)[None], _RATE_HZ)
    assert _level("clipped", "-1 dB").damage(rectangle, seeded("test")) is None


def test_a_level_is_not_tried_where_it_is_true_already() -> None:
    for level in LEVELS:
        queue = queue_of(level, clean.stems("training"))
        assert queue
        assert not [stem for stem in queue if level.code in stem.already]


def _song() -> Song:
    rng = np.random.default_rng(7)
    t = np.arange(3 * _RATE_HZ) / _RATE_HZ
    stems = {}
    for number, name in enumerate(("Drums", "Bass", "Keys", "Lead Vocal")):
        beats = np.exp(-((t * (number + 2)) % 1.0) * 6.0)
        noise = rng.standard_normal((2, len(t))) * beats * 0.08
        stems[name] = Sound(on_grid(noise, "PCM_24"), _RATE_HZ)
    return Song("small", stems, 120.0)


def _between(code: str, name: str) -> between.DamagedSong:
    level = next(e for e in (*between.LEVELS, *between.WITH_A_MIX, *mixes.LEVELS)
                 if (e.code, e.name) == (code, name))  # fmt: skip
    made = level.damage(_song(), seeded("test"))
    assert made is not None
    return made


def test_a_duplicate_is_one() -> None:
    made = _between("duplicate", "17 ms late")
    one, other = (made.stems[name].samples for name in made.truths[0].stems)
    assert np.array_equal(one[:, :-816], other[:, 816:])
    turned = _between("duplicate", "inverted")
    one, other = (turned.stems[name].samples for name in turned.truths[0].stems)
    assert np.array_equal(one, -other)


def test_what_is_said_of_a_mix_makes_it() -> None:
    (level,) = (each for each in sums.LEVELS if each.name == "gains, places, polarities")
    made = level.make(_song(), seeded("test"))
    parts = {
        name: between.moved(
            Sound(sound.samples * made.polarities[name] * 10 ** (made.gains_db[name] / 20),
                  _RATE_HZ, "FLOAT"),
            made.offsets[name],
        )
        for name, sound in made.stems.items()
    }  # fmt: skip
    assert np.abs(summed(parts) - made.mix.samples).max() < 1e-6


def test_stems_behind_a_bus_add_up_to_what_it_gave() -> None:
    song = _song()
    stems = between.printed(song, "limiter", 6.0)
    drive = 10 ** (5.0 / 20) / np.abs(song.mix).max()
    out = between.through_bus(song.mix * drive, _RATE_HZ, "limiter")
    assert np.abs(summed(stems) - out).max() < 1e-5  # steps of 24 bit, and rests of silence
    assert np.abs(out).max() < 0.9 < np.abs(song.mix * drive).max()


def test_a_slow_clock_is_late_by_what_it_drifts() -> None:
    tone = np.sin(2 * np.pi * 1000.0 * np.arange(_RATE_HZ) / _RATE_HZ)[None] * 0.5
    late = between.drifted(Sound(tone, _RATE_HZ, "FLOAT"), 50.0)
    at = np.arange(_RATE_HZ) * (1 - 50e-6)
    wanted = 0.5 * np.sin(2 * np.pi * 1000.0 * at / _RATE_HZ)
    assert np.abs(late.samples[0, 100:-100] - wanted[100:-100]).max() < 1e-3


def test_the_story_has_five_mistakes() -> None:
    song = _song()
    held = Song("small", {**song.stems, "Pad": song.stems["Keys"],
                          "Vocal Reverb": song.stems["Bass"]}, 120.0)  # fmt: skip
    made = mixes.story(held, seeded("test"))
    codes = [truth.code for truth in made.truths]
    assert codes == ["limited", "level", "offset", "missing", "duplicate"]
    assert "Vocal Reverb" not in made.stems
    drums = np.abs(made.stems["Drums"].samples - held.stems["Drums"].samples * 10 ** (-3.0 / 20))
    assert drums.max() < 2.0**-23
