"""One small arrangement in seven formats: where they say the same, the stems are the same bits.

That proves agreement between readers, not truth.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.bouncing import dialect_of, planned, print_stems
from same_song.aaf_file import aaf, aaf_with_audio
from same_song.ardour_file import ardour
from same_song.arrangement import FRAMES, RATE_HZ, Stems, arrangement, played
from same_song.files import dawproject, live, reaper, studio_one, tracktion
from sessions import Media, Session, read


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The arrangement over half a second of stereo noise in a 24-bit file."""
    path = tmp_path_factory.mktemp("media") / "noise.wav"
    samples = np.random.default_rng(7).uniform(-0.5, 0.5, (FRAMES, 2))
    soundfile.write(path, samples, RATE_HZ, "PCM_24")
    return arrangement(Media(path, None, RATE_HZ, 2, FRAMES, "WAV", "PCM_24"))


def stems_of(path: Path, folder: Path) -> Stems:
    """What a bounce prints of a session's file, every track by itself."""
    session = read([path])
    done = print_stems(planned(session, dialect_of(session), "tracks"), folder / "stems")
    assert session.sample_rate_hz == RATE_HZ
    assert not [each for each in done.bounce.accounts if each.fate == "refused"]
    files = {each.track.name: each.written.path for each in done.stems}
    return {name: soundfile.read(each, dtype="float32")[0].T for name, each in files.items()}


FORMATS: dict[Callable[[Session, Path], Path], set[str]] = {
    reaper: set(),
    dawproject: set(),
    live: {"added"},
    tracktion: set(),
    studio_one: {"faded", "gained"},
    ardour: {"faded"},
    aaf: {"left", "right", "added"},
    aaf_with_audio: {"left", "right", "added"},
}
"""Each writer with the stems of which its format says something else, or nothing: clips of Live and
of an AAF never overlap, an AAF has no buses, fades and clip gains of a .song are not read, and
Ardour's linear fades end at 1e-7 and reach their last frame."""


@pytest.mark.parametrize("write", FORMATS, ids=lambda each: each.__name__)
def test_formats_agree(
    song: Session, tmp_path: Path, write: Callable[[Session, Path], Path]
) -> None:
    found, wanted = stems_of(write(song, tmp_path), tmp_path), played(song)
    assert found.keys() == wanted.keys() - ({"added"} if write in (aaf, aaf_with_audio) else set())
    alike = {name for name in found if np.array_equal(found[name], wanted[name])}
    assert alike | FORMATS[write] >= wanted.keys()
    if write is ardour:
        # What the end of a fade of 480 frames comes to, one frame later than elsewhere.
        assert 0.0 < np.abs(found["faded"] - wanted["faded"]).max() < 0.5 / 479
