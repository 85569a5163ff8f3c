"""Sessions written as DAWproject and as REAPER project, and read back."""

from __future__ import annotations

import hashlib
import math
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from sessions import (
    Automation,
    AutomationPoint,
    Clip,
    Device,
    DeviceState,
    Marker,
    Media,
    Meter,
    PluginParameter,
    Send,
    Session,
    SessionError,
    Tempo,
    Track,
    plugin_state,
)
from sessions.formats.aaf import FORMAT as AAF
from sessions.formats.dawproject import FORMAT as DAWPROJECT
from sessions.formats.reaper import FORMAT as REAPER
from sessions.writing import write_dawproject, write_rpp
from sessions.writing.clock import beat_points
from sessions.writing.lines import standing_gain_db
from sessions.writing.reaper_effects import reaper_id

RATE_HZ = 48000
PRO_Q = "72C4DB717A4D459AB97E51745D84B39D"
COMP = "565354436F6D702374636F6D70726573"
WRITERS = {"dawproject": (write_dawproject, DAWPROJECT), "rpp": (write_rpp, REAPER)}


def media(path: Path) -> Media:
    return Media(path.resolve(), None, RATE_HZ, 1, RATE_HZ, "WAV", "PCM_24")


def clip(file: Media, frames: int, **facts: object) -> Clip:
    told = {"length_s": 0.5, "name": file.path.stem, **facts}
    return Clip(media=file, position_s=frames / RATE_HZ, position_frames=frames, **told)  # type: ignore[arg-type]


def plugins() -> tuple[Device, ...]:
    """A VST3 with a controller state, one without, and a VST2 with a chunk."""
    eq = plugin_state.vst3(PRO_Q, bytes(range(256)) * 3, b"controller \0 state")
    comp = plugin_state.vst3(COMP, b"\1\2\3" * 71)
    old = plugin_state.fxp(1919247729, b"chunk" * 50, bank=True)
    return (
        Device("Pro-Q 3", "FabFilter", "VST3", PRO_Q, state=eq, label="air", mix=1.0),
        Device("#TCompressor", "Tracktion", "VST3", COMP, state=comp, enabled=False, mix=1.0),
        Device("ReaEQ", "Cockos", "VST2", "1919247729", state=old, label="old", mix=1.0),
    )


@pytest.fixture
def song(write_wav) -> Session:
    """Two nested groups, a return, sends of both kinds, automation, ramps, three plugins."""
    kick, vox = media(write_wav("kick.wav", RATE_HZ)), media(write_wav("vox ö.wav", RATE_HZ))
    swell = Automation(
        "gain_db",
        "linear",
        (AutomationPoint(0.0, 1.0), AutomationPoint(1.7, 0.25, "hold"), AutomationPoint(3.1, 0.5)),
    )
    sweep = Automation("pan", "pan", (AutomationPoint(0.5, -1.0), AutomationPoint(2.5, 0.5)))
    duck = Automation(
        "send:plate", "linear", (AutomationPoint(0.0, 0.1), AutomationPoint(2.0, 1.0))
    )
    tracks = (
        Track("band", "The band", "group", gain_db=-1.5, devices=plugins()[:1]),
        Track("drums", "Drums", "group", "band", gain_db=-3.0, output="band"),
        Track(
            "kick",
            "Kick",
            parent="drums",
            output="drums",
            channels=1,
            clips=(
                clip(kick, 0, fade_in_s=0.01),
                clip(kick, 30011, gain_db=-4.25, fade_out_s=0.125, source_offset_s=0.25),
                clip(kick, 96007, muted=True),
            ),
            sends=(Send("plate", -12.0), Send("band", -6.0, pre_fader=True, enabled=False)),
        ),
        Track(
            "vox",
            "Vox",
            pan=-0.25,
            muted=True,
            soloed=True,
            clips=(clip(vox, 77777),),
            sends=(Send("plate", -20.0, pre_fader=True),),
            devices=plugins()[1:],
            automation=(swell, sweep, duck),
        ),
        Track("plate", "Plate", "return", gain_db=-7.0),
        Track("master", "Master", "master", output=None, gain_db=-0.5, devices=plugins()[:1]),
    )
    return Session(
        "made",
        None,
        RATE_HZ,
        tracks,
        tempo=(Tempo(0.0, 120.0, "linear"), Tempo(2.0, 160.0, "linear"), Tempo(5.0, 90.5)),
        meters=(Meter(0.0, 3, 4), Meter(2.0, 7, 8)),
        markers=(Marker(1.25, "verse"), Marker(3.5, 'chorus "loud"')),
        provenance=(("title", "Song"),),
    )


