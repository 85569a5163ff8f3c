"""Our check beside the detectors of others, on the same stems with the same defects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from benchmarks.apart import LeftOutError
from benchmarks.defects import ours, peers, peers_ffmpeg
from benchmarks.defects.clean import Part
from benchmarks.defects.judging import Tally
from benchmarks.defects.running import Ear, Results, StemRun

OURS = "ours"
_NOT_HERE = {"essentia": "its package cannot be had here"}
_EARS: Mapping[str, tuple[Ear, frozenset[str]]] = {
    OURS: (ours.of_stem, peers.CODES | peers_ffmpeg.CODES),
    "libsonare": (peers.of_stem, peers.CODES),
    "ffmpeg": (peers_ffmpeg.of_stem, peers_ffmpeg.CODES),
}


def ran(
    part: Part, only: Collection[str], folder: Path, share: float
) -> tuple[dict[str, Results], dict[str, str]]:
    """What each found of what it has detectors for, and why some are left out."""
    found, left_out = {}, dict(_NOT_HERE)
    for name, (ear, codes) in _EARS.items():
        wanted = sorted(codes & set(only)) if only else sorted(codes)
        results = Results(part)
        try:
            StemRun(part, wanted, folder, share, ear, codes).run(results)
            found[name] = results
        except LeftOutError as why:
            left_out[name] = str(why)
    return found, left_out


def table(found: Mapping[str, Results], left_out: Mapping[str, str]) -> str:
    """Precision and recall by level, a column for each; and false alarms on clean stems."""
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for name, results in found.items():
        for tally in results.tallies:
            if tally.stems:
                cells.setdefault((tally.code, tally.level), {})[name] = _cell(results, tally)
    codes = sorted({code for code, _ in cells})
    lines = [
        f"| code | level | {' | '.join(found)} |",
        f"|---|---|{'---|' * len(found)}",
        *(_row(code, level, cells[code, level], found) for code, level in cells),
        *(_alarms(code, found) for code in codes),
        "",
        'Precision / recall; "-" where it has no detector, or told of nothing. '
        "False alarms are those on clean stems, a minute.",
        *(f"\nLeft out: {name}: {why}." for name, why in left_out.items()),
    ]
    return "\n".join(lines)


def _cell(results: Results, tally: Tally) -> str:
    precision = tally.precision(results.alarms.count(tally.code), results.alarms.stems)
    return f"{precision:.2f} / {tally.recall:.2f}".replace("nan", "-")


def _row(code: str, level: str, cells: Mapping[str, str], names: Collection[str]) -> str:
    return f"| {code} | {level} | {' | '.join(cells.get(name, '-') for name in names)} |"


def _alarms(code: str, found: Mapping[str, Results]) -> str:
    cells = [
        f"{each.alarms.count(code) / each.alarms.minutes:.2f}" if code in _EARS[name][1] else "-"
        for name, each in found.items()
    ]
    return f"| {code} | false alarms a minute | {' | '.join(cells)} |"
