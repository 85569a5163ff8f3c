"""Audio between a worker child and its files: read in slices, checked, written without latency."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
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
    not_finite,
)
from bridge.hosting.jobs import Run
from stemwright.problems import Diagnostic

Audio = npt.NDArray[np.float32]

_SLICE_FRAMES = 65536
_FRAME_BYTES = 8


def raw_slices(source: str) -> Iterator[Audio]:
    """An interleaved stereo file as (2, n) float32 parts."""
    with Path(source).open("rb") as file:
        while data := file.read(_SLICE_FRAMES * _FRAME_BYTES):
            yield np.frombuffer(data, dtype="<f4").reshape(-1, 2).T


@dataclass(frozen=True)
class HandedOver:
    """An output that was written: what is odd about it, and how late it was measured to be."""

    lag_frames: int | None
    diagnostics: tuple[Diagnostic, ...]


def hand_over(audio: tuple[Audio, Audio], shift: int, latency: int, job: Run) -> HandedOver:
    """Check the output against the input, and write it from frame `shift` on.

    `latency` is the plugin's, as it is taken off.
    """
    _refuse_not_finite(audio, shift)
    compared = Comparison()
    with Path(job.output).open("wb") as file:
        position = shift
        for came in raw_slices(job.input):
            span = slice(position, position + came.shape[1])
            left = np.stack([channel[span] for channel in audio])
            # Interleaved, numpy would take 30 times as long to find its peak.
            compared.add(np.ascontiguousarray(came), left)
            file.write(_interleaved(left).data)
            position = span.stop
    compared.refuse()
    lag, told = _lag(audio, shift, job.input), compared.warnings()
    if lag:
        told = (*told, lag_differs(lag, latency, chosen=job.latency_frames is not None))
    return HandedOver(lag, told)


def _lag(audio: tuple[Audio, Audio], shift: int, source: str) -> int | None:
    """How far the output lies behind the input, where that is loudest; 0 within a filter's."""
    fed = np.memmap(source, "<f4", "r").reshape(-1, 2)
    starts = range(0, len(fed), LAG_FRAMES // 2)
    powers = [(fed[start : start + LAG_FRAMES] ** 2).sum(axis=0) for start in starts]
    loudest = int(np.argmax(np.sum(powers, axis=1)))
    side, span = int(np.argmax(powers[loudest])), slice(starts[loudest], None)
    lag = lag_frames(fed[span, side], audio[side][shift:][span])
    return 0 if lag is not None and abs(lag) <= FILTER_FRAMES else lag


def write_raw(audio: tuple[Audio, Audio], frames: int, output: str) -> None:
    """Write the first `frames` of left and right as they are, interleaved."""
    _interleaved(np.stack([channel[:frames] for channel in audio])).tofile(output)


def _interleaved(planar: Audio) -> npt.NDArray[np.float32]:
    """(channels, frames) as the files' (frames, channels)."""
    mixed = np.empty(planar.shape[::-1], dtype="<f4")
    for index, channel in enumerate(planar):  # numpy is slow at a transposing cast
        mixed[:, index] = channel
    return mixed


def _refuse_not_finite(audio: tuple[Audio, Audio], latency: int) -> None:
    # Before the latency is cut off, where a NaN may hide.
    for start in range(0, len(audio[0]), _SLICE_FRAMES):
        part = np.stack([channel[start : start + _SLICE_FRAMES] for channel in audio])
        frame = first_not_finite(part)
        if frame is not None:
            raise not_finite(start + frame - latency)


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