def written(kind: str, session: Session, folder: Path, **how: object) -> tuple[Path, Session]:
    write, form = WRITERS[kind]
    path = folder / f"song.{kind}"
    write(session, path, **how)  # type: ignore[operator]
    return path, form.read([path])


def near(value: float) -> object:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def facts(session: Session) -> list[tuple[object, ...]]:
    """What a track is, with names for ids."""
    names = {track.id: track.name for track in session.tracks} | {"master": "master"}
    return [
        (
            track.name,
            track.kind,
            names.get(track.parent or ""),
            names.get(track.output or ""),
            near(track.gain_db),
            near(track.pan),
            track.muted,
            track.soloed,
            sorted(
                (names[each.target], near(each.gain_db), each.pre_fader, each.enabled or each.muted)
                for each in track.sends
            ),
            [
                (
                    each.position_frames,
                    near(each.position_s),
                    near(each.length_s),
                    near(each.source_offset_s),
                    near(each.fade_in_s),
                    near(each.fade_out_s),
                    each.muted,
                    each.name,
                )
                for each in track.clips
            ],
            [
                (each.name, each.vendor, each.format, each.id, each.enabled, each.label)
                for each in track.devices
            ],
            [each.state and each.state.as_json()["sha256"] for each in track.devices],
        )
        for track in session.tracks
    ]


def plain(session: Session) -> Session:
    """Without what the format at hand has no words for: whether a send is off or muted."""
    return replace(
        session,
        tracks=tuple(
            replace(
                track,
                sends=tuple(
                    replace(each, enabled=each.enabled and not each.muted, muted=False)
                    for each in track.sends
                ),
            )
            for track in session.tracks
        ),
    )


@pytest.mark.parametrize("kind", WRITERS)
def test_tracks_clips_sends_and_plugins_read_back_equal(kind, song, tmp_path) -> None:
    _, back = written(kind, song, tmp_path)
    assert facts(plain(back)) == facts(plain(song))


@pytest.mark.parametrize("kind", WRITERS)
def test_clip_gains_are_carried(kind, song, tmp_path) -> None:
    _, back = written(kind, song, tmp_path)
    gains = [standing_gain_db(each) for each in back.tracks[2].clips]
    assert gains == [near(0.0), near(-4.25), near(0.0)]


@pytest.mark.parametrize("kind", WRITERS)
def test_tempo_ramps_meters_and_markers_read_back_at_their_seconds(kind, song, tmp_path) -> None:
    _, back = written(kind, song, tmp_path)
    tempos = [(near(each.position_s), near(each.bpm), each.curve) for each in song.tempo]
    assert [(each.position_s, each.bpm, each.curve) for each in back.tempo] == tempos
    meters = [(near(each.position_s), each.numerator, each.denominator) for each in song.meters]
    assert [(each.position_s, each.numerator, each.denominator) for each in back.meters] == meters
    markers = [(near(each.position_s), each.name) for each in song.markers]
    assert [(each.position_s, each.name) for each in back.markers] == markers


def amplitudes(line: Automation) -> list[tuple[object, object, bool]]:
    in_db = line.unit == "db"
    return [
        (
            near(point.position_s),
            near(10 ** (point.value / 20) if in_db else point.value),
            point.shape == "hold",
        )
        for point in line.points
    ]


@pytest.mark.parametrize("kind", WRITERS)
def test_automation_reads_back_equal(kind, song, tmp_path) -> None:
    _, back = written(kind, song, tmp_path)
    made, found = song.tracks[3].automation, back.tracks[3].automation
    names = {track.id: track.name.casefold() for track in back.tracks}
    told = {
        line.target.replace(line.target[5:], names[line.target[5:]])
        if line.target[:5] == "send:"
        else line.target: amplitudes(line)
        for line in found
    }
    assert told == {line.target: amplitudes(line) for line in made}


def points(*shapes: str) -> tuple[AutomationPoint, ...]:
    return tuple(AutomationPoint(at / 4, at / 10, shape) for at, shape in enumerate(shapes))


