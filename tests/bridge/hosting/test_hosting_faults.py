from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from bridge.errors import InputError, MachineError, RenderError, StemwrightError
from bridge.hosting import HostedInsert, RunJob, host
from bridge.hosting.bundles import binary
from bridge.hosting.child import ChildFailed, Ending
from bridge.hosting.faults import child_error
from bridge.plugins import Plugin

Audio = npt.NDArray[np.float32]

WHILE_PROCESSING = {
    "crash-process": ("plugin_crashed", "crashed (SIGSEGV) while processing"),
    "hang-process": ("plugin_hung", "did not come back within 1.5 s while processing"),
    "exit-process": ("plugin_exited", "ended its process (exit code 3) while processing"),
    "nan": ("not_finite", "NaN or infinite from frame 5000 on"),
    "inf": ("not_finite", "NaN or infinite from frame 5000 on"),
    "silent": ("silent_output", "output is silent though its input sounds"),
    "deadleft": ("dead_channel", "the left channel comes out silent"),
}


@pytest.fixture
def knock() -> Audio:
    """Quiet noise, and one knock at frame 5000 that sets a fixture's fault off."""
    audio = np.random.default_rng(3).uniform(-0.05, 0.05, (2, 9000)).astype(np.float32)
    audio[:, 5000] = 0.5
    return audio


def children() -> list[str]:
    return [" ".join(each.cmdline()) for each in psutil.Process().children(recursive=True)]


@pytest.mark.parametrize("kind", WHILE_PROCESSING)
def test_a_fault_while_processing_is_named_and_leaves_nothing(
    bench: Any, knock: Audio, kind: str
) -> None:
    insert = bench.insert(kind)
    with pytest.raises(RenderError) as caught:
        bench.run(insert, knock, deadline_s=1.5)
    (problem,) = caught.value.problems
    expected, said = WHILE_PROCESSING[kind]
    assert problem.kind == expected
    assert said in problem.message
    name = insert.plugin.name
    assert problem.where == {"group": "vox", "insert": name, "plugin": name}
    assert problem.hint
    assert children() == []
    assert not list(bench.folder.glob("out*"))


def test_the_last_words_of_a_plugin_are_kept(bench: Any, knock: Audio) -> None:
    with pytest.raises(RenderError, match=r"last lines: .*fixture: about to crash"):
        bench.run(bench.insert("crash-process"), knock)


@pytest.mark.parametrize(
    ("kind", "expected", "said"),
    [
        ("crash-open", "plugin_crashed", "crashed (SIGSEGV) while loading"),
        ("hang-open", "plugin_hung", "did not come back within 1.5 s while loading"),
    ],
)
def test_a_fault_while_loading_is_named(bench: Any, kind: str, expected: str, said: str) -> None:
    with pytest.raises(RenderError) as caught:
        bench.prepare(bench.plugin(kind), deadline_s=1.5)
    (problem,) = caught.value.problems
    assert problem.kind == expected
    assert said in problem.message
    assert children() == []


def test_a_fault_in_processing_passes_preparation(bench: Any) -> None:
    prepared = [bench.prepare(bench.plugin(kind)).host for kind in WHILE_PROCESSING]
    assert set(prepared) == {"pedalboard"}


def test_a_nan_in_what_is_cut_off_as_latency_is_found(bench: Any, knock: Audio) -> None:
    with pytest.raises(RenderError, match=r"from frame -\d+ on"):
        bench.run(replace(bench.insert("nan"), latency_frames=6000), knock)


def test_one_input_and_two_outputs_are_refused_at_run(bench: Any, knock: Audio) -> None:
    with pytest.raises(RenderError) as caught:
        bench.run(HostedInsert("vox/wide", bench.plugin("wide")), knock)
    assert caught.value.problems[0].kind == "channel_mismatch"


def test_a_truncated_binary_is_told_not_survived_in_silence(bench: Any, tmp_path: Path) -> None:
    plugin = bench.plugin("ZamCompX2")
    copy = Path(shutil.copytree(plugin.path, tmp_path / "plugins" / plugin.path.name))
    code = binary(copy)
    assert code is not None
    code.write_bytes(code.read_bytes()[:40000])
    with pytest.raises(RenderError) as caught:
        bench.prepare(replace(plugin, path=copy))
    (problem,) = caught.value.problems
    assert problem.kind in {"plugin_crashed", "plugin_unloadable"}
    assert "ZamCompX2" in problem.message


def test_a_missing_bundle_is_told(bench: Any, tmp_path: Path) -> None:
    with pytest.raises(RenderError) as caught:
        bench.prepare(replace(bench.plugin("gain"), path=tmp_path / "gone.vst3"))
    assert caught.value.problems[0].kind == "plugin_unloadable"


def test_a_preset_of_another_plugin_is_refused_at_run(bench: Any, knock: Audio) -> None:
    theirs = bench.insert("ZamCompX2").preset
    with pytest.raises(RenderError) as caught:
        bench.run(replace(bench.insert("gain"), preset=theirs), knock)
    assert caught.value.problems[0].kind == "wrong_state"


ENDINGS = [
    (ChildFailed(Ending.SIGNAL, "SIGABRT"), "plugin_crashed", RenderError),
    (ChildFailed(Ending.EXIT, "exit code 0"), "plugin_exited", RenderError),
    (ChildFailed(Ending.DEADLINE, "60 s"), "plugin_hung", RenderError),
    (ChildFailed(Ending.GARBLED, "b'x'"), "plugin_garbled", RenderError),
    (ChildFailed(Ending.UNSTARTED, "no memory"), "child_not_started", MachineError),
]


@pytest.mark.parametrize(("failed", "kind", "error"), ENDINGS)
def test_every_ending_of_a_child_has_its_error(
    failed: ChildFailed, kind: str, error: type[StemwrightError]
) -> None:
    plugin = Plugin("Pro-Q 3", "", "", "VST3", "", Path("Pro-Q 3.vst3"))
    told = child_error(failed, plugin, "vocals/air")
    (problem,) = told.problems
    assert type(told) is error
    assert problem.kind == kind
    assert failed.detail in problem.message
    assert problem.message.startswith("Pro-Q 3 (vocals/air) ")
    assert problem.hint
    assert {each.ending for each, _, _ in ENDINGS} == set(Ending)


def test_a_file_that_cannot_be_written_is_this_machines_fault(bench: Any, knock: Audio) -> None:
    insert = bench.insert("gain")
    bench.folder.joinpath("in.f32").write_bytes(knock.T.tobytes())
    nowhere = bench.folder / "absent" / "out.f32"
    job = RunJob(insert, bench.folder / "in.f32", nowhere, knock.shape[1], 48000)
    with pytest.raises(MachineError) as caught:
        bench.host.run(job)
    assert caught.value.problems[0].kind == "file_failed"


def test_an_input_of_another_length_than_said_is_a_callers_error(bench: Any) -> None:
    bench.folder.joinpath("in.f32").write_bytes(bytes(80))
    out = bench.folder / "out.f32"
    job = RunJob(bench.insert("gain"), bench.folder / "in.f32", out, 11, 48000)
    with pytest.raises(ValueError, match="11 stereo frames"):
        bench.host.run(job)


def test_only_a_host_there_is_can_be_named() -> None:
    assert host("dawdreamer").name == "dawdreamer"
    with pytest.raises(InputError, match="no plugin host"):
        host("ardour")
