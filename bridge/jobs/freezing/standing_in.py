"""Where a plugin is not here as it was frozen: the frozen audio is planned in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from bridge.finished import PluginRow
from bridge.jobs.freezing.frozen_songs import FrozenList, FrozenSongs
from bridge.jobs.freezing.thawing import thawed
from bridge.planning import Engine, HostedStep, Lane, Plan, ReturnLane, StandIn, Step, wanted_plugin
from bridge.plugins import Plugin, Wanted, matches
from chains import Chain, Plugin as PluginSettings
from stemwright.problems import Diagnostic, Problem
from stemwright.words import listed

_Owner = TypeVar("_Owner", Lane, ReturnLane)
_GONE = "is not installed here"
_OTHER = "is another binary here"
_ASKED = "is not asked for"
_OR_FROZEN = "let its frozen audio stand in with --frozen; else "


def stand_in(
    plan: Plan,
    chain: Chain,
    songs: FrozenSongs,
    *,
    forced: bool = False,
    others_play: bool = False,
) -> Plan:
    """The plan with frozen audio for the plugins that are not here, or are another binary here.

    `chain` is what was planned. `forced`: wherever there is any. `others_play`: another binary that
    is here plays all the same. A step whose settings are not
    those that were frozen is one of the plan's `missing`, where its plugin is too. Every step that
    stands in is told in a note.
    """
    told = tuple(_damaged(each) for each in songs.damaged)
    plan = replace(plan, diagnostics=(*plan.diagnostics, *told))
    made = _StandingIn(plan, chain, songs, forced, others_play).plan() if songs.lists else plan
    return replace(made, missing=(*made.missing, *songs.damaged)) if made.missing else made


def frozen_named(plan: Plan, chain: Chain, songs: FrozenSongs) -> Plan:
    """The plan with a hint at `--frozen` for each missing plugin that frozen audio would do for."""
    still = stand_in(plan, chain, songs, forced=True).missing
    refused = [_place(each) for each in still]
    return replace(
        plan,
        missing=tuple(
            each if _place(each) in refused else replace(each, hint=f"{_OR_FROZEN}{each.hint}")
            for each in plan.missing
        ),
    )


def _place(problem: Problem) -> tuple[object, object]:
    return problem.where.get("group"), problem.where.get("insert")


def _damaged(problem: Problem) -> Diagnostic:
    message = f"a list of frozen audio is not used: {problem.message}"
    return Diagnostic("warning", problem.kind, str(problem.where["file"]), message)


class _StandingIn:
    """Goes through the hosted steps of a plan, and gathers what is said of them."""

    def __init__(
        self, plan: Plan, chain: Chain, songs: FrozenSongs, forced: bool, others_play: bool
    ) -> None:
        self._plan, self._songs = plan, songs
        self._forced, self._others_play = forced, others_play
        self._wanted = dict(_wanted(chain))
        self._done: dict[str, HostedStep] = {}
        self._notes: list[Diagnostic] = []
        self._stood_in: list[HostedStep] = []
        self._refused: list[Problem] = []

    def plan(self) -> Plan:
        plan = self._plan
        finish = plan.finish
        made = replace(
            plan,
            lanes=self._owners(plan.lanes),
            returns=self._owners(plan.returns),
            master=self._steps(plan.master),
            finish=finish and replace(finish, driven=self._steps(finish.driven)),
            versions=tuple(replace(each, lanes=self._owners(each.lanes)) for each in plan.versions),
        )
        gone = [step.missing for step in self._stood_in]
        unread = {step.id for step in self._stood_in if step.unreadable is not None}
        told = [
            said
            for said in plan.diagnostics
            if said.code != "plugin_unreadable" or said.where not in unread
        ]
        missing = [each for each in plan.missing if each not in gone]
        return replace(
            made,
            diagnostics=(*told, *self._notes),
            missing=(*missing, *self._refused),
        )

    def _owners(self, owners: tuple[_Owner, ...]) -> tuple[_Owner, ...]:
        return tuple(replace(each, steps=self._steps(each.steps)) for each in owners)

    def _steps(self, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        return tuple(self._step(each) if isinstance(each, HostedStep) else each for each in steps)

    def _step(self, step: HostedStep) -> HostedStep:
        if step.id not in self._done:
            self._done[step.id] = self._found(step)
        return self._done[step.id]

    def _found(self, step: HostedStep) -> HostedStep:
        wanted = self._wanted.get(step.id)
        rows = [
            (each, row)
            for each, row in self._songs.plugins(step.id)
            if wanted is not None and _means(wanted, row)
        ]
        reason = _reason(step, [row for _, row in rows], forced=self._forced)
        if not rows or reason is None or (reason == _OTHER and self._others_play):
            return step
        other = [_settings_apart(step, self._plan.engine, *each) for each in rows]
        fitting = next((each for each, apart in zip(rows, other, strict=True) if not apart), None)
        if fitting is None:
            return self._unfitting(step, reason, other[0])
        frozen, row = fitting
        self._stood_in.append(step)
        message = f"{step.id}: {row.name} {reason}; its frozen audio of {frozen.revision} stands in"
        self._notes.append(Diagnostic("note", "stands_in", step.id, message))
        return replace(
            step,
            label=f"{step.insert_id} ({row.name})",
            plugin=_plugin(row),
            warm_up_s=row.warm_up_s,
            stands_in=StandIn(frozen.engine.host_version, reason, partial(thawed, self._songs)),
            missing=None,
            unreadable=None,
        )

    def _unfitting(self, step: HostedStep, reason: str, apart: list[str]) -> HostedStep:
        """A step that was frozen with other settings: its plugin, if it is here, has to play."""
        said = f"its frozen audio was made with another {listed(apart)}"
        if step.hostable and not self._forced:
            message = f"{step.id}: {said}; {step.plugin.name} as it is here is hosted"
            self._notes.append(Diagnostic("warning", "stands_not_in", step.id, message))
            return step
        problem = Problem(
            "frozen_differs",
            f"{step.id}: {step.plugin.name} {reason}, and {said}",
            step.slot.where(),
            hint="undo that change, or render where the plugin is",
        )
        self._stood_in.append(step)
        self._refused.append(problem)
        return replace(step, missing=problem, unreadable=None)


def _wanted(chain: Chain) -> Iterator[tuple[str, Wanted]]:
    for owner, insert in chain.inserts():
        if isinstance(insert.settings, PluginSettings):
            yield f"{owner}/{insert.id}", wanted_plugin(chain, insert.settings)


def _means(wanted: Wanted, row: PluginRow) -> bool:
    """Whether a chain means the plugin that was frozen; one named by path goes by its file."""
    if wanted.path is not None:
        return wanted.path.stem.casefold() == row.name.casefold()
    return matches(_plugin(row), wanted)


def _plugin(row: PluginRow) -> Plugin:
    return Plugin(row.name, row.vendor, row.version, row.format, row.class_id, Path(), row.binary)


def _reason(step: HostedStep, rows: list[PluginRow], *, forced: bool) -> str | None:
    """Why frozen audio has to stand in; None where the plugin is here as it was frozen."""
    if step.missing is not None:
        return _GONE
    if step.unreadable is not None:
        return "cannot be read here"
    is_here = any(
        (row.class_id, row.binary) == (step.plugin.class_id, step.plugin.binary_hash)
        for row in rows
    )
    if not is_here:
        return _OTHER
    return _ASKED if forced else None


def _settings_apart(
    step: HostedStep, engine: Engine, frozen: FrozenList, row: PluginRow
) -> list[str]:
    """What a step is set to otherwise than it was when it was frozen."""
    was, now = frozen.engine, engine
    asked: Mapping[str, tuple[object, object]] = {
        "state": (row.state, step.state_hash),
        "set of parameters": ([*row.params.items()], [*step.params]),
        "mix": (row.mix, step.mix),
        "on": (row.on, step.on),
        "latency_samples": (row.latency_samples, step.latency_samples),
        "key": (row.key, step.key),
        "host": (was.host, now.host),
        "buffer size": (was.buffer_size, now.buffer_size),
        "sample rate": (was.sample_rate_hz, now.sample_rate_hz),
        "tempo": (was.tempo_bpm, now.tempo_bpm),
    }
    return [name for name, (before, after) in asked.items() if before != after]
