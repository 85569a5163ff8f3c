"""What moves a REAPER project's sound and is not read: told, never passed over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sessions.formats.reaper.codes import TRIM_READ
from sessions.formats.reaper.text import Block, Line, integer, is_number, name_of, number
from sessions.formats.shared.remarks import Tally
from stemwright.problems import Severity

TEXTS: dict[str, tuple[Severity, str]] = {
    "project_play_rate": (
        "warning",
        "the project plays at another rate than 1, which is not read: set it to 1 and save anew",
    ),
    "enclosed_items": (
        "warning",
        "items of {count} tracks lie inside others; the project may play the inner ones alone, and"
        " they are read as mixed (Project Settings > Media, Items always mix): {places}",
    ),
    "playback_offsets": (
        "warning",
        "{count} tracks play their media earlier or later than it stands; that is not read:"
        " {places}",
    ),
    "vca_followers": (
        "warning",
        "{count} tracks follow a VCA, whose fader is not read into theirs: {places}",
    ),
    "parent_channels": (
        "warning",
        "{count} tracks feed other channels of their folder or master than 1/2, read as 1/2:"
        " {places}",
    ),
    "automation_items": (
        "warning",
        "automation items move {count} tracks, and are not read: glue them to their envelopes, or"
        " render the tracks, and save anew: {places}",
    ),
    "trimmed_pans": (
        "warning",
        "the pans or widths of {count} tracks stand on top of their envelopes (Trim/Read), and are"
        " read as the envelopes alone: {places}",
    ),
    "unread_envelopes": (
        "warning",
        "envelopes of dual pans move {count} tracks, and are not read: {places}",
    ),
    "frozen_tracks": ("note", "{count} tracks are frozen, and read as frozen: {places}"),
    "unreadable_numbers": (
        "warning",
        "values that are no finite number are read as if they were not there ({count}): {places}",
    ),
    "duplicate_ids": (
        "warning",
        "tracks that carry the GUID of a track before them get another id ({count}): {places}",
    ),
}
# Which words of which lines are numbers that move sound or time.
_NUMBERS = {
    "POSITION": (1,),
    "LENGTH": (1,),
    "SOFFS": (1,),
    "STARTPOS": (1,),
    "FADEIN": (2, 3),
    "FADEOUT": (2, 3),
    "VOLPAN": (1, 2, 3),
    "TAKEVOLPAN": (1, 2),
    "PLAYRATE": (1, 3),
    "AUXRECV": (1, 3, 4),
    "PT": (1, 2),
    "TEMPO": (1, 2, 3),
    "MARKER": (2,),
    "MASTER_VOLUME": (1, 2),
}
_BESIDE = ("TRACK", "ITEM")
_ACTIVE, _BYPASSED = 1, 1
_VCA_FOLLOW = 22
_GROUPS = ("GROUP_FLAGS", "GROUP_FLAGS_HIGH")
_DUAL_PANS = ("DUALPANENV", "DUALPANENV2", "DUALPANENVL", "DUALPANENVL2")
_ALWAYS_MIX, _FIXED_LANES = 1, 2


def tell_project(project: Block, tally: Tally) -> list[tuple[str, ...]]:
    """Remark what the project as a whole does to time and to items that overlap.

    Gives back the codes of every track, in order, and then of the master.
    """
    rate = ("project_play_rate",) if _plays_at_another_rate(project) else ()
    tally.add("project_play_rate", "PLAYRATE", len(rate))
    mixes = integer(project.line("ITEMMIX"), 1, _ALWAYS_MIX) == _ALWAYS_MIX
    codes: list[tuple[str, ...]] = []
    for track in project.blocks("TRACK"):
        odd = not mixes and _encloses(list(track.blocks("ITEM"))) and not _has_lanes(track)
        tally.add("enclosed_items", name_of(track), int(odd))
        codes.append(("enclosed_items", *rate) if odd else rate)
    return [*codes, rate]


def _plays_at_another_rate(project: Block) -> bool:
    line = project.block("MASTERPLAYSPEEDENV")
    played = line is not None and integer(line.line("ACT"), 1) == _ACTIVE
    moved = any(number(words, 2, 1.0) != 1.0 for words in line.lines("PT")) if line else False
    return number(project.line("PLAYRATE"), 1, 1.0) != 1.0 or (played and moved)


def _has_lanes(track: Block) -> bool:
    return integer(track.line("FREEMODE"), 1) == _FIXED_LANES


def _encloses(items: Sequence[Block]) -> bool:
    """Tell whether one of the items that sound lies inside another."""
    spans = []
    for item in items:
        start_s = number(item.line("POSITION"), 1)
        if not integer(item.line("MUTE"), 1):
            spans.append((start_s, -(start_s + number(item.line("LENGTH"), 1))))
    furthest_s = 0.0
    for start_s, end_s in sorted(spans):
        if furthest_s > start_s and -end_s <= furthest_s:
            return True
        furthest_s = max(furthest_s, -end_s)
    return False


def tell_numbers(block: Block, tally: Tally, name: str = "") -> bool:
    """Remark numbers of a project, a track or an item that are no finite numbers, each with its
    line, and say whether there are any; tracks and items inside are told by themselves."""
    unreadable = list(_unreadable(block))
    for line in unreadable:
        tally.add("unreadable_numbers", f"{name}: {line.text}" if name else line.text)
    return bool(unreadable)


def _unreadable(block: Block) -> Iterator[Line]:
    for each in block.inside:
        if isinstance(each, Block):
            if each.tag not in _BESIDE:
                yield from _unreadable(each)
        elif at := _NUMBERS.get(each.text.partition(" ")[0]):
            yield from () if _all_numbers(each, at) else (each,)


def _all_numbers(line: Line, at: Sequence[int]) -> bool:
    words = line.words
    return all(is_number(words[place]) for place in at if place < len(words))


def tell_track(track: Block, name: str, tally: Tally) -> tuple[str, ...]:
    """Remark what a track's lines do to its sound beyond what is read, and return the codes."""
    offset, parent = track.line("PLAYOFFS"), track.line("MAINSEND")
    followed = (integer(track.line(tag), _VCA_FOLLOW) for tag in _GROUPS)
    found = {
        "playback_offsets": number(offset, 1) and not integer(offset, 2) & _BYPASSED,
        "vca_followers": any(followed),
        "parent_channels": integer(parent, 1, 1) and integer(parent, 2),
        "automation_items": has_automation_items(track),
        "trimmed_pans": _trims_pan(track),
        "unread_envelopes": any(_is_on(each) for each in track.blocks(*_DUAL_PANS)),
    }
    codes = tuple(code for code, so in found.items() if so)
    for code in codes:
        tally.add(code, name)
    if track.block("FREEZE") is not None:
        tally.add("frozen_tracks", name)
    return (*codes, "unreadable_numbers") if tell_numbers(track, tally, name) else codes


def _trims_pan(track: Block) -> bool:
    """Whether pan or width, off where they do nothing, and a line of theirs are both heard."""
    fader = track.line("VOLPAN")
    off = {"PANENV2": number(fader, 2) != 0.0, "WIDTHENV2": number(fader, 5, 1.0) != 1.0}
    moved = {each.tag for each in track.blocks(*off) if _is_on(each) and any(each.lines("PT"))}
    return integer(track.line("AUTOMODE"), 1) == TRIM_READ and any(off[tag] for tag in moved)


def has_automation_items(block: Block) -> bool:
    """Whether an envelope of a track or its plugins, or of the project's master, holds one."""
    return any(
        (_is_on(each) and any(each.lines("POOLEDENVINST"))) or has_automation_items(each)
        for each in block.inside
        if isinstance(each, Block) and each.tag not in ("TRACK", "ITEM")
    )


def _is_on(envelope: Block) -> bool:
    return integer(envelope.line("ACT"), 1, 1) != 0
