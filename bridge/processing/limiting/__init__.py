"""The true-peak limiter: gain curve, refinement, analysis, prediction and drive, and the finish."""

from bridge.processing.limiting.analysis import Analyser, Analysis
from bridge.processing.limiting.drive import Solution, solve_drive
from bridge.processing.limiting.engine import MARGIN_DB
from bridge.processing.limiting.finish_limiter import FinishLimiter
from bridge.processing.limiting.pilot import foreseen_bias_lu
from bridge.processing.limiting.prediction import DRIVE_RANGE_DB, Prediction

__all__ = [
    "DRIVE_RANGE_DB",
    "MARGIN_DB",
    "Analyser",
    "Analysis",
    "FinishLimiter",
    "Prediction",
    "Solution",
    "foreseen_bias_lu",
    "solve_drive",
]
