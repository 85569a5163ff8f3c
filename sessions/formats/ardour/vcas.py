"""What an Ardour session's VCAs do to the faders that they were given."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from lxml import etree

from sessions.formats.ardour.values import PLAYED, Clock, automation_list
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import children, flag, named, number
from sessions.model.session import Automation, Track
from stemwright.decibels import amplitude_db
from stemwright.values import dataclass

_DEEPEST_VCA = 8


def with_vcas(
    root: etree._Element, found: tuple[Track, ...], clock: Clock, tally: Tally
) -> tuple[Track, ...]:
    """The tracks with their VCAs' gain, lines and mute in their own, and the VCAs themselves."""
    vcas = {node.get("number", ""): node for node in root.iterfind("VCAManager/VCA")}
    if not vcas:
        return found
    lines = {own: line for own, node in vcas.items() if (line := _vca_line(own, node, clock))}
    routes = {node.get("id", ""): node for node in root.iterfind("Routes/Route")}
    names = {node.get("name", ""): node for node in routes.values()}
    made, known = [], dict[tuple[str, int], _Moved]()
    for track in found:
        node = routes.get(track.id, names.get(track.name))
        moved = _Moved() if node is None else _vca(node, vcas, lines, known)
        if moved != _Moved():
            tally.add("vca_gain", track.name)
        made.append(_moved_by(track, moved, lines))
        for own in (own for own, times in moved.lines.items() if times > 1):
            tally.add("vca_lines", vcas[own].get("name", ""))
    for node in vcas.values():
        played = [each for each in _automation_lists(node) if each.get("state") in PLAYED]
        if any(each.get("automation-id") != "gain" for each in played):
            tally.add("vca_lines", node.get("name", ""))
    return (*made, *(_vca_track(number_, node) for number_, node in vcas.items()))


@dataclass(frozen=True)
class _Moved:
    """What VCAs do to a fader: in dB, by lines of VCAs (how often each), and whether they mute."""

    gain_db: float = 0.0
    muted: bool = False
    lines: Counter[str] = field(default_factory=Counter)


def _moved_by(track: Track, moved: _Moved, lines: Mapping[str, Automation]) -> Track:
    own = (
        replace(line, plus_db=moved.gain_db) if line.target == "gain_db" else line
        for line in track.automation
    )
    return replace(
        track,
        gain_db=track.gain_db + moved.gain_db,
        muted=track.muted or moved.muted,
        automation=(*own, *(lines[each] for each in moved.lines)),
    )


def _automation_lists(vca: etree._Element) -> Iterator[etree._Element]:
    return vca.iterfind("Automation/AutomationList")


def _vca_line(own: str, vca: etree._Element, clock: Clock) -> Automation | None:
    """The line of a VCA's fader, if it is played, over where it stands in its tracks' faders."""
    line = clock.automation(automation_list(vca, "gain"), f"vca_gain_db:vca-{own}", "linear")
    return None if line is None else replace(line, plus_db=-_standing_db(vca))


def _vca(
    node: etree._Element,
    vcas: Mapping[str, etree._Element],
    lines: Mapping[str, Automation],
    known: dict[tuple[str, int], _Moved],
    depth: int = 0,
) -> _Moved:
    """What a route or VCA has from its VCAs; each is counted once a depth."""
    gain_db, muted, moving = 0.0, False, Counter[str]()
    for each in node.iterfind("Slavable/Master"):
        own = each.get("number", "")
        vca = vcas.get(own)
        if vca is not None and depth < _DEEPEST_VCA:
            if (own, depth) not in known:
                known[own, depth] = _vca(vca, vcas, lines, known, depth + 1)
            above = known[own, depth]
            stands_db = _standing_db(vca) if own in lines else _vca_gain_db(vca)
            gain_db += stands_db + above.gain_db - _assigned_db(node, vca)
            muted = muted or above.muted or _vca_muted(vca)
            moving += above.lines + Counter([own] if own in lines else [])
    return _Moved(gain_db, muted, moving)


def _vca_faders(vca: etree._Element) -> Iterator[etree._Element]:
    return (each for each in children(vca, "Controllable") if "GainLike" in each.get("flags", ""))


def _vca_gain_db(vca: etree._Element) -> float:
    gains = (number(each, "value", 1.0) for each in _vca_faders(vca))
    return amplitude_db(abs(next(gains, 1.0)))


def _standing_db(vca: etree._Element) -> float:
    """Where a VCA that a line moves stands; one that is down counts as up, for the line over it."""
    level_db = _vca_gain_db(vca)
    return level_db if math.isfinite(level_db) else 0.0


def _assigned_db(node: etree._Element, vca: etree._Element) -> float:
    """Where the VCA stood when it was given the fader, which only what it moves since then moves.

    slavable_automation_control.h: master_ratio; a VCA that stood at 0 keeps the fader silent.
    """
    ids = {each.get("id") for each in _vca_faders(vca)}
    given = (each for each in node.iterfind(".//masters/master") if each.get("id") in ids)
    stood = number(next(given, None), "val-master", 1.0)
    return amplitude_db(abs(stood)) if stood else math.inf


def _vca_muted(vca: etree._Element) -> bool:
    return flag(vca, "muted") or number(named(vca, "Controllable", "mute"), "value") > 0


def _vca_track(own: str, vca: etree._Element) -> Track:
    return Track(
        id=f"vca-{own}",
        name=vca.get("name", ""),
        kind="vca",
        channels=1,
        gain_db=_vca_gain_db(vca),
        muted=_vca_muted(vca),
        output=None,
    )
