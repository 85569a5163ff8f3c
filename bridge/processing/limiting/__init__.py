"""The true-peak limiter: gain curve, refinement, analysis, drive, and the finish."""

from bridge.processing.limiting.analysis import Analyser, Analysis
from bridge.processing.limiting.drive import DRIVE_RANGE_DB, Solution, solve_drive
from bridge.processing.limiting.engine import MARGIN_DB
from bridge.processing.limiting.finish_limiter import FinishLimiter

__all__ = [
    "DRIVE_RANGE_DB",
    "MARGIN_DB",
    "Analyser",
    "Analysis",
    "FinishLimiter",
    "Solution",
    "solve_drive",
]
