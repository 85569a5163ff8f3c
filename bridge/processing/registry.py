"""Settings to processors, and processors in a row over a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

from bridge.processing.port import OnlyFilters

if TYPE_CHECKING:
    from bridge.audio import Block
    from bridge.processing.port import KeyedProcessor, LedProcessor, Processor
    from chains import InsertSettings


class BuiltIn(NamedTuple):
    """Where the sound of a built-in is made.

    `version` is its sound's, part of store keys: it rises when a bit of output changes. `made_by`
    names module and class under bridge.processing.processors; the class takes the settings and the
    sample rate in Hz. The detector of a `keyed` one can hear a key. The gains of a `led` one can be
    those of another signal, as a keyed one's can.
    """

    version: int
    made_by: str
    keyed: bool = False
    led: bool = False


BUILT_INS: Mapping[str, BuiltIn] = MappingProxyType(
    {
        "gain": BuiltIn(2, "gain.GainProcessor"),
        "eq": BuiltIn(2, "eq.EqProcessor"),
        "compressor": BuiltIn(3, "compressor.CompressorProcessor", keyed=True),
        "limiter": BuiltIn(5, "limiter.LimiterProcessor", led=True),
        "dynamic_eq": BuiltIn(3, "dynamic_eq.DynamicEqProcessor", keyed=True),
        "multiband": BuiltIn(3, "multiband.MultibandProcessor", keyed=True),
        "deesser": BuiltIn(3, "deesser.DeesserProcessor", keyed=True),
        "saturation": BuiltIn(3, "saturation.SaturationProcessor", led=True),
        "reverb": BuiltIn(2, "reverb.ReverbProcessor"),
        "width": BuiltIn(2, "width.WidthProcessor"),
        "gate": BuiltIn(3, "gate.GateProcessor", keyed=True),
    }
)
"""By the word of `use`."""

VERSIONS: Mapping[str, int] = MappingProxyType(
    {use: built_in.version for use, built_in in BUILT_INS.items()}
)
"""Version of each built-in's sound."""

SUPPORTED: frozenset[str] = frozenset(BUILT_INS)
"""The `use` words that have a processor here."""

KEYED: frozenset[str] = frozenset(use for use, built_in in BUILT_INS.items() if built_in.keyed)
"""Those of them whose detector can hear a key."""

LED: frozenset[str] = KEYED | {use for use, built_in in BUILT_INS.items() if built_in.led}
"""Those of them whose gains move with a signal, their own or another; all others are linear."""


def build(settings: InsertSettings, sample_rate_hz: int) -> Processor:
    """Return a new processor at zero latency.

    Its module is imported here, so that a plan can ask for versions without loading them all.
    Raises InputError when the settings do not fit the rate (band_above_nyquist), ValueError for
    what is not in SUPPORTED: planning refuses that before.
    """
    if settings.use not in SUPPORTED:
        raise ValueError(f"no processor for {settings.use}")
    module, _, name = BUILT_INS[settings.use].made_by.partition(".")
    made_by = getattr(import_module(f"bridge.processing.processors.{module}"), name)
    processor: Processor = made_by(settings, sample_rate_hz)
    return processor


def build_keyed(settings: InsertSettings, sample_rate_hz: int) -> KeyedProcessor:
    """Return a new processor whose detector can hear a key; without one it hears its input.

    Raises InputError as `build` does, ValueError for what is not in KEYED.
    """
    if settings.use not in KEYED:
        raise ValueError(f"no processor for {settings.use}")
    return cast("KeyedProcessor", build(settings, sample_rate_hz))


def build_led(settings: InsertSettings, sample_rate_hz: int) -> LedProcessor:
    """Return a new processor whose gains can be those of another signal.

    Raises InputError as `build` does, ValueError for what is not in LED.
    """
    if settings.use not in LED:
        raise ValueError(f"nothing moves in {settings.use}")
    return cast("LedProcessor", build(settings, sample_rate_hz))


def run(processors: Sequence[Processor], blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield a stream through `processors` in order: as many frames out as in, no empty blocks."""
    import numpy as np  # what is asked of the table alone goes without

    for ready in _run_blocks(processors, blocks):
        if ready.shape[1]:
            yield ready
    for number, processor in enumerate(processors):
        rest = _through(processors[number + 1 :], processor.finish())
        if rest.shape[1]:
            yield np.ascontiguousarray(rest)


def _run_blocks(processors: Sequence[Processor], blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield blocks through `processors`, empty ones too, without what `finish` gives.

    The second of two filters runs a block behind, beside the first one at the next block.
    """
    filters = [
        number
        for number, each in enumerate(processors)
        if isinstance(each, OnlyFilters) and not each.filter.is_flat
    ]
    if len(filters) < 2:
        yield from (_through(processors, block) for block in blocks)
        return
    one, two = filters[:2]
    first, second = cast("OnlyFilters", processors[one]), cast("OnlyFilters", processors[two])
    before, between, behind = processors[:one], processors[one + 1 : two], processors[two + 1 :]
    waiting: Block | None = None
    for block in blocks:
        fed = _through(before, block)
        if waiting is None:
            filtered = first.filter.process(fed)
        else:
            filtered, ready = first.filter.process_beside(fed, second.filter, waiting)
            yield _through(behind, ready)
        waiting = _through(between, filtered)
    if waiting is not None:
        yield _through(behind, second.filter.process(waiting))


def _through(processors: Sequence[Processor], block: Block) -> Block:
    for processor in processors:
        block = processor.process(block)
    return block
