"""Stopping midway, and two at once: nothing half-written stays, nobody disturbs the other."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import stemwright as sw
from chains import Chain

pytestmark = pytest.mark.usefixtures("no_report")

Arrays = dict[str, tuple[Any, int]]


@pytest.fixture
def scratch_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders go."""
    root = tmp_path / "temporary"
    root.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(root))
    return root


def _left(root: Path) -> list[str]:
    gc.collect()
    return sorted(path.name for path in root.iterdir() if path.is_dir())


def _interrupts(*_: object) -> None:
    raise KeyboardInterrupt


STOPS: list[tuple[Callable[..., object], type[BaseException]]] = [
    (lambda *_: False, sw.StoppedError),
    (_interrupts, KeyboardInterrupt),
]


@pytest.mark.parametrize(("stop", "raised"), STOPS)
@pytest.mark.parametrize("stage", ["lanes", "sum", "finish", "writing"])
def test_a_master_stopped_midway_leaves_nothing(
    stop: Callable[..., object],
    raised: type[BaseException],
    stage: str,
    own_store: Path,
    scratch_root: Path,
    arrays: Arrays,
    song_chain: Chain,
) -> None:
    seen: list[str] = []

    def progress(now: str, *_: int) -> object:
        seen.append(now)
        return stop() if now == stage else True

    with pytest.raises(raised):
        sw.master(arrays, song_chain, "out", progress=progress)
    assert seen[-1] == stage
    assert [*own_store.iterdir()] == []
    assert _left(scratch_root) == []
    assert sw.master(arrays, song_chain, "out").reached


@pytest.mark.parametrize(("stop", "raised"), STOPS)
def test_a_check_stopped_midway_changes_nothing(
    stop: Callable[..., object],
    raised: type[BaseException],
    own_store: Path,
    scratch_root: Path,
    arrays: Arrays,
    song_chain: Chain,
) -> None:
    sw.master(arrays, song_chain, "out")
    before = {path: path.read_bytes() for path in own_store.rglob("*") if path.is_file()}

    def progress(now: str, *_: int) -> object:
        return stop() if now == "finish" else True

    with pytest.raises(raised):
        sw.verify("out", stems=arrays, progress=progress)
    assert {path: path.read_bytes() for path in own_store.rglob("*") if path.is_file()} == before
    assert _left(scratch_root) == []


def test_two_masters_at_once_are_as_one_after_the_other(
    own_store: Path, arrays: Arrays, song_chain: Chain
) -> None:
    other = {name: (samples[::-1].copy(), rate_hz) for name, (samples, rate_hz) in arrays.items()}
    songs = [arrays, other, arrays]
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda each: sw.master(each, song_chain, jobs=1), songs))
    alone = [sw.master(each, song_chain, store=own_store / "another") for each in songs]
    for one, again in zip(made, alone, strict=True):
        assert np.array_equal(one["main"].samples(), again["main"].samples())
        assert one["tv"].pcm_sha256 == again["tv"].pcm_sha256


@pytest.mark.usefixtures("own_store")
def test_a_temporary_master_goes_with_its_last_use(
    scratch_root: Path, arrays: Arrays, song_chain: Chain
) -> None:
    made = sw.master(arrays, song_chain)
    main, record = made["main"], made.record
    assert _left(scratch_root) != []
    del made
    assert main.samples().shape[1] == 2
    del main
    assert _left(scratch_root) == []
    assert record["outputs"][0]["version"] == "main"
    with pytest.raises(sw.InputError):
        sw.master(arrays, song_chain, subtype="mp3")  # type: ignore[call-overload]
    assert _left(scratch_root) == []
