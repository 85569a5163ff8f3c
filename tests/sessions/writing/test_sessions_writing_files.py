"""What lies on the disk after writing: always the same bytes, nothing lost, audio where told."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace

import pytest

from sessions import (
    SessionError,
)
from sessions.formats.aaf.reader import FORMAT as AAF
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.formats.reaper.writer import write_rpp

KINDS = ("dawproject", "rpp")


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_session_gives_the_same_bytes(kind, song, tmp_path, written) -> None:
    first, _ = written(kind, song, tmp_path / "a")
    second, _ = written(kind, song, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_overwritten_unasked(kind, song, tmp_path, written) -> None:
    path = tmp_path / f"song.{kind}"
    path.write_text("mine")
    with pytest.raises(SessionError, match="is there already"):
        written(kind, song, tmp_path)
    assert path.read_text() == "mine"
    _, back = written(kind, song, tmp_path, overwrite=True)
    assert len(back.tracks) == len(song.tracks)


@pytest.mark.parametrize("kind", KINDS)
def test_a_failure_leaves_nothing_behind(kind, song, tmp_path, written) -> None:
    gone = next(song.tracks[2].clips[0].media.path.parent.glob("kick.wav"))
    gone.unlink()
    target = tmp_path / "out"
    with pytest.raises(SessionError, match=r"kick\.wav cannot be read"):
        written(kind, song, target, audio="copy")
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_copied_audio_is_the_same_bytes_under_a_name_of_its_own(
    kind, song, tmp_path, written, clip
) -> None:
    other = tmp_path / "again" / "KICK.wav"
    other.parent.mkdir()
    other.write_bytes((tmp_path / "vox ö.wav").read_bytes())
    track = replace(song.tracks[3], clips=(clip(other, 0),))
    both = replace(song, tracks=(*song.tracks[:3], track, *song.tracks[4:]))
    _, back = written(kind, both, tmp_path / "out", audio="copy")
    found = [back.tracks[2].clips[0].media, back.tracks[3].clips[0].media]
    assert len({each.as_json().casefold() for each in found}) == 2
    assert str(tmp_path / "out") in found[0].as_json()
    digests = []
    for each in found:
        if each.member is None:
            digests.append(hashlib.sha256(each.path.read_bytes()).hexdigest())
        else:
            with zipfile.ZipFile(each.path) as archive:
                digests.append(hashlib.sha256(archive.read(each.member)).hexdigest())
    kick = (tmp_path / "kick.wav").read_bytes()
    assert digests == [hashlib.sha256(each).hexdigest() for each in (kick, other.read_bytes())]


def test_linked_audio_is_pointed_at_relative_to_the_project(song, tmp_path, written) -> None:
    path, back = written("rpp", song, tmp_path / "out")
    assert "FILE ../kick.wav" in path.read_text(encoding="utf-8")
    assert back.tracks[2].clips[0].media.path == (tmp_path / "kick.wav").resolve()
    _, linked = written("dawproject", song, tmp_path / "out", audio="link")
    assert linked.tracks[2].clips[0].media.path == (tmp_path / "kick.wav").resolve()


def test_audio_inside_an_aaf_is_copied_along(shared_data, tmp_path) -> None:
    """The manifest: one essence, embedded; 24-bit PCM without a header becomes a WAV."""
    session = AAF.read([shared_data("corpus/aaf/LibAAF__PT_PCM_Internal.aaf")])
    (inside,) = {each.media for track in session.tracks for each in track.clips if each.media}
    path = tmp_path / "song.rpp"
    write_rpp(session, path)
    (copy,) = {each.media for track in REAPER.read([path]).tracks for each in track.clips}
    assert copy.path.parent == path.with_name("song-media").resolve()
    same = ("sample_rate_hz", "channels", "frames")
    assert [getattr(copy, name) for name in same] == [getattr(inside, name) for name in same]
