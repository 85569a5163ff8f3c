"""Hosts whose children run on a farm's machines, under the local hosts' names and versions."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from bridge.farming.files import FileNamed
from bridge.farming.operations import prepare_there, run_there
from bridge.hosting import Prepared, PrepareJob, RunJob, RunResult
from bridge.plugins import Plugin
from stemwright.problems import Diagnostic, StemwrightError
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.farming.client import Farm

_FETCHES = 3


@dataclass(frozen=True)
class FarmHost:
    """A Host whose children run on the machines of a farm."""

    farm: Farm
    name: str
    version: str

    def prepare(self, job: PrepareJob, deadline_s: float | None = None) -> Prepared:
        """Set a plugin up there."""
        with self.farm.offered(job.state) as state:
            asked = {
                **self._asked(job.plugin, job.step_id, job.lines, deadline_s),
                "warm_up_s": job.warm_up_s,
                "sample_rate_hz": job.sample_rate_hz,
                "buffer_size": job.buffer_size,
                "tempo_bpm": job.tempo_bpm,
                "state": None if state is None else state.as_json(),
                "params": [list(each) for each in job.params],
            }
            done = self.farm.do(prepare_there, asked, job.plugin)["done"]
        preset = done["preset"]
        return Prepared(
            **{
                **done,
                "preset": None if preset is None else base64.b64decode(preset),
                "raw_params": tuple((name, value) for name, value in done["raw_params"]),
                "read_back": tuple((name, text) for name, text in done["read_back"]),
                "diagnostics": _diagnostics(done),
            }
        )

    def run(self, job: RunJob, deadline_s: float | None = None) -> RunResult:
        """Render there; what comes out is fetched, under its own name once it is whole."""
        insert = job.insert
        part = job.output.with_name(job.output.name + ".part")
        for left in reversed(range(_FETCHES)):
            with ExitStack() as held:
                fed, heard, preset = (
                    held.enter_context(self.farm.offered(each))
                    for each in (job.input, insert.key_input, insert.preset)
                )
                asked = {
                    **self._asked(insert.plugin, insert.step_id, insert.lines, deadline_s),
                    "warm_up_s": insert.warm_up_s,
                    "moved": [[each.parameter, list(each.values)] for each in insert.moved],
                    "sample_rate_hz": job.sample_rate_hz,
                    "buffer_size": job.buffer_size,
                    "tempo_bpm": job.tempo_bpm,
                    "raw_params": [list(each) for each in insert.raw_params],
                    "latency_frames": insert.latency_frames,
                    "expected_latency_frames": insert.expected_latency_frames,
                    "inputs": insert.inputs,
                    "outputs": insert.outputs,
                    "frames": job.frames,
                    "input": None if fed is None else fed.as_json(),
                    "key": None if heard is None else heard.as_json(),
                    "preset": None if preset is None else preset.as_json(),
                }
                answer = self.farm.do(run_there, asked, insert.plugin)
            made = answer["output"]
            named = FileNamed(made["blake3"], made["size_bytes"], tuple(made["sources"]))
            try:
                self.farm.exchange.fetch(named, part)
                part.replace(job.output)
                break
            except StemwrightError as error:  # the machine that made it is gone: it is made anew
                if not left or error.problems[0].kind != "file_not_fetched":
                    raise
            finally:
                part.unlink(missing_ok=True)
        done = answer["done"]
        return RunResult(**{**done, "diagnostics": _diagnostics(done)})

    def _asked(
        self, plugin: Plugin, step_id: str, lines: Mapping[str, Any], deadline_s: float | None
    ) -> dict[str, Any]:
        return {
            "class_id": plugin.class_id,
            "format": plugin.format,
            "binary_hash": plugin.binary_hash,
            "engine": self.name,
            "engine_version": self.version,
            "step_id": step_id,
            "lines": {key: dict(place) for key, place in lines.items()},
            "deadline_s": deadline_s,
        }


def _diagnostics(done: Mapping[str, Any]) -> tuple[Diagnostic, ...]:
    return tuple(Diagnostic(**each) for each in done["diagnostics"])
