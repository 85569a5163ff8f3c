"""The stems against a rough mix: gains, places, polarities, and what is told of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr
from scipy.ndimage import maximum_filter1d

from bridge.audio import Block
from bridge.checking import CheckReport, Finding, MixFit
from bridge.road import ToCheck, checked_stems
from stemwright.problems import InputError

RATE_HZ = 48000
SECONDS = 5


def _hits(seed: int, hz: float) -> Block:
    """(2, frames): decaying noisy notes at times of their own."""
    dice = np.random.default_rng(seed)
    sound = np.zeros((2, SECONDS * RATE_HZ))
    time_s = np.arange(RATE_HZ // 4) / RATE_HZ
    for at in dice.integers(4800, sound.shape[1] - 2 * len(time_s), 3 * SECONDS):
        shape = np.exp(-time_s / 0.06) * (1 - np.exp(-time_s / 0.001))
        noise = dice.standard_normal((2, len(time_s))) * [[1.0], [0.6]]
        note = np.sin(2 * np.pi * hz * (1 + dice.random()) * time_s)
        sound[:, at : at + len(time_s)] += 0.1 * shape * (note + 0.3 * noise)
    return sound


STEMS = {"bass": _hits(1, 90.0), "keys": _hits(2, 400.0), "lead": _hits(3, 1500.0)}


def _later(samples: Block, frames: int) -> Block:
    return np.asarray(np.roll(samples, frames, axis=1))


def _on_a_slower_clock(samples: Block, ppm: float) -> Block:
    there = soxr.resample(samples.T, 1.0, 1.0 + 1e-6 * ppm, quality="VHQ").T
    return np.asarray(there[:, : samples.shape[1]])


def _later_by_a_part(samples: Block, frames: float) -> Block:
    spectrum = np.fft.rfft(samples)
    turns = np.exp(-2j * np.pi * frames * np.arange(spectrum.shape[1]) / samples.shape[1])
    return np.fft.irfft(spectrum * turns, samples.shape[1])


def _pumped(mix: Block) -> Block:
    """Through a compressor and a clipper."""
    level = np.abs(mix).max(axis=0)
    fall = np.exp(-1 / (0.05 * RATE_HZ))
    followed, last = np.empty_like(level), 0.0
    for at, value in enumerate(level):
        last = max(value, fall * last)
        followed[at] = last
    return np.asarray(np.clip(mix * (1 + followed / 0.1) ** -0.5, -0.2, 0.2))


def _checked(
    folder: Path, mix: Block, stems: dict[str, Block] = STEMS, rate_hz: int = RATE_HZ
) -> CheckReport:
    place = folder / "stems"
    place.mkdir()
    for name, samples in stems.items():
        soundfile.write(place / f"{name}.wav", samples.T, RATE_HZ, subtype="FLOAT")
    soundfile.write(folder / "rough.wav", mix.T, rate_hz, subtype="FLOAT")
    return checked_stems(ToCheck((place,), mix=folder / "rough.wav"))


def _fit(
    folder: Path, mix: Block, stems: dict[str, Block] = STEMS, rate_hz: int = RATE_HZ
) -> MixFit:
    report = _checked(folder, mix, stems, rate_hz)
    assert report.mix is not None
    return report.mix


def _sum(**gains: float) -> Block:
    return np.asarray(sum(gains.get(name, 1.0) * sound for name, sound in STEMS.items()))


def _only(fit: MixFit) -> Finding:
    (one,) = fit.findings
    return one


@pytest.mark.parametrize("gain", [1.0, 0.5, 2.0])
def test_a_plain_sum_is_one_however_loud(tmp_path: Path, gain: float) -> None:
    fit = _fit(tmp_path, gain * _sum())
    assert (fit.verdict, fit.findings) == ("sums", ())
    assert fit.explained_db > 50
    assert all(each.gain_db == pytest.approx(20 * np.log10(gain), abs=0.01) for each in fit.stems)


def test_gains_places_and_polarities_are_found_through_a_bus(tmp_path: Path) -> None:
    mix = 0.7 * STEMS["bass"] + _later(STEMS["keys"], 480) - 1.4 * STEMS["lead"]
    for folder, made, near_db in (("plain", mix, 0.01), ("bus", _pumped(mix), 0.3)):
        (tmp_path / folder).mkdir()
        fit = _fit(tmp_path / folder, made)
        bass, keys, lead = fit.stems
        assert [each.offset_frames for each in fit.stems] == [0, 480, 0]
        assert [each.polarity for each in fit.stems] == [1, 1, -1]
        assert bass.gain_db - keys.gain_db == pytest.approx(-3.098, abs=near_db)
        assert lead.gain_db - keys.gain_db == pytest.approx(2.923, abs=near_db)


def test_a_bus_that_moves_is_told_as_one(tmp_path: Path) -> None:
    fit = _fit(tmp_path, _pumped(_sum()))
    assert (fit.verdict, fit.findings) == ("bus_processing", ())
    assert "fade" not in fit.words


def test_a_mix_that_fades_is_a_sum_and_says_where(tmp_path: Path) -> None:
    fade = np.ones(SECONDS * RATE_HZ)
    fade[: 3 * RATE_HZ // 2] = np.linspace(0.0, 1.0, 3 * RATE_HZ // 2)
    fade[-2 * RATE_HZ :] = np.linspace(1.0, 0.0, 2 * RATE_HZ)
    for folder, mix, verdict in (
        ("sum", _sum(), "sums"),
        ("bus", _pumped(_sum()), "bus_processing"),
    ):
        (tmp_path / folder).mkdir()
        fit = _fit(tmp_path / folder, 0.5 * fade * mix)
        assert (fit.verdict, fit.findings) == (verdict, ())
        assert re.search("; it fades in until 0:01; it fades out from 0:0[34] on", fit.words)
        bass, keys, lead = (each.gain_db for each in fit.stems)
        assert [bass - lead, keys - lead] == pytest.approx([0.0, 0.0], abs=0.3)


def test_a_stem_too_quiet_is_told_by_how_much(tmp_path: Path) -> None:
    found = _only(_fit(tmp_path, _sum(keys=10 ** (3 / 20))))
    assert (found.code, found.severity, found.stems) == ("level", "major", ("keys",))
    assert found.value == pytest.approx(-3.0, abs=0.01)


def test_a_stem_upside_down_is_told(tmp_path: Path) -> None:
    found = _only(_fit(tmp_path, _sum(keys=-1.0)))
    assert (found.code, found.severity, found.stems) == ("polarity", "major", ("keys",))


@pytest.mark.parametrize("offset", [0.01, -0.05])
def test_a_constant_offset_moves_no_gain_and_explains_nothing(
    tmp_path: Path, offset: float
) -> None:
    fit = _fit(tmp_path, _sum(), {**STEMS, "bass": STEMS["bass"] + offset})
    assert (fit.verdict, fit.findings) == ("sums", ())
    assert [each.gain_db for each in fit.stems] == pytest.approx([0.0] * 3, abs=0.01)


@pytest.mark.parametrize("own", ["hum", "noise"])
def test_what_a_stem_has_of_its_own_all_the_time_moves_no_gain(tmp_path: Path, own: str) -> None:
    frames = SECONDS * RATE_HZ
    added = {
        "hum": 0.01 * np.sin(2 * np.pi * 50.0 * np.arange(frames) / RATE_HZ),
        "noise": 0.003 * np.random.default_rng(5).standard_normal((2, frames)),
    }[own]
    fit = _fit(tmp_path, _sum(), {**STEMS, "lead": STEMS["lead"] + added})
    assert fit.findings == ()
    assert [each.gain_db for each in fit.stems] == pytest.approx([0.0] * 3, abs=0.8)


def test_of_the_beats_that_a_loop_may_lie_on_the_nearest_is_its_place(tmp_path: Path) -> None:
    beat = _hits(9, 60.0)[:, RATE_HZ : RATE_HZ + RATE_HZ // 2]
    loop = np.tile(beat, 2 * SECONDS)
    mix = 0.5 * loop + sum(_later(sound, 4800) for sound in STEMS.values())
    fit = _fit(tmp_path, np.asarray(mix), {**STEMS, "loop": loop})
    assert [each.offset_frames for each in fit.stems] == [4800, 4800, 4800, 0]
    assert fit.explained_db > 50


def test_a_loop_that_lacks_its_start_ends_with_the_others(tmp_path: Path) -> None:
    beat = _hits(9, 60.0)[:, RATE_HZ : RATE_HZ + RATE_HZ // 2]
    loop, gone = np.tile(beat, 2 * SECONDS), round(1.1 * RATE_HZ)
    mix = np.asarray(0.5 * loop + _sum())
    fit = _fit(tmp_path, mix, {**STEMS, "loop": loop[:, gone:]})
    assert [each.offset_frames for each in fit.stems] == [0, 0, 0, gone]


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("is_wide", [False, True])
def test_a_side_upside_down_is_told_as_one(tmp_path: Path, side: int, is_wide: bool) -> None:
    whole = {**STEMS, "keys": np.stack([STEMS["keys"][0], _hits(2, 560.0)[1]])}
    stems = dict(whole if is_wide else STEMS)
    mix = np.asarray(sum(stems.values()))
    stems["keys"] = stems["keys"] * np.array([[-1.0], [1.0]])[:: 1 if side == 0 else -1]
    report = _checked(tmp_path, mix, stems)
    told = {each.code for each in report.findings() if each.stems == ("keys",)}
    assert told == ({"channel_polarity"} if side else {"channel_polarity", "polarity"})
    assert report.mix is not None
    assert report.mix.explained_db > 50
    assert {each.code for each in report.mix.findings} <= {"polarity"}
    assert [each.right_polarity for each in report.mix.stems] == [1, -1, 1]
    assert all(abs(each.gain_db) < 0.01 for each in report.mix.stems)


def test_a_stem_that_begins_early_is_told(tmp_path: Path) -> None:
    stems = {**STEMS, "keys": STEMS["keys"][:, RATE_HZ // 2 :]}
    found = _only(_fit(tmp_path, _sum(), stems))
    assert (found.code, found.severity, found.stems) == ("offset", "major", ("keys",))
    assert found.value == pytest.approx(-500.0)
    assert found.facts["offset_frames"] == RATE_HZ // 2


@pytest.mark.parametrize("way", ["early", "late"])
def test_what_a_stem_lost_that_is_early_or_late_is_missing_for_it(tmp_path: Path, way: str) -> None:
    gone = np.zeros((2, RATE_HZ))
    keys = STEMS["keys"]
    sent = [keys[:, RATE_HZ:], gone] if way == "early" else [gone, keys[:, :-RATE_HZ]]
    stems = {**STEMS, "keys": np.concatenate(sent, axis=1)}
    found = {each.code: each for each in _fit(tmp_path, _sum(), stems).findings}
    assert set(found) == {"offset", "missing"}
    assert found["missing"].severity == "info"
    assert f"keys is {way}, and its" in found["missing"].words


def test_a_stem_that_the_mix_has_not_is_told(tmp_path: Path) -> None:
    found = _only(_fit(tmp_path, _sum(lead=0.0)))
    assert (found.code, found.severity, found.stems) == ("extra", "major", ("lead",))


@pytest.mark.parametrize("through_a_bus", [False, True])
def test_what_no_stem_holds_is_told_with_its_place_and_pitch(
    tmp_path: Path, through_a_bus: bool
) -> None:
    sent = {name: STEMS[name] for name in ("bass", "lead")}
    late = np.zeros_like(STEMS["keys"])
    late[:, 3 * RATE_HZ : 6 * RATE_HZ] = STEMS["keys"][:, 3 * RATE_HZ : 6 * RATE_HZ]
    mix = STEMS["bass"] + STEMS["lead"] + late
    fit = _fit(tmp_path, _pumped(mix) if through_a_bus else mix, sent)
    found = _only(fit)
    assert (found.code, found.severity, found.stems) == ("missing", "major", ())
    assert 2.9 <= found.start_s < found.end_s <= 6.1
    assert found.facts["low_hz"] < 600 < found.facts["high_hz"]
    assert -60 < found.value < -20
    assert fit.as_json()["missing"][0]["id"] == found.id


def test_a_few_frames_between_low_hits_are_seen(tmp_path: Path) -> None:
    fit = _fit(tmp_path, _sum() + _later(STEMS["bass"], 6) - STEMS["bass"])
    assert {each.id: each.offset_frames for each in fit.stems} == {"bass": 6, "keys": 0, "lead": 0}
    assert fit.explained_db > 50


def test_a_stem_limited_on_its_own_is_no_major_matter_of_level(tmp_path: Path) -> None:
    mix = _sum()
    fit = _fit(tmp_path, mix, {**STEMS, "keys": np.clip(STEMS["keys"], -0.05, 0.05)})
    assert fit.verdict == "sums_with_changes"
    assert all(each.severity != "major" for each in fit.findings)


def test_a_copy_counts_once(tmp_path: Path) -> None:
    fit = _fit(tmp_path, _sum(), {**STEMS, "keys copy": STEMS["keys"]})
    assert (fit.verdict, fit.findings) == ("sums", ())
    assert sorted(np.isnan([each.gain_db for each in fit.stems])) == [False, False, False, True]
    assert None in [each["gain_db"] for each in fit.as_json()["stems"]]


def test_the_return_of_a_delay_is_where_the_stems_are_also_beside_one_that_is_late(
    tmp_path: Path,
) -> None:
    stems = {**STEMS, "lead echo": 0.5 * _later(STEMS["lead"], 9600)}
    late = {**stems, "bass": _later(STEMS["bass"], 4000)}
    for place, these in (("all", stems), ("late", late)):
        (tmp_path / place).mkdir()
        fit = _fit(tmp_path / place, sum(stems.values()), these)
        assert [each.stems for each in fit.findings] == [("bass",)] * (these is late)
        assert fit.explained_db > 50
        moved = {each.id: each.offset_frames for each in fit.stems if each.offset_frames}
        assert moved == ({"bass": -4000} if these is late else {})
        assert all(abs(each.gain_db) < 0.05 for each in fit.stems)


def test_of_copies_the_louder_keeps_its_gain(tmp_path: Path) -> None:
    stems = {"a quieter keys": 0.5 * STEMS["keys"], **STEMS, "bass": 0.7 * STEMS["bass"]}
    fit = _fit(tmp_path, 0.9 * _sum(), stems)
    assert [(each.code, each.stems) for each in fit.findings] == [("level", ("bass",))]
    assert np.isnan({each.id: each.gain_db for each in fit.stems}["a quieter keys"])


@pytest.mark.parametrize("scale", [0.5, 0.8, 2.0])
@pytest.mark.parametrize("times", [1, 2])
def test_the_one_stem_that_is_off_is_told_beside_a_pair_of_copies(
    tmp_path: Path, scale: float, times: int
) -> None:
    mix = scale * _sum(bass=times, lead=10 ** (3 / 20))
    found = _only(_fit(tmp_path, mix, {**STEMS, "bass copy": STEMS["bass"]}))
    assert (found.code, found.stems) == ("level", ("lead",))
    assert found.value == pytest.approx(-3.0, abs=0.01)


@pytest.mark.parametrize("scale", [0.5, 0.8, 2.0])
def test_of_two_gains_the_one_that_more_stems_have_with_their_copies_is_right(
    tmp_path: Path, scale: float
) -> None:
    stems = {"lead": STEMS["lead"], "keys": STEMS["keys"], "keys copy": STEMS["keys"]}
    mix = scale * (STEMS["keys"] + 10 ** (3 / 20) * STEMS["lead"])
    found = _only(_fit(tmp_path, mix, stems))
    assert (found.code, found.stems) == ("level", ("lead",))


def test_another_arrangement_and_another_song_are_no_sums(tmp_path: Path) -> None:
    half = SECONDS * RATE_HZ // 2
    (tmp_path / "arranged").mkdir()
    other = np.concatenate([_sum()[:, :half], _hits(7, 300.0)[:, :half]], axis=1)
    fit = _fit(tmp_path / "arranged", other)
    assert (fit.verdict, _only(fit).code) == ("other_version", "other_version")
    fit = _fit(tmp_path, _hits(8, 300.0) + _hits(9, 900.0))
    assert fit.verdict in ("unrelated", "other_version")
    assert _only(fit).code == "other_version"


def test_a_mix_in_mono_or_at_another_rate_is_compared_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "mono").mkdir()
    fit = _fit(tmp_path / "mono", _sum().mean(axis=0, keepdims=True))
    assert (fit.verdict, fit.findings) == ("sums", ())
    mix = soxr.resample(_sum().T, RATE_HZ, 44100, quality="VHQ").T
    fit = _fit(tmp_path, mix, rate_hz=44100)
    assert fit.findings == ()
    assert fit.explained_db > 25


def test_a_mix_of_another_rate_place_and_length_says_so(tmp_path: Path) -> None:
    begun = np.pad(_sum(), ((0, 0), (RATE_HZ, 0)))[:, : (SECONDS - 2) * RATE_HZ]
    mix = soxr.resample(begun.T, RATE_HZ, 44100, quality="VHQ").T
    words = _fit(tmp_path, mix, rate_hz=44100).words
    assert "; it is at 44.1 kHz, the stems at 48" in words
    assert "; the stems begin 1.000 s later in it" in words
    assert "; it ends 3.0 s earlier than they do" in words


def test_of_a_stem_that_sounds_only_outside_the_mix_nothing_is_told(tmp_path: Path) -> None:
    outro = STEMS["lead"].copy()
    outro[:, : 4 * RATE_HZ] *= 1e-5
    stems = {"bass": STEMS["bass"], "keys": STEMS["keys"], "outro": outro}
    fit = _fit(tmp_path, sum(stems.values())[:, RATE_HZ // 2 : 7 * RATE_HZ // 2], stems)
    assert fit.findings == ()
    assert fit.verdict == "sums"
    assert "; outro sounds only outside it" in fit.words
    assert [each.id for each in fit.stems] == list(stems)
    assert [bool(np.isnan(each.gain_db)) for each in fit.stems] == [False, False, True]


def test_a_finished_master_is_told_as_one_and_nothing_against_it_is_major(tmp_path: Path) -> None:
    mix = _sum(lead=-1.0)
    dice = np.random.default_rng(4)
    wet = np.stack(
        [np.convolve(row, dice.standard_normal(2000) / 30)[: mix.shape[1]] for row in mix]
    )
    loud = 8 * (mix + 0.35 * wet)
    held = maximum_filter1d(np.abs(loud).max(axis=0), 401)
    fit = _fit(tmp_path, loud * np.minimum(1.0, 0.98 / (held + 1e-12)))
    assert fit.explained_db < 8
    assert fit.verdict == "master"
    assert "a finished master" in fit.words
    assert {each.severity for each in fit.findings} <= {"info", "minor"}
    (tmp_path / "quiet").mkdir()
    assert _fit(tmp_path / "quiet", 0.2 * (mix + 0.35 * wet)).verdict != "master"


@pytest.mark.filterwarnings("error")
def test_silent_stems_explain_nothing(tmp_path: Path) -> None:
    fit = _fit(tmp_path, _sum(), {name: 0.0 * sound for name, sound in STEMS.items()})
    assert (fit.verdict, fit.explained_db) == ("unrelated", 0.0)
    assert {each.code for each in fit.findings} == {"other_version"}


def test_a_silent_mix_is_told_and_one_that_is_none_is_a_finding(tmp_path: Path) -> None:
    fit = _fit(tmp_path, np.zeros((2, 1000)))
    assert (fit.verdict, fit.findings) == ("unrelated", ())
    (tmp_path / "rough.wav").write_bytes(b"no sound")
    report = checked_stems(ToCheck((tmp_path / "stems",), mix=tmp_path / "rough.wav"))
    assert [each.id for each in report.stems] == [*STEMS, "rough"]
    assert [each.code for each in report.findings()] == ["undecodable"]
    (tmp_path / "rough.wav").rename(tmp_path / "stems" / "rough.wav")
    again = checked_stems(ToCheck((tmp_path / "stems",), mix=tmp_path / "stems" / "rough.wav"))
    assert [each.id for each in again.stems] == [each.id for each in report.stems]
    assert [each.code for each in again.findings()] == ["undecodable"]
    with pytest.raises(InputError):
        checked_stems(ToCheck((tmp_path / "stems",), mix=tmp_path / "none.wav"))


def test_a_stem_of_another_clock_and_one_between_two_frames_are_told_as_what_they_are(
    tmp_path: Path,
) -> None:
    """Both explain the mix whole: neither is a level, and nothing is missing."""
    sent = {
        "bass": STEMS["bass"],
        "keys": _later_by_a_part(STEMS["keys"], 3.25),
        "lead": _on_a_slower_clock(STEMS["lead"], 60.0),
    }
    fit = _fit(tmp_path, _sum(), sent)
    offset, drift = fit.findings
    assert (offset.code, offset.severity, offset.stems) == ("offset", "info", ("keys",))
    assert offset.facts["offset_frames"] == pytest.approx(-3.25, abs=0.02)
    assert (drift.code, drift.severity, drift.stems) == ("drift", "major", ("lead",))
    assert drift.value == pytest.approx(60.0, abs=0.5)
    assert [each.offset_frames for each in fit.stems] == pytest.approx([0, -3.25, 0], abs=0.1)
    assert [each.gain_db for each in fit.stems] == pytest.approx([0.0] * 3, abs=0.01)
    assert fit.explained_db > 50.0


def test_a_mix_of_another_clock_is_told_once_and_no_stem_is(tmp_path: Path) -> None:
    fit = _fit(tmp_path, _on_a_slower_clock(_sum(), 100.0))
    assert (fit.verdict, fit.findings) == ("sums", ())
    assert "it runs 100.0 ppm slower than the stems" in fit.words
    assert [each.drift_ppm for each in fit.stems] == pytest.approx([-100.0] * 3, abs=0.5)


@pytest.mark.parametrize(
    ("late", "in_mix", "severity"),
    [(0, True, "info"), (0, False, "major"), (17_568, True, "info")],
)
def test_a_copy_that_the_mix_has_as_well_is_meant(
    tmp_path: Path, late: int, in_mix: bool, severity: str
) -> None:
    """A part that was doubled, one that was sent twice, and the return of a delay."""
    again = 0.5 * _later(STEMS["lead"], late)
    report = _checked(tmp_path, _sum() + in_mix * again, {**STEMS, "lead echo": again})
    (found,) = (each for each in report.between if each.code == "duplicate")
    assert (found.severity, set(found.stems)) == (severity, {"lead", "lead echo"})
    assert report.mix is not None
    assert report.mix.verdict == "sums"


@pytest.mark.parametrize("later_s", [9.0, -7.0])
def test_a_mix_that_begins_bars_before_or_after_the_stems_is_placed(
    tmp_path: Path, later_s: float
) -> None:
    """Farther than any single stem is looked for."""
    stems = {
        name: np.concatenate([_hits(seed + part, hz) for part in (0, 10, 20)], axis=1)
        for name, seed, hz in (("bass", 1, 90.0), ("keys", 2, 400.0))
    }
    frames = round(later_s * RATE_HZ)
    mix = np.asarray(sum(stems.values()))
    mix = np.pad(mix, ((0, 0), (frames, 0))) if frames > 0 else mix[:, -frames:]
    fit = _fit(tmp_path, mix, stems)
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
    found = _only(_fit(tmp_path, _sum(), dict(zip(names, early.values(), strict=True))))
    assert (found.code, found.stems) == (code, (names[1],))
    assert found.value == pytest.approx(value)
