"""A job that is read and planned to be advised on, and its groups as they sound."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from bridge.road.inputs import Inputs, read_both, references_of
from bridge.road.planning import linked
from bridge.road.printed_sessions import with_stems
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.gathering import Events, Signal
    from bridge.jobs import Job, MixKind
    from bridge.pages.beside import Beside
    from bridge.planning import Plan
    from bridge.rendering import Context
    from bridge.storing import Store
    from sessions import Session


@dataclass(frozen=True)
class AdvisedSong:
    """A job that was read and planned."""

    session: Session
    context: Context

    @property
    def plan(self) -> Plan:
        """What would be rendered."""
        return self.context.plan

    @property
    def rate_hz(self) -> int:
        """That of its render."""
        return self.plan.engine.sample_rate_hz

    @property
    def left_out(self) -> tuple[str, ...]:
        """What is said of a rough mix or reference that could not be read."""
        from bridge.jobs import BESIDE_UNREADABLE

        return tuple(
            f"warning: {each.message}"
            for each in self.session.diagnostics
            if each.code == BESIDE_UNREADABLE
        )


def job_of(inputs: Inputs) -> Job:
    """The job of its inputs. Raises ValueError for those of no job."""
    if inputs.job is None:
        raise ValueError("advice is for a job")
    return inputs.job


def read_song(
    given: Inputs,
    store: Store,
    events: Events,
    *,
    needs: MixKind | None = None,
    before_inserts: bool = False,
) -> AdvisedSong:
    """Read and plan a job; `before_inserts`, plugins need not be here.

    A rough mix or reference that cannot be read is left out and told, but for the kind that it
    `needs`. Raises InputError and MachineError as a render does.
    """
    from bridge.gathering import failures, refuse_inputs
    from bridge.rendering import context_of

    spared: tuple[MixKind, ...] = ("mix", "reference")
    spared = tuple(each for each in spared if each != needs)
    inputs = with_stems(replace(given, spared=spared), events)
    chain, session = read_both(inputs, store)
    plan = linked(inputs, store, chain, session, partial=before_inserts)
    context = context_of(plan, store, events=events, jobs=inputs.jobs)
    if before_inserts:
        return AdvisedSong(session, context)
    failed = failures(context.bench, plan.hosted, inputs.jobs)
    refuse_inputs(failed)
    return AdvisedSong(session, replace(context, failed=failed))


def played_groups(song: AdvisedSong) -> Mapping[str, Signal]:
    """Every group after its inserts, by its id; what the store has not is rendered into it.

    Raises RenderError as a render does.
    """
    from bridge.rendering import WORKER_MODULES, render_lanes
    from bridge.workers import working

    events = song.context.events
    events.steps(sum(len(lane.steps) for lane in song.plan.lanes))
    events.stage("lanes")
    with working(song.context.jobs, WORKER_MODULES):
        return {name: signal for name, (signal, _) in render_lanes(song.context).items()}


def beside_of(song: AdvisedSong, before: Signal, after: Signal) -> Beside:
    """Two sums of its groups beside its rough mix and references, which are listened to alone."""
    from bridge.pages.proposal import beside_both

    context, references = song.context, references_of(song.session)
    return beside_both(before, after, references, song.plan, context.store, context.jobs)
