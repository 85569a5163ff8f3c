"""A stem's files in the new folder: mended and written anew, or copied as they are."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bridge.audio import Subtype, WavWriter
from bridge.checking.repairing.mending import StemMending
from bridge.checking.repairing.start_time import start_frames, with_start
from bridge.checking.stem_audio import StemAudio

_WIDE = ("PCM_32", "DOUBLE")


def subtype_of(audio: StemAudio) -> Subtype:
    """What holds every sample of a stem as it is, and those between its steps.

    Neither is dithered: float32 has all of 24 bits, float64 what is wider.
    """
    return "float64" if audio.facts.subtype in _WIDE else "float32"


def mended_names(names: Sequence[str]) -> tuple[str, ...]:
    """What mended files are called: as those before, and WAV."""
    return tuple(f"{Path(name).stem}.wav" for name in names)


def written(audio: StemAudio, mending: StemMending, folder: Path, names: Sequence[str]) -> None:
    """Write the mended stem, a file for each of its own.

    Raises InputError as `StemAudio.passages` does, MachineError, OSError.
    """
    facts, paths = audio.facts, [folder / name for name in names]
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                WavWriter(
                    path,
                    facts.sample_rate_hz,
                    facts.channels // len(paths),
                    subtype_of(audio),
                    "repair",
                    dither=False,
                )
            )
            for path in paths
        ]
        for block in mending.blocks():
            for side, writer in enumerate(writers):
                writer.write(block if len(writers) == 1 else block[side : side + 1])
    for source, path in zip(audio.paths, paths, strict=True):
        start = start_frames(source)
        if start is not None:
            with_start(path, start)


def copied(sources: Sequence[Path], folder: Path, names: Sequence[str]) -> None:
    """Copy files byte for byte. Raises OSError."""
    for source, name in zip(sources, names, strict=True):
        shutil.copyfile(source, folder / name)
