"""Small sessions of REAPER, as its files say them, over two files of noise, and what they print."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from bridge.bouncing import dialect_of, planned
from bridge.bouncing.bounce import Bounce, StemKind
from bridge.bouncing.stretches import Ready, stretches
from sessions import read

RATE_HZ, FRAMES = 8_000, 1_600
"""Files of a fifth of a second."""

Sound = npt.NDArray[np.float64]


def noises(folder: Path) -> tuple[Sound, Sound]:
    """Write a.wav and b.wav, stereo, and give back what is in them: (2, FRAMES) each."""
    found = np.random.default_rng(14).uniform(-0.4, 0.4, (2, 2, FRAMES))
    for name, samples in zip("ab", found, strict=True):
        soundfile.write(folder / f"{name}.wav", samples.T, RATE_HZ, "DOUBLE")
    return found[0], found[1]


def item(lines: str = "", source: str = "", file: str = "a.wav", length_s: float = 0.2) -> str:
    """An item at the song's start; `lines` go before its source."""
    source = source or f"<SOURCE WAVE\nFILE {file}\n>"
    return f"<ITEM\nPOSITION 0\nLENGTH {length_s}\n{lines}\n{source}\n>\n"


def track(name: str, inside: str = "", lines: str = "") -> str:
    """A track in the middle, at 0 dB."""
    usual = "" if "VOLPAN" in lines else "VOLPAN 1 0 -1 -1 1\n"
    return f"<TRACK\nNAME {name}\n{usual}{lines}\n{inside}>\n"


def project(folder: Path, *tracks: str, lines: str = "") -> Path:
    """A project of 8 kHz with pan laws of 0 dB."""
    path = folder / "song.rpp"
    head = f"PANLAW 1\nPANMODE 3\nSAMPLERATE {RATE_HZ} 1 0\n{lines}"
    path.write_text(f'<REAPER_PROJECT 0.1 "6.80/x64" 1600000000\n{head}\n{"".join(tracks)}>\n')
    return path


def plan_of(path: Path, kind: StemKind = "tracks") -> Bounce:
    """What a bounce of a session's file does."""
    session = read([path])
    return planned(session, dialect_of(session), kind)


def printed(path: Path, kind: StemKind = "tracks") -> dict[str, Sound]:
    """(2, n) of each stem, by the names of the tracks."""
    bounce = plan_of(path, kind)
    pieces: dict[str, list[Sound]] = {}
    for blocks in stretches(Ready(bounce), path.parent, None, 700):
        for each, block in blocks.items():
            pieces.setdefault(bounce.network.tracks[each].name, []).append(block)
    return {each: np.concatenate(found, axis=1) for each, found in pieces.items()}
