"""What a format has no words for is told or refused; what it has its own words for survives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sessions import (
    Device,
    Marker,
    Send,
    SessionError,
    Track,
)
from sessions.formats.dawproject.writer import write_dawproject
from sessions.formats.reaper.writer import write_rpp

KINDS = ("dawproject", "rpp")


def test_a_region_keeps_its_end_where_the_format_has_regions(song, tmp_path, written) -> None:
    marked = replace(song, markers=(Marker(1.0, "bridge", 2.5, "region"),))
    _, back = written("rpp", marked, tmp_path)
    assert back.markers == marked.markers
    told = write_dawproject(marked, tmp_path / "regions.dawproject")
    assert "region_end_lost" in {each.code for each in told}


def test_what_a_format_cannot_hold_is_told_once_a_kind(song, tmp_path, clip, plugins) -> None:
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
            replace(plugins[0], mix=0.4, sidechain="kick"),
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


def test_what_sends_say_beyond_a_dawproject_is_told(song, tmp_path, written) -> None:
    key, turned = Send("2", to_channels="3/4"), Send("1", -6.0, inverted=True)
    tracks = (Track("1", "Verb"), Track("2", "Bass"), Track("3", "Kick", sends=(key, turned)))
    session = replace(song, tracks=tracks)
    told = {each.code for each in write_dawproject(session, tmp_path / "a.dawproject")}
    assert told >= {"key_send_lost", "send_polarity_lost"}
    sends = {}
    for form in KINDS:
        _, back = written(form, session, tmp_path)
        kick = next(track for track in back.tracks if track.name == "Kick")
        sends[form] = [(send.to_channels, send.inverted) for send in kick.sends]
    assert sends["rpp"] == [(None, True), ("3/4", False)]
    assert sends["dawproject"] == [(None, False)]


def test_wet_and_dry_polarity_reversal_and_shapes_are_reapers_own(
    song, tmp_path, written, clip, plugins
) -> None:
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
        devices=(replace(plugins[0], mix=0.4),),
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


def test_two_mono_files_of_one_stem_are_refused(song, tmp_path, written) -> None:
    pair = replace(song.tracks[3].clips[0], right=song.tracks[3].clips[0].media)
    split = replace(song, tracks=(replace(song.tracks[3], clips=(pair,)),))
    with pytest.raises(SessionError, match="two mono files make one stem: Vox"):
        written("rpp", split, tmp_path)


def test_awkward_names_survive(song, tmp_path, written) -> None:
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
    for kind in KINDS:
        _, back = written(kind, replace(song, tracks=tracks), tmp_path)
        found = [track.name.replace("\t", " ") for track in back.tracks[:-1]]
        assert found == [name.replace("\t", " ") for name in names]


def test_rings_and_strays_of_parents_are_written_flat(song, tmp_path, written) -> None:
    tracks = (
        Track("a", "A", "group", "b"),
        Track("b", "B", "group", "a"),
        Track("c", "C", parent="nowhere", output="nowhere"),
    )
    for kind in KINDS:
        _, back = written(kind, replace(song, tracks=tracks), tmp_path)
        assert [(each.name, each.parent) for each in back.tracks[:-1]] == [
            ("A", None),
            ("B", None),
            ("C", None),
        ]
