from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.signal

from bridge.hosting import Host, deadline_s, host
from bridge.hosting.engines.output_checks import lag_frames

Audio = npt.NDArray[np.float32]


def impulses(frames: int, *at: int) -> Audio:
    audio = np.zeros((2, frames), np.float32)
    audio[:, list(at)] = 0.5
    return audio


RECIPES = {
    "ZaMaximX2": (("Threshold", "-12 dB"), ("Release", "40 ms")),
    "ZamCompX2": (("Threshold", "-30 dB"), ("Ratio", "6"), ("Makeup", "3 dB")),
    "ZaMultiCompX2": (("ZamComp 1 ON", "1"), ("ZamComp 3 ON", "1"), ("Threshold 1", "-30 dB")),
    "ZamEQ2": (("Boost/Cut 1", "6 dB"), ("Frequency 1", "1000 Hz")),
}
"""One with latency, one without, one with switches and many parameters, a mono one."""


@pytest.mark.parametrize("name", RECIPES)
def test_a_prepared_state_sounds_as_the_parameters_set_by_name(
    bench: Any, music: Audio, name: str
) -> None:
    insert = bench.insert(name, *RECIPES[name])
    shown = dict(bench.known.prepared[name, RECIPES[name]].read_back)
    assert set(shown) == {each for each, _ in RECIPES[name]}
    by_state, _ = bench.run(insert, music)
    raw = tuple(raw_values(insert.plugin.path, shown).items())
    by_name, _ = bench.run(replace(insert, preset=None, raw_params=raw), music)
    np.testing.assert_array_equal(by_state, by_name)
    assert not np.array_equal(by_state, music)


