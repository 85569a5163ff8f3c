"""The tempo of a song whose beats are counted: its job's, else the one that its files' names state.

None is guessed from what is played: half and double of it, or three for four, look as likely.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sessions import Session

_NUMBER = r"(?<![\d.,])(\d{2,3}(?:[.,]\d{1,3})?)"
_STATED = re.compile(rf"{_NUMBER}[ _-]?bpm(?![a-z])|(?<![a-z])bpm[ _-]?{_NUMBER}", re.IGNORECASE)
_LEAST_BPM, _MOST_BPM = 30.0, 300.0


def tempo_bpm(session: Session) -> float | None:
    """None where no one says it, or names say different ones."""
    if session.tempo:
        return session.tempo[0].bpm
    stated = {bpm for name in _names(session) for bpm in _bpms(name)}
    return stated.pop() if len(stated) == 1 else None


def _names(session: Session) -> Iterator[str]:
    """Of the files, and of the folder or zip in which they lie."""
    for track in session.tracks:
        for clip in track.clips:
            media = clip.media
            if media is None:
                continue
            yield media.path.name if media.member is None else media.member
            yield media.path.parent.name if media.member is None else media.path.name


def _bpms(name: str) -> Iterator[float]:
    for before, after in _STATED.findall(name):
        bpm = float((before or after).replace(",", "."))
        if _LEAST_BPM <= bpm <= _MOST_BPM:
            yield bpm
