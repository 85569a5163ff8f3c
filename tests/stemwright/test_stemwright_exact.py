"""Sines, exponentials and logarithms to the last bit, held against decimals of 90 digits."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import given, strategies as st

from stemwright import exact

RATES_HZ = (8000.0, 11025.0, 22050.0, 44100.0, 48000.0, 96000.0, 176400.0, 384000.0)


def arctan(of: Decimal) -> Decimal:
    total, power, count = Decimal(0), of, 1
    while abs(power) > Decimal("1e-90"):
        total += power / count
        power *= -of * of
        count += 2
    return total


def circle(part: float, whole: float) -> tuple[Decimal, Decimal]:
    """Sine and cosine of 2 pi part / whole: the angle is halved 20 times, then doubled again."""
    pi = 16 * arctan(Decimal(1) / 5) - 4 * arctan(Decimal(1) / 239)  # Machin, 1706
    angle = 2 * pi * Decimal(part) / Decimal(whole) / 2**20
    sine, cosine, term = Decimal(0), Decimal(0), Decimal(1)
    for count in range(0, 24, 2):
        cosine += term
        term = term * angle / (count + 1)
        sine += term
        term = -term * angle / (count + 2)
    for _ in range(20):
        sine, cosine = 2 * sine * cosine, cosine * cosine - sine * sine
    nothing = Decimal("1e-70")
    return sine.quantize(nothing), cosine.quantize(nothing)


@given(share=st.floats(1e-6, 1.0, exclude_max=True), rate_hz=st.sampled_from(RATES_HZ))
def test_sine_cosine_and_tangent_of_every_filter_frequency(share: float, rate_hz: float) -> None:
    hz = share * rate_hz / 2.0
    with localcontext(prec=90):
        sine, cosine = circle(hz, rate_hz)
        assert exact.sin_cos(hz, rate_hz) == (float(sine), float(cosine))
        sine, cosine = circle(hz, 2.0 * rate_hz)
        assert exact.tan(hz, 2.0 * rate_hz) == float(sine / cosine)


@given(below_nyquist=st.floats(1e-9, 1e-2), rate_hz=st.sampled_from(RATES_HZ))
def test_nothing_is_lost_close_to_half_a_turn(below_nyquist: float, rate_hz: float) -> None:
    hz = rate_hz / 2.0 - below_nyquist
    with localcontext(prec=90):
        sine, cosine = circle(hz, rate_hz)
        assert exact.sin_cos(hz, rate_hz) == (float(sine), float(cosine))


def test_corners_of_the_circle_are_exact() -> None:
    found = [exact.sin_cos(float(eighth), 8.0) for eighth in (0, 2, 4, 6, 8)]
    assert found == [(0.0, 1.0), (1.0, 0.0), (0.0, -1.0), (-1.0, 0.0), (0.0, 1.0)]
    assert exact.sin_cos(-1.0, 12.0)[0] == exact.sin_cos(1.0, -12.0)[0] == -0.5
    assert exact.tan(1.0, 8.0) == 1.0
    with pytest.raises(ZeroDivisionError):
        exact.tan(1.0, 4.0)


@given(part=st.floats(-7e4, 7e4), whole=st.floats(1e2, 1e6))
def test_an_exponential(part: float, whole: float) -> None:
    with localcontext(prec=90):
        assert exact.exp(part, whole) == float((Decimal(part) / Decimal(whole)).exp())


@given(gain_db=st.floats(-6600.0, 6160.0))
def test_a_power_of_ten(gain_db: float) -> None:
    with localcontext(prec=90):
        wanted = float((Decimal(gain_db) / 20 * Decimal(10).ln()).exp())
        assert exact.power_of_ten(gain_db, 20.0) == wanted


@given(note=st.floats(-1000.0, 1000.0))
def test_a_power_of_two(note: float) -> None:
    with localcontext(prec=90):
        wanted = float((Decimal(note) / 12 * Decimal(2).ln()).exp())
        assert exact.power_of_two(note, 12.0) == wanted


def test_whole_powers_and_the_ends_of_the_doubles() -> None:
    for power in range(-30, 23):
        assert exact.power_of_ten(float(power)) == float(f"1e{power}")
        assert exact.log10(float(f"1e{power}")) == power
    assert exact.exp(-745.0) == math.ulp(0.0)
    assert exact.exp(-1e300) == 0.0
    for beyond in (309.0, 1e300):
        with pytest.raises(OverflowError):
            exact.power_of_ten(beyond)


@given(number=st.floats(min_value=0.0, exclude_min=True, allow_infinity=False))
def test_a_logarithm(number: float) -> None:
    with localcontext(prec=90):
        assert exact.log10(number) == float(Decimal(number).log10())


@given(away=st.floats(-1e-3, 1e-3))
def test_a_logarithm_close_to_one(away: float) -> None:
    with localcontext(prec=90):
        assert exact.log10(1.0 + away) == float(Decimal(1.0 + away).log10())
