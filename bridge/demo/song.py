"""The demo song: eight stems, synthesised here, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bridge.audio import BLOCK_FRAMES, Block, WavWriter
from bridge.demo.parts import PARTS, Stage, bars_of
from bridge.demo.shaping import fall
from stemwright.decibels import linear
from stemwright.files import cannot_write
from stemwright.problems import InputError, Problem

_FADE_S = 0.6


def write_song(
    folder: Path,
    seconds: float = 32.0,
    sample_rate_hz: int = 48000,
    *,
    overwrite: bool = False,
) -> tuple[Path, ...]:
    """Write the stems as stereo 24-bit WAV, all from 0 and of one length; return their paths.

    The folder is made where it is missing. Every stem peaks between -12 and -3 dBFS and their sum
    stays under full scale.
    Raises InputError `would_overwrite`, all files at once; MachineError `disk_full` or
    `not_writable`.
    """
    paths = tuple(folder / f"{name}.wav" for name in PARTS)
    _prepare(folder, [] if overwrite else [path for path in paths if path.exists()])
    for name, path in zip(PARTS, paths, strict=True):
        block = stem(name, seconds, sample_rate_hz)
        words = f"demo song/{name}"
        with WavWriter(path, sample_rate_hz, 2, "pcm24", words, overwrite=overwrite) as out:
            for at in range(0, block.shape[1], BLOCK_FRAMES):
                out.write(block[:, at : at + BLOCK_FRAMES])
    return paths


def stem(name: str, seconds: float = 32.0, sample_rate_hz: int = 48000) -> Block:
    """Return one stem of the song as (2, frames)."""
    play, peak_dbfs = PARTS[name]
    stage = Stage(name, round(seconds * sample_rate_hz), sample_rate_hz)
    play(stage, bars_of(seconds))
    fade = min(stage.block.shape[1], round(_FADE_S * sample_rate_hz))
    stage.block[:, -fade:] *= fall(fade)
    peak = float(np.abs(stage.block).max())
    return stage.block * (linear(peak_dbfs) / peak) if peak else stage.block


def _prepare(folder: Path, taken: list[Path]) -> None:
    if taken:
        hint = "choose an empty folder, or allow overwriting"
        raise InputError(
            [
                Problem("would_overwrite", f"{path} exists already", {"file": str(path)}, hint=hint)
                for path in taken
            ]
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise cannot_write(folder, cause) from cause
