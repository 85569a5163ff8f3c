"""What a place sounds like: its lanes as excerpts that run side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bridge.audio import Block
from bridge.pages import PREVIEW_HZ, embedded, excerpt, figure, short_preview, tag, text
from bridge.pages.check.scenes import Lane, Scene
from stemwright.decibels import amplitude_db

_QUIET_DBFS = -30.0
_RAISED_DBFS = -12.0
_KEYS = "abc"


@dataclass(frozen=True)
class Sound:
    """What a page carries to play a place: `data` for its script, `said` on how it plays it."""

    data: str
    said: str


def sound(scene: Scene, name: str, *, lossless: bool) -> Sound:
    """Encode the lanes, all at one gain: as they are, or so that the quiet is heard."""
    lanes = [each.samples[:2] for each in scene.lanes]
    loudest = max(float(np.abs(each).max(initial=0.0)) for each in lanes)
    loudest_dbfs = amplitude_db(loudest)
    gain_db = -max(0.0, loudest_dbfs)
    if loudest and loudest_dbfs < _QUIET_DBFS:
        gain_db = _RAISED_DBFS - loudest_dbfs
    if lossless:
        coded = [excerpt(each, scene.rate_hz, fill=gain_db > 0.0) for each in lanes]
    else:
        raised = 10.0 ** (max(0.0, gain_db) / 20.0)
        coded = [short_preview(raised * _stereo(each), scene.rate_hz) for each in lanes]
    own_db = gain_db if lossless else min(0.0, gain_db)
    held = {
        "rate": scene.rate_hz if lossless else PREVIEW_HZ,
        "start": round(scene.place.start_s, 4),
        "frames": max(each.frames for each in coded),
        "signals": [
            {"gain_db": round(each.lowered_db + own_db, 3), each.codec: each.in_page}
            for each in coded
        ],
    }
    said = [] if lossless else ["preview quality"]
    if abs(gain_db) > 0.5:
        way = "louder" if gain_db > 0.0 else "softer"
        said.append(f"{figure(abs(gain_db), 0, 'dB')} {way} than it is")
    return Sound(embedded(held, name), ", ".join(said))


def _stereo(samples: Block) -> Block:
    return samples if len(samples) == 2 else np.repeat(samples, 2, axis=0)


def listen(lanes: Sequence[Lane], said: str) -> str:
    """The buttons of a place."""
    buttons = tag("button", "Play", type="button", class_="play", aria_pressed="false")
    if len(lanes) > 1:
        buttons += "".join(
            tag(
                "button",
                tag("kbd", _KEYS[n : n + 1]) + " " + text(each.name),
                type="button",
                class_=f"pick {each.colour}",
                aria_pressed=str(n == 0).lower(),
            )
            for n, each in enumerate(lanes)
        )
    note = tag("small", text(said)) if said else ""
    return tag("div", buttons + tag("output", "", class_="clock") + note, class_="transport")