def automated(song: Session) -> Session:
    """Vox moves three parameters of its VST3 and one of its VST2; two have the same name."""
    lines = tuple(
        Automation(f"device:{at}:{name}", unit, points(*shapes), parameter)
        for at, name, unit, shapes, parameter in (
            (0, "Ratio", "normalized", ("hold", "hold"), PluginParameter(4, "3221225473")),
            (0, "Gain", "normalized", ("linear",) * 3, PluginParameter(7, "9")),
            (0, "Gain", "normalized", ("linear", "hold"), PluginParameter(8, "12")),
            (1, "L / R", "value", ("linear",), PluginParameter(2, "_LR", 0.0, 2.0, 1.0)),
        )
    )
    vox = replace(song.tracks[3], automation=lines)
    return replace(song, tracks=(*song.tracks[:3], vox, *song.tracks[4:]))


def test_parameter_automation_of_a_reaper_project_reads_back_equal(song, tmp_path) -> None:
    """Number, id, name, range and points; and REAPER's own shapes, tension included."""
    song = automated(song)
    bends = ("linear", "hold", "s_curve", "fast_start", "fast_end", "bezier", "bezier-0.3125")
    bent = Automation("device:1:5", "normalized", points(*bends), PluginParameter(5))
    vox = replace(song.tracks[3], automation=(*song.tracks[3].automation, bent))
    song = replace(song, tracks=(*song.tracks[:3], vox, *song.tracks[4:]))
    path, back = written("rpp", song, tmp_path)
    assert back.tracks[3].automation == vox.automation
    assert '<PARMENV 2:_LR 0 2 1 "L / R / old"' in path.read_text(encoding="utf-8")


def test_parameter_automation_of_a_dawproject_reads_back_equal(song, tmp_path) -> None:
    """A VST3's ParamID as the signed number the format has, a VST2's index; names and points."""
    song = automated(song)
    path, back = written("dawproject", song, tmp_path)
    assert [(line.target, amplitudes(line)) for line in back.tracks[3].automation] == [
        (line.target, amplitudes(line)) for line in song.tracks[3].automation
    ]
    assert [(line.unit, line.parameter) for line in back.tracks[3].automation] == [
        ("normalized", PluginParameter(None, "3221225473")),
        ("normalized", PluginParameter(None, "9")),
        ("normalized", PluginParameter(None, "12")),
        ("linear", PluginParameter(2, None, 0.0, 2.0, 1.0)),
    ]
    root = etree.fromstring(zipfile.ZipFile(path).read("project.xml"))
    ids = [each.get("parameterID") for each in root.iterfind(".//Parameters/RealParameter")]
    assert ids == [str(3221225473 - 2**32), "9", "12", "2"]
    targets = {each.get("id") for each in root.iterfind(".//Parameters/RealParameter")}
    moved = [each.get("parameter") for each in root.iterfind(".//Points/Target")]
    assert len(targets) == 4
    assert targets <= set(moved)


@pytest.mark.parametrize("name", ["reaper-projects__track2.rpp", "rpp-editor__test2.rpp"])
def test_a_real_projects_parameter_envelopes_are_written_as_reaper_wrote_them(
    name: str, shared_data, tmp_path
) -> None:
    """Text against text: the head of every block, and every point's time, value and shape."""
    source = shared_data(f"corpus/rpp/{name}")
    path = tmp_path / "again.rpp"
    write_rpp(REAPER.read([source]), path)
    blocks = [parameter_blocks(each.read_text(encoding="utf-8")) for each in (source, path)]
    assert blocks[0] == blocks[1]
    assert len(blocks[0]) == 2


def parameter_blocks(text: str) -> list[tuple[str, list[list[float]]]]:
    found = []
    for block in text.split("<PARMENV ")[1:]:
        head, *lines = [line.strip() for line in block.splitlines()]
        inside = lines[: lines.index(">")]
        dots = [line.split()[1:4] for line in inside if line.startswith("PT ")]
        found.append((head, [[float(word) for word in dot] for dot in dots]))
    return found


def test_a_parameter_whose_number_is_unknown_is_told(song, tmp_path) -> None:
    named = Automation("device:0:Ratio", "normalized", points("linear"), PluginParameter(id="9"))
    level = Automation("device:0:Gain", "decibel", points("linear"), PluginParameter(3))
    vox = replace(song.tracks[3], automation=(named, level), sends=())
    told = write_rpp(replace(song, tracks=(vox,)), tmp_path / "a.rpp")
    (lost,) = [each for each in told if each.code == "parameter_lost"]
    assert lost.message.endswith(": Vox/#TCompressor Ratio, Vox/#TCompressor Gain")


