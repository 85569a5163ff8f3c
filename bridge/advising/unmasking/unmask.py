"""A song's groups heard together, cuts chosen, and heard again through what will make them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

import numpy as np

from bridge.advising.unmasking.auditory_bands import CENTRES_HZ, Powers, through_ear
from bridge.advising.unmasking.choosing import LEAST_DB, LEAST_GAIN_PHON, Group, chosen, turn_down
from bridge.advising.unmasking.cuts import (
    PREFIX,
    BandHeard,
    Cut,
    FreeingCut,
    GroupEffect,
    HiddenBand,
    Unmasking,
)
from bridge.advising.unmasking.hearing import Frames, HeardBands, heard_bands
from bridge.advising.unmasking.loudness_levels import phon_between
from bridge.advising.unmasking.scene import (
    REGIONS,
    hidden_frames,
    partial_of,
    playback_factor,
)
from bridge.advising.unmasking.still_hidden import still_hidden
from bridge.audio import Block
from bridge.gathering import Signal, ridden_blocks
from bridge.planning import Lane, NativeStep
from bridge.processing import build, build_keyed, run, run_keyed
from chains import Bell, DynamicEq, Eq
from stemwright.decibels import power_db
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

_HIDDEN_LEFT = 0.5
_MOST_MOVE = 1.0
"""In LU and in phon, what a group that is cut may lose over all."""
_SHALLOWER = 0.75
_SILENCE = 1e-12
_GAP_S, _MOST_TIMES = 2.0, 6
_LEAD_ROLES = ("vocals/lead", "vocals")


@dataclass(frozen=True)
class PlayedGroup:
    """A lane and what comes out of its inserts, before rides and fader."""

    lane: Lane
    signal: Signal


@dataclass(frozen=True)
class _Heard:
    """All groups behind their faders."""

    bands: tuple[HeardBands, ...]
    partial: Powers
    alone: Powers

    @property
    def powers(self) -> list[Frames]:
        return [each.powers for each in self.bands]


def unmasked(
    groups: Sequence[PlayedGroup],
    rate_hz: int,
    *,
    leads: Sequence[str] = (),
    only: Sequence[str] = (),
    stage: Callable[[str], object] = lambda _: None,
) -> Unmasking:
    """Cuts that free groups of each other, none in a lead, and what they do.

    Without `leads` those with a lead voice are, or with any. `only` are ids of the cuts that there
    are without it. What they do is measured on the groups run through them. Raises InputError
    `unknown_group`, `unknown_cut`.
    """
    named = _leads(groups, leads)
    stage("groups")
    bands = _as_long([_heard_of(each, each.signal.blocks, rate_hz) for each in groups])
    factor = playback_factor([each.powers for each in bands])
    before = _Heard(bands, *partial_of([each.powers for each in bands], factor))
    stage("cuts")
    known = [_known(*each, named) for each in zip(groups, bands, strict=True)]
    cuts = chosen(known, factor) if factor else ()
    stage("what they do")
    spent = _spent(known, before, factor)
    cuts, after = _bounded(groups, before, cuts, spent, factor, rate_hz, keep=False)
    if only:
        asked = _only(cuts, only)
        cuts, after = _bounded(groups, before, asked, spent, factor, rate_hz, keep=True)
    names = [each.lane.id for each in groups]
    left = still_hidden(names, named, cuts, after.powers, factor, after.partial, after.alone)
    return Unmasking(
        _freed(groups, before, after, cuts, factor, song_frames(groups, rate_hz) / rate_hz),
        tuple(_effect(each, n, named, before, after) for n, each in enumerate(groups)),
        (*_remarks(groups, named, before), *_told(left)),
        left,
    )


def song_frames(groups: Sequence[PlayedGroup], rate_hz: int) -> int:
    """How long the song is: until the longest stem ends, without the room that tails have."""
    return max((stem.frames_at(rate_hz) for each in groups for stem in each.lane.stems), default=0)


def treated(
    groups: Mapping[str, PlayedGroup], cuts: Sequence[Cut], name: str, rate_hz: int
) -> Callable[[], Iterator[Block]]:
    """A group's stream through its cuts, in their order; a key is heard through its own."""

    def blocks() -> Iterator[Block]:
        stream: Iterator[Block] = iter(groups[name].signal.blocks())
        for cut in cuts:
            if cut.group != name:
                continue
            settings: Eq | DynamicEq = cut.settings
            if cut.threshold_db is None:
                stream = run([build(settings, rate_hz)], stream)
            else:
                key = treated(groups, cuts, cut.frees, rate_hz)()
                stream = run_keyed(build_keyed(settings, rate_hz), stream, key)
        return stream

    return blocks


