"""Plugins that go on loading by themselves: "waking" is silent for its first 0.3 s."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bridge.hosting import host
from bridge.hosting.engines.audio_files import handed_over
from stemwright.problems import RenderError

WAIT_S = 0.6


@pytest.mark.parametrize("engine", ["dawdreamer", "pedalboard"])
def test_a_plugin_is_waited_for_in_both_hosts(bench: Any, music: Any, engine: str) -> None:
    bench.host = host(engine)
    insert = bench.insert("waking")
    with pytest.raises(RenderError, match="silent"):
        bench.run(insert, music)
    out, result = bench.run(replace(insert, warm_up_s=WAIT_S), music)
    assert np.array_equal(out, music * np.float32(0.5))
    assert result.load_s > WAIT_S


@pytest.mark.parametrize(
    ("zeros", "gain_then", "late", "told"),
    [(4800, 1.0, 0, True), (2000, 1.0, 0, False), (4800, 2.0, 0, False), (4800, 1.0, 4800, False)],
    ids=["loading", "too short to tell", "a gate that opens", "a delay"],
)
def test_a_start_of_zeros_is_told_where_it_is_no_gate_and_no_delay(
    tmp_path: Path, zeros: int, gain_then: float, late: int, told: bool
) -> None:
    fed = np.random.default_rng(3).uniform(-0.4, 0.4, (96_000, 2)).astype("<f4")
    fed[zeros:] *= np.float32(gain_then)
    came = np.roll(fed, late, axis=0)
    came[:zeros] = 0
    for name, audio in (("in", fed), ("out", came)):
        audio.tofile(tmp_path / name)
    found = handed_over(tmp_path / "in", tmp_path / "out", 0, 48_000, chosen=False)
    assert ("late_start" in [each.code for each in found.diagnostics]) is told
