"""Down from a place to where the squares of all that differs are least."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from stemwright.values import dataclass

Positions = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Differences = Callable[[Sequence[Positions]], Sequence[Vector]]
"""All that differs at each row of positions."""

_INSIDE = 1e-9
_CLOSE = 1e-10
_UNITS = 2.0**24
"""Places are heard at so many units of a knob's way: finer than one hears, and coarser than what
one processor's linear algebra gives otherwise than another's, so that both go the same way."""


@dataclass(frozen=True)
class Descent:
    """How a descent goes: `step` is how far a knob is moved to hear what it does.

    `better` is the share by which each step must better it; `scale` is what a step of a knob is, as
    long as any or as long as it is heard ("jac"); `method` is that of scipy's `least_squares`.
    """

    step: float
    better: float
    scale: float | Literal["jac"]
    method: Literal["dogbox", "trf"] = "dogbox"
    most_steps: int = 40

    def end(
        self, place: Positions, moving: Sequence[int], differences: Differences
    ) -> tuple[Positions, float]:
        """Where it ends, only `moving` moved, and the root mean square of what differs there.

        Levenberg-Marquardt within bounds (Branch, Coleman & Li 1999), with finite differences.
        """
        moved = list(moving)

        def whole(part: Positions) -> Positions:
            row = np.array(place)
            row[moved] = np.round(part * _UNITS) / _UNITS
            return row

        def heard(part: Positions) -> Vector:
            return differences([whole(part)])[0]

        def slopes(part: Positions) -> Positions:
            steps = np.where(part > 0.5, -self.step, self.step)
            lines = part + steps[:, np.newaxis] * np.eye(len(part))
            first, *others = differences([whole(row) for row in [part, *lines]])
            columns = [(each - first) / step for each, step in zip(others, steps, strict=True)]
            return np.stack(columns, axis=1)

        made = least_squares(
            heard,
            np.clip(place[moved], _INSIDE, 1.0 - _INSIDE),
            jac=slopes,
            bounds=(0.0, 1.0),
            x_scale=self.scale,
            max_nfev=self.most_steps,
            method=self.method,
            xtol=_CLOSE,
            ftol=self.better,
            gtol=None,
        )
        return whole(np.asarray(made.x)), float(np.sqrt(np.mean(np.square(made.fun))))
