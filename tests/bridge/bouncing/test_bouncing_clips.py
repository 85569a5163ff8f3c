"""What a clip takes of its file: backwards, over and over, at another speed, some channels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from bridge.bouncing import planned, seconds
from bridge.bouncing.dialects.known import dialect_of
from bridge.bouncing.stretches import Ready, stretches
from sessions import Clip, Media, Session, Track

RATE_HZ, FRAMES = 48_000, 3000


@pytest.fixture(scope="module")
def ramp(tmp_path_factory: pytest.TempPathFactory) -> tuple[Media, npt.NDArray[np.float64]]:
    """A file of three channels, no two frames alike, and what is in it."""
    path = tmp_path_factory.mktemp("media") / "ramp.wav"
    samples = np.random.default_rng(2).uniform(-0.5, 0.5, (3, FRAMES))
    soundfile.write(path, samples.T, RATE_HZ, "DOUBLE")
    return Media(path, None, RATE_HZ, 3, FRAMES, "WAV", "DOUBLE"), samples


def _printed(
    clip: Clip, folder: Path, form: str = "reaper", channels: int = 2
) -> npt.NDArray[np.float64]:
    track = Track("a", "a", channels=channels, clips=(clip,))
    session = Session(form, None, RATE_HZ, (track, Track("master", "M", "master", output=None)))
    bounce = planned(session, dialect_of(session))
    found = [blocks["a"] for blocks in stretches(Ready(bounce), folder, None, 1000)]
    return np.concatenate(found, axis=1)


def test_backwards_and_over_and_over(
    ramp: tuple[Media, npt.NDArray[np.float64]], tmp_path: Path
) -> None:
    media, samples = ramp
    clip = Clip(media=media, length_s=2000 / RATE_HZ, source_offset_s=100 / RATE_HZ)
    back = _printed(replace(clip, reversed=True), tmp_path)
    assert np.array_equal(back, samples[:2, ::-1][:, 100:2100])
    long = replace(clip, looped=True, length_s=7000 / RATE_HZ)
    assert np.array_equal(_printed(long, tmp_path), np.tile(samples[:2], 3)[:, 100:7100])


def test_a_loop_that_its_daw_does_not_make_of_the_whole_file_is_refused(
    ramp: tuple[Media, npt.NDArray[np.float64]],
) -> None:
    clip = Clip(media=ramp[0], length_s=1.0, looped=True)
    session = Session("tracktion", None, RATE_HZ, (Track("a", "a", clips=(clip,)),))
    assert seconds(planned(session, dialect_of(session)).accounts)["refused"] == 1.0


@pytest.mark.parametrize(
    ("mode", "channels", "taken"),
    [
        (None, 2, (0, 1)),
        (None, 1, (0,)),
        ("swapped", 2, (1, 0)),
        ("right", 2, (1, 1)),
        ("mono 3", 2, (2, 2)),
        ("channel 2 of 3", 1, (1,)),
        ("stereo 2", 2, (1, 2)),
    ],
)
def test_channels(
    ramp: tuple[Media, npt.NDArray[np.float64]],
    tmp_path: Path,
    mode: str | None,
    channels: int,
    taken: tuple[int, ...],
) -> None:
    media, samples = ramp
    clip = Clip(media=media, length_s=media.length_s, channel_mode=mode)
    both = taken * 2 if channels == 1 else taken
    assert np.array_equal(_printed(clip, tmp_path, channels=channels), samples[list(both)])


def test_another_rate_and_another_speed(tmp_path: Path) -> None:
    time = np.arange(44_100) / 44_100
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.sin(2 * np.pi * 1000 * time), 44_100, "DOUBLE")
    media = Media(path, None, 44_100, 1, 44_100, "WAV", "DOUBLE")
    for speed, tone_hz in ((1.0, 1000.0), (2.0, 2000.0)):
        clip = Clip(media=media, length_s=0.4, source_offset_s=0.1, play_rate=speed)
        found = _printed(clip, tmp_path, channels=1)[0, 200:-200]
        start = 0.1 + np.arange(200, 200 + len(found)) / RATE_HZ * speed
        assert np.abs(found - np.sin(2 * np.pi * 1000 * start)).max() < 1e-6, tone_hz


@pytest.mark.parametrize("form", ["reaper", "ableton", "tracktion", "dawproject", "ardour"])
def test_every_fade_begins_at_nothing_and_ends_whole(form: str) -> None:
    dialect = dialect_of(Session(form, None, RATE_HZ, ()))
    ends = np.array([0.0, 4800.0])
    for shape in dialect.fade_shapes:
        rising, falling = (dialect.fade(shape, side, 4800, ends) for side in ("in", "out"))
        assert rising == pytest.approx([0.0, 1.0], abs=2e-7), shape
        assert falling == pytest.approx([1.0, 0.0], abs=2e-7), shape
        way = dialect.fade(shape, "in", 4800, np.arange(4801.0))
        assert (np.diff(way) >= -1e-12).all(), shape


def test_live_pans_with_constant_power() -> None:
    live = dialect_of(Session("ableton", None, RATE_HZ, ()))
    pans = np.linspace(-1, 1, 9)
    gains = live.pan(None, 1, pans, np.ones(9))
    assert np.square(gains).sum(axis=0)[0] == pytest.approx(2.0)
    assert gains[:, 0, 4] == pytest.approx([1.0, 1.0], abs=0)


def test_a_wide_track_plays_what_has_two_channels(
    ramp: tuple[Media, npt.NDArray[np.float64]], tmp_path: Path
) -> None:
    clip = Clip(media=ramp[0], length_s=FRAMES / RATE_HZ, channel_mode="stereo 2")
    assert np.array_equal(_printed(clip, tmp_path, channels=6), ramp[1][1:3])


@pytest.mark.parametrize("opaque", [False, True])
def test_zeros_have_the_same_sign_however_the_song_is_cut(tmp_path: Path, opaque: bool) -> None:
    path = tmp_path / "zeros.wav"
    soundfile.write(path, np.zeros((FRAMES, 2)), RATE_HZ, "PCM_16")
    media = Media(path, None, RATE_HZ, 2, FRAMES, "WAV", "PCM_16")
    at = replace(
        Clip(media=media, length_s=2500 / RATE_HZ, position_s=333 / RATE_HZ, inverted=True),
        fade_in_s=200 / RATE_HZ,
        opaque=opaque,
    )
    track = Track("a", "a", clips=(at,))
    master = Track("master", "M", "master", output=None)
    session = Session("ardour", None, RATE_HZ, (track, master))
    ready = Ready(planned(session, dialect_of(session)))
    found = {
        np.concatenate(
            [blocks["a"] for blocks in stretches(ready, tmp_path, None, frames)], axis=1
        ).tobytes()
        for frames in (480, 1000, FRAMES)
    }
    assert len(found) == 1
