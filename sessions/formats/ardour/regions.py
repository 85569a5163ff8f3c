"""Ardour's playlists and regions as clips.

Fades are recognised by their point lists: linear, equal_power (ConstantPower), fast, slow, s_curve
(Symmetric); a list that is none of these is "custom" and stands in the clip's automation. Regions
overlap by layer; an opaque one hides what lies under it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from sessions.formats.ardour.values import Clock
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import child, flag, number
from sessions.media.search import MediaFinder
from sessions.model.session import Automation, AutomationPoint, Clip, Media
from stemwright.decibels import amplitude_db

# What Ardour takes for what a region does not say: fades of 64 samples, linear (audioregion.cc,
# set_default_fade_in; since 7 of the user's own shape, which a session does not hold), gain 1
# (AudioRegion::init).
_DEFAULT_FADE_FRAMES = 64
_CHANNEL_NAMES = ("left", "right")
_MOST_CHANNELS = 64
_ALIKE = 0.04


@dataclass(frozen=True)
class Source:
    """A channel of a file."""

    name: str
    channel: int
    kind: str
    origin: str


@dataclass(frozen=True)
class Pool:
    """All sources by id, and where their files may lie."""

    sources: Mapping[str, Source]
    folders: tuple[str, ...]
    finder: MediaFinder

    def media(self, source: Source) -> Media | None:
        """The header of the source's file."""
        places = [f"{folder}/{source.name}" for folder in self.folders]
        return self.finder.media(source.name, *places)


def pool(root: etree._Element, path: Path, finder: MediaFinder) -> Pool:
    """The session's sources, looked for where Ardour keeps them."""
    sources = {
        node.get("id", ""): Source(
            node.get("name", ""),
            int(number(node, "channel")),
            node.get("type", "audio"),
            node.get("origin", ""),
        )
        for node in root.iterfind("Sources/Source")
    }
    folders = [f"interchange/{root.get('name', '')}/audiofiles"]
    folders += [f"interchange/{name}/audiofiles" for name in _folders(path.parent / "interchange")]
    folders.append("sounds")
    option = root.find("Config/Option[@name='audio-search-path']")
    said = "" if option is None else option.get("value", "")
    folders += [folder for folder in said.split(":") if folder]
    return Pool(sources, tuple(dict.fromkeys(folders)), finder)


def _folders(top: Path) -> list[str]:
    try:
        return sorted(each.name for each in top.iterdir())
    except OSError:
        return []


def clips(
    playlist: etree._Element | None, track: str, clock: Clock, sources: Pool, tally: Tally
) -> tuple[Clip, ...]:
    """The regions of a playlist, by position and layer."""
    if playlist is None:
        return ()
    made = [_clip(node, track, clock, sources, tally) for node in playlist.iterchildren("Region")]
    return tuple(sorted(made, key=lambda clip: (clip.position_s, clip.layer)))


def _clip(node: etree._Element, track: str, clock: Clock, sources: Pool, tally: Tally) -> Clip:
    length, _, position = node.get("length", "0").partition("@")
    position = position or node.get("position", "0")
    position_s = clock.seconds(position)
    clip = Clip(
        position_s=position_s,
        position_frames=round(position_s * clock.rate_hz),
        length_s=max(0.0, clock.length_s(length, position)),
        source_offset_s=clock.seconds(node.get("start", "0")),
        gain_db=amplitude_db(abs(_scale(node))),
        inverted=_scale(node) < 0,
        muted=_switch(node, "muted", "Muted"),
        name=node.get("name", ""),
        written=clock.written(position),
        layer=int(number(node, "layering-index", number(node, "layer"))),
        opaque=_switch(node, "opaque", "Opaque"),
    )
    if number(node, "stretch", 1.0) != 1.0:
        tally.add("stretched_clips", track)
    if "midi" in node.get("type", "audio"):
        tally.add("midi_clips", track)
        return replace(clip, kind="midi")
    clip = _faded(_sourced(clip, node, sources, tally, track), node, clock, tally, track)
    return _enveloped(clip, node, clock)


def _scale(node: etree._Element) -> float:
    return number(node, "scale-amplitude", number(node, "scale-gain", 1.0))


def _switch(node: etree._Element, name: str, old_flag: str) -> bool:
    """A region's switch: an attribute, or a word of `flags` in version 2."""
    if node.get("flags") is not None:
        return old_flag in node.get("flags", "").split(",")
    return flag(node, name)


