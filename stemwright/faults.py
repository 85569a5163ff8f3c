"""Whatever goes wrong inside leaves as one of stemwright's errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from stemwright.problems import MachineError, Problem


@contextmanager
def told() -> Iterator[None]:
    """Turn what the system and its memory refuse into StemwrightError."""
    try:
        yield
    except MemoryError as error:
        hint = "close other programs, or pass jobs=1"
        message = "the memory for this is not there"
        raise MachineError(Problem("out_of_memory", message, hint=hint)) from error
    except OSError as error:
        where = {} if error.filename is None else {"file": os.fsdecode(error.filename)}
        raise MachineError(Problem("system", str(error.strerror or error), where)) from error
