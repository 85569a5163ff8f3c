"""A finished folder is read in one way, as strictly as reports, comparisons and projects need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.comparing import compare_renders
from bridge.exchanging import export
from bridge.finished import open_finished, open_render
from bridge.pages.report import rewrite_report
from bridge.storing import Store
from chains import ChainError
from stemwright.problems import InputError

NOT_A_RENDER = ("not_a_render", "this is not a folder that render wrote")
NO_LOCK = ("no_lock", "there is no chain.lock")
NO_CHAIN = ("file_missing", "there is no such file")
BAD_LOCK = ("bad_lock", "expected a table, found a list of 0")
BAD_RECORD = ("bad_record", "expected text, found 1")
NO_PRINT = ("print_gone", "render.json or chain.toml cannot be read")
UNFINISHED = ("output_unfinished", "this folder was being written to and may be of two renders")

Said = tuple[str, str] | None


def _without(name: str) -> Callable[[Path], object]:
    return lambda out: (out / name).unlink()


def _as(name: str, text: str) -> Callable[[Path], object]:
    def written(out: Path) -> None:
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(text)

    return written


DAMAGE: dict[str, tuple[Callable[[Path], object], Said, Said, Said, Said]] = {
    # what is done to the folder, then what report, diff, export and export --printed say
    "no lock": (_without("chain.lock"), NOT_A_RENDER, None, NO_LOCK, NO_LOCK),
    "no chain": (_without("chain.toml"), NO_CHAIN, None, NO_CHAIN, NO_CHAIN),
    "bad lock": (_as("chain.lock", "[]"), BAD_LOCK, None, BAD_LOCK, BAD_LOCK),
    "bad record": (
        _as("render.json", '{"schema": 1, "stemwright": 1}'),
        BAD_RECORD, BAD_RECORD, None, BAD_RECORD,
    ),
    "other record": (_as("render.json", "[]"), NOT_A_RENDER, None, None, NO_PRINT),
    "unfinished": (
        _as(".stemwright-unfinished/journal.json", "{}"),
        UNFINISHED, UNFINISHED, UNFINISHED, UNFINISHED,
    ),
}  # fmt: skip


def _said(work: Callable[[], object]) -> Said:
    try:
        work()
    except InputError as error:
        return error.problems[0].kind, error.problems[0].message
    except ChainError as error:
        return error.faults[0].kind, error.faults[0].message
    return None


@pytest.mark.parametrize("damage", DAMAGE)
def test_each_room_says_what_it_cannot_do_without(tiny_copy: Path, damage: str) -> None:
    harm, *expected = DAMAGE[damage]
    out, store = tiny_copy / "out", Store(tiny_copy / "store")
    harm(out)
    project = tiny_copy / "song.rpp"
    said = [
        _said(lambda: rewrite_report(out, store, short=True)),
        _said(lambda: compare_renders(out, out)),
        _said(lambda: export([out], project, store)),
        _said(lambda: export([out], tiny_copy / "printed.rpp", store, printed=True)),
    ]
    assert said == expected


def test_a_folder_is_compared_as_far_as_it_can_be_read(tiny_copy: Path) -> None:
    out = tiny_copy / "out"
    (out / "chain.lock").write_text("[]")
    (out / "chain.toml").unlink()
    found = open_render(out)
    assert found is not None
    assert (found.chain, found.lock) == (None, None)
    assert found.lock_fault == "chain.lock: expected a table, found a list of 0"
    assert (found.groups, found.sources("all"), found.inserts("all")) == (["all"], {}, ())
    assert open_render(tiny_copy / "stems") is None


def test_steps_follow_each_other_within_their_bus_and_version(tiny_song: Path) -> None:
    found = open_finished(tiny_song / "out")
    before = {row.id: earlier.id if (earlier := found.before(row)) else None for row in found.steps}
    assert before == {
        "all/gain": None,
        "sum": None,
        "finish/main": "sum",
        "all/gain@less": None,
        "sum@less": None,
        "finish/less": "sum@less",
    }
    assert [row.id for row in found.of("master", "less")] == ["sum@less", "finish/less"]
    assert [row.id for row in found.of("all")] == ["all/gain"]


def test_an_output_is_as_long_as_the_masters_or_told_to_be_gone(
    tiny_song: Path, tmp_path: Path
) -> None:
    found = open_finished(tiny_song / "out")
    total = found.step("sum")
    assert total is not None
    signal = found.output(total, Store(tiny_song / "store"))
    assert signal is not None
    assert sum(block.shape[1] for block in signal.blocks()) == found.frames == 12_000
    assert found.output(total, Store(tmp_path / "empty")) is None
