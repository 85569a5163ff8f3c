"""What every test may ask for: the shared test material, and how hypothesis runs here."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("STEMWRIGHT_TEST_DATA", "../shared")  # benchmarks look for it too

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a script; what an interrupt does is tested all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")
# Otherwise examples hang on which of our modules a test process happens to have imported.
providers._get_local_constants = providers.Constants


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Return a finder for shared test material, which skips the test where it is absent."""
    top = (ROOT / os.environ["STEMWRIGHT_TEST_DATA"]).resolve()

    def find(name: str) -> Path:
        path = top / name
        if not path.exists():
            pytest.skip(f"no {name} under STEMWRIGHT_TEST_DATA ({top})")
        return path

    return find
