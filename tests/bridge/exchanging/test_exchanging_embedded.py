"""Audio inside a session's file comes out byte for byte, once."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile

from bridge.audio.inspection import inspect
from bridge.exchanging import extract, media_file
from bridge.storing import Store
from sessions import read


def test_members_of_a_zip_come_out_byte_for_byte_and_once(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "kick.wav", np.zeros((480, 2)), 48000, "PCM_24")
    with zipfile.ZipFile(tmp_path / "stems.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.write(tmp_path / "kick.wav", "kick.wav")
    store = Store(tmp_path / "store")
    session, paths = extract(read(tmp_path / "stems.zip"), store, [tmp_path / "stems.zip"])
    assert [path.read_bytes() for path in paths] == [(tmp_path / "kick.wav").read_bytes()]
    assert session.tracks[0].clips[0].media.path == paths[0]
    assert session.tracks[0].clips[0].media.member is None
    assert extract(read(tmp_path / "stems.zip"), store, [tmp_path / "stems.zip"])[1] == paths


def test_what_lies_beside_the_session_stays_there(tmp_path: Path) -> None:
    (tmp_path / "stems").mkdir()
    soundfile.write(tmp_path / "stems" / "kick.wav", np.zeros((480, 2)), 48000, "PCM_24")
    session = read(tmp_path / "stems")
    assert extract(session, Store(tmp_path / "store"), [tmp_path / "stems"]) == (session, ())


def test_the_essences_of_an_aaf_come_out_as_audio(
    tmp_path: Path, shared_data: Callable[[str], Path]
) -> None:
    path = shared_data("corpus/aaf/LibAAF__PT_PCM_Internal.aaf")
    session = read(path)
    inside = [
        clip.media for track in session.tracks for clip in track.clips if clip.media is not None
    ]
    assert inside
    assert all(media.member for media in inside)
    outside, paths = extract(session, Store(tmp_path / "store"), [path])
    assert len(paths) == len({media.member for media in inside})
    clips = [clip for track in outside.tracks for clip in track.clips if clip.media is not None]
    for clip, media in zip(clips, inside, strict=True):
        found = inspect(clip.media.path)
        assert (found.frames, found.sample_rate_hz) == (media.frames, media.sample_rate_hz)
        assert found.peak > 0.0
        alone = inspect(media_file(media, tmp_path))
        assert (alone.frames, alone.peak) == (found.frames, found.peak)
