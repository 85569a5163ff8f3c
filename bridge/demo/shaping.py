"""What the demo's instruments are made with: courses and filters, in arithmetic alone.

Nothing here asks the C library or numpy for a sine, a power or a logarithm, so that every machine
writes the same song.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from bridge.processing import Sections, SosFilter, passing, sines
from stemwright.exact import exp, sin_cos, tan

Mono = npt.NDArray[np.float64]

_LN2 = 0.6931471805599453
_EXPONENTIAL = tuple(1.0 / math.factorial(power) for power in range(15))


def decay(frames: int, rate: int, seconds: float) -> Mono:
    """Return exp(-t / seconds)."""
    course = np.full(frames, exp(-1.0, seconds * rate))
    course[:1] = 1.0
    return np.multiply.accumulate(course)


def rise(frames: int) -> Mono:
    """Return half a cosine from 0 to 1, both included."""
    return 0.5 - 0.5 * sines(0.25 + np.arange(frames) / (2.0 * max(1, frames - 1)))


def fall(frames: int) -> Mono:
    """Return half a cosine from 1 to 0, both included."""
    return 0.5 + 0.5 * sines(0.25 + np.arange(frames) / (2.0 * max(1, frames - 1)))


def powers_of_two(octaves: Mono) -> Mono:
    """Return 2 ** octaves, to the last bit or two."""
    whole = np.rint(octaves)
    rest = (octaves - whole) * _LN2
    series = rest * _EXPONENTIAL[-1]
    for term in _EXPONENTIAL[-2:0:-1]:
        series += term
        series *= rest
    series += 1.0
    return np.ldexp(series, whole.astype(np.int32))


def low_passed(sound: Mono, hz: float, rate: int) -> Mono:
    """Return a sound through a 12 dB/octave Butterworth low-pass."""
    return _through(passing("low_pass", hz, 2, rate), sound)


def high_passed(sound: Mono, hz: float, rate: int) -> Mono:
    """Return a sound through a 12 dB/octave Butterworth high-pass."""
    return _through(passing("high_pass", hz, 2, rate), sound)


def band_passed(sound: Mono, low_hz: float, high_hz: float, rate: int) -> Mono:
    """Return a sound through a Butterworth band-pass that falls by 12 dB/octave on either side."""
    return _through(_band(low_hz, high_hz, rate), sound)


def resonance(sound: Mono, hz: float, width_hz: float, rate: int) -> Mono:
    """Return a sound through a resonance of 0 dB at `hz`, -3.01 dB at the ends of its width."""
    gain = 1.0 / (1.0 + tan(width_hz, 2 * rate))
    poles = [1.0, -2.0 * gain * sin_cos(hz, rate)[1], 2.0 * gain - 1.0]
    return _through(np.array([[1.0 - gain, 0.0, gain - 1.0, *poles]]), sound)


def _band(low_hz: float, high_hz: float, rate: int) -> Sections:
    """Return the bilinear transform of the analogue band-pass, whose poles are roots of a square.

    With h the width over the root of 8 and m the product of the edges, they are
    (-h + ih) +- sqrt(-m - 2i h^2), and what mirrors them.
    """
    low, high = tan(low_hz, 2 * rate), tan(high_hz, 2 * rate)
    middle, width = low * high, high - low
    part = width / math.sqrt(8.0)
    area = part * part
    up = math.sqrt((math.sqrt(middle * middle + 4.0 * area * area) + middle) / 2.0)
    along = area / up
    gain, rows = width * width, []
    for real, imaginary in ((along - part, part - up), (-along - part, part + up)):
        away = (1.0 - real) * (1.0 - real) + imaginary * imaginary
        size = (1.0 + real) * (1.0 + real) + imaginary * imaginary
        middle_term = 2.0 * (real * real + imaginary * imaginary - 1.0) / away
        rows.append([1.0, 0.0, -1.0, 1.0, middle_term, size / away])
        gain /= away
    sections = np.array(rows)
    sections[0, :3] *= gain
    return sections


def _through(sections: Sections, sound: Mono) -> Mono:
    filtered: Mono = SosFilter(sections, channels=1).process(sound[None])[0]
    return filtered
