"""The mains' lines where nothing covers them: by tenths of a second, the quietest counting most.

Between the notes of a bass a line is bare for less than the second that tells it from its
neighbours. Its phase is known from the other lines, and so a tenth will do.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from bridge.audio import Block

_BLOCK_S = 0.1
"""Whole periods of both mains and all their harmonics."""
_BESIDE_HZ = (-20.0, -10.0, 10.0, 20.0)
"""What is as strong there is no line."""
_NOTHING = 1e-14

_Values = npt.NDArray[np.float64]
_Lines = npt.NDArray[np.complex128]


def bare_lines(
    samples: Block, phase: _Values, harmonics: int, rate_hz: int
) -> tuple[_Lines, _Values]:
    """(channels, harmonics) complex amplitudes, and the power of their uncertainty.

    `samples` are (channels, frames), `phase` (frames,) the mains' in radians.
    """
    size = round(_BLOCK_S * rate_hz)
    whole = samples.shape[1] // size * size
    seconds = np.arange(whole) / rate_hz
    levels = np.zeros((len(samples), harmonics), np.complex128)
    errors = np.full((len(samples), harmonics), np.inf)
    for side, row in enumerate(samples[:, :whole]):
        powers = np.square(row).reshape(-1, size).mean(axis=1)
        weights = np.where(powers > _NOTHING, 1.0 / np.maximum(powers, _NOTHING), 0.0)
        if not weights.any():
            continue
        weights /= weights.sum()
        for harmonic in range(harmonics):
            line = row * np.exp(-1j * (harmonic + 1) * phase[:whole])
            each = _by_block(line, size)
            level = complex((weights * each).sum())
            away = np.square(np.abs(each - level))
            beside = [
                abs(complex((weights * _by_block(line * turned, size)).sum())) ** 2
                for turned in np.exp(-2j * np.pi * np.outer(_BESIDE_HZ, seconds))
            ]
            levels[side, harmonic] = level
            errors[side, harmonic] = max(float((np.square(weights) * away).sum()), *beside)
    return levels, errors


def _by_block(straight: _Lines, size: int) -> _Lines:
    return np.asarray(2.0 * straight.reshape(-1, size).mean(axis=1))
