"""AAF: what real workstations wrote, by the numbers pyaaf2 finds in the files."""

from __future__ import annotations

import functools
import io
import math
import struct
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import aaf2
import pytest
import soundfile

from sessions.errors import SessionError
from sessions.formats.aaf.container import write_embedded
from sessions.formats.aaf.effects import curve_of
from sessions.formats.aaf.reader import FORMAT
from sessions.model.session import Session

Shared = Callable[[str], Path]
WriteWav = Callable[..., Path]
RATE = 48_000


@functools.cache
def read(path: Path) -> Session:
    """A session is a value: a file of the corpus is read once."""
    return FORMAT.read([path])


@pytest.fixture
def corpus(shared_data: Shared) -> Callable[[str], Session]:
    return lambda name: read(shared_data(f"corpus/aaf/{name}.aaf"))


def codes(session: Session) -> list[str]:
    return [said.code for said in session.diagnostics]


def test_every_aaf_of_the_corpus_reads(shared_data: Shared) -> None:
    files = sorted(shared_data("corpus/aaf").glob("*.aaf"))
    assert len(files) == 28
    for path in files:
        assert FORMAT.score(path) == 1.0, path.name
        session = read(path)
        with aaf2.open(str(path), "r") as aaf:
            (top,) = list(aaf.content.toplevel()) or [next(aaf.content.compositionmobs())]
            sound = [slot for slot in top.slots if slot.media_kind == "Sound"]
        assert [track.id for track in session.tracks] == [str(slot.slot_id) for slot in sound]
        assert session.daw


def raw_places(slot: Any) -> set[float]:
    """Where a slot's components begin that are neither silence nor transitions, in seconds."""
    segment = slot.segment
    while segment.classdef.class_name == "OperationGroup":
        (segment,) = segment["InputSegments"].value
    at, places = 0, set()
    components = segment.get("Components")
    for component in (components.value if components is not None else None) or ():
        name = component.classdef.class_name
        assert name != "Transition"
        if name != "Filler":
            places.add(float(at / Fraction(slot.edit_rate)))
        at += component.length
    return places


def test_no_clip_is_lost_and_none_is_displaced(shared_data: Shared) -> None:
    count = 0
    for path in sorted(shared_data("corpus/aaf").glob("LibAAF*.aaf")):
        with aaf2.open(str(path), "r") as aaf:
            (top,) = aaf.content.toplevel()
            raw = {str(s.slot_id): raw_places(s) for s in top.slots if s.media_kind == "Sound"}
        for track in read(path).tracks:
            assert {clip.position_s for clip in track.clips} == raw[track.id], path.name
            count += len(raw[track.id])
    assert count == 125


def test_positions_to_the_sample_in_samples_and_in_picture_frames(
    corpus: Callable[[str], Session],
) -> None:
    (clip,) = corpus("LibAAF__PT_WAV_External").tracks[0].clips
    assert (clip.position_frames, clip.position_s) == (158_804_100, 3601.0)
    assert (clip.source_offset_s, clip.length_s) == (1.0, 1.0)
    assert clip.written is not None
    assert (clip.written.unit, clip.written.value) == ("samples", 158_804_100.0)
    first, second, *_ = corpus("LibAAF__PT_Fades").tracks[0].clips
    assert (first.position_s, second.position_s) == (881 / 30, 882 / 30)
    assert second.position_frames == 882 * 44_100 // 30
    assert second.source_offset_s == 1 / 30
    assert corpus("LibAAF__PT_Fades").tracks[1].clips[0].position_frames == 917 * 1470


def test_clip_gain_is_the_product_of_nested_gains(corpus: Callable[[str], Session]) -> None:
    mono = corpus("LibAAF__DR_Audio_Levels").tracks[0]
    assert [clip.position_s for clip in mono.clips] == [30.0, 60.0, 90.0, 120.0]
    quiet, loud, curved, both = mono.clips
    assert quiet.gain_db == pytest.approx(20 * math.log10(6023 / 536870912), abs=1e-9)
    assert loud.gain_db == pytest.approx(6.0, abs=0.01)
    assert both.gain_db == pytest.approx(20 * math.log10(758350319 / 536870912), abs=1e-9)
    (line,) = curved.automation
    assert (line.target, line.unit, len(line.points)) == ("gain_db", "linear", 42)
    at = line.points[2]
    assert at.position_s == pytest.approx(90.0 + 3.0 * 2 / 72)
    assert at.value == 518644608 / 536870912


