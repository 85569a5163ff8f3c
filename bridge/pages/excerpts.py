"""What pages play: excerpts, lossless at 16 bit, and whole songs at preview quality."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np
import numpy.typing as npt
import soundfile
from pedalboard.io import AudioFile, WriteableAudioFile

from bridge.audio import Block, Framer, Quantiser, reblocked, resampled, resampled_frames
from bridge.metering import Meter
from bridge.pages.html import base64_bytes, mark_of
from bridge.pages.outlines import COLUMNS, Outline, extremes, outline, outlined
from stemwright.decibels import amplitude_db, linear
from stemwright.values import dataclass

_FULL = 0.999
_MOST_DB = 120.0
_CODES = 32768.0
_DIGITS = 5
PREVIEW_HZ = 32000
"""The sample rate of previews: up to 15 kHz, in two thirds of the browser's memory."""
_GRID_FRAMES = 16384
_PREVIEW_QUALITY = "V4"
"""LAME's: about 120 kbit/s."""


@dataclass(frozen=True)
class Excerpt:
    """FLAC of 16 bit, or MP3, as base64, of samples from which `lowered_db` was taken first.

    A long one lies in `coded_file`, not coded as base64, and a page is given it while it is saved.
    `frames` are those of what is coded, at the rate it is played at. `peak_dbfs`, `lufs`
     (integrated, BS.1770) and `outline` are of the samples as they came; None
    where they are silent or too short to measure.
    """

    coded_base64: str
    frames: int
    seconds: float
    lowered_db: float
    peak_dbfs: float | None
    lufs: float | None
    outline: Outline
    codec: Literal["flac", "mp3"] = "flac"
    coded_file: Path | None = None

    @property
    def in_page(self) -> str:
        """What stands for it in a page: base64, or the mark of its file."""
        return self.coded_base64 if self.coded_file is None else mark_of(self.coded_file)

    @property
    def page_bytes(self) -> int:
        """What it takes of a page that is saved."""
        if self.coded_file is None:
            return len(self.coded_base64)
        return base64_bytes(self.coded_file.stat().st_size)


def excerpt(samples: Block, rate_hz: int, fill: bool = False) -> Excerpt:
    """Encode (1 or 2, frames); a peak over full scale is lowered by whole decibels first.

    `fill` raises a quiet one in the same way, so that 16 bit do it justice.
    """
    peak = float(np.abs(samples).max(initial=0.0))
    wanted_db = float(math.ceil(amplitude_db(peak / _FULL))) if peak else 0.0
    lowered_db = max(-_MOST_DB, wanted_db) if fill or wanted_db > 0.0 else 0.0
    return Excerpt(
        coded_base64=_flac(samples * linear(-lowered_db), rate_hz),
        frames=samples.shape[1],
        seconds=round(samples.shape[1] / rate_hz, 2),
        lowered_db=lowered_db,
        peak_dbfs=amplitude_db(peak) if peak else None,
        lufs=_lufs(samples, rate_hz),
        outline=_shortened(outline(samples)),
    )


def preview(
    blocks: Iterable[Block],
    rate_hz: int,
    frames: int,
    peak: float,
    lufs: float | None,
    into: Path | None = None,
) -> Excerpt:
    """Encode a stereo stream of `frames` frames as MP3, into a file where one is given.

    Then memory does not grow with its length.
    `peak` (linear) and `lufs` are the stream's, known before. The same samples give the same bytes,
    and a browser that reads LAME's tag gets them back at the frame they had. Raises OSError.
    """
    lowered_db = float(math.ceil(amplitude_db(peak / _FULL))) if peak > _FULL else 0.0
    walked = _Walked(frames)
    gain, memory = linear(-lowered_db), io.BytesIO()
    place: AbstractContextManager[BinaryIO]
    place = nullcontext(memory) if into is None else into.open("w+b")
    with place as file, _mp3(file) as out:
        for block in _previewed(walked.passed(blocks), rate_hz):
            for piece in _oblong(np.asarray(gain * block, np.float32)):
                out.write(piece)
    return Excerpt(
        coded_base64=base64.b64encode(memory.getvalue()).decode("ascii"),
        frames=resampled_frames(frames, rate_hz, PREVIEW_HZ),
        seconds=round(frames / rate_hz, 2),
        lowered_db=lowered_db,
        peak_dbfs=amplitude_db(peak) if peak else None,
        lufs=lufs,
        outline=_shortened(walked.outline()),
        codec="mp3",
        coded_file=into,
    )


def _mp3(file: BinaryIO) -> WriteableAudioFile:
    """What writes (2, frames) float32 to a file that can be read and sought, and raises its errors.

    pedalboard brings the LAME that libsndfile has too, built to be four times as fast.
    """
    return AudioFile(
        file, "w", samplerate=PREVIEW_HZ, num_channels=2, quality=_PREVIEW_QUALITY, format="mp3"
    )


def _oblong(samples: npt.NDArray[np.float32]) -> Iterator[npt.NDArray[np.float32]]:
    """pedalboard cannot tell the channels of a square from its frames: such a one goes in two."""
    if samples.shape[0] == samples.shape[1]:
        yield from np.split(samples, [1], axis=1)
    else:
        yield samples


def _previewed(blocks: Iterable[Block], rate_hz: int) -> Iterator[Block]:
    """On a grid, so that no byte depends on how the stream was cut."""
    return reblocked(resampled(blocks, 2, rate_hz, PREVIEW_HZ), _GRID_FRAMES)


def short_preview(samples: Block, rate_hz: int) -> Excerpt:
    """The same of (2, frames) that are in memory already."""
    peak = float(np.abs(samples).max(initial=0.0))
    return preview([samples], rate_hz, samples.shape[1], peak, _lufs(samples, rate_hz))


class _Walked:
    """Passes a stream on and draws its outline."""

    def __init__(self, frames: int) -> None:
        self._bucket = max(1, math.ceil(frames / COLUMNS))
        self._framer = Framer(2, self._bucket)
        self._columns: list[Block] = [np.zeros((2, 0))]

    def passed(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Yield what comes; a stream without a block gives one that is empty."""
        yield np.zeros((2, 0))
        for block in blocks:
            self._note(self._framer.add(block))
            yield block
        self._note(self._framer.rest())

    def outline(self) -> Outline:
        return outlined(np.concatenate(self._columns, axis=1))

    def _note(self, ready: Block) -> None:
        if ready.shape[1]:
            self._columns.append(extremes(ready, self._bucket))


def _shortened(drawn: Outline) -> Outline:
    return Outline(_short(drawn.lows), _short(drawn.highs))


def _short(values: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(float(f"{value:.{_DIGITS}g}") for value in values)


def _lufs(samples: Block, rate_hz: int) -> float | None:
    meter = Meter(rate_hz, samples.shape[0])
    meter.add(samples)
    found = meter.result().integrated_lufs
    return found if math.isfinite(found) else None


def _flac(samples: Block, rate_hz: int) -> str:
    """16-bit samples stay as they are; others are dithered, all alike."""
    held = bool((samples * _CODES == np.rint(samples * _CODES)).all())
    quantiser = Quantiser("pcm16", samples.shape[0], "excerpt", dither=not held)
    codes = quantiser.process(samples).astype(np.int16)
    file = io.BytesIO()
    soundfile.write(file, codes.T, rate_hz, "PCM_16", format="FLAC")
    return base64.b64encode(file.getvalue()).decode("ascii")
