"""Coefficients to a few units in the last place, against decimals of 50 digits and scipy's."""

from __future__ import annotations

from decimal import Decimal, localcontext
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.signal import butter

from bridge.processing.filter_designs import (
    Sections,
    all_pass,
    band_pass,
    linkwitz_riley,
    passing,
    sections_of,
)
from chains import Bell, Shelf

RATES_HZ = (8000, 11025, 22050, 44100, 48000, 88200, 96000, 192000, 384000)
TURN = 2 * Decimal("3.14159265358979323846264338327950288419716939937510582097494")
ULP = 2.0**-52

rates = st.sampled_from(RATES_HZ)
shares = st.floats(1e-4, 0.98)  # of the Nyquist frequency; 0.98 is the highest that is taken
shapes = st.sampled_from(["low_pass", "high_pass"])


def hertz(share: float, rate_hz: int) -> float:
    """A frequency that a band of the equaliser may have."""
    return min(max(share * rate_hz / 2, 10.0), 40000.0)


def circle(turns: Decimal) -> tuple[Decimal, Decimal]:
    """Sine and cosine by their series."""
    angle, sine, cosine, term = TURN * turns, Decimal(0), Decimal(0), Decimal(1)
    for count in range(0, 60, 2):
        cosine += term
        term *= angle / (count + 1)
        sine += term
        term *= -angle / (count + 2)
    return sine, cosine


def ulps_apart(found: Sections, exact: list[list[Decimal]]) -> float:
    """The furthest coefficient, in units in the last place of the largest of its section's part."""
    furthest = 0.0
    for row, wanted in zip(found, exact, strict=True):
        for part in (slice(3), slice(3, 6)):
            largest = max(abs(float(each)) for each in wanted[part])
            apart = max(
                abs(float(Decimal(a) - b)) for a, b in zip(row[part], wanted[part], strict=True)
            )
            furthest = max(furthest, apart / (ULP * largest))
    return furthest


