"""How many takes a loudness costs: one where it was foreseen, two where it was foreseen wrongly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

import bridge.processing
from bridge.metering import measure
from bridge.rendering.takes import CLOSE_LU, Take, TakeWriter

SONG = '[[group]]\nid = "a"\nstems = ["*"]\n[target]\ntrue_peak_dbtp = -1.0\n'
LOUD = SONG + "integrated_lufs = -11.0\n"


@pytest.fixture
def takes(monkeypatch: pytest.MonkeyPatch) -> list[Take]:
    """Every take that is written."""
    written: list[Take] = []
    take = TakeWriter.take

    def noted(writer: TakeWriter, blocks: Iterable[Any], trim_db: float = 0.0) -> Take:
        written.append(take(writer, blocks, trim_db))
        return written[-1]

    monkeypatch.setattr(TakeWriter, "take", noted)
    return written


@pytest.fixture
def kicks(studio) -> None:
    """A song of 21 s: a bass drum and some hiss."""
    at_s = np.arange(21 * 48000) / 48000 % 0.46
    drum = 0.4 * np.sin(2.0 * np.pi * 55.0 * at_s) * np.exp(-12.0 * at_s)
    studio.write("kick", drum + 0.01 * np.random.default_rng(2).standard_normal((2, len(drum))))


def _foreseen(monkeypatch: pytest.MonkeyPatch, bias_lu: float) -> None:
    monkeypatch.setattr(bridge.processing, "foreseen_bias_lu", lambda *_: bias_lu)


@pytest.mark.usefixtures("kicks")
def test_a_foreseen_loudness_costs_one_take(studio, takes, monkeypatch) -> None:
    made = studio.render(LOUD)
    assert len(takes) == 1
    assert measure(made.outputs[0].path).integrated_lufs == pytest.approx(-11.0, abs=CLOSE_LU)
    takes.clear()
    _foreseen(monkeypatch, 0.0)
    studio.render(LOUD, store="another")
    assert len(takes) == 2
    assert abs(takes[0].miss_lu(-11.0)) > 2.0 * CLOSE_LU


@pytest.mark.usefixtures("kicks")
@pytest.mark.parametrize(("bias_lu", "most"), [(-0.4, 2), (0.3, 3)])
def test_what_was_foreseen_wrongly_is_put_right_by_further_takes(
    studio, takes, monkeypatch, bias_lu: float, most: int
) -> None:
    """From above it is one more: so deep in the limiter a dB of drive is worth ever less."""
    _foreseen(monkeypatch, bias_lu)
    made = studio.render(LOUD)
    assert len(takes) == most
    assert abs(takes[0].miss_lu(-11.0)) > 2.0 * CLOSE_LU
    assert made.reached
    assert measure(made.outputs[0].path).integrated_lufs == pytest.approx(-11.0, abs=CLOSE_LU)


@pytest.mark.usefixtures("kicks")
def test_a_take_that_is_near_without_it_is_not_corrected(studio, takes, monkeypatch) -> None:
    _foreseen(monkeypatch, 0.0)
    plain = studio.render(SONG + "integrated_lufs = -17.0\n")
    _foreseen(monkeypatch, -CLOSE_LU)
    again = studio.render(SONG + "integrated_lufs = -17.0\n", store="another")
    assert again.outputs[0].pcm_sha256 == plain.outputs[0].pcm_sha256
    assert len(takes) == 2


def test_a_loudness_out_of_reach_is_not_rendered_twice_alike(studio, takes) -> None:
    clicks = np.zeros((2, 96000))
    clicks[:, ::24000] = 0.25
    studio.write("clicks", clicks)
    made = studio.render(SONG + "integrated_lufs = -5.0\n")
    assert not made.reached
    drives_db = [take.drive_db for take in takes]
    assert len(set(drives_db)) == len(drives_db)
