"""Audio between hosts and files: read in slices, written without latency, checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from bridge.hosting.engines.output_checks import (
    FILTER_FRAMES,
    LAG_FRAMES,
    Comparison,
    Start,
    first_not_finite,
    lag_differs,
    lag_frames,
    late_start,
    loudest,
    not_finite,
)
from bridge.hosting.engines.tapes import Sides
from bridge.hosting.jobs import Run
from stemwright.problems import Diagnostic

Audio = npt.NDArray[np.float32]

_SLICE_FRAMES = LAG_FRAMES // 2
_FRAME_BYTES = 8
_LATE_START_S = 0.05
_HEARD_AFTER_S = 0.05
"""How much of what follows a start of zeros has to be no louder: a gate opens at what is louder."""


def mapped(source: str) -> Audio:
    """An interleaved stereo file as (frames, 2) float32, read where it is looked at.

    A host may take it for its own: what it writes there stays out of the file.
    """
    return np.asarray(np.memmap(source, "<f4", "c")).reshape(-1, 2)


def raw_slices(source: str | Path) -> Iterator[Audio]:
    """An interleaved stereo file as (2, n) float32 parts."""
    with Path(source).open("rb") as file:
        while data := file.read(_SLICE_FRAMES * _FRAME_BYTES):
            yield np.frombuffer(data, dtype="<f4").reshape(-1, 2).T


def _window(source: Path, start: int) -> Audio:
    """LAG_FRAMES of an interleaved stereo file, or what is left, as (2, n) float32."""
    first, count = start * _FRAME_BYTES, 2 * LAG_FRAMES
    return np.fromfile(source, "<f4", count, offset=first).reshape(-1, 2).T


def held(source: str | Audio | None, sides: Sides) -> Audio:
    """The chosen sides of an interleaved stereo file or of (2, frames); None is silent."""
    if source is None:
        return np.zeros((2 if sides == Sides.BOTH else 1, 1), dtype=np.float32)
    audio = mapped(source).T if isinstance(source, str) else source
    if sides == Sides.MEAN:
        return np.asarray((audio[:1] + audio[1:]) * np.float32(0.5))
    return audio if sides == Sides.BOTH else audio[sides : sides + 1]


def hand_over(audio: tuple[Audio, Audio], shift: int, job: Run) -> None:
    """Write the output from frame `shift` on, unless it holds what is no finite number."""
    _refuse_not_finite(audio, shift)
    with Path(job.output).open("wb", buffering=0) as file:
        for start in range(shift, shift + job.frames, _SLICE_FRAMES):
            span = slice(start, min(start + _SLICE_FRAMES, shift + job.frames))
            _write(file, _interleaved([channel[span] for channel in audio]))


@dataclass(frozen=True)
class HandedOver:
    """What is odd about an output, and how late it was measured to be."""

    lag_frames: int | None
    diagnostics: tuple[Diagnostic, ...]


@np.errstate(all="ignore")  # a plugin may be fed anything
def handed_over(
    source: Path, output: Path, latency: int, rate_hz: int, *, chosen: bool
) -> HandedOver:
    """Check the output in a file against its input in another one.

    `latency` was taken off, `chosen` tells that it is the chain's own. Raises Refused, OSError.
    """
    compared, start, powers = Comparison(), Start(round(_HEARD_AFTER_S * rate_hz)), []
    for fed, made in zip(raw_slices(source), raw_slices(output), strict=True):
        # Interleaved, numpy would take 30 times as long to find their peaks.
        came, left = np.ascontiguousarray(fed), np.ascontiguousarray(made)
        compared.add(came, left)
        start.add(came, left)
        powers.append(float(np.dot(came.ravel(), came.ravel())))
    compared.refuse()
    lag, told = _lag(source, output, powers), compared.warnings()
    if lag:
        told = (*told, lag_differs(lag, latency, chosen=chosen))
    if lag == 0 and start.is_late(round(_LATE_START_S * rate_hz)):
        told = (*told, late_start(start.nothing_frames, rate_hz))
    return HandedOver(lag, told)


def _lag(source: Path, output: Path, powers: Sequence[float]) -> int | None:
    """How far the output lies behind the input, where that is loudest; 0 within a filter's.

    `powers` are those of the input's slices.
    """
    start, side = loudest(lambda start: _window(source, start), powers)
    fed, came = (_window(path, start)[side] for path in (source, output))
    lag = lag_frames(fed, came)
    return 0 if lag is not None and abs(lag) <= FILTER_FRAMES else lag


def _write(file: FileIO, mixed: npt.NDArray[np.float32]) -> None:
    octets = mixed.data.cast("B")
    while octets:  # a disk may take a part
        octets = octets[file.write(octets) :]


def rows_tried(source: str, frames: int, count: int) -> Iterator[Audio]:
    """What is fed to each of `count` trials, (2, frames): one for all, or a row each."""
    rows = mapped(source).reshape(-1, frames, 2)
    for index in range(count):
        yield rows[index if len(rows) > 1 else 0].T


def write_raw(audio: tuple[Audio, Audio], frames: int, output: str) -> None:
    """Write the first `frames` of left and right as they are, interleaved."""
    with Path(output).open("wb") as file:
        append_raw(file, audio, frames)


def append_raw(file: BinaryIO, audio: tuple[Audio, Audio], frames: int) -> None:
    """Write the first `frames` of left and right as they are, behind what is in a file."""
    _interleaved([channel[:frames] for channel in audio]).tofile(file)


def _interleaved(channels: Sequence[Audio]) -> npt.NDArray[np.float32]:
    """Rows as the files' (frames, channels)."""
    mixed = np.empty((len(channels[0]), len(channels)), dtype="<f4")
    for index, channel in enumerate(channels):  # numpy is slow at a transposing cast
        mixed[:, index] = channel
    return mixed


def _refuse_not_finite(audio: tuple[Audio, Audio], shift: int) -> None:
    # Before the latency is cut off, where a NaN may hide.
    for start in range(0, len(audio[0]), _SLICE_FRAMES):
        stop = start + _SLICE_FRAMES
        found = [first_not_finite(channel[np.newaxis, start:stop]) for channel in audio]
        frames = [frame for frame in found if frame is not None]
        if frames:
            raise not_finite(start + min(frames) - shift)