def _leads(groups: Sequence[PlayedGroup], wanted: Sequence[str]) -> frozenset[str]:
    known = [each.lane.id for each in groups]
    for name in wanted:
        if name not in known:
            said = f"there is no group {name} that could lead"
            expected = f"one of {', '.join(known)}"
            raise InputError(Problem("unknown_group", said, expected=expected))
    if wanted:
        return frozenset(wanted)
    for role in _LEAD_ROLES:
        found = [
            each.lane.id
            for each in groups
            if any(
                stem.role == role or stem.role.startswith(f"{role}/") for stem in each.lane.stems
            )
        ]
        if found:
            return frozenset(found)
    return frozenset()


def _known(group: PlayedGroup, heard: HeardBands, leads: frozenset[str]) -> Group:
    lane = group.lane
    return Group(
        lane.id, heard.powers, lane.fader_db, lane.id in leads, lane.keys, tuple(_cuts_in(lane))
    )


def _cuts_in(lane: Lane) -> Iterator[Cut]:
    """Those that were applied before; of a band that stands still nobody knows whom it frees."""
    for step in lane.steps:
        for insert in step.inserts if isinstance(step, NativeStep) else ():
            if not insert.id.startswith(PREFIX):
                continue
            if isinstance(insert.settings, Eq):
                for bell in insert.settings.bands:
                    if isinstance(bell, Bell):
                        yield Cut(lane.id, "", bell.hz, bell.q, -bell.gain_db)
            elif isinstance(insert.settings, DynamicEq) and insert.key is not None:
                for each in insert.settings.bands:
                    depth_db = each.max_cut_db or 0.0
                    yield Cut(lane.id, insert.key, each.hz, each.q, depth_db, each.threshold_db)


def _spent(groups: Sequence[Group], before: _Heard, factor: float) -> Powers:
    """(groups, 2): the level in dB and the phon that each has lost to cuts it has already."""
    spent, names = np.zeros((len(groups), 2)), [each.id for each in groups]
    if not any(each.cuts for each in groups):
        return spent
    uncut = before.powers
    for each in groups:
        for cut in each.cuts:
            if cut.threshold_db is None or cut.frees in names:
                turn_down(uncut, names, replace(cut, depth_db=-cut.depth_db))
    partial, _ = partial_of(uncut, factor)
    for number, (now, then) in enumerate(zip(before.powers, uncut, strict=True)):
        powers = [float((each.sum(axis=(0, 1)) * through_ear()).sum()) for each in (then, now)]
        if powers[1] > 0.0:
            lost = phon_between(partial[number].sum(), before.partial[number].sum())
            spent[number] = power_db(powers[1] / powers[0]), lost
    return spent


def _heard_of(
    group: PlayedGroup, blocks: Callable[[], Iterator[Block]], rate_hz: int
) -> HeardBands:
    ridden = ridden_blocks(blocks(), group.lane.rides, rate_hz, 0)
    return heard_bands((group.lane.fader * block for block in ridden), rate_hz)


