"""Built-in processors: streaming, at zero latency, the same bits however the stream is cut."""

from bridge.processing.gain_series import gain_of
from bridge.processing.port import KeyedProcessor, Processor, ReducesGain
from bridge.processing.registry import KEYED, SUPPORTED, VERSIONS, build, build_keyed, run
from bridge.processing.wrappers import Keyed, Mixed, OneSide, Sided, join, run_keyed, split

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
