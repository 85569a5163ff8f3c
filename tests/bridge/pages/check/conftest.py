"""A song of short stems, and reports on it as a check would make them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.checking import (
    CheckReport,
    Finding,
    MixFit,
    SongAudio,
    StemAudio,
    StemFindings,
    StemInMix,
)
from bridge.checking.stem_audio import stem_audio
from bridge.pages.beside import Beside
from bridge.pages.check.page import check_page

RATE_HZ = 48000


@dataclass
class Song:
    """Stems in a folder, and what is told of them."""

    folder: Path
    stems: dict[str, StemAudio] = field(default_factory=dict)
    told: dict[str, list[Finding]] = field(default_factory=dict)
    between: list[Finding] = field(default_factory=list)
    mix: StemAudio | None = None
    fit: MixFit | None = None

    def write(
        self, name: str, samples: np.ndarray, rate_hz: int = RATE_HZ, position: int = 0
    ) -> StemAudio:
        """Add a stem of (channels, frames)."""
        path = self.folder / f"{len(self.stems)}.wav"
        soundfile.write(path, samples.T, rate_hz, "FLOAT")
        self.stems[name] = stem_audio(name, name, "other", (path,), position)
        self.told.setdefault(name, [])
        return self.stems[name]

    def tell(self, code: str, stem: str, start_s: float, end_s: float, value: float = 1.0) -> str:
        """Add a finding of a stem, and return its id."""
        found = finding(code, (stem,), start_s, end_s, value, number=len(self.told[stem]))
        self.told[stem].append(found)
        return found.id

    @property
    def report(self) -> CheckReport:
        stems = tuple(StemFindings(name, tuple(found)) for name, found in self.told.items())
        return CheckReport(stems, tuple(self.between), self.fit)

    def page(self, title: str = "Night Drive", beside: Beside | None = None) -> str:
        return check_page(self.report, SongAudio(self.stems, self.mix), title, lambda: beside)


def finding(
    code: str,
    stems: Sequence[str],
    start_s: float,
    end_s: float,
    value: float,
    severity: Any = "major",
    accepted: str | None = None,
    number: int = 0,
) -> Finding:
    """A finding with an id that its code and number make."""
    words = f"it is {code} number {number}"
    return Finding(
        f"{code}-{number:06x}", code, severity, tuple(stems), start_s, end_s, value, words,
        accepted=accepted,
    )  # fmt: skip


def noise(seconds: float, channels: int = 2, rate_hz: int = RATE_HZ, seed: int = 1) -> np.ndarray:
    """Seeded noise, (channels, frames), that swells and fades."""
    frames = round(seconds * rate_hz)
    dice = np.random.default_rng(seed)
    return 0.2 * dice.standard_normal((channels, frames)) * np.hanning(frames + 2)[1:-1]


def fit_of(song: Song, findings: Sequence[Finding]) -> MixFit:
    """All stems at -6 dB in their places, with these findings."""
    stems = tuple(StemInMix(name, -6.0, 0, 1) for name in song.stems)
    return MixFit(12.5, stems, tuple(findings), "sums_with_changes", "they explain most of it")


@pytest.fixture
def song(tmp_path: Path) -> Song:
    return Song(tmp_path)


@pytest.fixture
def told() -> Callable[..., Finding]:
    """A finding that is no stem's own."""
    return finding
