"""Built-in processors: streaming, at zero latency, the same bits however the stream is cut."""

from bridge.processing.limiting.analysis import Analyser, Analysis
from bridge.processing.limiting.curve import linear
from bridge.processing.limiting.drive import Solution, solve_drive
from bridge.processing.limiting.finish import FinishLimiter
from bridge.processing.mixing import Mixed
from bridge.processing.port import Processor
from bridge.processing.registry import SUPPORTED, VERSIONS, build, run

__all__ = [
    "SUPPORTED",
    "VERSIONS",
    "Analyser",
    "Analysis",
    "FinishLimiter",
    "Mixed",
    "Processor",
    "Solution",
    "build",
    "linear",
    "run",
    "solve_drive",
]
