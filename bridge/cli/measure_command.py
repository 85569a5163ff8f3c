"""`stemwright measure`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bridge.cli.options import Json
from bridge.cli.printing import print_json, say
from bridge.errors import InputError, Problem

_ROWS = (
    ("integrated", "integrated_lufs", "LUFS"),
    ("loudness range", "loudness_range_lu", "LU"),
    ("max momentary", "momentary_max_lufs", "LUFS"),
    ("max short-term", "short_term_max_lufs", "LUFS"),
    ("true peak", "true_peak_dbtp", "dBTP"),
    ("sample peak", "sample_peak_dbfs", "dBFS"),
    ("PLR", "plr_db", "dB"),
    ("PSR, lowest", "psr_min_db", "dB"),
    ("crest", "crest_db", "dB"),
    ("correlation", "correlation", ""),
)


def measure(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Audio files.")],
    json: Json = False,
) -> None:
    """Measure loudness (ITU-R BS.1770, EBU R 128), true peak and more.

    Example: stemwright measure master/main.wav
    """
    from bridge.metering import measure as measure_file

    measured: list[dict[str, object]] = []
    problems: list[Problem] = []
    for path in files:
        try:
            found = measure_file(path).as_json()
        except InputError as error:
            problems += error.problems
            continue
        measured.append(found)
        if not json:
            say(*_lines(found))
    if problems:
        raise InputError(problems)
    if json:
        print_json({"files": measured})


def _lines(found: dict[str, object]) -> list[str]:
    rate, frames = found["sample_rate_hz"], found["frames"]
    seconds = f"{frames / rate:.2f} s" if isinstance(frames, int) and isinstance(rate, int) else ""
    lines = [f"{found['path']}  ({rate} Hz, {found['channels']} ch, {seconds})"]
    for name, key, unit in _ROWS:
        value = found[key]
        text = f"{value:8.2f} {unit}" if isinstance(value, float) else "       - "
        lines.append(f"  {name:<15}{text.rstrip()}")
    return lines
