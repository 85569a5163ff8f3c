"""A session bounced by us, and what is left when another's bounce of it is taken away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from bridge.bouncing import Hosting, dialect_of, made_ready, planned, stretches
from bridge.storing import Store
from sessions import read
from stemwright.decibels import amplitude_db
from stemwright.values import dataclass

_STRETCH_FRAMES = 48_000
_SETTLED_FRAMES = 4_800

Signal = npt.NDArray[np.float64]
"""(channels, frames)."""


@dataclass(frozen=True)
class Null:
    """What is left, and how loud what was taken away is, all in dBFS.

    `settled_peak_dbfs` leaves out the first tenth of a second, in which faders come from where they
    stood before the bounce.
    """

    peak_dbfs: float
    settled_peak_dbfs: float
    rms_dbfs: float
    truth_rms_dbfs: float
    worst_frame: int


def bounced(session_path: Path, folder: Path, *, plain_blocks: bool = False) -> Signal:
    """The master of a session, its plugins hosted; `folder` keeps what is made on the way.

    With `plain_blocks` plugins' blocks begin with the song, not where its DAW has them begin.
    Raises what a bounce raises.
    """
    session = read([session_path])
    dialect = dialect_of(session)
    if plain_blocks:
        dialect = replace(dialect, plugin_lead=lambda _: 0)
    bounce = planned(session, dialect, "master")
    folder.mkdir(exist_ok=True)
    hosting = Hosting(Store(folder / "store"))
    ready = made_ready(bounce, folder, hosting)
    blocks = stretches(ready, folder, hosting, _STRETCH_FRAMES)
    return np.concatenate([each["master"] for each in blocks], axis=1)


def null(ours: Signal, truth_path: Path) -> Null:
    """Take a file away from a signal. ValueError where their shapes differ."""
    read_truth, _ = soundfile.read(truth_path, always_2d=True)
    truth: Signal = read_truth.T
    if ours.shape != truth.shape:
        raise ValueError(f"{ours.shape} is not {truth.shape}")
    left = ours - truth
    peaks = np.abs(left).max(axis=0)
    return Null(
        amplitude_db(float(peaks.max())),
        amplitude_db(float(peaks[_SETTLED_FRAMES:].max())),
        _rms_dbfs(left),
        _rms_dbfs(truth),
        int(peaks.argmax()),
    )


def _rms_dbfs(signal: Signal) -> float:
    return amplitude_db(float(np.sqrt(np.square(signal).mean())))
