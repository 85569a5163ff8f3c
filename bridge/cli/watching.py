"""Waiting for saves: work once at the start, then whenever a chain or one of its states changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bridge.cli.printing import say
from bridge.cli.telling import EXIT_INTERRUPTED, outcome

_POLL_S = 0.3


def watch(chain: Path, work: Callable[[], object], as_json: bool) -> int:
    """Do `work` now and after every save; what goes wrong is told and waited out.

    Returns 130 once it is interrupted.
    """
    seen: Sequence[object] = ()
    while True:
        now = _state(chain)
        if now != seen:
            seen = now
            if outcome(work, as_json) == EXIT_INTERRUPTED:
                return EXIT_INTERRUPTED
            say(f"watching {chain}; Ctrl-C ends", err=True)
        time.sleep(_POLL_S)


def _state(chain: Path) -> tuple[object, ...]:
    return tuple(_stamp(path) for path in (chain, *_states(chain)))


def _states(chain: Path) -> list[Path]:
    from chains import ChainError, Plugin, load

    try:
        parsed = load(chain)
    except ChainError:
        return []
    return [
        parsed.resolve(insert.settings.state)
        for _, insert in parsed.inserts()
        if isinstance(insert.settings, Plugin) and insert.settings.state is not None
    ]


def _stamp(path: Path) -> tuple[str, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_mtime_ns, found.st_size
