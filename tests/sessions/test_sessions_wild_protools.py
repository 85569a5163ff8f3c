"""Session texts of several Pro Tools versions, systems and time formats, one event each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sessions import Session, SessionError
from sessions.formats.protools.reader import FORMAT

HEAD = (
    "SESSION NAME:\tSong\nSAMPLE RATE:\t48000.000000\nBIT DEPTH:\t24-bit\n"
    "SESSION START TIMECODE:\t01:00:00:00\nTIMECODE FORMAT:\t25 Frame\n\n\n"
)
FILES = (
    "O N L I N E  F I L E S  I N  S E S S I O N\nFilename    \tLocation\n"
    "Vox_01.wav  \tMac HD:Song:Audio Files:\n\n\n"
    "O N L I N E  C L I P S  I N  S E S S I O N\nCLIP NAME   \tSource File\n"
    "Vox_01-01   \tVox_01.wav\n\n\n"
)


def track(
    start: str = "   01:00:01:00",
    end: str = "   01:00:03:00",
    delay: str = "0 Samples",
    state: str = "",
) -> str:
    return (
        f"T R A C K  L I S T I N G\nTRACK NAME:\tVöx\nCOMMENTS:\t\nUSER DELAY:\t{delay}\n"
        f"STATE: {state}\nCHANNEL \tEVENT   \tCLIP NAME   \tSTART TIME    \tEND TIME      "
        "\tDURATION      \tSTATE\n"
        f"1       \t1       \tVox_01-01   \t{start}\t{end}\t   00:00:02:00\tMuted\n\n\n"
    )


def read(tmp_path: Path, text: str | bytes) -> Session:
    path = tmp_path / "song.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert FORMAT.score(path) == 1.0
    return FORMAT.read([path])


def told(session: Session) -> dict[str, str]:
    return {each.code: each.message for each in session.diagnostics}


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode("mac_roman"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("Mac HD:Song:", "C:\\Song\\").encode("cp1252"),
    ],
    ids=["crlf", "cr-macroman", "utf16", "windows"],
)
def test_systems_and_encodings_give_one_session(
    tmp_path: Path, encode: Callable[[str], bytes]
) -> None:
    (vox,) = read(tmp_path, encode(HEAD + FILES + track())).tracks
    assert vox.name == "Vöx"
    (clip,) = vox.clips
    assert (clip.position_s, clip.length_s, clip.muted) == (1.0, 2.0, True)
    assert clip.media_path is not None
    assert clip.media_path.endswith("Vox_01.wav")


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("0:02.500", "1:03.500", (2.5, 61.0)),
        ("1:00:02.500", "1:00:03.000", (3602.5, 0.5)),
        ("65:02.500", "65:03.000", (3902.5, 0.5)),
        ("48000", "96000", (1.0, 1.0)),
        ("01:00:01:00.50", "01:00:02:00.50", (1.02, 1.0)),
        ("0+00", "1+09", (0.0, 1.0)),
        ("2|1|000", "3|1|480", (2.0, 2.25)),
        ("  2|1", "3|1", (2.0, 2.0)),
    ],
)
def test_places_in_every_time_format(
    tmp_path: Path, start: str, end: str, seconds: tuple[float, float]
) -> None:
    (clip,) = read(tmp_path, HEAD + track(start, end)).tracks[0].clips
    assert (clip.position_s, clip.length_s) == pytest.approx(seconds)


def test_regions_were_the_word_for_clips(tmp_path: Path) -> None:
    text = (HEAD + FILES + track()).replace("CLIP NAME", "REGION NAME")
    text = text.replace("C L I P S", "R E G I O N S")
    (clip,) = read(tmp_path, text).tracks[0].clips
    assert (clip.name, clip.media_path) == ("Vox_01-01", "Mac HD:Song:Audio Files:Vox_01.wav")


def test_a_list_without_states_keeps_its_clips(tmp_path: Path) -> None:
    text = track().replace("      \tSTATE\n", "\n").replace("\tMuted", "")
    (clip,) = read(tmp_path, HEAD + text).tracks[0].clips
    assert (clip.position_s, clip.muted) == (1.0, False)


def test_a_list_with_time_stamps_keeps_its_states(tmp_path: Path) -> None:
    text = track().replace("      \tSTATE\n", "\tTIMESTAMP     \tSTATE\n")
    text = text.replace("\tMuted", "\t   01:00:00:00\tMuted")
    (clip,) = read(tmp_path, HEAD + text).tracks[0].clips
    assert (clip.position_s, clip.muted) == (1.0, True)


def test_a_row_cut_short_is_told(tmp_path: Path) -> None:
    text = HEAD + track()
    session = read(tmp_path, text[: text.index("Vox_01-01") + 9])
    assert session.tracks[0].clips == ()
    assert told(session)["broken_rows"].startswith("1 clips")


@pytest.mark.parametrize(
    ("delay", "tells"), [("480 Samples", True), ("-12 Samples", True), ("0 Samples", False)]
)
def test_a_user_delay_is_told(tmp_path: Path, delay: str, tells: bool) -> None:
    assert ("user_delays" in told(read(tmp_path, HEAD + track(delay=delay)))) is tells


@pytest.mark.parametrize(
    ("state", "muted", "soloed"),
    [("Hidden SoloSafe", False, False), ("Muted Solo ", True, True), ("Inactive", True, False)],
)
def test_track_states(tmp_path: Path, state: str, muted: bool, soloed: bool) -> None:
    (vox,) = read(tmp_path, HEAD + track(state=state)).tracks
    assert (vox.muted, vox.soloed) == (muted, soloed)


def test_sections_may_be_left_out(tmp_path: Path) -> None:
    markers = (
        "M A R K E R S  L I S T I N G\n#   \tLOCATION     \tTIME REFERENCE    \tUNITS    \tNAME"
        "                             \tCOMMENTS\n1   \t01:00:02:00  \t96000             "
        "\tSamples  \tVerse                            \t\n"
    )
    session = read(tmp_path, HEAD + markers)
    assert session.tracks == ()
    assert [(each.name, each.position_s) for each in session.markers] == [("Verse", 2.0)]
    assert read(tmp_path, HEAD).markers == ()


def markers(*rows: tuple[str, str, str]) -> str:
    listed = "".join(
        f"{at}   \t{location}\t{reference}   \t{unit}  \tm{at}   \t\n"
        for at, (location, reference, unit) in enumerate(rows, 1)
    )
    return (
        "M A R K E R S  L I S T I N G\n#   \tLOCATION     \tTIME REFERENCE    \tUNITS    "
        f"\tNAME      \tCOMMENTS\n{listed}"
    )


def assumptions(session: Session) -> set[str]:
    usual = {"missing_media", "clips_without_file", "user_delays"}
    return {said.code for said in session.diagnostics} - usual


@pytest.mark.parametrize(
    ("rate", "film"), [("24", "24"), ("23.976", "23.976"), ("23.976", "24"), ("29.97", "25")]
)
def test_the_film_rate_is_that_of_a_marker_which_says_its_place_twice(
    tmp_path: Path, rate: str, film: str
) -> None:
    frames_a_second = {"24": 24, "23.976": 24_000 / 1001, "25": 25}[film]
    head = HEAD.replace("25 Frame", f"{rate} Frame")
    frames = 1347.58
    samples = round(frames / frames_a_second * 48_000)
    text = head + track("37+08.60", "57+09.60")
    twice = markers(("84+03.58", str(samples), "Samples"), ("10+00", "3|1|000", "Ticks"))
    session = read(tmp_path, text + twice)
    assert session.tracks[0].clips[0].position_s == pytest.approx(600.6 / frames_a_second)
    assert session.markers[1].position_s == pytest.approx(160 / frames_a_second)
    assert assumptions(session) == set()
    assert assumptions(read(tmp_path, text)) == {"film_rate_assumed"}
    wrong = markers(("84+03.58", str(samples + 9000), "Samples"))
    assert assumptions(read(tmp_path, text + wrong)) == {"film_rate_assumed"}


def test_what_timecode_needs_and_the_text_leaves_out_is_told(tmp_path: Path) -> None:
    start, rate = "SESSION START TIMECODE:\t01:00:00:00\n", "TIMECODE FORMAT:\t25 Frame\n"
    assert assumptions(read(tmp_path, HEAD + track())) == set()
    assert assumptions(read(tmp_path, HEAD.replace(start, "") + track())) == {"start_assumed"}
    assert assumptions(read(tmp_path, HEAD.replace(rate, "") + track())) == {"frame_rate_assumed"}
    assert assumptions(read(tmp_path, HEAD.replace(start, "") + track("48000", "96000"))) == set()


@pytest.mark.parametrize("place", ["9" * 5000, "9" * 5000 + "+00", "1e400", "9" * 5000 + "|1"])
def test_numbers_without_end_are_no_places(tmp_path: Path, place: str) -> None:
    with pytest.raises(SessionError, match="is no place in time"):
        read(tmp_path, HEAD + track(place))
    start = HEAD.replace("01:00:00:00", place + ":00:00:00")
    assert assumptions(read(tmp_path, start + track())) == {"start_assumed"}