def test_a_dawproject_is_valid_against_the_published_structure(song, tmp_path, shared_data) -> None:
    path, _ = written("dawproject", automated(song), tmp_path)
    with zipfile.ZipFile(path) as archive:
        for member, xsd in (("project.xml", "Project.xsd"), ("metadata.xml", "MetaData.xsd")):
            schema = etree.XMLSchema(etree.parse(shared_data(f"corpus/dawproject-schema/{xsd}")))
            schema.assertValid(etree.fromstring(archive.read(member)))


def test_the_beat_of_a_ramp_is_where_its_seconds_say(song) -> None:
    """120 to 160 over L beats takes L * 60 * ln(160/120) / 40 seconds: 2 s are 4.6346 beats."""
    (first, _, _), (second, _, _), _ = beat_points(song)
    assert (first, second) == (0.0, near(2.0 * 40.0 / (60.0 * math.log(160 / 120))))


def test_times_of_a_dawproject_stand_in_beats(song, tmp_path) -> None:
    """Raw XML, no reader of ours: at 120 BPM, second 1.5 is beat 3."""
    flat = replace(song, tempo=(Tempo(0.0, 120.0),))
    moved = replace(flat.tracks[3], clips=(replace(flat.tracks[3].clips[0], position_s=1.5),))
    path, _ = written("dawproject", replace(flat, tracks=(*flat.tracks[:3], moved)), tmp_path)
    root = etree.fromstring(zipfile.ZipFile(path).read("project.xml"))
    found = root.find(".//Lanes[@track='vox']/Clips/Clip")
    assert (found.get("time"), found.get("duration")) == ("3.0", "1.0")
    assert root.find(".//Arrangement/Lanes").get("timeUnit") == "beats"


def test_a_vst3_chunk_lies_as_reaper_writes_it(song, tmp_path) -> None:
    """Own parse of the text: header, sizes, component, controller, by the layout's numbers."""
    import base64

    path, _ = written("rpp", song, tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if "VST3: Pro-Q 3 (FabFilter)" in line)
    assert f"756089518{{{PRO_Q}}}" in lines[at]
    end = next(i for i in range(at, len(lines)) if lines[i].strip() == ">")
    parts = [base64.b64decode(line.strip()) for line in lines[at + 1 : end]]
    data = b"".join(parts[:-1])
    assert struct.unpack_from("<II", data) == (756089518, 0xFEED5EEE)
    size, flag = struct.unpack_from("<II", data, 8 + 2 * (4 + 16))
    body = data[-size:]
    assert flag == 1
    component = bytes(range(256)) * 3
    assert body == (
        struct.pack("<II", len(component), 1)
        + component
        + struct.pack("<II", 18, 0)
        + b"controller \0 state"
    )


@pytest.mark.parametrize(
    ("class_id", "number"),
    [(PRO_Q, 756089518), (COMP, 457774091), ("4D656C646170726F4D7574694D757469", 1423054497)],
)
def test_reapers_number_of_a_vst3_is_the_one_it_wrote_itself(class_id: str, number: int) -> None:
    assert reaper_id(class_id) == number


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_session_gives_the_same_bytes(kind, song, tmp_path) -> None:
    first, _ = written(kind, song, tmp_path / "a")
    second, _ = written(kind, song, tmp_path / "b")
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize("kind", WRITERS)
def test_nothing_is_overwritten_unasked(kind, song, tmp_path) -> None:
    path = tmp_path / f"song.{kind}"
    path.write_text("mine")
    with pytest.raises(SessionError, match="is there already"):
        written(kind, song, tmp_path)
    assert path.read_text() == "mine"
    _, back = written(kind, song, tmp_path, overwrite=True)
    assert len(back.tracks) == len(song.tracks)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_failure_leaves_nothing_behind(kind, song, tmp_path) -> None:
    gone = next(song.tracks[2].clips[0].media.path.parent.glob("kick.wav"))
    gone.unlink()
    target = tmp_path / "out"
    with pytest.raises(SessionError, match=r"kick\.wav cannot be read"):
        written(kind, song, target, audio="copy")
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("kind", WRITERS)
def test_copied_audio_is_the_same_bytes_under_a_name_of_its_own(kind, song, tmp_path) -> None:
    other = tmp_path / "again" / "KICK.wav"
    other.parent.mkdir()
    other.write_bytes((tmp_path / "vox ö.wav").read_bytes())
    track = replace(song.tracks[3], clips=(clip(media(other), 0),))
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


