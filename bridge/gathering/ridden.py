"""Signals with rides over them: gains that follow the song's time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from bridge.gathering.signals import Signal
from bridge.planning import Ride, points_of
from bridge.storing import digest

if TYPE_CHECKING:
    from bridge.audio import Block

_VERSION = 1


def ridden_signal(
    signal: Signal, rides: Sequence[Ride], rate_hz: int, start_frame: int = 0
) -> Signal:
    """A signal under rides; its first frame is the song's `start_frame`.

    Its digest is another; without rides it is the signal itself.
    """
    if not rides:
        return signal
    named = digest(
        "ridden",
        version=_VERSION,
        source=signal.digest,
        rides=points_of(rides),
        rate_hz=rate_hz,
        start=start_frame,
    )

    def blocks() -> Iterator[Block]:
        return ridden_blocks(signal.blocks(), rides, rate_hz, start_frame)

    return Signal(named, signal.frames, blocks)


def ridden_blocks(
    blocks: Iterable[Block], rides: Sequence[Ride], rate_hz: int, start_frame: int
) -> Iterator[Block]:
    """Yield blocks under rides; the first begins at the song's `start_frame`."""
    from bridge.processing import ride_gains

    curves, at = [ride.points for ride in rides], start_frame
    for block in blocks:
        gains = ride_gains(curves, at, block.shape[1], rate_hz)
        yield block if gains is None else block * gains
        at += block.shape[1]
