"""What a worker child is asked, as values, with one way into JSON and back for both sides.

Paths are absolute text: a child works in a folder of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from bridge.hosting.answers import (
    ControllerAnswer,
    Described,
    Done,
    FactoryAnswer,
    Opened,
    PrepareAnswer,
    RunAnswer,
    SaveAnswer,
    Texts,
)
from bridge.hosting.engines.table import able
from bridge.hosting.port import PrepareJob, RunJob
from bridge.plugins import Plugin

RawParams = Sequence[tuple[str, float]]
"""Parameters by name, 0 to 1."""

RawMoves = tuple[tuple[str, tuple[tuple[int, float], ...]], ...]
"""Parameters by name, each with the buffers from which on it has a value, as plugins.Moved."""


@dataclass(frozen=True)
class Loaded:
    """Which plugin to load; `shell` tells that its file holds several."""

    name: str
    path: str
    format: str
    class_id: str
    shell: bool


Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Job(Generic[Answer]):
    """What a child is asked, and the kind of its answer; `host` is the engine that does it."""

    op: ClassVar[str]
    answer: ClassVar[type[Any]]
    host: str


@dataclass(frozen=True)
class _Hosted(Job[Answer]):
    """What every job with a plugin says: which, and how it is told to run."""

    plugin: Loaded
    sample_rate_hz: int
    buffer_size: int
    tempo_bpm: float


@dataclass(frozen=True)
class _SetUp(_Hosted[Answer]):
    """A plugin with a state, and raw values over it."""

    state: str | None
    raw_params: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Describe(_SetUp[Described]):
    """Load a plugin, set it up, list its parameters; `hide_display` hides the screen from it."""

    op = "describe"
    answer = Described
    hide_display: bool = False


@dataclass(frozen=True)
class Save(_SetUp[SaveAnswer]):
    """Save what a plugin is, set up, to `preset_out`, and try that out."""

    op = "save"
    answer = SaveAnswer
    preset_out: str


@dataclass(frozen=True)
class Window(_SetUp[Done]):
    """Open a plugin's own window; what it holds afterwards goes to `preset_out`."""

    op = "window"
    answer = Done
    preset_out: str


@dataclass(frozen=True)
class Prepare(_Hosted[PrepareAnswer]):
    """Set a plugin up by display texts and write its finished state to `preset_out`."""

    op = "prepare"
    answer = PrepareAnswer
    state: str | None
    params: tuple[tuple[str, str], ...]
    warm_up_s: float
    preset_out: str


@dataclass(frozen=True)
class _Rendered(_Hosted[Answer]):
    """One insert over `frames` frames of the raw file `input`, as port.HostedInsert says it."""

    preset: str | None
    raw_params: tuple[tuple[str, float], ...]
    latency_frames: int | None
    expected_latency_frames: int | None
    inputs: int
    input: str
    key: str | None
    frames: int
    moved: RawMoves
    warm_up_s: float


@dataclass(frozen=True)
class Run(_Rendered[RunAnswer]):
    """Run one insert, into `output`; `tapes` is the library that has an engine hold no audio."""

    op = "run"
    answer = RunAnswer
    output: str
    tapes: str | None


@dataclass(frozen=True)
class Repeat(_Rendered[Done]):
    """Run one insert three times in one process, into `outputs`."""

    op = "repeat"
    answer = Done
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Try(_Rendered[Opened]):
    """Load one insert and keep it, for Tried and Shown of the same child; `input` is a first one.

    `names` are the parameters that are tried.
    """

    op = "try_out"
    answer = Opened
    names: tuple[str, ...]


@dataclass(frozen=True)
class Tried(Job[Done]):
    """Render the kept insert once a row of `values` (0 to 1), one after another into `output`.

    `input` is `frames` for all rows, or holds as many as there are rows.
    """

    op = "tried"
    answer = Done
    input: str
    frames: int
    values: tuple[tuple[float, ...], ...]
    output: str


@dataclass(frozen=True)
class Shown(Job[Texts]):
    """The display texts of the tried parameters at each row of `values` (0 to 1)."""

    op = "shown"
    answer = Texts
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Factory(Job[FactoryAnswer]):
    """List what the library `binary` of the plugin file `bundle` holds; `host` is its format."""

    op = "factory"
    answer = FactoryAnswer
    bundle: str
    binary: str


@dataclass(frozen=True)
class Controller(Job[ControllerAnswer]):
    """List the parameters of the VST3 `class_id`, and turn values in its own units into 0 to 1.

    `plain` are (ParamID, values).
    """

    op = "controller"
    answer = ControllerAnswer
    bundle: str
    binary: str
    class_id: str
    plain: tuple[tuple[str, tuple[float, ...]], ...] = ()


