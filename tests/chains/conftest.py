"""The faults of a chain that is not right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chains import ChainError, Fault, loads


@pytest.fixture
def faults() -> Callable[[str], tuple[Fault, ...]]:
    """Return every fault of a text that is no chain, as of a file named song.toml."""

    def of(text: str) -> tuple[Fault, ...]:
        with pytest.raises(ChainError) as caught:
            loads(text, Path("song.toml"))
        return caught.value.faults

    return of
