"""Layers become clips that are added: sample by sample what Ardour's mixing of a playlist gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from sessions import Clip, Session, Track
from sessions.formats.ardour.reader import FORMAT as ARDOUR
from sessions.formats.dawproject.writer import write_dawproject
from sessions.formats.project_files.layers import audible
from sessions.formats.reaper.reader import FORMAT as REAPER
from sessions.formats.reaper.writer import write_rpp

RATE_HZ = 1000
LENGTH = 120


def region(name: str, start: int, frames: int, layer: int, **facts: object) -> Clip:
    """A clip that plays its source from frame 7 on; times and fades in frames."""
    seconds = {key: facts.pop(key) / RATE_HZ for key in ("fade_in_s", "fade_out_s") if key in facts}  # type: ignore[operator]  # frames
    return Clip(
        media_path=name,
        position_s=start / RATE_HZ,
        position_frames=start,
        length_s=frames / RATE_HZ,
        source_offset_s=7 / RATE_HZ,
        layer=layer,
        **{"opaque": True, **facts, **seconds},  # type: ignore[arg-type]  # a clip's
    )


def level(clip: Clip, frames: np.ndarray) -> np.ndarray:
    """The linear fades of a clip at the frames of the song; 0 where it does not play."""
    start, count = round(clip.position_s * RATE_HZ), round(clip.length_s * RATE_HZ)
    rises, falls = clip.fade_in_s * RATE_HZ, clip.fade_out_s * RATE_HZ
    ramp_in = np.minimum(1.0, (frames - start) / rises) if rises else 1.0
    ramp_out = np.minimum(1.0, (start + count - frames) / falls) if falls else 1.0
    inside = (frames >= start) & (frames < start + count)
    return np.where(inside, ramp_in * ramp_out, 0.0)


def sound(clip: Clip, frames: np.ndarray) -> np.ndarray:
    """The source's samples at those frames: others for every file and every place in it."""
    at = frames - round(clip.position_s * RATE_HZ) + round(clip.source_offset_s * RATE_HZ)
    return np.sin(at * 0.7 + 3.0 * float(clip.media_path or 0)) + 2.0


def as_layered(clips: Sequence[Clip]) -> np.ndarray:
    """From the lowest layer up: opaque clips take the place of what is below, by their fades."""
    frames, heard = np.arange(LENGTH), np.zeros(LENGTH)
    for clip in sorted(clips, key=lambda each: each.layer):
        if not clip.muted:
            gain = level(clip, frames)
            heard = heard * (1.0 - gain if clip.opaque else 1.0) + gain * sound(clip, frames)
    return heard


def as_added(clips: Sequence[Clip]) -> np.ndarray:
    frames = np.arange(LENGTH)
    heard = [level(clip, frames) * sound(clip, frames) for clip in clips if not clip.muted]
    return np.sum([np.zeros(LENGTH), *heard], axis=0)


@st.composite
def stacks(draw: st.DrawFn) -> list[Clip]:
    """Up to five clips in layers of their own, with short fades or none."""
    found = []
    for layer in range(draw(st.integers(1, 5))):
        frames = draw(st.integers(12, 50))
        found.append(
            region(
                str(layer),
                draw(st.integers(0, LENGTH - 51)),
                frames,
                layer,
                opaque=draw(st.booleans()),
                muted=draw(st.integers(0, 4)) == 0,
                fade_in_s=draw(st.sampled_from([0, 0, 1, 5])),
                fade_out_s=draw(st.sampled_from([0, 0, 2, 6])),
            )
        )
    return draw(st.permutations(found))


@settings(max_examples=300, deadline=None)
@given(stacks())
def test_the_sum_of_the_pieces_is_the_layered_sound_or_the_fades_are_named(
    clips: list[Clip],
) -> None:
    heard = audible(clips, RATE_HZ)
    if heard.exact:
        assert as_added(heard.clips) == pytest.approx(as_layered(clips), abs=1e-9)
    else:
        faded = [each for each in clips if each.fade_in_s or each.fade_out_s]
        assert faded


