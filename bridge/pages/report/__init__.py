"""The report: what went in and what came out, to hear, to see and to read, in one file."""

from bridge.pages.bypass.bypass import bypass
from bridge.pages.bypass.page import Bypassed
from bridge.pages.report.heard_signal import Heard
from bridge.pages.report.report import PAGE, ReportPages, rewrite_report, write_report
from bridge.pages.report.song import Song
from bridge.pages.report.sources import Reference, listen

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
