"""What bypassing an insert is found to do, and the files that let it be heard."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILES = ("with.wav", "without.wav", "difference.wav")
PAGE = "listen.html"


@dataclass(frozen=True)
class Bypassed:
    """What bypassing an insert does.

    `gain_db` was put on the signal without the insert so that both have one integrated loudness, 0
    where there is none to measure; `pad_db` was taken off all three files so that none clips.
    Difference levels are before the pad; None is silence. `master_gain_db` was put on the master
    without the insert in the same way, None where the page has no such master.
    """

    step: str
    folder: Path
    with_lufs: float | None
    without_lufs: float | None
    gain_db: float
    pad_db: float
    difference_peak_dbfs: float | None
    difference_rms_dbfs: float | None
    master_gain_db: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The object `report --bypass --json` prints."""
        return {
            **vars(self),
            "folder": str(self.folder),
            "files": [f"{self.folder.name}/{name}" for name in FILES],
            "page": f"{self.folder.name}/{PAGE}",
        }
