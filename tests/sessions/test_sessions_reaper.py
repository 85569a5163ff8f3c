"""REAPER files against their own text, read here by regular expressions and nothing of ours."""

from __future__ import annotations

import base64
import csv
import hashlib
import math
import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions import Clip, Device, Session
from sessions.formats.reaper.reader import FORMAT
from sessions.states.device_states import parse_fxp, parse_vstpreset

SharedData = Callable[[str], Path]
HEAD_ENDS = {0, 0x100000, 0x10FFFF, 0x80100000}
READ_OF = re.compile(r"<VST (.+)\n((?:\s+[A-Za-z0-9+/=]+\n)+)\s*>")


def corpus(shared_data: SharedData) -> list[Path]:
    return sorted(shared_data("corpus/rpp").iterdir())


def text_of(path: Path) -> str:
    return path.read_text("utf-8", "replace").replace("\r\n", "\n")


def read(path: Path) -> Session:
    return FORMAT.read([path])


def all_clips(session: Session) -> list[Clip]:
    return [clip for track in session.tracks for clip in track.clips]


def devices(session: Session) -> list[Device]:
    own = [device for track in session.tracks for device in track.devices]
    return own + [device for clip in all_clips(session) for device in clip.devices]


def codes(session: Session) -> set[str]:
    return {said.code for said in session.diagnostics}


def test_every_corpus_file_reads_with_the_counts_of_the_manifest(shared_data: SharedData) -> None:
    rows = csv.DictReader(
        shared_data("corpus/manifest.tsv").read_text().splitlines(), delimiter="\t"
    )
    listed = [row for row in rows if row["format"] == "rpp"]
    assert len(listed) == len(corpus(shared_data))
    for row in listed:
        path = shared_data(f"corpus/{row['file']}")
        assert FORMAT.score(path) >= 0.95
        session = read(path)
        own = [each for each in session.tracks if each.id not in ("master", "chain")]
        assert len(own) == int(row["tracks"]), path.name
        plugins = sum(int(count) for count in re.findall(r"=(\d+)", row["plugins"]))
        assert len(devices(session)) == plugins, path.name
        version = row["daw_version"].removeprefix("REAPER ")
        assert session.daw is None or session.daw == f"REAPER {version}", path.name


def test_clip_positions_and_lengths_are_those_of_the_text(shared_data: SharedData) -> None:
    for path in corpus(shared_data):
        session = read(path)
        left_out = {"empty_items"} & codes(session)
        heard = [clip for clip in all_clips(session) if clip.lane is None or not clip.muted]
        positions = [float(said) for said in re.findall(r"\n\s+POSITION (\S+)", text_of(path))]
        lengths = [float(said) for said in re.findall(r"\n\s+LENGTH (\S+)\n\s+LOOP", text_of(path))]
        if not left_out:
            assert [clip.position_s for clip in heard] == positions, path.name
            assert [clip.length_s for clip in heard] == lengths, path.name
        rate = session.sample_rate_hz
        assert all(clip.position_frames == round(clip.position_s * rate) for clip in heard)


def test_clips_are_not_lost(shared_data: SharedData) -> None:
    for path in corpus(shared_data):
        text = text_of(path)
        sources = len(re.findall(r"\n\s+<SOURCE (?!SECTION|EMPTY)", text))
        assert len(all_clips(read(path))) == sources, path.name


def test_faders_are_those_of_the_text(shared_data: SharedData) -> None:
    for path in corpus(shared_data):
        session = read(path)
        faders = re.findall(r"\n    VOLPAN (\S+) (\S+)", text_of(path))
        tracks = [each for each in session.tracks if each.id not in ("master", "chain")]
        if path.suffix.lower() != ".rpp":
            continue
        for each, (gain, pan) in zip(tracks, faders, strict=True):
            gain_db = 20 * math.log10(float(gain)) if float(gain) else -math.inf
            assert each.gain_db == pytest.approx(gain_db, abs=0.01)
            assert each.pan == pytest.approx(float(pan), abs=1e-12)


def vst_state(lines: str) -> bytes:
    """A VST's state: what stands behind the one size that counts all the rest."""
    parts = [base64.b64decode(line) for line in lines.split()]
    data = b"".join(parts[:-1])
    for at in range(8, len(data) - 11):
        size, flag, end = struct.unpack_from("<III", data, at)
        if size == len(data) - at - 12 and flag in (0, 1) and end in HEAD_ENDS:
            return data[at + 12 :]
    return b""


def written_states(text: str) -> list[str]:
    """The hash of every VST's state in the text: a VST3's component, a VST2's chunk or values."""
    found = []
    for head, lines in READ_OF.findall(text):
        state = vst_state(lines)
        if "{" in head:
            (size,) = struct.unpack_from("<I", state)
            state = state[8 : 8 + size]
        if state:
            found.append(hashlib.sha256(state).hexdigest())
    return sorted(found)


def held_state(device: Device) -> bytes:
    if device.state is None or not device.state.kind.startswith(("vst3", "fxp")):
        return b""
    if device.format == "VST3":
        return parse_vstpreset(device.state.data).component
    taken = parse_fxp(device.state.data)
    # 4klang keeps no parameter at all, and all of it in one line.
    values = struct.pack(f"<{len(taken.values)}f", *taken.values)
    return taken.data or (bytes.fromhex("efbeadde0df0adde") + values if values else b"")


