"""REAPER's and Live's sends, solos and panners, held to numbers worked out by hand."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from small_songs import FRAMES, RATE_HZ, item, noises, plan_of, printed, project, track

_TO_NOWHERE = "MAINSEND 0 0\n"


def _receive(words: str = "0 1 0 0 0 0 0 0") -> str:
    """A receive from the first track: mode, level, pan, mute, mono, polarity, channels."""
    return f"AUXRECV 0 {words} -1:U 0 -1 ''\n"


def _envelope(tag: str, *points: str) -> str:
    lines = "".join(f"PT {each}\n" for each in points)
    return f"<{tag}\nACT 1 -1\nVIS 1 1 1\n{lines}>\n"


def test_a_send_behind_the_fader_is_behind_the_panner(tmp_path: Path) -> None:
    a, _b = noises(tmp_path)
    left = track("a", item(), "VOLPAN 0.5 -0.5 -1 -1 1\n" + _TO_NOWHERE)
    behind = printed(project(tmp_path, left, track("verb", lines=_receive())))
    assert behind["verb"] == pytest.approx(a * [[0.5], [0.25]])
    panned = printed(project(tmp_path, left, track("verb", lines=_receive("0 1 0.5 0 0 0 0 0"))))
    assert panned["verb"] == pytest.approx(a * [[0.25], [0.25]])
    before = printed(project(tmp_path, left, track("verb", lines=_receive("3 1 0 0 0 1 0 0"))))
    assert before["verb"] == pytest.approx(-a)


def test_a_send_to_other_channels_is_not_heard_by_itself(tmp_path: Path) -> None:
    a, b = noises(tmp_path)
    key = track("bass", item(file="b.wav"), "NCHAN 4\n" + _receive("0 1 0 0 0 0 0 2"))
    stems = printed(project(tmp_path, track("kick", item()), key))
    assert np.array_equal(stems["bass"], b)
    assert np.array_equal(stems["kick"], a)


def test_lines_of_sends_mute_and_move_them(tmp_path: Path) -> None:
    """Pans are upside down in REAPER's envelopes: 1 is the left."""
    a, _b = noises(tmp_path)
    half = f"{FRAMES / 2 / RATE_HZ}"
    mute = _envelope("AUXMUTEENV", "0 1 1", f"{half} 0 1")
    pan = _envelope("AUXPANENV", "0 1 1", f"{half} -1 1")
    silent = track("a", item(), _TO_NOWHERE)
    muted = printed(project(tmp_path, silent, track("verb", lines=_receive() + mute)))["verb"]
    moved = printed(project(tmp_path, silent, track("verb", lines=_receive() + pan)))["verb"]
    first = np.arange(FRAMES) < FRAMES / 2
    assert np.array_equal(muted, a * first)
    assert np.array_equal(moved, a * [first, ~first])
    own = track("a", item(), _envelope("PANENV2", "0 1 1", f"{half} -1 1"))
    assert np.array_equal(printed(project(tmp_path, own))["a"], a * [first, ~first])


def test_what_is_safe_of_solos_is_heard_beside_them(tmp_path: Path) -> None:
    a, b = noises(tmp_path)
    solo, other = track("a", item(), "MUTESOLO 0 2 0\n"), track("c", item())
    for safe in (1, 0):
        beside = track("b", item(file="b.wav"), f"MUTESOLO 0 0 {safe}\n")
        master = printed(project(tmp_path, solo, beside, other), "master")["Master"]
        assert np.array_equal(master, a + safe * b)


def test_the_masters_pan_is_printed_with_it(tmp_path: Path) -> None:
    a, _b = noises(tmp_path)
    path = project(tmp_path, track("a", item()), lines="MASTER_VOLUME 0.5 1 -1 -1 1\n")
    assert printed(path, "master")["Master"] == pytest.approx(a * [[0.0], [0.5]])
    assert np.array_equal(printed(path, "groups")["a"], a)


@pytest.mark.parametrize("width", [0.0, 0.5, -1.0])
def test_a_width_mixes_the_sides_before_the_balance(tmp_path: Path, width: float) -> None:
    a, _b = noises(tmp_path)
    path = project(tmp_path, track("a", item(), f"VOLPAN 1 0.25 -1 -1 {width}\n"))
    own, other = (1 + width) / 2, (1 - width) / 2
    assert printed(path)["a"] == pytest.approx((own * a + other * a[::-1]) * [[0.75], [1.0]])
    assert plan_of(path).tracks == ()


@pytest.mark.parametrize(
    ("mode", "fader", "told"),
    [
        (5, "0 -1 -1 1", False),
        (5, "0 -1 -1 0.5", True),
        (6, "0 -1 -1 1", False),
        (6, "0 -1 0 1", True),
    ],
)
def test_panners_are_told_where_they_are_not_known(
    tmp_path: Path, mode: int, fader: str, told: bool
) -> None:
    noises(tmp_path)
    path = project(tmp_path, track("a", item(), f"PANMODE {mode}\nVOLPAN 1 {fader}\n"))
    assert [each.reason for each in plan_of(path).tracks] == ["pan_law"] * told


