"""A small arrangement of which every format can say something, and what it sounds like."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from sessions import Clip, Media, Session, Track
from stemwright.decibels import linear

RATE_HZ, FRAMES, END = 48_000, 24_000, 20_777
"""`FRAMES` of its one file; all is silent from `END` on."""

Stems = dict[str, npt.NDArray[np.float32]]


def arrangement(noise: Media) -> Session:
    """Places, offsets, mutes, a fader, fades, a clip's gain, a group, and clips that add."""

    def clip(position: int, length: int, offset: int = 0, **more: Any) -> Clip:
        made = Clip(
            media=noise,
            media_path=str(noise.path),
            position_s=position / RATE_HZ,
            position_frames=position,
            length_s=length / RATE_HZ,
            source_offset_s=offset / RATE_HZ,
        )
        return replace(made, **more)

    def track(number: int, name: str, *clips: Clip, **more: Any) -> Track:
        return replace(Track(str(number), name, output="master", clips=clips), **more)

    half_db = -6.020599913279624
    return Session(
        "made",
        None,
        RATE_HZ,
        (
            track(
                1,
                "plain",
                clip(1_000, 9_000, 50),
                clip(10_500, 500, muted=True),
                clip(12_001, 7_003, 4_321),
            ),
            track(2, "fader", clip(777, 20_000, 13), gain_db=half_db),
            track(
                3, "faded", clip(3_000, 12_000, fade_in_s=480 / RATE_HZ, fade_out_s=960 / RATE_HZ)
            ),
            track(4, "gained", clip(5_001, 9_999, 2, gain_db=half_db)),
            track(5, "silent", clip(0, 20_000), muted=True),
            track(6, "bus", kind="group", gain_db=half_db),
            track(7, "left", clip(20, 8_000, 7), parent="6", output="6"),
            track(8, "right", clip(4_000, 8_001, 9_000), parent="6", output="6", gain_db=half_db),
            track(9, "added", clip(100, 6_000), clip(4_000, 6_000, 9_001)),
            Track("master", "Master", "master", output=None),
        ),
    )


def played(song: Session) -> Stems:
    """The stems by the arrangement's own numbers: samples moved, multiplied and added."""
    samples = soundfile.read(str(song.tracks[0].clips[0].media_path))[0].T
    groups = {each.id: each.gain_db for each in song.tracks if each.kind == "group"}
    found = {}
    for track in song.tracks:
        if track.clips and not track.muted:
            whole = np.zeros((2, END))
            for clip in (each for each in track.clips if not each.muted):
                position, length, offset = places(clip)
                heard = samples[:, offset : offset + length] * _fades(clip, length)
                whole[:, position : position + length] += heard * linear(clip.gain_db)
            level = linear(track.gain_db) * linear(groups.get(str(track.output), 0.0))
            found[track.name] = np.float32(whole * level)
    return found


def _fades(clip: Clip, length: int) -> npt.NDArray[np.float64]:
    gains = np.ones(length)
    if fade_in := round(clip.fade_in_s * RATE_HZ):
        gains[:fade_in] = np.arange(fade_in) / fade_in
    if fade_out := round(clip.fade_out_s * RATE_HZ):
        gains[-fade_out:] = 1.0 - np.arange(fade_out) / fade_out
    return gains


def places(clip: Clip) -> tuple[int, int, int]:
    """Position, length and offset in frames."""
    return (
        clip.position_frames,
        round(clip.length_s * RATE_HZ),
        round(clip.source_offset_s * RATE_HZ),
    )


def flag(value: bool) -> str:
    return "1" if value else "0"