def test_linked_audio_is_pointed_at_relative_to_the_project(song, tmp_path) -> None:
    path, back = written("rpp", song, tmp_path / "out")
    assert "FILE ../kick.wav" in path.read_text(encoding="utf-8")
    assert back.tracks[2].clips[0].media.path == (tmp_path / "kick.wav").resolve()
    _, linked = written("dawproject", song, tmp_path / "out", audio="link")
    assert linked.tracks[2].clips[0].media.path == (tmp_path / "kick.wav").resolve()


def test_audio_of_a_dawproject_goes_into_a_reaper_project(song, tmp_path) -> None:
    _, inside = written("dawproject", song, tmp_path / "first")
    path, back = written("rpp", inside, tmp_path / "second")
    assert facts(plain(back)) == facts(plain(song))
    assert back.tracks[2].clips[0].media.path.parent == path.with_name("song-media").resolve()


def test_a_region_keeps_its_end_where_the_format_has_regions(song, tmp_path) -> None:
    marked = replace(song, markers=(Marker(1.0, "bridge", 2.5, "region"),))
    _, back = written("rpp", marked, tmp_path)
    assert back.markers == marked.markers
    told = write_dawproject(marked, tmp_path / "regions.dawproject")
    assert "region_end_lost" in {each.code for each in told}


def test_what_a_format_cannot_hold_is_told_once_a_kind(song, tmp_path) -> None:
    odd = replace(
        song.tracks[3],
        inverted=True,
        clips=tuple(
            clip(
                song.tracks[3].clips[0].media,
                at,
                reversed=True,
                fade_in_s=0.1,
                fade_in_shape="s_curve",
            )
            for at in (0, 48000)
        ),
        devices=(
            replace(plugins()[0], mix=0.4, sidechain="kick"),
            Device("EQ Eight", "Ableton", "builtin", "Eq8", kind="builtin"),
        ),
    )
    session = replace(song, tracks=(odd,))
    told = {each.code for each in write_dawproject(session, tmp_path / "a.dawproject")}
    assert told == {
        *("clip_reversed", "fade_shape_lost", "mix_lost", "sidechain_lost", "polarity_lost"),
        *("foreign_device", "send_lost", "automation_lost"),
    }
    told = {each.code for each in write_rpp(session, tmp_path / "a.rpp")}
    assert told == {"sidechain_lost", "device_lost", "send_lost", "tempo_ramp"}


def test_wet_and_dry_polarity_reversal_and_shapes_are_reapers_own(song, tmp_path) -> None:
    file = song.tracks[3].clips[0].media
    odd = replace(
        song.tracks[3],
        inverted=True,
        sends=(),
        automation=(),
        clips=(
            clip(file, 0, reversed=True, inverted=True, play_rate=2.0, channel_mode="left"),
            clip(
                file,
                48000,
                fade_in_s=0.1,
                fade_in_shape="s_curve",
                looped=True,
                fade_out_s=0.2,
                fade_out_shape="fast+0.25",
            ),
        ),
        devices=(replace(plugins()[0], mix=0.4),),
    )
    _, back = written("rpp", replace(song, tracks=(odd,)), tmp_path)
    found = back.tracks[0]
    assert found.inverted
    assert found.devices[0].mix == 0.4
    same = (
        "reversed",
        "inverted",
        "play_rate",
        "channel_mode",
        "fade_in_shape",
        "fade_out_shape",
        "looped",
    )
    for made, read in zip(odd.clips, found.clips, strict=True):
        assert [getattr(read, name) for name in same] == [getattr(made, name) for name in same]


def test_two_mono_files_of_one_stem_are_refused(song, tmp_path) -> None:
    pair = replace(song.tracks[3].clips[0], right=song.tracks[3].clips[0].media)
    split = replace(song, tracks=(replace(song.tracks[3], clips=(pair,)),))
    with pytest.raises(SessionError, match="two mono files make one stem: Vox"):
        written("rpp", split, tmp_path)


def test_awkward_names_survive(song, tmp_path) -> None:
    names = [
        'say "hi"',
        "it's `odd`",
        "'all' `three` \"kinds\"",
        "a\tb",
        "  lead  ",
        "ünï ☃",
        "<TRACK",
        "-1",
    ]
    tracks = tuple(Track(f"t{at}", name) for at, name in enumerate(names))
    for kind in WRITERS:
        _, back = written(kind, replace(song, tracks=tracks), tmp_path)
        found = [track.name.replace("\t", " ") for track in back.tracks[:-1]]
        assert found == [name.replace("\t", " ") for name in names]