def _live(folder: Path, mixer: str, lines: str = "") -> Path:
    """A set with a.wav on a track that sends all of it to a return, at 120 a minute."""
    length = FRAMES / RATE_HZ
    clip = (
        f'<AudioClip Time="0"><CurrentStart Value="0"/><CurrentEnd Value="{length * 2}"/>'
        f'<Loop><LoopStart Value="0"/><LoopEnd Value="{length}"/><LoopOn Value="false"/></Loop>'
        f'<IsWarped Value="false"/><SampleRef><FileRef><Path Value="{folder / "a.wav"}"/></FileRef>'
        f'<DefaultSampleRate Value="{RATE_HZ}"/></SampleRef></AudioClip>'
    )
    send = (
        '<Sends><TrackSendHolder Id="0"><Send><Manual Value="1"/></Send><Active Value="true"/>'
        "</TrackSendHolder></Sends>"
    )
    text = (
        '<Ableton MajorVersion="5" Creator="Ableton Live 12"><LiveSet><Tracks>'
        '<AudioTrack Id="1"><Name><EffectiveName Value="a"/></Name>'
        f"{lines}<DeviceChain><MainSequencer>"
        f"<Sample><ArrangerAutomation><Events>{clip}</Events></ArrangerAutomation></Sample>"
        f"</MainSequencer><Mixer>{mixer}{send}</Mixer></DeviceChain></AudioTrack>"
        '<ReturnTrack Id="2"><Name><EffectiveName Value="verb"/></Name></ReturnTrack></Tracks>'
        "<MainTrack/></LiveSet></Ableton>"
    )
    path = folder / "song.als"
    path.write_bytes(gzip.compress(text.encode()))
    return path


def test_lives_sends_are_behind_its_panner(tmp_path: Path) -> None:
    a, _b = noises(tmp_path)
    stems = printed(_live(tmp_path, '<Pan><Manual Value="-1"/></Pan>'))
    assert stems["verb"] == pytest.approx(a * [[2**0.5], [0.0]])
    assert np.array_equal(stems["verb"], stems["a"])


@pytest.mark.parametrize(("left", "right"), [(-1.0, 1.0), (0.0, 0.0), (1.0, 0.0)])
def test_lives_sides_are_set_apart(tmp_path: Path, left: float, right: float) -> None:
    """Each on a quarter circle; where they stand at first nothing changes, else it is told."""
    a, _b = noises(tmp_path)
    sides = (("L", left), ("R", right))
    stand = (f'<SplitStereoPan{s}><Manual Value="{v}"/></SplitStereoPan{s}>' for s, v in sides)
    path = _live(tmp_path, '<PanMode Value="1"/>' + "".join(stand))
    angles = (np.array([left, right]) + 1) * np.pi / 4
    wanted = np.array([np.cos(angles), np.sin(angles)]) @ a
    assert printed(path)["a"] == pytest.approx(wanted, abs=1e-12)
    assert [each.reason for each in plan_of(path).tracks] == ["pan_law"] * (
        (left, right) != (-1, 1)
    )


def test_a_line_of_lives_one_pan_is_not_heard_while_its_sides_are_set_apart(tmp_path: Path) -> None:
    a, _b = noises(tmp_path)
    moved = "".join(
        f'<AutomationEnvelope Id="{number}"><EnvelopeTarget><PointeeId Value="{number}"/>'
        '</EnvelopeTarget><Automation><Events><FloatEvent Time="-63072000" Value="-1"/>'
        '<FloatEvent Time="0.2" Value="1"/></Events></Automation></AutomationEnvelope>'
        for number in (7, 8)
    )
    lines = f"<AutomationEnvelopes><Envelopes>{moved}</Envelopes></AutomationEnvelopes>"
    pan, left = (
        f'<{tag}><Manual Value="{stands}"/><AutomationTarget Id="{number}"/></{tag}>'
        for tag, stands, number in (("Pan", 0, 7), ("SplitStereoPanL", -1, 8))
    )
    path = _live(tmp_path, f'<PanMode Value="1"/>{pan}{left}', lines)
    assert printed(path)["a"] == pytest.approx(a, abs=1e-12)
    assert [(each.reason, each.of) for each in plan_of(path).tracks] == [
        ("unmoved_line", "pan_left")
    ]


def test_tracktions_sends_are_behind_the_panner_that_they_stand_behind(tmp_path: Path) -> None:
    """Its law is straight: a sound at a side is twice as loud there."""
    a, _b = noises(tmp_path)
    clip = f'<AUDIOCLIP start="0" length="{FRAMES / RATE_HZ}" source="a.wav"/>'
    fader = '<PLUGIN type="volume" volume="0.740818221" pan="{}"/>'
    send = '<PLUGIN type="auxsend" busNum="1" auxSendSliderPos="0.740818221"/>'
    back = '<TRACK id="2" name="verb"><PLUGIN type="auxreturn" busNum="1"/>' + fader.format(0)
    path = tmp_path / "song.tracktionedit"
    for plugins, wanted in (
        (fader.format(-1) + send, a * [[2.0], [0.0]]),
        (send + fader.format(-1), a),
    ):
        tracks = f'<TRACK id="1" name="a">{clip}{plugins}</TRACK>{back}</TRACK>'
        path.write_text(f'<?xml version="1.0"?>\n<EDIT appVersion="Waveform 12">{tracks}</EDIT>')
        assert printed(path)["verb"] == pytest.approx(wanted, abs=1e-5)
