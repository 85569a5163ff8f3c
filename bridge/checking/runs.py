"""Where something goes on for a while."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt


def runs(flags: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Where flags are true: (start, stop) of each run."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    return zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
