"""One word for a difference, and the figures behind it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import soundfile

from bridge.comparing import Limits, Policy, diff, load_policy
from stemwright.problems import InputError


def test_equal_samples_are_exact_whatever_the_container(tune, write, tmp_path) -> None:
    a = write("a.wav", tune, dither=False)
    soundfile.write(tmp_path / "b.flac", soundfile.read(a)[0], 48000, "PCM_24")
    found = diff(a, tmp_path / "b.flac")
    assert (found.verdict, found.exit_code) == ("exact", 0)
    assert found.worst.first_frame is None
    assert found.as_json()["aligned"]["offset_frames"] == 0.0


@pytest.mark.parametrize("subtype", ["pcm16", "pcm24"])
def test_two_dithers_are_told_from_a_small_change(tune, write, subtype: str) -> None:
    a = write("a.wav", tune, subtype)
    same = diff(a, write("b.wav", tune, subtype)).worst
    assert same.verdict == "dither"
    # Two TPDF errors of variance 1/4 LSB^2 each: 1/2 LSB^2 (Lipshitz et al., JAES 40, 1992).
    lsb = 2.0 ** (1 - int(subtype[3:]))
    assert same.raw.rms_dbfs == pytest.approx(10 * math.log10(0.5 * lsb**2), abs=0.05)
    softer = diff(a, write("c.wav", tune * 0.9999, subtype)).worst
    assert softer.verdict == "tolerant"


def test_noise_as_loud_as_dither_but_not_white_is_not_dither(tune, write) -> None:
    rng = np.random.default_rng(3)
    white = rng.standard_normal(tune.shape)
    pink = white + np.roll(white, 1, axis=1)
    a = write("a.wav", tune, "float32")
    for noise, verdict in ((white, "tolerant"), (pink, "tolerant")):
        level = 0.5 * 2.0**-15 / noise.std()
        assert diff(a, write("b.wav", tune + noise * level, "pcm24")).verdict == verdict


def test_dither_against_digital_silence_and_float(write, tune) -> None:
    silence = write("a.wav", np.zeros((2, 96000)), "float32")
    assert diff(silence, write("b.wav", np.zeros((2, 96000)), "pcm16")).verdict == "dither"
    assert diff(write("c.wav", tune, "float64"), write("d.wav", tune, "pcm16")).verdict == "dither"


def test_float_is_bounded_by_its_peak(tune, write) -> None:
    a = write("a.wav", tune, "float64")
    at_the_limit = np.zeros_like(tune)
    at_the_limit[0, 1000] = 10 ** (-140.1 / 20)
    assert diff(a, write("b.wav", tune + at_the_limit, "float64")).verdict == "float"
    assert diff(a, write("c.wav", tune + at_the_limit * 1.03, "float64")).verdict == "tolerant"


def test_a_short_click_is_never_tolerant(tune, write) -> None:
    clicked = tune.copy()
    clicked[:, 70000:70010] += 10 ** (-30 / 20)
    a = write("a.wav", tune, dither=False)
    found = diff(a, write("b.wav", clicked, dither=False)).worst
    assert found.verdict == "changed"
    assert found.first_frame == 70000
    assert found.raw.peak_dbfs == pytest.approx(-30.0, abs=1e-3)
    assert found.raw.windows[0].start_s == pytest.approx(1.45)
    assert [missed.limit for missed in found.missed] == ["rms", "peak"]


def test_limits_move_the_verdict(tune, write) -> None:
    a, b = write("a.wav", tune), write("b.wav", tune * 10 ** (0.002 / 20))
    assert diff(a, b).within
    assert not diff(a, b, Limits(rms_dbfs=-120.0)).within
    refused = diff(a, b, Limits(accept="dither")).worst
    assert (refused.verdict, refused.within) == ("tolerant", False)
    loud = write("c.wav", tune * 0.5)
    anything = Limits(rms_dbfs=0, peak_dbfs=0, loudness_lu=7, true_peak_db=7)
    assert diff(a, loud, anything).verdict == "tolerant"


def test_rate_and_channels_are_incomparable(tune, write) -> None:
    a = write("a.wav", tune)
    assert diff(a, write("b.wav", tune[:1])).exit_code == 2
    assert diff(a, write("b.wav", tune, rate_hz=44100)).verdict == "incomparable"


@pytest.mark.parametrize(
    ("peak_dbfs", "verdict", "only"),
    [(-math.inf, "float", True), (-80, "tolerant", True), (-65, "changed", True),
     (-20, "changed", False)],
)  # fmt: skip
@pytest.mark.parametrize("longer", ["a", "b"])
def test_of_two_lengths_what_both_have_is_compared_and_the_rest_is_told(
    tune, write, longer: str, peak_dbfs: float, verdict: str, only: bool
) -> None:
    rest = np.zeros((2, 24000))
    rest[:, 100] = 10 ** (peak_dbfs / 20)
    files = [write("a.wav", tune, "float64"), write("b.wav", np.hstack([tune, rest]), "float64")]
    found = diff(*(files if longer == "b" else files[::-1])).worst
    assert (found.verdict, found.within) == (verdict, verdict != "changed")
    assert found.first_frame == tune.shape[1]
    told = found.as_json()["tail"]
    assert (told["of"], told["start_frame"], told["frames"]) == (longer, tune.shape[1], 24000)
    assert (told["shared"], told["only"]) == ("exact", only)
    assert told["peak_dbfs"] == (None if peak_dbfs < -999 else pytest.approx(peak_dbfs))
    assert "goes on for 24000 samples (0.500 s)" in found.reasons[0]


@pytest.mark.parametrize("frames", [512, 4800, 48000])
def test_the_level_of_a_tail_is_that_of_the_tail_alone(write, frames: int) -> None:
    """Noise of a known level behind 12 s: the song before it takes nothing off."""
    rng = np.random.default_rng(9)
    song, noise = (0.1 * rng.standard_normal((2, count)) for count in (12 * 48000, frames))
    a = write("a.wav", song, "float64")
    found = diff(a, write("b.wav", np.hstack([song, noise]), "float64")).worst
    (missed,) = (each for each in found.missed if each.limit == "rms of the tail")
    assert missed.found == pytest.approx(20 * math.log10(np.sqrt(np.mean(noise**2))), abs=0.01)
    assert found.as_json()["tail"]["rms_dbfs"] == pytest.approx(missed.found)


def test_a_short_tail_over_the_rms_is_a_change(write) -> None:
    """512 samples at -75 dBFS, under the limit of the peak and over that of the rms."""
    song, tail = np.full((1, 12 * 48000), 0.1), np.full((1, 512), 10 ** (-75 / 20))
    found = diff(
        write("a.wav", song, "float64"), write("b.wav", np.hstack([song, tail]), "float64")
    )
    assert found.verdict == "changed"
    assert [each.limit for each in found.worst.missed] == ["rms of the tail"]


def test_a_song_cut_off_is_no_tail_and_another_song_no_shared_one(tune, write) -> None:
    a, shorter = write("a.wav", tune), write("c.wav", tune[:, : 3 * 48000])
    found = diff(a, shorter)
    assert (found.verdict, found.exit_code, found.worst.tail.only) == ("changed", 1, False)
    assert found.worst.tail.shared == "dither"
    assert diff(a, write("d.wav", tune[:, :-480]), Limits(length_frames=480)).verdict == "dither"
    other = diff(a, write("e.wav", tune[:, 48000:])).worst
    assert (other.verdict, other.tail.shared, other.tail.only) == ("changed", "changed", False)


def test_a_noisy_chains_own_variation_is_allowed_and_no_more(tune, write) -> None:
    rng = np.random.default_rng(1)

    def noisy(name: str, x: np.ndarray):
        return write(name, x + 1e-3 * rng.standard_normal(x.shape))

    a, again, b = (noisy(name, tune) for name in ("a.wav", "again.wav", "b.wav"))
    assert diff(a, b).verdict == "changed"
    found = diff(a, b, floor=again).worst
    assert (found.verdict, found.within) == ("tolerant", True)
    assert found.floor["rms_dbfs"] == pytest.approx(20 * math.log10(1e-3 * math.sqrt(2)), abs=0.1)
    tone = 8e-4 * np.sin(2 * np.pi * 1000 * np.arange(tune.shape[1]) / 48000)
    hidden = diff(a, noisy("c.wav", tune + tone), floor=again).worst
    assert hidden.verdict == "changed"
    assert [missed.limit for missed in hidden.missed] == ["floor at 1000 Hz"]


def test_policies_go_by_pattern_and_name_every_fault(tmp_path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(
        'schema = 1\n[limits]\nrms = -95\n[[file]]\npattern = "*vocal*"\naccept = "float"\n'
    )
    policy = load_policy(path)
    assert policy.limits_for("drums") == Limits(rms_dbfs=-95)
    assert policy.limits_for("Lead Vocal").accept == "float"
    assert policy.overridden({"peak": "-60"}).limits_for("a vocal").peak_dbfs == -60
    path.write_text('schema = 1\n[limits]\nrsm = -95\npeak = "x"\n')
    with pytest.raises(InputError) as raised:
        load_policy(path)
    assert [problem.kind for problem in raised.value.problems] == ["bad_limit", "bad_limit"]
    assert raised.value.problems[0].nearest == "rms"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_bad_input(tune, write, tmp_path, bad: float) -> None:
    spoilt = tune.copy()
    spoilt[0, 5] = bad
    soundfile.write(tmp_path / "b.wav", spoilt.T, 48000, "DOUBLE")
    good = write("a.wav", tune)
    for pair in ((good, tmp_path / "b.wav"), (tmp_path / "b.wav", good)):
        with pytest.raises(InputError) as raised:
            diff(*pair)
        (problem,) = raised.value.problems
        assert problem.kind == "not_finite"
        assert str(problem.where["file"]).endswith("b.wav")


def test_nan_in_what_only_one_file_has_is_bad_input(tune, write, tmp_path) -> None:
    longer = np.hstack([tune, np.full((2, 10), np.nan)])
    soundfile.write(tmp_path / "b.wav", longer.T, 48000, "DOUBLE")
    with pytest.raises(InputError) as raised:
        diff(write("a.wav", tune), tmp_path / "b.wav")
    assert raised.value.problems[0].kind == "not_finite"


def test_an_empty_file_is_bad_input(tune, write, tmp_path) -> None:
    soundfile.write(tmp_path / "b.wav", np.zeros((0, 2)), 48000)
    with pytest.raises(InputError) as raised:
        diff(write("a.wav", tune), tmp_path / "b.wav")
    assert raised.value.problems[0].kind == "empty_audio"


def test_ten_samples_and_silence_have_verdicts(write) -> None:
    ten = 0.1 * np.random.default_rng(4).standard_normal((2, 10))
    assert diff(write("a.wav", ten), write("b.wav", -ten)).verdict == "changed"
    silence = np.zeros((2, 48000))
    a, b = write("c.wav", silence, dither=False), write("d.wav", silence, "float32")
    assert diff(a, b).verdict == "exact"


def test_nothing_depends_on_how_files_are_cut(tune, write) -> None:
    late = np.roll(tune, 11, axis=1) * 0.9
    a, b = write("a.wav", tune), write("b.wav", late)
    whole = diff(a, b, block_frames=10**6).as_json()
    assert whole["aligned"]["offset_frames"] == 11.0
    for frames in (777, 65536):
        assert diff(a, b, block_frames=frames).as_json() == whole


def test_a_default_policy_is_the_default_limits() -> None:
    assert Policy().limits_for("anything") == Limits()


def test_eight_channels_without_speakers_are_compared_without_loudness(tmp_path) -> None:
    x = 0.1 * np.random.default_rng(1).standard_normal((24000, 8))
    soundfile.write(tmp_path / "a.wav", x, 48000, subtype="PCM_24")
    soundfile.write(tmp_path / "b.wav", x * 0.5, 48000, subtype="PCM_24")
    (found,) = diff(tmp_path / "a.wav", tmp_path / "b.wav").files
    assert found.verdict == "changed"
    assert found.raw is not None
    assert found.raw.rms_dbfs == pytest.approx(20 * math.log10(0.05), abs=0.1)
    assert {missed.limit for missed in found.missed} == {"rms", "peak", "true_peak"}
    assert found.as_json()["loudness_delta_lu"] is None
    soundfile.write(tmp_path / "b.wav", x + 1e-6, 48000, subtype="PCM_24")
    assert diff(tmp_path / "a.wav", tmp_path / "b.wav").files[0].within