def test_track_pan_mute_and_solo(corpus: Callable[[str], Session]) -> None:
    left, *_ = corpus("LibAAF__PR_Audio_Pan-noBTM").tracks
    assert left.pan == -0.5
    soloed, muted = corpus("LibAAF__MC_Track_Solo_Mute").tracks
    assert (soloed.soloed, soloed.muted, muted.soloed, muted.muted) == (True, False, False, True)
    (clip,) = corpus("LibAAF__MC_Clip_Mute").tracks[0].clips
    assert clip.muted
    assert clip.source_offset_s == pytest.approx(30 * 1001 / 30000)


def test_markers_and_timecode(corpus: Callable[[str], Session]) -> None:
    session = corpus("LibAAF__DR_Markers")
    first, second = session.markers
    assert (first.position_s, first.name, first.length_s) == (60.0, "Marker1Name", None)
    assert (second.position_s, second.name) == (90.0, "Marker2Name")
    assert second.length_s == pytest.approx(10 / 24)
    assert ("start_timecode_frames", "86400") in session.provenance


def test_two_mono_files_are_one_stereo_clip_and_six_stay_six(
    corpus: Callable[[str], Session],
) -> None:
    stereo = corpus("LibAAF__PT_Multichannel_stereo_multi_source").tracks[0]
    assert (stereo.channels, len(stereo.clips)) == (2, 2)
    wide = corpus("LibAAF__PT_Multichannel_5.1_multi_source").tracks[0]
    assert wide.channels == 6
    modes = [clip.channel_mode for clip in wide.clips[:6]]
    assert modes == [f"channel {at} of 6" for at in range(1, 7)]


def test_missing_media_is_told_once_with_every_path(corpus: Callable[[str], Session]) -> None:
    session = corpus("LibAAF__PT_Fades")
    (said,) = [each for each in session.diagnostics if each.code == "missing_media"]
    paths = {clip.media_path for track in session.tracks for clip in track.clips}
    assert all(path is not None and path in said.message for path in paths)
    assert all(clip.missing for track in session.tracks for clip in track.clips)


def test_clip_past_the_end_of_its_media_is_told(corpus: Callable[[str], Session]) -> None:
    session = corpus("LibAAF__PR_Clip_length_beyond_EOF")
    (clip,) = session.tracks[0].clips
    assert clip.media is not None
    assert (clip.length_s, clip.media.frames) == (0.08, 3792)
    assert "clip_beyond_media" in codes(session)


@pytest.mark.parametrize(
    ("name", "frames", "rate"),
    [
        ("LibAAF__PR_Clip_length_beyond_EOF", 3792, 48_000),
        ("LibAAF__PT_PCM_Internal", 32_000, 16_000),
    ],
)
def test_embedded_audio_comes_out_as_a_file(
    corpus: Callable[[str], Session], name: str, frames: int, rate: int
) -> None:
    (clip,) = corpus(name).tracks[0].clips
    assert clip.media is not None
    assert clip.media.path.name == f"{name}.aaf"
    written = io.BytesIO()
    write_embedded(clip.media, written)
    written.seek(0)
    audio, found_rate = soundfile.read(written, dtype="int16")
    assert (len(audio), found_rate) == (frames, rate)
    with aaf2.open(str(clip.media.path), "r") as aaf:
        (essence,) = aaf.content.essencedata
        assert bytes(essence.open("r").read()).endswith(audio.astype("<i2").tobytes())


def retimed(aaf: Any) -> Iterator[Any]:
    """Every curve of a picture's speed: the corpus has no audio curve of such shapes."""
    (top,) = aaf.content.toplevel()
    waiting = [slot.segment for slot in top.slots]
    while waiting:
        segment = waiting.pop()
        for name in ("Components", "InputSegments"):
            waiting.extend(getattr(segment.get(name), "value", None) or ())
        for parameter in getattr(segment.get("Parameters"), "value", None) or ():
            if parameter.classdef.class_name == "VaryingValue":
                yield parameter


