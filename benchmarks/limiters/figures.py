"""The figures of one limiter: its tones, its songs, its peaks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.limiters.judging import (
    Peaks,
    coherence_db,
    harmonics_db,
    intermodulation_db,
    loudness_lufs,
)
from benchmarks.limiters.limiting import CEILING_DB, Limited
from benchmarks.limiters.sounds import Sound, bass, two_tones
from bridge.audio import Block
from stemwright.decibels import linear
from stemwright.values import dataclass

TONE_DRIVES_DB, SONG_DRIVES_DB = (3, 6, 12), (6, 9, 12)
BASS_HZ, BASS_DRIVES_DB = 40, (6, 12)


@dataclass(frozen=True)
class OfSong:
    """One song at one drive: `louder_lu` is what the limiter takes of it, below 0."""

    song: str
    drive_db: int
    coherence_db: float
    louder_lu: float


@dataclass(frozen=True)
class Found:
    """In the order of the drives."""

    intermodulation_db: Sequence[float]
    harmonics_db: Sequence[float]
    songs: Sequence[OfSong]
    peaks: Peaks

    @staticmethod
    def of(limited: Limited, songs: Sequence[Sound]) -> Found:
        """Drive everything into a limiter. Raises LeftOutError where it is not here."""
        tones, low = two_tones(), bass(BASS_HZ)
        mixed = [
            intermodulation_db(limited(_driven(tones, drive)), tones.rate_hz)
            for drive in TONE_DRIVES_DB
        ]
        distorted = [
            harmonics_db(limited(_driven(low, drive)), low.rate_hz, BASS_HZ)
            for drive in BASS_DRIVES_DB
        ]
        peaks, judged = [], []
        for song in songs:
            for drive in SONG_DRIVES_DB:
                made = limited(_driven(song, drive))
                judged.append(_judged(song, drive, made))
                peaks.append(Peaks.of(made, song.rate_hz))
        highest = peaks[0]
        for each in peaks[1:]:
            highest = highest.or_higher(each)
        return Found(mixed, distorted, judged, highest)

    @staticmethod
    def read(path: Path) -> Found:
        """Of a file that `write` wrote."""
        told = json.loads(path.read_text(encoding="utf-8"))
        songs = [OfSong(**each) for each in told.pop("songs")]
        return Found(**{**told, "songs": songs, "peaks": Peaks(**told["peaks"])})

    def write(self, path: Path) -> None:
        """As JSON."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    def cells(self) -> list[str]:
        """The first table's columns."""
        peaks = (self.peaks.sample_dbfs, self.peaks.ours_dbtp, self.peaks.libebur128_dbtp)
        return [
            " / ".join(f"{each:.1f}" for each in self.intermodulation_db),
            " / ".join(f"{each:.1f}" for each in self.harmonics_db),
            *(f"{each:.2f}" for each in peaks),
        ]

    def of_songs(self) -> Mapping[str, str]:
        """The second table's column: coherence and loudness by song and drive."""
        return {
            f"{each.song} +{each.drive_db}": f"{each.coherence_db:.2f} ({each.louder_lu:.2f})"
            for each in self.songs
        }


def _driven(sound: Sound, drive_db: float) -> Sound:
    return Sound(sound.name, sound.samples * linear(CEILING_DB + drive_db), sound.rate_hz)


def _judged(song: Sound, drive_db: int, made: Block) -> OfSong:
    driven = _driven(song, drive_db)
    louder_lu = loudness_lufs(made, song.rate_hz) - loudness_lufs(driven.samples, song.rate_hz)
    return OfSong(song.name, drive_db, coherence_db(driven, made), louder_lu)
