"""Making a starter chain: listen to the groups, set their strips, hear the sum, set the master."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bridge.advising.starting.chain_text import chain_text
from bridge.advising.starting.group_strips import group_strip
from bridge.advising.starting.grouping import StarterGroup, starter_groups
from bridge.advising.starting.listening import Listened, listened, listened_over_offset
from bridge.advising.starting.master_strip import Wanted, master_strip
from bridge.advising.starting.references import Reference
from bridge.advising.starting.returns import with_returns
from bridge.advising.starting.strips import Setting, Strip
from bridge.advising.starting.trials import Trial, Trials, heard_blocks
from bridge.comparing import ToneDistance, tone_distance, tone_of
from bridge.gathering import gather, link
from bridge.planning import Stem
from bridge.rendering import MUCH_LIMITING_DB, context_of, lane_source
from chains import loads
from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.values import dataclass
from stemwright.words import printable

CEILING_DBTP = -1.0
LEAST_LUFS = -40.0
"""No chain asks for less."""

_USUAL_LUFS = -14.0
_QUIETEST_LUFS, _LOUDEST_LUFS = -18.0, -8.0
_VERY_QUIET_DBFS = -60.0
_SHORTEST_S = 0.4
"""One block of a loudness: ITU-R BS.1770, annex 1."""

_EASINGS = 4
_STEP_LU = 0.1


@dataclass(frozen=True)
class Loudness:
    """What a master is driven to, and why; `fixed` where somebody asked for it.

    `aim` and `aim_lufs` are what it would have had, were it not for the limiter.
    """

    lufs: float
    why: str
    aim: str
    aim_lufs: float
    fixed: bool = False

    def eased(self, lufs: float, limited_db: float) -> Loudness:
        """A quieter one, because this would limit by so much."""
        quieter = replace(self, lufs=max(lufs, LEAST_LUFS))
        return replace(
            quieter,
            why=f"{quieter.off}: {self.lufs:g} would limit by up to {limited_db:.1f} dB",
        )

    @property
    def off(self) -> str:
        """How far it is from the aim, in words."""
        side = "under" if self.lufs < self.aim_lufs else "over"
        return f"{abs(self.lufs - self.aim_lufs):.1f} LU {side} {self.aim}"


@dataclass(frozen=True)
class Starter:
    """A starter chain with what its first render measures.

    `said` is that in words. `before` is how far the plain sum of the stems lies from the reference,
    `after` the master.
    """

    text: str
    said: tuple[str, ...]
    groups: tuple[StarterGroup, ...]
    measures: Mapping[str, Any]
    reached: bool
    limited_db: float
    before: ToneDistance | None = None
    after: ToneDistance | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What `new --json` prints, but for the file."""
        return {
            "text": self.text,
            "groups": [
                {"id": group.id, "stems": [stem.id for stem in group.taken]}
                for group in self.groups
            ],
            "first_render": {
                "measures": dict(self.measures),
                "reached": self.reached,
                "limited_db": round(self.limited_db, 2),
            },
            "distance_before": None if self.before is None else self.before.as_json(),
            "distance_after": None if self.after is None else self.after.as_json(),
            "diagnostics": [said.as_json() for said in self.diagnostics],
        }


def starter(
    trials: Trials, name: str, reference: Reference | None, target_lufs: float | None
) -> Starter:
    """Make a chain for one song's stems: its text, which its first render stands behind.

    Raises InputError as `bridge.gathering.gather` does, `short_song` and `silent_song`, and what a
    render raises.
    """
    with trials.store.holding():
        return _Making(trials, name, reference, _loudness(reference, target_lufs)).made()


def _loudness(reference: Reference | None, target_lufs: float | None) -> Loudness:
    if reference is None:
        lufs, why = _USUAL_LUFS, "what most streaming services play at"
        usual = Loudness(lufs, why, f"the {lufs:g} LUFS that most services play at", lufs)
        if target_lufs is None:
            return usual
        return replace(usual, lufs=target_lufs, why="as asked for", fixed=True)
    own = reference.integrated_lufs
    has = f"{reference.name} has {own:.1f} LUFS"
    like = Loudness(round(2.0 * own) / 2.0, has, f"{reference.name}'s {own:.1f} LUFS", own)
    if target_lufs is not None:
        asked = replace(like, lufs=target_lufs, fixed=True)
        return replace(asked, why=f"as asked for, {asked.off}")
    near = replace(like, lufs=max(_QUIETEST_LUFS, min(_LOUDEST_LUFS, like.lufs)))
    if near == like:
        return like
    word = "louder" if near.lufs < like.lufs else "quieter"
    return replace(near, why=f"{near.off}: a first master is made no {word}")


