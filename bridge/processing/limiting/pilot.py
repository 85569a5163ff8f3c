"""How far a predicted loudness is off: heard behind the limiter before a take is written."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from bridge.audio import Block
from bridge.processing.limiting.prediction import Prediction

Pieces = npt.NDArray[np.float64]
"""(channels, pieces, frames of a piece)."""

LITTLE_LOST_LU = 0.25
"""Where the limiter takes less than this, its work is not heard: a tenth of it is the most seen."""

DOUBT_LU = 0.006
"""Pieces of a song tell the bias of all of it within this, where that is a few hundredths."""

_PIECE_S = 0.5
_MOST_PIECES = 40
_FEWEST_PIECES = 10
_FIRST_ONE_OF = 4
_FRAMES_A_HEARD_ONE = 2
_MOST_SCALED = 2.0
_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_BLOCK_FRAMES = 65536


def foreseen_bias_lu(
    prediction: Prediction,
    heard: Callable[[], Iterator[Block]],
    drive_db: float,
    decisive_lu: float,
) -> float:
    """Return how much louder than predicted the limited signal is; 0 where little is limited.

    `heard` streams the predicted signal anew at each call. Pieces from all over it, at most 20 s
    and half of it, go through the limiter, a quarter of them first: seldom is there more to know.
    Their bias is scaled from what they lose there to what the whole loses. All of it is heard where
    they leave open on which side of +-`decisive_lu` the bias lies, where they are not like the
    whole, and where it is shorter than 10 s.
    """
    if not prediction.lost_lu(drive_db) >= LITTLE_LOST_LU:
        return 0.0
    piece_frames = round(_PIECE_S * prediction.sample_rate_hz)
    pieces = min(_MOST_PIECES, prediction.frames // (_FRAMES_A_HEARD_ONE * piece_frames))
    if pieces >= _FEWEST_PIECES:
        starts = piece_starts(prediction.frames, pieces, piece_frames)
        excerpt = pieces_of(heard(), starts, piece_frames)
        bias_lu = _scaled_bias_lu(prediction, excerpt[:, ::_FIRST_ONE_OF], drive_db)
        if abs(bias_lu) < decisive_lu / 2.0:
            return bias_lu
        bias_lu = _scaled_bias_lu(prediction, excerpt, drive_db)
        if abs(abs(bias_lu) - decisive_lu) > DOUBT_LU:
            return bias_lu
    return prediction.error_lu(drive_db, heard())


def piece_starts(frames: int, pieces: int, piece_frames: int) -> list[int]:
    """Return the first frames of `pieces` of a signal, one in each of as many equal parts of it.

    They lie elsewhere in every part, so that they fall in step with no beat and no form.
    """
    edges = [number * frames // pieces for number in range(pieces + 1)]
    return [
        edge + int(number * _GOLDEN % 1.0 * (next_edge - edge - piece_frames))
        for number, (edge, next_edge) in enumerate(pairwise(edges))
    ]


def pieces_of(blocks: Iterable[Block], starts: Sequence[int], piece_frames: int) -> Pieces:
    """Return the pieces of a stereo stream that begin at `starts`."""
    pieces, known = np.zeros((2, len(starts), piece_frames)), 0
    for block in blocks:
        for number, start in enumerate(starts):
            first = max(start, known)
            last = min(start + piece_frames, known + block.shape[1])
            if first < last:
                part = block[:, first - known : last - known]
                pieces[:, number, first - start : last - start] = part
        known += block.shape[1]
    return pieces


def _scaled_bias_lu(prediction: Prediction, pieces: Pieces, drive_db: float) -> float:
    """The bias of a whole signal by that of pieces; nan where they are not like the whole."""
    excerpt = pieces.reshape(2, -1)
    own, lost_lu = prediction.of_another(_cut(excerpt)), prediction.lost_lu(drive_db)
    own_lost_lu = own.lost_lu(drive_db)
    if not lost_lu / _MOST_SCALED <= own_lost_lu <= lost_lu * _MOST_SCALED:
        return math.nan
    return own.error_lu(drive_db, _cut(excerpt)) * lost_lu / own_lost_lu


def _cut(samples: Block) -> Iterator[Block]:
    for start in range(0, samples.shape[1], _BLOCK_FRAMES):
        yield samples[:, start : start + _BLOCK_FRAMES]
