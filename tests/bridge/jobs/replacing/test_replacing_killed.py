"""Killed at any moment, a song has its old set of stems or the new one, never a mixture."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bridge.jobs import Replacement, load_job, place, planned_replacement
from sessions import read
from tests.bridge.jobs.replacing.conftest import part

MOMENTS = int(os.environ.get("STEMWRIGHT_KILLS", "10"))
TOUCHING = ("open", "os.", "shutil.", "tempfile.")
"""Audit events of what reaches the disk."""

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")


def _placed_apart(planned: Replacement, moment: int) -> tuple[bool, int]:
    """Place in a child that is killed at an event; whether it was, and how many events it saw."""
    here, there = os.pipe()
    child = os.fork()
    if not child:
        seen = 0

        def note(event: str, _: object) -> None:
            nonlocal seen
            if event.startswith(TOUCHING):
                seen += 1
                if seen == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(note)
        try:
            place(planned)
            os.write(there, str(seen).encode())
        finally:
            os._exit(0)
    os.close(there)
    with os.fdopen(here, "rb") as told:
        count = int(told.read() or b"0")
    return os.WIFSIGNALED(os.waitpid(child, 0)[1]), count


def _contents(song: Path) -> dict[str, bytes]:
    tracks = read(load_job(song).stems).tracks
    media = {track.id: track.clips[0].media for track in tracks}
    return {name: each.path.read_bytes() for name, each in media.items() if each is not None}


@pytest.fixture
def planned(song: Path, write: Callable[..., Path]) -> Callable[[], Replacement]:
    """Plans the same replacement of two stems anew."""
    files = [write("in/Bass.wav", part(0) * 0.5), write("in/Lead Vox.wav", part(1)[100:])]
    return lambda: planned_replacement(load_job(song), files, align=True)


def test_a_song_has_the_old_stems_or_the_new_ones(
    song: Path, planned: Callable[[], Replacement]
) -> None:
    top = song.parent / "replaced"
    text, old = song.read_bytes(), _contents(song)
    killed, events = _placed_apart(planned(), 0)
    assert not killed
    assert events > 20
    new = _contents(song)
    assert {name for name in old if old[name] != new[name]} == {"Bass", "Lead Vox"}
    moments = np.random.default_rng(11).choice(np.arange(1, events + 1), MOMENTS, replace=False)
    sets = []
    for moment in moments.tolist():
        song.write_bytes(text)
        shutil.rmtree(top)
        killed, _ = _placed_apart(planned(), moment)
        assert killed
        sets.append(_contents(song))
        assert sets[-1] in (old, new), moment
        song.write_bytes(text)
        place(planned())
        assert _contents(song) == new
        assert [each.name for each in top.iterdir()] == ["1"], "swept what is half, used the rest"
    assert old in sets
