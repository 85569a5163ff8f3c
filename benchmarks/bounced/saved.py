"""Sessions of the test material, saved by Ardour 7.3 beside its own bounces of them."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

from benchmarks.bounced.null import bounced, null
from benchmarks.bounced.page import Row

_NARROW = "float32 in Ardour's mixer"
_SAVED = {
    "A": ("clips, fades, layers", -100.0, "where reads of a long file end"),
    "B": ("mixer, sends, groups", -120.0, _NARROW),
    "C": ("lines of faders, pans, mutes", -80.0, "faders' glides, which are float32 there"),
    "D": ("VST3 plugins, hosted from the session", -100.0, _NARROW),
}
_HOSTING = frozenset({"D"})
_PLAIN = "the same, plugins' blocks of 1024 beginning with the song"
_BLOCKS = "the plugins hear their input in other pieces"


def saved(folder: Path) -> Iterator[Row]:
    """Those that are on this machine, bounced and compared; `folder` keeps what is made.

    Raises what a bounce raises.
    """
    shared = Path(os.environ.get("STEMWRIGHT_TEST_DATA", "../shared")) / "ardour"
    for name, (holds, goal_dbfs, remains) in _SAVED.items():
        session = shared / name / f"{name}.ardour"
        truth = shared / name / "export" / f"{name}_ardour73_master_float32.wav"
        if session.exists() and truth.exists():
            yield Row(name, holds, null(bounced(session, folder / name), truth), goal_dbfs, remains)
            if name in _HOSTING:
                plain = null(bounced(session, folder / f"{name} plain", plain_blocks=True), truth)
                yield Row(f"{name}, plain blocks", _PLAIN, plain, math.inf, _BLOCKS)
