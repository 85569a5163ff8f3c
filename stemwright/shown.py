"""Values that notebooks show: what is below the face for Python knows that, the face knows how."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar


class Shown:
    """A value with a view of its own in notebooks, once the face has said what makes it."""

    html_of: ClassVar[Callable[[Shown], str] | None] = None

    def _repr_html_(self) -> str | None:
        return None if Shown.html_of is None else Shown.html_of(self)
