"""Peaks that a lossy encoder lifts over a limit: where, and what keeps them, found by encoding."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bridge.audio import FramePeaks, probe, read_blocks
from bridge.delivering.files.dips import Dip, dipped
from bridge.delivering.files.edits import Edit
from bridge.delivering.files.encoding import Coding, encode
from bridge.delivering.files.making import decoded_copy, decoded_measures, master_blocks
from bridge.delivering.profiles import ENDINGS
from bridge.metering import Meter, measure
from stemwright.decibels import amplitude_db, linear

_MOST_TRIALS = 6
_MOST_DIPPINGS = 16
_STEPS_GROW = 3
_TRIED_STEP_DB = 0.1
"""What is said is what was tried: a codec's peaks move by more than a level does."""
_APART_S = 0.02
"""Peaks nearer to each other are one moment."""
_MOST_HELD_S = 0.04
"""Two frames of AAC are no longer."""
_COARSE_DB = 0.7
"""A 4x reading is below the true peak by no more (ITU-R BS.1770-5, Annex 2)."""


@dataclass(frozen=True)
class Over:
    """A moment of a file that passes a limit: its loudest frame, and by how much."""

    frame: int
    over_db: float


def overs_in(path: Path, limit_dbtp: float) -> tuple[Over, ...]:
    """Every moment of a file, decoded where it is lossy, whose true peak is over a limit.

    Raises InputError as `measure`, MachineError as `encode`.
    """
    with decoded_copy(path) as readable:
        found = measure(readable).true_peak_dbtp
        if not found > limit_dbtp:
            return ()
        near = _near(readable, limit_dbtp - _COARSE_DB)
    hidden_db = max(0.0, found - max(each.over_db for each in near) - limit_dbtp + _COARSE_DB)
    told = [replace(each, over_db=each.over_db - _COARSE_DB + hidden_db) for each in near]
    return tuple(each for each in told if each.over_db > 0.0)


def _near(readable: Path, limit_dbtp: float) -> list[Over]:
    """The same by 4x readings alone."""
    header = probe(readable)
    apart, least = round(_APART_S * header.sample_rate_hz), linear(limit_dbtp)
    found: list[Over] = []
    for frame, peak in _loud_frames(readable, least):
        over = Over(frame, amplitude_db(peak / least))
        if not found or frame - found[-1].frame > apart:
            found.append(over)
        elif over.over_db > found[-1].over_db:
            found[-1] = over
    return found


def _loud_frames(readable: Path, least: float) -> Iterator[tuple[int, float]]:
    at, peaks = 0, FramePeaks(probe(readable).channels)
    blocks = read_blocks(readable)
    while True:
        block = next(blocks, None)
        read = peaks.rest() if block is None else peaks.add(block)
        for index in np.flatnonzero(read > least):
            yield at + int(index), float(read[index])
        at += len(read)
        if block is None:
            return


@dataclass(frozen=True)
class SafeCeiling:
    """What keeps a lossy file's peaks: so much less before the encoder, whose input then peaks so.

    It was tried: the file made that way keeps the limit.
    """

    trim_db: float
    ceiling_dbtp: float


def safe_ceiling(
    master: Path, coding: Coding, edit: Edit, limit_dbtp: float, over_db: float
) -> SafeCeiling | None:
    """Try lower levels of a master until its lossy file, which was `over_db` over, keeps a limit.

    None where the codec lifts the peaks again each time. Raises as `make_file`.
    """
    header = probe(master)
    trim_db = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for trial in range(_MOST_TRIALS):
            trim_db = -math.ceil((over_db - trim_db) / _TRIED_STEP_DB) * _TRIED_STEP_DB
            path = Path(folder) / f"{trial}{ENDINGS[coding.format]}"
            encode(master_blocks(master, coding, edit, trim_db), coding, header.channels, path)
            over_db = decoded_measures(path).true_peak_dbtp - limit_dbtp
            if over_db <= 0.0:
                meter = Meter(coding.rate_hz, header.channels)
                for block in master_blocks(master, coding, edit, trim_db):
                    meter.add(block)
                return SafeCeiling(trim_db, meter.result().true_peak_dbtp)
    return None


def dip_overs(
    master: Path, path: Path, coding: Coding, edit: Edit, limit_dbtp: float
) -> tuple[Dip, ...] | None:
    """Make the lossy file at `path` again, its input turned down where it passes a limit.

    Returns the dips, none where nothing passes it. None, and the file as it was, where the codec
    lifts other peaks each time. Raises as `make_file`.
    """
    channels = probe(master).channels
    overs, dips = overs_in(path, limit_dbtp), tuple[Dip, ...]()
    with tempfile.TemporaryDirectory() as folder:
        for trial in range(_MOST_DIPPINGS):
            if not overs:
                break
            step_db = _TRIED_STEP_DB * (1 + trial // _STEPS_GROW)
            dips = _deeper(dips, overs, coding.rate_hz, step_db)
            place = Path(folder) / f"{trial}{ENDINGS[coding.format]}"
            blocks = dipped(master_blocks(master, coding, edit, 0.0), dips, coding.rate_hz)
            encode(blocks, coding, channels, place)
            overs = overs_in(place, limit_dbtp)
        if overs:
            return None
        if dips:
            shutil.copyfile(place, path)
    return dips


def _deeper(
    dips: Sequence[Dip], overs: Sequence[Over], rate_hz: int, step_db: float
) -> tuple[Dip, ...]:
    """Dips for every over: the nearest deeper by what it is over and a step, or a new one.

    One that was not enough is longer too: what a codec makes of a moment it takes from more of it.
    """
    found, apart = [*dips], round(_APART_S * rate_hz / 2)
    for over in overs:
        gain_db = -(over.over_db + step_db)
        away = [abs(dip.frame - over.frame) - round(dip.held_s * rate_hz) for dip in found]
        at = min(range(len(found)), key=away.__getitem__, default=None)
        if at is not None and away[at] <= apart:
            dip = found[at]
            held_s = min(_MOST_HELD_S, 1.5 * dip.held_s)
            found[at] = Dip(dip.frame, dip.gain_db + gain_db, held_s)
        else:
            found.append(Dip(over.frame, gain_db))
    return tuple(sorted(found, key=lambda each: each.frame))