def butterworth(shape: str, hz: float, order: int, rate_hz: int) -> list[list[Decimal]]:
    """From the poles: z = (1 + s) / (1 - s) of the analogue ones at the corner's bent place."""
    side = -1 if shape == "high_pass" else 1
    sine, cosine = circle(Decimal(hz) / rate_hz / 2)
    corner, gain, rows = sine / cosine, Decimal(1), []
    for number in range((order + 1) // 2):
        up, along = circle(Decimal(order - 1 - 2 * number) / (4 * order))
        real, imaginary = -corner * along, corner * up
        away = (1 - real) ** 2 + imaginary**2
        z_real = (1 - real**2 - imaginary**2) / away
        size = ((1 + real) ** 2 + imaginary**2) / away
        single = 2 * number == order - 1
        poles = [1, -z_real, 0] if single else [1, -2 * z_real, size]
        zeros = [1, side, 0] if single else [1, 2 * side, 1]
        at_unity = [1, side, 1]
        gain *= sum(a * b for a, b in zip(poles, at_unity, strict=True)) / Decimal(
            sum(map(abs, zeros))
        )
        rows.append([Decimal(each) for each in (*zeros, *poles)])
    rows.reverse()
    rows[0][:3] = [gain * each for each in rows[0][:3]]
    return rows


@given(shape=shapes, order=st.integers(1, 8), share=shares, rate_hz=rates)
def test_a_butterworth_pass(shape: str, order: int, share: float, rate_hz: int) -> None:
    hz = share * rate_hz / 2
    with localcontext(prec=50):
        exact = butterworth(shape, hz, order, rate_hz)
    assert ulps_apart(passing(shape, hz, order, rate_hz), exact) <= 12.0


@given(shape=shapes, order=st.sampled_from([1, 2, 4, 6, 8]), share=shares, rate_hz=rates)
def test_a_pass_is_scipys(shape: str, order: int, share: float, rate_hz: int) -> None:
    hz = share * rate_hz / 2
    kind = shape.replace("_", "")
    scipys = butter(order, hz, kind, output="sos", fs=rate_hz)  # type: ignore[call-overload] # the kind is a plain word here
    found = passing(shape, hz, order, rate_hz)
    assert found[:, :3] == pytest.approx(scipys[:, :3], rel=1e-12, abs=0.0)
    assert found[:, 3:] == pytest.approx(scipys[:, 3:], rel=0.0, abs=1e-14)


@given(share=shares, rate_hz=rates, gain_db=st.floats(-36, 36), q=st.floats(0.05, 50))
def test_a_bell(share: float, rate_hz: int, gain_db: float, q: float) -> None:
    hz = hertz(share, rate_hz)
    found = sections_of(Bell(shape="bell", hz=hz, gain_db=gain_db, q=q), rate_hz)
    if not gain_db:
        assert found.shape == (0, 6)
        return
    with localcontext(prec=50):
        sine, cosine = circle(Decimal(hz) / rate_hz)
        a = (Decimal(gain_db) / 40 * Decimal(10).ln()).exp()
        alpha = sine / (2 * Decimal(q))
        row = [1 + alpha * a, -2 * cosine, 1 - alpha * a, 1 + alpha / a, -2 * cosine, 1 - alpha / a]
        exact = [each / row[3] for each in row]
    assert ulps_apart(found, [exact]) <= 8.0


@given(
    shape=st.sampled_from(["low_shelf", "high_shelf"]),
    share=shares,
    rate_hz=rates,
    gain_db=st.floats(-36, 36).filter(bool),
    q=st.floats(0.05, 5),
)
def test_a_shelf(shape: str, share: float, rate_hz: int, gain_db: float, q: float) -> None:
    hz = hertz(share, rate_hz)
    shelf = Shelf(shape=shape, hz=hz, gain_db=gain_db, q=q)  # type: ignore[arg-type] # a literal from the strategy
    with localcontext(prec=50):
        sine, cosine = circle(Decimal(hz) / rate_hz)
        a = (Decimal(gain_db) / 40 * Decimal(10).ln()).exp()
        bend = a.sqrt() * sine / Decimal(q)
        up, down = a + 1, a - 1
        low = [
            a * (up - down * cosine + bend),
            2 * a * (down - up * cosine),
            a * (up - down * cosine - bend),
            up + down * cosine + bend,
            -2 * (down + up * cosine),
            up + down * cosine - bend,
        ]
        high = [
            a * (up + down * cosine + bend),
            -2 * a * (down + up * cosine),
            a * (up + down * cosine - bend),
            up - down * cosine + bend,
            2 * (down - up * cosine),
            up - down * cosine - bend,
        ]
        row = low if shape == "low_shelf" else high
        exact = [each / row[3] for each in row]
    assert ulps_apart(sections_of(shelf, rate_hz), [exact]) <= 64.0


@given(share=shares, rate_hz=rates, q=st.floats(0.05, 50))
def test_a_band_pass(share: float, rate_hz: int, q: float) -> None:
    hz = share * rate_hz / 2
    with localcontext(prec=50):
        sine, cosine = circle(Decimal(hz) / rate_hz)
        alpha = sine / (2 * Decimal(q))
        row = [alpha, Decimal(0), -alpha, 1 + alpha, -2 * cosine, 1 - alpha]
        exact = [each / row[3] for each in row]
    assert ulps_apart(band_pass(hz, q, rate_hz), [exact]) <= 8.0


@given(share=shares, rate_hz=rates)
def test_a_crossover_adds_up_to_its_all_pass(share: float, rate_hz: int) -> None:
    hz = share * rate_hz / 2
    low, high = (linkwitz_riley(shape, hz, rate_hz) for shape in ("low_pass", "high_pass"))
    zeros = np.polymul(low[0, :3], low[1, :3]) + np.polymul(high[0, :3], high[1, :3])
    turn = all_pass(hz, rate_hz)[0]
    assert zeros == pytest.approx(np.polymul(turn[:3], turn[3:]), abs=1e-14)


def test_every_machine_has_these_bits() -> None:
    found = [
        passing(shape, hz, order, rate_hz)
        for shape in ("low_pass", "high_pass")
        for hz in (20.0, 2494.3, 21000.0)
        for order in range(1, 9)
        for rate_hz in (44100, 48000, 192000)
    ]
    found += [
        sections_of(each, 48000)
        for hz in (31.5, 1000.0, 17000.3)
        for gain_db in (-12.0, 0.1, 7.3)
        for each in (
            Bell(shape="bell", hz=hz, gain_db=gain_db, q=1.3),
            Shelf(shape="low_shelf", hz=hz, gain_db=gain_db),
            Shelf(shape="high_shelf", hz=hz, gain_db=gain_db, q=0.5),
        )
    ]
    found.append(band_pass(440.0, 3.0, 48000))
    digest = sha256(np.concatenate(found).astype("<f8").tobytes()).hexdigest()
    assert digest == "ee27058a8540d4c39f4d7cd61d7a191456a130cdddfded3a068ef3ee5d64546c"
