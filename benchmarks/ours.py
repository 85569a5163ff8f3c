"""Our own side: renders of eight lanes, timed by stage; the same again; one insert changed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.song import NAMES
from benchmarks.usage import Memory, Stages, Usage

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


def native_chain(colour_db: float = 1.0) -> str:
    """Three built-ins in each of eight lanes, four on the master; `colour_db` is the lead's."""
    lanes = "".join(
        _LANE.format(
            name=name,
            inserts=_NATIVE_LANE.format(gain_db=colour_db if name == "lead" else 1.0),
        )
        for name in NAMES
    )
    return f"schema = 1\n{lanes}{_MASTER}"


def hosted_chain() -> str:
    """One real plugin in each of eight lanes; the same master."""
    insert = _HOSTED_LANE.format(plugin=HOSTED_PLUGIN)
    lanes = "".join(_LANE.format(name=name, inserts=insert) for name in NAMES)
    return f"schema = 1\n{lanes}{_MASTER}"


@dataclass(frozen=True)
class Mastered:
    """One render: its stages, the whole, its peak memory, and what its fresh steps took."""

    stages: dict[str, Usage]
    whole: Usage
    peak_bytes: int
    fresh_s: dict[str, float]


def master(stems: Path, text: str, work: Path, jobs: int) -> Mastered:
    """Render `text` over `stems` into `work`, with the store that is there."""
    from bridge.finished import write_folder
    from bridge.gathering import Cancel, link
    from bridge.hosting import host
    from bridge.rendering import Context, render
    from bridge.storing import Store
    from chains import load
    from sessions import read

    work.mkdir(exist_ok=True)
    (work / "chain.toml").write_text(text, encoding="utf-8")
    stages, start = Stages(), Usage.now()
    chain, store = load(work / "chain.toml"), Store(work / "store")
    with Memory() as memory:
        plan = link(read(stems), chain, store, jobs=jobs)
        context = Context(plan, store, host(plan.engine.host), stages, Cancel(), jobs)
        rendering = render(context, "pcm24")
        stages.stage("writing")
        write_folder(context, rendering, chain, "pcm24", work / "master")
        stages.stage("")
    fresh = {step.id: step.seconds for step in rendering.steps if not step.cached}
    return Mastered(stages.found, Usage.now().since(start), memory.peak_bytes, fresh)


def again(stems: Path, work: Path, jobs: int) -> Usage:
    """The whole command once more, start-up included, with everything in the store."""
    start = Usage.now()
    command = [sys.executable, "-c", "from bridge.cli import main; main()", "render", stems]
    command += [work / "chain.toml", "-o", work / "master", "--store", work / "store"]
    command += ["--jobs", str(jobs)]
    subprocess.run([str(word) for word in command], check=True, capture_output=True)
    return Usage.now().since(start)
