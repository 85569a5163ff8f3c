"""What is over full scale is never cut: a file of integers that cannot hold it is left out."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from bridge.audio import probe
from bridge.delivering.files import Edit, edited_peak
from bridge.delivering.planning import PlannedFile
from stemwright.decibels import amplitude_db
from stemwright.problems import EXIT_NO, Problem, StemwrightError


class OverFullScaleError(StemwrightError):
    """A version is over full scale, and its recipient takes integers."""

    exit_code: ClassVar[int] = EXIT_NO


def edit_of(file: PlannedFile, master: Path) -> Edit:
    """What is done to a file's master, in its own frames."""
    header = probe(master)
    return file.edit.at(header.frames, header.sample_rate_hz, file.coding.rate_hz)


def check_full_scale(file: PlannedFile, master: Path) -> None:
    """Raise OverFullScaleError `over_full_scale` where integers cannot hold what is edited.

    Raises InputError as `probe`, `bad_edit`.
    """
    if file.coding.bits not in (16, 24):
        return
    peak = edited_peak(master, edit_of(file, master))
    if peak > 1.0:
        raise OverFullScaleError(_over(file, amplitude_db(peak)))


def _over(file: PlannedFile, peak_dbfs: float) -> Problem:
    return Problem(
        "over_full_scale",
        f"{file.path}: {file.version} peaks at {peak_dbfs:+.2f} dBFS, and {file.coding.bits} bits "
        "would cut that off",
        {"file": file.path},
        expected="0 dBFS at most",
        hint="deliver it as 32-bit float, such as with --profile archive, or turn it down or limit "
        "it in the chain",
    )
