"""Every row of docs/faults.md, provoked for real where a plugin or a file can."""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt
import psutil
import pytest

import bridge.hosting
import chains.model
from bridge.cli.plugins.state import set_state
from bridge.hosting import HostedInsert, PrepareJob, host, scan
from bridge.hosting.answers import Refusal
from bridge.hosting.child.process import ChildFailed, Ending
from bridge.hosting.child.worker import answer
from bridge.hosting.engines.table import ENGINES
from bridge.hosting.faults import (
    INPUT_KINDS,
    MACHINE_KINDS,
    RENDER_KINDS,
    answered_error,
    child_error,
)
from bridge.hosting.finding.bundles import plugin_binary
from bridge.hosting.jobs import Factory
from bridge.hosting.probing.window import refuse_window
from bridge.plugins import Plugin, Slot, Wanted
from stemwright.problems import InputError, MachineError, Problem, RenderError, StemwrightError

Audio = npt.NDArray[np.float32]
PAGE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"
DEADLINE_S = 20
HANG_S = 5
"""How long a plugin that never comes back is waited for: for real, once an engine."""


@dataclass(frozen=True)
class Row:
    fault: str
    kinds: tuple[str, ...]
    exit_code: int


def rows() -> list[Row]:
    refused = PAGE.read_text(encoding="utf-8").split("## Told")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in refused.splitlines()
        if line.startswith("| ")
    ]
    return [Row(row[0].strip("| "), tuple(row[2].split(", ")), int(row[3])) for row in cells[2:]]


@pytest.fixture
def knock() -> Audio:
    """Quiet noise, and one knock at frame 5000 that sets a fixture's fault off."""
    audio = np.random.default_rng(3).uniform(-0.05, 0.05, (2, 9000)).astype(np.float32)
    audio[:, 5000] = 0.5
    return audio


def workers() -> list[str]:
    """What children of this process are left, but for those that are being reaped."""
    left = psutil.Process().children(recursive=True)
    return [" ".join(each.cmdline()) for each in left if each.status() != psutil.STATUS_ZOMBIE]


def prepared(
    kind: str, *params: tuple[str, str], deadline_s: float = DEADLINE_S
) -> Callable[[Any, Audio], None]:
    return lambda bench, _: bench.prepare(bench.plugin(kind), *params, deadline_s=deadline_s)


def ran(kind: str, deadline_s: float = DEADLINE_S) -> Callable[[Any, Audio], None]:
    return lambda bench, knock: bench.run(bench.insert(kind), knock, deadline_s=deadline_s)


def with_state(kind: str, other: str, length: int | None) -> Callable[[Any, Audio], None]:
    def provoke(bench: Any, _: Audio) -> None:
        state = bench.folder / "state.vstpreset"
        state.write_bytes(bench.insert(other).preset.read_bytes()[:length])
        bench.host.prepare(PrepareJob(bench.plugin(kind), state, step_id="vox/air"))

    return provoke


def broken(change: Callable[[Path], object]) -> Callable[[Any, Audio], None]:
    def provoke(bench: Any, _: Audio) -> None:
        plugin = bench.plugin("gain")
        copy = Path(shutil.copytree(plugin.path, bench.folder / "plugins" / plugin.path.name))
        code = plugin_binary(copy)
        assert code is not None
        change(code)
        bench.prepare(replace(plugin, path=copy))

    return provoke


def unwritable(bench: Any, knock: Audio) -> None:
    job = bench.job(bench.insert("gain"), knock)
    bench.host.run(replace(job, output=bench.folder / "absent" / "out.f32"))


def keyed(bench: Any, knock: Audio) -> None:
    job = bench.job(bench.insert("gain"), knock)
    bench.host.run(replace(job, insert=replace(job.insert, key_input=job.input)))


def changed_class(bench: Any, _: Audio) -> None:
    bench.prepare(replace(bench.plugin("gain"), class_id="0" * 32))


def baked(bench: Any, _: Audio) -> None:
    path, chain = bench.plugin("forgetful").path, bench.folder / "chain.toml"
    insert = f'[[group.insert]]\nid = "air"\nuse = "plugin"\nplugin = "{path}"\n'
    chain.write_text(f'schema = 1\n[[group]]\nid = "vox"\nstems = ["*"]\n{insert}')
    out, store = bench.folder / "air.vstpreset", bench.folder / "store"
    set_state(chain, "vox/air", ["Gain=-6 dB"], out=out, store=store)


def ended(ending: Ending) -> Callable[[Any, Audio], None]:
    def provoke(_: Any, __: Audio) -> None:
        raise child_error(ChildFailed(ending, "detail"), Slot(PLUGIN, "vox/air"))

    return provoke


def told(kind: str) -> Callable[[Any, Audio], None]:
    def provoke(_: Any, __: Audio) -> None:
        raise answered_error([Problem(kind, "m", hint="h")], Slot(PLUGIN, "vox/air"))

    return provoke


