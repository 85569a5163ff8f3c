"""Parameters that move while a plugin runs: each value from its buffer's first frame on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bridge.hosting import host, normalized, own_parameters
from bridge.plugins import Moved

BUFFER, BUFFERS = 512, 40
LOW_DB, SPAN_DB = -60.0, 84.0
"""The range of the fixtures' "Gain"."""


@pytest.mark.parametrize("engine", ["dawdreamer", "pedalboard"])
@pytest.mark.parametrize(("kind", "tempo_bpm"), [("gain", 97.3), ("mono", 120.0)])
def test_a_parameter_is_where_its_values_say_from_buffer_to_buffer(
    bench: Any, engine: str, kind: str, tempo_bpm: float
) -> None:
    """At tempos at which buffers begin between the pulses that dawdreamer counts, and on them."""
    bench.host = host(engine)
    raw = np.random.default_rng(1).uniform(0.3, 0.9, BUFFERS).astype(np.float32)
    raw[5:9] = raw[5]
    told = [(at, float(each)) for at, each in enumerate(raw) if at == 0 or each != raw[at - 1]]
    insert = replace(bench.insert(kind), moved=(Moved("Gain", tuple(told)),))
    fed = np.full((2, BUFFER * BUFFERS - 100), 0.25, np.float32)
    out, _ = bench.run(insert, fed, tempo_bpm=tempo_bpm)
    wanted = np.repeat(0.25 * 10 ** ((LOW_DB + SPAN_DB * raw) / 20), BUFFER)[: fed.shape[1]]
    np.testing.assert_allclose(out, np.stack([wanted, wanted]), rtol=2e-5)


def test_a_plugin_says_itself_what_values_in_its_own_units_are(bench: Any) -> None:
    plugin = bench.plugin("gain")
    (own,) = (each for each in own_parameters(plugin) if each.title == "Gain")
    levels_db = (LOW_DB, -12.0, 0.0, LOW_DB + SPAN_DB)
    (found,) = normalized(plugin, [(own.id, levels_db)])
    np.testing.assert_allclose(found, (np.array(levels_db) - LOW_DB) / SPAN_DB, atol=1e-6)
