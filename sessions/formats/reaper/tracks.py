"""REAPER's tracks: folders, faders, routing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sessions.bundle.roles import role_of
from sessions.formats.reaper import codes as tables
from sessions.formats.reaper.effects import Effect, effects
from sessions.formats.reaper.envelopes import (
    is_send_envelope,
    send_automation,
    track_automation,
)
from sessions.formats.reaper.items import clips
from sessions.formats.reaper.text import Block, integer, name_of, number, word
from sessions.formats.reaper.unread import tell_track
from sessions.formats.shared.remarks import Tally
from sessions.media.search import MediaFinder
from sessions.model.session import Automation, Send, Track
from stemwright.decibels import amplitude_db

_MOST_CHANNELS = 128
_BEFORE_EFFECTS = "send_before_effects"


@dataclass(frozen=True)
class Defaults:
    """What tracks that say nothing take from the project."""

    sample_rate_hz: int
    pan_mode: int
    pan_law: float


@dataclass(frozen=True)
class _Receive:
    """A send as the receiving track states it."""

    source: int
    send: Send
    channels: frozenset[int]
    unread: tuple[str, ...]
    automation: tuple[Automation, ...]


def tracks(
    project: Block, defaults: Defaults, finder: MediaFinder, tally: Tally
) -> tuple[Track, ...]:
    """All tracks in order, without the master."""
    blocks = list(project.blocks("TRACK"))
    ids = _ids(blocks, tally)
    parents = _parents(blocks, ids)
    chains = [_chain(block, tally) for block in blocks]
    made = [
        _track(block, own, parent, chain, defaults, finder, tally)
        for block, own, parent, chain in zip(blocks, ids, parents, chains, strict=True)
    ]
    received = [_receives(block, own, tally) for block, own in zip(blocks, ids, strict=True)]
    made = [
        _keyed(track, chain, receives, ids)
        for track, chain, receives in zip(made, chains, received, strict=True)
    ]
    sent: list[list[_Receive]] = [[] for _ in made]
    for track, receives in zip(made, received, strict=True):
        for each in receives:
            if 0 <= each.source < len(made):
                sent[each.source].append(each)
            else:
                tally.add("send_from_nowhere", f"{track.name}: AUXRECV {each.source}")
    made = [
        _sending(track, sends) if sends else track for track, sends in zip(made, sent, strict=True)
    ]
    fed = {send.target for track in made for send in track.sends if send.to_channels is None}
    return tuple(_kinded(track, track.id in fed) for track in made)


def _sending(track: Track, sends: Sequence[_Receive]) -> Track:
    unread = [code for each in sends for code in each.unread]
    if not any(device.enabled for device in track.devices):
        unread = [code for code in unread if code != _BEFORE_EFFECTS]
    return replace(
        track,
        unread=tuple(dict.fromkeys((*track.unread, *unread))),
        sends=tuple(each.send for each in sends),
        automation=(*track.automation, *(line for each in sends for line in each.automation)),
    )


def _ids(blocks: Sequence[Block], tally: Tally) -> list[str]:
    ids: list[str] = []
    taken: set[str] = set()
    for at, block in enumerate(blocks):
        own = (word(block.words, 1) or word(block.line("TRACKID"), 1)).strip("{}")
        if own in taken:
            tally.add("duplicate_ids", name_of(block))
        ids.append(own if own and own not in taken and own != "master" else f"track-{at + 1}")
        taken.add(ids[-1])
    return ids


def _parents(blocks: Sequence[Block], ids: Sequence[str]) -> list[str | None]:
    """Each track's folder; ISBUS says by how much the depth changes after it."""
    folders: list[str] = []
    parents: list[str | None] = []
    for block, own in zip(blocks, ids, strict=True):
        parents.append(folders[-1] if folders else None)
        change = integer(block.line("ISBUS"), 2)
        if change > 0:
            folders.append(own)
        elif change < 0:
            del folders[max(0, len(folders) + change) :]
    return parents


def _chain(block: Block, tally: Tally) -> tuple[Effect, ...]:
    enabled = integer(block.line("FX"), 1, 1) != 0
    if block.block("FXCHAIN_REC") is not None:
        tally.add("input_effects", name_of(block))
    return effects(block.block("FXCHAIN"), enabled, name_of(block), tally)


