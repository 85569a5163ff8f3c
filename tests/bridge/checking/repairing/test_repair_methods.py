"""Each method of repair on signals that are known: nearer to what was there, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.audio import Block
from bridge.checking.repairing.mending import StemMending
from bridge.checking.repairing.methods.clicks import GUARD, mended_burst
from bridge.checking.repairing.methods.stretches import Stretch
from bridge.checking.repairing.plan import METHODS
from bridge.checking.repairing.steps import RepairStep
from bridge.checking.stem_audio import StemAudio, stem_audio
from stemwright.decibels import power_db

RATE_HZ = 48000
Mend = Callable[..., tuple[Block, StemMending]]


def step(code: str, first: int, stop: int, **parameters: float) -> RepairStep:
    """A step as the plan makes it."""
    method = next(each for each in METHODS if each.code == code)
    channel = 1 if code == "channel_polarity" else None
    return RepairStep("stem", code, f"{code}-1", first, stop, method.name, 1, channel, parameters)


@pytest.fixture
def stem(tmp_path: Path) -> Callable[[Block], StemAudio]:
    """A stem's float file."""

    def made(samples: Block) -> StemAudio:
        path = tmp_path / "stem.wav"
        soundfile.write(path, samples.T, RATE_HZ, subtype="DOUBLE")
        return stem_audio("stem", "stem", "other", (path,))

    return made


@pytest.fixture
def mend(stem: Callable[[Block], StemAudio]) -> Mend:
    """The samples after these steps, and the mending."""

    def mended(samples: Block, *steps: RepairStep) -> tuple[Block, StemMending]:
        mending = StemMending(stem(samples), steps)
        return np.concatenate([*mending.blocks()], axis=1), mending

    return mended


def played(seconds: float = 3.0, sides: int = 2) -> Block:
    """Decaying notes and some noise, the sides alike but not the same."""
    dice = np.random.default_rng(5)
    sound = 1e-4 * dice.standard_normal((sides, round(seconds * RATE_HZ)))
    since = np.arange(RATE_HZ) / RATE_HZ
    envelope = np.exp(-4.0 * since) * (1 - np.exp(-200 * since)) * np.linspace(1.0, 0.0, RATE_HZ)
    for note, start in enumerate(np.arange(0.0, seconds - 0.3, 0.5)):
        hz = 110.0 * 2 ** (dice.integers(0, 24) / 12)
        at = round((start + dice.uniform(0.0, 0.2)) * RATE_HZ)
        tone = sum(np.sin(2 * np.pi * k * hz * since) / k**1.5 for k in range(1, 7))
        part = sound[:, at : at + RATE_HZ]
        levels = 0.2 * (1.0 + 0.2 * np.arange(sides) * (note % 2))
        part += levels[:, None] * (envelope * tone)[: part.shape[1]]
    return sound


def sdr_db(true: Block, found: Block) -> float:
    """How far what is off lies below what is there."""
    return power_db(float(np.square(true).sum() / max(np.square(true - found).sum(), 1e-30)))


def outside(before: Block, after: Block, mending: StemMending) -> bool:
    """Whether every sample outside what was touched is as it was."""
    same = before == after
    for each in mending.mended():
        for touched in each.ranges:
            same[touched.channel, touched.first : touched.stop] = True
    return bool(same.all())


