"""Copies of new files: byte for byte, or with whole frames of their offset taken out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from bridge.audio import opened

_EXACT = {"FLOAT": "float32", "DOUBLE": "float64"}
_FRAMES = 1 << 16


def copied(source: Path, target: Path, taken_out_frames: int) -> None:
    """Write `source` as `target`; a positive offset is cut off its start, a negative one filled up.

    Every sample stays as it is, and so does its format. Raises InputError as `opened`, OSError.
    """
    if not taken_out_frames:
        shutil.copyfile(source, target)
        return
    with opened(source) as (file, header):
        kind: Any = _EXACT.get(header.subtype, "int32")
        rate_hz, channels = header.sample_rate_hz, header.channels
        with soundfile.SoundFile(
            target, "w", rate_hz, channels, header.subtype, format=header.format
        ) as written:
            if taken_out_frames < 0:
                written.write(np.zeros((-taken_out_frames, channels), kind))
            file.seek(min(max(0, taken_out_frames), header.frames))
            while len(samples := file.read(_FRAMES, dtype=kind, always_2d=True)):
                written.write(samples)
