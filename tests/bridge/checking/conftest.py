"""A signal heard by one check, without a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from bridge.audio import Block
from bridge.checking.findings import Found
from bridge.checking.port import AROUND_S, CORE_FRAMES, Passage, StemCheck, StemFacts
from bridge.checking.stem.one_fault import told_once
from damaged_sounds import Signal, played_music

Hear = Callable[..., list[Found]]
HearTogether = Callable[..., list[Found]]


def passages(signal: Block, rate_hz: int) -> Iterator[Passage]:
    """As a stem's audio comes."""
    around, frames = round(AROUND_S * rate_hz), signal.shape[1]
    broken = ~np.isfinite(signal)
    whole = np.where(broken, 0.0, signal)
    for start in range(0, frames, CORE_FRAMES):
        first, stop = max(0, start - around), min(start + CORE_FRAMES, frames)
        part = slice(first, min(stop + around, frames))
        bad = broken[:, part] if broken[:, part].any() else None
        samples = np.ascontiguousarray(whole[:, part])
        yield Passage(samples, first, start - first, stop - first, rate_hz, bad)


def _heard(checks: Sequence[type[StemCheck]], signal: Any, rate_hz: int, **facts: Any) -> list[Any]:
    """Checks that have heard a signal."""
    block = np.atleast_2d(np.asarray(signal, np.float64))
    known: dict[str, Any] = {
        "id": "stem",
        "name": "stem",
        "role": "other",
        "subtype": "PCM_24",
        "format": "WAV",
        **facts,
    }
    stem = StemFacts(channels=len(block), sample_rate_hz=rate_hz, frames=block.shape[1], **known)
    made = [check(stem) for check in checks]
    for passage in passages(block, rate_hz):
        for check in made:
            check.hear(passage)
    return made


@pytest.fixture(scope="session")
def music() -> Signal:
    """A sound no two moments of which are alike; nobody writes into it."""
    made = played_music()
    made.flags.writeable = False
    return made


@pytest.fixture
def hear() -> Hear:
    """What a check finds in (channels, frames) or (frames,), by time."""

    def heard(
        check: type[StemCheck], signal: Any, rate_hz: int = 48000, **facts: Any
    ) -> list[Found]:
        (made,) = _heard([check], signal, rate_hz, **facts)
        return sorted(made.findings(), key=lambda found: found.start)

    return heard


@pytest.fixture
def hear_together() -> HearTogether:
    """What several checks tell of (channels, frames) or (frames,), one fault once."""

    def heard(checks: Sequence[type[StemCheck]], signal: Any, rate_hz: int = 48000) -> list[Found]:
        return told_once(_heard(checks, signal, rate_hz), rate_hz)

    return heard
