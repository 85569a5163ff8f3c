"""LMMS projects: Debian's demo songs by XPath, samples by hand-written projects."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from sessions.errors import SessionError
from sessions.formats.lmms.reader import FORMAT
from sessions.model.session import Session

Shared = Callable[[str], Path]
WriteWav = Callable[..., Path]


def unpacked(path: Path) -> etree._Element:
    data = path.read_bytes()
    return etree.fromstring(data if path.suffix == ".mmp" else zlib.decompress(data[4:]))


def test_every_project_reads_with_its_tracks_and_effects(shared_data: Shared) -> None:
    files = sorted(shared_data("corpus/lmms").glob("*.mmp*"))
    assert len(files) == 6
    for path in files:
        root = unpacked(path)
        session = FORMAT.read([path])
        assert FORMAT.score(path) == 1.0
        assert session.daw == f"LMMS {root.get('creatorversion')}"
        tracks = root.xpath("//track[@type='0' or @type='1' or @type='2']")
        mixer = root.xpath("//fxchannel")
        assert len(session.tracks) == len(tracks) + len(mixer), path.name
        effects = sum(len(track.devices) for track in session.tracks)
        listed = root.xpath("//fxchannel//effect | //track[@type!='5' and @type!='6']//effect")
        instruments = root.xpath("//instrument[@name!='audiofileprocessor']")
        assert effects == len(listed) + len(instruments), path.name


def test_levels_and_routes_of_the_mixer(shared_data: Shared) -> None:
    path = shared_data("corpus/lmms/DirtyLove.mmpz")
    session = FORMAT.read([path])
    tracks = {track.id: track for track in session.tracks}
    volume = float(unpacked(path).xpath("string(//fxchannel[@num='1']/@volume)"))
    assert 10 ** (tracks["fx:1"].gain_db / 20) == pytest.approx(volume)
    assert (tracks["fx:1"].output, tracks["fx:2"].output) == ("fx:2", "master")
    assert (tracks["1.1"].parent, tracks["1.1"].output) == ("1", "fx:1")
    assert session.tempo[0].bpm == 177.0


def test_packed_and_plain_are_one_project(shared_data: Shared, tmp_path: Path) -> None:
    packed = shared_data("corpus/lmms/DirtyLove.mmpz")
    plain = tmp_path / "DirtyLove.mmpz"
    plain.write_bytes(zlib.decompress(packed.read_bytes()[4:]))
    assert FORMAT.score(plain) == 1.0
    assert FORMAT.read([plain]).tracks == FORMAT.read([packed]).tracks


def project(tmp_path: Path, body: str) -> Session:
    path = tmp_path / "song.mmp"
    path.write_text(
        '<?xml version="1.0"?><lmms-project type="song" creatorversion="1.3.0"><head bpm="120"'
        ' mastervol="50" timesig_numerator="3" timesig_denominator="4"/><song><trackcontainer'
        f' type="song">{body}</trackcontainer></song></lmms-project>'
    )
    return FORMAT.read([path])


def test_samples_are_placed_to_the_sample(tmp_path: Path, write_wav: WriteWav) -> None:
    wav = write_wav("samples/vox.wav", 96_000)
    session = project(
        tmp_path,
        '<track type="2" name="Vox" muted="1" solo="0"><sampletrack vol="50" pan="-100" mixch="3"/>'
        '<sampleclip src="usersample:samples/vox.wav" pos="144" len="96" muted="0" off="-24"/>'
        '<sampleclip src="C:\\x\\samples\\vox.wav" pos="0" len="96" off="48" muted="1"/></track>',
    )
    track = session.tracks[0]
    assert (track.kind, track.muted, track.pan, track.output) == ("audio", True, -1.0, "fx:3")
    assert track.gain_db == pytest.approx(-6.0206, abs=1e-4)
    later, earlier = track.clips
    assert later.media is not None
    assert later.media.path == wav
    assert (later.position_frames, later.source_offset_s, later.length_s) == (72_000, 0.25, 1.0)
    assert (earlier.position_frames, earlier.length_s, earlier.muted) == (24_000, 0.5, True)
    master = session.tracks[-1]
    assert (master.id, master.output) == ("master", None)
    assert master.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert (session.meters[0].numerator, session.meters[0].denominator) == (3, 4)


def test_effects_with_their_settings(tmp_path: Path) -> None:
    chunk = bytes(range(64))
    session = project(
        tmp_path,
        '<fxmixer><fxchannel num="0" name="Master"/><fxchannel num="1" name="Drums" volume="0.5">'
        '<fxchain enabled="1"><effect name="vsteffect" on="1" wet="0.5"><vsteffectcontrols'
        f' plugin="C:\\VST\\Comp.dll" chunk="{base64.b64encode(chunk).decode()}"/><key/></effect>'
        '<effect name="ladspaeffect" wet="1"><on value="0"/><ladspacontrols><port00 data="3"/>'
        '<port01><data value="7.5"/></port01></ladspacontrols><key><attribute name="file"'
        ' value="amp"/><attribute name="plugin" value="amp_mono"/></key></effect></fxchain>'
        '<send channel="0" amount="0.5"/></fxchannel></fxmixer>',
    )
    drums, _ = session.tracks
    compressor, amplifier = drums.devices
    assert (compressor.name, compressor.format, compressor.mix) == ("Comp", "VST2", 0.5)
    assert compressor.state is not None
    assert (compressor.state.kind, compressor.state.data) == ("opaque", chunk)
    assert (amplifier.id, amplifier.enabled) == ("amp:amp_mono", False)
    assert amplifier.params == (("port00", 3.0), ("port01", 7.5))
    assert drums.output is None
    assert [(send.target, round(send.gain_db, 2)) for send in drums.sends] == [("master", -6.02)]


def test_bombs_and_lies_are_refused(tmp_path: Path, shared_data: Shared) -> None:
    packed = shared_data("corpus/lmms/DirtyLove.mmpz").read_bytes()
    path = tmp_path / "song.mmpz"
    for stated, message in (
        ((1 << 31).to_bytes(4, "big"), "other than the 2147483648 bytes it states"),
        ((1000).to_bytes(4, "big"), "other than the 1000 bytes it states"),
    ):
        path.write_bytes(stated + packed[4:])
        with pytest.raises(SessionError, match=message):
            FORMAT.read([path])
    path.write_bytes(packed[:4] + packed[4:100])
    with pytest.raises(SessionError, match=r"song\.mmpz cannot be read"):
        FORMAT.read([path])


BEATS = """<lmms-project type="song" creatorversion="1.2.2">
<head bpm="120" timesig_numerator="{beats}" timesig_denominator="4"/><song><trackcontainer>
<track type="1" name="Beat 0" muted="0"><bbtrack><trackcontainer>
<track type="2" name="Loop"><sampletrack/>
<sampletco pos="0" len="100" src="a.wav"/><sampletco pos="192" len="300" src="b.wav" off="-48"/>
</track></trackcontainer></bbtrack>
<bbtco pos="768" len="384"/><bbtco pos="1536" len="96" muted="1"/>
</track>
<track type="1" name="Beat 1" muted="0"><bbtrack/><bbtco pos="0" len="400"/></track>
</trackcontainer></song></lmms-project>"""


def test_audio_in_beat_tracks_plays_where_their_blocks_lie_and_repeats(tmp_path: Path) -> None:
    """A beat track plays the clip of its own number, again from each whole bar of the pattern."""
    path = tmp_path / "beats.mmp"
    path.write_text(BEATS.format(beats=4))
    (loop,) = (track for track in FORMAT.read([path]).tracks if track.name == "Loop")
    placed = [
        (clip.media_path, clip.position_s * 96, clip.length_s * 96, clip.muted)
        for clip in loop.clips
    ]
    assert placed == [
        ("a.wav", 768, 100, False),
        ("a.wav", 960, 100, False),
        ("a.wav", 1536, 96, True),
        ("b.wav", 48, 252, False),
        ("b.wav", 432, 0, False),
    ]
    path.write_text(BEATS.format(beats=3))
    (loop,) = (track for track in FORMAT.read([path]).tracks if track.name == "Loop")
    assert [clip.position_s * 96 for clip in loop.clips][:3] == [768, 912, 1056]


def test_beats_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "beats.mmp"
    path.write_text(BEATS.format(beats=4).replace('len="400"', 'len="99999999"'))
    with pytest.raises(SessionError, match="its beat tracks repeat too often"):
        FORMAT.read([path])


def test_names_in_latin_1_are_read(tmp_path: Path) -> None:
    """LMMS's own oldest emptyproject.mmpz holds "Master-Lautst\\xe4rke" and names no encoding."""
    text = BEATS.format(beats=4).replace('"Loop"', '"Lautstärke"')
    path = tmp_path / "old.mmp"
    for data in (text.encode("latin-1"), text.encode()):
        path.write_bytes(b'<?xml version="1.0"?>' + data)
        assert "Lautstärke" in [track.name for track in FORMAT.read([path]).tracks]


