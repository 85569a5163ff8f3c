"""The stems against a rough mix: gains, places, polarities, and what is told of them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soxr
from scipy import signal
from scipy.ndimage import maximum_filter1d
from scipy.signal import fftconvolve

from bridge.audio import Block
from bridge.road import ToCheck, repaired_stems
from mixes_of_hits import (
    RATE_HZ,
    SECONDS,
    STEMS,
    checked,
    fit_of,
    hits,
    later,
    only,
    summed,
    whole_check,
)
from stemwright.problems import InputError


def _pumped(mix: Block) -> Block:
    """Through a compressor and a clipper."""
    level = np.abs(mix).max(axis=0)
    fall = np.exp(-1 / (0.05 * RATE_HZ))
    followed, last = np.empty_like(level), 0.0
    for at, value in enumerate(level):
        last = max(value, fall * last)
        followed[at] = last
    return np.asarray(np.clip(mix * (1 + followed / 0.1) ** -0.5, -0.2, 0.2))


@pytest.mark.parametrize("gain", [1.0, 0.5, 2.0])
def test_a_plain_sum_is_one_however_loud(tmp_path: Path, gain: float) -> None:
    fit = fit_of(tmp_path, gain * summed())
    assert (fit.verdict, fit.findings) == ("sums", ())
    assert fit.explained_db > 50
    assert all(each.gain_db == pytest.approx(20 * np.log10(gain), abs=0.01) for each in fit.stems)


def test_gains_places_and_polarities_are_found_through_a_bus(tmp_path: Path) -> None:
    mix = 0.7 * STEMS["bass"] + later(STEMS["keys"], 480) - 1.4 * STEMS["lead"]
    for folder, made, near_db in (("plain", mix, 0.01), ("bus", _pumped(mix), 0.3)):
        (tmp_path / folder).mkdir()
        fit = fit_of(tmp_path / folder, made)
        bass, keys, lead = fit.stems
        assert [each.offset_frames for each in fit.stems] == [0, 480, 0]
        assert [each.polarity for each in fit.stems] == [1, 1, -1]
        assert bass.gain_db - keys.gain_db == pytest.approx(-3.098, abs=near_db)
        assert lead.gain_db - keys.gain_db == pytest.approx(2.923, abs=near_db)


def test_a_bus_that_moves_is_told_as_one(tmp_path: Path) -> None:
    fit = fit_of(tmp_path, _pumped(summed()))
    assert (fit.verdict, fit.findings) == ("bus_processing", ())
    assert "fade" not in fit.words


@pytest.mark.parametrize("moves", [False, True])
def test_an_equaliser_on_the_bus_moves_no_stem(tmp_path: Path, moves: bool) -> None:
    """A first-order shelf of 4 dB over 4 kHz, alone and under a compressor and clipper."""
    hat = signal.lfilter(*signal.butter(2, 6000, "high", fs=RATE_HZ), hits(4, 3000.0))
    stems = {**STEMS, "hat": hat}
    mix = np.asarray(sum(stems.values()))
    mix = mix + 0.6 * signal.lfilter(*signal.butter(1, 4000, "high", fs=RATE_HZ), mix)
    fit = fit_of(tmp_path, _pumped(mix) if moves else mix, stems)
    gains_db = np.array([each.gain_db for each in fit.stems])
    assert gains_db - np.median(gains_db) == pytest.approx(np.zeros(4), abs=0.5)
    assert fit.verdict == "bus_processing"
    assert "dB of that by a tone that all stems share" in fit.words


def test_a_mix_that_fades_is_a_sum_and_says_where(tmp_path: Path) -> None:
    fade = np.ones(SECONDS * RATE_HZ)
    fade[: 3 * RATE_HZ // 2] = np.linspace(0.0, 1.0, 3 * RATE_HZ // 2)
    fade[-2 * RATE_HZ :] = np.linspace(1.0, 0.0, 2 * RATE_HZ)
    for folder, mix, verdict in (
        ("sum", summed(), "sums"),
        ("bus", _pumped(summed()), "bus_processing"),
    ):
        (tmp_path / folder).mkdir()
        fit = fit_of(tmp_path / folder, 0.5 * fade * mix)
        assert (fit.verdict, fit.findings) == (verdict, ())
        assert re.search("; it fades in until 0:01; it fades out from 0:0[34] on", fit.words)
        bass, keys, lead = (each.gain_db for each in fit.stems)
        assert [bass - lead, keys - lead] == pytest.approx([0.0, 0.0], abs=0.3)


def test_a_stem_too_quiet_is_told_by_how_much(tmp_path: Path) -> None:
    found = only(fit_of(tmp_path, summed(keys=10 ** (3 / 20))))
    assert (found.code, found.severity, found.stems) == ("level", "major", ("keys",))
    assert found.value == pytest.approx(-3.0, abs=0.01)


def test_a_stem_upside_down_is_told(tmp_path: Path) -> None:
    found = only(fit_of(tmp_path, summed(keys=-1.0)))
    assert (found.code, found.severity, found.stems) == ("polarity", "major", ("keys",))


@pytest.mark.parametrize("offset", [0.01, -0.05])
def test_a_constant_offset_moves_no_gain_and_explains_nothing(
    tmp_path: Path, offset: float
) -> None:
    fit = fit_of(tmp_path, summed(), {**STEMS, "bass": STEMS["bass"] + offset})
    assert (fit.verdict, fit.findings) == ("sums", ())
    assert [each.gain_db for each in fit.stems] == pytest.approx([0.0] * 3, abs=0.01)


@pytest.mark.parametrize("own", ["hum", "noise"])
def test_what_a_stem_has_of_its_own_all_the_time_moves_no_gain(tmp_path: Path, own: str) -> None:
    frames = SECONDS * RATE_HZ
    added = {
        "hum": 0.01 * np.sin(2 * np.pi * 50.0 * np.arange(frames) / RATE_HZ),
        "noise": 0.003 * np.random.default_rng(5).standard_normal((2, frames)),
    }[own]
    fit = fit_of(tmp_path, summed(), {**STEMS, "lead": STEMS["lead"] + added})
    assert fit.findings == ()
    assert [each.gain_db for each in fit.stems] == pytest.approx([0.0] * 3, abs=0.8)


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("is_wide", [False, True])
def test_a_side_upside_down_is_told_as_one(tmp_path: Path, side: int, is_wide: bool) -> None:
    whole = {**STEMS, "keys": np.stack([STEMS["keys"][0], hits(2, 560.0)[1]])}
    stems = dict(whole if is_wide else STEMS)
    mix = np.asarray(sum(stems.values()))
    stems["keys"] = stems["keys"] * np.array([[-1.0], [1.0]])[:: 1 if side == 0 else -1]
    report = checked(tmp_path, mix, stems)
    told = {each.code for each in report.findings() if each.stems == ("keys",)}
    assert told == ({"channel_polarity"} if side else {"channel_polarity", "polarity"})
    assert report.mix is not None
    assert report.mix.explained_db > 50
    assert {each.code for each in report.mix.findings} <= {"polarity"}
    assert [each.right_polarity for each in report.mix.stems] == [1, -1, 1]
    assert all(abs(each.gain_db) < 0.01 for each in report.mix.stems)


def test_of_a_stem_too_faint_to_be_heard_in_the_mix_nothing_is_told(tmp_path: Path) -> None:
    shaker = 1e-4 * hits(4, 5000.0)
    hiss = 0.003 * np.random.default_rng(5).standard_normal(shaker.shape)
    fit = fit_of(tmp_path, summed() + hiss - shaker, {**STEMS, "shaker": shaker})
    assert not any("shaker" in each.stems for each in fit.findings)
    assert np.isnan(fit.stems[-1].gain_db)


def test_a_stem_that_the_mix_has_not_is_told(tmp_path: Path) -> None:
    found = only(fit_of(tmp_path, summed(lead=0.0)))
    assert (found.code, found.severity, found.stems) == ("extra", "major", ("lead",))


@pytest.mark.parametrize("through_a_bus", [False, True])
def test_what_no_stem_holds_is_told_with_its_place_and_pitch(
    tmp_path: Path, through_a_bus: bool
) -> None:
    sent = {name: STEMS[name] for name in ("bass", "lead")}
    late = np.zeros_like(STEMS["keys"])
    late[:, 3 * RATE_HZ : 6 * RATE_HZ] = STEMS["keys"][:, 3 * RATE_HZ : 6 * RATE_HZ]
    mix = STEMS["bass"] + STEMS["lead"] + late
    fit = fit_of(tmp_path, _pumped(mix) if through_a_bus else mix, sent)
    found = only(fit)
    assert (found.code, found.severity, found.stems) == ("missing", "major", ())
    assert 2.9 <= found.start_s < found.end_s <= 6.1
    assert found.facts["low_hz"] < 600 < found.facts["high_hz"]
    assert -60 < found.value < -20
    assert fit.as_json()["missing"][0]["id"] == found.id


def test_a_return_left_out_is_told_whole_beside_a_stem_limited_on_its_own(tmp_path: Path) -> None:
    tail = np.random.default_rng(9).standard_normal((2, RATE_HZ)) * np.exp(
        -np.arange(RATE_HZ) * 5.0 / RATE_HZ
    )
    wet = fftconvolve(STEMS["keys"], tail, axes=1)[:, : STEMS["keys"].shape[1]]
    wet *= 0.1 * np.std(summed()) / np.std(wet)
    sent = {**STEMS, "bass": np.clip(STEMS["bass"], -0.6 * STEMS["bass"].max(), 1.0)}
    (found,) = (e for e in fit_of(tmp_path, summed() + wet, sent).findings if e.code == "missing")
    length_s = wet.shape[1] / RATE_HZ
    assert (found.start_s, found.end_s) == pytest.approx((0.0, length_s), abs=0.5)
    assert found.value == pytest.approx(20 * np.log10(np.std(wet)), abs=1.0)
    assert found.facts["against_mix_db"] == pytest.approx(-20.0, abs=1.0)


def test_a_stem_limited_on_its_own_is_no_major_matter_of_level(tmp_path: Path) -> None:
    mix = summed()
    fit = fit_of(tmp_path, mix, {**STEMS, "keys": np.clip(STEMS["keys"], -0.05, 0.05)})
    assert fit.verdict == "sums_with_changes"
    assert all(each.severity != "major" for each in fit.findings)


def test_a_copy_counts_once(tmp_path: Path) -> None:
    fit = fit_of(tmp_path, summed(), {**STEMS, "keys copy": STEMS["keys"]})
    assert (fit.verdict, fit.findings) == ("sums", ())
    assert sorted(np.isnan([each.gain_db for each in fit.stems])) == [False, False, False, True]
    assert None in [each["gain_db"] for each in fit.as_json()["stems"]]


def test_of_copies_the_louder_keeps_its_gain(tmp_path: Path) -> None:
    stems = {"a quieter keys": 0.5 * STEMS["keys"], **STEMS, "bass": 0.7 * STEMS["bass"]}
    fit = fit_of(tmp_path, 0.9 * summed(), stems)
    assert [(each.code, each.stems) for each in fit.findings] == [("level", ("bass",))]
    assert np.isnan({each.id: each.gain_db for each in fit.stems}["a quieter keys"])


@pytest.mark.parametrize("scale", [0.5, 0.8, 2.0])
@pytest.mark.parametrize("times", [1, 2])
def test_the_one_stem_that_is_off_is_told_beside_a_pair_of_copies(
    tmp_path: Path, scale: float, times: int
) -> None:
    mix = scale * summed(bass=times, lead=10 ** (3 / 20))
    found = only(fit_of(tmp_path, mix, {**STEMS, "bass copy": STEMS["bass"]}))
    assert (found.code, found.stems) == ("level", ("lead",))
    assert found.value == pytest.approx(-3.0, abs=0.01)


@pytest.mark.parametrize("scale", [0.5, 0.8, 2.0])
def test_of_two_gains_the_one_that_more_stems_have_with_their_copies_is_right(
    tmp_path: Path, scale: float
) -> None:
    stems = {"lead": STEMS["lead"], "keys": STEMS["keys"], "keys copy": STEMS["keys"]}
    mix = scale * (STEMS["keys"] + 10 ** (3 / 20) * STEMS["lead"])
    found = only(fit_of(tmp_path, mix, stems))
    assert (found.code, found.stems) == ("level", ("lead",))


def test_another_arrangement_and_another_song_are_no_sums(tmp_path: Path) -> None:
    half = SECONDS * RATE_HZ // 2
    (tmp_path / "arranged").mkdir()
    other = np.concatenate([summed()[:, :half], hits(7, 300.0)[:, :half]], axis=1)
    fit = fit_of(tmp_path / "arranged", other)
    assert (fit.verdict, only(fit).code) == ("other_version", "other_version")
    fit = fit_of(tmp_path, hits(8, 300.0) + hits(9, 900.0))
    assert fit.verdict in ("unrelated", "other_version")
    assert only(fit).code == "other_version"


def test_a_mix_in_mono_or_at_another_rate_is_compared_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "mono").mkdir()
    fit = fit_of(tmp_path / "mono", summed().mean(axis=0, keepdims=True))
    assert (fit.verdict, fit.findings) == ("sums", ())
    mix = soxr.resample(summed().T, RATE_HZ, 44100, quality="VHQ").T
    fit = fit_of(tmp_path, mix, rate_hz=44100)
    assert fit.findings == ()
    assert fit.explained_db > 25


def test_a_finished_master_is_told_as_one_and_nothing_against_it_is_major(tmp_path: Path) -> None:
    mix = summed(lead=-1.0)
    dice = np.random.default_rng(4)
    wet = np.stack(
        [np.convolve(row, dice.standard_normal(2000) / 30)[: mix.shape[1]] for row in mix]
    )
    loud = 8 * (mix + 0.35 * wet)
    held = maximum_filter1d(np.abs(loud).max(axis=0), 401)
    fit = fit_of(tmp_path, loud * np.minimum(1.0, 0.98 / (held + 1e-12)))
    assert fit.explained_db < 8
    assert fit.verdict == "master"
    assert "a finished master" in fit.words
    assert {each.severity for each in fit.findings} <= {"info", "minor"}
    (tmp_path / "quiet").mkdir()
    assert fit_of(tmp_path / "quiet", 0.2 * (mix + 0.35 * wet)).verdict != "master"


@pytest.mark.filterwarnings("error")
def test_silent_stems_explain_nothing(tmp_path: Path) -> None:
    fit = fit_of(tmp_path, summed(), {name: 0.0 * sound for name, sound in STEMS.items()})
    assert (fit.verdict, fit.explained_db) == ("unrelated", 0.0)
    assert {each.code for each in fit.findings} == {"other_version"}


def test_a_silent_mix_is_told_and_one_that_is_none_is_a_finding(tmp_path: Path) -> None:
    fit = fit_of(tmp_path, np.zeros((2, 1000)))
    assert (fit.verdict, fit.findings) == ("unrelated", ())
    report = whole_check(tmp_path, tmp_path / "stems", tmp_path / "rough.wav")
    (told,) = report.open("major")
    assert (told.code, told.stems, told.end_s) == ("silent", ("rough",), 1000 / RATE_HZ)
    (tmp_path / "rough.wav").write_bytes(b"no sound")
    report = whole_check(tmp_path, tmp_path / "stems", tmp_path / "rough.wav")
    assert [each.id for each in report.stems] == [*STEMS, "rough"]
    assert report.stem_count == len(STEMS)
    assert [each.code for each in report.findings()] == ["undecodable"]
    (tmp_path / "rough.wav").rename(tmp_path / "stems" / "rough.wav")
    again = whole_check(tmp_path, tmp_path / "stems", tmp_path / "stems" / "rough.wav")
    assert [each.id for each in again.stems] == [each.id for each in report.stems]
    assert [each.code for each in again.findings()] == ["undecodable"]
    with pytest.raises(InputError):
        whole_check(tmp_path, tmp_path / "stems", tmp_path / "none.wav")


def test_samples_that_are_no_sound_are_told_of_the_mix_whatever_its_name(tmp_path: Path) -> None:
    mix = summed()
    mix[0, 5000:5010] = np.nan
    assert fit_of(tmp_path, mix).verdict == "sums"
    rough = tmp_path / "rough.wav"
    for path, name in ((rough, "rough"), (tmp_path / "keys.wav", "keys (rough mix)")):
        given = ToCheck((tmp_path / "stems",), mix=rough.rename(path))
        report = whole_check(tmp_path, tmp_path / "stems", path)
        assert [each.id for each in report.stems] == [*STEMS, name]
        assert report.stem_count == len(STEMS)
        (told,) = report.findings()
        assert (told.code, told.stems, told.value) == ("corrupt_samples", (name,), 10.0)
        assert told.start_s == pytest.approx(5000 / RATE_HZ)
        repairs = repaired_stems(given, report, None)
        assert [each.finding for each in repairs.refused] == [told.id]
        rough = path
    mix[:, 1000:] = np.inf
    (tmp_path / "lost").mkdir()
    fit_of(tmp_path / "lost", mix)
    lost = whole_check(tmp_path, tmp_path / "lost" / "stems", tmp_path / "lost" / "rough.wav")
    assert [each.code for each in lost.findings()] == ["corrupt_samples"]


@pytest.mark.parametrize(
    ("late", "in_mix", "severity"),
    [(0, True, "info"), (0, False, "major"), (17_568, True, "info")],
)
def test_a_copy_that_the_mix_has_as_well_is_meant(
    tmp_path: Path, late: int, in_mix: bool, severity: str
) -> None:
    """A part that was doubled, one that was sent twice, and the return of a delay."""
    again = 0.5 * later(STEMS["lead"], late)
    report = checked(tmp_path, summed() + in_mix * again, {**STEMS, "lead echo": again})
    (found,) = (each for each in report.between if each.code == "duplicate")
    assert (found.severity, set(found.stems)) == (severity, {"lead", "lead echo"})
    assert report.mix is not None
    assert report.mix.verdict == "sums"