@dataclass(frozen=True)
class _Making:
    """One song's chain while it is made."""

    trials: Trials
    name: str
    reference: Reference | None
    loudness: Loudness

    def made(self) -> Starter:
        trials = self.trials
        trials.events.stage("listening")
        stems = gather(trials.session, trials.store, trials.jobs).stems
        _refuse_short(stems)
        groups = starter_groups(stems)
        heard, before = self._heard(groups)
        own = [group_strip(group, heard[group.id]) for group in groups]
        strips = with_returns(own, groups, heard)
        first = trials.of(chain_text(self.name, strips), bare=True)
        strips = tuple(_with_makeup(strip, first) for strip in strips)
        bare = trials.of(chain_text(self.name, strips), bare=True)
        mastering = _Mastering(
            self, strips, listened(heard_blocks(bare), bare.rate_hz), bare.rate_hz
        )
        best = mastering.best()
        said = (*_said(best, before, self.reference), *_very_quiet(groups, heard))
        return Starter(
            text=mastering.text(best.wanted, best.loudness, said),
            said=said,
            groups=groups,
            measures=best.trial.measures,
            reached=best.trial.rendering.reached,
            limited_db=best.trial.limited_db,
            before=before,
            after=best.distance,
            diagnostics=best.trial.rendering.diagnostics,
        )

    def _heard(
        self, groups: Sequence[StarterGroup]
    ) -> tuple[Mapping[str, Listened], ToneDistance | None]:
        """What each group measures, and how far the plain sum of all stems is from the reference.

        Raises InputError `silent_song`.
        """
        trials, reference = self.trials, self.reference
        strips = [Strip("group", each.id, (Setting("stems", each.stems),)) for each in groups]
        bare = loads(chain_text(self.name, strips))
        plan = link(trials.session, bare, trials.store, jobs=trials.jobs)
        rate_hz = plan.engine.sample_rate_hz
        context = context_of(plan, trials.store, events=trials.events, jobs=trials.jobs)
        heard = {
            lane.id: listened_over_offset(lane_source(context, lane).blocks, rate_hz)
            for lane in plan.lanes
        }
        if all(each.peak_dbfs is None for each in heard.values()):
            raise InputError(_silent())
        if reference is None:
            return heard, None
        stems = tuple(stem for lane in plan.lanes for stem in lane.stems)
        whole = lane_source(context, replace(plan.lanes[0], stems=stems))
        return heard, tone_distance(tone_of(whole.blocks(), rate_hz), reference.tone)


@dataclass(frozen=True)
class _Tried:
    """A master as it was heard: what was wanted of its tone, and how near it came."""

    wanted: Wanted | None
    loudness: Loudness
    trial: Trial
    distance: ToneDistance | None

    @property
    def off_db(self) -> float:
        """Mid and side in one figure, to choose by."""
        if self.distance is None:
            return 0.0
        return math.hypot(self.distance.mid_db or 0.0, self.distance.side_db or 0.0)


@dataclass(frozen=True)
class _Mastering:
    """The strips stand; the master's own is set by hearing it."""

    making: _Making
    strips: tuple[Strip, ...]
    bus: Listened
    rate_hz: int

    def best(self) -> _Tried:
        """Bring the tone to the reference, each as loud as the limiter lets it be unheard."""
        tried = self._eased(None)
        if tried.distance is None:
            return tried
        toned = self._eased(Wanted.of(tried.distance))
        return min(tried, toned, key=lambda each: each.off_db)

    def _eased(self, wanted: Wanted | None) -> _Tried:
        """The loudest that is limited by `MUCH_LIMITING_DB` at most, as loud as is aimed at."""
        aim = self.making.loudness
        at_aim = tried = self._tried(wanted, aim)
        if aim.fixed or _deep_db(at_aim) <= 0.0:
            return at_aim
        lufs = self._bearable_lufs(at_aim)
        for again in range(_EASINGS):
            tried = self._tried(wanted, aim.eased(lufs, at_aim.trial.limited_db))
            if _deep_db(tried) <= 0.0 or tried.loudness.lufs <= LEAST_LUFS:
                break
            lufs = _stepped(lufs - _STEP_LU * 2**again)
        return tried

    def _bearable_lufs(self, deep: _Tried) -> float:
        """How loud it may be, from one that is limited too far.

        The deepest that a limiter takes off grows as the drive does, dB for dB: how loud the drive
        is that takes off just enough tells a render at that drive.
        """
        drive_db = deep.trial.rendering.drive_db - _deep_db(deep)
        text = self.text(deep.wanted, deep.loudness)
        found = self.making.trials.of(text, drive_db=drive_db).measures["integrated_lufs"]
        quieter = _stepped(deep.loudness.lufs - _STEP_LU)
        return quieter if found is None else min(quieter, _stepped(found))

    def _tried(self, wanted: Wanted | None, loudness: Loudness) -> _Tried:
        trial = self.making.trials.of(self.text(wanted, loudness))
        reference = self.making.reference
        if reference is None:
            return _Tried(wanted, loudness, trial, None)
        tone = tone_of(heard_blocks(trial), trial.rate_hz)
        return _Tried(wanted, loudness, trial, tone_distance(tone, reference.tone))

    def text(self, wanted: Wanted | None, loudness: Loudness, said: Sequence[str] = ()) -> str:
        """The chain with such a tone and such a loudness."""
        making = self.making
        near = "" if making.reference is None else making.reference.name
        master = master_strip(self.bus, wanted, self.rate_hz, near)
        target = (
            Setting("integrated_lufs", loudness.lufs, loudness.why),
            Setting("true_peak_dbtp", CEILING_DBTP, "room for lossy encoders"),
        )
        return chain_text(making.name, (*self.strips, master), target, said)


