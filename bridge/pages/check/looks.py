"""Pictures and players of the findings that are shown, the worst first, as many as a page takes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bridge.checking import Finding, StemAudio, code_of
from bridge.pages import tag, text
from bridge.pages.check.scenes import Scene
from bridge.pages.check.song import SeenSong
from bridge.pages.check.sounds import listen, sound
from bridge.pages.check.spectra import whole_chart
from bridge.pages.check.strips import close_up, strips
from stemwright.problems import InputError

MOST_LOSSLESS_BYTES = 2_500_000
"""What is lossless: the worst of each kind come first."""
MOST_SOUND_BYTES = 5_000_000
MOST_PICTURE_BYTES = 2_500_000

_CLOSE = {
    "clipped": 0.004,
    "limited": 0.01,
    "clicks": 0.004,
    "dropout": 0.02,
    "corrupt_samples": 0.004,
    "hot_peaks": 0.004,
    "dead_channel": 0.02,
    "channel_polarity": 0.02,
    "mono_in_stereo": 0.02,
    "upcut_start": 0.03,
    "cut_tail": 0.03,
}
"""Seconds that a waveform shows close up, at least."""
_MOST_CLOSE_S = 0.08
_BESIDE = 3.0
"""So much longer than what is told is what it shows."""


@dataclass
class Looks:
    """By a finding's id what its card shows; and the data of what they play."""

    pictures: dict[str, str] = field(default_factory=dict)
    sounds: list[str] = field(default_factory=list)

    @property
    def has_room(self) -> bool:
        """Whether the page takes more pictures."""
        return sum(map(len, self.pictures.values())) < MOST_PICTURE_BYTES

    @property
    def sound_bytes(self) -> int:
        """What the sounds take of the page."""
        return sum(map(len, self.sounds))


def looks(song: SeenSong, findings: Sequence[Finding]) -> Looks:
    """Draw and encode in this order until the page is full."""
    made = Looks()
    for each in findings:
        if not made.has_room:
            break
        try:
            _add(made, song, each)
        except InputError as error:
            said = f"No picture: {error.problems[0].message}."
            made.pictures[each.id] = tag("p", text(said), class_="hint")
    return made


def _add(made: Looks, song: SeenSong, finding: Finding) -> None:
    scene = song.scene(finding)
    if scene is None:
        return
    seen = strips(scene, finding.severity)
    beside = _beside(song, finding, scene) if code_of(finding.code).scope == "stem" else ""
    alone = len(scene.lanes) == 1
    made.pictures[finding.id] = heard_place(made, scene, seen, beside, lossless=alone)


def heard_place(made: Looks, scene: Scene, strips_of: str, beside: str, *, lossless: bool) -> str:
    """Pictures of a scene with what plays it, whose sound is added to `made` while it has room.

    `lossless` where that is worth it, and there is room for it.
    """
    two = " two" if beside else ""
    seen = tag("div", strips_of + beside, class_=f"views{two}")
    if made.sound_bytes >= MOST_SOUND_BYTES:
        return seen
    name = f"sound-{len(made.sounds)}"
    exact = lossless and made.sound_bytes < MOST_LOSSLESS_BYTES
    heard = sound(scene, name, lossless=exact)
    made.sounds.append(heard.data)
    return tag(
        "div",
        seen + listen(scene.lanes, heard.said),
        class_="place",
        data_sound=name,
        data_seconds=f"{scene.place.seconds:.4f}",
    )


def _beside(song: SeenSong, finding: Finding, scene: Scene) -> str:
    """What shows a finding of one stem best, beside its strips; "" where they do."""
    name = finding.stems[0]
    audio, seen = song.audio_of(name), song.stems[name]
    near = scene.lanes[0].samples
    drawn = whole_chart(finding, audio, seen, near, scene.rate_hz)
    if drawn or finding.code not in _CLOSE:
        return drawn
    return _close_up(finding, audio, scene)


def _close_up(finding: Finding, audio: StemAudio, scene: Scene) -> str:
    """The samples of what is told, or of what is loudest in it where that is long."""
    rate_hz, place = audio.facts.sample_rate_hz, scene.place
    told_s = place.to_s - place.from_s
    is_long = told_s > _MOST_CLOSE_S
    shown_s = min(_MOST_CLOSE_S, max(_CLOSE[finding.code], 0.0 if is_long else _BESIDE * told_s))
    frames = min(audio.facts.frames, max(32, round(shown_s * rate_hz)))
    middle_s = _loudest_s(scene) if is_long else 0.5 * (place.from_s + place.to_s)
    first = round(middle_s * rate_hz) - audio.position - frames // 2
    least, most = 0, audio.facts.frames - frames
    if is_long:
        least = max(least, math.ceil(place.from_s * rate_hz) - audio.position)
        most = min(most, math.floor(place.to_s * rate_hz) - audio.position - frames)
    first = max(least, min(first, most))
    start_s = (first + audio.position) / rate_hz
    told = (place.from_s, place.to_s)
    samples = np.clip(audio.read(first, frames), -4.0, 4.0)
    return close_up(samples, rate_hz, start_s, told, finding.severity)


def _loudest_s(scene: Scene) -> float:
    """When what is told is loudest: what lies around it may be louder."""
    place = scene.place
    first = math.ceil((place.from_s - place.start_s) * scene.rate_hz)
    stop = math.ceil((place.to_s - place.start_s) * scene.rate_hz)
    loudest = np.abs(scene.lanes[0].samples[:, first:stop]).max(axis=0).argmax()
    return place.start_s + (first + int(loudest)) / scene.rate_hz
