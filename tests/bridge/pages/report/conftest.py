"""Small songs rendered for real on built-ins and the fake host, each with its report."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.finished import write_folder
from bridge.gathering import Cancel, Silent
from bridge.gathering.sources import gather
from bridge.pages.report import Heard, ReportPages, listen
from bridge.planning import plan
from bridge.processing import SUPPORTED
from bridge.rendering import Context, render
from bridge.storing import Store
from chains import loads
from fake_host import FakeHost, fake_catalogue
from sessions import read

RATE_HZ = 48000

SONG = """
name = "A song"
[[group]]
id = "drums"
stems = ["kick"]
gain_db = 0.5
[[group.insert]]
id = "down"
use = "gain"
gain_db = -3.0
[[group.insert]]
id = "squeeze"
use = "compressor"
threshold_db = -30.0
ratio = 4.0
[[group.insert]]
id = "hosted"
use = "plugin"
plugin = "Fake Shape"
[[group.insert]]
id = "off"
use = "gain"
gain_db = 1.0
bypass = true
[[group]]
id = "rest"
stems = ["*"]
[[master.insert]]
id = "glue"
use = "compressor"
[target]
integrated_lufs = -18.0
[[version]]
id = "instrumental"
mute = ["rest"]
"""


@dataclass
class Made:
    """A finished folder with its report; `sources` is where stems and references lie."""

    sources: Path
    folder: Path
    store: Store
    record: dict[str, Any]
    heard: tuple[Heard, ...]

    @property
    def page(self) -> str:
        return (self.folder / "report.html").read_text(encoding="utf-8")

    @property
    def excerpts(self) -> list[dict[str, Any]]:
        """The signals of the lossless deck."""
        return self.decks[-1]["signals"] if self.decks else []

    @property
    def decks(self) -> list[dict[str, Any]]:
        """All that is played: the whole songs, then the excerpts."""
        found = re.findall(r'id="(?:p\d-)?excerpts">(.*?)</script>', self.page)
        return [json.loads(each) for each in found]


@dataclass
class Studio:
    """Stems in a folder, a fake host, any number of stores and output folders."""

    folder: Path
    references: list[tuple[str, str, Path]] = field(default_factory=list)
    text: str = SONG

    def write(self, name: str, samples: np.ndarray, rate_hz: int = RATE_HZ) -> None:
        stems = self.folder / "stems"
        stems.mkdir(exist_ok=True)
        soundfile.write(stems / f"{name}.wav", samples.T, rate_hz, "PCM_24")

    def refer(self, kind: str, name: str, samples: np.ndarray, rate_hz: int = RATE_HZ) -> None:
        path = self.folder / f"{name}.wav"
        soundfile.write(path, samples.T, rate_hz, "PCM_24")
        self.references.append((kind, name, path))

    def make(
        self,
        text: str | None = None,
        out: str = "master",
        store: str = "store",
        subtype: str = "pcm24",
        jobs: int = 1,
        stems: str = "stems",
    ) -> Made:
        """Render, write the folder as `stemwright render` does, and the report beside it."""
        kept, chain = Store(self.folder / store), loads("schema = 1\n" + (text or self.text))
        stems = gather(read(self.folder / stems), kept, 1)
        planned = plan(stems, chain, fake_catalogue(), supported=SUPPORTED, states={})
        context = Context(planned, kept, FakeHost(), Silent(), Cancel(), jobs)
        rendering = render(context, subtype)  # type: ignore[arg-type]
        folder = self.folder / out
        pages = ReportPages(context, rendering, self.references)
        told = write_folder(context, rendering, chain, subtype, folder, pages)  # type: ignore[arg-type]
        record = told.as_json()
        heard = listen(context, rendering, self.references)
        return Made(self.folder, folder, kept, record, heard)


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    return Studio(tmp_path)


def _noise(seconds: float = 6.0, seed: int = 1, peak: float = 0.25) -> np.ndarray:
    samples = np.random.default_rng(seed).standard_normal((2, round(seconds * RATE_HZ)))
    samples[:, : samples.shape[1] // 2] *= 0.5
    return samples / np.abs(samples).max() * peak


@pytest.fixture
def noise() -> Callable[..., np.ndarray]:
    """Seeded stereo noise, (2, frames), louder in its second half, peak at `peak`."""
    return _noise


@pytest.fixture(scope="session")
def known(made_for_all_workers: Callable[..., Path]) -> Path:
    """The store that the song was rendered into once; nothing else is ever put there."""

    def make(folder: Path) -> None:
        folder.mkdir()
        _with_song(Studio(folder)).make()

    return made_for_all_workers("the report's song", make) / "store"


@pytest.fixture
def song(studio: Studio, known: Path) -> Studio:
    """Three stems of six seconds, a rough mix and a reference at another rate.

    The store of that name knows their render and its page; any other is empty.
    """
    shutil.copytree(known, studio.folder / "store")
    return _with_song(studio)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, known: Path) -> Made:
    """The same song rendered once, for tests that change neither its folder nor its store."""
    folder = tmp_path_factory.mktemp("finished")
    shutil.copytree(known, folder / "store")
    return _with_song(Studio(folder)).make()


def _with_song(studio: Studio) -> Studio:
    for seed, name in enumerate(["kick", "bass", "lead vox"]):
        studio.write(name, _noise(6.0, seed))
    studio.refer("mix", "rough", _noise(6.0, 7, 0.5))
    studio.refer("reference", "other song", _noise(5.0, 8, 0.9)[:1], 44100)
    return studio
