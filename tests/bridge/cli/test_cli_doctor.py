"""`stemwright doctor`: what runs, proven."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import bridge.road.proof
from bridge.native import numpy_path

Run = Callable[..., Any]


def test_the_doctor_proves_every_part_on_both_paths(run: Run) -> None:
    told = json.loads(run("doctor", "--json").out)
    assert told["holds"] is True
    assert told["kernels"] == {"path": "compiled", "why": None}
    for part in told["parts"]:
        assert part["digest"] == part["numpy_digest"] == part["known_digest"], part["part"]


def test_a_part_that_gives_other_bits_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {**bridge.road.proof.KNOWN, "gate": "0123456789abcdef"}
    monkeypatch.setattr("bridge.road.proof.KNOWN", other)
    done = run("doctor")
    assert done.code == 1
    assert "gate: not the bits of this version" in done.err


def test_numpy_alone_is_said(run: Run) -> None:
    with numpy_path():
        done = run("doctor")
    assert "kernels   numpy, slower: asked for here" in done.out


def test_a_meter_of_another_house_agrees(run: Run) -> None:
    loudness = json.loads(run("doctor", "--json").out)["loudness"]
    assert abs(loudness["ours_lufs"] - loudness["pyloudnorm_lufs"]) < 0.001
    assert loudness["agrees"] is True
