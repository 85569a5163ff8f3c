"""How a bus becomes a take: as it is, driven into our limiter, or driven into other inserts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.audio import Subtype
from bridge.gathering import Levels, Signal, Tap, cut
from bridge.planning import Finish, sum_digest
from bridge.rendering.context import Context, StepResult
from bridge.rendering.steps import run_steps
from chains import Limiter
from stemwright.decibels import amplitude_db
from stemwright.values import dataclass

if TYPE_CHECKING:  # numpy comes with what makes a take: one that is stored needs none
    from bridge.audio import Block
    from bridge.processing import Analysis, FinishLimiter, Prediction

_BLOCK_FRAMES = 65536
"""Here a block goes through so many calls that their number costs more than a cache too small."""

_LONG_FRAMES = 1 << 21
"""The measuring of shorter takes is not worth a worker's."""

_SEED = "finish/main"
"""Dithers every version alike: one that mutes nothing is the main master, bit for bit."""


@dataclass(frozen=True)
class HeldDrive:
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
    subtype: Subtype
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
class TakeWriter:
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
        from bridge.audio import reblocked

        return reblocked(cut(signal.blocks(), self.frames, self.start), _BLOCK_FRAMES)

    def checked(self, signal: Signal) -> Iterator[Block]:
        """The same, ended where the user ends the render."""
        for block in self.heard(signal):
            self.context.cancel.check()
            yield block

    @property
    def rate_hz(self) -> int:
        """The master's sample rate."""
        return self.context.plan.engine.sample_rate_hz

    def take(self, blocks: Iterable[Block], trim_db: float = 0.0) -> Take:
        """Write `blocks`, trimmed, and measure the file on the way."""
        from bridge.metering import WavToWrite, write_measured

        tap = Tap(scaled(blocks, trim_db), self.context.cancel)
        wav = WavToWrite(self.folder / "take.wav", self.rate_hz, 2, self.subtype, _SEED)
        made = write_measured(wav, tap, apart=self.frames >= _LONG_FRAMES)
        measures = made.measures.as_json()
        del measures["path"]
        return Take(
            wav.path,
            made.written.pcm_sha256,
            made.written.clipped,
            measures,
            tap.levels,
            self.subtype,
            trim_db=trim_db,
        )


def scaled(blocks: Iterable[Block], gain_db: float) -> Iterator[Block]:
    """Yield a stream with a static gain; 0 dB changes no bit."""
    from bridge.processing import gain_of

    gain = gain_of(gain_db)
    for block in blocks:
        yield block if gain == 1.0 else gain * block


CLOSE_LU = 0.03
"""A take this near the wanted loudness is not made again."""

_LIMITED_PASSES = 4
_DRIVEN_PASSES = 5
_TRIMS = 2
_TRIM_EXTRA_DB = 0.002
_LEAST_SLOPE = 0.2
_DRIVE_RANGE_DB = 40.0


def limited_take(
    take_writer: TakeWriter,
    signal: Signal,
    limiter: Limiter,
    target: Finish,
    held: HeldDrive | None,
) -> Take:
    """Drive into our limiter: the drive is solved from a stored envelope unless one is held.

    The file is measured; its ceiling is kept by a static trim after the same limiter gains, its
    loudness by solving once more with the error of the prediction.
    """
    from bridge.processing import FinishLimiter, Prediction

    analysis, ceiling_dbtp = analysed(take_writer, signal), ceiling_of(limiter, target)

    def taken(drive_db: float, trim_db: float) -> Take:
        limiting = partial(FinishLimiter, analysis, drive_db, ceiling_dbtp, limiter)
        take = _under_ceiling(take_writer, signal, limiting, target.true_peak_dbtp, trim_db)
        return replace(take, drive_db=drive_db)

    if held is not None or target.integrated_lufs is None:
        return taken(held.drive_db, held.trim_db) if held is not None else taken(0.0, 0.0)
    prediction = Prediction(analysis, ceiling_dbtp, limiter)
    return _solved_take(take_writer, signal, prediction, target.integrated_lufs, taken)


def _solved_take(
    take_writer: TakeWriter,
    signal: Signal,
    prediction: Prediction,
    wanted_lufs: float,
    taken: Callable[[float, float], Take],
) -> Take:
    """What `taken` makes of a drive and a trim in dB: at once, if its loudness was foreseen."""
    from bridge.processing import foreseen_bias_lu, solve_drive

    solved, trim_db = solve_drive(prediction, wanted_lufs), 0.0
    if solved.reached:
        found_at_db = solved.drive_db
        bias_lu = foreseen_bias_lu(
            prediction, partial(take_writer.checked, signal), found_at_db, CLOSE_LU
        )
        if abs(bias_lu) > CLOSE_LU:
            solved = solve_drive(prediction, wanted_lufs, bias_lu, found_at_db)
    for _ in range(_LIMITED_PASSES):
        take = taken(solved.drive_db, trim_db)
        miss_lu, trim_db = take.miss_lu(wanted_lufs), take.trim_db
        if abs(miss_lu) <= CLOSE_LU:
            break
        bias_lu = wanted_lufs - miss_lu - prediction.at(take.drive_db)
        solved = solve_drive(prediction, wanted_lufs, bias_lu)
        if solved.drive_db == take.drive_db:  # it would be the same file
            break
    return take


