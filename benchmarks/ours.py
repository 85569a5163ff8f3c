"""Our own side: renders of eight lanes, timed by stage; the same again; one insert changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.song import NAMES
from benchmarks.usage import Clock, Told, Usage

if TYPE_CHECKING:
    from stemwright.problems import Problem

_LANE = """
[[group]]
id = "{name}"
stems = ["{name}"]
{inserts}
"""
_NATIVE_LANE = """
  [[group.insert]]
  id = "shape"
  use = "eq"
  bands = [
    {{ shape = "high_pass", hz = 40, slope_db_per_octave = 6 }},
    {{ shape = "bell", hz = 400, gain_db = -2 }},
    {{ shape = "high_shelf", hz = 9000, gain_db = 1 }},
  ]
  [[group.insert]]
  id = "level"
  use = "compressor"
  threshold_db = -24
  ratio = 2
  attack_ms = 20
  release_ms = 150
  [[group.insert]]
  id = "colour"
  use = "eq"
  bands = [
    {{ shape = "bell", hz = 2500, gain_db = {gain_db}, q = 0.8 }},
    {{ shape = "low_shelf", hz = 120, gain_db = 0.5 }},
  ]
"""
_EQUALISER = """
  [[group.insert]]
  use = "eq"
  bands = [
    { shape = "bell", hz = 400, gain_db = -1 },
    { shape = "high_shelf", hz = 9000, gain_db = 1 },
  ]
"""
_HOSTED_LANE = """
  [[group.insert]]
  use = "plugin"
  plugin = "{plugin}"
  params = {{ "Threshold" = "-24 dB" }}
"""
_MASTER = """
[[master.insert]]
use = "eq"
bands = [{ shape = "high_pass", hz = 24, slope_db_per_octave = 6 }]
[[master.insert]]
use = "compressor"
threshold_db = -18
ratio = 1.5
[[master.insert]]
id = "tilt"
use = "eq"
bands = [{ shape = "high_shelf", hz = 11000, gain_db = 0.5 }]
[[master.insert]]
use = "limiter"
[target]
integrated_lufs = -12.0
"""
HOSTED_PLUGIN = "ZamCompX2"
TAIL_S = 10.0
"""What a song is rendered beyond its stems, bridge.planning.TAIL_S."""


_UNCOMPILED = "PYTHONDONTWRITEBYTECODE"


def native_chain(
    colour_db: float = 1.0, names: Sequence[str] = NAMES, inserts: int | None = None
) -> str:
    """Three built-ins in each lane, four on the master; `colour_db` is the lead's.

    With `inserts`, each lane has so many equalisers of two bands instead.
    """
    shaped = None if inserts is None else _EQUALISER * inserts
    lanes = "".join(
        _LANE.format(
            name=name,
            inserts=shaped or _NATIVE_LANE.format(gain_db=colour_db if name == "lead" else 1.0),
        )
        for name in names
    )
    return f"schema = 1\n{lanes}{_MASTER}"


def hosted_chain() -> str:
    """One real plugin in each of eight lanes; the same master."""
    insert = _HOSTED_LANE.format(plugin=HOSTED_PLUGIN)
    lanes = "".join(_LANE.format(name=name, inserts=insert) for name in NAMES)
    return f"schema = 1\n{lanes}{_MASTER}"


class Stages:
    """Splits a render's time by its stages; implements bridge.gathering.Events."""

    def __init__(self) -> None:
        self.found: dict[str, Usage] = {}
        self._name = "reading"
        self._since = Usage.now()

    def stage(self, name: str) -> None:
        """Close the stage before; open this one."""
        now = Usage.now()
        self.found[self._name] = now.since(self._since)
        self._name, self._since = name, now

    def steps(self, total: int) -> None:
        """Of no interest here."""

    def busy(self, step_id: str) -> None:
        """Of no interest here."""

    def done(self, step_id: str) -> None:
        """Of no interest here."""

    def missing(self, plugins: Sequence[Problem]) -> None:
        """Of no interest here."""


def master(stems: str, text: str, work: str, jobs: int, warm: str | None) -> Told:
    """Work: render `text` over `stems` into `work`, with the store that is there.

    With `warm`, a folder of the same stems a second long, those are rendered before the clock
    runs: what is imported on the way is start-up. Tells the usage of each stage and the seconds of
    each step that the store did not have.
    """
    if warm is not None:
        with tempfile.TemporaryDirectory(dir=Path(work).parent) as folder:
            _master(Path(warm), text, Path(folder), jobs)
    clock = Clock()
    stages, fresh_s = _master(Path(stems), text, Path(work), jobs)
    told = {name: [used.wall_s, used.cpu_s] for name, used in stages.items()}
    return clock.told(stages=told, fresh_s=fresh_s)


def _master(
    stems: Path, text: str, work: Path, jobs: int
) -> tuple[dict[str, Usage], dict[str, float]]:
    from bridge.finished import write_folder
    from bridge.gathering import Cancel, link
    from bridge.hosting import host
    from bridge.rendering import WORKER_MODULES, Context, render
    from bridge.storing import Store
    from bridge.workers import working
    from chains import load
    from sessions import read

    work.mkdir(exist_ok=True)
    (work / "chain.toml").write_text(text, encoding="utf-8")
    stages = Stages()
    chain, store = load(work / "chain.toml"), Store(work / "store")
    with working(jobs, WORKER_MODULES):
        plan = link(read(stems), chain, store, jobs=jobs)
        context = Context(plan, store, host(plan.engine.host), stages, Cancel(), jobs)
        rendering = render(context, "pcm24")
    stages.stage("writing")
    write_folder(context, rendering, chain, "pcm24", work / "master")
    stages.stage("")
    fresh = {step.id: step.seconds for step in rendering.steps if not step.cached}
    return stages.found, fresh


def command(*words: object) -> Usage:
    """The whole command, start-up included, its modules compiled before as an installer does it."""
    run = [sys.executable, "-m", "stemwright", *map(str, words)]
    compiled = {name: value for name, value in os.environ.items() if name != _UNCOMPILED}
    start = Usage.now()
    subprocess.run(run, check=True, capture_output=True, env=compiled)
    return Usage.now().since(start)


def again(stems: Path, work: Path, jobs: int) -> Usage:
    """`render` once more, with everything in the store."""
    chain, out, store = work / "chain.toml", work / "master", work / "store"
    return command("render", stems, chain, "-o", out, "--store", store, "--jobs", jobs)


def forget(work: Path) -> None:
    """Remove what a render left: store and master."""
    shutil.rmtree(work, ignore_errors=True)
