"""A file measured while it is written reads as it does afterwards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bridge.audio import Subtype, WavWriter
from bridge.audio.blocks import Block
from bridge.metering import MeasuredWhileWritten, measure
from stemwright.problems import InputError


def written(path: Path, blocks: list[Block], subtype: Subtype) -> MeasuredWhileWritten:
    measuring = MeasuredWhileWritten(path, 48000, len(blocks[0]))
    with WavWriter(
        path, 48000, len(blocks[0]), subtype, "seed", overwrite=True, listener=measuring.add
    ) as out:
        for block in blocks:
            out.write(block)
    return measuring


@pytest.mark.parametrize("subtype", ["pcm16", "pcm24", "float32", "float64"])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_reads_what_measure_reads(tmp_path: Path, subtype: Subtype, channels: int) -> None:
    noise = np.random.default_rng(2).standard_normal((channels, 170001)) * 0.4
    path = tmp_path / "a.wav"
    blocks = np.array_split(noise, 40, axis=1)
    assert repr(written(path, blocks, subtype).result()) == repr(measure(path))


def test_a_sample_beyond_any_level_is_told_as_measure_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    block = np.zeros((2, 3000))
    block[1, 2345] = 1e150
    measuring = MeasuredWhileWritten(path, 48000, 2)
    with WavWriter(path, 48000, 2, "float64", "seed", listener=measuring.add) as out:
        for part in np.split(block, 30, axis=1):
            out.write(part)
    with pytest.raises(InputError) as told:
        measuring.result()
    with pytest.raises(InputError) as afterwards:
        measure(path)
    assert told.value.problems == afterwards.value.problems
    assert told.value.problems[0].where["frame"] == 2345


def test_a_rate_that_cannot_be_measured_is_told_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    measuring = MeasuredWhileWritten(path, 4000, 2)
    measuring.add(np.zeros((2, 10)))
    with pytest.raises(InputError, match=r"a\.wav: 4000 Hz cannot be measured"):
        measuring.result()
