"""Folders for a child and its files, gone afterwards however the child or its parent ended."""

from __future__ import annotations

import functools
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.storing import is_alive

_PREFIX = "stemwright-"


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder in the system's temporary one, removed at the end with all that is in it.

    The first of a process also removes those of processes that were killed. Raises OSError when
    none can be made.
    """
    root = Path(tempfile.gettempdir())
    _sweep(root)
    folder = root / f"{_PREFIX}{os.getpid()}-{uuid.uuid4().hex[:12]}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def _sweep(root: Path) -> None:
    for folder in root.glob(f"{_PREFIX}*-*"):
        pid = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if pid.isdigit() and not is_alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)


def inside(folder: Path) -> dict[str, str]:
    """The environment of a child whose temporary files shall go with `folder`."""
    return {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))}
