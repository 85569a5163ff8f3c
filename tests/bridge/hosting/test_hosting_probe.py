"""The habits of docs/faults.md's second table, found by the probe; and what its readings read."""

from __future__ import annotations

import math
import platform
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bridge.hosting import Card, deadline_from, deadline_s, find_card, keep_card, known_deadline
from bridge.hosting.finding.bundles import architecture
from bridge.hosting.probing import probe as readings
from bridge.hosting.probing.cards import NOISE_DBFS
from bridge.hosting.probing.probe import probe
from bridge.hosting.probing.signals import (
    IMPULSE_FRAME,
    RATE_HZ,
    SHORT_FRAMES,
    programme,
    ring,
    steady,
)
from bridge.storing import Store
from fake_host import FakeHost
from stemwright.problems import RenderError

Audio = npt.NDArray[np.float32]
NONE = -math.inf


@pytest.fixture(scope="module")
def made() -> dict[str, Card]:
    return {}


@pytest.fixture
def card(bench: Any, made: dict[str, Card]) -> Any:
    """Return a maker of cards; each is made once."""

    def get(name: str, state: Path | None = None) -> Card:
        if name not in made:
            made[name] = probe(bench.plugin(name), bench.host, state=state)
        return made[name]

    return get


def test_a_card_holds_what_is_known_of_a_plugin_with_a_state(card: Any, bench: Any) -> None:
    found = card("latency", bench.insert("latency", ("Delay", "777")).preset)
    assert (found.latency_reported_frames, found.latency_measured_frames) == (777, 777)
    assert (found.inputs, found.outputs, found.architecture) == (2, 2, platform.machine())
    assert (found.dry, found.repeatable, found.suspicions) == (True, True, ())
    assert found.warm_up_s == 0
    assert (found.other_host, found.other_host_dbfs) == ("pedalboard", NONE)
    assert (found.buffer_64_dbfs, found.buffer_1024_dbfs, found.tempo_dbfs) == (NONE, NONE, NONE)
    assert (found.tail_s, found.settle_s, found.noise_dbfs) == (0, 0, NONE)
    assert not found.display_needed
    assert not found.latency_shifts
    assert 0 < found.real_time_factor < 1
    assert 0 < found.load_s < 20
    assert 50e6 < found.peak_memory_bytes < 500e6


def test_a_plugin_that_never_repeats_is_found_out(card: Any) -> None:
    found = card("rolling")
    assert not found.repeatable
    assert -62 < found.fresh_dbfs < -50  # two noises of a peak of 0.001
    assert found.noise_dbfs == pytest.approx(-60, abs=0.1)
    assert found.suspicions == ("noise from silence",)
    assert found.warm_up_s is None


def test_an_endless_tail_and_a_shifting_latency_are_found_out(card: Any) -> None:
    found = card("endless")
    assert found.tail_s is None
    assert found.latency_shifts


def test_noise_and_mutes_after_half_a_minute_are_heard_by_listening_long(bench: Any) -> None:
    found = probe(bench.plugin("nagging"), bench.host, long=True)
    assert found.long
    assert found.noise_dbfs == pytest.approx(-40, abs=0.1)
    assert found.muted_at_s == pytest.approx((30, 60, 90), abs=0.11)
    assert found.suspicions == ("noise from silence", "mutes")


def test_noise_after_two_seconds_needs_no_long_listening(bench: Any) -> None:
    insert = bench.insert("nagging", ("After", "2 s"))
    out, _ = bench.run(insert, np.zeros((2, SHORT_FRAMES), np.float32))
    assert readings.peak_dbfs(out) > NOISE_DBFS
    assert not out[:, : 2 * RATE_HZ].any()


def test_a_plugin_that_fails_while_it_is_probed_is_an_error(bench: Any) -> None:
    with pytest.raises(RenderError, match="crashed"):
        probe(bench.plugin("crash-process"), bench.host)
    with pytest.raises(RenderError, match="silent"):
        probe(bench.plugin("silent"), bench.host)


