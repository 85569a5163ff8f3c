"""How long a plugin is to be waited for: renders begun after longer and longer waits, compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np

from bridge.hosting.engines.audio_files import Audio

WAITS_S = (0.25, 0.5, 1.0, 2.0, 4.0)
"""The last is what the others are held to."""
_ALLOWANCE = 2.0
"""How many times what it took here a plugin is given, as other machines may be busy."""

Heard = Callable[[float], Audio]
"""What a plugin makes of the same sound, waited for so many seconds."""


@contextmanager
def waiting(heard: Heard) -> Iterator[Callable[[], float | None]]:
    """Listen beside what else is done; gives what tells the seconds to wait for the plugin.

    0 where waiting changes nothing; None where it never repeats, or has not settled after half of
    the longest wait. Raises what `heard` raises.
    """
    at_once = heard(0.0)
    with ThreadPoolExecutor(2) as pool:
        settled = [pool.submit(heard, WAITS_S[-1]) for _ in range(2)]
        yield lambda: _needed_s(heard, at_once, *(each.result() for each in settled))


def _needed_s(heard: Heard, at_once: Audio, one: Audio, other: Audio) -> float | None:
    if not np.array_equal(one, other):
        return None
    if np.array_equal(at_once, one):
        return 0.0
    enough = (wait for wait in WAITS_S[:-1] if np.array_equal(heard(wait), one))
    found = next(enough, None)
    return None if found is None else _ALLOWANCE * found
