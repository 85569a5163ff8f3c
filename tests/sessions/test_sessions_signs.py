"""Readers that a file shows nothing of are not loaded, and none is left out that would read it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

import sessions
from sessions.formats.signs import SIGNS, Shown, may_fit
from sessions.reading import Format, installed_formats

Shared = Callable[[str], Path]
FORMATS = {type(each).__module__: each for each in installed_formats()[0]}


def _left_out(path: Path) -> dict[str, Format]:
    return {name: each for name, each in FORMATS.items() if not may_fit(name, [Shown(path)])}


def test_every_reader_but_that_of_stems_has_a_sign() -> None:
    assert {name.split(".")[2] for name in FORMATS} == {*SIGNS, "stems"}


def test_what_a_reader_scores_shows_its_sign(shared_data: Shared) -> None:
    for path in sorted(each for each in shared_data("corpus").rglob("*") if each.is_file()):
        assert {
            each.name: each.score(path) for each in _left_out(path).values() if each.score(path)
        } == {}


HEADS = (
    *(
        b"",
        b"\xef\xbb\xbf",
        b" \r\n\t\x0b\x0c",
        b"\xef\xbb\xbf \n",
        b"RIFF\x08\0\0\0WAVE",
        b"<?xml?>",
    ),
    *(b"\x1f\x8b", b"\xff\xfe", b"PK\x03\x04", b"....ftyp"),
)
TAGS = (
    *(b"<REAPER_PROJECT 0.1", b"<TRACK\nNAME x", b"<FXCHAIN\n", b"WNDRECT 1\nSHOW 0\n<VST a b\n"),
    *(
        b"BYPASS 0 0\n<AU x y\n",
        b"<CONTAINER a b\n",
        b"<EDIT projectID=",
        b"<tracklist2>",
        b"<tracklist ",
    ),
    *(
        b'<Session version="1" sample-rate="1"',
        b"<Ableton",
        b"<lmms-project>",
        b"<multimediaproject ",
    ),
    *(b"<multimedia-project>", b"FLhd", b"SESSION NAME:\t", "SESSION NAME:".encode("utf-16-le")),
    *(
        "SESSION NAME:".encode("utf-16-be"),
        bytes.fromhex("d0cf11e0a1b11ae1"),
        b"DOCKED 0\n<JS x y\n",
    ),
)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(HEADS) | st.binary(max_size=8), max_size=2),
    st.lists(st.sampled_from(TAGS), min_size=1, max_size=2),
    st.binary(max_size=16),
)
@example([b"\xff\xfe"], ["SESSION NAME:".encode("utf-16-le")], b"")
def test_no_reader_of_a_made_up_beginning_is_left_out(
    tmp_path_factory: pytest.TempPathFactory, before: list[bytes], tags: list[bytes], after: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "made_up"
    path.write_bytes(b"".join([*before, *tags, after]))
    assert [each.name for each in _left_out(path).values() if each.score(path)] == []


def test_a_folder_of_stems_loads_no_other_reader_and_no_audio_library(write_wav, tmp_path) -> None:
    write_wav("kick.wav")
    code = (
        "import sys, sessions\nsessions.read(sys.argv[1])\n"
        "loaded = [each.split('.') for each in sys.modules if 'sessions.formats.' in each]\n"
        "ours = {each[2] for each in loaded}\n"
        "print(*sorted(ours | {'numpy', 'soundfile', 'lxml'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["shared", "signs", "stems", "unreadable"]


def test_what_no_reader_knows_is_told_by_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "song.xyz"
    path.write_text("nothing")
    with pytest.raises(sessions.SessionError) as told:
        sessions.read(path)
    said = told.value.problems[0].expected
    assert said is not None
    assert len(said.split("; ")) == len(installed_formats()[0])