def raw_values(path: Any, shown: dict[str, str]) -> dict[str, float]:
    """The raw values of display texts, asked of pedalboard in a process of its own."""
    code = (
        "import json, os, re, sys, pedalboard._pedalboard as internals\n"
        "internals.PARAMETER_NAME_REGEXES_TO_IGNORE.add(re.compile(''))\n"
        "plugin = internals.load_plugin(sys.argv[1])\n"
        "wanted = json.loads(sys.argv[2])\n"
        "found = {p.name: p.get_raw_value_for_text(wanted[p.name])\n"
        "         for p in plugin._parameters if p.name in wanted}\n"
        "print(json.dumps(found), flush=True)\n"
        "os._exit(0)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(path), json.dumps(shown)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def test_an_impulse_stays_on_its_sample_through_a_limiter(bench: Any) -> None:
    audio = impulses(20000, 1000, 19990)
    out, result = bench.run(bench.insert("ZaMaximX2"), audio)
    np.testing.assert_array_equal(out, audio)
    assert result.latency_frames == 480
    assert [said.code for said in result.diagnostics] == ["no_effect"]


def test_a_chain_of_two_latencies_comes_out_aligned_after_each(bench: Any) -> None:
    audio = impulses(20000, 0, 1000, 19990, 19999)
    chain = [bench.insert("latency", ("Delay", "1000")), bench.insert("ZaMaximX2")]
    outputs, results = bench.chain(chain, audio)
    assert [each.latency_frames for each in results] == [1000, 480]
    for out in outputs:
        np.testing.assert_array_equal(out, audio)


@pytest.mark.parametrize("frames", ["0", "1", "511", "512", "4096"])
def test_any_latency_is_compensated_to_the_sample(bench: Any, music: Audio, frames: str) -> None:
    out, result = bench.run(bench.insert("latency", ("Delay", frames)), music)
    np.testing.assert_array_equal(out, music)
    assert result.latency_frames == int(frames)


def test_an_override_wins_over_the_reported_latency(bench: Any) -> None:
    audio = impulses(5000, 1000)
    insert = replace(bench.insert("latency", ("Delay", "300")), latency_frames=100)
    out, result = bench.run(insert, audio)
    assert np.flatnonzero(out[0]).tolist() == [1200]
    assert result.latency_frames == 100
    (said,) = result.diagnostics
    assert said.code == "latency_measured"
    assert "comes out 200 frames too late" in said.message
    assert "latency_samples = 300 lines it up" in said.message


def test_another_latency_than_prepared_is_told(bench: Any, music: Audio) -> None:
    insert = replace(bench.insert("ZaMaximX2"), expected_latency_frames=0)
    _, result = bench.run(insert, music)
    assert "latency_differs" in [said.code for said in result.diagnostics]


@pytest.mark.parametrize("kind", ["starting", "unkept"])
@pytest.mark.parametrize(
    "host", [host("dawdreamer"), host("pedalboard")], ids=lambda host: host.name
)
def test_a_delay_taken_up_on_starting_is_compensated(
    bench: Any, music: Audio, host: Host, kind: str
) -> None:
    insert = bench.insert(kind, ("Delay", "480"))
    assert (insert.expected_latency_frames, bool(insert.raw_params)) == (480, kind == "unkept")
    bench.host = host
    out, result = bench.run(insert, music)
    np.testing.assert_array_equal(out, music)
    assert (result.latency_frames, result.lag_frames) == (480, 0)
    assert [said.code for said in result.diagnostics] == ["no_effect"]


@pytest.mark.parametrize(
    ("host", "kind", "told"),
    [
        (host("dawdreamer"), "overstated", "480 frames too early: 480 frames were taken off"),
        (host("pedalboard"), "understated", "480 frames too late: 0 frames were taken off"),
    ],
)
def test_a_delay_that_is_not_the_reported_one_is_told(
    bench: Any, music: Audio, host: Host, kind: str, told: str
) -> None:
    bench.host = host
    _, result = bench.run(bench.insert(kind), music)
    (said,) = [each for each in result.diagnostics if each.code == "latency_measured"]
    assert said.severity == "warning"
    assert told in said.message


def test_filters_and_echoes_are_no_wrong_latency(bench: Any, music: Audio) -> None:
    low = scipy.signal.butter(8, 2000, fs=48000, output="sos")
    filtered = scipy.signal.sosfilt(low, music[0]).astype(np.float32)
    assert lag_frames(music[0], np.tanh(8 * music[0])) == 0
    assert abs(lag_frames(music[0], filtered) or 0) <= 2
    assert lag_frames(music[0], music[0] + np.roll(music[0], 720)) in (0, None)
    room = np.random.default_rng(2).standard_normal(24000) * np.exp(-np.arange(24000) / 6000)
    wet = music[0] + 0.05 * scipy.signal.oaconvolve(music[0], room)[: len(music[0])]
    assert lag_frames(music[0], wet.astype(np.float32)) in (0, None)
    tone = np.sin(np.arange(36123) / 50).astype(np.float32)
    assert lag_frames(tone, np.roll(tone, 78)) is None
    for name, params in {"ZamEQ2": (("Boost/Cut 1", "9 dB"),), "tail": ()}.items():
        _, result = bench.run(bench.insert(name, *params), music)
        assert "latency_measured" not in [said.code for said in result.diagnostics]


def test_the_users_language_does_not_reach_the_sound(
    bench: Any, music: Audio, german: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if german is None:
        pytest.skip("no German locale can be made: install the Debian package locales")
    insert = bench.insert("locale")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("LOCPATH", str(german))
    monkeypatch.setenv("STEMWRIGHT_PLUGIN_ENV", "LOCPATH")
    out, _ = bench.run(insert, music)
    np.testing.assert_allclose(out, music * 10 ** (-3.5 / 20), rtol=2e-6)


def test_a_gain_is_exact_in_decibels(bench: Any, music: Audio) -> None:
    out, _ = bench.run(bench.insert("gain", ("Gain", "-6 dB")), music)
    np.testing.assert_allclose(out, music * 10 ** (-6 / 20), rtol=2e-6)


def test_a_mono_plugin_on_stereo_is_two_mono_renders(bench: Any, music: Audio) -> None:
    insert = bench.insert("ZamEQ2", ("Boost/Cut 1", "6 dB"))
    both, _ = bench.run(insert, music)
    for side in (0, 1):
        alone, _ = bench.run(insert, np.stack([music[side], music[side]]))
        np.testing.assert_array_equal(both[side], alone[0])
        np.testing.assert_array_equal(both[side], alone[1])


def test_what_is_silent_on_one_side_stays_so_without_complaint(bench: Any, music: Audio) -> None:
    left = music * np.array([[1], [0]], np.float32)
    out, result = bench.run(bench.insert("mono", ("Gain", "-3 dB")), left)
    assert not out[1].any()
    assert result.diagnostics == ()


def test_a_tail_rings_on_into_the_silence_handed_in(bench: Any) -> None:
    out, _ = bench.run(bench.insert("tail"), impulses(48000, 100))
    hits = np.flatnonzero(out[0])
    assert hits.tolist() == [100 + 4800 * n for n in range(10)]
    np.testing.assert_array_equal(out[0][hits], np.float32(0.5) ** np.arange(1, 11))


def test_a_fresh_run_repeats_to_the_bit(bench: Any, music: Audio) -> None:
    chain = [bench.insert("ZaMultiCompX2"), bench.insert("ZamEQ2", ("Boost/Cut 1", "6 dB"))]
    first, told = bench.chain(chain, music)
    again, _ = bench.chain(chain, music)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert {each.host for each in told} == {"dawdreamer"}
    assert all(50e6 < each.peak_memory_bytes < 500e6 for each in told)
    assert all(each.load_s > 0 < each.process_s for each in told)


def test_what_goes_in_over_full_scale_is_told(bench: Any, music: Audio) -> None:
    hot = np.asarray(music * (2 / np.abs(music).max()), np.float32)
    _, result = bench.run(bench.insert("gain", ("Gain", "-20 dB")), hot)
    (said,) = result.diagnostics
    assert (said.code, said.where) == ("hot_input", "vox/Fixture Gain")
    assert "6.0 dB above 0 dBFS" in said.message


def test_without_a_card_the_deadline_grows_with_length() -> None:
    assert deadline_s(48000 * 60, 48000) == 60 + 2 * 60
