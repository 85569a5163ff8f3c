"""The Hosts of real plugins: names and versions here, their work where a plugin is hosted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.hosting.elsewhere import elsewhere
from bridge.hosting.engines.table import ENGINES, Engine, other_than
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.hosting.port import Host, Prepared, PrepareJob, RunJob, RunResult


def host(name: str) -> Host:
    """The host a chain's `engine.host` names, where plugins are hosted now.

    Raises InputError `unknown_host` for any other.
    """
    if name in ENGINES:
        local, place = IsolatedHost(ENGINES[name]), elsewhere()
        return local if place is None else place.hosting(local)
    raise InputError(
        Problem(
            kind="unknown_host",
            message=f'there is no plugin host "{name}"',
            expected=" or ".join(ENGINES),
            hint="Name another host in the chain's [engine].",
        )
    )


def other_host(name: str) -> Host:
    """A second ear for what the host of this name makes."""
    return IsolatedHost(other_than(name))


@dataclass(frozen=True)
class IsolatedHost:
    """A Host that has an engine do each job in a child of its own."""

    engine: Engine

    @property
    def name(self) -> str:
        """The engine's name."""
        return self.engine.name

    @property
    def version(self) -> str:
        """All that makes the sound: the engine, and the one that makes the states for it."""
        maker = self.engine.prepared_by
        added = "" if maker is None else f"+{maker}.{ENGINES[maker].version}"
        return f"{self.engine.version}{added}"

    def prepare(self, job: PrepareJob, deadline_s: float | None = None) -> Prepared:
        """Set `job.plugin` up in a child of its own.

        A plugin that fails in another engine, and needs no parameter set, is tried in its own too.
        """
        from bridge.hosting import port
        from bridge.hosting.insert_children import prepare  # loads half the room

        limit_s = port.LOAD_DEADLINE_S if deadline_s is None else deadline_s
        return prepare(self.engine, job, limit_s)

    def run(self, job: RunJob, deadline_s: float | None = None) -> RunResult:
        """Render one insert; the output appears under its own name only once it is whole."""
        from bridge.hosting.insert_children import run

        return run(self.engine, job, deadline_s)
