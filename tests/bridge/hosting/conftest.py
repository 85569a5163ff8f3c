"""A bench for one plugin: scanned, prepared, run on given samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from bridge.hosting import HostedInsert, Prepared, PrepareJob, RunJob, RunResult, host, scan
from bridge.plugins import Plugin, Wanted

Audio = npt.NDArray[np.float32]
Finder = Callable[[str], Path]
RATE_HZ = 48000


class Known:
    """What was scanned and prepared already: both repeat, as their own tests show."""

    def __init__(self) -> None:
        self.plugins: dict[str, Plugin] = {}
        self.prepared: dict[tuple[str, tuple[tuple[str, str], ...]], Prepared] = {}


class Bench:
    """Real plugins through the real host, in a folder of its own."""

    def __init__(self, folder: Path, finders: tuple[Finder, Finder], known: Known) -> None:
        self.folder = folder
        self.zam, self.fixture = finders
        self.known = known
        self.host = host("dawdreamer")

    def plugin(self, name: str) -> Plugin:
        """A zam plugin by its name, or a fixture by its kind; scanned once a session."""
        if name not in self.known.plugins:
            bundle = self.zam(name) if name.startswith("Za") else self.fixture(name)
            found = scan([Wanted(path=bundle)], [], trusted=[bundle])
            assert found.unscannable == ()
            self.known.plugins[name] = found.plugins[0]
        return self.known.plugins[name]

    def prepare(self, plugin: Plugin, *params: tuple[str, str], deadline_s: float = 60) -> Prepared:
        """Prepare with parameters alone."""
        return self.host.prepare(PrepareJob(plugin, params=params, step_id="vox/air"), deadline_s)

    def insert(self, name: str, *params: tuple[str, str]) -> HostedInsert:
        """A plugin as rendering hands it to a run; prepared once a session."""
        plugin = self.plugin(name)
        if (name, params) not in self.known.prepared:
            self.known.prepared[name, params] = self.prepare(plugin, *params)
        prepared = self.known.prepared[name, params]
        preset = None
        if prepared.preset is not None:
            preset = self.folder / f"{len(list(self.folder.iterdir()))}.vstpreset"
            preset.write_bytes(prepared.preset)
        return HostedInsert(
            step_id=f"vox/{plugin.name}",
            plugin=plugin,
            preset=preset,
            raw_params=prepared.raw_params,
            expected_latency_frames=prepared.latency_frames,
            inputs=prepared.inputs,
            outputs=prepared.outputs,
        )

    def run(
        self, insert: HostedInsert, audio: Audio, deadline_s: float = 60, **settings: Any
    ) -> tuple[Audio, RunResult]:
        """Run (2, frames) audio through one insert; its (2, frames) output."""
        job = self.job(insert, audio, **settings)
        result = self.host.run(job, deadline_s)
        return np.fromfile(job.output, "<f4").reshape(-1, 2).T, result

    def job(self, insert: HostedInsert, audio: Audio, **settings: Any) -> RunJob:
        """The job of that run."""
        source = self.folder / "in.f32"
        source.write_bytes(audio.T.astype("<f4").tobytes())
        return RunJob(insert, source, self.folder / "out.f32", audio.shape[1], RATE_HZ, **settings)

    def chain(
        self, inserts: Sequence[HostedInsert], audio: Audio
    ) -> tuple[list[Audio], list[RunResult]]:
        """Run one insert after the other; each one's output and result."""
        done = []
        for insert in inserts:
            audio, result = self.run(insert, audio)
            done.append((audio, result))
        return [out for out, _ in done], [result for _, result in done]


@pytest.fixture(scope="session")
def known() -> Known:
    return Known()


@pytest.fixture
def bench(tmp_path: Path, zam: Finder, fixture_plugins: Finder, known: Known) -> Bench:
    return Bench(tmp_path, (zam, fixture_plugins), known)


@pytest.fixture
def music() -> Audio:
    """(2, 36123) float32: seeded noise under a swell, peaks about 0.7."""
    rng = np.random.default_rng(7)
    swell = 0.5 + 0.5 * np.sin(np.arange(36123) / 3000)
    return np.asarray(rng.standard_normal((2, 36123)) * 0.15 * swell, np.float32)