@pytest.mark.parametrize(("frames", "least_db"), [(1, 65.0), (4, 60.0), (20, 50.0)])
def test_a_click_gives_way_to_what_was_played(mend: Mend, frames: int, least_db: float) -> None:
    true = played()
    broken, at = true.copy(), 70000
    broken[:, at : at + frames] += 0.5 * np.hanning(frames + 2)[1:-1]
    after, mending = mend(broken, step("clicks", at, at + max(1, frames // 2)))
    assert mending.refused() == ()
    assert outside(broken, after, mending)
    part = slice(at, at + frames)
    gained_db = sdr_db(true[:, part], after[:, part]) - sdr_db(true[:, part], broken[:, part])
    assert gained_db > least_db
    (told,) = mending.mended()
    assert told.peak_dbfs == pytest.approx(20 * np.log10(0.5), abs=1.0)
    assert told.gain_db is not None
    assert told.gain_db > 20.0


def test_a_click_over_a_loud_bass_leaves_what_is_quiet_above_it(mend: Mend) -> None:
    noise = np.convolve(np.random.default_rng(1).standard_normal(9000), np.hanning(64), "same")
    true = np.atleast_2d(1e-4 * noise + 0.5 * np.sin(np.arange(9000) * 2 * np.pi * 57 / RATE_HZ))
    broken = true.copy()
    broken[:, 4500:4512] += 0.3
    after, _ = mend(broken, step("clicks", 4500, 4512))
    assert sdr_db(true[:, 4500:4512], after[:, 4500:4512]) > 90.0


def test_a_click_of_one_side_leaves_the_other_as_it_is(mend: Mend) -> None:
    true = played()
    broken = true.copy()
    broken[1, 70000:70003] += 0.4
    after, mending = mend(broken, step("clicks", 70000, 70003))
    assert {each.channel for told in mending.mended() for each in told.ranges} == {1}
    assert np.array_equal(after[0], true[0])
    assert sdr_db(true[:, 70000:70003], after[:, 70000:70003]) > 25.0


@pytest.mark.parametrize("seed", [1, 2, 8])
def test_what_is_sudden_in_the_sound_beside_a_click_stays(mend: Mend, seed: int) -> None:
    """Student's t of two degrees: every hundredth sample is seven times the usual and more."""
    broken = 0.005 * np.random.default_rng(seed).standard_t(2, (1, 20000))
    broken[:, 9000:9002] += 0.9
    _, mending = mend(broken, step("clicks", 9000, 9002))
    (told,) = mending.mended()
    assert [(each.first, each.stop) for each in told.ranges] == [(9000, 9002)]


def test_where_there_is_no_click_nothing_is_changed(mend: Mend) -> None:
    true = played()
    after, mending = mend(true, step("clicks", 70000, 70003))
    assert np.array_equal(after, true)
    assert len(mending.refused()) == 1
    assert not mending.changes


@pytest.mark.parametrize(("length_ms", "least_db"), [(1, 20.0), (2, 18.0), (5, 12.0)])
def test_what_was_lost_comes_back(mend: Mend, length_ms: int, least_db: float) -> None:
    true = played()
    at, stop = 70000, 70000 + length_ms * RATE_HZ // 1000
    broken = true.copy()
    broken[:, at:stop] = 0.0
    after, mending = mend(broken, step("dropout", at, stop))
    assert outside(broken, after, mending)
    assert sdr_db(true[:, at:stop], after[:, at:stop]) > least_db


def test_what_was_lost_on_one_side_comes_from_the_other(mend: Mend) -> None:
    dice = np.random.default_rng(1)
    true = np.repeat(0.1 * dice.standard_normal((1, 48000)), 2, axis=0)
    broken = true.copy()
    broken[0, 20000:20100] = 0.0
    after, _ = mend(broken, step("dropout", 20000, 20100))
    assert sdr_db(true, after) > 80.0


def test_a_gap_that_is_too_long_is_refused(mend: Mend) -> None:
    broken = played()
    broken[:, 70000:71000] = 0.0
    after, mending = mend(broken, step("dropout", 70000, 71000))
    assert np.array_equal(after, broken)
    assert "20.8 ms" in mending.refused()[0].why


def test_noise_cannot_be_predicted_and_is_left(mend: Mend) -> None:
    broken = 0.1 * np.random.default_rng(1).standard_normal((1, 96000))
    broken[:, 40000:40200] = 0.0
    after, mending = mend(broken, step("dropout", 40000, 40200))
    assert np.array_equal(after, broken)
    assert "gain nothing" in mending.refused()[0].why


def test_samples_that_are_no_numbers_are_predicted(mend: Mend) -> None:
    true = played()
    broken = true.copy()
    broken[0, 70000:70064] = np.nan
    broken[1, 70010] = np.inf
    after, mending = mend(broken, step("corrupt_samples", 70000, 70064))
    assert sdr_db(true, after) > 50.0
    assert mending.changes


def test_samples_that_are_no_sound_are_replaced_where_that_gains_nothing_and_it_is_said(
    mend: Mend,
) -> None:
    broken = 0.1 * np.random.default_rng(1).standard_normal((1, 96000))
    broken[:, 40000:40200] = np.nan
    after, mending = mend(broken, step("corrupt_samples", 40000, 40200))
    (done,) = mending.mended()
    assert np.isfinite(after).all()
    assert done.gain_db is not None
    assert done.gain_db < 1.0
    assert "gains nothing, but they could not stay" in done.words


def test_what_stays_broken_is_not_written(mend: Mend) -> None:
    broken = played()
    broken[0, 70000] = np.nan
    broken[1, 90000:90003] += 0.4
    _, mending = mend(broken, step("clicks", 90000, 90003))
    assert not mending.changes
    assert mending.mended() == ()
    assert "corrupt_samples" in mending.refused()[0].why


def test_noise_at_full_scale_is_predicted_away(mend: Mend) -> None:
    true = played()
    broken = true.copy()
    broken[:, 70000:70150] = np.random.default_rng(2).uniform(-1, 1, (2, 150))
    after, mending = mend(broken, step("corrupt_samples", 70016, 70144))
    assert outside(broken, after, mending)
    assert sdr_db(true[:, 70000:70150], after[:, 70000:70150]) > 15.0


@pytest.mark.parametrize(("below_db", "least_db"), [(1.0, 25.0), (3.0, 15.0)])
def test_cut_peaks_come_back_and_none_below_the_plateau(
    mend: Mend, below_db: float, least_db: float
) -> None:
    true = played()
    wall = float(np.abs(true).max()) * 10 ** (-below_db / 20)
    broken = np.clip(true, -wall, wall)
    cut = np.abs(true) > wall
    places = np.flatnonzero(cut.any(axis=0))
    level = {"level_dbfs": 20 * np.log10(wall)}
    after, mending = mend(broken, step("clipped", int(places[0]), int(places[-1]) + 1, **level))
    assert outside(broken, after, mending)
    assert (np.abs(after) >= np.abs(broken) - 1e-12).all()
    gained_db = sdr_db(true[cut], after[cut]) - sdr_db(true[cut], broken[cut])
    assert gained_db > least_db


def test_the_corner_of_a_cut_peak_is_no_click(mend: Mend) -> None:
    true = played()
    wall = float(np.abs(true).max()) * 10 ** (-3 / 20)
    broken = np.clip(true, -wall, wall)
    cut = np.flatnonzero((np.abs(true) > wall).any(axis=0))
    first, stop = int(cut[0]), int(cut[-1]) + 1
    clipped = step("clipped", first, stop, level_dbfs=20 * np.log10(wall))
    corner = replace(step("clicks", first, first + 2), finding="corner")
    alone, _ = mend(broken, clipped)
    after, mending = mend(broken, clipped, corner)
    assert np.array_equal(after, alone)
    assert [told.step.also for told in mending.mended()] == [("corner",)]
    assert mending.refused() == ()


def test_a_click_on_the_onset_of_a_driven_note_is_left_rather_than_made_worse() -> None:
    dice, frames = np.random.default_rng(58), 17000
    hz = 82.4 * 2 ** (int(dice.integers(0, 12)) / 12)
    onset = 8500 + int(dice.integers(-20, 24))
    t = np.arange(frames) / RATE_HZ
    low, high = (
        sum(np.sin(2 * np.pi * hz * up * ratio * t + dice.random() * 6) for ratio in (1, 1.5, 2))
        for up in (1.0, 1.335)
    )
    dies = 0.3 * low * np.exp(-np.maximum(0, np.arange(frames) - onset + 3000) / 800)
    driven = 0.5 * np.tanh(12 * np.where(np.arange(frames) < onset, dies, high))
    broken = np.convolve(driven, np.hanning(9) / 4, "same")
    broken[8500:8508] += 0.2 * dice.standard_normal(8)
    none = np.zeros(frames, bool)
    stretch = Stretch(broken[None], none[None], none, 0, RATE_HZ)
    made = mended_burst(stretch, step("clicks", 8500, 8508), GUARD, 0.005)
    assert made == "what is played there cannot be predicted well enough: it would gain nothing"


def test_hum_goes_and_what_is_played_stays(mend: Mend) -> None:
    true = played(12.0)
    t = np.arange(true.shape[1]) / RATE_HZ
    turns = np.cumsum(50.0 * (1 + 0.001 * np.sin(2 * np.pi * 0.02 * t))) / RATE_HZ
    hum = sum(
        10 ** (below_db / 20) * np.sin(2 * np.pi * (k * turns + 0.1 * k))
        for k, below_db in ((1, 0.0), (2, -6.0), (3, -4.0), (5, -9.0))
    )
    broken = true + 10 ** (-50 / 20) * hum
    after, mending = mend(broken, step("hum", 0, true.shape[1]))
    assert sdr_db(true, after) > sdr_db(true, broken) + 15.0
    assert "50 Hz" in mending.mended()[0].words


def test_the_line_under_the_notes_of_a_bass_goes_as_well_and_the_gain_is_what_it_was(
    mend: Mend,
) -> None:
    t = np.arange(12 * RATE_HZ) / RATE_HZ
    since = t % 0.4375
    notes_hz = np.array([46.2, 51.9, 58.3, 51.9])[(t / 0.4375).astype(int) % 4]
    note = np.sin(2 * np.pi * notes_hz * since) * np.minimum(1, since / 0.005)
    true = np.stack([0.3 * note * np.clip((0.25 - since) / 0.02, 0, 1)] * 2)
    hum = sum(np.sin(2 * np.pi * 50 * k * t + k) / k for k in (1, 2, 3, 4, 5))
    broken = true + 10 ** (-50 / 20) * hum
    after, mending = mend(broken, step("hum", 0, true.shape[1]))
    gain_db = power_db(np.square(broken - true).sum() / np.square(after - true).sum())
    assert gain_db > 25.0
    told_db = mending.mended()[0].gain_db
    assert told_db is not None
    assert told_db < gain_db + 3.0


def test_hum_that_drifts_goes_from_the_first_frame_to_the_last(mend: Mend) -> None:
    t = np.arange(12 * RATE_HZ) / RATE_HZ
    chord = np.sin(2 * np.pi * 233.1 * t) + np.sin(2 * np.pi * 277.2 * t + 1)
    true = np.stack([0.2 * chord * np.clip(np.minimum(t - 0.4, 11.6 - t), 0, 1)] * 2)
    turns = np.cumsum(50.0 * (1 + 0.001 * np.sin(2 * np.pi * 0.02 * t + 1))) / RATE_HZ
    hum = sum(np.sin(2 * np.pi * k * turns + k) / k for k in (1, 2, 3, 5))
    broken = true + 10 ** (-50 / 20) * hum
    after, mending = mend(broken, step("hum", 0, true.shape[1]))
    left, was = np.square(after - true), np.square(broken - true)
    for part in (np.s_[:, :19200], np.s_[:, -19200:], np.s_[:]):
        assert power_db(was[part].sum() / left[part].sum()) > 22.0
    told_db = mending.mended()[0].gain_db
    assert told_db == pytest.approx(power_db(was.sum() / left.sum()), abs=4.0)


def test_where_there_is_no_hum_none_is_taken_out(mend: Mend) -> None:
    true = played(12.0)
    after, mending = mend(true, step("hum", 0, true.shape[1]))
    assert np.array_equal(after, true)
    assert "gain nothing" in mending.refused()[0].why


def test_an_offset_goes_whatever_is_played(mend: Mend) -> None:
    true = played(8.0)
    broken = true + np.array([[0.01], [0.0]])
    after, _ = mend(broken, step("dc_offset", 0, true.shape[1]))
    assert np.abs((after - true).mean(axis=1)).max() < 2e-4


def test_an_offset_that_moves_is_followed(mend: Mend) -> None:
    true = 0.01 * np.random.default_rng(3).standard_normal((1, 40 * RATE_HZ))
    drift = np.linspace(0.0, 0.02, true.shape[1])
    after, mending = mend(true + drift, step("dc_offset", 0, true.shape[1]))
    assert "followed" in mending.mended()[0].words
    assert np.abs(after - true)[:, RATE_HZ * 6 : -RATE_HZ * 6].max() < 1e-3


def test_sides_and_stems_are_turned_over(mend: Mend) -> None:
    true = played(1.0)
    frames = true.shape[1]
    one, _ = mend(true * [[1.0], [-1.0]], step("channel_polarity", 0, frames))
    assert np.array_equal(one, true)
    both, mending = mend(-true, step("polarity", 0, frames))
    assert np.array_equal(both, true)
    assert len(mending.mended()[0].ranges) == 2


@pytest.mark.parametrize("late", [1, 777, 140000, -1, -777, -140000])
def test_a_stem_is_moved_by_whole_frames_and_stays_as_long(mend: Mend, late: int) -> None:
    true = played()
    after, _ = mend(true, step("offset", 0, true.shape[1], late_frames=float(late)))
    moved = np.zeros_like(true)
    if late > 0:
        moved[:, :-late] = true[:, late:]
    else:
        moved[:, -late:] = true[:, :late]
    assert np.array_equal(after, moved)


def test_steps_together_count_in_the_frames_of_the_file_before(mend: Mend) -> None:
    true = played()
    broken = -true
    broken[:, 70000] += 0.5
    broken[:, 71000:71048] = 0.0
    frames = true.shape[1]
    after, mending = mend(
        broken,
        step("offset", 0, frames, late_frames=500.0),
        step("polarity", 0, frames),
        step("dropout", 71000, 71048),
        step("clicks", 70000, 70001),
    )
    assert mending.refused() == ()
    assert sdr_db(true[:, 500:], after[:, :-500]) > 50.0


def test_the_same_comes_out_every_time(mend: Mend, monkeypatch: Any) -> None:
    broken = played()
    broken[:, 70000] += 0.5
    broken[:, 131060:131100] = 0.0  # over the end of the first passage
    steps = step("clicks", 70000, 70001), step("dropout", 131060, 131100)
    after, mending = mend(broken, *steps)
    monkeypatch.setattr("bridge.audio.decode.BLOCK_FRAMES", 4096)
    again, other = mend(broken, *steps)
    assert np.array_equal(after, again)
    assert mending.mended() == other.mended()
