"""Built-in processors: streaming, at zero latency, the same bits however the stream is cut."""

from bridge.processing.decibels import gain_of
from bridge.processing.keying import Keyed, run_keyed
from bridge.processing.mixing import Mixed
from bridge.processing.port import KeyedProcessor, Processor, ReducesGain
from bridge.processing.registry import KEYED, SUPPORTED, VERSIONS, build, build_keyed, run
from bridge.processing.sides import OneSide, Sided, join, split

__all__ = [
    "KEYED",
    "SUPPORTED",
    "VERSIONS",
    "Keyed",
    "KeyedProcessor",
    "Mixed",
    "OneSide",
    "Processor",
    "ReducesGain",
    "Sided",
    "build",
    "build_keyed",
    "gain_of",
    "join",
    "run",
    "run_keyed",
    "split",
]
