"""Lanes rendered by workers: the same bits and words as without, and none lost with a worker."""

from __future__ import annotations

import os
import signal
import sys
import time

import psutil
import pytest

from bridge.metering import measured_writing
from bridge.rendering import native_steps, render
from bridge.workers import ready, working
from stemwright.problems import InputError, StoppedError

# The faces hold functions of these modules' names.
LANES = sys.modules["bridge.rendering.lanes"]
TAKES = sys.modules["bridge.rendering.takes"]
SOURCES = sys.modules["bridge.gathering.sources"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

CHAIN = """
[[group]]
id = "music"
stems = ["pad"]
[[group.insert]]
use = "compressor"
threshold_db = -40
ratio = 8
key = "voice"
[[group.insert]]
id = "wide"
use = "width"
width = 1.3
mix = 0.5
[[group]]
id = "voice"
stems = ["vox", "double"]
gain_db = -2
[[group.insert]]
use = "eq"
bands = [{ shape = "bell", hz = 400, gain_db = -6 }]
[[group]]
id = "beat"
stems = ["drums"]
[[group.insert]]
use = "saturation"
[target]
integrated_lufs = -20.0
[[version]]
id = "single"
mute = ["stem:double"]
"""


@pytest.fixture
def song(studio, noise, monkeypatch):
    """Four short stems, for which workers are called as for long ones."""
    monkeypatch.setattr(LANES, "_LONG_FRAMES", 1)
    monkeypatch.setattr(TAKES, "_LONG_FRAMES", 1)
    monkeypatch.setattr(SOURCES, "_LARGE_BYTES", 1)
    for seed, name in enumerate(("pad", "vox", "double", "drums")):
        studio.write(name, noise(1.5, seed, 0.3))
    return studio


def told(rendering) -> list[object]:
    return [
        [(each.id, each.key, each.pcm, each.level_in, each.level_out) for each in rendering.steps],
        [(each.version, each.pcm_sha256, each.measures) for each in rendering.outputs],
        [each.lowest_gain_db for each in rendering.steps],
        rendering.diagnostics,
    ]


@pytest.fixture
def calls(monkeypatch) -> list[str]:
    """The steps that went to workers."""
    made: list[str] = []
    there = native_steps.apart

    def counted(function, work):
        made.append(work.step.id)
        return there(function, work)

    monkeypatch.setattr(native_steps, "apart", counted)
    return made


def test_workers_give_the_same_bits_and_words(song, calls) -> None:
    here = song.render(CHAIN, store="here", jobs=1)
    assert not calls
    there = song.render(CHAIN, store="there", jobs=2)
    assert len(calls) == 4
    assert told(there) == told(here)
    assert not any(step.cached for step in there.steps)
    again = song.render(CHAIN, store="there", jobs=2)
    assert len(calls) == 4
    assert all(step.cached for step in again.steps)
    assert told(again) == told(here)


@pytest.fixture
def read_again(monkeypatch) -> list[str]:
    """The masters that were measured after they were written."""
    files: list[str] = []
    read = measured_writing.measure

    def noted(path):
        files.append(path.name)
        return read(path)

    monkeypatch.setattr(measured_writing, "measure", noted)
    return files


def test_a_master_is_measured_by_a_worker_with_the_same_words(song, read_again) -> None:
    here = song.render(CHAIN, store="here", jobs=1)
    for jobs in (2, 3):
        assert told(song.render(CHAIN, store=f"store {jobs}", jobs=jobs)) == told(here)
    assert not read_again


def test_a_worker_killed_while_it_measures_costs_nothing_but_time(
    song, read_again, monkeypatch
) -> None:
    here = song.render(CHAIN, store="here", jobs=1)
    passed = TAKES.scaled

    def killing(blocks, gain_db):
        for each in psutil.Process().children(recursive=True):
            os.kill(each.pid, signal.SIGKILL)
        return passed(blocks, gain_db)

    monkeypatch.setattr(TAKES, "scaled", killing)
    assert told(song.render(CHAIN, store="there", jobs=2)) == told(here)
    assert read_again
    left = [sorted((song.folder / name / "staging").iterdir()) for name in ("here", "there")]
    assert [each.name for each in left[1]] == [each.name for each in left[0]]


def test_stems_are_inspected_alike(song, monkeypatch) -> None:
    alone = song.plan(CHAIN, song.store("alone"))
    called: list[str] = []
    there = SOURCES.apart

    def noted(function, path, *given):
        called.append(path.name)
        return there(function, path, *given)

    monkeypatch.setattr(SOURCES, "apart", noted)
    with working(2):
        until = time.monotonic() + 30
        while not ready():
            assert time.monotonic() < until
            time.sleep(0.01)
        assert song.plan(CHAIN, song.store("beside")) == alone
    assert len(called) == 4


def test_stems_are_inspected_here_while_workers_begin(song, monkeypatch) -> None:
    alone = song.plan(CHAIN, song.store("alone"))
    called: list[object] = []
    monkeypatch.setattr(SOURCES, "ready", lambda: False)
    monkeypatch.setattr(SOURCES, "apart", lambda *given: called.append(given))
    with working(2):
        assert song.plan(CHAIN, song.store("beside")) == alone
    assert not called


def test_one_lane_to_render_begins_no_worker(song, calls) -> None:
    song.render(CHAIN, jobs=2)
    calls.clear()
    song.render(CHAIN.replace('use = "saturation"', 'use = "gain"\ngain_db = 1'), jobs=2)
    assert not calls


def test_what_is_wrong_is_told_with_its_place(song) -> None:
    chain = CHAIN.replace("hz = 400", "hz = 23900")
    with pytest.raises(InputError) as here:
        song.render(chain, store="here", jobs=1)
    with pytest.raises(InputError) as there:
        song.render(chain, store="there", jobs=2)
    assert there.value.problems == here.value.problems
    assert there.value.problems[0].where["group"] == "voice"


def _killed(_work: object) -> str:
    os.kill(os.getpid(), signal.SIGKILL)
    return ""


def test_a_killed_worker_costs_nothing_but_time(song, monkeypatch) -> None:
    here = song.render(CHAIN, store="here", jobs=1)
    monkeypatch.setattr(native_steps, "_render_there", _killed)
    # It is found by its name, so the worker has to know this module.
    monkeypatch.setattr(_killed, "__module__", "tests_workers_killed")
    module = type(sys)("tests_workers_killed")
    module._killed = _killed
    monkeypatch.setitem(sys.modules, "tests_workers_killed", module)
    there = song.render(CHAIN, store="there", jobs=2)
    assert told(there) == told(here)


def test_a_render_that_is_stopped_ends_its_workers(song, monkeypatch) -> None:
    context = song.context(CHAIN, "there", 2)

    def stop(*_given):
        context.cancel.set()
        raise native_steps.WorkerLostError

    monkeypatch.setattr(native_steps, "apart", stop)
    with pytest.raises(StoppedError):
        render(context, "float64")
