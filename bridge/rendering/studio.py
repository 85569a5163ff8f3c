"""Where takes are made: a finished file as it came out, measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.audio import Block, Subtype, WavWriter
from bridge.gathering import Levels, Signal, Tap, cut
from bridge.processing import gain_of
from bridge.rendering.context import Context, StepResult

_SEED = "finish/main"
"""Dithers every version alike: one that mutes nothing is the main master, bit for bit."""


@dataclass(frozen=True)
class Held:
    """The drive and the trim of a master, for its versions and for a part of it."""

    drive_db: float
    trim_db: float = 0.0


@dataclass(frozen=True)
class Take:
    """One file: what it measures, the drive before it, the limiter's work, the trim after it."""

    path: Path
    pcm_sha256: str
    clipped: int
    measures: dict[str, Any]
    levels: Levels
    drive_db: float = 0.0
    trim_db: float = 0.0
    lowest_gain_db: float | None = None
    gain_curve_db: tuple[float, ...] = ()
    steps: tuple[StepResult, ...] = ()

    def over_db(self, ceiling_dbtp: float) -> float:
        """How far its true peak is over the ceiling; negative below it.

        Where integers clipped, the samples themselves tell more than the file.
        """
        peak, sample = self.measures["true_peak_dbtp"], self.levels.as_json()["peak_dbfs"]
        if peak is None:
            return -200.0
        found = float(peak) if not self.clipped or sample is None else max(float(peak), sample)
        return found - ceiling_dbtp

    def miss_lu(self, wanted_lufs: float | None) -> float:
        """How much louder it should be; 0 when nothing is wanted or there is nothing to hear."""
        found = self.measures["integrated_lufs"]
        return 0.0 if wanted_lufs is None or found is None else wanted_lufs - float(found)


@dataclass(frozen=True)
class Studio:
    """Where takes are made: the render, the version, the file's length, format and folder."""

    context: Context
    version: str
    frames: int
    subtype: Subtype
    keys: Mapping[str, Signal]
    folder: Path = Path()

    @property
    def start(self) -> int:
        """The frame of the bus that becomes the file's first."""
        return self.context.plan.unheard_frames

    def heard(self, signal: Signal) -> Iterator[Block]:
        """The part of a bus that becomes the file."""
        return cut(signal.blocks(), self.frames, self.start)

    @property
    def rate_hz(self) -> int:
        """The master's sample rate."""
        return self.context.plan.engine.sample_rate_hz

    def take(self, blocks: Iterable[Block], trim_db: float = 0.0) -> Take:
        """Write `blocks`, trimmed, and measure the file."""
        from bridge.metering import measure  # loads scipy, which a stored render never needs

        tap = Tap(scaled(blocks, trim_db), self.context.cancel)
        path = self.folder / "take.wav"
        with WavWriter(path, self.rate_hz, 2, self.subtype, _SEED, overwrite=True) as writer:
            for block in tap:
                writer.write(block)
        written = writer.result
        measures = measure(path).as_json()
        del measures["path"]
        return Take(
            path, written.pcm_sha256, written.clipped, measures, tap.levels, trim_db=trim_db
        )


def scaled(blocks: Iterable[Block], gain_db: float) -> Iterator[Block]:
    """Yield a stream with a static gain; 0 dB changes no bit."""
    gain = gain_of(gain_db)
    for block in blocks:
        yield block if gain == 1.0 else gain * block
