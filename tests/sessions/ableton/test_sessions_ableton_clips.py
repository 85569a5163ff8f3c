"""Where clips, loops, fades, markers and automation of Live sets stand in time."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from sessions.formats.ableton.reader import FORMAT
from sessions.model.session import Clip

Shared = Callable[[str], Path]
LiveSets = Callable[[str], Any]
WriteWav = Callable[..., Path]

LIVE_8 = "dawtool__live8-patch-markers-auto"
LIVE_9 = "dawtool__live9-patch-2-0point"
LIVE_10 = "abletoolz__10.1.3"
LIVE_11 = "abletoolz__11.0.12"
LIVE_12 = "abletoolz__12.2.6"


@pytest.mark.parametrize(("name", "bpm"), [(LIVE_10, 174), ("dawtool__example-120", 120)])
def test_clips_stand_at_their_beats_to_the_sample(
    live_set: LiveSets, name: str, bpm: float
) -> None:
    live = live_set(name)
    expected = [
        (float(clip.find("CurrentStart").get("Value")), clip)
        for clip in live.tree.xpath("//MainSequencer/Sample/ArrangerAutomation/Events/AudioClip")
    ]
    session = live.session
    clips = [clip for track in session.tracks for clip in track.clips]
    starts = sorted(beat * 60 / bpm for beat, _ in expected)
    rate_hz = int(expected[0][1].find("SampleRef/DefaultSampleRate").get("Value"))
    assert session.sample_rate_hz == rate_hz
    assert [clip.position_frames for clip in clips] == [round(at * rate_hz) for at in starts]
    assert [clip.position_s for clip in clips] == pytest.approx(starts, abs=1e-9)


def ramp_s(beats: int, bpm: float, to_bpm: float) -> float:
    """Live takes a ramp's tempo at each 16th and holds it (measured: Ableton's forum, t=251307)."""
    steps = 4 * beats
    return sum(15 / (bpm + (to_bpm - bpm) * step / steps) for step in range(steps))


def test_the_measured_ramp_sums_as_measured() -> None:
    """150 to 50 BPM over 4 bars of 4/4, on Live's own export: the clicks of bars 2 to 5."""
    bars = [sum(15 / (150 - 100 * at / 64) for at in range(16 * bar)) for bar in range(1, 5)]
    assert bars == pytest.approx([1.740, 3.867, 6.604, 10.447], abs=1e-3)
    assert bars[-1] == pytest.approx(ramp_s(16, 150, 50))


def test_tempo_ramps_step_at_each_16th(live_set: LiveSets) -> None:
    session = live_set(LIVE_8).session
    at_200 = ramp_s(4, 95.3, 138.3) + ramp_s(196, 138.3, 160)
    assert [(each.name, each.position_s) for each in session.markers] == [
        ("b", pytest.approx(at_200, abs=1e-9)),
        ("c", pytest.approx(at_200 + 118 * 60 / 160, abs=1e-9)),
    ]
    assert {each.curve for each in session.tempo} == {"step"}
    assert len(session.tempo) == 4 * 200 + 1


def test_points_between_16ths_count_from_the_next_one(shared_data: Shared) -> None:
    """Nineteen points off the grid and nine locators (dawtool, test_als_auto_unaligned_daw)."""
    session = FORMAT.read([shared_data("field/sessions/live10_tempo_unaligned_dawtool.als")])
    found = {each.name: each.position_s for each in session.markers}
    right = {"B": 2.3358, "D": 4.1738, "C": 5.7069, "Z": 6.9055, "1": 7.6920, "E": 8.9742}
    assert {name: found[name] for name in right} == pytest.approx(right, abs=5e-5)
    assert found["YY"] == pytest.approx(10.7051, abs=5e-5)


def test_a_set_without_a_tempo_envelope_reads(changed: Callable[..., Any]) -> None:
    without = re.compile(rb"<AutomationEnvelopes>.*?</AutomationEnvelopes>", re.DOTALL)
    session = changed(LIVE_10, lambda xml: without.sub(b"", xml)).session
    assert [each.bpm for each in session.tempo] == [174.0]
    bare = changed(
        LIVE_10, lambda xml: re.sub(rb"<MasterTrack.*</MasterTrack>", b"", xml, flags=re.S)
    )
    assert [each.bpm for each in bare.session.tempo] == [120.0]


def test_meters_are_decoded(changed: Callable[..., Any]) -> None:
    six_eight = str(5 + 3 * 99).encode()
    session = changed(
        LIVE_12, lambda xml: xml.replace(b'Value="201"', b'Value="%s"' % six_eight)
    ).session
    assert [(each.numerator, each.denominator) for each in session.meters] == [(6, 8)]


def test_loops_are_unrolled(live_set: LiveSets) -> None:
    clips = live_set(LIVE_11).track("snr2").clips
    beat_s = 60 / 172
    first = clips[:15]  # beats 64 to 120.5 in turns of 4
    assert [clip.position_s for clip in first] == pytest.approx(
        [(64 + 4 * turn) * beat_s for turn in range(15)]
    )
    assert first[-1].length_s == pytest.approx(0.5 * beat_s)
    assert {clip.source_offset_s for clip in first} == {0.0}
    assert not any(clip.warped for clip in clips)  # its markers agree with the song's tempo


