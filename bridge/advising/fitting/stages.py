"""Inserts in a row over a few seconds, at many settings: built-ins here, plugins kept loaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from bridge.advising.fitting.built_in_knobs import built_in_knobs, with_numbers
from bridge.advising.fitting.hosted_knobs import PluginKnob, plugin_knobs, turnable
from bridge.advising.fitting.knobs import Knob
from bridge.gathering import Bench
from bridge.hosting import RunJob, Trials, describe, scratch, trials
from bridge.planning import HostedStep, NativeInsert
from bridge.processing import run, split
from bridge.rendering import insert_of, plugin_placed, run_again
from stemwright.values import dataclass

Sounds = npt.NDArray[np.float64]
"""(rows, 2, frames)."""
PARAMS = "params."
"""How the path of a plugin's parameter begins."""
Positions = npt.NDArray[np.float64]
"""(rows, knobs), 0 to 1."""


class Stage(Protocol):
    """One insert that can be heard at many settings of its knobs."""

    @property
    def knobs(self) -> tuple[Knob, ...]:
        """What can be turned."""
        ...

    @property
    def start(self) -> tuple[float, ...]:
        """Where the knobs stand in the chain."""
        ...

    def heard(self, sources: Sounds, positions: Positions) -> Sounds:
        """What comes out, a row of positions each; `sources` are one for all rows, or a row each.

        Raises RenderError.
        """
        ...

    def settings(self, positions: Sequence[float]) -> dict[str, Any]:
        """Every turned setting by its path, as the chain's table of the insert says it."""
        ...

    def table(self, positions: Sequence[float]) -> dict[str, Any]:
        """The keys of that table that have any of them, whole."""
        ...


class BuiltInStage:
    """A built-in in this process; `turned` is False for one that stays as it is."""

    def __init__(self, insert: NativeInsert, rate_hz: int, *, turned: bool = True) -> None:
        self._insert = insert
        self._rate_hz = rate_hz
        found = built_in_knobs(insert.settings, rate_hz) if turned else ()
        self.knobs = tuple(knob for knob, _ in found)
        self.start = tuple(position for _, position in found)

    def heard(self, sources: Sounds, positions: Positions) -> Sounds:
        """As Stage."""
        return np.stack([self._one(*row) for row in _rows(sources, positions)])

    def _one(self, source: npt.NDArray[np.float64], positions: Sequence[float]) -> Any:
        settings = with_numbers(self._insert.settings, self.settings(positions))
        made = NativeInsert(self._insert.id, settings, self._insert.mix, self._insert.on)
        return np.concatenate(list(run_again([made], [source], self._rate_hz)), axis=1)

    def settings(self, positions: Sequence[float]) -> dict[str, Any]:
        """As Stage."""
        return {
            knob.name: knob.choices[knob.chosen(at)] if knob.is_choice else knob.number(at)
            for knob, at in zip(self.knobs, positions, strict=True)
        }

    def table(self, positions: Sequence[float]) -> dict[str, Any]:
        """As Stage."""
        settings = with_numbers(self._insert.settings, self.settings(positions))
        told = settings.model_dump(mode="json", exclude_none=True)
        return {key: told[key] for key in dict.fromkeys(_head(knob.name) for knob in self.knobs)}


@dataclass(frozen=True)
class Excerpted:
    """What a plugin is heard over: how many frames, at which rate, with which bench."""

    bench: Bench
    frames: int
    jobs: int = 1

    @property
    def rate_hz(self) -> int:
        """The song's sample rate."""
        return self.bench.engine.sample_rate_hz


