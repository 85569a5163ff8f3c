"""What a check of a long song takes: CPU, wall, memory, beside reading the same files."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.apart import Apart, apart
from benchmarks.figures import progress
from benchmarks.song import NAMES, write_stems
from benchmarks.usage import Clock, Told

STEMS = (*NAMES, "choir", "strings")
GOAL_WALL_S, GOAL_BYTES = 60.0, 500e6
_JOBS = 2


def read(paths: Sequence[str]) -> Told:
    """Every block of every file, and nothing with it."""
    from bridge.audio import read_blocks

    clock = Clock()
    frames = sum(block.shape[1] for path in paths for block in read_blocks(Path(path)))
    return clock.told(frames=frames)


def inspected(paths: Sequence[str], quick: bool) -> Told:
    """What a render looks at in a stem before it plans, with or without what is quickly found."""
    from bridge.audio.block_levels import block_levels
    from bridge.audio.decode import read_blocks
    from bridge.audio.facts.ends import EndsMeter

    clock = Clock()
    for path in paths:
        meter = EndsMeter(2, 48000)
        for block in read_blocks(Path(path)):
            level = block_levels(block)
            if quick:
                meter.add(block, level)
        meter.result()
    return clock.told()


def checked(paths: Sequence[str], store: str) -> Told:
    """The whole check in two workers; what is found is told by its code."""
    from bridge.road import ToCheck, checked_stems

    clock = Clock()
    given = ToCheck([Path(path) for path in paths], jobs=_JOBS, store=Path(store))
    report = checked_stems(given)
    return clock.told(found=sorted({each.code for each in report.findings()}))


def ran(seconds: int) -> list[tuple[str, str, str]]:
    """The rows of the table: figure, found, goal. Ten stereo stems of `seconds`."""
    with tempfile.TemporaryDirectory(prefix="stemwright-load-") as name:
        folder = Path(name)
        progress(f"{len(STEMS)} stems of {seconds} s")
        paths = [str(path) for path in write_stems(folder / "stems", seconds, names=STEMS)]
        store = str(folder / "store")
        progress("reading them")
        plain = apart(read, paths)
        progress("what a render looks at")
        without, looked = apart(inspected, paths, False), apart(inspected, paths, True)
        progress("checking them")
        first, again = apart(checked, paths, store, sampled=True), apart(checked, paths, store)
        return _rows(seconds, plain, looked.work.cpu_s - without.work.cpu_s, first, again)


def _rows(
    seconds: int, plain: Apart, quick_s: float, first: Apart, again: Apart
) -> list[tuple[str, str, str]]:
    audio_s = len(STEMS) * seconds
    wall_s, cpu_s = first.work.wall_s, first.work.cpu_s
    return [
        ("reading them, CPU", f"{plain.work.cpu_s:.2f} s", ""),
        ("the check, CPU", f"{cpu_s:.1f} s", ""),
        ("the check over reading them, CPU", f"{cpu_s / plain.work.cpu_s:.1f} x", ""),
        ("a stereo stem of 4 min, CPU", f"{240 * cpu_s / audio_s:.2f} s", ""),
        ("the check, CPU over two cores", f"{cpu_s / _JOBS:.1f} s", f"<= {GOAL_WALL_S:.0f} s"),
        ("the check, wall, 2 jobs", f"{wall_s:.1f} s", f"<= {GOAL_WALL_S:.0f} s"),
        ("peak memory of all processes", _in_mb(first.peak_bytes), f"<= {_in_mb(GOAL_BYTES)}"),
        ("the same song again, CPU", f"{again.work.cpu_s:.2f} s", ""),
        ("the quick part, on top of an inspection, CPU", f"{quick_s:.2f} s", ""),
    ]


def _in_mb(size_bytes: float) -> str:
    return f"{size_bytes / 1e6:.0f} MB"


def table(rows: Sequence[tuple[str, str, str]], seconds: int) -> str:
    """As a section of the docs."""
    head = f"{len(STEMS)} stereo stems of {seconds} s at 48 kHz and 24 bit"
    lines = [
        f"{head}; CPU is that of all processes. Wall is of a machine that was at other work too.",
        "",
        "| figure | found | goal |",
        "|---|---|---|",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    return "\n".join(lines)
