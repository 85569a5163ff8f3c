"""Ten inserts with hidden, seeded settings, and how near each search comes to them again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import Bounds, differential_evolution, dual_annealing

from benchmarks.usage import Usage
from bridge.advising import (
    BuiltInStage,
    Excerpted,
    Gone,
    Part,
    Row,
    SamePerformance,
    Stage,
    fitted,
    hosted_stage,
    stand_in_settings,
)
from bridge.demo import stem
from bridge.gathering import Bench
from bridge.hosting import host, scan
from bridge.planning import Engine, HostedStep, NativeInsert
from bridge.plugins import Wanted
from bridge.storing import Store
from chains import Bell, Compressor, Deesser, Eq, Gate, InsertSettings, Shelf
from stemwright.values import dataclass

RATE_HZ = 48000
SECONDS, PREROLL_S = 5, 1
_SEED = 15
_MIDDLE, _ANYWHERE = (0.25, 0.75), (0.0, 1.0)
_DRAWS = 500
_DIGITS = 3
_HEARD_DBFS = -60.0
MOST = 3000
MOST_OF = {"ZaMaximX2": 400, "ZamTube": 250, "ZamGEQ31": 130}
"""Evaluations that take about two minutes of CPU: fewer of plugins that take longer for one."""
PLUGINS = Path("/usr/lib/vst3")
ZAM = ("ZamCompX2", "ZamEQ2", "ZamGateX2", "ZaMaximX2", "ZamTube", "ZamGEQ31")
BUILT_INS: tuple[InsertSettings, ...] = (
    Compressor(),
    Eq(
        bands=(
            Shelf(shape="low_shelf", hz=100.0, gain_db=0.0),
            Bell(shape="bell", hz=1000.0, gain_db=0.0),
            Shelf(shape="high_shelf", hz=8000.0, gain_db=0.0),
        )
    ),
    Deesser(),
    Gate(),
)


@dataclass(frozen=True)
class Found:
    """One insert: residuals before and after in dBFS RMS, how often it was heard, what it took."""

    name: str
    knobs: int
    target_db: float
    before_db: float
    after_db: float
    evaluations: int
    used: Usage


Search = Any


def ours(row: Row, score: SamePerformance, most: int) -> tuple[float, int]:
    """`fit`'s own: the residual, and how often it listened."""
    found = fitted(row, score, most=most)
    return found.after, found.evaluations


