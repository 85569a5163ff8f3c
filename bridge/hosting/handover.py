"""Audio between a worker child and its files: read in slices, checked, written without latency."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bridge.hosting.checks import Comparison, first_not_finite, not_finite

Audio = npt.NDArray[np.float32]

_SLICE_FRAMES = 65536
_FRAME_BYTES = 8


def raw_slices(source: str) -> Iterator[Audio]:
    """An interleaved stereo file as (2, n) float32 parts."""
    with Path(source).open("rb") as file:
        while data := file.read(_SLICE_FRAMES * _FRAME_BYTES):
            yield np.frombuffer(data, dtype="<f4").reshape(-1, 2).T


def hand_over(
    audio: tuple[Audio, Audio], latency: int, job: dict[str, Any]
) -> list[dict[str, str]]:
    """Check the output against the input, and write it without its latency."""
    _refuse_not_finite(audio, latency)
    compared = Comparison()
    with Path(job["output"]).open("wb") as file:
        position = latency
        for came in raw_slices(job["input"]):
            span = slice(position, position + came.shape[1])
            left = np.stack([channel[span] for channel in audio])
            # Interleaved, numpy would take 30 times as long to find its peak.
            compared.add(np.ascontiguousarray(came), left)
            file.write(_interleaved(left).data)
            position = span.stop
    compared.refuse()
    return compared.warnings()


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
