"""Time `diff` of two long files beside reading both and beside a plain subtraction.

`python -m benchmarks.diff_speed [--seconds 240]`
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bridge.audio import WavWriter, read_blocks
from bridge.comparing import diff

RATE_HZ = 48000


def _write(path: Path, seconds: int, gain: float, offset_frames: int) -> None:
    """Seeded noise with beats; B is the same, later by `offset_frames`."""
    rng = np.random.default_rng(7)
    beat = 0.2 + 0.8 * np.exp(-8.0 * (np.arange(RATE_HZ) / RATE_HZ % 0.5))
    with WavWriter(path, RATE_HZ, 2, "pcm24", path.name, overwrite=True) as out:
        out.write(np.zeros((2, offset_frames)))
        for second in range(seconds):
            block = 0.05 * gain * rng.standard_normal((2, RATE_HZ)) * beat
            out.write(block[:, : RATE_HZ - offset_frames] if second == seconds - 1 else block)


def _read(a: Path, b: Path) -> None:
    for path in (a, b):
        for _ in read_blocks(path):
            continue


def _subtract(a: Path, b: Path) -> None:
    power = 0.0
    for one, other in zip(read_blocks(a), read_blocks(b), strict=True):
        left = other - one
        power += float((left * left).sum())


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _peak_mb(a: Path, b: Path) -> float:
    """Peak memory of a process that does nothing but compare."""
    code = f"from bridge.comparing import diff; diff({str(a)!r}, {str(b)!r})"
    subprocess.run([sys.executable, "-c", code], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.diff_speed", description=__doc__)
    parser.add_argument("--seconds", type=int, default=240)
    asked = parser.parse_args()
    say = sys.stdout.write
    with tempfile.TemporaryDirectory(prefix="stemwright-diff-") as name:
        folder = Path(name)
        places = {"same": (1.0, 0), "softer": (0.9, 0), "late": (0.9, 137)}
        paths = {word: folder / f"{word}.wav" for word in places}
        for word, (gain, offset) in places.items():
            _write(paths[word], asked.seconds, gain, offset)
        a, b = paths["same"], paths["softer"]
        works: dict[str, Callable[[], object]] = {
            "read both": lambda: _read(a, b),
            "plain subtraction": lambda: _subtract(a, b),
            "diff, equal files": lambda: diff(a, a),
            "diff, softer": lambda: diff(a, b),
            "diff, softer and late": lambda: diff(a, paths["late"]),
        }
        found = {word: _timed(work) for word, work in works.items()}
        say(f"2 x {asked.seconds} s stereo, 48 kHz, 24 bit\n")
        for word, (wall, cpu) in found.items():
            read, plain = (wall / found[each][0] for each in ("read both", "plain subtraction"))
            say(f"  {word:<24}{wall:7.2f} s wall {cpu:7.2f} s CPU")
            say(f"{read:7.1f} x reading {plain:7.1f} x subtraction\n")
        for seconds in (asked.seconds // 4, asked.seconds):
            short = (folder / "short.wav", folder / "other.wav")
            for path, gain in zip(short, (1.0, 0.9), strict=True):
                _write(path, seconds, gain, 0)
            say(f"  peak memory, {seconds:>5} s {_peak_mb(*short):8.0f} MB\n")


if __name__ == "__main__":
    main()
