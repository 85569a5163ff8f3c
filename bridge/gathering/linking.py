"""From a session and a chain to a plan: find plugins, hash states, inspect stems, link."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from bridge.gathering.plugin_bench import Bench, failures, prepare, refuse_inputs
from bridge.gathering.sources import gather
from bridge.hosting import Prepared, lies_in, plugin_places
from bridge.planning import (
    NO_MOVES,
    Engine,
    Excerpt,
    HostedStep,
    Plan,
    SongMoves,
    Stems,
    engine_of,
    hosted_steps,
    plan,
    state_path,
    unlinkable,
    wanted_plugin,
)
from bridge.plugins import Catalogue, matches
from bridge.processing import SUPPORTED
from bridge.storing import Store, file_digest
from chains import Chain, Insert, Plugin as PluginSettings, check
from sessions import Session
from stemwright.problems import InputError, MachineError, Problem, StemwrightError


def link(
    session: Session,
    chain: Chain,
    store: Store,
    *,
    plugin_folders: Sequence[Path] = (),
    trusted: Sequence[Path] = (),
    alone: bool = False,
    jobs: int = 1,
    strict: bool = False,
    excerpt: Excerpt | None = None,
    partial: bool = False,
    moves: SongMoves = NO_MOVES,
) -> Plan:
    """Resolve `chain` for `session`, or an excerpt of it, on this machine, with the song's `moves`.

    What the chain names by path is taken from the plugin folders, from `trusted` and from the
    folders the user trusts for good, and from nowhere else; `alone`, from the first two.
    Raises ChainError, InputError and MachineError as `bridge.planning.plan` and `gather` do.
    """
    chain = check(chain)
    try:
        stems = gather(session, store, jobs)
    except InputError as error:
        others = chain_problems(chain, store, plugin_folders, trusted, alone=alone)
        raise InputError([*error.problems, *others]) from error
    folders, known = plugin_places(plugin_folders, trusted, alone=alone)
    try:
        return link_stems(
            stems,
            chain,
            store,
            plugin_folders=folders,
            trusted=known,
            strict=strict,
            excerpt=excerpt,
            partial=partial,
            moves=moves,
        )
    except (InputError, MachineError) as error:
        refused = _state_faults(chain, known)
        try:
            catalogue = _catalogue(chain, store, folders, known)
            steps = _loadable(chain, catalogue, refused)
        except InputError:
            raise error from None
        faults = _plugin_faults(steps, engine_of(chain, stems), store, jobs)
        if not faults:
            raise
        raise InputError([*error.problems, *faults]) from error


def chain_problems(
    chain: Chain,
    store: Store,
    plugin_folders: Sequence[Path],
    trusted: Sequence[Path],
    *,
    alone: bool = False,
) -> tuple[Problem, ...]:
    """What is wrong with a chain on this machine, whatever the stems are; as `link` tells it."""
    folders, known = plugin_places(plugin_folders, trusted, alone=alone)
    refused = _state_faults(chain, known)
    try:
        states = _states(chain, refused)
        catalogue = _catalogue(chain, store, folders, known)
    except StemwrightError as error:
        return (*refused.values(), *error.problems)
    engine = engine_of(chain, Stems(()))
    steps = _loadable(chain, catalogue, refused)
    return (
        *refused.values(),
        *unlinkable(chain, catalogue, supported=SUPPORTED, states=states),
        *_plugin_faults(steps, engine, store, 1),
    )


def hosted_inserts(
    chain: Chain, store: Store, plugin_folders: Sequence[Path] = (), trusted: Sequence[Path] = ()
) -> tuple[HostedStep, ...]:
    """The hosted inserts of a chain that `chain_problems` has no word on."""
    folders, known = plugin_places(plugin_folders, trusted, alone=False)
    steps = _loadable(chain, _catalogue(chain, store, folders, known), ())
    return tuple(step for step in steps if step.hostable)


def prepared_inserts(
    chain: Chain,
    store: Store,
    plugin_folders: Sequence[Path] = (),
    trusted: Sequence[Path] = (),
    *,
    jobs: int = 1,
) -> dict[str, Prepared]:
    """The same, made ready, by step id. Raises what preparing raises."""
    from bridge.hosting import host

    steps = hosted_inserts(chain, store, plugin_folders, trusted)
    engine = engine_of(chain, Stems(()))
    bench = Bench(store, host(engine.host), engine)
    for error in failures(bench, steps, jobs).values():
        raise error
    return {step.id: prepare(bench, step) for step in steps}


def _loadable(
    chain: Chain, catalogue: Catalogue, refused: Container[Path]
) -> tuple[HostedStep, ...]:
    """The hosted steps but those whose state is refused: no plugin is given one."""
    steps = hosted_steps(chain, catalogue, _states(chain, refused))
    return tuple(step for step in steps if step.state not in refused)


def _plugin_faults(
    steps: Sequence[HostedStep], engine: Engine, store: Store, jobs: int
) -> tuple[Problem, ...]:
    """What the plugins that are here refuse of a chain that is refused for something else."""
    from bridge.hosting import host

    try:
        refuse_inputs(failures(Bench(store, host(engine.host), engine), steps, jobs))
    except InputError as error:
        return error.problems
    return ()


def link_stems(
    stems: Stems,
    chain: Chain,
    store: Store,
    *,
    plugin_folders: Sequence[Path],
    trusted: Sequence[Path] = (),
    strict: bool = False,
    excerpt: Excerpt | None = None,
    partial: bool = False,
    moves: SongMoves = NO_MOVES,
    warm_ups: Mapping[str, float] = MappingProxyType({}),
) -> Plan:
    """Resolve `chain` for stems that are known already; only `plugin_folders` are searched.

    What the chain names by path has to lie there or in `trusted`. `warm_ups` are how long plugins
    were waited for, by step: where the chain does not say it, they count before any card.
    """
    chain = _waiting(check(chain), warm_ups)
    refused = _state_faults(chain, trusted)
    try:
        made = plan(
            stems,
            chain,
            _catalogue(chain, store, plugin_folders, trusted),
            supported=SUPPORTED,
            states=_states(chain, refused),
            strict=strict,
            excerpt=excerpt,
            partial=partial,
            moves=moves,
        )
    except (InputError, MachineError) as error:
        if refused:
            raise InputError([*refused.values(), *error.problems]) from error
        raise
    if refused:
        raise InputError([*refused.values()])
    return made


def _waiting(chain: Chain, warm_ups: Mapping[str, float]) -> Chain:
    def waiting(owner: str, insert: Insert) -> Insert:
        settings, seconds = insert.settings, warm_ups.get(f"{owner}/{insert.id}")
        if isinstance(settings, PluginSettings) and settings.warm_up_s is None:
            settings = settings.model_copy(update={"warm_up_s": seconds})
        return replace(insert, settings=settings)

    return chain.with_inserts(waiting) if warm_ups else chain


def _hosted(chain: Chain) -> Iterator[tuple[str, Insert, PluginSettings]]:
    """Every plugin insert under its owner's id, bypassed ones too."""
    for owner, insert in chain.inserts():
        if isinstance(insert.settings, PluginSettings):
            yield owner, insert, insert.settings


