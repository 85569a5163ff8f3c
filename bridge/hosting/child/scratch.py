"""Folders for a child and its files, gone afterwards however the child or its parent ended."""

from __future__ import annotations

import functools
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bridge.storing import leased_folder, sweep

_PREFIX = "stemwright-"

ALSO_KEPT = "STEMWRIGHT_PLUGIN_ENV"
"""The variable that names others, apart by commas, which plugins shall see: a licence server's."""

_KEPT = (
    *("HOME", "USER", "LOGNAME", "PATH", "LD_", "PYTHON"),  # whose and where things are
    *("DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_", "DBUS_"),  # the desktop, for licences
    "WINE",  # plugins of another system, through a bridge
)
"""How the variables begin that a child keeps."""

_FIXED = {
    **dict.fromkeys(("LC_ALL", "LANG"), "C.UTF-8"),  # a comma as decimal mark changes the sound
    "LANGUAGE": "",
    "TZ": "UTC",
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
}


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder in the system's temporary one, removed at the end with all that is in it.

    The first of a process also removes those of processes that were killed. Raises OSError when
    none can be made.
    """
    root = Path(tempfile.gettempdir())
    _sweep(root)
    with leased_folder(root, _PREFIX) as folder:
        yield folder


@functools.cache
def _sweep(root: Path) -> None:
    sweep(root, _PREFIX)


def inside(folder: Path) -> dict[str, str]:
    """The environment of a child whose temporary files shall go with `folder`.

    What the user's session adds to it (language, time zone, threads) must not reach the sound, so
    it is the same everywhere, but for where things are (_KEPT, ALSO_KEPT). On Windows and macOS,
    where it is untried what plugins need of the rest, that stays too.
    """
    kept = {name: value for name, value in os.environ.items() if _is_kept(name)}
    return kept | _FIXED | dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))


def _is_kept(name: str) -> bool:
    also = os.environ.get(ALSO_KEPT, "").replace(",", " ").split()
    linux = sys.platform == "linux"
    return name in also or name.startswith(_KEPT) or not (linux or name.startswith("LC_"))
