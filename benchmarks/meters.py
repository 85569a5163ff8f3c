"""How fast measuring is, at the rates and widths that cost most."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from benchmarks.usage import Printed, Usage
from bridge.metering import measure

_SECONDS = 60
_KINDS = (("48 kHz stereo", 48000, 2), ("48 kHz 5.1", 48000, 6), ("192 kHz stereo", 192000, 2))


def meters(printed: Printed, folder: Path) -> None:
    """Measure a minute of noise of each kind."""
    printed.title(f"measuring {_SECONDS} s, reading included")
    for name, rate_hz, channels in _KINDS:
        path = folder / f"{rate_hz}-{channels}.wav"
        _write(path, rate_hz, channels)
        start = Usage.now()
        measure(path)
        used = Usage.now().since(start)
        path.unlink()
        printed.figure(f"{name}, CPU", _SECONDS / used.cpu_s, "x real time")
        printed.figure(f"{name}, wall", _SECONDS / used.wall_s, "x real time")


def _write(path: Path, rate_hz: int, channels: int) -> None:
    rng = np.random.default_rng(rate_hz + channels)
    with soundfile.SoundFile(path, "w", rate_hz, channels, "PCM_24") as file:
        for _ in range(_SECONDS):
            file.write(0.1 * rng.standard_normal((rate_hz, channels)).clip(-4, 4))
