"""`stemwright measure`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli.options import Json
from bridge.cli.printing import print_json, printable, say
from bridge.cli.telling import say_diagnostics
from bridge.road import doubts, measured
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.metering import Measures

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


_COLUMNS = (
    ("LUFS", "integrated_lufs"),
    ("LRA", "loudness_range_lu"),
    ("max M", "momentary_max_lufs"),
    ("max S", "short_term_max_lufs"),
    ("dBTP", "true_peak_dbtp"),
    ("dBFS", "sample_peak_dbfs"),
    ("PLR", "plr_db"),
    ("PSR", "psr_min_db"),
    ("crest", "crest_db"),
)
_WIDTH = 8


def measure(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Audio files, and folders of them.")
    ],
    json: Json = False,
) -> None:
    """Measure loudness (ITU-R BS.1770, EBU R 128), true peak and more; several files as a table.

    Example: stemwright measure master/main.wav
    """
    from bridge.metering import audio_files

    paths = audio_files(files)
    width = max(len(printable(str(path))) for path in paths)
    every: list[Measures] = []
    problems: list[Problem] = []
    if len(paths) > 1 and not json:
        heads = "".join(name.rjust(_WIDTH) for name, _ in (*_COLUMNS, ("s", "")))
        say(f"{'file':<{width}}{heads}")
    for path in paths:
        try:
            every.append(measured(path))
        except InputError as error:
            problems += error.problems
            continue
        if json:
            continue
        found = every[-1].as_json()
        say(*([_row(found, width)] if len(paths) > 1 else _lines(found)))
    told = [said for each in every for said in doubts(each)]
    if problems:
        raise InputError(problems)
    if json:
        diagnostics = [said.as_json() for said in told]
        print_json({"files": [each.as_json() for each in every], "diagnostics": diagnostics})
    else:
        say_diagnostics(said.as_json() for said in told)


def _row(found: dict[str, Any], width: int) -> str:
    values = [found[key] for _, key in _COLUMNS] + [found["frames"] / found["sample_rate_hz"]]
    figures = ("-" if value is None else f"{value:.2f}" for value in values)
    cells = (f" {each:>{_WIDTH - 1}}" for each in figures)
    return f"{printable(found['path']):<{width}}" + "".join(cells)


def _lines(found: dict[str, Any]) -> list[str]:
    rate, frames = found["sample_rate_hz"], found["frames"]
    lines = [f"{found['path']}  ({rate} Hz, {found['channels']} ch, {frames / rate:.2f} s)"]
    for name, key, unit in _ROWS:
        value = found[key]
        text = f"{value:8.2f} {unit}" if isinstance(value, float) else "       - "
        lines.append(f"  {name:<15}{text.rstrip()}")
    return lines
