"""A session's mixer in a chain's words: groups, returns, the master, and what is in them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bridge.exchanging.lifting import LiftedInsert, lift, slug
from chains import Gain, Insert
from sessions import Send, Session, Track
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic, Severity

_CLOSED_DB = -120.0
_GAIN_DIGITS = 4
_SAME = 1e-4
_STEEPNESS = -0.831783138
"""Ardour's 1in2out panner: gain = p * (s * p + 1 - s), measured on its bounces."""
_MONO = "1in2out"
_BALANCES = ("balance", "stereo balance, centre 0.0 dB", "balance, centre 0.0 dB")
"""Laws that turn one side down in proportion and leave the other: Ardour's Stereo Balance, and
REAPER's balances whose centre is at 0 dB."""
_MOVING = ("2in2out", "stereo pan", "dual pan")
"""Panners that move each side across the stage: no gain on a side says that."""


def balanced(
    track: Track, session_format: str, taken: Collection[str]
) -> tuple[tuple[Insert, ...], tuple[Diagnostic, ...]]:
    """Return the gains, with ids not in `taken`, that stand for a track's pan, and what is told.

    The centre is at unity, as it is for a track that is not panned.
    """
    law = track.pan_law or ""
    width = 1.0 if track.width is None else track.width
    is_panned, is_narrowed = abs(track.pan) > _SAME, abs(width - 1.0) > _SAME
    if is_narrowed or (is_panned and law.startswith(_MOVING)):
        message = (
            f"{track.name} is panned to {track.pan:+.2f} at a width of {width:.2f}, "
            "which a chain does not hold"
        )
        return (), (Diagnostic("warning", "pan_not_lifted", track.name, message),)
    if not is_panned:
        return (), ()
    known = law in _BALANCES or law == _MONO
    gains = _mono(track.pan) if law == _MONO else _balance(track.pan)
    knobs = _knobs(gains, taken)
    said = " and ".join(f"{gain_db:.2f} dB on the {side}" for side, gain_db in gains)
    message = f"{track.name} is panned to {track.pan:+.2f}: {said}"
    if not known:
        message += "; the DAW's own pan law may differ, so compare by ear"
    if track.sends and session_format == "ardour":
        message += "; its sends, which leave before the panner there, are panned with it"
        known = False
    severity: Severity = "note" if known else "warning"
    return knobs, (Diagnostic(severity, "pan_as_gain", track.name, message),)


def _knobs(
    gains: tuple[tuple[Literal["left", "right"], float], ...], taken: Collection[str]
) -> tuple[Insert, ...]:
    names = ["pan"] if len(gains) == 1 else [f"pan-{side}" for side, _ in gains]
    return tuple(
        Insert(slug(name, taken), Gain(gain_db=gain_db), on=side)
        for name, (side, gain_db) in zip(names, gains, strict=True)
    )


def _balance(pan: float) -> tuple[tuple[Literal["left", "right"], float], ...]:
    return (("left" if pan > 0.0 else "right", _db(1.0 - abs(pan))),)


def _mono(pan: float) -> tuple[tuple[Literal["left", "right"], float], ...]:
    right = (pan + 1.0) / 2.0
    centre = _law(0.5)
    return ("left", _db(_law(1.0 - right) / centre)), ("right", _db(_law(right) / centre))


def _law(share: float) -> float:
    return share * (_STEEPNESS * share + 1.0 - _STEEPNESS)


def _db(gain: float) -> float:
    return max(_CLOSED_DB, round(amplitude_db(gain), _GAIN_DIGITS)) if gain > 0.0 else _CLOSED_DB


FINISHED_MASTER = "Finished master"
"""The muted track that `export` puts beside the stems: no group of the chain."""
RESERVED = ("master", "sum", "finish")
_NO_GROUP = frozenset({"return", "master", "vca"})
_LOWEST_DB, _HIGHEST_DB = -120.0, 60.0
_DIGITS = 4