def _track(
    block: Block,
    own: str,
    parent: str | None,
    chain: Sequence[Effect],
    defaults: Defaults,
    finder: MediaFinder,
    tally: Tally,
) -> Track:
    name = name_of(block)
    fader, mute = block.line("VOLPAN"), block.line("MUTESOLO")
    gain = number(fader, 1, 1.0)
    trim_read = integer(block.line("AUTOMODE"), 1) == tables.TRIM_READ
    if next(block.lines("HWOUT"), None) is not None:
        tally.add("hardware_outputs", name)
    unread = tell_track(block, name, tally)
    mode = integer(block.line("PANMODE"), 1, defaults.pan_mode)
    pan, width = placed(mode, fader)
    heard = integer(block.line("MAINSEND"), 1, 1) != 0
    return Track(
        id=own,
        name=name,
        kind="group" if integer(block.line("ISBUS"), 2) > 0 else "audio",
        parent=parent,
        channels=channel_count(block.line("NCHAN")),
        gain_db=amplitude_db(abs(gain)),
        pan=pan,
        muted=integer(mute, 1) != 0,
        soloed=integer(mute, 2) != 0,
        solo_safe=integer(mute, 3) != 0,
        inverted=(integer(block.line("IPHASE"), 1) != 0) != (gain < 0),
        width=width,
        pan_law=pan_law(mode, number(fader, 3, tables.PROJECT_LAW), defaults),
        output=(parent or "master") if heard else None,
        clips=clips(block, name, defaults.sample_rate_hz, finder, tally),
        devices=tuple(each.device for each in chain),
        automation=(
            *track_automation(block, gain, trim_read),
            *(line for each in chain for line in each.automation),
        ),
        role=role_of(name),
        unread=unread,
    )


def channel_count(words: list[str]) -> int:
    """The channels of a track or of the master."""
    return min(_MOST_CHANNELS, max(1, integer(words, 1, 2)))


def placed(mode: int, fader: list[str]) -> tuple[float, float | None]:
    """Pan and width; of a dual pan what its two sides come to, of a balance a width of its own."""
    if mode == tables.DUAL_PAN:
        left, right = number(fader, 4, -1.0), number(fader, 5, 1.0)
        return (left + right) / 2.0, (right - left) / 2.0
    width = number(fader, 5, 1.0)
    return number(fader, 2), None if width == 1.0 and mode != tables.STEREO_PAN else width


def pan_law(mode: int, law: float, defaults: Defaults) -> str:
    """The panner's mode and what its centre does; `law` is the gain of the centre."""
    factor = defaults.pan_law if law == tables.PROJECT_LAW else law
    return tables.pan_law_name(mode, amplitude_db(abs(factor)))


def _receives(block: Block, own: str, tally: Tally) -> tuple[_Receive, ...]:
    """The AUXRECV lines, each with the envelopes that follow it."""
    found: list[_Receive] = []
    name = name_of(block)
    for each in block.inside:
        if not isinstance(each, Block):
            if each.text.startswith("AUXRECV"):
                found.append(_receive(each.words, own, name, tally))
        elif found and is_send_envelope(each):
            words_gain = _factor(found[-1].send.gain_db)
            line = send_automation(each, own, words_gain)
            if line is not None:
                last = found[-1]
                found[-1] = replace(last, automation=(*last.automation, line))
    return tuple(each for each in found if each.channels)


def _factor(gain_db: float) -> float:
    return math.pow(10.0, gain_db / 20.0)


def _receive(words: list[str], own: str, name: str, tally: Tally) -> _Receive:
    mode, source_channels = integer(words, 2), integer(words, 8)
    to = integer(words, 9)
    channels = tables.target_channels(to)
    shown = None if 0 in channels else "/".join(str(channel + 1) for channel in sorted(channels))
    if source_channels < 0:
        tally.add("midi_sends", name)
        channels = frozenset()
    partly = bool(source_channels) or tables.is_one_channel(to) or to == 1
    found = {
        "send_channels": source_channels >= 0 and partly,
        _BEFORE_EFFECTS: mode == tables.PRE_FX,
        "mono_sends": integer(words, 6) != 0,
    }
    unread = tuple(code for code, so in found.items() if so)
    for code in unread:
        tally.add(code, name)
    send = Send(
        target=own,
        gain_db=amplitude_db(abs(number(words, 3, 1.0))),
        pre_fader=mode != tables.POST_FADER,
        muted=integer(words, 5) != 0,
        pan=number(words, 4),
        to_channels=shown,
        inverted=(integer(words, 7) != 0) != (number(words, 3, 1.0) < 0),
    )
    return _Receive(integer(words, 1, -1), send, channels, unread, ())


def _keyed(
    track: Track, chain: Sequence[Effect], receives: Sequence[_Receive], ids: Sequence[str]
) -> Track:
    """The track with every device told which tracks feed its key inputs."""
    devices = []
    for device, effect in zip(track.devices, chain, strict=True):
        feeding = [
            ids[each.source]
            for each in receives
            if each.channels & effect.key_channels and 0 <= each.source < len(ids)
        ]
        devices.append(replace(device, sidechain=", ".join(feeding) or None))
    return replace(track, devices=tuple(devices))


def _kinded(track: Track, fed: bool) -> Track:
    if track.kind != "audio":
        return track
    if fed and not track.clips:
        return replace(track, kind="return")
    if track.clips and all(clip.kind == "midi" for clip in track.clips):
        return replace(track, kind="midi")
    return track
