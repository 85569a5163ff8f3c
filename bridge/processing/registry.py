"""Settings to processors, and processors in a row over a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from bridge.audio import Block
from bridge.processing.port import KeyedProcessor, Processor
from chains import (
    Compressor,
    Deesser,
    DynamicEq,
    Eq,
    Gain,
    Gate,
    InsertSettings,
    Limiter,
    Multiband,
    Reverb,
    Saturation,
    Width,
)

VERSIONS: Mapping[str, int] = MappingProxyType(
    {
        "gain": 2,
        "eq": 1,
        "compressor": 2,
        "limiter": 2,
        "dynamic_eq": 2,
        "multiband": 2,
        "deesser": 2,
        "saturation": 2,
        "reverb": 1,
        "width": 1,
        "gate": 2,
    }
)
"""Version of each built-in's sound, part of store keys: it rises when a bit of output changes."""

SUPPORTED: frozenset[str] = frozenset(VERSIONS)
"""The `use` words that have a processor here."""

KEYED: frozenset[str] = frozenset({"compressor", "dynamic_eq", "multiband", "deesser", "gate"})
"""Those of them whose detector can hear a key."""


def build(settings: InsertSettings, sample_rate_hz: int) -> Processor:
    """Return a new processor at zero latency.

    Its module is imported here, so that a plan can ask for versions without loading scipy.
    Raises InputError when the settings do not fit the rate (band_above_nyquist), ValueError for
    what is not in SUPPORTED: planning refuses that before.
    """
    match settings:
        case Gain():
            from bridge.processing.processors.gain import GainProcessor

            return GainProcessor(settings)
        case Eq():
            from bridge.processing.processors.eq import EqProcessor

            return EqProcessor(settings, sample_rate_hz)
        case Limiter():
            from bridge.processing.processors.limiter import LimiterProcessor

            return LimiterProcessor(settings, sample_rate_hz)
        case Saturation():
            from bridge.processing.processors.saturation import SaturationProcessor

            return SaturationProcessor(settings)
        case Reverb():
            from bridge.processing.processors.reverb import ReverbProcessor

            return ReverbProcessor(settings, sample_rate_hz)
        case Width():
            from bridge.processing.processors.width import WidthProcessor

            return WidthProcessor(settings, sample_rate_hz)
        case _:
            return build_keyed(settings, sample_rate_hz)


def build_keyed(settings: InsertSettings, sample_rate_hz: int) -> KeyedProcessor:
    """Return a new processor whose detector can hear a key; without one it hears its input.

    Raises InputError as `build` does, ValueError for what is not in KEYED.
    """
    match settings:
        case Compressor():
            from bridge.processing.processors.compressor import CompressorProcessor

            return CompressorProcessor(settings, sample_rate_hz)
        case DynamicEq():
            from bridge.processing.processors.dynamic_eq import DynamicEqProcessor

            return DynamicEqProcessor(settings, sample_rate_hz)
        case Multiband():
            from bridge.processing.processors.multiband import MultibandProcessor

            return MultibandProcessor(settings, sample_rate_hz)
        case Deesser():
            from bridge.processing.processors.deesser import DeesserProcessor

            return DeesserProcessor(settings, sample_rate_hz)
        case Gate():
            from bridge.processing.processors.gate import GateProcessor

            return GateProcessor(settings, sample_rate_hz)
        case _:
            raise ValueError(f"no processor for {settings.use}")


def run(processors: Sequence[Processor], blocks: Iterable[Block]) -> Iterator[Block]:
    """Yield a stream through `processors` in order: as many frames out as in, no empty blocks."""
    for block in blocks:
        ready = _through(processors, block)
        if ready.shape[1]:
            yield ready
    for number, processor in enumerate(processors):
        rest = _through(processors[number + 1 :], processor.finish())
        if rest.shape[1]:
            yield np.ascontiguousarray(rest)


def _through(processors: Sequence[Processor], block: Block) -> Block:
    for processor in processors:
        block = processor.process(block)
    return block