def second_of_shell(bench: Any, knock: Audio) -> None:
    second = scan(
        [Wanted(path=bench.plugin("shell").path)], [], trusted=[bench.plugin("shell").path]
    ).plugins[1]
    preset = bench.folder / "second.vstpreset"
    preset.write_bytes(bench.prepare(second).preset)
    bench.run(HostedInsert("vox/second", second, preset), knock)


def in_pedalboard(bench: Any, _: Audio) -> None:
    host("pedalboard").prepare(PrepareJob(replace(bench.plugin("gain"), format="VST2")))


def truncate(code: Path) -> None:
    code.write_bytes(code.read_bytes()[:40000])


PLUGIN = Plugin("Pro-Q 3", "", "", "VST3", "", Path("Pro-Q 3.vst3"))

FAULTS: dict[str, Callable[[Any, Audio], None]] = {
    "crash on load": prepared("crash-open"),
    "crash while processing": ran("crash-process"),
    "hang on load": prepared("hang-open", deadline_s=HANG_S),
    "hang while processing": ran("hang-process", HANG_S),
    "exit on load": prepared("exit-open"),
    "exit while processing": ran("exit-process"),
    "NaN": ran("nan"),
    "Inf": ran("inf"),
    "silence": ran("silent"),
    "one dead channel": ran("deadleft"),
    "truncated binary": broken(truncate),
    "no plugin in the file": broken(lambda code: code.write_text("not a library")),
    "wrong channel count": prepared("wide"),
    "another plugin's state": with_state("gain", "latency", None),
    "damaged state": with_state("gain", "gain", 60),
    "unreadable parameter": prepared("gain", ("Gain", "loud")),
    "clamped parameter": prepared("gain", ("Gain", "99 dB")),
    "unknown parameter": prepared("gain", ("Gian", "1 dB")),
    "text of another meaning": prepared("texts", ("Note", "1")),
    "read-only parameter": prepared("texts", ("Meter", "-12 dB")),
    "two parameters of one name": prepared("twins", ("Gain", "1 dB")),
    "state without its parameters": baked,
    "several plugins in a file": second_of_shell,
    "VST2 in pedalboard": in_pedalboard,
    "key for a VST3": keyed,
    "changed since the scan": changed_class,
    "unknown host": lambda _, __: host("ardour") and None,
    "no window": lambda _, __: refuse_window(replace(PLUGIN, format="VST2"), "vox/air", "h"),
    "output cannot be written": unwritable,
    "out of memory": told("out_of_memory"),
    "no process": ended(Ending.UNSTARTED),
    "garbled answer": prepared("scribbling"),
    "wrong length": told("wrong_length"),
    "fault of the host": told("host_failed"),
}

SAID = {
    "crash on load": "crashed (SIGSEGV) while loading (where the host also runs and unloads it)",
    "crash while processing": "crashed (SIGSEGV) while processing; last lines: ",
    "hang on load": f"did not come back within {HANG_S} s while loading",
    "hang while processing": f"did not come back within {HANG_S} s while processing",
    "exit while processing": "ended its process (exit code 3) while processing",
    "garbled answer": "Fixture Scribbling (vox/air) gave an unreadable answer (b'hello there')",
    "NaN": "NaN or infinite from frame 5000 on",
    "Inf": "NaN or infinite from frame 5000 on",
    "one dead channel": "the left channel comes out silent",
    "wrong channel count": "takes 1 and gives 2 channels",
    "clamped parameter": '"Gain" was set to "99 dB" and reads back "24.000000 dB"',
}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.fault)
def test_every_fault_of_the_page_is_told_as_the_page_says(
    bench: Any, knock: Audio, row: Row
) -> None:
    with pytest.raises(StemwrightError) as caught:
        FAULTS[row.fault](bench, knock)
    (problem,) = caught.value.problems
    assert problem.kind in row.kinds
    assert caught.value.exit_code == row.exit_code
    assert SAID.get(row.fault, "") in problem.message
    assert problem.hint
    assert workers() == []
    assert not list(bench.folder.glob("out*"))


def test_the_page_lists_exactly_the_kinds_there_are_and_each_fault_once() -> None:
    kinds = {kind for row in rows() for kind in row.kinds}
    assert kinds == INPUT_KINDS | MACHINE_KINDS | RENDER_KINDS
    assert [row.fault for row in rows()] == list(FAULTS)


def test_every_problem_the_room_can_name_has_its_exit_code() -> None:
    folder = Path(bridge.hosting.__file__).parent
    files = [each for each in folder.rglob("*.py") if each.name != "trust.py"]  # asks no plugin
    found = {kind for source in files for kind in kinds_in(source)}
    assert found - {"interrupted"} <= INPUT_KINDS | MACHINE_KINDS | RENDER_KINDS
    assert len(found) > 15