def test_rings_and_strays_of_parents_are_written_flat(song, tmp_path) -> None:
    tracks = (
        Track("a", "A", "group", "b"),
        Track("b", "B", "group", "a"),
        Track("c", "C", parent="nowhere", output="nowhere"),
    )
    for kind in WRITERS:
        _, back = written(kind, replace(song, tracks=tracks), tmp_path)
        assert [(each.name, each.parent) for each in back.tracks[:-1]] == [
            ("A", None),
            ("B", None),
            ("C", None),
        ]


def corpus_sessions(shared_data, folder: str, form: object) -> list[tuple[str, Session]]:
    found = []
    for path in sorted(shared_data(f"corpus/{folder}").iterdir()):
        if form.score(path) == 1.0:  # type: ignore[attr-defined]
            try:
                found.append((path.name, form.read([path])))  # type: ignore[attr-defined]
            except SessionError:
                continue
    assert found
    return found


def test_every_reaper_project_of_the_corpus_is_written_and_read_back(shared_data, tmp_path) -> None:
    """Faders, nesting, states and clips of real projects; notes and JS code are not written."""
    for name, session in corpus_sessions(shared_data, "rpp", REAPER):
        path = tmp_path / f"{name}.rpp"
        write_rpp(session, path)
        back = REAPER.read([path])
        heard = replace(
            session,
            tracks=tuple(
                replace(track, clips=tuple(each for each in track.clips if each.kind == "audio"))
                for track in session.tracks
            ),
        )
        kinds = [track.kind for track in back.tracks]
        made = [
            (fact[0], kind, *fact[2:])
            for fact, kind in zip(facts(plain(heard)), kinds, strict=True)
        ]
        assert facts(plain(back)) == made, name


def test_every_corpus_project_makes_a_valid_dawproject(shared_data, tmp_path) -> None:
    schema = etree.XMLSchema(etree.parse(shared_data("corpus/dawproject-schema/Project.xsd")))
    for folder, form in (("rpp", REAPER), ("dawproject", DAWPROJECT)):
        for name, session in corpus_sessions(shared_data, folder, form):
            path = tmp_path / f"{name}.dawproject"
            write_dawproject(session, path)
            with zipfile.ZipFile(path) as archive:
                root = etree.fromstring(archive.read("project.xml"))
            schema.assertValid(root)
            back = DAWPROJECT.read([path])
            names = [track.name for track in session.tracks]
            found = [track.name for track in back.tracks]
            assert [name or read for name, read in zip(names, found, strict=True)] == found


@pytest.mark.parametrize("kind", WRITERS)
def test_a_vst2s_program_and_its_parameters_come_back(kind, song, tmp_path) -> None:
    """REAPER asks VST2s for banks: a program's chunk comes back as a bank's, the bytes the same."""
    states = (
        plugin_state.fxp(1919247729, b"program" * 40, name="Loud"),
        plugin_state.fxp_params(1919247729, (0.0, 0.25, 1.0), name="Soft"),
    )
    devices = tuple(Device("ReaEQ", "Cockos", "VST2", "1919247729", state=each) for each in states)
    track = replace(song.tracks[3], devices=devices, automation=(), sends=())
    _, back = written(kind, replace(song, tracks=(track,)), tmp_path)
    chunk, values = [plugin_state.parse_fxp(each.state.data) for each in back.tracks[0].devices]
    assert (chunk.unique_id, chunk.data) == (1919247729, b"program" * 40)
    assert (values.unique_id, values.values, values.name) == (1919247729, (0.0, 0.25, 1.0), "Soft")


@pytest.mark.parametrize("kind", WRITERS)
def test_other_states_are_carried_as_they_are(kind, song, tmp_path) -> None:
    """CLAP and JS in REAPER; in a DAWproject every state, whoever can use it."""
    devices = (
        Device("Surge", "Synth", "CLAP", "org.surge", state=DeviceState("clap", b"clap" * 60)),
        Device("DDC", "", "JS", "loser/DDC", state=DeviceState("js", b"-20 20 39 0.5")),
        Device("Mda", "mda", "LV2", "urn:mda", state=DeviceState("lv2", b"clap lv2" * 60)),
    )
    track = replace(song.tracks[3], devices=devices, automation=(), sends=())
    _, back = written(kind, replace(song, tracks=(track,)), tmp_path)
    found = back.tracks[0].devices
    assert [each.state.data for each in found] == [each.state.data for each in devices]
    assert [each.id for each in found] == [each.id for each in devices]


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
