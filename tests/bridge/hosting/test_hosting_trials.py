"""Settings tried in a kept child sound as each does in a child of its own, in both hosts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
import pytest

from bridge.hosting import HostedInsert, host, trials
from stemwright.problems import RenderError

Audio = npt.NDArray[np.float32]
NAMES = ("Threshold", "Ratio", "Makeup")
ROWS = ((0.6, 0.25, 0.5), (0.75, 0.5, 0.125))


def heard(path: Any, rows: int) -> npt.NDArray[np.float32]:
    return np.fromfile(path, "<f4").reshape(rows, -1, 2).transpose(0, 2, 1)


@pytest.mark.parametrize("engine", ["dawdreamer", "pedalboard"])
@pytest.mark.parametrize("name", ["ZamCompX2", "ZaMaximX2", "ZamComp"])
def test_a_trial_is_what_a_fresh_child_renders_whatever_was_tried_before(
    bench: Any, music: Audio, engine: str, name: str
) -> None:
    bench.host = host(engine)
    names = NAMES if name != "ZaMaximX2" else ("Threshold", "Release", "Output Ceiling")
    insert = replace(bench.insert(name), preset=None)
    job = bench.job(insert, music)
    out = bench.folder / "tried.f32"
    with trials(engine, job, names) as kept:
        kept.render(job.input, ROWS, out)
        tried = heard(out, len(ROWS))
        kept.render(job.input, ROWS[:1], out)
        np.testing.assert_array_equal(heard(out, 1)[0], tried[0])
    assert not np.array_equal(tried[0], tried[1])
    for row, audio in zip(ROWS, tried, strict=True):
        fresh, _ = bench.run(replace(insert, raw_params=tuple(zip(names, row, strict=True))), music)
        np.testing.assert_array_equal(audio, fresh)


def test_each_row_may_have_an_input_of_its_own_and_texts_are_the_plugins(
    bench: Any, music: Audio
) -> None:
    insert = bench.insert("ZamEQ2")
    job, both = bench.job(insert, music), bench.folder / "both.f32"
    both.write_bytes(job.input.read_bytes() + (0.5 * music).T.astype("<f4").tobytes())
    out = bench.folder / "tried.f32"
    with trials("dawdreamer", job, ("Boost/Cut 1", "Master Gain")) as kept:
        kept.render(both, [(0.8, 0.75), (0.8, 0.75)], out)
        assert kept.texts([(0.0, 0.5), (1.0, 0.75)]) == (("-50 dB", "0 dB"), ("20 dB", "6 dB"))
    whole, half = heard(out, 2)
    np.testing.assert_allclose(half, 0.5 * whole, atol=1e-6)  # an equaliser is linear


def test_a_plugin_that_dies_while_it_is_tried_is_named_and_nothing_waits(
    bench: Any, music: Audio
) -> None:
    job = bench.job(HostedInsert("vox/air", bench.plugin("crash-process")), music)
    with (
        pytest.raises(RenderError) as raised,
        trials("dawdreamer", job, ()) as kept,
    ):
        kept.render(job.input, [()], bench.folder / "tried.f32")
    assert raised.value.problems[0].kind == "plugin_crashed"
    left = psutil.Process().children(recursive=True)
    assert not [each for each in left if "bridge.hosting.child.worker" in each.cmdline()]