def _as_long(bands: Sequence[HeardBands]) -> tuple[HeardBands, ...]:
    """All until the last frame in which any sounds: the room that is left for tails is no song."""
    ends = [
        int(np.flatnonzero(each.powers.max(axis=(1, 2)) > _SILENCE)[-1:].sum()) for each in bands
    ]
    longest = max(ends, default=0) + 1
    return tuple(
        replace(
            each,
            powers=np.pad(
                each.powers[:longest],
                ((0, max(0, longest - len(each.powers))), (0, 0), (0, 0)),
            ),
        )
        for each in bands
    )


def _only(cuts: Sequence[Cut], only: Sequence[str]) -> tuple[Cut, ...]:
    known = [each.id for each in cuts]
    for name in only:
        if name not in known:
            said = f"no cut {name} is proposed"
            expected = f"of {', '.join(known)}" if known else "none: there is nothing to cut"
            hint = "the same without --only lists them"
            raise InputError(Problem("unknown_cut", said, expected=expected, hint=hint))
    return tuple(each for each in cuts if each.id in only)


def _bounded(
    groups: Sequence[PlayedGroup],
    before: _Heard,
    cuts: tuple[Cut, ...],
    spent: Powers,
    factor: float,
    rate_hz: int,
    *,
    keep: bool,
) -> tuple[tuple[Cut, ...], _Heard]:
    """The cuts without those that free little, shallower where a group would lose too much."""
    while True:
        after = _through(groups, before, cuts, factor, rate_hz)
        weak = [each for each in cuts if _gain_phon(groups, before, after, each) < LEAST_GAIN_PHON]
        if weak and not keep:
            cuts = tuple(each for each in cuts if each not in weak)
            continue
        heavy = [
            each.lane.id
            for n, each in enumerate(groups)
            if _loses_too_much(n, before, after, spent[n])
        ]
        alone = {each.lane.id for n, each in enumerate(groups) if keep or not spent[n].any()}
        eased = tuple(_eased(cuts, heavy, alone, keep=keep))
        if eased == cuts:
            return cuts, after
        cuts = eased


def _eased(
    cuts: Sequence[Cut], heavy: Sequence[str], alone: Set[str], *, keep: bool
) -> Iterator[Cut]:
    """Of a group that loses too much all but the last cut that was chosen.

    The only one of a group among `alone` is shallower instead, and all where all are to be kept.
    """
    for number, cut in enumerate(cuts):
        own = [n for n, each in enumerate(cuts) if each.group == cut.group]
        if cut.group not in heavy or (number != own[-1] and not keep):
            yield cut
        elif keep or (len(own) == 1 and cut.group in alone):
            yield _shallower(cut)


def _shallower(cut: Cut) -> Cut:
    depth_db = max(LEAST_DB, round(2.0 * _SHALLOWER * cut.depth_db) / 2.0)
    return replace(cut, depth_db=depth_db)


def _loses_too_much(number: int, before: _Heard, after: _Heard, spent: Powers) -> bool:
    changes = (each or 0.0 for each in _changes(number, before, after))
    return any(new + old < -_MOST_MOVE for new, old in zip(changes, spent, strict=True))


def _through(
    groups: Sequence[PlayedGroup],
    before: _Heard,
    cuts: Sequence[Cut],
    factor: float,
    rate_hz: int,
) -> _Heard:
    if not cuts:
        return before
    named = {each.lane.id: each for each in groups}
    changed = {each.group for each in cuts}
    bands = _as_long([
        _heard_of(each, treated(named, cuts, each.lane.id, rate_hz), rate_hz)
        if each.lane.id in changed
        else old
        for each, old in zip(groups, before.bands, strict=True)
    ])  # fmt: skip
    return _Heard(bands, *partial_of([each.powers for each in bands], factor))


def _gain_phon(groups: Sequence[PlayedGroup], before: _Heard, after: _Heard, cut: Cut) -> float:
    number, inside = _place(groups, cut)
    was = float(before.partial[number][REGIONS[inside]].sum())
    now = float(after.partial[number][REGIONS[inside]].sum())
    return phon_between(was, now)


