"""The interpolator's convolution is scipy's, bit for bit."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from scipy.signal import oaconvolve

from bridge.comparing.aligning.delay import taps
from bridge.comparing.aligning.overlap_add import filtered


@pytest.mark.parametrize(
    "frames",
    [513, 514, 1025, 1027, 4767, 4768, 4769, 5279, 5280, 5281, 9023, 9024, 9025, 9536, 33280],
)
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_it_gives_the_bits_that_scipys_gives(channels: int, frames: int) -> None:
    wide = np.random.default_rng(frames).standard_normal((channels, frames + 7))
    for block in (wide[:, 7:], np.ascontiguousarray(wide[:, 7:]), wide[:, -1:6:-1]):
        kernel = taps(0.37)
        expected = oaconvolve(block, kernel[None], mode="valid", axes=1)
        found = filtered(block, kernel)
        assert np.array_equal(found.view(np.int64), expected.view(np.int64))
        assert found.strides == expected.strides


def test_comparing_loads_no_statistics() -> None:
    code = (
        "import sys; from bridge.comparing import align, diff; print('scipy.signal' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
