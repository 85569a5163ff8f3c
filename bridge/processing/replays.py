"""What a strange processor did to one signal, done to another: as a gain, or as a gain a band.

Each is linear in the other signal, so what parts of the first give adds up to what the processor
gave, less what the model misses: what it gives for the first signal itself tells that.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from bridge.audio import Block, reblocked

_BLOCK_FRAMES = 65536
_NO_ENERGY = 1e-14
_NOTHING = 1e-12
_GAIN_MARGIN_MS = 0.17
"""Half the window that a gain is read over: it may move as fast as a limiter's."""

_GAIN_WOBBLE = 0.1
"""How far, as a share, the gain of one sample may be from that of its window."""

_BAND_FRAMES = 4096
"""At 48 kHz: fine enough for crossovers at 100 Hz."""

_BAND_REACH = 4
_BAND_WOBBLE = 16.0
"""How far, as a share, the gain of one line may be from that of the nine around it."""

_Spectra = npt.NDArray[np.complex128]


class Replay:
    """Streams (2, frames) of a processor's input, its output and another signal, in lockstep.

    The work is done on a fixed grid, so that blocks change no bit. Frame n out is frame n in.
    """

    def __init__(self, hop_frames: int, margin_frames: int) -> None:
        self._hop, self._margin = hop_frames, margin_frames
        self._waiting: Block = np.zeros((6, margin_frames))

    def process(self, before: Block, after: Block, other: Block) -> Block:
        """Take as many frames of all three; return those of the third that are ready."""
        self._waiting = np.concatenate([self._waiting, np.vstack([before, after, other])], axis=1)
        return self._ready()

    def finish(self) -> Block:
        """Return what is still held."""
        held = self._waiting.shape[1] - self._margin
        padding = -held % self._hop + self._margin
        self._waiting = np.pad(self._waiting, ((0, 0), (0, padding)))
        return self._ready()[:, :held]

    def _ready(self) -> Block:
        made, whole = [np.zeros((2, 0))], self._hop + 2 * self._margin
        while self._waiting.shape[1] >= whole:
            rows = self._waiting[:, :whole]
            made.append(self._of(rows[:2], rows[2:4], rows[4:]))
            self._waiting = self._waiting[:, self._hop :]
        self._waiting = self._waiting.copy()
        return np.concatenate(made, axis=1)

    @abstractmethod
    def _of(self, before: Block, after: Block, other: Block) -> Block:
        """What is inside the margins of a window."""


class GainReplay(Replay):
    """One gain for both sides, or with `sides_apart` one for each: least squares over a window.

    A sample whose own quotient is near that has its own, so that what is a gain is met exactly.
    """

    def __init__(self, sample_rate_hz: int, *, sides_apart: bool) -> None:
        reach = max(1, round(_GAIN_MARGIN_MS * sample_rate_hz / 1000))
        super().__init__(_BLOCK_FRAMES, reach)
        self._taps = np.hanning(2 * reach + 3)[1:-1]
        self._sides_apart = sides_apart

    def _of(self, before: Block, after: Block, other: Block) -> Block:
        products, squares = before * after, before * before
        if not self._sides_apart:
            products, squares = (each.sum(axis=0, keepdims=True) for each in (products, squares))
        inside = slice(self._margin, before.shape[1] - self._margin)
        before, after, other = before[:, inside], after[:, inside], other[:, inside]
        energy = self._windowed(squares)
        gain = np.ones_like(energy)
        np.divide(self._windowed(products), energy, out=gain, where=energy > _NO_ENERGY)
        missed = after - gain * before
        own = np.divide(missed, before, out=np.zeros_like(missed), where=np.abs(before) > _NOTHING)
        most = _GAIN_WOBBLE * np.abs(gain)
        replayed: Block = (gain + np.clip(own, -most, most)) * other
        return replayed

    def _windowed(self, rows: Block) -> Block:
        windowed: Block = np.stack([np.convolve(row, self._taps, "valid") for row in rows])
        return windowed


class BandReplay(Replay):
    """A gain for every line of a short-time spectrum, each side by itself.

    The gain is what turns the input's line into the output's, bounded by the lines around it.
    """

    def __init__(self, sample_rate_hz: int) -> None:
        frames = _BAND_FRAMES
        while frames * 50000 < _BAND_FRAMES * sample_rate_hz:
            frames *= 2
        super().__init__(4 * frames, frames)
        self._frames = frames
        self._window = np.hanning(frames + 1)[:-1]

    def _of(self, before: Block, after: Block, other: Block) -> Block:
        spectra, wanted = self._spectra(before), self._spectra(after)
        crossed, powers = wanted * spectra.conj(), spectra * spectra.conj()
        around = _quotient(_summed_lines(crossed), _summed_lines(powers), otherwise=1.0)
        apart = _quotient(crossed, powers, otherwise=0.0) - around
        most, far = _BAND_WOBBLE * np.abs(around), np.abs(apart)
        share = np.divide(most, far, out=np.ones_like(far), where=far > most)
        return self._joined((around + apart * share) * self._spectra(other))

    def _starts(self) -> range:
        step = self._frames // 4
        return range(step, self._hop + self._frames, step)

    def _spectra(self, rows: Block) -> _Spectra:
        cut = [rows[:, start : start + self._frames] * self._window for start in self._starts()]
        spectra: _Spectra = np.fft.rfft(np.stack(cut))
        return spectra

    def _joined(self, spectra: _Spectra) -> Block:
        made = np.zeros((2, self._hop + 2 * self._frames))
        pieces = np.fft.irfft(spectra, self._frames) * (self._window / 1.5)
        for start, piece in zip(self._starts(), pieces, strict=True):
            made[:, start : start + self._frames] += piece
        return made[:, self._frames : -self._frames]


def _summed_lines(lines: _Spectra) -> _Spectra:
    reach = _BAND_REACH
    padded: _Spectra = np.pad(lines, ((0, 0), (0, 0), (reach, reach)), mode="edge")
    count = lines.shape[2]
    summed = padded[:, :, :count].copy()
    for at in range(1, 2 * reach + 1):
        summed += padded[:, :, at : at + count]
    return summed


def _quotient(lines: _Spectra, powers: _Spectra, otherwise: float) -> _Spectra:
    out = np.full(lines.shape, otherwise, np.complex128)
    return np.divide(lines, powers, out=out, where=powers.real > _NO_ENERGY**2)


def replay(
    model: Replay, before: Iterable[Block], after: Iterable[Block], other: Iterable[Block]
) -> Iterator[Block]:
    """Yield `other` through `model` of what made `after` of `before`; all have one length."""
    streams = (reblocked(each, _BLOCK_FRAMES) for each in (before, after, other))
    for blocks in zip(*streams, strict=True):
        ready = model.process(*blocks)
        if ready.shape[1]:
            yield ready
    rest = model.finish()
    if rest.shape[1]:
        yield rest