def test_loops_and_fades_of_a_ramped_song_end_in_beats(live_set: LiveSets) -> None:
    clip = live_set(LIVE_9).track("fx atmos").clips[1]
    beat_s = 60 / 175
    assert clip.warped
    assert clip.written is not None
    assert clip.written.as_json() == {"unit": "beats", "value": 12.0}
    assert clip.length_s == pytest.approx((48.439560439560438 - 12) * beat_s)
    assert clip.fade_out_s == pytest.approx(16.571428571428573 * beat_s)
    assert clip.source_offset_s == pytest.approx(12 * 39.07310657596372 / 64)


def test_automation_moves_the_right_fader(live_set: LiveSets) -> None:
    live = live_set(LIVE_9)
    strings = live.track("strings")
    lines = {line.target: line for line in strings.automation}
    events = live.tree.xpath(
        "//AudioTrack[Name/UserName/@Value='strings']/DeviceChain/Mixer/Volume"
        "/ArrangerAutomation/Events/FloatEvent"
    )
    assert float(events[0].get("Time")) == -63072000  # what holds until the first real event
    beats = [max(0.0, float(event.get("Time"))) for event in events]
    assert [point.value for point in lines["gain_db"].points] == [
        float(event.get("Value")) for event in events
    ]
    ramped_s = ramp_s(4, 135, 175)
    assert [point.position_s for point in lines["gain_db"].points] == pytest.approx(
        [0.0, *(ramped_s + (beat - 4) * 60 / 175 for beat in beats[1:])]
    )
    assert set(lines) == {"gain_db", "send:3"}
    assert lines["gain_db"].unit == "linear"


def test_mute_automation_counts_muted_as_1(live_set: LiveSets) -> None:
    live = live_set(LIVE_10)
    switches = live.tree.xpath(
        "//AudioTrack[Name/UserName/@Value='kick sparkle']/AutomationEnvelopes//BoolEvent/@Value"
    )
    track = live.track("kick sparkle")
    (line,) = track.automation
    assert (line.target, line.unit, track.muted) == ("mute", "bool", True)
    assert [point.value for point in line.points] == [float(on == "false") for on in switches]
    assert {point.shape for point in line.points} == {"hold"}


CLIP_PATHS = {
    "folders": '<RelativePath><RelativePathElement Dir="Samples" /></RelativePath>'
    '<Name Value="a.wav" />',
    "path": '<RelativePath Value="x/a.wav" /><Path Value="C:/old/Samples/a.wav" />',
    "case": '<RelativePath Value="SAMPLES/A.WAV" /><Path Value="" />',
}


@pytest.mark.parametrize("where", CLIP_PATHS)
def test_an_unwarped_clip_is_the_file_from_its_start(
    changed: Callable[..., Any], write_wav: WriteWav, where: str
) -> None:
    wav = write_wav("Samples/a.wav", frames=480_000, rate=48_000)
    clip = f"""<AudioClip Time="2"><CurrentStart Value="2" /><CurrentEnd Value="6" />
      <Loop><LoopStart Value="1.5" /><LoopEnd Value="3.5" /><StartRelative Value="0" />
      <LoopOn Value="false" /></Loop><Name Value="take" /><Disabled Value="true" />
      <IsWarped Value="false" /><SampleRef><FileRef>{CLIP_PATHS[where]}</FileRef></SampleRef>
      <Fade Value="true" /><Fades><FadeInLength Value="0.5" /><FadeOutLength Value="0.25" />
      <FadeInCurveSkew Value="0.5" /></Fades><SampleVolume Value="0.5" /></AudioClip>"""
    session = changed("abletoolz__11.3.42", lambda xml: with_clip(xml, clip)).session
    found: list[Clip] = [clip for track in session.tracks for clip in track.clips]
    (heard,) = found
    assert heard.media is not None
    assert heard.media.path == wav.resolve()
    assert session.tempo[0].bpm == 120.0
    assert (heard.position_s, heard.position_frames, heard.length_s) == (1.0, 48_000, 2.0)
    assert heard.source_offset_s == 1.5
    assert heard.gain_db == pytest.approx(-6.0206, abs=1e-4)
    assert (heard.muted, heard.name, heard.warped) == (True, "take", False)
    assert (heard.fade_in_shape, heard.fade_out_shape) == ("curve", "linear")
    assert (heard.fade_in_s, heard.fade_out_s) == (0.25, 0.125)


def with_clip(xml: bytes, clip: str) -> bytes:
    root = etree.fromstring(xml)
    (events,) = root.xpath("//AudioTrack//MainSequencer/Sample/ArrangerAutomation/Events")
    events.append(etree.fromstring(clip))
    return etree.tostring(root)


def test_a_frozen_track_has_beside_its_clips_what_it_plays(
    changed: Callable[..., Any],
) -> None:
    """Live keeps it in a sequencer of its own; one that was changed since is to be frozen anew."""

    def frozen(stale: bytes) -> Callable[[bytes], bytes]:
        def change(xml: bytes) -> bytes:
            tree = etree.fromstring(xml, etree.XMLParser(huge_tree=True))
            clip = next(tree.iter("AudioClip"))
            track = next(clip.iterancestors("AudioTrack"))
            events = track.find("DeviceChain/FreezeSequencer/Sample/ArrangerAutomation/Events")
            events.append(copy.deepcopy(clip))
            track.find("Freeze").set("Value", "true")
            track.find("NeedArrangerRefreeze").set("Value", stale.decode())
            return etree.tostring(tree)

        return change

    found = changed("dawtool__example-120", frozen(b"false")).session
    (track,) = (each for each in found.tracks if each.frozen)
    assert track.frozen[0].media_path == track.clips[0].media_path
    assert len(track.frozen) == 1
    assert not any(
        each.frozen for each in changed("dawtool__example-120", frozen(b"true")).session.tracks
    )