@settings(max_examples=200, deadline=None)
@given(stacks())
def test_without_fades_every_cut_is_exact_to_the_sample(clips: list[Clip]) -> None:
    hard = [replace(each, fade_in_s=0.0, fade_out_s=0.0) for each in clips]
    heard = audible(hard, RATE_HZ)
    assert heard.exact
    assert as_added(heard.clips) == pytest.approx(as_layered(hard), abs=1e-9)
    frames = [round(each.position_s * RATE_HZ) for each in heard.clips]
    assert [each.position_frames for each in heard.clips] == frames


@settings(max_examples=100, deadline=None)
@given(stacks())
def test_flat_clips_stay_flat_and_nothing_is_cut_twice(clips: list[Clip]) -> None:
    once = audible(clips, RATE_HZ)
    again = audible(once.clips, RATE_HZ)
    assert (again.clips, again.cut, again.exact) == (once.clips, False, True)
    assert not any(each.opaque for each in once.clips)


def test_a_clip_covered_in_its_middle_plays_on_behind_it_where_it_would_have_been() -> None:
    low = region("1", 10, 50, 0, opaque=False)
    high = region("2", 30, 20, 1, fade_in_s=4, fade_out_s=6)
    first, above, second = audible([low, high], RATE_HZ).clips
    assert above == replace(high, opaque=False)
    assert (first.position_frames, first.length_s, first.fade_out_s) == (
        10,
        pytest.approx(0.024),
        pytest.approx(0.004),
    )
    assert (second.position_frames, second.length_s, second.fade_in_s) == (
        44,
        pytest.approx(0.016),
        pytest.approx(0.006),
    )
    assert second.source_offset_s == pytest.approx(0.007 + 0.034)


def test_muted_and_transparent_clips_hide_nothing() -> None:
    low = region("1", 0, 50, 0, opaque=False)
    for facts in ({"muted": True}, {"opaque": False}):
        heard = audible([low, region("2", 10, 20, 1, **facts)], RATE_HZ)
        assert (heard.cut, heard.clips[0]) == (False, low)


def test_a_hidden_clip_goes_and_a_faster_one_skips_more_of_its_source() -> None:
    high = region("2", 20, 60, 2)
    heard = audible([region("1", 30, 20, 1), high], RATE_HZ)
    assert (heard.cut, [each.media_path for each in heard.clips]) == (True, ["2"])
    fast = region("1", 70, 30, 1, play_rate=2.0)
    piece = audible([fast, high], RATE_HZ).clips[1]
    assert piece.source_offset_s == pytest.approx(0.007 + 2 * 0.010)


def test_crossing_fades_are_named_by_track_in_both_writers(tmp_path) -> None:
    low = region("1", 0, 50, 0, fade_out_s=10)
    high = region("2", 42, 40, 1, fade_in_s=4)
    song = Session("made", None, RATE_HZ, (Track("a", "Comp", clips=(low, high)),))
    for write, name in ((write_rpp, "a.rpp"), (write_dawproject, "a.dawproject")):
        told = {each.code: each.message for each in write(song, tmp_path / name)}
        assert "Comp" in told["layer_fades_changed"], name
        assert "Comp" in told["layers_cut"], name


def test_ardours_layered_synth_is_cut_where_its_regions_lie_on_one_another(
    shared_data, tmp_path
) -> None:
    session = ARDOUR.read([shared_data("ardour/A/A.ardour")])
    synth = next(track for track in session.tracks if track.name == "Synth")
    told = {
        each.code: each.message
        for each in write_rpp(replace(session, tracks=(synth,)), tmp_path / "a.rpp")
    }
    assert "Synth" in told["layers_cut"]
    rate, offset = session.sample_rate_hz, synth.clips[2].source_offset_s
    assert [
        (round(each.position_s * rate), round(each.length_s * rate, 3), each.name)
        for each in REAPER.read([tmp_path / "a.rpp"]).tracks[0].clips
    ] == [
        (0, 150000, "synth.1"),
        (129999, 144005, "synth.2"),
        (259003, 290017 + 1009 - 259003, "synth.3"),
        (290017, 9001, "synth.5 top of 3"),
        (290017 + 9001 - 2003, 359006 - 297015, "synth.3"),
        (330011, 30011, "synth.4 transparent"),
    ]
    behind = REAPER.read([tmp_path / "a.rpp"]).tracks[0].clips[4]
    assert behind.source_offset_s == pytest.approx(offset + (297015 - 259003) / rate, abs=1e-9)
