"""What one pass over a stem found; the store keeps it, and what it has needs no samples."""

from __future__ import annotations

from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

Sketch = tuple[float, ...]
"""(bridge.audio.inspection.SIZE,) of one channel."""


@dataclass(frozen=True)
class Inspection:
    """What one pass found; `peak` is the largest finite |sample|, 1.0 being full scale.

    `pcm_hash` is blake3 over the framed rate and channels, then interleaved little-endian float64:
    two files with the same samples have the same hash, whatever their format. `sketches` are those
    of the channels. `prints` are those of the blocks that `read_blocks` gives, in a row, by which
    `unchanged` knows them again; `levels` is the RMS of each of these blocks.
    """

    pcm_hash: str
    frames: int
    channels: int
    sample_rate_hz: int
    peak: float
    peak_frame: int
    first_nonfinite_frame: int | None
    first_over_frame: int | None
    sketches: tuple[Sketch, ...] = ()
    prints: str = ""
    levels: tuple[float, ...] = ()


def refuse_bad_samples(inspection: Inspection, name: str) -> None:
    """Raise InputError for samples that are not numbers or lie above +18 dBFS, saying where."""
    found = [
        Problem(
            kind,
            f"{name}: {fault} at sample {frame} ({frame / inspection.sample_rate_hz:.3f} s)",
            {"file": name, "frame": frame},
            hint=hint,
        )
        for kind, fault, frame, hint in (
            (
                "not_finite",
                "a sample is NaN or infinite",
                inspection.first_nonfinite_frame,
                "export this stem again; a plugin may have failed",
            ),
            (
                "over_range",
                "a sample lies above +18 dBFS",
                inspection.first_over_frame,
                "export this stem at a lower level; such a float file is often damaged",
            ),
        )
        if frame is not None
    ]
    if found:
        raise InputError(found)
