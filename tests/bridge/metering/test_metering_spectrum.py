"""Bands of fractions of an octave over the lines of a spectrum."""

import numpy as np
import pytest

from bridge.metering.spectrum import SIXTHS, THIRDS, Bands, add_line_powers


def test_thirds_and_sixths_cover_the_audible_range() -> None:
    assert THIRDS.centres_hz(48000)[0] == pytest.approx(25.12, abs=0.01)
    assert SIXTHS.centres_hz(48000)[0] == pytest.approx(19.95, abs=0.01)
    for bands in (THIRDS, SIXTHS):
        assert bands.centres_hz(48000)[-1] == pytest.approx(19952.6, abs=0.1)
        assert 1000.0 in bands.centres_hz(48000)


@pytest.mark.parametrize("bands", [THIRDS, SIXTHS])
@pytest.mark.parametrize("rate_hz", [8000, 44100, 192000])
def test_even_lines_give_each_band_what_its_width_holds(bands: Bands, rate_hz: int) -> None:
    lines = np.full(8193, 0.5)
    wanted = 0.5 * bands.widths_hz(rate_hz) * 16384 / rate_hz
    assert bands.powers(lines, rate_hz) == pytest.approx(wanted)


def test_a_tone_lies_in_its_own_band() -> None:
    time_s = np.arange(48000) / 48000
    tone = np.sin(2 * np.pi * 1000 * time_s)[None]
    lines = np.zeros(24001)
    add_line_powers(lines, tone, np.hanning(48001)[:-1])
    powers = THIRDS.powers(lines, 48000)
    assert powers[THIRDS.centres_hz(48000).index(1000.0)] == pytest.approx(powers.sum(), rel=1e-6)
