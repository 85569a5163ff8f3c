"""What one pass over a stem found; the store keeps it, and what it has needs no samples."""

from __future__ import annotations

from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

Sketch = tuple[float, ...]
"""(bridge.audio.inspection.SIZE,) of one channel."""


START_S, NEXT_S = 0.003, 0.03
LAST_S, END_S = 0.02, 0.002
SOUNDS_POWER = 1e-6
"""Mean square of a hundredth of a second, its channels added, from which on it sounds: -60 dBFS."""


@dataclass(frozen=True)
class Ends:
    """How a stream begins and ends, and the `peaks` of its channels; linear, 1.0 is full scale.

    What lies at the ends is measured as it is or about the middle of the beginning or of the end,
    whichever is less: a constant offset is no sound. `first_sample` is the highest of the first
    frame. RMS over all channels: `start_rms` of the first `START_S`, `next_rms` of `NEXT_S` behind
    it, `last_rms` of the last `LAST_S`, `end_rms` of the last `END_S`; `floor_rms` is that of the
    hum and noise under all of it. The frames from `sounds_from` to before `sounds_until` are those
    from the first to the last hundredth of a second that sounds; both are 0 where none does.
    `tenths` are of each channel the RMS of its quiet tenths of a second and of its loudest one.
    """

    peaks: tuple[float, ...]
    first_sample: float
    start_rms: float
    next_rms: float
    last_rms: float
    end_rms: float
    sounds_from: int
    sounds_until: int
    floor_rms: float
    tenths: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Inspection:
    """What one pass found; `peak` is the largest finite |sample|, 1.0 being full scale.

    `pcm_hash` is blake3 over the framed rate and channels, then interleaved little-endian float64:
    two files with the same samples have the same hash, whatever their format. `sketches` are those
    of the channels. `prints` are those of the blocks that `read_blocks` gives, in a row, by which
    `unchanged` knows them again; `levels` is the RMS of each of these blocks. `subtype` is the
    header's, in libsndfile's words.
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
    subtype: str = ""
    ends: Ends | None = None


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