def evolution(row: Row, _score: SamePerformance, most: int) -> tuple[float, int]:
    """Differential evolution alone, over the residual's RMS."""
    count = len(row.knobs)
    size = max(16, min(60, 4 * count))

    made = 0

    def distances(columns: Any) -> Any:
        nonlocal made
        rows = list(np.atleast_2d(columns.T))
        made += len(rows)
        return np.array(row.distances(rows))

    found = differential_evolution(
        distances,
        Bounds(np.zeros(count), np.ones(count)),
        x0=np.clip(row.start, 0.0, 1.0),
        init=np.random.default_rng(0).random((size, count)),
        maxiter=max(1, most // size - 1),
        polish=False,
        updating="deferred",
        vectorized=True,
        rng=np.random.default_rng(0),
        tol=0.0,
    )
    return float(found.fun), made


def annealing(row: Row, _score: SamePerformance, most: int) -> tuple[float, int]:
    """Dual annealing with its own local search, over the residual's RMS."""
    count = len(row.knobs)

    def distance(at: Any) -> Any:
        return row.distances([np.array(at)])[0]

    found = dual_annealing(
        distance,
        Bounds(np.zeros(count), np.ones(count)),
        x0=np.clip(row.start, 0.0, 1.0),
        maxfun=most,
        rng=np.random.default_rng(0),
    )
    return float(found.fun), int(found.nfev)


STAND_INS = (("ZamEQ2", "eq"), ("ZamCompX2", "compressor"))
SEARCHES = {"fit": ours, "differential evolution": evolution, "dual annealing": annealing}


def drums() -> Any:
    """The loudest SECONDS of the demo song's drums with what comes before: (2, frames)."""
    samples = stem("drums", sample_rate_hz=RATE_HZ)
    hops = np.square(samples).sum(axis=0).reshape(-1, RATE_HZ // 10).sum(axis=1)
    energy = np.convolve(hops, np.ones(SECONDS * 10), "valid")
    start = max(0, int(np.argmax(energy)) - PREROLL_S * 10) * (RATE_HZ // 10)
    return np.ascontiguousarray(samples[:, start : start + (SECONDS + PREROLL_S) * RATE_HZ])


def names() -> tuple[str, ...]:
    """Built-ins first."""
    return (*(each.use for each in BUILT_INS), *ZAM)


def found(name: str, sound: Any, folder: Path, most: int, search: str) -> Found:
    """Hide settings of an insert, render with them, and search for them."""
    with _stage(name, sound.shape[1], folder) as stage:
        row, score, before = _held(name, stage, sound)
        began = Usage.now()
        after, evaluations = SEARCHES[search](row, score, most)
        used = Usage.now().since(began)
    return Found(name, len(stage.knobs), score.level_db, before, after, evaluations, used)


def stood_in(name: str, by: str, sound: Any, folder: Path, most: int) -> Found:
    """Hide settings of a plugin, render with them, and have a built-in stand in for it."""
    with _stage(name, sound.shape[1], folder) as stage:
        _, score, _ = _held(name, stage, sound)
    (before,) = Row([Part(by, _begun(by))], sound, score).distances([np.array(_begun(by).start)])
    began = Usage.now()
    built_in = _begun(by, Gone(score.own(sound), score.target, RATE_HZ))
    row = Row([Part(by, built_in)], sound, score)
    after, evaluations = ours(row, score, most)
    used = Usage.now().since(began)
    count = len(built_in.knobs)
    return Found(f"{name} by {by}", count, score.level_db, before, after, evaluations, used)


def _begun(by: str, gone: Gone | None = None) -> BuiltInStage:
    return BuiltInStage(NativeInsert(by, stand_in_settings(by, gone)), RATE_HZ)


def _held(name: str, stage: Stage, sound: Any) -> tuple[Row, SamePerformance, float]:
    """The insert held to what hidden settings make of it, which are heard, and how far it is."""
    random = np.random.default_rng([_SEED, *name.encode()])
    for ends in chain([_MIDDLE], repeat(_ANYWHERE, _DRAWS)):
        hidden = np.array([_hidden(random, stage, ends)])
        target = stage.heard(sound[np.newaxis], hidden)[0]
        score = SamePerformance(target, PREROLL_S * RATE_HZ)
        row = Row([Part(name, stage)], sound, score)
        (before,) = row.distances([np.array(stage.start)])
        if before > _HEARD_DBFS:
            return row, score, before
    raise RuntimeError(f"no setting of {name} was heard")


def _hidden(
    random: np.random.Generator, stage: Stage, ends: tuple[float, float]
) -> Sequence[float]:
    """Every continuous setting within a part of its range, to three digits."""
    positions = list(stage.start)
    for n, knob in enumerate(stage.knobs):
        at = random.uniform(*ends)
        if not knob.is_choice:
            positions[n] = knob.position(float(f"{knob.number(at):.{_DIGITS}g}"))
    return positions


@contextmanager
def _stage(name: str, frames: int, folder: Path) -> Iterator[Stage]:
    for settings in BUILT_INS:
        if settings.use == name:
            yield BuiltInStage(NativeInsert(name, settings), RATE_HZ)
            return
    bundle = PLUGINS / f"{name}.vst3"
    (plugin,) = scan([Wanted(path=bundle)], [], trusted=[bundle]).plugins
    step = HostedStep(f"drums/{name}", name, name, plugin, None, None, (), None)
    engine = Engine("dawdreamer", 512, RATE_HZ, 120.0)
    bench = Bench(Store(folder / "store"), host(engine.host), engine)
    with hosted_stage(step, Excerpted(bench, frames, 2)) as stage:
        yield stage
