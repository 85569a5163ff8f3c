"""Pro Tools session texts against their own raw lines, counted here without the reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from sessions.errors import SessionError
from sessions.formats.protools.reader import FORMAT
from sessions.formats.protools.times import Clock, frame_rate
from sessions.model.session import Session

Shared = Callable[[str], Path]
WriteWav = Callable[..., Path]
SWIFT = "swift-daw-file-tools__SessionText_"


@pytest.fixture
def corpus(shared_data: Shared) -> Callable[[str], Session]:
    return lambda name: FORMAT.read([shared_data(f"corpus/ptxt/{name}.txt")])


def codes(session: Session) -> set[str]:
    return {said.code for said in session.diagnostics}


def test_every_session_text_reads_with_all_its_tracks(shared_data: Shared) -> None:
    files = sorted(shared_data("corpus/ptxt").glob("*.txt"))
    assert len(files) == 10
    for path in files:
        raw = path.read_bytes().decode("latin-1")
        session = FORMAT.read([path])
        assert FORMAT.score(path) == 1.0
        assert len(session.tracks) == raw.count("TRACK NAME:\t"), path.name
        assert session.sample_rate_hz == 48_000
        listed = raw.split("M A R K E R S")[-1] if "M A R K E R S" in raw else ""
        assert len(session.markers) == len(re.findall(r"^\d+ *\t", listed, re.MULTILINE))


def test_samples_and_timecode_of_one_session_agree(corpus: Callable[[str], Session]) -> None:
    """Timecode is whole frames, 1601.6 samples each; the samples are the truth."""
    exact = corpus("ptulsconv__Robin_Hood_Spottingsamples")
    framed = corpus("ptulsconv__Robin_Hood_Spotting6")
    pairs = 0
    for precise, rounded in zip(exact.tracks, framed.tracks, strict=True):
        assert precise.name == rounded.name
        for clip, other in zip(precise.clips, rounded.clips, strict=True):
            assert clip.name == other.name
            assert 0 <= clip.position_frames - other.position_frames < 1602
            pairs += 1
    assert pairs == 92
    scenes = {clip.name: clip.position_frames for clip in exact.tracks[3].clips}
    assert scenes["@ {Sc=1 Ext. Town Square - News of the King}"] == 4_604_600


def test_marker_samples_equal_their_timecode(corpus: Callable[[str], Session]) -> None:
    session = corpus("ptulsconv__Tag_Tests")
    assert [(marker.name, round(marker.position_s * 48_000)) for marker in session.markers] == [
        ("Marker $M=0", 240_240),
        ("$M=1", 480_480),
        ("$M=2", 1_057_056),
    ]
    second = session.tracks[1].clips[1]
    assert (second.name, second.position_frames) == ("Dolor sic amet {X=302}", 480_480)


def test_the_two_channels_of_an_event_are_one_clip(corpus: Callable[[str], Session]) -> None:
    music = corpus("ptulsconv__Robin_Hood_Spottingsamples").tracks[1]
    (clip,) = music.clips
    assert (music.name, music.channels, clip.name) == ("MX WT", 2, "RobinHood.1-01")
    assert (clip.position_frames, round(clip.length_s * 48_000)) == (384_384, 26_322_325)


def test_plugins_are_named_with_their_makers(corpus: Callable[[str], Session]) -> None:
    session = corpus(f"{SWIFT}Plugins_23-976fps_DefaultExportOptions_PT2020.3")
    first = session.tracks[0]
    assert [(each.name, each.vendor) for each in first.devices][:3] == [
        ("AIR Kill EQ", "AIR Music Technology"),
        ("ERA 4 Voice Leveler", "accusonus"),
        ("FabFilter Timeless 2", "FabFilter"),
    ]
    assert all(each.format == "AAX" and each.state is None for each in first.devices)
    assert (first.muted, first.soloed, first.channels) == (True, False, 2)
    assert "plugins_without_state" in codes(session)


def test_solo_and_inactive(corpus: Callable[[str], Session]) -> None:
    tracks = {track.name: track for track in corpus("ptulsconv__Robin_Hood_Spotting6").tracks}
    assert (tracks["John"].muted, tracks["John"].soloed) == (True, True)
    assert (tracks["Guy"].muted, tracks["Guy"].soloed) == (True, False)


def test_mac_roman_and_utf8_say_the_same(corpus: Callable[[str], Session]) -> None:
    names = [
        "Test Ellipsis\u2026",
        "Test Em Dash \u2014",
        "Test En Dash \u2013",
        "Right Side Quote\u2019s Not An Apostrophe",
    ]
    for encoding in ("TextEdit", "UTF8"):
        session = corpus(f"{SWIFT}ExtendedChars_{encoding}Format_PT2023.3")
        assert [marker.name for marker in session.markers] == names


def test_tabs_and_line_breaks_in_marker_names(corpus: Callable[[str], Session]) -> None:
    markers = corpus(f"{SWIFT}NewLinesAndTabs_DefaultExportOptions_PT2023.6").markers
    assert [marker.name for marker in markers] == [
        "Marker Name\nWith New Line",
        "Normal Marker Name",
        "Marker Name Again\nWith New Line Again",
        "Normal Marker Name Again",
        "Marker Name\tWith Tab",
        "Normal Marker Name",
        "Marker Name\tWith Tab",
        "Marker Name\tWith Tab\tAnd Another Tab",
        "Normal Marker Name",
        "Marker Name\tWith Tab\tAnd Another Tab",
        "Marker Name\tWith Tab\nAnd Newline",
        "Normal Marker Name",
    ]
    assert round(markers[0].position_s * 48_000) == 240_240


def test_bars_are_kept_as_written_and_the_missing_tempo_is_told(
    corpus: Callable[[str], Session],
) -> None:
    session = corpus(f"{SWIFT}TimeFormats_BarsBeats_PT2022.9")
    (clip,) = session.tracks[0].clips
    assert clip.written is not None
    assert (clip.written.unit, clip.written.value) == ("bars", "13|3")
    assert clip.position_s == (12 * 4 + 2) * 0.5
    assert session.markers[0].position_s == 2_695_168 / 48_000
    assert "bars_without_tempo" in codes(session)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:02.500", Fraction(125, 2)),
        ("48000", Fraction(1)),
        ("-24000", Fraction(-1, 2)),
        ("12+08", Fraction(200, 24)),
        ("2|1|480", Fraction(9, 4)),
        ("01:00:10:00", Fraction(10)),
        ("01:00:10:00.50", Fraction(10) + Fraction(1, 60)),
        ("nonsense", None),
        ("", None),
    ],
)
def test_every_time_format(text: str, seconds: Fraction | None) -> None:
    clock = Clock(48_000, Fraction(30), False, Fraction(3600))
    place = clock.place_s(text)
    assert (None if place is None else place[0]) == seconds


def test_drop_frame_follows_st_12() -> None:
    """ST 12-1: an hour of drop-frame timecode is 107892 frames, a minute 1798, the tenth 1800."""
    found = frame_rate("29.97 Drop Frame")
    assert found == (Fraction(30000, 1001), True)
    clock = Clock(48_000, *found)
    frame_s = Fraction(1001, 30000)
    assert clock.timecode_s("01:00:00;00") == 107_892 * frame_s
    assert clock.timecode_s("00:01:00;02") == 1800 * frame_s
    assert clock.timecode_s("00:10:00;00") == 17_982 * frame_s
    assert frame_rate("23.976 Frame") == (Fraction(24000, 1001), False)
    assert frame_rate("25 Frame") == (Fraction(25), False)
    assert frame_rate("59.94 Drop Frame") == (Fraction(60000, 1001), True)


HEAD = (
    "SESSION NAME:\tSong\nSAMPLE RATE:\t48000.000000\nBIT DEPTH:\t24-bit\n"
    "SESSION START TIMECODE:\t01:00:00:00\nTIMECODE FORMAT:\t25 Frame\n\n\n"
)
COLUMNS = "CHANNEL \tEVENT   \tCLIP NAME\tSTART TIME\tEND TIME\tDURATION\tSTATE\n"


def session_of(tmp_path: Path, body: str, newline: str = "\n") -> Session:
    path = tmp_path / "song.txt"
    path.write_bytes((HEAD + body).replace("\n", newline).encode())
    return FORMAT.read([path])


def track_of(*events: str) -> str:
    listing = "T R A C K  L I S T I N G\nTRACK NAME:\tVox (Stereo)\nSTATE: \n" + COLUMNS
    return listing + "".join(f"{event}\n" for event in events)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_listed_files_are_found_beside_the_session(
    tmp_path: Path, write_wav: WriteWav, newline: str
) -> None:
    left = write_wav("Audio Files/Vox_01.L.wav")
    write_wav("Audio Files/Vox_01.R.wav")
    body = (
        "O N L I N E  F I L E S  I N  S E S S I O N\nFilename\tLocation\n"
        "Vox_01.L.wav\tOld Disk:Songs:Song:Audio Files:\n"
        "Vox_01.R.wav\tOld Disk:Songs:Song:Audio Files:\n\n"
        "O N L I N E  C L I P S  I N  S E S S I O N\nCLIP NAME\tSource File\n"
        "Vox.L\tVox_01.L.wav\t[1]\nVox.R\tVox_01.R.wav\t[1]\n\n"
    )
    events = [f"{at}\t1\tVox.{side}\t100\t580\t480\tUnmuted" for at, side in ((1, "L"), (2, "R"))]
    session = session_of(tmp_path, body + track_of(*events), newline)
    (clip,) = session.tracks[0].clips
    assert clip.media is not None
    assert clip.media.path == left
    assert clip.right is not None
    assert (clip.name, clip.position_frames, clip.missing) == ("Vox", 100, False)
    assert "source_offsets_unknown" in codes(session)


def test_listed_fades_belong_to_their_clips(tmp_path: Path) -> None:
    events = (
        "1\t1\t(fade in)\t0\t4800\t4800\tUnmuted",
        "1\t2\tA\t4800\t48000\t43200\tUnmuted",
        "1\t3\t(cross fade)\t48000\t52800\t4800\tUnmuted",
        "1\t4\tB\t52800\t96000\t43200\tMuted",
    )
    first, second = session_of(tmp_path, track_of(*events)).tracks[0].clips
    assert (first.position_frames, first.fade_in_s, first.fade_out_s) == (0, 0.1, 0.1)
    assert first.length_s == pytest.approx(1.1)
    assert (second.position_frames, second.fade_in_s, second.muted) == (48_000, 0.1, True)


def test_a_place_that_is_none_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="'yesterday' is no place in time") as told:
        session_of(tmp_path, track_of("1\t1\tA\tyesterday\t100\t100\tUnmuted"))
    assert told.value.problems[0].where["line"] == 12
    path = tmp_path / "silent.txt"
    path.write_text(HEAD.replace("48000", "0"))
    with pytest.raises(SessionError, match="no usable sample rate"):
        FORMAT.read([path])
