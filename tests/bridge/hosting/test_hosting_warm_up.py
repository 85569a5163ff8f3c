"""Plugins that go on loading by themselves: "waking" is silent for its first 0.3 s."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bridge.hosting import host
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
