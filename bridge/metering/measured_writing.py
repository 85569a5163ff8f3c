"""Files written and measured at once: the meter beside the writer, or in a worker behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bridge.audio import Block, GrowingWav, Subtype, WavWriter, Written, read_growing_wav
from bridge.metering.file_measures import MeasuredWhileWritten, measure
from bridge.metering.measures import Measures
from bridge.native import library
from bridge.workers import WorkerLostError, accompanied, workers


@dataclass(frozen=True)
class WavToWrite:
    """A file of ours, before there is one: an older one of its name is replaced."""

    path: Path
    sample_rate_hz: int
    channels: int
    subtype: Subtype
    seed_words: str


@dataclass(frozen=True)
class MeasuredWav:
    """What was written, and what `measure` reads of it."""

    written: Written
    measures: Measures


def write_measured(wav: WavToWrite, blocks: Iterable[Block], *, apart: bool) -> MeasuredWav:
    """Write (channels, frames) float64 blocks; measure the file on the way.

    With `apart`, a worker reads what is there so far, while more is written; where it is lost, the
    file is read in the end. All ways give the same. Raises as WavWriter and `measure` do.
    """
    if apart and workers() and library() is not None:
        return _measured_apart(wav, blocks)
    measuring = MeasuredWhileWritten(wav.path, wav.sample_rate_hz, wav.channels)
    with _writer(wav, measuring) as writer:
        for block in blocks:
            writer.write(block)
    return MeasuredWav(writer.result, measuring.result())


def _measured_apart(wav: WavToWrite, blocks: Iterable[Block]) -> MeasuredWav:
    with accompanied(_measured_growing, wav) as reader:
        with _writer(wav) as writer:
            for block in blocks:
                writer.write(block)
                reader.tell(writer.so_far)
        try:
            measures = reader.result()
        except (WorkerLostError, OSError, EOFError):
            measures = measure(wav.path)
    return MeasuredWav(writer.result, measures)


def _writer(wav: WavToWrite, measuring: MeasuredWhileWritten | None = None) -> WavWriter:
    return WavWriter(
        wav.path,
        wav.sample_rate_hz,
        wav.channels,
        wav.subtype,
        wav.seed_words,
        overwrite=True,
        listener=None if measuring is None else measuring.add,
    )


def _measured_growing(grown: Iterator[GrowingWav], wav: WavToWrite) -> Measures:
    """Measure in a worker what another process writes."""
    compiled = library()
    assert compiled is not None  # noqa: S101 - who calls has the same
    measuring = MeasuredWhileWritten(wav.path, wav.sample_rate_hz, wav.channels)
    for block in read_growing_wav(compiled, grown):
        measuring.add(block)
    return measuring.result()