def test_a_tempo_that_lmms_has_not_is_its_own_default(tmp_path: Path) -> None:
    path = tmp_path / "slow.mmp"
    path.write_text(BEATS.format(beats=4).replace('bpm="120"', 'bpm="1e-320"'))
    assert FORMAT.read([path]).tempo[0].bpm == 140.0


@pytest.mark.parametrize(
    ("meter", "steps", "notes", "ticks"),
    [
        (4, 16, "", 192),
        (4, 16, '<note pos="180" len="48"/>', 384),
        (4, 32, '<note pos="0" len="-192"/>', 384),
        (4, 32, '<note pos="0" len="48"/>', 192),
        (4, 0, '<note pos="192" len="-192"/>', 384),
        (3, 12, '<note pos="140" len="-192"/>', 144),
        (3, 16, '<note pos="140" len="-192"/>', 288),
    ],
)
def test_a_pattern_without_length_is_as_long_as_its_steps_or_notes(
    tmp_path: Path, meter: int, steps: int, notes: str, ticks: int
) -> None:
    """LMMS 1.2.0-rc2 writes none (628 of 1334 in the corpus): Pattern::updateLength counts it."""
    path = tmp_path / "song.mmp"
    path.write_text(
        f'<lmms-project type="song"><head bpm="120" timesig_numerator="{meter}"'
        ' timesig_denominator="4"/><song><trackcontainer type="song"><track type="0" name="a">'
        f'<pattern pos="96" steps="{steps}">{notes}</pattern></track></trackcontainer></song>'
        "</lmms-project>"
    )
    (clip,) = FORMAT.read([path]).tracks[0].clips
    assert (clip.position_s * 96, clip.length_s * 96) == (96, ticks)


def test_a_chain_that_does_not_say_it_is_on_is_off_as_lmms_begins_it(tmp_path: Path) -> None:
    effect = '<effect name="amplifier"><AmplifierControls volume="50"/><key/></effect>'
    session = project(
        tmp_path,
        '<fxmixer><fxchannel num="0" name="Master"/><fxchannel num="1" name="Drums">'
        f'<fxchain>{effect}</fxchain><send channel="0"/></fxchannel></fxmixer>',
    )
    drums = session.tracks[0]
    assert [(device.enabled, device.mix) for device in drums.devices] == [(False, None)]
    assert (drums.output, drums.sends) == ("master", ())
