"""The second host: files with several plugins, and a second ear for the first host."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bridge.hosting import HostedInsert, IsolatedHost, host, scan
from bridge.hosting.engines.table import ENGINES
from bridge.hosting.probing.crosscheck import differs
from bridge.plugins import Wanted

Audio = npt.NDArray[np.float32]

EQUAL = {
    "ZaMultiCompX2": (("ZamComp 1 ON", "1"), ("Threshold 1", "-30 dB")),
    "ZamEQ2": (("Boost/Cut 1", "6 dB"), ("Frequency 1", "1000 Hz")),
    "latency": (("Delay", "777"),),
}


@pytest.mark.parametrize("name", EQUAL)
def test_both_hosts_give_the_same_bits(bench: Any, music: Audio, name: str) -> None:
    job = bench.job(bench.insert(name, *EQUAL[name]), music)
    found = differs(job, host("dawdreamer"), host("pedalboard"))
    assert found.equal
    assert found.rms_dbfs == -math.inf
    assert found.latency_frames[0] == found.latency_frames[1]


def test_a_difference_between_hosts_is_measured(bench: Any) -> None:
    class Quieter(IsolatedHost):
        def run(self, job: Any, deadline_s: float | None = None) -> Any:
            result = super().run(job, deadline_s)
            out = np.fromfile(job.output, "<f4")
            (out * np.float32(0.5)).tofile(job.output)
            return result

    audio = np.full((2, 5000), 0.5, np.float32)
    found = differs(
        bench.job(bench.insert("gain"), audio), host("dawdreamer"), Quieter(ENGINES["dawdreamer"])
    )
    assert found.peak_dbfs == pytest.approx(-12.04, abs=0.01)
    assert found.rms_dbfs == pytest.approx(-12.04, abs=0.01)
    assert not found.equal


@pytest.fixture
def second_ear(bench: Any) -> Any:
    bench.host = host("pedalboard")
    return bench


def test_latency_is_compensated_to_the_sample(second_ear: Any, music: Audio) -> None:
    for frames in ("1", "512", "4096"):
        out, result = second_ear.run(second_ear.insert("latency", ("Delay", frames)), music)
        np.testing.assert_array_equal(out, music)
        assert result.latency_frames == int(frames)


@pytest.mark.parametrize("asked", [0, 100, 300, 700])
def test_an_override_wins_in_both_directions(second_ear: Any, asked: int) -> None:
    audio = np.zeros((2, 5000), np.float32)
    audio[:, 1000] = 0.5
    insert = replace(second_ear.insert("latency", ("Delay", "300")), latency_frames=asked)
    out, result = second_ear.run(insert, audio)
    assert np.flatnonzero(out[0]).tolist() == [1000 + 300 - asked]
    assert result.latency_frames == asked


def test_a_limiter_keeps_an_impulse_on_its_sample(second_ear: Any) -> None:
    audio = np.zeros((2, 20000), np.float32)
    audio[:, [1000, 19990]] = 0.5
    out, result = second_ear.run(second_ear.insert("ZaMaximX2"), audio)
    np.testing.assert_array_equal(out, audio)
    assert (result.latency_frames, result.host) == (480, "pedalboard")


def test_a_plugin_of_a_file_with_several_is_the_one_that_is_meant(
    second_ear: Any, music: Audio
) -> None:
    found = scan(
        [Wanted(path=second_ear.plugin("shell").path)],
        [],
        trusted=[second_ear.plugin("shell").path],
    ).plugins
    gains = []
    for plugin in found:
        prepared = second_ear.prepare(plugin, ("Gain", "-6 dB"))
        preset = second_ear.folder / f"{plugin.name}.vstpreset"
        preset.write_bytes(prepared.preset)
        out, _ = second_ear.run(HostedInsert("vox/shell", plugin, preset), music)
        gains.append(float((out * music).sum() / (music**2).sum()))
    assert gains == pytest.approx([10 ** (-6 / 20), -(10 ** (-6 / 20))], rel=1e-5)


def test_latency_that_shifts_while_processing_is_told(second_ear: Any, music: Audio) -> None:
    _, result = second_ear.run(second_ear.insert("endless"), music)
    assert "latency_differs" in [said.code for said in result.diagnostics]