def _catalogue(
    chain: Chain, store: Store, folders: Sequence[Path], trusted: Sequence[Path]
) -> Catalogue:
    wanted = [
        wanted_plugin(chain, settings)
        for _, insert, settings in _hosted(chain)
        if not insert.bypass
    ]
    if not wanted:
        return Catalogue()
    from bridge.hosting import elsewhere, host, known_warm_up, scan

    here = scan(wanted, folders, store.scan_cache, trusted=trusted)
    place = elsewhere()
    found = here if place is None else place.known(here)
    engine = host(engine_of(chain, Stems(())).host)
    warm_ups = {
        (plugin.class_id, plugin.binary_hash): known_warm_up(store, plugin, engine)
        for plugin in found.plugins
        if any(matches(plugin, each) for each in wanted)
    }
    return replace(found, warm_ups={each: s for each, s in warm_ups.items() if s})


def check_states(chain: Chain, trusted: Sequence[Path] = ()) -> None:
    """Raise InputError, naming all, for states that may not be taken along with `chain`.

    A state has to be one by its first bytes, and to lie, links followed, in the chain's folder or
    in `trusted`. Those of bypassed inserts count too.
    """
    refused = _state_faults(chain, trusted)
    if refused:
        raise InputError([*refused.values()])


def _state_faults(chain: Chain, trusted: Sequence[Path]) -> dict[Path, Problem]:
    folders = (chain.resolve("."), *trusted)
    faults: dict[Path, Problem] = {}
    for owner, insert, settings in _hosted(chain):
        path = state_path(chain, settings)
        if path is None or path in faults:
            continue
        where = {**insert.where.as_json(), "group": owner, "insert": insert.id}
        fault = _state_fault(path, f"{settings.state} ({owner}/{insert.id})", folders)
        if fault is not None:
            faults[path] = replace(fault, where=where)
    return faults


def _state_fault(path: Path, said: str, folders: Sequence[Path]) -> Problem | None:
    if not path.exists():
        return Problem("state_unreadable", f"the state {said} cannot be read: it is not there")
    if not lies_in(path, folders):
        return Problem(
            "state_untrusted",
            f"the state {said} lies outside the chain's folder, so it is not taken",
            expected="a state in the chain's folder, or in a folder that you trust",
            hint=f"copy it beside the chain, or say --trust {path.resolve().parent}",
        )
    from bridge.hosting import opened_state

    try:
        with opened_state(path):
            return None
    except InputError as error:
        return error.problems[0]


def _states(chain: Chain, refused: Container[Path]) -> dict[Path, str]:
    """The blake3 of every state that is loaded, none for one that is refused.

    Raises InputError for one that is gone.
    """
    found: dict[Path, str] = {}
    for _, insert, settings in _hosted(chain):
        path = state_path(chain, settings)
        if path is None or path in found or insert.bypass:
            continue
        try:
            found[path] = "" if path in refused else file_digest(path)
        except OSError as error:
            message = f"the state {settings.state} cannot be read: {error.strerror}"
            raise InputError(Problem("state_unreadable", message, {"file": str(path)})) from error
    return found
