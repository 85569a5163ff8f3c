"""How exactly a new stem is told from the old one: shifted, louder, with one word changed.

Every stem of the test material is replaced by itself, 137 samples late, 0.4 dB louder, with its
loudest 0.4 s said backwards. The true range is where that is heard, by what `replace` says of
itself: from 30 dB under what sounds there, and from -84 dBFS.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from benchmarks.figures import Figures, progress

SONGS = ("caesium", "potassium", "crunkdemo-lmms")
LATE_FRAMES, LOUDER_DB, WORD_S = 137, 0.4, 0.4
_GOAL_S = 0.05
_UNHEARD_POWER, _HIDDEN = 10**-8.4, 1e-3
_MIXES = ("mix", "reference")


@dataclass(frozen=True)
class Told:
    """What was told of one stem, against what was done to it."""

    offset_error_frames: float
    gain_error_db: float
    ranges: int
    start_error_s: float
    end_error_s: float

    @property
    def range_error_s(self) -> float:
        """The larger error of the two ends."""
        return max(abs(self.start_error_s), abs(self.end_error_s))


def replacements(figures: Figures, stems: Path) -> None:
    """Replace each stem below `stems` and print the errors."""
    figures.title(
        f"replaced by itself, {LATE_FRAMES} samples late, {LOUDER_DB:+g} dB, a word changed"
    )
    found: list[Told] = []
    for name in SONGS:
        paths = [each for each in sorted((stems / name).glob("*.flac")) if not _is_mix(each)]
        if not paths:
            figures.left_out(name, f"there is no stems/{name} in STEMWRIGHT_TEST_DATA")
        for path in paths:
            progress(f"{name}/{path.name}")
            told = replaced(path)
            found.append(told)
            figures.columns(f"{name}/{path.stem}", [_words(told)])
    if found:
        good = sum(each.range_error_s <= _GOAL_S for each in found)
        figures.figure("stems whose range is told to 50 ms", good, f"of {len(found)}", "all")
        figures.figure(
            "largest error of a range", 1000 * max(e.range_error_s for e in found), "ms", "<= 50"
        )


def replaced(path: Path) -> Told:
    """Replace a stem by itself, changed."""
    from bridge.audio import probe
    from bridge.jobs.replacing.differences import stem_difference
    from bridge.jobs.replacing.sounds import StemSound

    samples, rate_hz = soundfile.read(path, always_2d=True)
    word = _loudest(samples, rate_hz)
    changed = samples.copy()
    changed[word] = samples[word][::-1]
    late = np.concatenate([np.zeros((LATE_FRAMES, samples.shape[1])), changed])
    with tempfile.TemporaryDirectory() as name:
        new = Path(name) / "new.wav"
        soundfile.write(new, late * 10 ** (LOUDER_DB / 20), rate_hz, "FLOAT")
        found = stem_difference(*(StemSound((each,), (probe(each),)) for each in (path, new)))
    start_s, end_s = _heard_s(samples, changed, word, rate_hz)
    spans = found.spans
    return Told(
        abs((found.offset_frames or 0.0) - LATE_FRAMES),
        abs((found.gain_db or 0.0) - LOUDER_DB),
        len(spans),
        spans[0].start_s - start_s if spans else WORD_S,
        spans[-1].end_s - end_s if spans else WORD_S,
    )


def _loudest(samples: NDArray[np.float64], rate_hz: int) -> slice:
    """The loudest `WORD_S`, on a grid of tenths of it."""
    step = round(WORD_S * rate_hz / 10)
    powers = np.add.reduceat(np.square(samples).sum(1), np.arange(0, len(samples), step))
    first = int(np.argmax(np.convolve(powers, np.ones(10), "valid"))) * step
    return slice(first, first + 10 * step)


def _heard_s(
    old: NDArray[np.float64], changed: NDArray[np.float64], word: slice, rate_hz: int
) -> tuple[float, float]:
    """Where a difference is heard for the first and the last time, to the millisecond."""
    edges = np.arange(word.start, word.stop, rate_hz // 1000)

    def powers(of: NDArray[np.float64]) -> NDArray[np.float64]:
        per_frame = np.square(of[word]).mean(1)
        return np.add.reduceat(per_frame, edges - word.start) / (rate_hz // 1000)

    apart, sounds = powers(changed - old), np.maximum(powers(old), powers(changed))
    heard = np.flatnonzero((apart > _UNHEARD_POWER) & (apart > _HIDDEN * sounds))
    first, last = int(heard[0]), int(heard[-1]) + 1
    return edges[first] / rate_hz, (word.start + last * (rate_hz // 1000)) / rate_hz


def _is_mix(path: Path) -> bool:
    return any(word in path.stem for word in _MIXES)


def _words(told: Told) -> str:
    return (
        f"offset {told.offset_error_frames:.3f} samples off, gain {told.gain_error_db:.4f} dB off, "
        f"{told.ranges} range, its ends {1000 * told.start_error_s:+.0f} and "
        f"{1000 * told.end_error_s:+.0f} ms off"
    )
