"""How long a search may take."""

from __future__ import annotations

import time


class TimeLimit:
    """So many seconds from now on; without any there is no limit.

    `cut_short` says whether something was left out since: the same again may then come elsewhere.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._seconds = seconds
        self._began_s = time.monotonic()
        self.cut_short = False

    def is_over(self, share: float = 1.0) -> bool:
        """Whether that share of the time has gone by, so that nothing more shall begin."""
        if self._seconds is None or time.monotonic() - self._began_s < share * self._seconds:
            return False
        self.cut_short = True
        return True
