"""How much a store may hold, where nobody says otherwise."""

from __future__ import annotations

import os

from bridge.storing.sizes import bytes_of
from stemwright.problems import InputError, Problem

LIMIT_BYTES = 20 * 10**9
_NAME = "STEMWRIGHT_STORE_LIMIT"


def default_limit_bytes() -> int:
    """STEMWRIGHT_STORE_LIMIT, else 20 GB. Raises InputError for what is no size."""
    named = os.environ.get(_NAME)
    found = LIMIT_BYTES if not named else bytes_of(named)
    if found is None:
        said = f"{_NAME} is {named}, which is no size"
        raise InputError(Problem("usage", said, expected="5GB, 500MB or 0"))
    return found
