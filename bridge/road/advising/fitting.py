"""Fitting inserts of a chain to a target: what enters them is rendered, their settings searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.road.advising.fit_page import fit_sounds, write_page_of_fit
from bridge.road.advising.fit_targets import Target
from bridge.road.inputs import Inputs, read_both
from bridge.road.planning import linked
from bridge.road.printed_sessions import with_stems
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass
from stemwright.words import nearest

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from bridge.advising import Fit, Part, Score
    from bridge.gathering import Signal
    from bridge.planning import Excerpt, Plan, Step
    from bridge.rendering import Context
    from bridge.storing import Store
    from chains import Chain, Insert

    Sound = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ToFit:
    """What is to be fitted to what.

    `inserts` are step ids of one group or of the master. `to` is the same performance, `reference`
    other music: one of both. `any_level` leaves a gain over all free. The part of the song is
    `start_s` to `end_s`, or the loudest of the target. `budget_s` is turned into evaluations once;
    `most` says how many.
    """

    inputs: Inputs
    inserts: tuple[str, ...]
    to: Path | None = None
    reference: Path | None = None
    any_level: bool = False
    start_s: float | None = None
    end_s: float | None = None
    budget_s: float = 60.0
    most: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Fitted:
    """What a fit came to, as steps are rendered: distances in `unit`, `target_db` the target's RMS.

    `peak_db` is the residual's peak, None for a reference. `ends_early_s` is by how much the file
    ends before the song's stems do.
    """

    fit: Fit
    unit: str
    before: float
    after: float
    peak_db: float | None
    target_db: float | None
    start_s: float
    end_s: float
    seed: int
    chain: Chain
    ends_early_s: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """The object of `fit --json`."""
        fit = self.fit
        return {
            "turned": [each.as_json() for each in fit.turned if each.changed],
            "distance": {"unit": self.unit, "before": self.before, "after": self.after},
            "residual_peak_dbfs": self.peak_db,
            "target_rms_dbfs": self.target_db,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "ends_early_s": self.ends_early_s,
            "evaluations": fit.evaluations_as_json(),
            "seed": self.seed,
            "ended": fit.ended,
            "unheard": list(fit.idle),
            "changes": {insert: dict(table) for insert, table in fit.tables},
        }


Told = Callable[[int, int, float], object]


def fit_inserts(
    wanted: ToFit, told: Told = lambda _made, _most, _least: None, page: Path | None = None
) -> Fitted:
    """Search the settings that bring the inserts nearest to the target, and render with them.

    Nothing is written but a `page`, if any. Raises InputError, MachineError and RenderError as a
    render does; InputError `unknown_insert`, `fit_bypassed`, `fit_apart`, `fit_keyed`,
    `other_performance`, `target_too_short`.
    """
    from bridge.storing import Store

    given = with_stems(replace(wanted.inputs, spared=("mix", "reference")))
    store = Store(given.store_root)
    with store.holding():
        chain, session = read_both(given, store)
        chain = undriven(chain)
        owner, before, behind = parted(chain, wanted.inserts)
        target = Target(wanted.to, wanted.reference, any_level=wanted.any_level)
        song = _planned(given, store, chain, session, None)
        rate_hz = song.engine.sample_rate_hz
        part = target.part(rate_hz, wanted.start_s, wanted.end_s)
        entering = _planned(given, store, _with_rack(chain, owner, before), session, part)
        source, context = _source(entering, store, owner, given.jobs)
        after = _planned(given, store, _with_rack(chain, owner, behind), session, part)
        steps = _steps_of(after, owner)
        refuse_keyed(steps)
        sound, unheard = heard_of(source), entering.unheard_frames
        score = target.score(part, rate_hz, sound.shape[1], unheard, real(context, steps, source))
        with parts_of(context, steps, wanted.inserts, sound.shape[1], given.jobs) as parts:
            fit = _searched(wanted, parts, sound, score, told)
        fitted_chain = with_tables(chain, fit.tables)
        _, _, now_behind = parted(fitted_chain, wanted.inserts)
        again = _planned(given, store, _with_rack(fitted_chain, owner, now_behind), session, part)
        was = real(context, steps, source)
        now = real(context, _steps_of(again, owner), source)
        if score.distance(now) > score.distance(was):  # what was searched is not what is rendered
            fit, now, fitted_chain = _as_it_was(fit), was, chain
        made = _told(wanted, fit, score, was, now, part, fitted_chain)
        if wanted.to is not None:
            early_s = max(0.0, song.frames / rate_hz - target.ends_s)
            made = replace(made, ends_early_s=round(early_s, 3))
        if page is not None:
            sounds = fit_sounds(wanted, made, score, was, now, rate_hz)
            write_page_of_fit(page, wanted, made, sounds, store)
    return made


def _searched(wanted: ToFit, parts: Sequence[Part], sound: Sound, score: Score, told: Told) -> Fit:
    from bridge.advising import Row, fitted

    row = Row(parts, sound, score)
    return fitted(
        row,
        score,
        most=wanted.most,
        budget_s=wanted.budget_s,
        seed=wanted.seed,
        told=told,
    )


def _as_it_was(fit: Fit) -> Fit:
    """The fit with nothing changed."""
    turned = tuple(replace(each, after=each.before) for each in fit.turned)
    return replace(fit, turned=turned, tables=())


def undriven(chain: Chain) -> Chain:
    """The chain without its target and versions: its limiters keep the ceiling that they had."""
    from chains import Limiter

    ceiling_dbtp = -1.0 if chain.target is None else chain.target.true_peak_dbtp

    def kept(_owner: str, insert: Insert) -> Insert:
        settings = insert.settings
        if not isinstance(settings, Limiter) or settings.ceiling_dbtp is not None:
            return insert
        return replace(insert, settings=settings.model_copy(update={"ceiling_dbtp": ceiling_dbtp}))

    return replace(chain.with_inserts(kept), target=None, versions=())


def parted(
    chain: Chain, inserts: Sequence[str]
) -> tuple[str, tuple[Insert, ...], tuple[Insert, ...]]:
    """The owner of the inserts, what stands before the first of them, and all from it on.

    Raises InputError: `unknown_insert`; `fit_bypassed`; `fit_apart` for inserts of several owners,
    or of a return.
    """
    known = [f"{owner}/{insert.id}" for owner, insert in chain.inserts()]
    for each in inserts:
        if each not in known:
            raise InputError(_unknown(each, known, chain))
    owners = {each.rpartition("/")[0] for each in inserts}
    owner = min(owners)
    if len(owners) > 1 or owner in {back.id for back in chain.returns}:
        raise InputError(
            Problem(
                "fit_apart",
                f"{' and '.join(inserts)} cannot be fitted together",
                expected="inserts of one group, or of the master",
                hint="fit one group after the other; a return is heard in all of them",
            )
        )
    rack = chain.rack(owner)
    bypassed = [each.id for each in rack if each.bypass and f"{owner}/{each.id}" in inserts]
    if bypassed:
        said = f"{owner}/{bypassed[0]} is bypassed, so nothing hears its settings"
        raise InputError(
            Problem("fit_bypassed", said, {"file": str(chain.path)}, hint="switch it on first")
        )
    first = min(n for n, each in enumerate(rack) if f"{owner}/{each.id}" in inserts)
    return owner, rack[:first], rack[first:]


def _unknown(insert: str, known: Sequence[str], chain: Chain) -> Problem:
    return Problem(
        "unknown_insert",
        f'the chain has no insert "{insert}"',
        {"file": str(chain.path)},
        expected=", ".join(known),
        nearest=nearest(insert, known),
    )


def _with_rack(chain: Chain, owner: str, rack: tuple[Insert, ...]) -> Chain:
    from chains import MASTER

    if owner == MASTER:
        return replace(chain, master=rack)
    groups = [replace(each, inserts=rack) if each.id == owner else each for each in chain.groups]
    return replace(chain, groups=tuple(groups))


def _planned(given: Inputs, store: Store, chain: Chain, session: Any, part: Excerpt | None) -> Plan:
    return linked(given, store, chain, session, excerpt=part, partial=True)


def _source(plan: Plan, store: Store, owner: str, jobs: int) -> tuple[Signal, Context]:
    """What enters the inserts, and the render that made it."""
    from bridge.rendering import context_of, lane_source, render_bus, render_lanes, run_steps
    from chains import MASTER

    context = context_of(plan, store, jobs=jobs)
    if owner == MASTER:
        lanes = render_lanes(context)
        keys = {group: signal for group, (signal, _) in lanes.items()}
        sounding = [(lane, keys[lane.id]) for lane in plan.lanes]
        return render_bus(context, "main", sounding, keys).signal, context
    lane = next((each for each in plan.lanes if each.id == owner), None)
    if lane is None:
        raise InputError(
            Problem(
                "nothing_sounds",
                f"this song has no stem for the group {owner}",
                hint="stemwright plan names the stems of every group",
            )
        )
    heard = {}
    if lane.keys:
        heard = {group: signal for group, (signal, _) in render_lanes(context).items()}
    return run_steps(context, lane.steps, lane_source(context, lane), heard)[0], context


def _steps_of(plan: Plan, owner: str) -> tuple[Step, ...]:
    from chains import MASTER

    if owner == MASTER:
        return plan.master
    return next(lane.steps for lane in plan.lanes if lane.id == owner)


def refuse_keyed(steps: Sequence[Step]) -> None:
    """Raise InputError for an insert that hears another group: that is not searched with."""
    keyed = [step for step in steps if step.key is not None]
    if keyed:
        raise InputError(
            Problem(
                "fit_keyed",
                f"{keyed[0].id} listens to the group {keyed[0].key}",
                expected="inserts without a side-chain key, from the fitted one on",
                hint="take its `key` out, or fit the inserts behind it",
            )
        )


def heard_of(signal: Signal) -> Sound:
    """All of a signal, (2, frames)."""
    import numpy as np

    return np.concatenate(list(signal.blocks()), axis=1)


def real(context: Context, steps: Sequence[Step], source: Signal) -> Sound:
    """What a render makes of a signal, every plugin in a child of its own."""
    from bridge.rendering import run_steps

    return heard_of(run_steps(context, steps, source, {})[0])


@contextmanager
def parts_of(
    context: Context, steps: Sequence[Step], inserts: Sequence[str], frames: int, jobs: int
) -> Iterator[list[Part]]:
    """Every insert of some steps over so many frames; plugins stay loaded until the end."""
    from bridge.advising import BuiltInStage, Excerpted, Part, hosted_stage
    from bridge.planning import NativeStep

    over = Excerpted(context.bench, frames, jobs)
    with ExitStack() as held:
        found: list[Part] = []
        for step in steps:
            if isinstance(step, NativeStep):
                owner = step.id.rpartition("/")[0]
                for insert in step.inserts:
                    step_id = f"{owner}/{insert.id}"
                    stage = BuiltInStage(insert, over.rate_hz, turned=step_id in inserts)
                    found.append(Part(step_id, stage))
            else:
                kept = held.enter_context(hosted_stage(step, over, turned=step.id in inserts))
                found.append(Part(step.id, kept))
        yield found


def with_tables(chain: Chain, tables: Sequence[tuple[str, Mapping[str, Any]]]) -> Chain:
    """The chain with keys of inserts' tables changed."""
    from chains import Source, overridden

    return overridden(chain, overrides_of(tables), Source()) if tables else chain


def overrides_of(tables: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """The same as the tables of a job: by owner and insert."""
    from chains import MASTER

    found: dict[str, Any] = {}
    for step_id, table in tables:
        owner, _, insert = step_id.rpartition("/")
        at = found.setdefault("master", {}) if owner == MASTER else None
        if at is None:
            at = found.setdefault("group", {}).setdefault(owner, {})
        at.setdefault("insert", {})[insert] = dict(table)
    return found


def _told(
    wanted: ToFit,
    fit: Fit,
    score: Score,
    was: Sound,
    now: Sound,
    part: Excerpt,
    chain: Chain,
) -> Fitted:
    from bridge.advising import SamePerformance

    same = score if isinstance(score, SamePerformance) else None
    assert part.end_s is not None  # noqa: S101 - part() gives one
    return Fitted(
        fit=fit,
        unit=score.unit,
        before=round(score.distance(was), 3),
        after=round(score.distance(now), 3),
        peak_db=None if same is None else round(same.peak_db(now), 3),
        target_db=None if same is None else round(same.level_db, 3),
        start_s=part.start_s,
        end_s=part.end_s,
        seed=wanted.seed,
        chain=chain,
    )