def test_every_vst_state_is_found_and_byte_exact(shared_data: SharedData) -> None:
    compared = 0
    for path in corpus(shared_data):
        if path.name == "reaper-rs__fx-chain-tag.rpp":
            continue  # its states are cut short: the test of truncated states
        held = filter(None, map(held_state, devices(read(path))))
        written = written_states(text_of(path))
        assert sorted(hashlib.sha256(each).hexdigest() for each in held) == written, path.name
        compared += len(written)
    assert compared == 64


def test_class_ids_and_vst2_ids_are_those_of_the_text(shared_data: SharedData) -> None:
    path = shared_data("corpus/rpp/reaper-projects__track2.rpp")
    found = {(device.name, device.format, device.id) for device in devices(read(path))}
    assert ("FabFilter Pro-Q 3", "VST3", "72C4DB717A4D459AB97E51745D84B39D") in found
    (compressor,) = devices(read(shared_data("corpus/rpp/rppp__vst-line-endings.RPP")))
    assert (compressor.format, compressor.id, compressor.vendor) == (
        "VST2",
        "1131375984",
        "Tracktion",
    )
    assert compressor.name == "#TCompressor"


def test_a_header_of_several_lines_is_read(shared_data: SharedData) -> None:
    path = shared_data("corpus/rpp/wave_video__stats8.rpp")
    (kontakt,) = [device for device in devices(read(path)) if device.name == "Kontakt"]
    assert kontakt.state is not None
    assert (kontakt.state.kind, kontakt.id) == ("vst3", "5653544E6924446B6F6E74616B740000")
    assert len(parse_vstpreset(kontakt.state.data).component) == 0x5790E


def test_truncated_states_are_told_not_fatal(shared_data: SharedData) -> None:
    session = read(shared_data("corpus/rpp/reaper-rs__fx-chain-tag.rpp"))
    (told,) = [said for said in session.diagnostics if said.code == "truncated_state"]
    assert "Pianoteq 8" in told.message
    assert "Zebrify" in told.message
    pianoteq, zebrify, mapper = devices(session)
    assert pianoteq.state is not None
    assert (pianoteq.state.kind, len(pianoteq.state.data)) == ("opaque", 139)
    assert zebrify.state is None
    assert mapper.format == "JS"


def test_tricky_names_come_out_as_people_typed_them(shared_data: SharedData) -> None:
    session = read(shared_data("corpus/rpp/rppp__tricky-strings.RPP"))
    assert [each.name for each in session.tracks[1:-1]] == [
        *('"', '""', '"""', "'", "''", "'''", "`", "``", "```"),
        "'''```\"\"\"",
        *("NAME", 'hel"lo', 'hello"', "<HELLO world >", "<>", "<"),
    ]


def test_take_effects_stand_on_their_clip(shared_data: SharedData) -> None:
    session = read(shared_data("corpus/rpp/rppp__vst3-track-and-take-fx.RPP"))
    kick = session.tracks[0]
    assert [device.name for device in kick.devices] == ["#TCompressor"]
    assert [device.name for device in kick.clips[0].devices] == ["#TEqualiser"]


def test_takes_that_are_not_heard_are_muted_lanes(shared_data: SharedData) -> None:
    session = read(shared_data("corpus/rpp/201205_1424__test.RPP"))
    heard = [clip for clip in all_clips(session) if not clip.muted]
    assert {clip.media_path for clip in heard} == {"01-201205_2144.wav"}
    assert [clip.lane for clip in heard] == ["take 4", "take 4", "take 4", None]
    assert len(all_clips(session)) == 10


def test_regions_are_two_lines_of_one_number(shared_data: SharedData) -> None:
    session = read(shared_data("corpus/rpp/reaper-projects__test_track.rpp"))
    assert [(each.name, each.position_s, each.length_s) for each in session.markers] == [
        ("Pickup", 0.0, 3.75),
        ("A Loop", 3.75, 41.25),
        ("A2 Loop", 45.0, 18.75),
        ("B Loop", 63.75, 26.25),
        ("Fadeout", 90.0, 18.75),
    ]
    assert {each.kind for each in session.markers} == {"region"}


def test_parameter_automation_names_device_and_parameter(shared_data: SharedData) -> None:
    session = read(shared_data("corpus/rpp/rpp-editor__test2.rpp"))
    targets = {line.target: line for each in session.tracks for line in each.automation}
    points = targets["device:0:Threshold"].points
    assert [(at, value) for at, value, _ in points] == [
        (0.0, 0.12513964),
        (10.66666667, 0.12513964),
        (33.77777778, 1.41),
    ]


def test_a_mac_template_keeps_its_audio_units_plist(shared_data: SharedData) -> None:
    (path,) = [path for path in corpus(shared_data) if path.suffix == ".RTrackTemplate"]
    unit = devices(read(path))[0]
    assert (unit.format, unit.id) == ("AU", "aumu Sndb Ultr")
    assert unit.state is not None
    assert unit.state.kind == "au_plist"
    assert unit.state.data.startswith(b"<?xml")
    assert unit.state.data.endswith(b"</plist>\n")