@dataclass(frozen=True)
class Rack:
    """A track as a row of the chain.

    `knobs` are gains that stand for its pan, and for the master's fader, behind its plugins.
    """

    owner: str
    track: Track
    inserts: tuple[LiftedInsert, ...]
    knobs: tuple[Insert, ...] = ()


@dataclass(frozen=True)
class Mixer:
    """A whole mixer: groups and returns as racks, in the session's order."""

    groups: tuple[Rack, ...]
    returns: tuple[Rack, ...]
    master: Rack
    diagnostics: tuple[Diagnostic, ...]

    @property
    def racks(self) -> tuple[Rack, ...]:
        """All of them, the master last."""
        return (*self.groups, *self.returns, self.master)


def mixer_of(session: Session, known: Collection[str] = ()) -> Mixer:
    """The session's mixer; top tracks and groups are groups, what lies inside one is its stems.

    Tracks without anything on them count only when their name, as an id, is among `known`.
    """
    names = names_of(session)
    taken = list(RESERVED)
    told: list[Diagnostic] = []
    racks: list[Rack] = []
    for track in session.tracks:
        if track.kind == "master" or not _is_rack(session, track, known):
            continue
        owner = slug(track.name, taken)
        taken.append(owner)
        inserts, doubts = lift(owner, track.devices, names)
        knobs, panned = balanced(track, session.format, [each.insert.id for each in inserts])
        racks.append(Rack(owner, track, inserts, knobs))
        told += [*doubts, *automated(track), *_left(session, track), *panned]
    master = next((each for each in session.tracks if each.kind == "master"), None)
    master = master or Track("master", "Master", "master")
    inserts, doubts = lift("master", master.devices, names)
    knobs, panned = balanced(master, session.format, [each.insert.id for each in inserts])
    knobs += _master_fader(master, [each.insert.id for each in inserts])
    told += [*doubts, *automated(master), *_switches(master), *panned]
    return Mixer(
        tuple(rack for rack in racks if rack.track.kind != "return"),
        tuple(rack for rack in racks if rack.track.kind == "return"),
        Rack("master", master, inserts, knobs),
        tuple(told),
    )


def names_of(session: Session) -> dict[str, str]:
    """What people call the tracks, by id."""
    return {track.id: track.name for track in session.tracks if track.name}


def _is_rack(session: Session, track: Track, known: Collection[str]) -> bool:
    """Whether a track is a row of its own: it lies in no group, and has something to say."""
    if track.kind == "return":
        return True
    if track.muted and track.name == FINISHED_MASTER:
        return False
    if track.kind in _NO_GROUP or track.kind == "folder" or _group_around(session, track):
        return False
    audio = any(clip.kind == "audio" for clip in track.clips)
    meant = slug(track.name, ()).casefold() in {each.casefold() for each in known}
    return track.kind == "group" or audio or bool(track.devices) or meant


def _group_around(session: Session, track: Track) -> Track | None:
    """The nearest group that a track lies in."""
    known = {each.id: each for each in session.tracks}
    above = known.get(track.parent or "")
    for _ in session.tracks:
        if above is None or above.kind == "group":
            return above
        above = known.get(above.parent or "")
    return None


def stems_in(session: Session, track: Track) -> tuple[Track, ...]:
    """The audio tracks inside a group, however deep; a plain track alone."""
    inside = _inside(session, track)
    return tuple(each for each in inside if each.kind not in ("group", "folder")) or (track,)


def _inside(session: Session, group: Track) -> list[Track]:
    """Every track below `group`, however deep, in the session's order."""
    below = {group.id}
    for _ in session.tracks:
        more = {each.id for each in session.tracks if each.parent in below} - below
        if not more:
            break
        below |= more
    return [each for each in session.tracks if each.id in below and each.id != group.id]


def trim_of(session: Session, track: Track) -> float | None:
    """The one gain that all stems of a group have; None when they have several."""
    inside = [each for each in stems_in(session, track) if each.id != track.id]
    gains = {db(each.gain_db) for each in inside}
    if len(gains) > 1:
        return None
    return db(track.trim_db) + (gains.pop() if gains else 0.0)


