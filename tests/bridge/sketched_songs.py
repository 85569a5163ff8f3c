"""What the stem check tells of stems beside each other, heard for no more than that takes."""

from __future__ import annotations

from pathlib import Path

from bridge.checking import Finding
from bridge.checking.between.every import BETWEEN_CHECKS
from bridge.checking.between.port import Song
from bridge.checking.between.tempo import tempo_bpm
from bridge.checking.findings import finding_between
from bridge.checking.hearing import sketched
from bridge.checking.song_audio import audio_files, audio_of, tracks_to_check
from sessions import read


def between(folder: Path) -> list[Finding]:
    """The findings of every check between stems, in its order."""
    session = read([folder])
    with audio_files() as files:
        stems = [sketched(audio_of(track, files)) for track in tracks_to_check(session)]
        song = Song(tuple(stems), tempo_bpm(session))
        found = [shared for check in BETWEEN_CHECKS for shared in check().find(song)]
    return list(map(finding_between, found))
