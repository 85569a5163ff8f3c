"""Goldens without audio: what they refuse, what they pass, what they own not to know."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bridge.comparing import DifferentSoundError, Limits, assert_same_render
from bridge.comparing.residual_estimate import Sketch, decoded, estimate, whole_windows, windows
from stemwright.problems import InputError

RATE_HZ = 48000


@pytest.fixture
def golden(tune, write, tmp_path):
    """A golden of the tune, without audio."""
    path = tmp_path / "golden.json"
    assert_same_render(write("a.wav", tune), path, update=True)
    return path


def _click(tune: np.ndarray) -> np.ndarray:
    made = tune.copy()
    made[0, 100_000:100_010] += 10 ** (-30 / 20)
    return made


REFUSED = {
    "click": (_click, r"the 10 ms at 2\.08 s differ"),
    "swap": (lambda x: x[::-1], "left and right are swapped\n"),
    "inverted": (lambda x: -x, "the polarity is inverted"),
    "left_inverted": (lambda x: x * [[-1], [1]], "the left channel is inverted"),
    "right_inverted": (lambda x: x * [[1], [-1]], "the right channel is inverted"),
    "swap_and_inverted": (lambda x: -x[::-1], "left and right are swapped, and inverted"),
    "one_sample_late": (lambda x: np.roll(x, 1, axis=1), "residual is more than -60 dBFS rms"),
    "a_hundredth_of_a_dB": (lambda x: x * 10 ** (0.01 / 20), r"residual is about -80\.\d dBFS"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_golden_without_audio_refuses(golden, tune, write, name: str) -> None:
    made, words = REFUSED[name]
    other = write("b.wav", np.ascontiguousarray(made(tune)))
    with pytest.raises(DifferentSoundError, match=words) as refused:
        assert_same_render(other, golden)
    assert str(refused.value).endswith("a click under about -40 dBFS may go unseen")


def test_a_golden_without_audio_passes_another_dither(tune, write, tmp_path) -> None:
    for bits in ("pcm16", "pcm24"):
        kept = tmp_path / f"{bits}.json"
        assert_same_render(write(f"a-{bits}.wav", tune, bits), kept, update=True)
        assert_same_render(write(f"b-{bits}.wav", tune, bits), kept)


def test_a_golden_without_audio_passes_a_thousandth_of_a_db(golden, tune, write) -> None:
    assert_same_render(write("b.wav", tune * 10 ** (0.001 / 20)), golden)


def test_a_golden_without_audio_passes_dithered_silence(write, tmp_path) -> None:
    kept = tmp_path / "silence.json"
    assert_same_render(write("a.wav", np.zeros((2, RATE_HZ)), dither=False), kept, update=True)
    assert_same_render(write("b.wav", np.zeros((2, RATE_HZ))), kept)


@pytest.mark.parametrize("accept", ["float", "dither"])
def test_what_cannot_be_told_without_audio_needs_equal_hashes(golden, tune, write, accept) -> None:
    assert_same_render(write("a.wav", tune), golden, Limits(accept=accept))
    with pytest.raises(DifferentSoundError, match=f"no more than {accept} cannot be told"):
        assert_same_render(write("b.wav", tune), golden, Limits(accept=accept))


def test_limits_that_are_too_loose_for_a_sketch_do_not_pass_everything(golden, tune, write) -> None:
    with pytest.raises(DifferentSoundError, match="allowed -60"):
        assert_same_render(write("b.wav", -tune), golden, Limits(rms_dbfs=-10, peak_dbfs=0))


def test_lengths_may_differ_as_far_as_the_limits_say(golden, tune, write) -> None:
    short = write("short.wav", tune[:, :-700])
    with pytest.raises(DifferentSoundError, match="it has 239300 frames, the golden 240000"):
        assert_same_render(short, golden)
    assert_same_render(short, golden, Limits(length_frames=700))


def _of_schema_1(found) -> None:
    found["schema"] = 1


def _without_a_second(found) -> None:
    found["files"][""]["sketch"].pop()


def _without_a_side(found) -> None:
    del found["files"][""]["bands"]["side"]


def _of_garbage(found) -> None:
    found["files"][""]["sketch"][0] = "?"


@pytest.mark.parametrize("spoil", [_of_schema_1, _without_a_second, _without_a_side, _of_garbage])
def test_goldens_that_are_old_or_broken_are_to_be_written_anew(golden, tune, write, spoil) -> None:
    found = json.loads(golden.read_text())
    spoil(found)
    golden.write_text(json.dumps(found))
    with pytest.raises(InputError) as refused:
        assert_same_render(write("a.wav", tune), golden)
    (problem,) = refused.value.problems
    assert problem.kind == "bad_golden"
    assert "--update-golden" in (problem.hint or "")
    assert ("schema 1" in problem.message) == (spoil is _of_schema_1)


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100, 48000])
def test_a_sketch_does_not_depend_on_the_cut_of_the_blocks(rate_hz: int) -> None:
    x = np.random.default_rng(3).uniform(-0.9, 0.9, (2, 2 * rate_hz + 1234))
    whole, cut = Sketch(rate_hz, 2), Sketch(rate_hz, 2)
    whole.add(x)
    for start in range(0, x.shape[1], 777):
        cut.add(x[:, start : start + 777])
    rows = whole.result()
    assert rows == cut.result()
    assert len(rows) == 3
    assert len(decoded(rows, 2)) == windows(x.shape[1], rate_hz)
    assert whole_windows(2 * rate_hz, rate_hz) == windows(2 * rate_hz, rate_hz) == 200


@pytest.mark.parametrize("level_dbfs", [-60.0, -75.0, -88.0, -93.0])
def test_the_difference_of_sketches_measures_the_residual(tune, level_dbfs: float) -> None:
    noise = np.random.default_rng(5).standard_normal(tune.shape) * 10 ** (level_dbfs / 20)
    pair = []
    for x in (tune, tune + noise):
        sketch = Sketch(RATE_HZ, 2)
        sketch.add(x)
        pair.append(decoded(sketch.result(), 2))
    found = estimate(pair[0], pair[1], -70.0)
    assert found.rms_dbfs == pytest.approx(level_dbfs, abs=0.4)
    assert found.rms_dbfs < found.above_dbfs < found.rms_dbfs + 0.3
