"""From a session and a chain to a plan: find plugins, hash states, inspect stems, link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bridge.errors import InputError, Problem
from bridge.hosting import scan, search_folders
from bridge.planning import Excerpt, Plan, Stems, plan, state_path, wanted_plugin
from bridge.plugins import Catalogue
from bridge.processing import SUPPORTED
from bridge.rendering.sources import gather
from bridge.storing import Store, file_digest
from chains import Chain
from chains import Plugin as PluginSettings
from sessions import Session


def link(
    session: Session,
    chain: Chain,
    store: Store,
    *,
    plugin_folders: Sequence[Path] = (),
    jobs: int = 1,
    strict: bool = False,
    excerpt: Excerpt | None = None,
    partial: bool = False,
) -> Plan:
    """Resolve `chain` for `session`, or an excerpt of it, on this machine.

    Raises InputError and MachineError as `bridge.planning.plan` and `gather` do.
    """
    return link_stems(
        gather(session, store, jobs),
        chain,
        store,
        plugin_folders=search_folders(plugin_folders),
        strict=strict,
        excerpt=excerpt,
        partial=partial,
    )


def link_stems(
    stems: Stems,
    chain: Chain,
    store: Store,
    *,
    plugin_folders: Sequence[Path],
    strict: bool = False,
    excerpt: Excerpt | None = None,
    partial: bool = False,
) -> Plan:
    """Resolve `chain` for stems that are known already; only `plugin_folders` are searched."""
    return plan(
        stems,
        chain,
        _catalogue(chain, store, plugin_folders),
        supported=SUPPORTED,
        states=_states(chain),
        strict=strict,
        excerpt=excerpt,
        partial=partial,
    )


def _plugins(chain: Chain) -> Iterator[PluginSettings]:
    groups = [insert for group in chain.groups for insert in group.inserts]
    returns = [insert for back in chain.returns for insert in back.inserts]
    for insert in [*groups, *returns, *chain.master]:
        if isinstance(insert.settings, PluginSettings) and not insert.bypass:
            yield insert.settings


def _catalogue(chain: Chain, store: Store, folders: Sequence[Path]) -> Catalogue:
    wanted = [wanted_plugin(chain, settings) for settings in _plugins(chain)]
    if not wanted:
        return Catalogue()
    return scan(wanted, folders, store.root / "plugins.json")


def _states(chain: Chain) -> dict[Path, str]:
    found: dict[Path, str] = {}
    problems: list[Problem] = []
    for settings in _plugins(chain):
        path = state_path(chain, settings)
        if path is None or path in found:
            continue
        try:
            found[path] = file_digest(path)
        except OSError as error:
            problems.append(
                Problem(
                    "state_unreadable",
                    f"the state {settings.state} cannot be read: {error.strerror}",
                    {"file": str(path)},
                )
            )
    if problems:
        raise InputError(problems)
    return found
