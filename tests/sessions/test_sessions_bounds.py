"""What a reader does grows with its file, whatever is in it: calls are counted, not seconds."""

from __future__ import annotations

import io
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sessions import SessionError
from sessions.formats.ableton import reader as ableton
from sessions.formats.ardour import reader as ardour
from sessions.formats.cubase import reader as cubase_xml
from sessions.formats.dawproject import reader as dawproject
from sessions.formats.protools import reader as protools_text
from sessions.formats.reaper import reader as reaper
from sessions.formats.tracktion import reader as tracktion
from sessions.reading import Format

_MOST_CALLS_A_KILOBYTE = 10_000
"""Ten million calls a megabyte are some seconds; dots that were cubic came to a thousand times."""

_PIECES, _MOST_CALLS = 1000, 2_000_000
"""Loops and warps are bounded as a whole, here to a hundredth of what readers allow."""


class TooManyError(Exception):
    """A reader passed its ceiling."""


def calls(read: Callable[[], object], most: int) -> int:
    """How many calls reading takes, of Python's functions and of C's; stopped beyond `most`."""
    count = 0

    def counted(_frame: FrameType, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")
        if count > most:
            sys.setprofile(None)
            raise TooManyError

    sys.setprofile(counted)
    try:
        read()
    except SessionError:
        pass
    finally:
        sys.setprofile(None)
    return count


def rpp(inner: str) -> bytes:
    return f'<REAPER_PROJECT 0.1 "7.0" 1\nSAMPLERATE 48000 0 0\n{inner}>\n'.encode()


def item(path: str) -> str:
    return f'<ITEM\nPOSITION 0\nLENGTH 1\n<SOURCE WAVE\nFILE "{path}"\n>\n>\n'


def live(events: str) -> bytes:
    return (
        '<Ableton MajorVersion="5"><LiveSet><Tracks><AudioTrack Id="1"><DeviceChain><MainSequencer>'
        f"<Sample><ArrangerAutomation><Events>{events}</Events></ArrangerAutomation></Sample>"
        "</MainSequencer></DeviceChain></AudioTrack></Tracks></LiveSet></Ableton>"
    ).encode()


def looped(inner: str) -> str:
    return (
        '<AudioClip Time="0"><CurrentStart Value="0"/><CurrentEnd Value="1900"/><Loop><LoopStart'
        ' Value="0"/><LoopEnd Value="0.2"/><LoopOn Value="true"/></Loop><IsWarped Value="true"/>'
        f"<WarpMarkers>{inner}</WarpMarkers></AudioClip>"
    )


def project(clips: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("metadata.xml", "<MetaData/>")
        archive.writestr(
            "project.xml",
            '<Project version="1.0"><Transport><Tempo value="120"/></Transport><Structure>'
            '<Track id="t" name="x"><Channel id="c"/></Track></Structure><Arrangement>'
            f'<Lanes timeUnit="seconds"><Lanes track="t">{clips}</Lanes></Lanes></Arrangement>'
            "</Project>",
        )
    return packed.getvalue()


def folder(tracks: str) -> bytes:
    return (
        '<tracklist2><list name="track" type="obj"><obj class="MFolderTrack" ID="1"><obj'
        f' class="MListNode" name="Node" ID="2"><list name="Tracks" type="obj">{tracks}</list>'
        "</obj></obj></list></tracklist2>"
    ).encode()


def vcas(count: int) -> bytes:
    listed = "".join(
        f'<VCA number="{at}"><Slavable>'
        + "".join(f'<Master number="{above}"/>' for above in range(at + 1, at + 9))
        + "</Slavable></VCA>"
        for at in range(count)
    )
    return (
        '<Session version="7003" name="s" sample-rate="48000" id-counter="9"><VCAManager>'
        f'{listed}</VCAManager><Routes><Route id="1" name="a" default-type="audio"><Slavable>'
        '<Master number="0"/></Slavable></Route></Routes></Session>'
    ).encode()


def session_text(inner: str) -> bytes:
    return (
        "SESSION NAME:\tx\nSAMPLE RATE:\t48000.0\nTIMECODE FORMAT:\t30 Frame\n\n"
        f"T R A C K  L I S T I N G\nTRACK NAME:\t{inner}\n"
    ).encode()


def events(count: int) -> str:
    """As many fades as clips; half of them stand at one place."""
    heads = "CHANNEL\tEVENT\tCLIP NAME\tSTART TIME\tEND TIME\tDURATION\tSTATE\n"
    rows = (
        f"1\t{at}\t{'(fade in)' if at % 2 else 'k'}\t{at % (count // 2) * 10}\t{at * 10}\t9\t-\n"
        for at in range(count)
    )
    return f"a\n{heads}{''.join(rows)}"


def edit(inner: str) -> bytes:
    return f'<EDIT appVersion="x" projectID="1/2">{inner}</EDIT>'.encode()


def audio_tracks(nodes: str) -> bytes:
    return f'<tracklist2><list name="track" type="obj">{nodes}</list></tracklist2>'.encode()


def event_list(count: int, inner: str = "") -> str:
    events = "".join(
        f'<obj class="MAudioEvent" ID="e{at}"><obj name="AudioClip" ID="a"/></obj>'
        for at in range(count)
    )
    return (
        '<obj class="MAudioTrackEvent" ID="t"><obj class="MListNode" name="Node" ID="n">'
        f'{inner}<list name="Events" type="obj">{events}</list></obj></obj>'
    )


def again(part: str, count: int) -> str:
    """Tracks that all hold what stands once."""
    return "".join(
        f'<obj class="MAudioTrackEvent" ID="s{at}"><obj {part}/></obj>' for at in range(count)
    )


STRIP = (
    '<obj class="MAudioTrackEvent" ID="t"><obj class="d" name="Track Device" ID="d">'
    '<member name="DeviceAttributes"><member name="InsertFolder"><list name="Slot" type="list">'
    + '<item><member name="P"><member name="Plugin UID"/></member></item>' * 400
    + "</list></member></member></obj></obj>"
)
OUTPUT = '<TRACK id="{}"><OUTPUTDEVICES><D name="track {}"/></OUTPUTDEVICES></TRACK>'
WARP = '<WarpMarker SecTime="{0}" BeatTime="{0}"/>'
LOOP = '<Clips><Clip time="0" duration="1000" loopStart="0" loopEnd="0.2">'
HOSTILE: dict[str, tuple[Format, bytes]] = {
    "a path of dots": (reaper.FORMAT, rpp(f"<TRACK\n{item('../' * 3000 + 'x.wav')}>\n")),
    "a long path": (reaper.FORMAT, rpp(f"<TRACK\n{item('a/' * 3000 + 'x.wav')}>\n")),
    "paths of dots": (
        reaper.FORMAT,
        rpp("<TRACK\n" + "".join(item("../" * 60 + f"{at}.wav") for at in range(40)) + ">\n"),
    ),
    "sends": (reaper.FORMAT, rpp("<TRACK\n" + "AUXRECV 9 0 1 0 0 0 0 0 0\n" * 600 + ">\n")),
    "a title": (
        reaper.FORMAT,
        rpp(f'<TRACK\n<FXCHAIN\n<VST "VST3: A{" (2 out)" * 2000}" a\n>\n>\n>\n'),
    ),
    "folders inside themselves": (cubase_xml.FORMAT, folder('<obj ID="1"/>' * 300)),
    "VCAs of VCAs": (ardour.FORMAT, vcas(30)),
    "clips and fades": (protools_text.FORMAT, session_text(events(2000))),
    "outputs in a row": (
        tracktion.FORMAT,
        edit("".join(map(OUTPUT.format, range(1, 1000), range(2, 1001)))),
    ),
    "tracks that share a list": (
        cubase_xml.FORMAT,
        audio_tracks(event_list(400) + again('name="Node" ID="n"', 400)),
    ),
    "tracks that share a strip": (
        cubase_xml.FORMAT,
        audio_tracks(STRIP + again('name="Track Device" ID="d"', 400)),
    ),
    "a node of many parts": (
        cubase_xml.FORMAT,
        audio_tracks(event_list(1500, '<int name="x" value="1"/>' * 4000)),
    ),
}
ENDLESS: dict[str, tuple[Format, bytes]] = {
    "warped loops": (
        ableton.FORMAT,
        live(looped("".join(WARP.format(at / 1e4) for at in range(2000)))),
    ),
    "looped clips": (ableton.FORMAT, live(looped("") * 100)),
    "loops in loops": (dawproject.FORMAT, project(LOOP * 30 + "</Clip></Clips>" * 30)),
}


def written(folder: Path, data: bytes) -> Path:
    path = folder / "hostile"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_takes_a_bounded_number_of_calls_a_kilobyte(tmp_path: Path, name: str) -> None:
    reader, data = HOSTILE[name]
    path = written(tmp_path, data)
    most = _MOST_CALLS_A_KILOBYTE * (1 + len(data) // 1000)
    assert calls(lambda: reader.read([path]), most) > 0


@pytest.mark.parametrize("name", ENDLESS)
def test_loops_without_end_are_refused_in_bounded_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("sessions.formats.shared.clip_time._MOST_PIECES", _PIECES)
    reader, data = ENDLESS[name]
    path = written(tmp_path, data)

    def read() -> None:
        with pytest.raises(SessionError, match="come to too many"):
            reader.read([path])

    calls(read, _MOST_CALLS)


def test_a_song_of_many_loops_is_no_attack(tmp_path: Path) -> None:
    """A loop of a fifth of a beat over 1900 beats is 9,500 pieces."""
    (track,) = ableton.FORMAT.read([written(tmp_path, live(looped("")))]).tracks
    assert len(track.clips) == 9500


def test_the_counter_stops_what_is_cubic() -> None:
    def cubic() -> None:
        for _ in range(300**3):
            len(())

    with pytest.raises(TooManyError):
        calls(cubic, 1_000_000)


LONG: dict[str, tuple[Format, Callable[[int], bytes]]] = {
    "a width behind spaces": (
        protools_text.FORMAT,
        lambda n: session_text("a" + " " * n + "b"),
    ),
    "a plugin behind spaces": (
        protools_text.FORMAT,
        lambda n: session_text("a\nPLUG-INS:\tx" + " " * n + "y"),
    ),
    "a delay of noughts": (
        protools_text.FORMAT,
        lambda n: session_text("a\nUSER DELAY:\t" + "0" * n + "!"),
    ),
    "a plugin of many settings": (
        tracktion.FORMAT,
        lambda n: edit(
            '<TRACK id="1"><PLUGIN type="eq" '
            + " ".join(f'a{at}="1"' for at in range(n))
            + "/></TRACK>"
        ),
    ),
    "a file of many units": (
        tracktion.FORMAT,
        lambda n: edit(f'<TRACK id="1"><PLUGIN type="vst" filename="{"AudioUnit:" * n}"/></TRACK>'),
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_long_fields_take_time_in_proportion(tmp_path: Path, name: str) -> None:
    """What C does in one call is not counted; these took 8 s to minutes of CPU, now 0.5."""
    reader, make = LONG[name]
    path = written(tmp_path, make(80_000))
    begun = time.process_time()
    reader.read([path])
    assert time.process_time() - begun < 5.0


@pytest.mark.parametrize("size", [1, 400])
def test_a_shared_list_of_events_is_read_once_and_told(tmp_path: Path, size: int) -> None:
    data = audio_tracks(event_list(size) + again('name="Node" ID="n"', 3))
    session = cubase_xml.FORMAT.read([written(tmp_path, data)])
    assert [len(track.clips) for track in session.tracks] == [size, 0, 0, 0]
    (told,) = (each for each in session.diagnostics if each.code == "repeated_tracks")
    assert told.message.startswith("3 tracks, or parts of them")