class HostedStage:
    """A plugin kept loaded in children, which share the rows."""

    def __init__(
        self,
        step: HostedStep,
        kept: Sequence[Trials],
        folder: Path,
        knobs: Sequence[PluginKnob],
        start: Sequence[float],
    ) -> None:
        self._step = step
        self._kept = kept
        self._folder = folder
        self._knobs = knobs
        self.knobs = tuple(each.knob for each in knobs)
        self.start = tuple(start)

    def heard(self, sources: Sounds, positions: Positions) -> Sounds:
        """As Stage."""
        parts = np.array_split(np.arange(len(positions)), len(self._kept))
        with ThreadPoolExecutor(len(parts)) as pool:
            made = pool.map(
                lambda n: self._part(n, sources, positions[parts[n]], parts[n]), range(len(parts))
            )
            return np.concatenate(list(made))

    def _part(self, number: int, sources: Sounds, positions: Positions, rows: Any) -> Sounds:
        if not len(positions):
            return np.zeros((0, *sources.shape[1:]))
        own = sources if len(sources) == 1 else sources[rows]
        fed, out = (self._folder / f"{name}{number}.f32" for name in ("in", "out"))
        on = self._step.on
        feed = own if on == "stereo" else np.stack([split(each, on) for each in own])
        feed.transpose(0, 2, 1).astype("<f4").tofile(fed)
        self._kept[number].render(fed, self._raw(positions), out, frames=sources.shape[2])
        wet = np.fromfile(out, "<f4").reshape(len(positions), -1, 2).transpose(0, 2, 1)
        if on == "stereo" and self._step.mix == 1.0:
            return np.asarray(wet, np.float64)
        placed = [
            self._placed(source, each)
            for (source, _), each in zip(_rows(own, positions), wet, strict=True)
        ]
        return np.stack(placed)

    def _placed(self, source: Any, wet: Any) -> Any:
        made = plugin_placed(iter([np.asarray(wet, np.float64)]), self._step)
        return np.concatenate(list(run([made], [source])), axis=1)

    def _raw(self, positions: Positions) -> list[list[float]]:
        return [
            [knob.raw(at) for knob, at in zip(self._knobs, row, strict=True)] for row in positions
        ]

    def settings(self, positions: Sequence[float]) -> dict[str, Any]:
        """As Stage: in the plugin's own display text."""
        if not self._knobs:
            return {}
        (texts,) = self._kept[0].texts(self._raw(np.array([positions])))
        return {f"{PARAMS}{knob.name}": text for knob, text in zip(self.knobs, texts, strict=True)}

    def table(self, positions: Sequence[float]) -> dict[str, Any]:
        """As Stage: the parameters that are turned."""
        found = self.settings(positions)
        return {"params": {path.removeprefix(PARAMS): text for path, text in found.items()}}


@contextmanager
def hosted_stage(
    step: HostedStep, heard: Excerpted, *, turned: bool = True
) -> Iterator[HostedStage]:
    """Keep a step's plugin loaded as the chain sets it up. Raises as Host.prepare, RenderError."""
    with ExitStack() as held:
        folder = held.enter_context(scratch())
        insert, _ = insert_of(heard.bench, step, folder)
        found = (
            turnable(describe(step.plugin, state=insert.preset, raw_params=insert.raw_params))
            if turned
            else ()
        )
        names = [each.name for each in found]
        silent = folder / "silent.f32"
        np.zeros((heard.frames, 2), "<f4").tofile(silent)
        job = RunJob(
            insert,
            silent,
            folder / "unused.f32",
            heard.frames,
            heard.rate_hz,
            heard.bench.engine.buffer_size,
            heard.bench.engine.tempo_bpm,
        )
        engine = heard.bench.host.name
        kept = [held.enter_context(trials(engine, job, names)) for _ in range(heard.jobs)]
        middles = kept[0].texts([[0.5] * len(names)])[0] if names else ()
        knobs = plugin_knobs(found, middles)
        start = [knob.position(raw) for knob, raw in zip(knobs, kept[0].values, strict=True)]
        yield HostedStage(step, kept, folder, knobs, start)


def _head(path: str) -> str:
    return path.partition(".")[0]


def _rows(sources: Sounds, positions: Positions) -> Iterator[tuple[Any, Any]]:
    for index, row in enumerate(positions):
        yield sources[index if len(sources) > 1 else 0], row
