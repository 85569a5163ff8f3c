"""The Fourier transform of real windows in +, -, * alone, so that every build gives the same bits.

numpy's and scipy's (pocketfft) contract products and sums on processors that can, which moves the
last bits. The passes here are simple enough to be followed in C, operation by operation:

1. A window of 2 M real samples is M complex ones, even samples real and odd ones imaginary.
2. M = A * B. The samples, written as A rows of B, are transformed along the columns, multiplied by
   exp(-2 pi i row column / M), transposed, and transformed along the columns again. D. H. Bailey,
   "FFTs in external or hierarchical memory", Journal of Supercomputing 4, 1990: the four steps.
3. Columns are transformed by passes of radix 4, and one of radix 2 at the end where that is left
   over, out of place and in order: T. G. Stockham's method, in C. Van Loan, "Computational
   Frameworks for the Fast Fourier Transform", 1992, section 1.7 (decimation in frequency).
4. The spectrum of the real samples is read off the complex one and its mirror image.

Backwards is the same with real and imaginary parts changing places. Parts lie in arrays of their
own, and products are written out: a complex one may be fused on some processors.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bridge.native import Kernel, library
from bridge.processing.gain_series import Array
from bridge.processing.sines import sines


class Parts(NamedTuple):
    """Complex numbers: two arrays of one shape."""

    real: Array
    imaginary: Array


class RealTransform:
    """Spectra of real windows, and back. Several windows are several rows, which do not mix."""

    def __init__(self, frames: int) -> None:
        """`frames` is a power of two, 8 or more."""
        half = frames // 2
        bits = half.bit_length() - 1
        self._shape = 1 << bits // 2, 1 << (bits + 1) // 2
        self._between = roots(np.arange(self._shape[0])[:, None] * np.arange(self._shape[1]), half)
        self._ahead = roots(np.arange(half + 1), frames)
        self._back = Parts(self._ahead.real, -self._ahead.imaginary)
        self._tables: Array = np.concatenate(
            [
                *(each.reshape(-1) for each in (*self._between, *self._ahead)),
                *(table for size in self._shape for table in _pass_factors(size)),
            ]
        )

    def forward(self, samples: Parts) -> Parts:
        """Return twice the spectra, (count, frames // 2 + 1), of `samples`.

        These are the even ones, as real parts, and the odd ones of every window, each (count,
        frames // 2).
        """
        if (compiled := library()) is not None:
            bins = samples.real.shape[1] + 1
            return self._compiled(compiled.forward, samples, bins)
        here = Parts(*(_closed(part) for part in self._complex(samples)))
        there = _reversed(here)
        # Even samples give E, odd ones O: here is E + iO, there the conjugate of E - iO.
        even = Parts(here.real + there.real, here.imaginary - there.imaginary)
        odd = Parts(here.imaginary + there.imaginary, there.real - here.real)
        return added(even, product(odd, self._ahead))

    def backward(self, spectra: Parts) -> Parts:
        """Return `frames` times the samples, as `forward` takes them, of their spectra."""
        if (compiled := library()) is not None:
            return self._compiled(compiled.backward, spectra, spectra.real.shape[1] - 1)
        there = _reversed(spectra)
        even = Parts(spectra.real + there.real, spectra.imaginary - there.imaginary)
        turned = Parts(spectra.real - there.real, spectra.imaginary + there.imaginary)
        odd = product(turned, self._back)
        real, imaginary = even.real - odd.imaginary, even.imaginary + odd.real
        odds, evens = self._complex(Parts(imaginary[:, :-1], real[:, :-1]))
        return Parts(evens, odds)

    def _compiled(self, kernel: Kernel, parts: Parts, size: int) -> Parts:
        """Run every row through a kernel that gives rows of `size`."""
        made = Parts(*(np.empty((len(parts.real), size)) for _ in range(2)))
        work = np.empty(4 * self._shape[0] * self._shape[1])
        for row in zip(*parts, *made, strict=True):
            kernel(*row, *self._shape, self._tables, work)
        return made

    def _complex(self, samples: Parts) -> Parts:
        """Return the transforms of (count, frames // 2) complex samples."""
        count = len(samples.real)
        found = _down_columns(Parts(*(part.reshape(count, *self._shape) for part in samples)))
        turned = product(found, self._between)
        found = _down_columns(Parts(*(part.transpose(0, 2, 1).copy() for part in turned)))
        return Parts(*(part.reshape(count, -1) for part in found))


def roots(places: npt.NDArray[np.int64], whole: int) -> Parts:
    """Return exp(-2 pi i place / whole), `whole` a power of two, in the shape of `places`."""
    turns = places.reshape(-1) / -whole
    return Parts(*(sines(each).reshape(places.shape) for each in (turns + 0.25, turns)))


def added(one: Parts, other: Parts) -> Parts:
    """Return the sums."""
    return Parts(one.real + other.real, one.imaginary + other.imaginary)


def add_products(to: Parts, spectra: Parts, by: Parts) -> None:
    """Add to every row of (count, bins) those of `spectra` times the (bins,) of `by`."""
    if (compiled := library()) is None:
        made = added(to, product(spectra, by))
        to.real[...], to.imaginary[...] = made
        return
    for row in zip(*spectra, *to, strict=True):
        compiled.product(*row[:2], *by, *row[2:], len(by.real), 1)


def product(one: Parts, other: Parts) -> Parts:
    """Return the complex products; `other` is repeated along the first axes where it has fewer."""
    if (compiled := library()) is not None and one.real.ndim == 2 and other.real.ndim == 1:
        made = Parts(*(np.empty(one.real.shape) for _ in range(2)))
        for row in zip(*one, *made, strict=True):
            compiled.product(*row[:2], *other, *row[2:], len(other.real), 0)
        return made
    real, imaginary = one.real * other.real, one.imaginary * other.imaginary
    real -= imaginary
    np.multiply(one.real, other.imaginary, out=imaginary)
    imaginary += one.imaginary * other.real
    return Parts(real, imaginary)


def _less(one: Parts, other: Parts) -> Parts:
    return Parts(one.real - other.real, one.imaginary - other.imaginary)


def _closed(part: Array) -> Array:
    """Return (count, M + 1): bin M of a transform of M samples is bin 0."""
    return np.concatenate([part, part[:, :1]], axis=1)


def _reversed(parts: Parts) -> Parts:
    return Parts(*(part[:, ::-1].copy() for part in parts))


def _down_columns(parts: Parts) -> Parts:
    """Return the transforms along the second axis of (count, size, width) complex samples."""
    shape, size = parts.real.shape, parts.real.shape[1]
    while size >= 4:
        size //= 4
        parts = _radix_4(parts, size)
    if size == 2:
        upper, lower = _rows(parts, 2, 1)
        both = zip(added(upper, lower), _less(upper, lower), strict=True)
        parts = Parts(*(np.stack(each, axis=1) for each in both))
    return Parts(parts.real.reshape(shape), parts.imaginary.reshape(shape))


def _radix_4(parts: Parts, size: int) -> Parts:
    """Return (count, size, 4, width) of (count, 4 * size, width): one pass of the transform.

    Row p is made of the rows a, b, c, d at p, p + size, p + 2 size, p + 3 size. With w = exp(-2 pi
    i p / (4 size)) it is (a + c) + (b + d), then ((a - c) - i (b - d)) w, then ((a + c) - (b + d))
    w^2, then ((a - c) + i (b - d)) w^3. In the last pass, of size 1, w is 1 and left out.
    """
    a, b, c, d = _rows(parts, 4, size)
    evens, odds, apart, across = added(a, c), added(b, d), _less(a, c), _less(b, d)
    turned = Parts(across.imaginary, -across.real)
    found = added(evens, odds), added(apart, turned), _less(evens, odds), _less(apart, turned)
    count, _, width = a.real.shape
    out = Parts(*(np.empty((count, size, 4, width)) for _ in range(2)))
    for number, each in enumerate(found):
        factored = product(each, _factors(size, number)) if number and size > 1 else each
        out.real[:, :, number], out.imaginary[:, :, number] = factored
    return out


def _pass_factors(size: int) -> Iterator[Array]:
    """Yield w, w^2, w^3, real and imaginary, of each pass down `size` that has any."""
    while size > 4:
        size //= 4
        for power in (1, 2, 3):
            yield from (part.reshape(-1) for part in _factors(size, power))


@lru_cache(maxsize=64)
def _factors(size: int, power: int) -> Parts:
    """Return (size, 1) of w ** power."""
    return roots(power * np.arange(size)[:, None], 4 * size)


def _rows(parts: Parts, count: int, size: int) -> list[Parts]:
    """Cut the second axis of (windows, count * size, ...) into `count` of (windows, size, -1)."""
    cut = [part.reshape(len(part), count, size, -1) for part in parts]
    return [Parts(*(part[:, row] for part in cut)) for row in range(count)]
