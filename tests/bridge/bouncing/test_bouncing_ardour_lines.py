"""How Ardour reads its lines and fades, as its own bounces and sessions show it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from bridge.bouncing.bounce import planned
from bridge.bouncing.dialect import Dialect
from bridge.bouncing.dialects.ardour import ARDOUR
from bridge.bouncing.stretches import Ready, stretches
from sessions import Automation, AutomationPoint, Clip, Marker, Media, Send, Session, Track

RATE_HZ, FRAMES = 48_000, 24_000


@pytest.fixture(scope="module")
def constant(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """Half a second of 0.5 on the left alone."""
    path = tmp_path_factory.mktemp("media") / "constant.wav"
    soundfile.write(path, np.tile([0.5, 0.0], (FRAMES, 1)), RATE_HZ, "PCM_24")
    return Media(path, None, RATE_HZ, 2, FRAMES, "WAV", "PCM_24")


def _line(target: str, *points: tuple[int, float], shape: str = "linear") -> Automation:
    unit = {"gain_db": "linear", "mute": "bool"}.get(target, target)
    made = tuple(AutomationPoint(at / RATE_HZ, value, shape) for at, value in points)
    return Automation(target, unit, made)


def _printed(
    track: Track,
    media: Media,
    folder: Path,
    start: int = 0,
    others: tuple[Track, ...] = (),
    dialect: Dialect = ARDOUR,
) -> npt.NDArray[np.float64]:
    """(2, FRAMES - start), each stretch of another length."""
    clip = Clip(media=media, length_s=FRAMES / RATE_HZ)
    master = Track("master", "Master", "master", output=None)
    whole = Marker(start / RATE_HZ, "session", (FRAMES - start) / RATE_HZ, "session")
    tracks = (replace(track, clips=(clip,)), *others, master)
    session = Session("ardour", None, RATE_HZ, tracks, markers=(whole,))
    blocks = stretches(Ready(planned(session, dialect, "master")), folder, None, 5_000)
    return np.concatenate([each["master"] for each in blocks], axis=1)


def test_blocks_are_counted_from_where_the_song_begins(constant: Media, tmp_path: Path) -> None:
    """A mute is read where a block begins: 256 frames behind the start, then every 1024."""
    line = _line("mute", (0, 0.0), (10_000, 1.0), shape="hold")
    track = Track("a", "a", automation=(line,), pan_law="balance")
    for start in (0, 3_333):
        printed = _printed(track, constant, tmp_path, start)[0]
        first = int(np.argmax(printed[1_000:] < 0.5 - 1e-9)) + 1_000
        block = -(-(10_000 - start) // 1_024) * 1_024
        assert first == block + 256 + 1


def test_lines_of_vcas_move_faders_that_stand_block_by_block_and_others_along_their_own(
    constant: Media, tmp_path: Path
) -> None:
    """Where one stands, the fader glides from block to block; in dB both add up."""
    vca = _line("vca_gain_db:vca-1", (0, 0.25), (FRAMES, 1.0))
    vca = replace(vca, unit="linear")
    fader = _line("gain_db", (0, 0.5))
    slow = replace(ARDOUR, glide_hz=0.0)
    found = {}
    for name, lines in (("stands", (vca,)), ("moves", (fader, vca))):
        track = Track("a", "a", automation=lines, gain_db=20 * np.log10(0.5), pan_law="balance")
        found[name] = _printed(track, constant, tmp_path, dialect=slow)[0] / (0.5 * 0.5)
    at = np.arange(FRAMES)
    block = np.maximum(0, (at - 256) // 1024 * 1024)
    np.testing.assert_allclose(found["stands"], 0.25 + 0.75 * block / FRAMES, atol=1e-6)
    along = 0.25 + 0.75 * np.maximum(0, at - 256) / FRAMES
    np.testing.assert_allclose(found["moves"], along, atol=4e-5)


def test_a_line_takes_the_whole_panner(constant: Media, tmp_path: Path) -> None:
    """Where one of pan and width moves, the other is in the middle unless it moves too; and each
    channel stops at the sides by itself, where a width that stands is as wide as both leave room.
    """
    track = Track("a", "a", pan_law="2in2out")
    pan, width = _line("pan", (0, -0.4), (FRAMES, 0.8)), _line("width", (0, 0.3), (FRAMES, -0.9))
    for line, stands in ((pan, {"width": 0.7}), (width, {"pan": 0.4})):
        told = _printed(replace(track, automation=(line,), **stands), constant, tmp_path)
        other = _line("width" if line is pan else "pan", (0, 0.0), (FRAMES, 0.0))
        both = _printed(replace(track, automation=(line, other)), constant, tmp_path)
        assert np.allclose(told, both, atol=1e-12)
    wide = (_line("pan", (0, 0.6), (FRAMES, 0.6)), _line("width", (0, 1.0), (FRAMES, 1.0)))
    moved = _printed(replace(track, automation=wide), constant, tmp_path)
    still = _printed(replace(track, pan=0.6, width=1.0), constant, tmp_path)
    law = np.array([0.7, 0.3]) * (-0.831783138 * np.array([0.7, 0.3]) + 1.831783138)
    assert moved[:, 1_000] == pytest.approx(0.5 * law, abs=1e-9)
    law = np.array([0.4, 0.6]) * (-0.831783138 * np.array([0.4, 0.6]) + 1.831783138)
    assert still[:, 1_000] == pytest.approx(0.5 * law, abs=1e-9)


def test_a_sends_own_panner_moves_by_its_own_line(constant: Media, tmp_path: Path) -> None:
    """From the left to the right, while the track stays where it is."""
    line = replace(_line("pan", (0, -1.0), (FRAMES, 1.0)), target="send:bus:pan")
    send = Send("bus", pan_law="2in2out", own_pan=True)
    track = Track("a", "a", automation=(line,), sends=(send,), output=None)
    bus = Track("bus", "bus", "return", pan_law="bypassed")
    printed = _printed(track, constant, tmp_path, others=(bus,))
    assert printed[0, 1_000] > 0.45 > 0.1 > printed[1, 1_000]
    assert printed[1, 23_000] > 0.45 > 0.1 > printed[0, 23_000]


def test_the_symmetric_fades_points_are_whole_frames_as_ardour_saves_them() -> None:
    """In a fade of 12000 every 400 frames: 0.3 / 9 is not to fall short of them."""
    places = np.array([400.0, 1_200.0, 2_800.0, 6_000.0])
    gains = ARDOUR.fade("s_curve", "in", 12_000, places)
    assert gains == pytest.approx([0.3 * 0.5**8, 0.3 * 0.5**6, 0.3 * 0.5**2, 0.6], rel=1e-12)


def test_a_line_in_beats_of_two_points_is_read_between_ticks_and_stands_at_its_ends() -> None:
    """From 96 ticks on: a block of 1024 from tick 20 to 102 has 949 frames of 96, then six ticks.

    So it is in Ardour's bounce of such a line over a constant; with a third point ticks are whole.
    """
    frames = np.arange(256.0, 1_280.0)

    def tick(frame: int) -> int:
        return round(frame / 12.5)

    for points in ((96.0, 5_000.0), (96.0, 300.0, 5_000.0)):
        places = ARDOUR.pan_tick_places(frames, 0, tick, points)
        assert (places[:949] == 96.0).all()
        spread = np.linspace(96.0, 102.0, 75)
        if len(points) == 2:
            assert np.allclose(places[949:], spread)
        else:
            assert set(places[949:]) == {96.0, 97.0, 98.0, 99.0, 100.0, 101.0}
            assert np.abs(places[949:] - spread).max() < 1.0 + 1e-9