@pytest.mark.parametrize(
    ("name", "interpolation", "shape", "pieces"),
    [
        ("bezier02", "AvidBezierInterpolator", "linear", 32),
        ("spline01", "AvidCubicInterpolator", "linear", 32),
        ("linear01", "LinearInterp", "linear", 1),
        ("step01", "ConstantInterp", "hold", 1),
    ],
)
def test_curves_keep_their_course(
    shared_data: Shared, name: str, interpolation: str, shape: str, pieces: int
) -> None:
    with aaf2.open(str(shared_data(f"corpus/aaf/pyaaf2__{name}.aaf")), "r") as aaf:
        found = [each for each in retimed(aaf) if each.interpolationdef.name == interpolation]
        assert found
        for parameter in found:
            curve = curve_of(parameter)
            written = [(float(p.time), float(p.value)) for p in parameter["PointList"].value]
            assert curve.shape == shape
            assert set(written) <= set(curve.points)
            assert len(curve.points) == pieces * (len(written) - 1) + 1
            for at, value in curve.points[:-1]:
                assert value == pytest.approx(parameter.value_at(at), abs=1e-6)


def test_what_is_no_aaf_is_refused_and_told(tmp_path: Path, shared_data: Shared) -> None:
    data = shared_data("corpus/aaf/LibAAF__PT_WAV_External.aaf").read_bytes()
    cut = tmp_path / "cut.aaf"
    cut.write_bytes(data[: len(data) // 2])
    with pytest.raises(SessionError, match=r"cut\.aaf cannot be read as an AAF") as told:
        FORMAT.read([cut])
    assert told.value.problems[0].where == {"file": str(cut)}
    renamed = tmp_path / "song.bin"
    renamed.write_bytes(data)
    assert FORMAT.score(renamed) == 1.0
    (tmp_path / "song.aaf").write_bytes(b"RIFF")
    assert FORMAT.score(tmp_path / "song.aaf") == 0.0


def test_clip_gain_of_media_composer_moves(shared_data: Shared) -> None:
    """The figures of LibAAF's MC_Audio_Levels.aaf.expected."""
    session = FORMAT.read([shared_data("field/sessions/MC_Audio_Levels.aaf")])
    first, second = session.tracks[0].clips
    (third,) = session.tracks[1].clips
    for clip, levels, parts in (
        (first, [0.0, -46.3, 0.0], [0.0, 13 / 30, 29 / 30]),
        (second, [0.0, -90.4, 9.2, 0.0], [0.0, 11 / 30, 20 / 30, 29 / 30]),
    ):
        (line,) = clip.automation
        assert (line.target, line.unit) == ("gain_db", "linear")
        told = [20 * math.log10(point.value) for point in line.points]
        assert told == pytest.approx(levels, abs=0.05)
        places = [(point.position_s - clip.position_s) / clip.length_s for point in line.points]
        assert places == pytest.approx(parts)
    assert (first.gain_db, third.gain_db) == (0.0, pytest.approx(8.0, abs=0.01))
    assert second.gain_db == pytest.approx(3.0, abs=0.01)


def test_audio_warp_counts_its_source_in_the_sources_frames(shared_data: Shared) -> None:
    """100 frames at 25; the source's slot counts 30 (LibAAF's MC_Audio_Warp.aaf.expected)."""
    session = FORMAT.read([shared_data("field/sessions/MC_Audio_Warp.aaf")])
    for track in session.tracks:
        (clip,) = track.clips
        assert (clip.length_s, clip.source_offset_s) == (4.0, pytest.approx(217.12))
        assert (clip.play_rate, clip.warped) == (1.0, False)
    assert "effects_not_read" not in codes(session)


def test_a_stream_of_terabytes_is_refused_before_room_is_made_for_it(
    shared_data: Shared, tmp_path: Path
) -> None:
    """The upper half of a size, which version 3 files leave at 0 and pyaaf2 takes as it is."""
    data = bytearray(shared_data("corpus/aaf/pyaaf2__sector_size_512.aaf").read_bytes())
    assert struct.unpack_from("<H", data, 30) == (9,)
    start = (struct.unpack_from("<I", data, 48)[0] + 1) * 512
    entries = range(start, start + 512, 128)
    streams = [at for at in entries if data[at + 66] == 2]
    assert streams
    for at in streams:
        struct.pack_into("<I", data, at + 124, 9)
    path = tmp_path / "large.aaf"
    path.write_bytes(data)
    with pytest.raises(SessionError, match="claims more bytes than the file has"):
        FORMAT.read([path])
