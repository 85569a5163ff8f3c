"""What a long session costs: 60 tracks, 40 clips each, no plugins, beside reading its media once.

`python -m benchmarks.bounced.load [--tracks 60] [--seconds 300] [--runs 3]`. Some files are shared
by tracks, so that the disk holds it; reading counts every track's own reading. The stems, one a
track, are written too, and are not part of what reading is compared with.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from benchmarks.apart import apart
from benchmarks.bounced.long_session import CLIPS, bouncing, reading, write
from benchmarks.figures import Figures, progress
from benchmarks.usage import Rounds

_CPU_GOAL, _MEMORY_GOAL_MB = 3.0, 500.0


def main() -> None:
    """Write the session, bounce it, read its media, and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.bounced.load", description=__doc__)
    parser.add_argument("--tracks", type=int, default=60)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    figures, rounds = Figures(), Rounds()
    figures.title(f"{asked.tracks} tracks x {asked.seconds} s, {CLIPS} clips each, no plugins")
    with tempfile.TemporaryDirectory(prefix="stemwright-load-") as name:
        folder = Path(name)
        session = write(folder, asked.tracks, asked.seconds)
        for number in range(asked.runs):
            progress(f"load: round {number + 1}")
            rounds.note("reading", apart(reading, folder, asked.tracks).work)
            rounds.note("bounce", apart(bouncing, session, folder / "stems").work)
        progress("load: memory")
        peak = apart(bouncing, session, folder / "stems", sampled=True).peak_bytes
    figures.rounds("reading the media once", rounds, "reading")
    figures.rounds("bounce to float32 stems", rounds, "bounce")
    figures.figure(
        "CPU by reading once", rounds.ratio("bounce", "reading"), "x", f"<= {_CPU_GOAL:.0f} x"
    )
    figures.figure("memory at its most", peak / 1e6, "MB", f"<= {_MEMORY_GOAL_MB:.0f} MB")


if __name__ == "__main__":
    main()
