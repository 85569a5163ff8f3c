"""The true-peak limiter: gain curve, refinement, analysis, drive, and the finish."""

from bridge.processing.limiting.drive import (
    DRIVE_RANGE_DB,
    Analyser,
    Analysis,
    FinishLimiter,
    Solution,
    solve_drive,
)
from bridge.processing.limiting.engine import MARGIN_DB

__all__ = [
    "DRIVE_RANGE_DB",
    "MARGIN_DB",
    "Analyser",
    "Analysis",
    "FinishLimiter",
    "Solution",
    "solve_drive",
]
