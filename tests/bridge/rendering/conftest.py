"""A small studio: stems made on the spot, a chain as text, a render on the fake host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.gathering import Cancel, Silent
from bridge.gathering.sources import gather
from bridge.planning import Plan, plan, state_path
from bridge.processing import SUPPORTED
from bridge.rendering import Context, Rendering, render
from bridge.storing import Store, file_digest
from chains import Chain, Plugin as PluginSettings, loads
from fake_host import FakeHost, fake_catalogue
from sessions import read

RATE_HZ = 48000


@dataclass
class Studio:
    """Stems in a folder, a store, a fake host that counts what it runs."""

    folder: Path
    host: FakeHost = field(default_factory=FakeHost)
    stores: int = 0

    @property
    def stems(self) -> Path:
        path = self.folder / "stems"
        path.mkdir(exist_ok=True)
        return path

    def write(
        self, name: str, samples: np.ndarray, rate_hz: int = RATE_HZ, subtype: str = "PCM_24"
    ) -> None:
        """Write (frames,) or (channels, frames) as a stem."""
        soundfile.write(self.stems / f"{name}.wav", samples.T, rate_hz, subtype)

    def store(self, name: str = "store") -> Store:
        return Store(self.folder / name)

    def chain(self, text: str) -> Chain:
        return loads("schema = 1\n" + text)

    def plan(self, text: str, store: Store | None = None) -> Plan:
        return self.plan_of(self.chain(text), store)

    def plan_of(self, chain: Chain, store: Store | None = None) -> Plan:
        stems = gather(read(self.stems), store or self.store(), 1)
        return plan(stems, chain, fake_catalogue(), supported=SUPPORTED, states=self._states(chain))

    def _states(self, chain: Chain) -> dict[Path, str]:
        paths = [
            state_path(chain, insert.settings)
            for _, insert in chain.inserts()
            if isinstance(insert.settings, PluginSettings)
        ]
        return {path: file_digest(path) for path in paths if path is not None}

    def context(self, text: str, store: str = "store", jobs: int = 1) -> Context:
        return self.context_of(self.chain(text), store, jobs)

    def context_of(self, chain: Chain, store: str = "store", jobs: int = 1) -> Context:
        kept = self.store(store)
        return Context(self.plan_of(chain, kept), kept, self.host, Silent(), Cancel(), jobs)

    def render(
        self, text: str, subtype: str = "float64", store: str = "store", jobs: int = 1
    ) -> Rendering:
        self.host.ran.clear()
        return render(self.context(text, store, jobs), subtype)  # type: ignore[arg-type]


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


@pytest.fixture
def noise() -> Callable[..., np.ndarray]:
    """Seeded pink-ish stereo noise, (2, frames), peak at `peak`, on the 24-bit grid."""

    def make(seconds: float = 2.0, seed: int = 1, peak: float = 0.25) -> np.ndarray:
        rng = np.random.default_rng(seed)
        white = rng.standard_normal((2, round(seconds * RATE_HZ)))
        pink = np.cumsum(white, axis=1) * 0.02 + white
        pink -= np.linspace(pink[:, 0], pink[:, -1], pink.shape[1], axis=1)
        return np.rint(pink / np.abs(pink).max() * peak * 2**23) / 2**23

    return make
