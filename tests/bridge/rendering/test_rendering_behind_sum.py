"""The master's built-ins behind a sum that is being written: the same bits, words and errors."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from bridge.rendering import master_bus, render, steps
from stemwright.problems import InputError, StoppedError

# The face holds a function of this module's name.
BEHIND = sys.modules["bridge.rendering.behind_sum"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")

CHAIN = """
[[group]]
id = "music"
stems = ["pad", "drums"]
[[group]]
id = "voice"
stems = ["vox"]
gain_db = -2
[[group.insert]]
use = "eq"
bands = [{ shape = "bell", hz = 400, gain_db = -6 }]
[[master.insert]]
id = "shape"
use = "eq"
bands = [{ shape = "high_shelf", hz = 9000, gain_db = 2 }]
[[master.insert]]
id = "level"
use = "compressor"
threshold_db = -30
ratio = 2
[target]
integrated_lufs = -20.0
[[version]]
id = "instrumental"
mute = ["voice"]
"""
_SHAPE = """use = "eq"
bands = [{ shape = "high_shelf", hz = 9000, gain_db = 2 }]
"""
_DUCK = """use = "compressor"
threshold_db = -40
ratio = 4
key = "voice"
"""
KEYED = CHAIN.replace(_SHAPE, _DUCK)


@pytest.fixture
def song(studio, noise, monkeypatch):
    """Stems with silence within and at the end, short, but followed as long ones are."""
    monkeypatch.setattr(BEHIND, "LONG_FRAMES", 1)
    for seed, name in enumerate(("pad", "vox", "drums")):
        samples = noise(2.5, seed, 0.3)
        samples[:, 40000:95000] = 0.0
        studio.write(name, samples)
    return studio


@pytest.fixture
def here(monkeypatch) -> list[str]:
    """The steps that this process rendered itself."""
    made: list[str] = []
    rendered = steps._rendered

    def noted(context, step, *given):
        made.append(step.id)
        return rendered(context, step, *given)

    monkeypatch.setattr(steps, "_rendered", noted)
    return made


def told(rendering) -> list[object]:
    return [
        [(each.id, each.key, each.pcm, each.level_in, each.level_out) for each in rendering.steps],
        [(each.version, each.pcm_sha256, each.measures) for each in rendering.outputs],
        [(each.lowest_gain_db, each.cached) for each in rendering.steps],
        rendering.diagnostics,
    ]


@pytest.mark.parametrize("chain", [CHAIN, KEYED])
def test_a_worker_gives_the_same_bits_and_words(song, here, chain) -> None:
    """Of two versions, whose buses are summed one after the other."""
    alone = told(song.render(chain, store="alone", jobs=1))
    ours = sum(each.startswith("master") for each in here)
    for jobs in (2, 3):
        here.clear()
        assert told(song.render(chain, store=f"store {jobs}", jobs=jobs)) == alone
        assert sum(each.startswith("master") for each in here) == ours - 2
        assert all(step.cached for step in song.render(chain, store=f"store {jobs}").steps)


def test_a_step_that_the_store_has_is_told_as_such_though_its_sum_was_lost(song) -> None:
    whole = song.render(CHAIN, jobs=2)
    lost = next(step for step in whole.steps if step.id == "sum")
    song.store().drop(lost.key)
    again = song.render(CHAIN, jobs=2)
    assert [step.id for step in again.steps if not step.cached] == ["sum"]
    assert [step.pcm for step in again.steps] == [step.pcm for step in whole.steps]


def test_a_sum_that_the_store_has_asks_for_no_worker(song, monkeypatch) -> None:
    """Whether there is one is answered with numpy, which is a third of an unchanged render."""
    whole = song.render(CHAIN, jobs=2)
    asked: list[bool] = []
    monkeypatch.setattr(BEHIND, "workers", lambda: asked.append(True) or True)
    again = song.render(CHAIN, jobs=2)
    assert [step.key for step in again.steps] == [step.key for step in whole.steps]
    assert asked == []
    song.render(CHAIN, store="another", jobs=2)
    assert asked


def test_a_worker_killed_on_the_way_costs_nothing_but_time(song, here, monkeypatch) -> None:
    alone = told(song.render(CHAIN, store="alone", jobs=1))
    here.clear()
    summed = master_bus._summed

    def killing(parts, frames):
        for number, block in enumerate(summed(parts, frames)):
            if number == 3:
                children = psutil.Process().children(recursive=True)
                assert children
                for each in children:
                    os.kill(each.pid, signal.SIGKILL)
            yield block

    monkeypatch.setattr(master_bus, "_summed", killing)
    assert told(song.render(CHAIN, store="there", jobs=2)) == alone
    assert "master/level" in here or "master/shape" in here
    assert not psutil.Process().children(recursive=True)


def test_where_files_have_one_name_each_the_step_is_rendered_here(song, here, monkeypatch) -> None:
    alone = told(song.render(CHAIN, store="alone", jobs=1))
    here.clear()

    def refused(_self, _target):
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", refused)
    assert told(song.render(CHAIN, store="there", jobs=2)) == alone
    assert sum(each.startswith("master") for each in here) == 2


def test_what_is_wrong_with_an_insert_is_told_with_its_place(song) -> None:
    chain = CHAIN.replace("hz = 9000", "hz = 23900")
    with pytest.raises(InputError) as alone:
        song.render(chain, store="alone", jobs=1)
    with pytest.raises(InputError) as behind:
        song.render(chain, store="there", jobs=2)
    assert behind.value.problems == alone.value.problems
    assert behind.value.problems[0].where["group"] == "master"


def test_a_sum_that_is_stopped_leaves_nothing_half_made(song, monkeypatch) -> None:
    context = song.context(CHAIN, "there", 2)
    summed = master_bus._summed

    def stopping(parts, frames):
        for number, block in enumerate(summed(parts, frames)):
            if number == 3:
                context.cancel.set()
            yield block

    monkeypatch.setattr(master_bus, "_summed", stopping)
    with pytest.raises(StoppedError):
        render(context, "float64")
    assert not psutil.Process().children(recursive=True)
    folder = song.folder / "there" / "staging"
    assert not [each for each in folder.rglob("*") if each.name in ("pcm", "data")]
