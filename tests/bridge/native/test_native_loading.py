"""The library is loaded once, however many lanes ask first."""

from __future__ import annotations

import subprocess
import sys

ASKED_AT_ONCE = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from bridge.native import library
sys.setswitchinterval(1e-6)
barrier = Barrier(8)
def ask(_):
    barrier.wait()
    return library()
with ThreadPoolExecutor(8) as pool:
    assert len({id(each) for each in pool.map(ask, range(8))}) == 1
"""


def test_lanes_that_ask_first_side_by_side_get_one_library() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED_AT_ONCE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
