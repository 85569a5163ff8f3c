"""What a worker of the farm does: set a plugin up, or run one insert, in a child of its own.

What is asked comes checked against its shape. A plugin is named by class and binary and taken from
this machine's own scan, files come by their hashes into this machine's own store.
"""

from __future__ import annotations

import base64
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar

from distributed import Worker
from distributed.utils import sync
from pydantic import BaseModel, ConfigDict, Field

from bridge.farming.files import Exchange, FileNamed, brought, kept
from bridge.farming.ledger import RETURN, TAKE
from bridge.farming.offer import Offer
from bridge.gathering import untouched
from bridge.hosting import (
    LOAD_DEADLINE_S,
    SUFFIXES,
    Host,
    HostedInsert,
    PrepareJob,
    RunJob,
    host,
    known_deadline,
)
from bridge.planning import HostedStep
from bridge.plugins import Moved, Plugin
from bridge.storing import Store
from stemwright.problems import MachineError, Problem, StemwrightError
from stemwright.values import dataclass

_ASK_S = 0.2
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Text = Annotated[str, Field(max_length=4096)]
_Address = Annotated[str, Field(pattern=r"^(tcp|tls)://[0-9A-Za-z.:\[\]-]+$", max_length=200)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _File(_Asked):
    blake3: _Hash
    size_bytes: Annotated[int, Field(ge=0, le=1 << 40)]
    sources: Annotated[list[_Address], Field(max_length=8)]

    @property
    def named(self) -> FileNamed:
        return FileNamed(self.blake3, self.size_bytes, tuple(self.sources))


class _InsertAsked(_Asked):
    """What both operations are told of an insert."""

    class_id: Annotated[str, Field(max_length=64)]
    format: Annotated[str, Field(max_length=8)]
    binary_hash: _Hash
    engine: Annotated[str, Field(max_length=32)]
    engine_version: Annotated[str, Field(max_length=64)]
    sample_rate_hz: Annotated[int, Field(ge=1000, le=1_536_000)]
    buffer_size: Annotated[int, Field(ge=1, le=1 << 20)]
    tempo_bpm: Annotated[float, Field(gt=0.0, le=10_000.0)]
    step_id: _Text
    lines: dict[str, dict[str, str | int]] = {}
    warm_up_s: Annotated[float, Field(ge=0.0, le=60.0)] = 0.0
    deadline_s: Annotated[float, Field(gt=0.0, le=1e6)] | None = None


class PrepareAsked(_InsertAsked):
    """To set a plugin up, as bridge.hosting.PrepareJob says it."""

    state: _File | None = None
    params: list[tuple[_Text, _Text]] = []


class RunAsked(_InsertAsked):
    """To run one insert, as bridge.hosting.RunJob says it."""

    preset: _File | None = None
    raw_params: list[tuple[_Text, float]] = []
    latency_frames: int | None = None
    expected_latency_frames: int | None = None
    inputs: Annotated[int, Field(ge=1, le=2)]
    outputs: Annotated[int, Field(ge=1, le=2)]
    frames: Annotated[int, Field(ge=1, le=1 << 40)]
    input: _File
    key: _File | None = None
    moved: list[tuple[_Text, list[tuple[int, float]]]] = []


@dataclass(frozen=True)
class Bench:
    """A worker's own place: its offer, its store, its way to files of others."""

    worker: Worker
    offer: Offer
    store: Store
    exchange: Exchange


class Here:
    """The bench of this process."""

    bench: ClassVar[Bench | None] = None


def prepare_there(told: Mapping[str, Any]) -> dict[str, Any]:
    """Set a plugin up; return what it is then, or what is wrong."""
    return _answered(told, PrepareAsked, _prepare)


def run_there(told: Mapping[str, Any]) -> dict[str, Any]:
    """Run one insert over a file; return the file that came out by its hash, or what is wrong."""
    return _answered(told, RunAsked, _run)


def _answered(
    told: Mapping[str, Any],
    shape: type[Any],
    work: Callable[[Bench, Any, Plugin, Host], dict[str, Any]],
) -> dict[str, Any]:
    bench = Here.bench
    if bench is None:
        raise RuntimeError("no worker of a farm is at work in this process")
    bench = replace(bench, store=Store(bench.store.root))  # what it holds is this thread's alone
    started_s = time.monotonic()
    with bench.store.holding():
        try:
            asked = shape.model_validate(told)
            plugin, engine = _found(bench, asked)
            with _seated(bench, plugin, asked.step_id):
                done = work(bench, asked, plugin, engine)
        except StemwrightError as error:
            problems = [each.as_json() for each in error.problems]
            done = {"error": type(error).__name__, "problems": problems}
    bench.store.collect()
    seconds = time.monotonic() - started_s
    whose = {"machine": bench.offer.machine, "worker": bench.worker.address}
    return {**done, **whose, "seconds": seconds}


def _found(bench: Bench, asked: _InsertAsked) -> tuple[Plugin, Host]:
    """The plugin that is meant and its host, both exactly as asked."""
    plugin = bench.offer.find(asked.class_id, asked.format, asked.binary_hash)
    engine = host(asked.engine)
    if plugin is None or engine.version != asked.engine_version:
        raise MachineError(
            Problem(
                "not_on_machine",
                f"{bench.offer.machine} has not, or no longer, the plugin or the host that"
                f" {asked.step_id} was planned with",
                hint="start its worker again, so that the farm knows what it has",
            )
        )
    return plugin, engine


@contextmanager
def _seated(bench: Bench, plugin: Plugin, step_id: str) -> Iterator[None]:
    """Take the seats that one use of a plugin needs; floating ones count across the farm."""
    with ExitStack() as held:
        for seat in bench.offer.seats_of(plugin):
            is_floating = seat.kind == "floating"
            licence = seat.name if is_floating else f"{seat.name} in {bench.offer.machine}"
            ticket = secrets.token_hex(8)
            held.callback(_ask_ledger, bench, RETURN, licence=licence, ticket=ticket)
            told = {"of": seat.count, "worker": bench.worker.address, "step": step_id}
            while not _ask_ledger(bench, TAKE, licence=licence, ticket=ticket, **told)["taken"]:
                time.sleep(_ASK_S)
        yield


def _ask_ledger(bench: Bench, call: str, **told: Any) -> Mapping[str, Any]:
    async def answered() -> Mapping[str, Any]:
        answer: Mapping[str, Any] = await getattr(bench.worker.scheduler, call)(**told)
        return answer

    answer: Mapping[str, Any] = sync(bench.worker.loop, answered)
    return answer


def _prepare(bench: Bench, asked: PrepareAsked, plugin: Plugin, engine: Host) -> dict[str, Any]:
    with bench.store.staging() as folder, untouched(_step(asked, plugin)):
        job = PrepareJob(
            plugin=plugin,
            state=_copied(bench, asked.state, folder / f"state{SUFFIXES[plugin.format]}"),
            params=tuple(asked.params),
            sample_rate_hz=asked.sample_rate_hz,
            buffer_size=asked.buffer_size,
            tempo_bpm=asked.tempo_bpm,
            step_id=asked.step_id,
            lines=asked.lines,
            warm_up_s=asked.warm_up_s,
        )
        limit_s = asked.deadline_s or _by_card(bench, asked, plugin, engine, 0) or LOAD_DEADLINE_S
        prepared = engine.prepare(job, limit_s)
    preset = None if prepared.preset is None else base64.b64encode(prepared.preset).decode("ascii")
    said = [each.as_json() for each in prepared.diagnostics]
    return {"done": {**vars(prepared), "preset": preset, "diagnostics": said}}


def _run(bench: Bench, asked: RunAsked, plugin: Plugin, engine: Host) -> dict[str, Any]:
    fed = brought(bench.store, bench.exchange, asked.input.named)
    heard = None if asked.key is None else brought(bench.store, bench.exchange, asked.key.named)
    with bench.store.staging() as folder:
        out = folder / "out.f32"
        with untouched(_step(asked, plugin)):
            insert = HostedInsert(
                step_id=asked.step_id,
                lines=asked.lines,
                plugin=plugin,
                preset=_copied(bench, asked.preset, folder / f"preset{SUFFIXES[plugin.format]}"),
                raw_params=tuple(asked.raw_params),
                latency_frames=asked.latency_frames,
                expected_latency_frames=asked.expected_latency_frames,
                inputs=asked.inputs,
                outputs=asked.outputs,
                key_input=heard,
                moved=tuple(Moved(name, tuple(values)) for name, values in asked.moved),
                warm_up_s=asked.warm_up_s,
            )
            job = RunJob(
                insert,
                fed,
                out,
                asked.frames,
                asked.sample_rate_hz,
                asked.buffer_size,
                asked.tempo_bpm,
            )
            limit_s = asked.deadline_s or _by_card(bench, asked, plugin, engine, asked.frames)
            result = engine.run(job, limit_s)
        entry = kept(bench.store, out)
    made = FileNamed(str(entry.meta["pcm"]), entry.data.stat().st_size, (bench.worker.address,))
    bench.exchange.publish(entry.data, made.blake3)
    told = {**asdict(result), "diagnostics": [each.as_json() for each in result.diagnostics]}
    return {"done": told, "output": made.as_json()}


def _step(asked: _InsertAsked, plugin: Plugin) -> HostedStep:
    """The insert as the guard against replaced binaries knows it."""
    return HostedStep(
        id=asked.step_id,
        label=asked.step_id,
        insert_id=asked.step_id.rpartition("/")[2],
        plugin=plugin,
        state=None,
        state_hash=None,
        params=(),
        latency_samples=None,
        mix=1.0,
        on="stereo",
        key=None,
    )


def _by_card(
    bench: Bench, asked: _InsertAsked, plugin: Plugin, engine: Host, frames: int
) -> float | None:
    return known_deadline(bench.store, plugin, engine, frames, asked.sample_rate_hz)


def _copied(bench: Bench, file: _File | None, path: Path) -> Path | None:
    """A small file under a name of its own kind, which a host goes by."""
    if file is None:
        return None
    path.write_bytes(brought(bench.store, bench.exchange, file.named).read_bytes())
    return path
