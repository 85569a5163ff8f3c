"""Songs for a farm: seeded stems through gains that are plugins, each song another one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from stemwright.values import dataclass
from tests.fixtures.plugins.build import built_in, plugin_of

_RATE_HZ = 48000
_STEMS = ("drums", "bass", "keys")


@dataclass(frozen=True)
class Plugins:
    """A folder with fixture plugins: a good one, one that crashes, one that hangs."""

    folder: Path

    @staticmethod
    def built(place: Path, lasting: Path | None = None) -> Plugins:
        """Lay them into `place`, built there or in `lasting`; needs g++ and dpf-source."""
        folder = place / "plugins"
        folder.mkdir()
        for kind in ("gain", "crash-process", "hang-process"):
            bundle = plugin_of(built_in(lasting or place), kind)
            (folder / bundle.name).symlink_to(bundle)
        return Plugins(folder)

    def named(self, kind: str) -> str:
        """A kind as a chain names it."""
        return f"Fixture {kind.replace('-', ' ').title()}"


def write_songs(
    place: Path, count: int, seconds: float, plugins: Plugins, odd: Sequence[str] = ()
) -> list[Path]:
    """Write so many jobs; the last ones have a plugin of an `odd` kind in their first group."""
    stems = place / "stems"
    stems.mkdir(parents=True)
    rng = np.random.default_rng(20)
    for name in _STEMS:
        sound = 0.05 * rng.standard_normal((int(seconds * _RATE_HZ), 2))
        soundfile.write(stems / f"{name}.wav", sound, _RATE_HZ, "PCM_24")
    kinds = ["gain"] * (count - len(odd)) + list(odd)
    return [_job(place, number, kind, plugins) for number, kind in enumerate(kinds)]


def _job(place: Path, number: int, kind: str, plugins: Plugins) -> Path:
    folder = place / f"song {number:03d}"
    folder.mkdir()
    text = "schema = 1\n"
    for index, stem in enumerate(_STEMS):
        use = kind if index == 0 else "gain"
        gain_db = -1.0 - 0.1 * number - index
        params = f'params = {{ "Gain" = "{gain_db:.1f} dB" }}\n' if use == "gain" else ""
        text += (
            f'[[group]]\nid = "{stem}"\nstems = ["{stem}"]\n  [[group.insert]]\n'
            f'  use = "plugin"\n  plugin = "{plugins.named(use)}"\n  {params}'
        )
    text += "[target]\nintegrated_lufs = -20.0\n"
    (folder / "chain.toml").write_text(text)
    (folder / "job.toml").write_text('schema = 1\nchain = "chain.toml"\nstems = "../stems"\n')
    return folder


def stemwright(*words: object) -> list[str]:
    """A command of the tool that these benchmarks run in."""
    return [sys.executable, "-P", "-m", "stemwright", *map(str, words)]


def hash_of(job: Path) -> str | None:
    """The hash of a draft's main master; None where there is no draft."""
    record = job / "draft" / "render.json"
    if not record.is_file():
        return None
    return str(json.loads(record.read_text())["outputs"][0]["pcm_sha256"])


def hashes_alone(jobs: Sequence[Path], store: Path, plugins: Plugins) -> dict[Path, str]:
    """What each job comes to on this machine alone, by an empty store."""
    found = {}
    for job in jobs:
        words = ("--plugins", plugins.folder, "--no-check", "--excerpt", "--json")
        out = job / "alone"
        told = subprocess.run(
            stemwright("render", job, "-o", out, "--store", store, *words),
            capture_output=True,
            check=True,
        )
        found[job] = str(json.loads(told.stdout)["outputs"][0]["pcm_sha256"])
    return found
