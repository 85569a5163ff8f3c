"""The fake keeps the port's promises as the real host does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from bridge.hosting import Host, HostedInsert, PrepareJob, RunJob, RunResult
from bridge.plugins import Plugin, Wanted, find
from fake_host import PLUGINS, FakeHost, fake_catalogue
from stemwright.problems import InputError, RenderError, StemwrightError

Audio = npt.NDArray[np.float32]


def plugin(name: str) -> Plugin:
    (found,) = find(fake_catalogue(), Wanted(name=name))
    return found


@pytest.fixture
def audio() -> Audio:
    return np.random.default_rng(5).uniform(-0.5, 0.5, (2, 20000)).astype(np.float32)


def insert(folder: Path, name: str, *params: tuple[str, str]) -> HostedInsert:
    prepared = FakeHost().prepare(PrepareJob(plugin(name), params=params))
    assert prepared.preset is not None
    preset = folder / f"{name}.vstpreset"
    preset.write_bytes(prepared.preset)
    return HostedInsert(f"vox/{name}", plugin(name), preset)


def run(
    host: FakeHost, folder: Path, audio: Audio, *inserts: HostedInsert
) -> tuple[list[Audio], list[RunResult]]:
    source, out = folder / "in.f32", folder / "out.f32"
    source.write_bytes(audio.T.tobytes())
    outputs, results = [], []
    for insert in inserts:
        results.append(host.run(RunJob(insert, source, out, audio.shape[1], 48000)))
        outputs.append(np.fromfile(out, "<f4").reshape(-1, 2).T)
        source.write_bytes(out.read_bytes())
    return outputs, results


def test_laws_hold_and_latency_is_compensated(tmp_path: Path, audio: Audio) -> None:
    host: Host = FakeHost()
    assert isinstance(host, FakeHost)
    chain = [
        insert(tmp_path, "Fake Gain", ("Gain", "-6 dB")),
        insert(tmp_path, "Fake Delay", ("Delay", "1000 samples")),
    ]
    (quieter, same), results = run(host, tmp_path, audio, *chain)
    np.testing.assert_allclose(quieter, audio * 10 ** (-6 / 20), rtol=1e-6)
    np.testing.assert_array_equal(same, quieter)
    assert [each.latency_frames for each in results] == [0, 1000]
    assert [said.code for said in results[1].diagnostics] == ["no_effect"]
    assert host.ran == ["vox/Fake Gain", "vox/Fake Delay"]


def test_an_echo_rings_by_its_law(tmp_path: Path) -> None:
    audio = np.zeros((2, 20000), np.float32)
    audio[:, 100] = 1.0
    (out,), _ = run(FakeHost(), tmp_path, audio, insert(tmp_path, "Fake Echo"))
    assert np.flatnonzero(out[0]).tolist() == [100, 4900, 9700, 14500, 19300]
    np.testing.assert_array_equal(out[1][[100, 4900, 9700]], np.float32([1, 0.5, 0.25]))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Fake Crash", "plugin_crashed"),
        ("Fake Hang", "plugin_hung"),
        ("Fake Exit", "plugin_exited"),
        ("Fake Nan", "not_finite"),
        ("Fake Silent", "silent_output"),
        ("Fake Dead Left", "dead_channel"),
    ],
)
def test_faults_are_those_of_real_children(
    tmp_path: Path, audio: Audio, name: str, kind: str
) -> None:
    with pytest.raises(RenderError) as caught:
        run(FakeHost(), tmp_path, audio, insert(tmp_path, name))
    (problem,) = caught.value.problems
    assert problem.kind == kind
    assert problem.where == {"group": "vox", "insert": name, "plugin": name}


def test_states_and_parameters_are_checked(tmp_path: Path) -> None:
    gain, delay = insert(tmp_path, "Fake Gain", ("Gain", "-6 dB")), plugin("Fake Delay")
    with pytest.raises(RenderError, match="not a state of Fake Delay"):
        FakeHost().prepare(PrepareJob(delay, gain.preset))
    kept = FakeHost().prepare(PrepareJob(gain.plugin, gain.preset, (("gain", "-3"),)))
    assert kept.read_back == (("Gain", "-3 dB"),)
    params = ("Gian", "1"), ("Gain", "99 dB")
    with pytest.raises(InputError) as caught:
        FakeHost().prepare(PrepareJob(gain.plugin, params=params))
    assert [each.kind for each in caught.value.problems] == [
        "unknown_parameter",
        "parameter_refused",
    ]


def test_every_fake_is_in_the_catalogue_and_can_be_prepared_or_dies_loading() -> None:
    for name, fake in PLUGINS.items():
        try:
            prepared = FakeHost().prepare(PrepareJob(plugin(name)))
        except StemwrightError:
            assert fake.dies_loading
        else:
            assert prepared.inputs == fake.channels