def kinds_in(source: Path) -> set[str]:
    """The constants given as kind to `problem` and `Problem`."""
    calls = [
        node
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"problem", "Problem"}
    ]
    given = [
        value
        for call in calls
        for value in (*call.args[:1], *(k.value for k in call.keywords if k.arg == "kind"))
    ]
    return {str(value.value) for value in given if isinstance(value, ast.Constant)}


def test_an_error_names_group_insert_plugin_and_the_last_words(bench: Any, knock: Audio) -> None:
    with pytest.raises(RenderError, match=r"last lines: .*fixture: about to crash") as caught:
        bench.run(bench.insert("crash-process"), knock)
    name = "Fixture Crash Process"
    assert caught.value.problems[0].where == {"group": "vox", "insert": name, "plugin": name}


def test_a_plugin_that_fills_the_pipe_of_our_answer_is_named(bench: Any) -> None:
    with pytest.raises(RenderError, match=r"gave an unreadable answer \(b'x") as caught:
        bench.prepare(bench.plugin("flooding"), deadline_s=DEADLINE_S)
    (problem,) = caught.value.problems
    assert (problem.kind, caught.value.exit_code) == ("plugin_garbled", 4)
    assert problem.where == {"group": "vox", "insert": "air", "plugin": "Fixture Flooding"}


def test_a_crash_at_the_first_sound_is_said_to_be_where_the_host_first_runs_it(bench: Any) -> None:
    with pytest.raises(RenderError, match=r"while loading \(where the host also runs"):
        bench.prepare(bench.plugin("crash-run"), deadline_s=DEADLINE_S)


def test_a_nan_in_what_is_cut_off_as_latency_is_found(bench: Any, knock: Audio) -> None:
    with pytest.raises(RenderError, match=r"from frame -\d+ on"):
        bench.run(replace(bench.insert("nan"), latency_frames=6000), knock)


def test_one_input_and_two_outputs_are_refused_at_run(bench: Any, knock: Audio) -> None:
    with pytest.raises(RenderError) as caught:
        bench.run(HostedInsert("vox/wide", bench.plugin("wide")), knock)
    assert caught.value.problems[0].kind == "channel_mismatch"


def test_a_preset_of_another_plugin_is_refused_at_run(bench: Any, knock: Audio) -> None:
    theirs = bench.insert("latency").preset
    with pytest.raises(RenderError) as caught:
        bench.run(replace(bench.insert("gain"), preset=theirs), knock)
    assert caught.value.problems[0].kind == "wrong_state"


@pytest.mark.parametrize(
    ("error", "kind"),
    [(MemoryError(), "out_of_memory"), (OSError(28, "full"), "file_failed")],
)
def test_what_a_host_raises_becomes_a_problem(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: str
) -> None:
    def refuse(_: str) -> None:
        raise error

    monkeypatch.setattr("importlib.import_module", refuse)
    told = answer(Factory("vst3", "", ""), lambda _: None)
    assert isinstance(told, Refusal)
    assert [each.kind for each in told.problems] == [kind]


@pytest.mark.parametrize("ending", Ending)
def test_every_ending_of_a_child_has_its_error(ending: Ending) -> None:
    told = child_error(ChildFailed(ending, "60 s"), Slot(PLUGIN, "vocals/air"))
    (problem,) = told.problems
    assert type(told) is (MachineError if ending is Ending.UNSTARTED else RenderError)
    assert problem.message.startswith("Pro-Q 3 (vocals/air) ")
    assert "60 s" in problem.message
    assert problem.hint


def test_an_input_of_another_length_than_said_is_a_callers_error(bench: Any, knock: Audio) -> None:
    job = bench.job(bench.insert("gain"), knock)
    with pytest.raises(ValueError, match="11 stereo frames"):
        bench.host.run(replace(job, frames=11))


def test_each_host_there_is_can_be_named() -> None:
    assert [host(name).name for name in ("dawdreamer", "pedalboard")] == [
        "dawdreamer",
        "pedalboard",
    ]
    with pytest.raises(InputError, match="no plugin host"):
        host("ardour")
    assert host("dawdreamer").version.endswith(f"+pedalboard.{host('pedalboard').version}")


def test_the_hosts_are_those_a_chain_can_name_and_each_operation_of_theirs_is_there() -> None:
    assert tuple(ENGINES) == get_args(chains.model.Host)
    for engine in ENGINES.values():
        for operation, module in engine.adapters.items():
            source = Path(bridge.hosting.__file__).parents[2] / (module.replace(".", "/") + ".py")
            tree = ast.parse(source.read_text(encoding="utf-8"))
            assert operation in [
                each.name for each in tree.body if isinstance(each, ast.FunctionDef)
            ]
