"""Tracktion's clips. Fade shapes are its own: linear, convex, concave, s_curve."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lxml import etree

from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import flag, number
from sessions.media.search import MediaFinder
from sessions.model.session import Clip, Written

# What the engine takes for what a clip does not say (tracktion_engine): speed 1 (Clip), linear
# fades (AudioClipBase); gain, pan, fades, loop and offset 0, switches off.
_PROJECT_ITEM = re.compile(r"[0-9a-fA-F]+/[0-9a-fA-F]+")
_FADES = {"1": "linear", "2": "convex", "3": "concave", "4": "s_curve", "sCurve": "s_curve"}
_NESTED = frozenset({"container", "edit"})
_CROSSFADE = "auto_crossfade"
_SPEED_RAMP = "1"
_NUMBERS = ("start", "offset", "gain", "pan", "speed", "fadeIn", "fadeOut")
_CHANNELS = {"l": "left", "r": "right"}


def clips(node: etree._Element, track: str, finder: MediaFinder, tally: Tally) -> Iterator[Clip]:
    """The clips of a track called `track`; position_frames are still to be set."""
    return _crossfaded(tuple(_clips(node, track, finder, tally)), track, tally)


def _crossfaded(found: Sequence[Clip], track: str, tally: Tally) -> Iterator[Clip]:
    """The clips; one with automatic crossfades that overlaps none has nothing left unread."""
    audible = [clip for clip in found if clip.kind == "audio" and not clip.muted]
    for clip in found:
        crosses = _CROSSFADE in clip.unread
        overlaps = crosses and any(_overlap(clip, each) for each in audible if each is not clip)
        if crosses and not overlaps:
            clip = replace(clip, unread=tuple(each for each in clip.unread if each != _CROSSFADE))
        tally.add("auto_crossfades", track, int(overlaps))
        yield clip


def _overlap(one: Clip, other: Clip) -> bool:
    first, second = sorted((one, other), key=lambda clip: clip.position_s)
    return second.position_s < first.position_s + first.length_s


def _clips(node: etree._Element, track: str, finder: MediaFinder, tally: Tally) -> Iterator[Clip]:
    for each in node:
        tag = each.tag if isinstance(each.tag, str) else ""
        kind = each.get("type", "") if tag == "CLIP" else tag.removesuffix("CLIP").lower()
        if not tag.endswith("CLIP"):
            continue
        if kind in ("audio", "wave"):
            yield _audio(each, track, finder, tally)
        elif kind in ("midi", "step"):
            tally.add("midi_clips", track)
            yield replace(_placed(each), kind="midi")
        else:
            tally.add("nested_clips" if kind in _NESTED else "other_clips", track)


def _placed(node: etree._Element) -> Clip:
    return Clip(
        position_s=number(node, "start"),
        length_s=max(0.0, number(node, "length")),
        source_offset_s=number(node, "offset"),
        muted=flag(node, "mute"),
        name=node.get("name", ""),
        written=Written("seconds", node.get("start", "0")),
    )


def _audio(node: etree._Element, track: str, finder: MediaFinder, tally: Tally) -> Clip:
    source = node.get("source", "")
    if _PROJECT_ITEM.fullmatch(source):
        tally.add("project_items", track)
        media = None
    else:
        media = finder.media(source) if source else None
    speed = number(node, "speed", 1.0)
    warped = any(flag(node, name) for name in ("autoTempo", "warpTime", "autoPitch"))
    warped = warped or number(node, "pitchChange") != 0.0
    if warped:
        tally.add("stretched_clips", track)
    unread = tuple(_unread(node, track, tally))
    play_rate = speed if speed > 0 else 1.0
    loop_s, loop_length_s = number(node, "loopStart"), number(node, "loopLength")
    if loop_length_s <= 0:
        loop_s = 0.0
    clip = _placed(node)
    return replace(
        clip,
        media=media,
        media_path=source or None,
        missing=media is None,
        # The engine counts a clip's offset in the song's time.
        source_offset_s=clip.source_offset_s * play_rate + loop_s,
        gain_db=number(node, "gain"),
        pan=number(node, "pan"),
        fade_in_s=max(0.0, number(node, "fadeIn")),
        fade_out_s=max(0.0, number(node, "fadeOut")),
        fade_in_shape=_shape(node.get("fadeInType", "1")),
        fade_out_shape=_shape(node.get("fadeOutType", "1")),
        play_rate=play_rate,
        # WaveNode: updateFileSampleRate loops seconds of the file; of other speeds that is unsure.
        part_start_s=loop_s if loop_length_s > 0 and speed == 1.0 else 0.0,
        part_length_s=loop_length_s if loop_length_s > 0 and speed == 1.0 else None,
        looped=loop_length_s > 0 or number(node, "loopLengthBeats") > 0,
        reversed=flag(node, "isReversed"),
        unread=unread,
        warped=warped,
        channel_mode=_CHANNELS.get(node.get("channels", "").strip().lower()),
    )


def _unread(node: etree._Element, track: str, tally: Tally) -> Iterator[str]:
    """What of a clip's sound is not read (AudioClipBase: fadeInBehaviour 1 is a speed ramp)."""
    if any(child.tag == "PLUGIN" or (child.tag == "EFFECTS" and len(child)) for child in node):
        tally.add("clip_effects", track)
        yield "clip_effects"
    ramps = (number(node, f"fade{end}") > 0.0 for end in ("In", "Out") if _is_ramp(node, end))
    if any(ramps):
        tally.add("speed_fades", track)
        yield "speed_fade"
    if flag(node, "autoCrossfade"):
        yield _CROSSFADE
    if math.isnan(number(node, "length", math.nan)):
        tally.add("no_length", track)
        yield "no_length"
    elif any(math.isnan(number(node, each, math.nan)) for each in _NUMBERS if node.get(each)):
        tally.add("no_number", track)
        yield "no_number"


def _is_ramp(node: etree._Element, end: str) -> bool:
    return node.get(f"fade{end}Behaviour", "").strip() in (_SPEED_RAMP, "speedRamp")


def _shape(said: str) -> str:
    return _FADES.get(said, said or "linear")
