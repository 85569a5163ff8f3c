"""A long session without plugins, its bounce, and the reading of its media, each as work apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from benchmarks.usage import Clock, Told

CLIPS = 40
"""Of each track."""
_RATE_HZ, _FILES = 48_000, 6
_READ_FRAMES = 1 << 16
_FADE_S = 0.01


def write(folder: Path, tracks: int, seconds: int) -> Path:
    """A REAPER project of clips end to end, each from elsewhere in its file, with short fades."""
    noise = np.random.default_rng(1).uniform(-0.3, 0.3, (_RATE_HZ, 2))
    for at in range(_FILES):
        with soundfile.SoundFile(folder / f"{at}.wav", "w", _RATE_HZ, 2, subtype="PCM_24") as file:
            for _ in range(seconds):
                noise = np.roll(noise, 997, axis=0)
                file.write(noise)
    length = seconds / CLIPS
    lines = [f'<REAPER_PROJECT 0.1 "6.80" 0\n  SAMPLERATE {_RATE_HZ} 1 0']
    for track in range(tracks):
        lines.append(f"  <TRACK\n    NAME t{track}\n    VOLPAN {0.5 + track / 200:.3f} 0 -1 -1 1")
        for clip in range(CLIPS):
            offset = (clip * 7 + track) % CLIPS * length
            lines.append(
                f"    <ITEM\n      POSITION {clip * length:.9f}\n      LENGTH {length:.9f}\n"
                f"      FADEIN 1 {_FADE_S} 0\n      FADEOUT 1 {_FADE_S} 0\n"
                f"      SOFFS {offset:.9f}\n      <SOURCE WAVE\n"
                f'        FILE "{track % _FILES}.wav"\n      >\n    >'
            )
        lines.append("  >")
    path = folder / "load.rpp"
    path.write_text("\n".join([*lines, ">\n"]), encoding="utf-8")
    return path


def reading(folder: str, tracks: int) -> Told:
    """Every track's file read once, as float64."""
    clock = Clock()
    for track in range(tracks):
        with soundfile.SoundFile(Path(folder) / f"{track % _FILES}.wav") as file:
            while len(file.read(_READ_FRAMES, dtype="float64")):
                pass
    return clock.told()


def bouncing(session: str, out: str) -> Told:
    """The bounce, session read and stems written."""
    from bridge.bouncing import dialect_of, planned, print_stems
    from sessions import read

    clock = Clock()
    found = read([Path(session)])
    print_stems(planned(found, dialect_of(found)), Path(out))
    return clock.told()
