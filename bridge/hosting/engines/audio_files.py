"""Audio between a worker child and its files: read in slices, checked, written without latency."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bridge.hosting.engines.output_checks import (
    FILTER_FRAMES,
    LAG_FRAMES,
    Comparison,
    first_not_finite,
    lag_differs,
    lag_frames,
    loudest,
    not_finite,
)
from bridge.hosting.jobs import Run
from stemwright.problems import Diagnostic

Audio = npt.NDArray[np.float32]

_SLICE_FRAMES = LAG_FRAMES // 2
_FRAME_BYTES = 8


def mapped(source: str) -> Audio:
    """An interleaved stereo file as (frames, 2) float32, read where it is looked at.

    A host may take it for its own: what it writes there stays out of the file.
    """
    return np.asarray(np.memmap(source, "<f4", "c")).reshape(-1, 2)


def raw_slices(source: str) -> Iterator[Audio]:
    """An interleaved stereo file as (2, n) float32 parts."""
    with Path(source).open("rb") as file:
        while data := file.read(_SLICE_FRAMES * _FRAME_BYTES):
            yield np.frombuffer(data, dtype="<f4").reshape(-1, 2).T


def _window(source: str, start: int) -> Audio:
    """LAG_FRAMES of an interleaved stereo file, or what is left, as (2, n) float32."""
    first, count = start * _FRAME_BYTES, 2 * LAG_FRAMES
    return np.fromfile(source, "<f4", count, offset=first).reshape(-1, 2).T


@dataclass(frozen=True)
class HandedOver:
    """An output that was written: what is odd about it, and how late it was measured to be."""

    lag_frames: int | None
    diagnostics: tuple[Diagnostic, ...]


def hand_over(audio: tuple[Audio, Audio], shift: int, latency: int, job: Run) -> HandedOver:
    """Write the output from frame `shift` on, and check it.

    `latency` is the plugin's, as it is taken off.
    """
    _refuse_not_finite(audio, shift)
    with Path(job.output).open("wb", buffering=0) as file:
        for start in range(shift, shift + job.frames, _SLICE_FRAMES):
            span = slice(start, min(start + _SLICE_FRAMES, shift + job.frames))
            _write(file, _interleaved([channel[span] for channel in audio]))
    return handed_over(latency, job)


def handed_over(latency: int, job: Run) -> HandedOver:
    """Check an output that was written against its input."""
    compared, powers = Comparison(), []
    for fed, made in zip(raw_slices(job.input), raw_slices(job.output), strict=True):
        # Interleaved, numpy would take 30 times as long to find their peaks.
        came, left = np.ascontiguousarray(fed), np.ascontiguousarray(made)
        compared.add(came, left)
        powers.append(float(np.dot(came.ravel(), came.ravel())))
    compared.refuse()
    lag, told = _lag(job, powers), compared.warnings()
    if lag:
        told = (*told, lag_differs(lag, latency, chosen=job.latency_frames is not None))
    return HandedOver(lag, told)


def _lag(job: Run, powers: Sequence[float]) -> int | None:
    """How far the output lies behind the input, where that is loudest; 0 within a filter's.

    `powers` are those of the input's slices.
    """
    start, side = loudest(lambda start: _window(job.input, start), powers)
    fed, came = (_window(source, start)[side] for source in (job.input, job.output))
    lag = lag_frames(fed, came)
    return 0 if lag is not None and abs(lag) <= FILTER_FRAMES else lag


def _write(file: FileIO, mixed: npt.NDArray[np.float32]) -> None:
    octets = mixed.data.cast("B")
    while octets:  # a disk may take a part
        octets = octets[file.write(octets) :]


def write_raw(audio: tuple[Audio, Audio], frames: int, output: str) -> None:
    """Write the first `frames` of left and right as they are, interleaved."""
    _interleaved([channel[:frames] for channel in audio]).tofile(output)


def _interleaved(channels: Sequence[Audio]) -> npt.NDArray[np.float32]:
    """Rows as the files' (frames, channels)."""
    mixed = np.empty((len(channels[0]), len(channels)), dtype="<f4")
    for index, channel in enumerate(channels):  # numpy is slow at a transposing cast
        mixed[:, index] = channel
    return mixed


def _refuse_not_finite(audio: tuple[Audio, Audio], latency: int) -> None:
    # Before the latency is cut off, where a NaN may hide.
    for start in range(0, len(audio[0]), _SLICE_FRAMES):
        stop = start + _SLICE_FRAMES
        found = [first_not_finite(channel[np.newaxis, start:stop]) for channel in audio]
        frames = [frame for frame in found if frame is not None]
        if frames:
            raise not_finite(start + min(frames) - latency)


def peak_memory_bytes() -> int:
    """The largest resident size so far; 0 on Windows, where it is not asked for."""
    system = platform.system()
    if system == "Linux":  # ru_maxrss there starts at the parent's size, from before exec
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    if system == "Windows":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