def _sourced(clip: Clip, node: etree._Element, pool: Pool, tally: Tally, track: str) -> Clip:
    count = max(1, min(_MOST_CHANNELS, int(number(node, "channels", 1.0))))
    ids = [node.get(f"source-{at}", "") for at in range(count)]
    found = [pool.sources[each] for each in ids if each in pool.sources]
    if not found:
        tally.add("sourceless_clips", track)
        return clip
    media = pool.media(found[0])
    files = list(dict.fromkeys(source.name for source in found))
    right = pool.media(found[1]) if len(files) == 2 and count == 2 else None
    if len(files) > 1 and (count != 2 or (media is not None and right is None)):
        tally.add("split_clips", track)
    rate_hz = media.sample_rate_hz if media is not None else None
    return replace(
        clip,
        media=media,
        right=right,
        media_path=" + ".join(files),
        missing=media is None,
        channel_mode=_channel_mode(found, media) if right is None else None,
        position_frames=clip.position_frames
        if rate_hz is None
        else round(clip.position_s * rate_hz),
    )


def _channel_mode(found: list[Source], media: Media | None) -> str | None:
    """Which channel of a wider file a mono region plays."""
    if media is None or len(found) >= media.channels:
        return None
    channel = found[0].channel
    if len(found) == 1:
        return _CHANNEL_NAMES[channel] if 0 <= channel < 2 else f"mono {channel + 1}"
    return f"stereo {channel + 1}"


def _faded(clip: Clip, node: etree._Element, clock: Clock, tally: Tally, track: str) -> Clip:
    length_in, shape_in, custom_in = _fade(node, "FadeIn", clock)
    length_out, shape_out, custom_out = _fade(node, "FadeOut", clock)
    kept = [
        Automation(
            target, "linear", tuple(AutomationPoint(at, value, "curved") for at, value in each)
        )
        for target, each in (("fade_in", custom_in), ("fade_out", custom_out))
        if each
    ]
    if kept:
        tally.add("custom_fades", track)
    return replace(
        clip,
        fade_in_s=length_in,
        fade_in_shape=shape_in,
        fade_out_s=length_out,
        fade_out_shape=shape_out,
        automation=(*clip.automation, *kept),
    )


_Points = tuple[tuple[float, float], ...]


def _fade(node: etree._Element, tag: str, clock: Clock) -> tuple[float, str, _Points]:
    """Length, shape, and the points of a shape that has no name."""
    fade = child(node, tag)
    if fade is None or not _fade_active(node, fade, tag):
        return 0.0, "linear", ()
    points = [child(fade, "AutomationList")]
    events = clock.events(points[0]) if points[0] is not None else ()
    if len(events) < 2:
        return _DEFAULT_FADE_FRAMES / clock.rate_hz, "linear", ()
    values = [value for _, value in events]
    shape = _shape(values[::-1] if tag == "FadeIn" else values)
    return events[-1][0], shape, events if shape == "custom" else ()


def _fade_active(node: etree._Element, fade: etree._Element, tag: str) -> bool:
    if node.get("flags") is not None:
        return tag in node.get("flags", "").split(",")
    name = "fade-in-active" if tag == "FadeIn" else "fade-out-active"
    return flag(node, name, flag(fade, "active", True))


def _shape(values: list[float]) -> str:
    """The name of a fade-out by the value in its middle (formulas: libs/ardour/audioregion.cc)."""
    count = len(values)
    if count == 2:
        return "linear"
    middle = values[count // 2]
    expected = {
        "equal_power": (33, math.cos(16 / 33 * math.pi / 2)),
        "fast": (32, 10.0 ** (-60.0 / 32 * 16 / 20)),
        "slow": (32, _slow(16)),
        "s_curve": (10, 0.3 * 0.5**4),
    }
    for name, (points, value) in expected.items():
        if count == points and abs(middle - value) < _ALIKE:
            return name
    return "custom"


def _slow(step: int) -> float:
    """A slow fade's value: a -1 dB and a -80 dB ramp, mixed in dB by position."""
    gentle, steep = -1.0 / 32 * step, -80.0 / 32 * step
    weight = step / 32
    return math.pow(10.0, (gentle * (1 - weight) + steep * weight) / 20)


def _enveloped(clip: Clip, node: etree._Element, clock: Clock) -> Clip:
    """The clip with its gain envelope, whose times count from the region's start."""
    if not _switch(node, "envelope-active", "EnvelopeActive"):
        return clip
    line = clock.automation(node.find("Envelope/AutomationList"), "gain_db", "linear", always=True)
    if line is None:
        return clip
    points = tuple(
        point._replace(position_s=clip.position_s + point.position_s) for point in line.points
    )
    return replace(clip, automation=(*clip.automation, replace(line, points=points)))
