"""K-weighting against the standard's own table and libebur128; the gates against hand figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pyebur128 import MeasurementMode, R128State, get_loudness_global
from pyloudnorm import IIRfilter

from bridge.audio.loudness import KWeighting, energy, gated_lufs, k_weighting, lufs

# ITU-R BS.1770, Annex 1, tables 1 and 2: 48 kHz.
TABLE = [
    [
        1.53512485958697,
        -2.69169618940638,
        1.19839281085285,
        1.0,
        -1.69065929318241,
        0.73248077421585,
    ],
    [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
]


def test_coefficients_at_48_khz_are_those_of_the_standard() -> None:
    assert k_weighting(48000) == pytest.approx(np.array(TABLE), abs=1e-6)


@pytest.mark.parametrize("rate_hz", [8000, 11025, 44100, 48000, 96000, 384000])
def test_coefficients_are_those_of_pyloudnorm_at_every_rate(rate_hz: int) -> None:
    shelf = IIRfilter(
        3.99984385397, 0.7071752369554193, 1681.9744509555319, rate_hz, "high_shelf_DeMan"
    )
    high_pass = IIRfilter(0.0, 0.5003270373253953, 38.13547087613982, rate_hz, "high_pass_DeMan")
    theirs = np.array([[*stage.b, *stage.a] for stage in (shelf, high_pass)])
    assert k_weighting(rate_hz) == pytest.approx(theirs, rel=1e-13)


@pytest.mark.parametrize("rate_hz", [44100, 48000, 88200, 96000, 192000])
def test_gated_energies_equal_libebur128(rate_hz: int) -> None:
    random = np.random.Generator(np.random.PCG64(4))
    signal = random.standard_normal((1, 3 * rate_hz)) * np.linspace(0.001, 0.2, 3 * rate_hz)
    state = R128State(1, rate_hz, MeasurementMode.MODE_I)
    state.add_frames(signal[0], signal.shape[1])
    tenth = rate_hz // 10
    power = np.square(KWeighting(rate_hz, 1).filtered(signal)[0]).reshape(-1, tenth).mean(axis=1)
    blocks = (power[:-3] + power[1:-2] + power[2:-1] + power[3:]) / 4
    assert gated_lufs(blocks) == pytest.approx(get_loudness_global(state), abs=1e-8)


def test_the_cut_of_the_stream_changes_no_bit() -> None:
    signal = np.random.Generator(np.random.PCG64(5)).standard_normal((2, 5000))
    stream = KWeighting(48000, 2)
    parts = [stream.filtered(block) for block in np.split(signal, [1, 2, 777, 4096], axis=1)]
    assert np.array_equal(np.concatenate(parts, axis=1), KWeighting(48000, 2).filtered(signal))


def test_gates_leave_out_what_the_standard_says() -> None:
    loud, quiet, inaudible = energy(-20.0), energy(-31.0), energy(-70.1)
    assert gated_lufs(np.array([loud] * 5)) == pytest.approx(-20.0, abs=1e-12)
    assert gated_lufs(np.array([loud, inaudible, 0.0])) == pytest.approx(-20.0, abs=1e-12)
    # The first mean is -22.7 LUFS: the relative gate is -32.7, and -31 stays in.
    kept = lufs((loud + quiet) / 2)
    assert gated_lufs(np.array([loud, quiet])) == pytest.approx(kept, abs=1e-12)
    assert gated_lufs(np.array([loud] * 9 + [quiet])) == pytest.approx(-20.0, abs=1e-12)
    assert gated_lufs(np.array([inaudible, 0.0])) == -math.inf
    assert gated_lufs(np.empty(0)) == -math.inf


def test_loudness_and_energy_are_inverse() -> None:
    assert lufs(energy(-23.0)) == pytest.approx(-23.0, abs=1e-12)
    assert lufs(0.0) == -math.inf