def _place(groups: Sequence[PlayedGroup], cut: Cut) -> tuple[int, int]:
    """The number of the freed group, and of the band."""
    number = [each.lane.id for each in groups].index(cut.frees)
    return number, int(np.abs(CENTRES_HZ - cut.hz).argmin())


def _freed(
    groups: Sequence[PlayedGroup],
    before: _Heard,
    after: _Heard,
    cuts: Sequence[Cut],
    factor: float,
    song_s: float,
) -> tuple[FreeingCut, ...]:
    if not cuts:
        return ()
    places = [_place(groups, each) for each in cuts]
    found = hidden_frames(before.powers, factor, places, _HIDDEN_LEFT)
    made = []
    for cut, (number, band), (sounds, hidden) in zip(cuts, places, found, strict=True):
        inside = REGIONS[band]
        alone, left = (float(of[number][inside].sum()) for of in (before.alone, before.partial))
        made.append(
            FreeingCut(
                cut,
                round(phon_between(left, alone), 1),
                round(_gain_phon(groups, before, after, cut), 2),
                round(float(hidden.sum()) / max(1.0, float(sounds.sum())), 3),
                _stretches(hidden, before.bands[0].hop_s, song_s),
            )
        )
    return tuple(made)


def _stretches(hidden: Powers, hop_s: float, song_s: float) -> tuple[tuple[float, float], ...]:
    """The longest ones, in the order of the song; what pauses no longer than two seconds is one."""
    frames = np.flatnonzero(hidden)
    if not len(frames):
        return ()
    breaks = np.flatnonzero(np.diff(frames) * hop_s > _GAP_S) + 1
    runs = [(each[0] * hop_s, (each[-1] + 1) * hop_s) for each in np.split(frames, breaks)]
    longest = sorted(runs, key=lambda each: (each[0] - each[1], each[0]))[:_MOST_TIMES]
    ends = ((min(a, song_s), min(b, song_s)) for a, b in sorted(longest))
    return tuple((round(float(a), 1), round(float(b), 1)) for a, b in ends if a < b)


def _changes(number: int, before: _Heard, after: _Heard) -> tuple[float | None, float | None]:
    """Of a group's loudness in LU, and of its partial loudness level in phon; None for silence."""
    was, now = before.bands[number].lufs, after.bands[number].lufs
    left, then = (float(each.partial[number].sum()) for each in (before, after))
    level = None if was is None or now is None else now - was
    return level, phon_between(left, then) if left > 0.0 else None


def _effect(
    group: PlayedGroup, number: int, leads: frozenset[str], before: _Heard, after: _Heard
) -> GroupEffect:
    level, audible = _changes(number, before, after)
    left, alone = (float(each[number].sum()) for each in (before.partial, before.alone))
    hidden = phon_between(left, alone) if left > 0.0 else None
    hidden, level, audible = (
        None if each is None else round(each, 2) + 0.0 for each in (hidden, level, audible)
    )
    bands = tuple(
        BandHeard(*(round(float(each), 5) for each in row))
        for row in zip(CENTRES_HZ, before.partial[number], before.alone[number], strict=True)
    )
    return GroupEffect(group.lane.id, group.lane.id in leads, hidden, level, audible, bands)


def _told(left: Sequence[HiddenBand]) -> Iterator[str]:
    yield from (each.told for each in left)
    if left:
        yield "no (deeper) cut can be spared there: faders, or another part, would free them"


def _remarks(groups: Sequence[PlayedGroup], leads: frozenset[str], before: _Heard) -> Iterator[str]:
    silent = [
        each.lane.id
        for each, heard in zip(groups, before.bands, strict=True)
        if not heard.powers.any()
    ]
    if len(groups) - len(silent) < 2:
        yield "fewer than two groups sound: nothing hides anything"
    yield from (f"{name} is silent" for name in silent)
    if not leads:
        yield "no group is known to lead: --lead GROUP names one, which is then cut nowhere"