def _stepped(lufs: float) -> float:
    """A target in whole steps, not louder; what is a step but for its last bits is one."""
    return round(math.floor(lufs / _STEP_LU + 1e-6) * _STEP_LU, 1)


def _deep_db(tried: _Tried) -> float:
    """How much farther than is unheard its limiter goes."""
    return tried.trial.limited_db - MUCH_LIMITING_DB


def _said(best: _Tried, before: ToneDistance | None, reference: Reference | None) -> Iterator[str]:
    """What stands at the head of the file."""
    loudness, peak = (best.trial.measures[key] for key in ("integrated_lufs", "true_peak_dbtp"))
    yield (
        f"Its first render: {_figure(loudness, 'LUFS')}, {_figure(peak, 'dBTP')},"
        f" limited by up to {best.trial.limited_db:.1f} dB."
    )
    if before is not None and best.distance is not None and reference is not None:
        yield (
            f"From {printable(reference.name)}, thirds of an octave, mid / side:"
            f" the plain sum {_both(before)} dB, this {_both(best.distance)} dB."
        )


def _very_quiet(groups: Sequence[StarterGroup], heard: Mapping[str, Listened]) -> Iterator[str]:
    for group in groups:
        peak_dbfs = heard[group.id].peak_dbfs
        if peak_dbfs is not None and peak_dbfs < _VERY_QUIET_DBFS:
            names = ", ".join(printable(stem.name) for stem in group.taken)
            yield f"Very quiet, better exported anew, louder: {names}, peaks {peak_dbfs:.1f} dBFS."


def _figure(value: float | None, unit: str) -> str:
    return f"no {unit} (nothing is loud enough)" if value is None else f"{value:.1f} {unit}"


def _both(found: ToneDistance) -> str:
    shares = (found.mid_db, found.side_db)
    return " / ".join("none" if each is None else f"{each:.2f}" for each in shares)


def _with_makeup(strip: Strip, heard: Trial) -> Strip:
    """A group's compressor gives back what the group's inserts took, to half a decibel."""
    lost_db = round(2.0 * heard.makeup_db(strip.id)) / 2.0
    if strip.kind != "group" or lost_db <= 0.0:
        return strip
    made = Setting("makeup_db", min(lost_db, 6.0), "the group stays as loud as it came")
    return replace(
        strip,
        inserts=tuple(
            replace(each, settings=(*each.settings, made)) if each.use == "compressor" else each
            for each in strip.inserts
        ),
    )


def _refuse_short(stems: Sequence[Stem]) -> None:
    """Raise InputError `short_song` for stems that end before a loudness can be measured."""
    lasts_s = max(each.frames_at(each.sample_rate_hz) / each.sample_rate_hz for each in stems)
    if lasts_s < _SHORTEST_S:
        raise InputError(
            Problem(
                "short_song",
                f"the longest stem lasts {lasts_s:.3g} s: too short to have a loudness",
                expected=f"at least {_SHORTEST_S:g} s",
                hint="export the stems whole, or start from a chain of the library",
            )
        )


def _silent() -> Problem:
    return Problem(
        "silent_song",
        "every stem is silent: there is nothing to set a chain by",
        hint="export the stems again, or start from a chain of the library",
    )
