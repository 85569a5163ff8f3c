"""Two audios beside each other at full rate: how far apart, by which gain, how alike.

One is searched within the other by the correlation of their spectra; its peak is refined between
the samples, where a shift by half a sample would already make two hi-hats look unlike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import fft

from bridge.audio import Block

_FAINT = 1e-6
"""Power, of the loudest stretch's, below which a stretch of the other is no place to be found."""
_SEEN = 1e-4
"""Size, of the strongest line's, below which a line of a whitened spectrum counts less."""
_NEWTON_STEPS = 4

_Spectrum = npt.NDArray[np.complex128]


@dataclass(frozen=True)
class Alignment:
    """One audio against another: one(t) is about `gain` * other(t - `offset_frames`).

    `offset_frames` is positive where one is late, with fractions; `gain` is negative where one is
    upside down. `likeness` is the magnitude of the normalised correlation, 0..1; `sharpness` how
    far the peak stands above the RMS of all offsets that were tried.
    """

    offset_frames: float
    gain: float
    likeness: float
    sharpness: float

    @property
    def polarity(self) -> int:
        """1, or -1 for upside down."""
        return -1 if self.gain < 0.0 else 1


NOT_ALIKE = Alignment(0.0, 0.0, 0.0, 0.0)


def aligned(one: Block, other: Block, lead: int, *, whitened: bool = False) -> Alignment:
    """Find one (channels, n) within other (channels, m), m >= n, which begins `lead` frames before.

    Offsets from lead - (m - n) to `lead` frames are tried. Where the two differ in width both are
    taken in mono. `whitened` gives each line of the spectrum the same weight: for what is one part
    of many in the other, or has a few strong notes. NOT_ALIKE where either is silent.
    """
    one, other = of_one_width(one, other)
    frames, tried = one.shape[1], other.shape[1] - one.shape[1] + 1
    size = fft.next_fast_len(other.shape[1], real=True)
    spectrum = _crossed(one, other, size)
    products = fft.irfft(spectrum, size)[:tried]
    own, others = float(np.square(one).sum()), _powers(other, frames)
    if not own or not float(others.max()):
        return NOT_ALIKE
    heard = others > _FAINT * float(others.max())
    sizes = np.where(heard, np.sqrt(own * np.maximum(others, 1e-300)), np.inf)
    likenesses = products / sizes
    peaks = fft.irfft(_white(spectrum), size)[:tried] * heard if whitened else likenesses
    at = int(np.abs(peaks).argmax())
    spread = float(np.sqrt(np.square(peaks).mean()))
    sharpness = float(np.abs(peaks[at])) / spread if spread else 0.0
    padded = 2 * fft.next_fast_len(frames, real=True)
    here = _crossed(one, other[:, at : at + frames], padded)
    between, product = _refined(here, padded, whitened=whitened)
    likeness = min(1.0, abs(product) / float(sizes[at]))
    return Alignment(lead - (at + between), product / float(others[at]), likeness, sharpness)


def together(alignments: Sequence[Alignment], weights: Sequence[float]) -> Alignment:
    """One alignment from those of several places: weighted medians, and the least sharpness."""
    if not alignments:
        return NOT_ALIKE
    return Alignment(
        weighted_median([each.offset_frames for each in alignments], weights),
        weighted_median([each.gain for each in alignments], weights),
        weighted_median([each.likeness for each in alignments], weights),
        min(each.sharpness for each in alignments),
    )


def weighted_median(values: Sequence[float], weights: Sequence[float]) -> float:
    """The value below which half the weight lies."""
    order = np.argsort(np.asarray(values), kind="stable")
    added = np.cumsum(np.asarray(weights, float)[order])
    return float(np.asarray(values)[order[int(np.searchsorted(added, 0.5 * added[-1]))]])


def of_one_width(one: Block, other: Block) -> tuple[Block, Block]:
    """Both as they are, or both (1, frames) in mono where they differ in width."""
    if len(one) == len(other):
        return one, other
    return one.mean(axis=0, keepdims=True), other.mean(axis=0, keepdims=True)


def _crossed(one: Block, other: Block, size: int) -> _Spectrum:
    """The cross spectrum of two, all channels added."""
    spectrum: _Spectrum = np.zeros(size // 2 + 1, np.complex128)
    for mine, theirs in zip(one, other, strict=True):
        spectrum += np.conj(fft.rfft(mine, size)) * fft.rfft(theirs, size)
    return spectrum


def _white(spectrum: _Spectrum) -> _Spectrum:
    sizes = np.abs(spectrum)
    return spectrum / (sizes + _SEEN * float(sizes.max()) + 1e-300)


def _powers(other: Block, frames: int) -> npt.NDArray[np.float64]:
    """The power sum of each stretch of `frames`."""
    added = np.concatenate([[0.0], np.cumsum(np.square(other).sum(axis=0))])
    return np.asarray(np.maximum(added[frames:] - added[:-frames], 0.0))


def _refined(spectrum: _Spectrum, size: int, *, whitened: bool) -> tuple[float, float]:
    """How far off a whole frame the peak is (within one), and the correlation there, signed.

    `size`, an even number of frames, is that of the transform.
    """
    turns = 2 * np.pi * np.arange(len(spectrum)) / size
    seen = _white(spectrum) if whitened else spectrum
    at = 0.0
    for _ in range(_NEWTON_STEPS):
        turned = seen * np.exp(1j * turns * at)
        slope = -float((turns * turned.imag).sum())
        bend = -float((np.square(turns) * turned.real).sum())
        if not bend:
            break
        at = float(np.clip(at - slope / bend, -0.75, 0.75))
    twice = np.full(len(spectrum), 2.0)
    twice[[0, -1]] = 1.0
    return at, float((twice * (spectrum * np.exp(1j * turns * at)).real).sum()) / size
