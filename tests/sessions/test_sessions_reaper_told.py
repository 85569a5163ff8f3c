"""What a REAPER project says that cannot be meant: told, with the track it is on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from sessions import Session
from sessions.formats.reaper.reader import FORMAT


def project(tmp_path: Path, *tracks: str) -> Session:
    path = tmp_path / "song.rpp"
    inside = "\n".join(("SAMPLERATE 48000 0 0", *tracks))
    path.write_text(f'<REAPER_PROJECT 0.1 "7.0/win64" 1700000000\n{inside}\n>\n')
    return FORMAT.read([path])


def track(name: str, *lines: str, guid: str = "") -> str:
    return "\n".join((f"<TRACK {guid}", f"NAME {name}", *lines, ">"))


def told(session: Session) -> dict[str, str]:
    return {said.code: said.message for said in session.diagnostics}


@pytest.mark.parametrize(
    "line", ["POSITION 1e999", "LENGTH nan", "LENGTH -inf", "SOFFS 12,5", "VOLPAN 1e30 0 1 -1"]
)
def test_a_number_that_is_none_is_told(tmp_path: Path, line: str) -> None:
    item = ("<ITEM", "POSITION 1.5", "LENGTH 2", line, "<SOURCE WAVE", 'FILE "a.wav"', ">", ">")
    said = told(project(tmp_path, track("Bass", *item)))
    assert said["unreadable_numbers"].endswith(f"not there (1): Bass: {line}")


def test_numbers_of_envelopes_markers_and_tempo_are_told_too(tmp_path: Path) -> None:
    session = project(
        tmp_path,
        "TEMPO nan 4 4",
        'MARKER 1 inf "verse"',
        track(
            "Bass", "VOLPAN nan 0 -1 -1 1", "<VOLENV2", "ACT 1 -1", "PT 0 1 0", "PT 1 nan 0", ">"
        ),
    )
    assert "(4)" in told(session)["unreadable_numbers"]


def test_numbers_as_reaper_writes_them_are_not_told(tmp_path: Path) -> None:
    item: Sequence[str] = (
        "<ITEM",
        "POSITION 1.5e-3",
        "LENGTH 2.00000000000001",
        "FADEIN 1 0.01 0 1 0 0 0",
        "VOLPAN 1 0 1 -1",
        "PLAYRATE 1 1 0 -1 0 0.0025",
        "<SOURCE WAVE",
        'FILE "nan.wav"',
        ">",
        ">",
    )
    session = project(
        tmp_path,
        "TEMPO 120 4 4 0",
        'MARKER 1 2.5 "nan" 0',
        track("VOLPAN nan", "VOLPAN 1 0 -1 -1 1", "AUXRECV 0 0 1 0 0 0 0 0 0 -1:U 0 -1 ''", *item),
    )
    assert "unreadable_numbers" not in told(session)


def test_sends_from_tracks_that_are_not_there_name_the_track_they_are_on(tmp_path: Path) -> None:
    valid, gone = "AUXRECV 0 0 1 0 0 0 0 0 0", "AUXRECV 99 0 1 0 0 0 0 0 0"
    session = project(tmp_path, track("Bass"), track("Hall", valid, gone, guid="{ABC}"))
    assert [send.target for send in session.tracks[0].sends] == ["ABC"]
    message = told(session)["send_from_nowhere"]
    assert message.endswith("not there are left out (1): Hall: AUXRECV 99")


def test_tracks_of_one_guid_are_told_apart(tmp_path: Path) -> None:
    session = project(
        tmp_path,
        track("Bass", guid="{ABC}"),
        track("Lead", guid="{ABC}"),
        track("Old"),
        track("Old"),
    )
    assert [each.id for each in session.tracks] == [
        "ABC",
        "track-2",
        "track-3",
        "track-4",
        "master",
    ]
    assert told(session)["duplicate_ids"].endswith("another id (1): Lead")
