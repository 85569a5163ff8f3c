"""The plan of a master, and the plugins it may name: nothing is rendered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.road.inputs import Inputs, read_both
from bridge.road.printed_sessions import with_stems
from stemwright.problems import MachineError

if TYPE_CHECKING:
    from bridge.jobs import FrozenSongs
    from bridge.planning import Excerpt, Plan
    from bridge.plugins import Catalogue
    from bridge.storing import Store
    from chains import Chain
    from sessions import Session


def plan_master(given: Inputs) -> Plan:
    """Read and plan, and set every plugin up once; render nothing.

    Raises InputError for what files, chain and plugins have wrong, MachineError for what is not
    here, RenderError for a plugin that fails.
    """
    from bridge.storing import Store

    store = Store(given.store_root)
    given = with_stems(given)
    made = linked(given, store, *read_both(given, store))
    _check_plugins(made, store, given.jobs)
    return made


def linked(
    given: Inputs,
    store: Store,
    chain: Chain,
    session: Session,
    *,
    excerpt: Excerpt | None = None,
    partial: bool = False,
) -> Plan:
    """Plan what was read, or an excerpt of it, with what a job does beside its chain.

    Raises as `bridge.gathering.link` and `bridge.jobs.song_moves` do.
    """
    from bridge.gathering import link
    from bridge.planning import NO_MOVES

    moves = NO_MOVES
    if given.job is not None:
        from bridge.jobs import song_moves

        moves = song_moves(given.job, session)
    songs = _frozen(given)
    made = link(
        session,
        chain,
        store,
        plugin_folders=given.plugin_folders,
        trusted=given.trusted,
        alone=given.plugins_alone,
        jobs=given.jobs,
        strict=given.strict,
        excerpt=excerpt,
        partial=partial or songs is not None,
        moves=moves,
    )
    if given.job is not None:
        from bridge.jobs import beyond_end, large_rides

        told = (*beyond_end(given.job, session, made), *large_rides(given.job, moves))
        made = replace(made, diagnostics=(*made.diagnostics, *told))
    if songs is None:
        return made
    from bridge.jobs import frozen_named, stand_in

    if given.plugins_alone and given.frozen is None:
        made = frozen_named(made, chain, songs)
    else:
        made = stand_in(made, chain, songs, forced=given.frozen is True)
    if made.missing and not partial:
        raise MachineError(made.missing)
    return made


def _frozen(given: Inputs) -> FrozenSongs | None:
    """What the job has frozen, where that may stand in, or would if it were asked for."""
    if given.job is None or given.frozen is False:
        return None
    from bridge.jobs import frozen_songs

    found = frozen_songs(given.job.folder)
    return found if found.lists or found.damaged else None


def installed_plugins(
    store: Store,
    plugin_folders: Sequence[Path] = (),
    *,
    alone: bool = False,
    again: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
) -> Catalogue:
    """Every plugin of this machine, or of `plugin_folders` alone.

    `again` asks those once more that failed before.
    """
    from bridge.hosting import plugin_places, scan

    folders, _ = plugin_places(plugin_folders, alone=alone)
    return scan([], folders, store.scan_cache, again=again, progress=progress)


def _check_plugins(made: Plan, store: Store, jobs: int) -> None:
    """Raise InputError for what plugins refuse, else RenderError for those that fail."""
    from bridge.gathering import Bench, failures, refuse_inputs, unreadable
    from bridge.hosting import host

    failed = failures(Bench(store, host(made.engine.host), made.engine), made.hosted, jobs)
    refuse_inputs(failed)
    failed |= {step.id: unreadable(step) for step in made.unreadable}
    if failed:
        worst = min(failed.values(), key=lambda error: error.exit_code)
        raise type(worst)([problem for error in failed.values() for problem in error.problems])
