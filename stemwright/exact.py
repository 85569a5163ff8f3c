"""Sines, exponentials and logarithms whose every bit is prescribed: whole numbers, rounded once.

C libraries and processors disagree in the last bits of `sin`, `exp`, `pow` and `log10`, and a
filter's coefficient or a gain carries that into every sample. Here everything is worked in integers
with 160 bits behind the point and rounded to the nearest double by Python's own division, so that
every machine gets the same one. Arguments are ratios of two finite doubles, taken exactly: what a
rounded quotient would lose close to half a turn stays.

A call costs some microseconds: for coefficients and single levels, not for samples.
"""

from __future__ import annotations

import math

_BITS = 160
_ONE = 1 << _BITS

_PI = (3141592653589793238462643383279502884197169399375105820974944 << _BITS) // 10**60
_LN2 = (693147180559945309417232121458176568075500134360255254120680 << _BITS) // 10**60
_LN10 = (2302585092994045684017991454684364207601101488628772976033327 << _BITS) // 10**60

_HALVINGS = 8
"""How often an exponent is halved for its series, and what came of that squared."""

_LARGEST_EXPONENT = 800
"""e**800 is beyond the largest double, e**-800 under the smallest."""

_SQRT_HALF = 0.7071067811865476
_DOUBLE_BITS = 53
_SEED_BITS = 110


def sin_cos(part: float, whole: float) -> tuple[float, float]:
    """Return the sine and the cosine of `part / whole` turns: 2 pi part / whole radians."""
    sine, cosine = _sin_cos(part, whole)
    return sine / _ONE, cosine / _ONE


def tan(part: float, whole: float) -> float:
    """Return the tangent of `part / whole` turns; ZeroDivisionError at a quarter turn."""
    sine, cosine = _sin_cos(part, whole)
    return sine / cosine


def exp(part: float, whole: float = 1.0) -> float:
    """Return e ** (part / whole); OverflowError beyond the largest double."""
    above, below = _ratio(part, whole)
    return _power((above << _BITS) // below)


def power_of_ten(part: float, whole: float = 1.0) -> float:
    """Return 10 ** (part / whole); OverflowError beyond the largest double."""
    above, below = _ratio(part, whole)
    return _power(above * _LN10 // below)


def power_of_two(part: float, whole: float = 1.0) -> float:
    """Return 2 ** (part / whole); OverflowError beyond the largest double."""
    above, below = _ratio(part, whole)
    return _power(above * _LN2 // below)


def log10(number: float) -> float:
    """Return the decimal logarithm of a positive, finite number."""
    mantissa, octaves = math.frexp(number)
    if mantissa < _SQRT_HALF:
        mantissa, octaves = 2.0 * mantissa, octaves - 1
    wanted = int(math.ldexp(mantissa, _DOUBLE_BITS)) << (_BITS - _DOUBLE_BITS)
    # Whatever the library says to 14 digits, one step of Halley's iteration makes it 42.
    seed = int(math.ldexp(math.log(mantissa), _SEED_BITS)) << (_BITS - _SEED_BITS)
    found = _series(seed)
    natural = seed + ((wanted - found) << (_BITS + 1)) // (wanted + found)
    return (natural + octaves * _LN2) / _LN10


def _ratio(part: float, whole: float) -> tuple[int, int]:
    """Return `part / whole` as an integer above a positive one."""
    above, below = float(part).as_integer_ratio()
    by, under = float(whole).as_integer_ratio()
    return (above * under, below * by) if by > 0 else (-above * under, -below * by)


def _sin_cos(part: float, whole: float) -> tuple[int, int]:
    """Return both in 2**-160, by Taylor's series within an eighth of a turn."""
    above, below = _ratio(part, whole)
    quarters, rest = divmod(4 * above, below)
    mirrored = 2 * rest > below
    angle = _PI * (below - rest if mirrored else rest) // (2 * below)
    sine, cosine, term, power = 0, 0, _ONE, 0
    while term:
        signed = -term if power & 2 else term
        if power & 1:
            sine += signed
        else:
            cosine += signed
        power += 1
        term = (term * angle >> _BITS) // power
    if mirrored:
        sine, cosine = cosine, sine
    for _ in range(quarters % 4):
        sine, cosine = cosine, -sine
    return sine, cosine


def _power(exponent: int) -> float:
    """Return e**x, `exponent` being x in 2**-160."""
    if exponent > _LARGEST_EXPONENT << _BITS:
        raise OverflowError("the power is beyond the largest double")
    if exponent < -_LARGEST_EXPONENT << _BITS:
        return 0.0
    octaves, rest = divmod(exponent, _LN2)
    power = _series(rest)
    return (power << octaves) / _ONE if octaves >= 0 else power / (_ONE << -octaves)


def _series(exponent: int) -> int:
    """Return e**x in 2**-160 for |x| < 1, by Taylor's series of x / 256."""
    small = exponent >> _HALVINGS
    power, term, count = _ONE, _ONE, 0
    while term:
        count += 1
        term = (term * small >> _BITS) // count
        power += term
    for _ in range(_HALVINGS):
        power = power * power >> _BITS
    return power
