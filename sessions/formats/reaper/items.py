"""REAPER's items and takes as clips.

Fades are named by their shape, with its curvature behind it when it has one ("fast+0.25"). Takes
that are not heard are muted clips of lanes "take 1", "take 2", ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sessions.formats.reaper.codes import CHANNEL_MODES, fade_name
from sessions.formats.reaper.effects import effects
from sessions.formats.reaper.envelopes import take_automation
from sessions.formats.reaper.sources import sourced
from sessions.formats.reaper.text import Block, Line, integer, is_number, name_of, number, word
from sessions.formats.reaper.unread import tell_numbers
from sessions.formats.shared.remarks import Tally
from sessions.media.search import MediaFinder
from sessions.model.session import Clip, Written
from stemwright.decibels import amplitude_db

_LOWEST_RATE = 1e-3
_FIXED_LANES = 2


@dataclass
class _Take:
    """The lines of one take; the first one's stand in the item itself."""

    selected: bool
    block: Block
    empty: bool = False
    effects: list[Block] = field(default_factory=list)


def clips(
    track: Block, name: str, rate_hz: int, finder: MediaFinder, tally: Tally
) -> tuple[Clip, ...]:
    """The clips of a track called `name`, take by take, in the order of the file."""
    made: list[Clip] = []
    for item in track.blocks("ITEM"):
        heard = _lane_heard(track, item)
        unread = _unread(item, name, tally)
        for clip in _item(item, name, rate_hz, finder, tally):
            lane, plays = heard
            clip = replace(clip, unread=unread)
            made.append(replace(clip, lane=clip.lane or lane, muted=clip.muted or not plays))
    return tuple(made)


def _lane_heard(track: Block, item: Block) -> tuple[str | None, bool]:
    """The item's fixed lane (REAPER 7), and whether that lane plays."""
    place = item.line("YPOS")
    height = number(place, 2)
    if integer(track.line("FREEMODE"), 1) != _FIXED_LANES or height <= 0:
        return None, True
    lane = min(255, max(0, round((number(place, 1) + height) / height) - 1))
    named = word(track.line("LANENAME"), lane + 1) or f"lane {lane + 1}"
    playing = track.line("LANESOLO")
    if not playing:
        return named, True
    mask = integer(playing, 1 + lane // 32)
    return named, bool(mask >> lane % 32 & 1)


def _item(
    item: Block, name: str, rate_hz: int, finder: MediaFinder, tally: Tally
) -> Iterator[Clip]:
    takes = _takes(item)
    filled = [at for at, take in enumerate(takes) if not take.empty]
    if not filled:
        tally.add("empty_items", name)
        return
    chosen = next((at for at, take in enumerate(takes) if take.selected), filled[0])
    all_play = integer(item.line("ALLTAKES"), 1) != 0
    for at in filled:
        clip = _clip(item, takes[at], name, rate_hz, finder, tally)
        lane = f"take {at + 1}" if len(filled) > 1 else None
        yield replace(clip, lane=lane, muted=clip.muted or not (all_play or at == chosen))


def _takes(item: Block) -> list[_Take]:
    """The item's takes, an empty one for every TAKE NULL."""
    takes = [_Take(False, Block([], item.number))]
    for each in item.inside:
        if isinstance(each, Line) and each.words[0] == "TAKE":
            words = each.words
            takes.append(_Take("SEL" in words, Block([], each.number), "NULL" in words))
        else:
            takes[-1].block.inside.append(each)
    for take in takes:
        take.empty = take.empty or _source(take.block) is None
    return takes


def _source(take: Block) -> Block | None:
    source = take.block("SOURCE")
    return None if source is None or word(source.words, 1) == "EMPTY" else source


def _clip(
    item: Block, take: _Take, track: str, rate_hz: int, finder: MediaFinder, tally: Tally
) -> Clip:
    position_s = number(item.line("POSITION"), 1)
    clip = _placed(item, take.block, position_s)
    source = _source(take.block)
    clip = sourced(clip, source, finder, tally, track) if source is not None else clip
    media_rate = clip.media.sample_rate_hz if clip.media is not None else rate_hz
    lines = [
        take_automation(block, position_s, 1.0)
        for block in take.block.inside
        if isinstance(block, Block)
    ]
    chain = take.block.block("TAKEFX")
    devices = effects(chain, True, f"{track}: {clip.name}", tally)
    if clip.warped:
        tally.add("stretched_clips", track)
    if clip.reversed:
        tally.add("reversed_clips", track)
    return replace(
        clip,
        position_frames=round(position_s * media_rate),
        automation=(*filter(None, lines), *(line for each in devices for line in each.automation)),
        devices=tuple(each.device for each in devices),
    )


def _placed(item: Block, take: Block, position_s: float) -> Clip:
    """What item and take say about a clip, before its source."""
    fade_in, fade_out = item.line("FADEIN"), item.line("FADEOUT")
    first, later = take.line("VOLPAN"), take.line("TAKEVOLPAN")
    item_gain = number(item.line("VOLPAN"), 1, 1.0)
    take_gain = number(later, 2, 1.0) if later else number(first, 3, 1.0)
    speed = take.line("PLAYRATE")
    play_rate = max(_LOWEST_RATE, number(speed, 1, 1.0))
    stretched = play_rate != 1.0 and integer(speed, 2) != 0
    return Clip(
        position_s=position_s,
        length_s=max(0.0, number(item.line("LENGTH"), 1)),
        source_offset_s=number(take.line("SOFFS"), 1),
        gain_db=amplitude_db(abs(item_gain * take_gain)),
        pan=number(later, 1) if later else number(first, 2),
        fade_in_s=_fade_s(fade_in),
        fade_out_s=_fade_s(fade_out),
        fade_in_shape=_fade_shape(fade_in),
        fade_out_shape=_fade_shape(fade_out),
        muted=integer(item.line("MUTE"), 1) != 0,
        name=name_of(take),
        written=Written("seconds", word(item.line("POSITION"), 1)),
        play_rate=play_rate,
        looped=integer(item.line("LOOP"), 1) != 0,
        warped=stretched or number(speed, 3) != 0.0 or bool(take.line("SM")),
        inverted=take_gain < 0,
        channel_mode=CHANNEL_MODES.get(integer(take.line("CHANMODE"), 1)),
    )


def _unread(item: Block, track: str, tally: Tally) -> tuple[str, ...]:
    """What is no number in an item; all its takes count."""
    if not tell_numbers(item, tally, track):
        return ()
    return ("no_number",) if _has_length(item) else ("no_length",)


def _has_length(item: Block) -> bool:
    """Whether its length, where one is written, is a number; of others the reader tells."""
    words = item.line("LENGTH")
    return len(words) <= 1 or is_number(words[1])


def _fade_s(words: Sequence[str]) -> float:
    """The fade's length; that of an automatic cross-fade goes before."""
    automatic = number(list(words), 3)
    return max(0.0, automatic if automatic > 0 else number(list(words), 2))


def _fade_shape(words: list[str]) -> str:
    return fade_name(integer(words, 4, integer(words, 1)), number(words, 6))