def driven_take(
    take_writer: TakeWriter, signal: Signal, target: Finish, held: HeldDrive | None
) -> Take:
    """Drive into hosted or other inserts: solved by rendering them, five times at most."""
    wanted = target.integrated_lufs if held is None else None
    drive_db, trim_db = (0.0, 0.0) if held is None else (held.drive_db, held.trim_db)
    if wanted is not None:
        drive_db = _clamped(wanted - _loudness(take_writer, signal, wanted))
    tried: list[Take] = []
    for _ in range(_DRIVEN_PASSES if wanted is not None else 1):
        take = _through(take_writer, signal, target, HeldDrive(drive_db, trim_db))
        tried.append(take)
        if abs(take.miss_lu(wanted)) <= CLOSE_LU:
            break
        drive_db = _clamped(_next_drive(tried, wanted))
    best = min(tried, key=lambda made: abs(made.miss_lu(wanted)))
    if best is not tried[-1]:
        best = _through(take_writer, signal, target, HeldDrive(best.drive_db, trim_db))
    for _ in range(_TRIMS):  # the first reading may be of samples that were clipped
        over = best.over_db(target.true_peak_dbtp)
        if not target.trim_if_over or over <= 0.0:
            break
        trim_db = best.trim_db - over - _TRIM_EXTRA_DB
        best = _through(take_writer, signal, target, HeldDrive(best.drive_db, trim_db))
    return best


def _through(take_writer: TakeWriter, signal: Signal, target: Finish, at: HeldDrive) -> Take:
    suffix = "" if take_writer.version == "main" else f"@{take_writer.version}"
    fed = gained(signal, at.drive_db)
    driven, steps = run_steps(take_writer.context, target.driven, fed, take_writer.keys, suffix)
    if target.limiter is not None:
        take = limited_take(take_writer, driven, target.limiter, target, HeldDrive(0.0, at.trim_db))
    else:
        take = take_writer.take(take_writer.heard(driven), at.trim_db)
    return replace(take, drive_db=at.drive_db, steps=tuple(steps))


def _next_drive(tried: list[Take], wanted: float | None) -> float:
    """The secant through the last two takes; one dB for one LU after the first."""
    last = tried[-1]
    slope = 1.0
    if len(tried) > 1:
        run = last.drive_db - tried[-2].drive_db
        rise = tried[-2].miss_lu(wanted) - last.miss_lu(wanted)
        slope = max(_LEAST_SLOPE, rise / run) if run else 1.0
    return last.drive_db + last.miss_lu(wanted) / slope


def _clamped(drive_db: float) -> float:
    return round(min(max(drive_db, -_DRIVE_RANGE_DB), _DRIVE_RANGE_DB), 3)


def ceiling_of(limiter: Limiter, target: Finish) -> float:
    """The true peak in dBTP that a limiter in front of the file keeps: its own or the target's."""
    own = limiter.ceiling_dbtp
    return target.true_peak_dbtp if own is None else min(own, target.true_peak_dbtp)


def analysed(take_writer: TakeWriter, signal: Signal) -> Analysis:
    """The envelope of a bus, as our limiter wants it."""
    from bridge.processing import Analyser

    analyser = Analyser(take_writer.rate_hz, folder=take_writer.folder)
    for block in take_writer.checked(signal):
        analyser.add(block)
    return analyser.result()


def _under_ceiling(
    take_writer: TakeWriter,
    signal: Signal,
    limiting: Callable[[], FinishLimiter],
    ceiling_dbtp: float,
    trim_db: float,
) -> Take:
    """Limit and write; where the file reads over the ceiling, write it again with more trim.

    The limiter begins anew then, and gives the same: that is seldom, and its gains need no file.
    """
    take = _limited_take(take_writer, signal, limiting(), trim_db)
    for _ in range(_TRIMS):
        over = take.over_db(ceiling_dbtp)
        if over <= 0.0:
            break
        trim_db -= over + _TRIM_EXTRA_DB
        take = _limited_take(take_writer, signal, limiting(), trim_db)
    return take


def _limited_take(
    take_writer: TakeWriter, signal: Signal, limiter: FinishLimiter, trim_db: float
) -> Take:
    take = take_writer.take(_limited(take_writer, signal, limiter), trim_db)
    return replace(
        take,
        lowest_gain_db=amplitude_db(limiter.lowest_gain),
        gain_curve_db=limiter.reductions.curve_db,
    )


def _limited(take_writer: TakeWriter, signal: Signal, limiter: FinishLimiter) -> Iterator[Block]:
    for block in take_writer.heard(signal):
        yield limiter.process(block)
    yield limiter.finish()


def gained(signal: Signal, gain_db: float) -> Signal:
    """A signal with a static gain."""
    from bridge.processing import gain_of

    return Signal(
        sum_digest([(gain_of(gain_db), signal.digest)], signal.frames),
        signal.frames,
        lambda: scaled(signal.blocks(), gain_db),
    )


def _loudness(take_writer: TakeWriter, signal: Signal, otherwise: float) -> float:
    from bridge.metering import Meter

    meter = Meter(take_writer.rate_hz, 2)
    for block in take_writer.checked(signal):
        meter.add(block)
    found = meter.result().as_json()["integrated_lufs"]
    return otherwise if found is None else float(found)