def test_a_card_is_kept_for_one_binary_in_one_host(card: Any, bench: Any, tmp_path: Path) -> None:
    found, plugin = card("rolling"), bench.plugin("rolling")
    store = Store(tmp_path / "store")
    assert find_card(store, plugin, bench.host) is None
    keep_card(store, plugin, bench.host, found)
    assert find_card(store, plugin, bench.host) == found
    again = replace(found, tail_s=None, muted_at_s=(1.5,))
    keep_card(store, plugin, bench.host, again)
    assert find_card(store, plugin, bench.host) == again
    assert find_card(store, replace(plugin, binary_hash="other"), bench.host) is None
    assert find_card(store, plugin, FakeHost()) is None


def test_deadlines_come_from_the_card(card: Any, bench: Any, tmp_path: Path) -> None:
    slow = replace(card("rolling"), load_s=6.0, real_time_factor=0.5)
    assert deadline_from(slow, 0, RATE_HZ) == 30
    assert deadline_from(slow, 60 * RATE_HZ, RATE_HZ) == 5 * (6 + 30)
    quick = replace(slow, load_s=0.1, real_time_factor=0.01)
    assert deadline_from(quick, 60 * RATE_HZ, RATE_HZ) == 20
    store, plugin = Store(tmp_path / "store"), bench.plugin("rolling")
    assert known_deadline(store, plugin, bench.host, RATE_HZ, RATE_HZ) is None
    keep_card(store, plugin, bench.host, slow)
    assert known_deadline(store, plugin, bench.host, 60 * RATE_HZ, RATE_HZ) == 180
    assert deadline_s(60 * RATE_HZ, RATE_HZ) == 180  # without a card


@pytest.mark.parametrize("lag", [-300, 0, 1, 480, 20000])
def test_a_lag_is_found_to_the_sample(lag: int) -> None:
    fed = programme()
    assert readings.lag_frames(fed, np.roll(fed, lag, axis=1) * np.float32(0.3)) == lag


def test_what_does_not_correlate_has_no_lag() -> None:
    fed = programme()
    assert readings.lag_frames(fed, np.zeros_like(fed)) is None
    assert readings.lag_frames(fed, steady()[:, : fed.shape[1]]) is None


def test_a_tail_ends_where_it_stays_under_96_db() -> None:
    came = ring()
    assert readings.tail_s(came) == 0
    came[:, IMPULSE_FRAME + RATE_HZ] = 1.6e-5
    assert readings.tail_s(came) == 1.0
    came[0, -1] = 1e-4
    assert readings.tail_s(came) is None


def test_a_tone_settles_when_its_level_stays() -> None:
    came = programme()
    assert readings.settle_s(came) == 0
    came[:, : RATE_HZ // 4] *= np.float32(0.9)
    assert readings.settle_s(came) == 0.25
    sway = 1 + 0.1 * np.sin(np.arange(came.shape[1]) / 500)
    assert readings.settle_s(np.asarray(came * sway, np.float32)) is None


def test_mutes_are_told_by_where_they_begin() -> None:
    came = steady()
    came[:, 30 * RATE_HZ : 31 * RATE_HZ] = 0
    came[:, 60 * RATE_HZ : 60 * RATE_HZ + RATE_HZ // 2] *= np.float32(0.01)
    assert readings.muted_at_s(came) == (30.0, 60.0)
    assert readings.muted_at_s(steady()) == ()


def test_differences_are_peaks() -> None:
    fed = programme()
    other = fed.copy()
    other[1, 7] += np.float32(0.25)
    assert readings.difference_dbfs(fed, fed) == NONE
    assert readings.difference_dbfs(fed, other) == pytest.approx(-12.04, abs=0.01)


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x7fELF\x02\x01" + bytes(12) + b"\x3e\x00", "x86_64"),
        (b"\x7fELF\x02\x01" + bytes(12) + b"\xb7\x00", "aarch64"),
        (b"\xcf\xfa\xed\xfe\x0c\x00\x00\x01", "arm64"),
        (
            b"\xca\xfe\xba\xbe\0\0\0\x02"
            + b"\x01\0\0\x07"
            + bytes(16)
            + b"\x01\0\0\x0c"
            + bytes(16),
            "x86_64+arm64",
        ),
        (b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0\x64\x86", "x86_64"),
        (b"\x7fELF\x02\x01", "unknown"),
        (b"text", "unknown"),
    ],
)
def test_a_header_tells_the_processor(tmp_path: Path, head: bytes, name: str) -> None:
    path = tmp_path / "binary"
    path.write_bytes(head)
    assert architecture(path) == name
