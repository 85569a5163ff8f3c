"""A stand-in for a plugin that is gone, fitted to what was frozen of it: in, and out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.road.advising.fit_targets import PREROLL_S, SECONDS, loudest_s
from bridge.road.advising.fitting import heard_of, parts_of, real
from bridge.road.again import FinishedAgain
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.advising import Fit, Gone
    from bridge.gathering import Signal
    from bridge.jobs import FrozenSongs, FrozenStep, Job
    from bridge.planning import Plan, Step
    from bridge.rendering import Context
    from bridge.storing import Store
    from chains import Chain, Insert, InsertSettings

POOR_UNDER_DB = 40.0
"""A residual that is nearer to the plugin's output than this is heard in music."""

Told = Callable[[int, int, float], object]


@dataclass(frozen=True)
class ToStandIn:
    """Which insert of a job's revision, and what is to stand in: a built-in's word, or a plugin."""

    job: Job
    insert: str
    by: str
    revision: str
    store: Path | None = None
    plugin_folders: Sequence[Path] = ()
    trusted: Sequence[Path] = ()
    jobs: int = 1
    budget_s: float = 60.0
    most: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class StoodIn:
    """A proposed insert: its table, what it stands in for, and how far it is from that.

    Distances are residuals in dBFS RMS, as steps are rendered; `target_db` is the frozen output's.
    """

    insert: str
    table: dict[str, Any]
    stands_in_for: str
    revision: str
    fit: Fit
    before: float
    after: float
    target_db: float
    start_s: float
    end_s: float
    seed: int

    @property
    def under_db(self) -> float:
        """How far the residual lies under what the plugin gave."""
        return self.target_db - self.after

    @property
    def is_poor(self) -> bool:
        """Whether what it gives is plainly not what the plugin gave."""
        return self.under_db < POOR_UNDER_DB

    @property
    def poor(self) -> str:
        """What is said of a poor one."""
        return (
            f"a poor stand-in: its residual lies only {self.under_db:.1f} dB under what"
            f" {self.stands_in_for} gave, and under {POOR_UNDER_DB:g} dB it is heard;"
            " search longer, or try another insert"
        )

    @property
    def comment(self) -> str:
        """What the chain says of it."""
        return (
            f"stands in for {self.stands_in_for} of {self.revision}: the residual lies"
            f" {self.under_db:.1f} dB under its output"
        )

    def as_json(self) -> dict[str, Any]:
        """The object of `fit --stand-in --json`."""
        return {
            "insert": self.insert,
            "stands_in_for": self.stands_in_for,
            "revision": self.revision,
            "table": self.table,
            "distance": {"unit": "dBFS", "before": self.before, "after": self.after},
            "target_rms_dbfs": self.target_db,
            "under_db": round(self.under_db, 3),
            "poor": self.is_poor,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "evaluations": self.fit.evaluations_as_json(),
            "seed": self.seed,
            "ended": self.fit.ended,
        }