def sends_of(track: Track, returns: Mapping[str, str]) -> tuple[tuple[str, float], ...]:
    """The sends a chain can hold: on, and to one of `returns`; each as one after the fader."""
    found = ((send, _send_db(track, send)) for send in track.sends if send.target in returns)
    return tuple((returns[send.target], level) for send, level in found if level is not None)


def _send_db(track: Track, send: Send) -> float | None:
    """What a send that is on comes to after the fader; None where no chain can say it.

    One before the fader is as much louder as the fader is down.
    """
    if not send.enabled or send.muted or send.inverted or send.to_channels:
        return None
    if not send.pre_fader:
        return db(send.gain_db)
    level = send.gain_db - track.gain_db
    return db(level) if _LOWEST_DB <= level <= _HIGHEST_DB else None


def db(gain_db: float) -> float:
    """A fader as a chain writes it: rounded to 0.0001 dB, and never beyond its range."""
    if math.isinf(gain_db):
        return _LOWEST_DB if gain_db < 0 else _HIGHEST_DB
    return round(min(_HIGHEST_DB, max(_LOWEST_DB, gain_db)), _DIGITS) + 0.0


def automated(track: Track) -> Iterator[Diagnostic]:
    """Tell that a track is automated, when it is."""
    lines = [line.target for line in track.automation]
    if lines:
        moved = ", ".join(dict.fromkeys(lines))
        message = f"{track.name} is automated, which a chain does not hold: {moved}"
        yield Diagnostic("warning", "automation_not_lifted", track.name, message)


def _master_fader(master: Track, taken: Collection[str]) -> tuple[Insert, ...]:
    if not db(master.gain_db):
        return ()
    return (Insert(slug("fader", taken), Gain(gain_db=db(master.gain_db))),)


def _switches(track: Track) -> Iterator[Diagnostic]:
    """What is switched on a track and stands in no chain."""
    name = track.name
    if track.muted:
        message = f"{name} is muted in the session; in the chain it sounds"
        yield Diagnostic("warning", "mute_not_lifted", name, message)
    if track.soloed:
        message = f"{name} is soloed in the session; in the chain all tracks sound"
        yield Diagnostic("warning", "solo_not_lifted", name, message)
    if track.inverted:
        message = f"the polarity of {name} is inverted, which a chain does not hold"
        yield Diagnostic("warning", "polarity_not_lifted", name, message)


def _why_no_send(send: Send, to_return: bool) -> str:
    if not to_return:
        return "goes to no return"
    if not send.enabled or send.muted:
        return "is off"
    if send.to_channels:
        return f"feeds a key, on channels {send.to_channels}"
    if send.inverted:
        return "is turned in polarity, which a chain does not hold"
    return "comes before a fader that is closed"


def _left(session: Session, track: Track) -> Iterator[Diagnostic]:
    """What of a row, beside its plugins, a chain cannot say."""
    name = track.name
    names = names_of(session)
    returns = {each.id for each in session.tracks if each.kind == "return"}
    for send in track.sends:
        to = names.get(send.target, send.target)
        level = _send_db(track, send)
        if send.target not in returns or level is None:
            why = _why_no_send(send, send.target in returns)
            message = f"{name}: the send to {to} {why}, and was not lifted"
            yield Diagnostic("warning", "send_not_lifted", name, message)
        elif send.pre_fader:
            message = (
                f"{name}: the send to {to} comes before the fader; at {level:.2f} dB after it, it "
                "sounds the same until the fader is moved"
            )
            yield Diagnostic("note", "send_after_fader", name, message)
    yield from _switches(track)
    busy = [each.name for each in _inside(session, track) if each.devices]
    if busy:
        message = f"the plugins on {', '.join(busy)}, inside {name}, were not lifted: bounce them"
        yield Diagnostic("warning", "nested_inserts_not_lifted", name, message)
    if trim_of(session, track) is None:
        message = f"the faders inside {name} stand differently, which a chain does not hold"
        yield Diagnostic("warning", "stem_gains_not_lifted", name, message)
