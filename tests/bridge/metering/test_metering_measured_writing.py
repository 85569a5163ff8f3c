"""A file measured by a worker that reads behind its writer reads as it does afterwards."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from bridge.audio import Subtype
from bridge.audio.blocks import Block
from bridge.metering import MeasuredWav, WavToWrite, measure, measured_writing, write_measured
from bridge.workers import working
from stemwright.problems import InputError, MachineError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")


def noise(channels: int) -> list[Block]:
    samples = np.random.default_rng(2).standard_normal((channels, 170001)) * 0.4
    return np.array_split(samples, 40, axis=1)


def made(path: Path, blocks: list[Block], subtype: Subtype, *, apart: bool) -> MeasuredWav:
    wav = WavToWrite(path, 48000, len(blocks[0]), subtype, "seed")
    return write_measured(wav, iter(blocks), apart=apart)


@pytest.fixture
def never_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_again(_path: Path) -> None:
        raise AssertionError("a worker was to measure it")

    monkeypatch.setattr(measured_writing, "measure", read_again)


@pytest.mark.usefixtures("never_read_again", "crew_kept")
@pytest.mark.parametrize("subtype", ["pcm16", "pcm24", "float32", "float64"])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_a_worker_reads_what_measure_reads(tmp_path: Path, subtype: Subtype, channels: int) -> None:
    path, blocks = tmp_path / "a.wav", noise(channels)
    here = made(path, blocks, subtype, apart=False)
    octets = path.read_bytes()
    with working(2):
        there = made(path, blocks, subtype, apart=True)
    assert path.read_bytes() == octets
    assert repr(there) == repr(here)
    assert repr(there.measures) == repr(measure(path))


@pytest.mark.usefixtures("never_read_again")
def test_without_workers_it_is_measured_here(tmp_path: Path) -> None:
    path, blocks = tmp_path / "a.wav", noise(2)
    there = made(path, blocks, "pcm24", apart=True)
    assert repr(there) == repr(made(path, blocks, "pcm24", apart=False))


def test_a_worker_killed_on_the_way_costs_nothing_but_time(tmp_path: Path) -> None:
    path, blocks = tmp_path / "a.wav", noise(2)
    here = made(path, blocks, "pcm24", apart=False)

    def killing() -> Iterator[Block]:
        yield from blocks[:20]
        for each in psutil.Process().children(recursive=True):
            os.kill(each.pid, signal.SIGKILL)
        yield from blocks[20:]

    with working(2):
        there = write_measured(WavToWrite(path, 48000, 2, "pcm24", "seed"), killing(), apart=True)
        assert repr(there) == repr(here)
    assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.usefixtures("never_read_again")
def test_a_sample_beyond_any_level_is_told_as_measure_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    block = np.zeros((2, 3000))
    block[1, 2345] = 1e150
    with working(2), pytest.raises(InputError) as told:
        made(path, np.split(block, 30, axis=1), "float64", apart=True)
    with pytest.raises(InputError) as afterwards:
        measure(path)
    assert told.value.problems == afterwards.value.problems
    assert told.value.problems[0].where["frame"] == 2345


def test_a_file_that_cannot_be_finished_leaves_nothing_and_the_worker_goes_on(
    tmp_path: Path,
) -> None:
    path, blocks = tmp_path / "a.wav", noise(2)

    def failing() -> Iterator[Block]:
        yield from blocks[:20]
        path.mkdir()
        yield from blocks[20:]

    wav = WavToWrite(path, 48000, 2, "pcm24", "seed")
    with working(2):
        with pytest.raises(MachineError):
            write_measured(wav, failing(), apart=True)
        assert [each.name for each in tmp_path.iterdir()] == ["a.wav"]
        path.rmdir()
        here = made(path, blocks, "pcm24", apart=False)
        assert repr(made(path, blocks, "pcm24", apart=True)) == repr(here)
