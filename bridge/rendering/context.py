"""What every part of one render shares, and what every finished step leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from bridge.gathering import Bench, Cancel, Events, Silent
from bridge.hosting import host, other_host
from bridge.planning import Plan
from bridge.storing import Entry, Store
from stemwright.problems import Diagnostic, StemwrightError
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.hosting import Host


@dataclass(frozen=True)
class Context:
    """One render: its plan, its store, its host, who listens.

    With `cross_check`, every hosted insert is rendered there too; `remarks` says what came of it.
    `failed` are the inserts, by step id, that are known to fail before anything is rendered. With
    `apart`, runs of built-ins go to workers where there are any. `sums_by_insert` has it told of
    every insert what is between versions and the main master.
    """

    plan: Plan
    store: Store
    host: Host
    events: Events
    cancel: Cancel
    jobs: int = 1
    deadline_s: float | None = None
    cross_check: Host | None = None
    remarks: list[Diagnostic] = field(default_factory=list)
    failed: Mapping[str, StemwrightError] = field(default_factory=dict)
    apart: bool = False
    sums_by_insert: bool = False

    @property
    def bench(self) -> Bench:
        """Where its plugins are made ready."""
        return Bench(self.store, self.host, self.plan.engine, self.deadline_s)


def context_of(
    plan: Plan,
    store: Store,
    *,
    events: Events | None = None,
    cancel: Cancel | None = None,
    jobs: int = 1,
    deadline_s: float | None = None,
    cross_checked: bool = False,
    sums_by_insert: bool = False,
) -> Context:
    """A render of `plan` in the host it names, not begun.

    Without `events` nobody listens, without `cancel` nobody stops it. `cross_checked` has the other
    host render every hosted insert too.
    """
    return Context(
        plan=plan,
        store=store,
        host=host(plan.engine.host),
        events=events or Silent(),
        cancel=cancel or Cancel(),
        jobs=jobs,
        deadline_s=deadline_s,
        cross_check=other_host(plan.engine.host) if cross_checked else None,
        sums_by_insert=sums_by_insert,
    )


@dataclass(frozen=True)
class StepResult:
    """One row of render.json's `steps`; `seconds` is 0 for what the store held.

    `lowest_gain_db` has the deepest gain reduction of each insert, None where it has none. `replay`
    says of a plugin in a version with the main master's gains by which model it was replayed, and
    how much of the main master that misses.
    """

    id: str
    label: str
    inserts: tuple[str, ...]
    key: str
    pcm: str
    cached: bool
    seconds: float
    latency_frames: int
    level_in: Mapping[str, Any] | None
    level_out: Mapping[str, Any] | None
    lowest_gain_db: tuple[float | None, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    replay: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of render.json."""
        return {
            "id": self.id,
            "label": self.label,
            "inserts": list(self.inserts),
            "key": self.key,
            "pcm": self.pcm,
            "cached": self.cached,
            "seconds": round(self.seconds, 3),
            "latency_frames": self.latency_frames,
            "level_in": self.level_in,
            "level_out": self.level_out,
            "lowest_gain_db": list(self.lowest_gain_db),
            **({} if self.replay is None else {"replay": dict(self.replay)}),
        }


def step_result(
    step_id: str,
    label: str,
    inserts: tuple[str, ...],
    entry: Entry,
    *,
    cached: bool,
    seconds: float = 0.0,
) -> StepResult:
    """Describe a step by the entry that holds its output."""
    meta = entry.meta
    told = [Diagnostic(**{**said, "where": step_id}) for said in meta.get("diagnostics", ())]
    if meta.get("differs_from"):
        told.append(
            Diagnostic(
                "warning",
                "not_repeatable",
                step_id,
                f"{step_id}: the same input gave another result than the one in the store; "
                "both are kept",
            )
        )
    return StepResult(
        id=step_id,
        label=label,
        inserts=inserts,
        key=entry.key,
        pcm=str(meta["pcm"]),
        cached=cached,
        seconds=seconds,
        latency_frames=int(meta.get("latency_frames", 0)),
        level_in=meta.get("level_in"),
        level_out=meta.get("level_out"),
        lowest_gain_db=tuple(meta.get("lowest_gain_db", ())),
        diagnostics=tuple(told),
    )


def step_from_json(row: Mapping[str, Any]) -> StepResult:
    """Turn a row of `as_json` back into a value; its diagnostics are kept elsewhere."""
    lists = {name: tuple(row[name]) for name in ("inserts", "lowest_gain_db")}
    return StepResult(**{**row, **lists})