def stand_in_for(wanted: ToStandIn, told: Told = lambda _made, _most, _least: None) -> StoodIn:
    """Fit what is to stand in to the frozen input and output of an insert. Nothing is written.

    Raises InputError `not_frozen` for an insert that nothing was frozen of, `unknown_stand_in`;
    else as a render of the revision does.
    """
    from bridge.advising import Gone, Row, SamePerformance, fitted, without_idle_bands
    from bridge.jobs import frozen_songs
    from bridge.jobs.revisions import find_revision, need_files
    from bridge.storing import Store, default_root

    found = find_revision(wanted.job.folder, wanted.revision)
    need_files(found)
    songs = frozen_songs(wanted.job.folder)
    step, name = _frozen(songs, wanted.insert, wanted.revision)
    store = Store(wanted.store or default_root())
    with store.holding():
        context, source = _entering(wanted, found.folder, store, songs)
        target = _frozen_signal(songs, store, step)
        rate_hz = context.plan.engine.sample_rate_hz
        start_s = loudest_s(target.blocks(), rate_hz)
        start = max(0, round((start_s - PREROLL_S) * rate_hz))
        end = min(target.frames, source.frames, round((start_s + SECONDS) * rate_hz))
        unheard = round(start_s * rate_hz) - start
        fed, goal = (_part(signal, start, end) for signal in (source, target))
        score = SamePerformance(heard_of(goal), unheard)
        entering = heard_of(fed)
        gone = Gone(score.own(entering), score.target, rate_hz)
        steps, insert = _standing(wanted, found.folder, store, gone=gone)
        with parts_of(context, steps, (wanted.insert,), fed.frames, wanted.jobs) as parts:
            row = Row(parts, entering, score)
            fit = fitted(
                row,
                score,
                most=wanted.most,
                budget_s=wanted.budget_s,
                seed=wanted.seed,
                told=told,
            )
        changed = dict(fit.tables).get(wanted.insert, {})
        table = {**_table(insert), **changed}
        if table["use"] == "eq":
            table = without_idle_bands(table)
        now = real(context, _standing(wanted, found.folder, store, table)[0], fed)
    return StoodIn(
        insert=wanted.insert,
        table=table,
        stands_in_for=name,
        revision=wanted.revision,
        fit=fit,
        before=round(score.distance(entering), 3),
        after=round(score.distance(now), 3),
        target_db=round(score.level_db, 3),
        start_s=round(start_s, 1),
        end_s=round(end / rate_hz, 3),
        seed=wanted.seed,
    )


def _frozen(songs: FrozenSongs, insert: str, revision: str) -> tuple[FrozenStep, str]:
    """What was frozen of an insert, and its plugin's name. Raises InputError `not_frozen`."""
    for each in songs.lists:
        if each.revision != revision:
            continue
        names = {row.step: row.name for row in each.plugins}
        for step in each.steps:
            if step.step == insert:
                return step, names.get(insert, insert)
    frozen = {step.step for each in songs.lists for step in each.steps}
    raise InputError(
        Problem(
            "not_frozen",
            f"nothing of {revision} was frozen of {insert}",
            {"file": str(songs.folder)},
            expected=", ".join(sorted(frozen)) or None,
            hint="freeze the revision where its plugins are: stemwright freeze JOB REVISION",
        )
    )


def _frozen_signal(songs: FrozenSongs, store: Store, step: FrozenStep) -> Signal:
    from bridge.gathering import stored_signal
    from bridge.jobs import thawed

    entry = thawed(songs, store, step.key)
    assert entry is not None  # noqa: S101 - its list names it
    return stored_signal(store, entry)


def _again(wanted: ToStandIn, folder: Path, store: Store, stand: Any = None) -> FinishedAgain:
    return FinishedAgain(
        folder, store, wanted.plugin_folders, wanted.trusted, wanted.jobs, stand=stand
    )


def _entering(
    wanted: ToStandIn, folder: Path, store: Store, songs: FrozenSongs
) -> tuple[Context, Signal]:
    """What entered the insert, frozen audio standing in for every plugin before it."""
    from bridge.jobs import stand_in
    from bridge.rendering import context_of, lane_source, render_bus, render_lanes, run_steps
    from chains import MASTER

    owner = wanted.insert.rpartition("/")[0]
    again = _again(wanted, folder, store, lambda plan, chain: stand_in(plan, chain, songs))
    context = again.context(versions=())
    plan = context.plan
    if owner == MASTER:
        before = _before(plan.master, wanted.insert)
        context = context_of(replace(plan, master=before), store, jobs=wanted.jobs)
        lanes = render_lanes(context)
        keys = {group: signal for group, (signal, _) in lanes.items()}
        sounding = [(lane, keys[lane.id]) for lane in plan.lanes]
        return context, render_bus(context, "main", sounding, keys).signal
    lane = next(each for each in plan.lanes if each.id == owner)
    keys = {}
    if lane.keys:
        keys = {group: signal for group, (signal, _) in render_lanes(context).items()}
    before = _before(lane.steps, wanted.insert)
    return context, run_steps(context, before, lane_source(context, lane), keys)[0]


