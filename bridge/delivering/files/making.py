"""One finished master becomes one file of a delivery."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bridge.audio import BLOCK_FRAMES, Block, Header, probe, resampled
from bridge.delivering.files.edits import Edit, check_edit, edited_blocks
from bridge.delivering.files.encoding import Coding, decode_aac, encode
from bridge.delivering.files.facts import FileFacts, facts_of
from bridge.metering import measure
from bridge.processing import gain_of

if TYPE_CHECKING:
    from bridge.delivering.profiles import FileFormat
    from bridge.metering import Measures

WHOLE = Edit()
"""A master as it is."""

_MOST_TRIMS = 5
_TRIM_EXTRA_DB = 0.002
_CUT_TRIM_DB = 0.05
"""Of peaks that were cut off, how far they went is not known: each trial takes so much at least."""
LOSSY: tuple[FileFormat, ...] = ("mp3", "opus", "aac")
"""Formats that give no sample back as it was."""


@dataclass(frozen=True)
class MadeFile:
    """A file and how it reads, decoded to floating point where it is lossy.

    `trim_db` was taken off because converting its rate lifted peaks over the ceiling; `clipped` are
    samples beyond full scale.
    """

    path: Path
    coding: Coding
    frames: int
    clipped: int
    trim_db: float
    measures: Measures
    facts: FileFacts


def make_file(
    master: Path, path: Path, coding: Coding, edit: Edit = WHOLE, ceiling_dbtp: float | None = None
) -> MadeFile:
    """Edit, convert, dither once and encode a master into a new file, and read that.

    What has integers of the file's depth already, and nothing is done to, comes out as it is. Where
    a conversion of rate lifts the true peak of a lossless file over `ceiling_dbtp`, or integers cut
    it, it is made again with so much static gain off; a lossy one is left as the codec makes it.
    Raises InputError `bad_edit`, `would_overwrite` and as `probe`; as `encode`.
    """
    header = probe(master)
    check_edit(edit, header.frames, header.sample_rate_hz)
    trim_db = 0.0
    for _ in range(_MOST_TRIMS):
        blocks = master_blocks(master, coding, edit, trim_db)
        dither = bool(trim_db) or not _is_exact(header, coding, edit)
        clipped = encode(blocks, coding, header.channels, path, dither=dither)
        facts = _decoded_facts(path)
        over_db = -1.0 if ceiling_dbtp is None else facts.measures.true_peak_dbtp - ceiling_dbtp
        if clipped:
            over_db = max(over_db, facts.measures.true_peak_dbtp, _CUT_TRIM_DB)
        converted = coding.rate_hz != header.sample_rate_hz
        if over_db <= 0.0 or coding.format in LOSSY or not converted:
            break
        trim_db -= over_db + _TRIM_EXTRA_DB
        path.unlink()
    measures = facts.measures.named(str(path))
    return MadeFile(path, coding, measures.frames, clipped, trim_db, measures, facts)


def edited_peak(master: Path, edit: Edit) -> float:
    """The highest sample of a master under an edit, full scale being 1.

    Raises InputError `bad_edit` and as `probe`.
    """
    header = probe(master)
    check_edit(edit, header.frames, header.sample_rate_hz)
    blocks = edited_blocks(master, header.frames, edit)
    return max((float(np.abs(each).max()) for each in blocks if each.size), default=0.0)


def read_again(made: MadeFile) -> MadeFile:
    """The same file, which was written again. Raises as `make_file`."""
    facts = _decoded_facts(made.path)
    return replace(made, measures=facts.measures.named(str(made.path)), facts=facts)


def _decoded_facts(path: Path) -> FileFacts:
    with decoded_copy(path) as readable:
        return facts_of(readable)


def _is_exact(header: Header, coding: Coding, edit: Edit) -> bool:
    """Whether the samples are integers that the file holds as they are."""
    bits = {"PCM_16": 16, "PCM_24": 24}.get(header.subtype)
    mixed = edit.crossfade_frames or edit.fade_in_frames or edit.fade_out_frames
    same_rate = coding.rate_hz == header.sample_rate_hz
    return bits is not None and bits <= (coding.bits or 0) and same_rate and not mixed


def decoded_measures(path: Path) -> Measures:
    """What a file measures; a lossy one as its decoder gives it, in floating point.

    Raises InputError as `measure`, MachineError as `encode`.
    """
    with decoded_copy(path) as readable:
        return measure(readable).named(str(path))


@contextmanager
def decoded_copy(path: Path) -> Iterator[Path]:
    """A file that can be read here: itself, or a float WAV of what only a program decodes."""
    if path.suffix.lower() != ".m4a":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "decoded.wav"
        decode_aac(path, wav)
        yield wav


def master_blocks(master: Path, coding: Coding, edit: Edit, trim_db: float) -> Iterator[Block]:
    """A master as it goes into an encoder: edited, at the file's rate, with a static gain."""
    header = probe(master)
    own = edited_blocks(master, header.frames, edit)
    gain = gain_of(trim_db)
    converted = resampled(own, header.channels, header.sample_rate_hz, coding.rate_hz)
    if edit.file_frames is not None:
        converted = _exactly(converted, edit.file_frames, header.channels)
    for block in converted:
        yield block if trim_db == 0.0 else gain * block


def _exactly(blocks: Iterator[Block], frames: int, channels: int) -> Iterator[Block]:
    """The first `frames` of a stream; one that is shorter ends in silence."""
    left = frames
    for block in blocks:
        if block.shape[1] and left:
            yield np.ascontiguousarray(block[:, :left])
            left -= min(left, block.shape[1])
    while left:
        silence = min(left, BLOCK_FRAMES)
        yield np.zeros((channels, silence))
        left -= silence
