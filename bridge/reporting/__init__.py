"""The report: what went in and what came out, to hear, to see and to read, in one file."""

from bridge.reporting.bypass import bypass
from bridge.reporting.bypassed import Bypassed
from bridge.reporting.heard import Heard
from bridge.reporting.pages import ReportPages
from bridge.reporting.report import PAGE, rewrite_report, write_report
from bridge.reporting.song import Song
from bridge.reporting.sources import Reference, listen

__all__ = [
    "PAGE",
    "Bypassed",
    "Heard",
    "Reference",
    "ReportPages",
    "Song",
    "bypass",
    "listen",
    "rewrite_report",
    "write_report",
]
