"""The ports every built-in processor implements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from bridge.audio import Block
    from bridge.processing.filters import SosFilter


class Processor(Protocol):
    """A streaming processor at zero latency: frame n out belongs to frame n in.

    `process` may hold frames back (look-ahead) and return fewer than it was given, (2, 0) included;
    `finish` returns the frames still held. In total exactly as many frames leave as entered.
    However the input is cut into blocks, the output is the same to the bit.
    """

    def process(self, block: Block) -> Block:
        """Take a (2, frames) float64 block; return the (2, frames) that are ready."""
        ...

    def finish(self) -> Block:
        """Return what is still held."""
        ...


@runtime_checkable
class ReducesGain(Protocol):
    """What tells how far it has turned its signal down."""

    @property
    def lowest_gain_db(self) -> float:
        """The deepest reduction so far, without make-up: 0.0 while idle, else negative."""
        ...

    @property
    def gain_curve_db(self) -> tuple[float, ...]:
        """The deepest reduction in every 100 ms so far, 0.0 or less; empty where none can be."""
        ...


@runtime_checkable
class OnlyFilters(Protocol):
    """A processor that is a filter and nothing else: `process` of the one is that of the other."""

    filter: SosFilter


class LedProcessor(Protocol):
    """A processor whose gains can be those that another signal, the key, would get.

    Without a key it is a plain Processor; its own input as the key gives the same bits. Under one
    key it is linear: what two signals give adds up to what their sum gives.
    """

    def process(self, block: Block, key: Block | None = None) -> Block:
        """Take (2, frames) of the signal and the same frames of the key, both float64."""
        ...

    def finish(self) -> Block:
        """Return what is still held."""
        ...


class KeyedProcessor(ReducesGain, LedProcessor, Protocol):
    """A led processor with a detector, which the user can let hear another signal."""
