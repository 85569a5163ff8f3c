"""Stems that lie elsewhere in the rough mix, or run on another clock: placed, and told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soxr
from scipy import signal

from bridge.audio import Block
from mixes_of_hits import RATE_HZ, SECONDS, STEMS, fit_of, hits, later, only, summed


def _on_a_slower_clock(samples: Block, ppm: float) -> Block:
    there = soxr.resample(samples.T, 1.0, 1.0 + 1e-6 * ppm, quality="VHQ").T
    return np.asarray(there[:, : samples.shape[1]])


def _later_by_a_part(samples: Block, frames: float) -> Block:
    spectrum = np.fft.rfft(samples)
    turns = np.exp(-2j * np.pi * frames * np.arange(spectrum.shape[1]) / samples.shape[1])
    return np.fft.irfft(spectrum * turns, samples.shape[1])


def test_of_the_beats_that_a_loop_may_lie_on_the_nearest_is_its_place(tmp_path: Path) -> None:
    beat = hits(9, 60.0)[:, RATE_HZ : RATE_HZ + RATE_HZ // 2]
    loop = np.tile(beat, 2 * SECONDS)
    mix = 0.5 * loop + sum(later(sound, 4800) for sound in STEMS.values())
    fit = fit_of(tmp_path, np.asarray(mix), {**STEMS, "loop": loop})
    assert [each.offset_frames for each in fit.stems] == [4800, 4800, 4800, 0]
    assert fit.explained_db > 50


def test_a_loop_that_lacks_its_start_ends_with_the_others(tmp_path: Path) -> None:
    beat = hits(9, 60.0)[:, RATE_HZ : RATE_HZ + RATE_HZ // 2]
    loop, gone = np.tile(beat, 2 * SECONDS), round(1.1 * RATE_HZ)
    mix = np.asarray(0.5 * loop + summed())
    fit = fit_of(tmp_path, mix, {**STEMS, "loop": loop[:, gone:]})
    assert [each.offset_frames for each in fit.stems] == [0, 0, 0, gone]


def test_a_stem_that_begins_early_is_told(tmp_path: Path) -> None:
    stems = {**STEMS, "keys": STEMS["keys"][:, RATE_HZ // 2 :]}
    found = only(fit_of(tmp_path, summed(), stems))
    assert (found.code, found.severity, found.stems) == ("offset", "major", ("keys",))
    assert found.value == pytest.approx(-500.0)
    assert found.facts["offset_frames"] == RATE_HZ // 2


def test_a_late_stem_is_told_as_surely_where_its_loud_return_is_missing(tmp_path: Path) -> None:
    """What the return leaves of the mix lies where the stem does, and is as loud."""
    rng = np.random.default_rng(3)
    tail = rng.standard_normal((2, RATE_HZ)) * np.exp(-np.arange(RATE_HZ) / (0.2 * RATE_HZ))
    wet = signal.oaconvolve(STEMS["lead"], tail, axes=1)[:, : STEMS["lead"].shape[1]]
    wet *= np.sqrt(np.square(STEMS["lead"]).sum() / np.square(wet).sum())
    late = {**STEMS, "lead": later(STEMS["lead"], RATE_HZ // 2)}
    found = {each.code: each for each in fit_of(tmp_path, summed() + wet, late).findings}
    assert set(found) == {"offset", "missing"}
    assert (found["offset"].stems, found["offset"].severity) == (("lead",), "major")
    assert found["offset"].value == pytest.approx(500.0, abs=0.1)
    assert found["offset"].facts["file_as_others"] == (late["lead"].shape == STEMS["keys"].shape)


@pytest.mark.parametrize("way", ["early", "late"])
def test_what_a_stem_lost_that_is_early_or_late_is_missing_for_it(tmp_path: Path, way: str) -> None:
    gone = np.zeros((2, RATE_HZ))
    keys = STEMS["keys"]
    sent = [keys[:, RATE_HZ:], gone] if way == "early" else [gone, keys[:, :-RATE_HZ]]
    stems = {**STEMS, "keys": np.concatenate(sent, axis=1)}
    found = {each.code: each for each in fit_of(tmp_path, summed(), stems).findings}
    assert set(found) == {"offset", "missing"}
    assert found["offset"].facts["file_as_others"]
    assert found["missing"].severity == "info"
    assert f"keys is {way}, and its" in found["missing"].words


def test_a_quiet_stem_that_is_early_is_found_beside_much_that_is_missing(tmp_path: Path) -> None:
    """Which hides that its place explains little more, not that it has its gain there alone."""
    shaker = 0.08 * hits(4, 5000.0)
    mix = summed() + 0.5 * hits(9, 700.0) + later(shaker, 72000)
    fit = fit_of(tmp_path, mix, {**STEMS, "shaker": shaker})
    told = [each for each in fit.findings if each.code != "missing"]
    assert [(each.code, each.stems) for each in told] == [("offset", ("shaker",))]
    assert told[0].value == pytest.approx(-1500.0, abs=0.1)


def test_a_few_frames_between_low_hits_are_seen(tmp_path: Path) -> None:
    fit = fit_of(tmp_path, summed() + later(STEMS["bass"], 6) - STEMS["bass"])
    assert {each.id: each.offset_frames for each in fit.stems} == {"bass": 6, "keys": 0, "lead": 0}
    assert fit.explained_db > 50


def test_the_return_of_a_delay_is_where_the_stems_are_also_beside_one_that_is_late(
    tmp_path: Path,
) -> None:
    stems = {**STEMS, "lead echo": 0.5 * later(STEMS["lead"], 9600)}
    late = {**stems, "bass": later(STEMS["bass"], 4000)}
    for place, these in (("all", stems), ("late", late)):
        (tmp_path / place).mkdir()
        fit = fit_of(tmp_path / place, sum(stems.values()), these)
        assert [each.stems for each in fit.findings] == [("bass",)] * (these is late)
        assert fit.explained_db > 50
        moved = {each.id: each.offset_frames for each in fit.stems if each.offset_frames}
        assert moved == ({"bass": -4000} if these is late else {})
        assert all(abs(each.gain_db) < 0.05 for each in fit.stems)


def test_a_mix_of_another_rate_place_and_length_says_so(tmp_path: Path) -> None:
    begun = np.pad(summed(), ((0, 0), (RATE_HZ, 0)))[:, : (SECONDS - 2) * RATE_HZ]
    mix = soxr.resample(begun.T, RATE_HZ, 44100, quality="VHQ").T
    words = fit_of(tmp_path, mix, rate_hz=44100).words
    assert "; it is at 44.1 kHz, the stems at 48" in words
    assert "; the stems begin 1.000 s later in it" in words
    assert "; it ends 3.0 s earlier than they do" in words


def test_of_a_stem_that_sounds_only_outside_the_mix_nothing_is_told(tmp_path: Path) -> None:
    outro = STEMS["lead"].copy()
    outro[:, : 4 * RATE_HZ] *= 1e-5
    stems = {"bass": STEMS["bass"], "keys": STEMS["keys"], "outro": outro}
    fit = fit_of(tmp_path, sum(stems.values())[:, RATE_HZ // 2 : 7 * RATE_HZ // 2], stems)
    assert fit.findings == ()
    assert fit.verdict == "sums"
    assert "; outro sounds only outside it" in fit.words
    assert [each.id for each in fit.stems] == list(stems)
    assert [bool(np.isnan(each.gain_db)) for each in fit.stems] == [False, False, True]


def test_a_stem_of_another_clock_and_one_between_two_frames_are_told_as_what_they_are(
    tmp_path: Path,
) -> None:
    """Both explain the mix whole: neither is a level, and nothing is missing."""
    sent = {
        "bass": STEMS["bass"],
        "keys": _later_by_a_part(STEMS["keys"], 3.25),
        "lead": _on_a_slower_clock(STEMS["lead"], 60.0),
    }
    fit = fit_of(tmp_path, summed(), sent)
    offset, drift = fit.findings
    assert (offset.code, offset.severity, offset.stems) == ("offset", "info", ("keys",))
    assert offset.facts["offset_frames"] == pytest.approx(-3.25, abs=0.02)
    assert (drift.code, drift.severity, drift.stems) == ("drift", "major", ("lead",))
    assert drift.value == pytest.approx(60.0, abs=0.5)
    assert [each.offset_frames for each in fit.stems] == pytest.approx([0, -3.25, 0], abs=0.1)
    assert [each.gain_db for each in fit.stems] == pytest.approx([0.0] * 3, abs=0.01)
    assert fit.explained_db > 50.0


def test_a_mix_of_another_clock_is_told_once_and_no_stem_is(tmp_path: Path) -> None:
    fit = fit_of(tmp_path, _on_a_slower_clock(summed(), 100.0))
    assert (fit.verdict, fit.findings) == ("sums", ())
    assert "it runs 100.0 ppm slower than the stems" in fit.words
    assert [each.drift_ppm for each in fit.stems] == pytest.approx([-100.0] * 3, abs=0.5)


@pytest.mark.parametrize("later_s", [9.0, -7.0])
def test_a_mix_that_begins_bars_before_or_after_the_stems_is_placed(
    tmp_path: Path, later_s: float
) -> None:
    """Farther than any single stem is looked for."""
    stems = {
        name: np.concatenate([hits(seed + part, hz) for part in (0, 10, 20)], axis=1)
        for name, seed, hz in (("bass", 1, 90.0), ("keys", 2, 400.0))
    }
    frames = round(later_s * RATE_HZ)
    mix = np.asarray(sum(stems.values()))
    mix = np.pad(mix, ((0, 0), (frames, 0))) if frames > 0 else mix[:, -frames:]
    fit = fit_of(tmp_path, mix, stems)
    assert (fit.verdict, fit.findings) == ("sums", ())
    assert {each.offset_frames for each in fit.stems} == {frames}
    assert f"the stems begin {abs(later_s):.3f} s" in fit.words


@pytest.mark.parametrize(
    ("names", "code", "value"),
    [
        (("bass_120bpm", "keys_120bpm", "lead"), "bar_shift", -1.0),
        (("bass BPM 120", "keys 90 bpm", "lead"), "offset", -500.0),
    ],
)
def test_whole_beats_are_counted_at_the_tempo_that_names_agree_on(
    tmp_path: Path, names: Sequence[str], code: str, value: float
) -> None:
    early = {**STEMS, "keys": STEMS["keys"][:, RATE_HZ // 2 :]}
    found = only(fit_of(tmp_path, summed(), dict(zip(names, early.values(), strict=True))))
    assert (found.code, found.stems) == (code, (names[1],))
    assert found.value == pytest.approx(value)
