"""A finished folder planned anew from what it was made of: its chain, its lock, its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import MachineError

if TYPE_CHECKING:
    from bridge.comparing import Stand
    from bridge.finished import Lock
    from bridge.gathering import Cancel, Events
    from bridge.planning import Excerpt, Plan
    from bridge.rendering import Context
    from bridge.storing import Store
    from chains import Chain, Target, Version


@dataclass(frozen=True)
class FinishedAgain:
    """A finished folder, and what renders it again into `store`.

    `stand` puts what was kept of plugins in the place of those that are not here.
    """

    folder: Path
    store: Store
    plugin_folders: Sequence[Path] = ()
    trusted: Sequence[Path] = ()
    jobs: int = 1
    events: Events | None = None
    cancel: Cancel | None = None
    stand: Stand | None = None

    def lock(self) -> Lock:
        """What it was made of. Raises InputError as `read_lock` does."""
        from bridge.finished import read_lock

        return read_lock(self.folder)

    def context(
        self,
        target: Target | None = None,
        *,
        versions: tuple[Version, ...] | None = None,
        excerpt: Excerpt | None = None,
    ) -> Context:
        """The render, not begun; with another `target` or other `versions` than the chain's.

        Of an `excerpt` of the song where one is given, which nobody is told of.

        Raises InputError for sources that are gone, MachineError for plugins that are not here.
        """
        from bridge.rendering import context_of
        from chains import load

        chain = load(self.folder / "chain.toml")
        if target is not None:
            chain = replace(chain, target=target)
        if versions is not None:
            chain = replace(chain, versions=versions)
        events = self.events if excerpt is None else None
        plan = self.plan(chain, excerpt)
        return context_of(plan, self.store, events=events, cancel=self.cancel, jobs=self.jobs)

    def plan(self, chain: Chain, excerpt: Excerpt | None = None) -> Plan:
        """Its stems through a chain, its own or another. Raises as `context`."""
        from bridge.finished import recall
        from bridge.gathering import link_stems
        from bridge.hosting import plugin_places

        lock = self.lock()
        folders, known = plugin_places(self.plugin_folders, self.trusted)
        plan = link_stems(
            recall(lock, self.folder, self.store),
            chain,
            self.store,
            plugin_folders=folders,
            trusted=known,
            moves=lock.moves(),
            warm_ups=lock.warm_ups(),
            partial=self.stand is not None,
            excerpt=excerpt,
        )
        if self.stand is None:
            return plan
        plan = self.stand(plan, chain)
        if plan.missing:
            raise MachineError(plan.missing)
        return plan