def _before(steps: Sequence[Step], insert: str) -> tuple[Step, ...]:
    """The steps before an insert. Raises InputError where the drive stands before it."""
    ids = [step.id for step in steps]
    if insert in ids:
        return tuple(steps[: ids.index(insert)])
    raise InputError(
        Problem(
            "fit_apart",
            f"{insert} is driven into, so what enters it is no step that is kept",
            expected="an insert before the drive",
        )
    )


def _part(signal: Signal, start: int, end: int) -> Signal:
    from bridge.gathering import Signal, cut
    from bridge.storing import digest

    return Signal(
        digest("part", source=signal.digest, start=start, end=end),
        end - start,
        lambda: cut(signal.blocks(), end - start, start),
    )


def _standing(
    wanted: ToStandIn,
    folder: Path,
    store: Store,
    table: dict[str, Any] | None = None,
    gone: Gone | None = None,
) -> tuple[tuple[Step, ...], Insert]:
    """The step of what stands in, where the plugin stood; with the settings of a table."""
    from chains import Source, load, overridden

    chain = load(folder / "chain.toml")
    owner, _, name = wanted.insert.rpartition("/")
    old = next(each for each in chain.rack(owner) if each.id == name)
    seen = None if gone is None else _wholly(gone, old)
    new = replace(old, settings=_settings(wanted.by, seen, wanted.seed))
    chain = _with_alone(chain, owner, new)
    if table is not None:
        told = {key: value for key, value in table.items() if key not in {"id", "use", "on", "mix"}}
        if "bands" in told:
            from chains import Eq

            settings = Eq.model_validate_json(_json({"use": "eq", **told}))
            chain = _with_alone(chain, owner, replace(new, settings=settings))
        else:
            from bridge.road.advising.fitting import overrides_of

            chain = overridden(chain, overrides_of([(wanted.insert, told)]), Source())
    plan = _again(wanted, folder, store).plan(chain)
    return _steps(plan, owner), new


def _json(value: Any) -> str:
    import json

    return json.dumps(value)


def _wholly(gone: Gone, insert: Insert) -> Gone | None:
    """What passed the insert of the sides that it is on; None where some went by it unchanged."""
    from bridge.processing import split

    if insert.mix != 1.0:
        return None
    if insert.on == "stereo":
        return gone
    return replace(gone, source=split(gone.source, insert.on), out=split(gone.out, insert.on))


def _settings(by: str, gone: Gone | None = None, seed: int = 0) -> InsertSettings:
    """Settings to begin with. Raises InputError `unknown_stand_in` for a built-in that cannot."""
    from bridge.advising import BUILT_IN_STAND_INS, stand_in_settings
    from chains import USES, Plugin

    if by not in USES:
        return Plugin(plugin=by)
    try:
        return stand_in_settings(by, gone, seed)
    except KeyError:
        raise InputError(
            Problem(
                "unknown_stand_in",
                f"{by} cannot be begun without its bands",
                expected=f"{', '.join(BUILT_IN_STAND_INS)}, or a plugin's name",
            )
        ) from None


def _with_alone(chain: Chain, owner: str, insert: Insert) -> Chain:
    """The chain with this insert alone, and no others anywhere."""
    from chains import MASTER

    groups = tuple(
        replace(each, inserts=(insert,) if each.id == owner else ()) for each in chain.groups
    )
    returns = tuple(replace(each, inserts=()) for each in chain.returns)
    master = (insert,) if owner == MASTER else ()
    return replace(chain, groups=groups, returns=returns, master=master, target=None, versions=())


def _steps(plan: Plan, owner: str) -> tuple[Step, ...]:
    from chains import MASTER

    if owner == MASTER:
        return plan.master
    return next(lane.steps for lane in plan.lanes if lane.id == owner)


def _table(insert: Insert) -> dict[str, Any]:
    """An insert as a chain file says it, its side of the signal and its mix included."""
    told: dict[str, Any] = {"id": insert.id, "use": insert.settings.use}
    if insert.on != "stereo":
        told["on"] = insert.on
    if insert.mix != 1.0:
        told["mix"] = insert.mix
    rest = insert.settings.model_dump(mode="json", exclude_none=True, exclude={"use"})
    return {**told, **{key: value for key, value in rest.items() if value != {}}}