PluginJob = Describe | Save | Window | Prepare | Run | Repeat | Try
"""A job that loads a plugin."""

_BY_OP: dict[str, type[Job[Any]]] = {
    kind.op: kind
    for kind in (
        *(Describe, Save, Window, Prepare, Run, Repeat),
        *(Try, Tried, Shown, Factory, Controller),
    )
}


def as_wire(job: Job[Any]) -> dict[str, Any]:
    """The JSON object of a job."""
    return {"op": job.op, **asdict(job)}


def from_wire(told: Mapping[str, Any]) -> Job[Any]:
    """The job of a JSON object that `as_wire` made."""
    found = {name: _frozen(value) for name, value in told.items() if name != "op"}
    if "plugin" in found:
        found["plugin"] = Loaded(**told["plugin"])
    return _BY_OP[told["op"]](**found)


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def describe_job(
    engine: str,
    plugin: Plugin,
    state: Path | None,
    raw_params: RawParams = (),
    *,
    display: bool = True,
) -> Describe:
    """Load `plugin`, apply `state` and raw values over it, and list its parameters."""
    return Describe(
        **_usual(engine, plugin, state, raw_params),
        hide_display=not display,
    )


def save_job(plugin: Plugin, state: Path | None, raw: RawParams, out: Path) -> Save:
    """Save what `plugin` is with `state` and raw values over it to `out`, and try it out."""
    return Save(**_usual(able("save").name, plugin, state, raw), preset_out=str(out.absolute()))


def window_job(plugin: Plugin, state: Path | None, out: Path) -> Window:
    """Open the plugin's own window over `state`; what it holds afterwards goes to `out`."""
    return Window(**_usual(able("window").name, plugin, state, ()), preset_out=str(out))


def prepare_job(engine: str, job: PrepareJob, preset: Path) -> Prepare:
    """Set a plugin up and write its finished state to `preset`."""
    return Prepare(
        host=engine,
        plugin=_loaded(job.plugin),
        state=_path(job.state),
        params=job.params,
        sample_rate_hz=job.sample_rate_hz,
        buffer_size=job.buffer_size,
        tempo_bpm=job.tempo_bpm,
        warm_up_s=job.warm_up_s,
        preset_out=str(preset),
    )


def run_job(engine: str, job: RunJob, output: Path, tapes: str | None = None) -> Run:
    """Run one insert, into `output`, by the library `tapes` where there is one."""
    return Run(**_rendered(engine, job), output=str(output.absolute()), tapes=tapes)


def repeat_job(engine: str, job: RunJob, outputs: Sequence[Path]) -> Repeat:
    """Run one insert three times in one process, into `outputs`."""
    paths = tuple(str(output.absolute()) for output in outputs)
    return Repeat(**_rendered(engine, job), outputs=paths)


def try_job(engine: str, job: RunJob, names: Sequence[str]) -> Try:
    """Load the insert of a run and keep it, to try values of these parameters."""
    return Try(**_rendered(engine, job), names=tuple(names))


def _usual(
    engine: str, plugin: Plugin, state: Path | None, raw_params: RawParams
) -> dict[str, Any]:
    return {
        "host": engine,
        "plugin": _loaded(plugin),
        "state": _path(state),
        "raw_params": tuple(raw_params),
        "sample_rate_hz": 48000,
        "buffer_size": 512,
        "tempo_bpm": 120.0,
    }


def _rendered(engine: str, job: RunJob) -> dict[str, Any]:
    insert = job.insert
    return {
        "host": engine,
        "plugin": _loaded(insert.plugin),
        "preset": _path(insert.preset),
        "raw_params": insert.raw_params,
        "latency_frames": insert.latency_frames,
        "expected_latency_frames": insert.expected_latency_frames,
        "inputs": insert.inputs,
        "input": _path(job.input),
        "key": _path(insert.key_input),
        "frames": job.frames,
        "moved": tuple((each.parameter, each.values) for each in insert.moved),
        "warm_up_s": insert.warm_up_s,
        "sample_rate_hz": job.sample_rate_hz,
        "buffer_size": job.buffer_size,
        "tempo_bpm": job.tempo_bpm,
    }


def _loaded(plugin: Plugin) -> Loaded:
    return Loaded(
        name=plugin.name,
        path=str(plugin.path.resolve()),  # hosts find no binary behind a link of another name
        format=plugin.format,
        class_id=plugin.class_id,
        shell=plugin.classes_in_file > 1,
    )


def _path(path: Path | None) -> str | None:
    return None if path is None else str(path.absolute())
