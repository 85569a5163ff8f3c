"""An insert of the chain on zam-plugins that was changed is the one that is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
import tomlkit

from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.comparing import diff
from chains import LIBRARY, load

pytestmark = pytest.mark.usefixtures("no_report_in_module", "prepared_once")

RATE_HZ = 48000
STEMS = ("kick", "bass", "pad", "lead vox")
CHANGES = {
    "drums/parallel": ("Ratio", "6"),
    "vocals/tone": ("Boost/Cut H", "0.5 dB"),
    "master/bands": ("Ratio2", "4"),
    "master/maximizer": ("Output Ceiling", "-6.5 dB"),
}
"""One insert for each plugin and each place: a group's only one, its first, the master's middle and
its last. The kind of a change has tests of its own, which host nothing."""


def _text(step: str | None = None) -> str:
    """The chain with one parameter of `step` set otherwise, and its main master alone."""
    text = tomlkit.parse((LIBRARY / "zam.toml").read_text(encoding="utf-8")).unwrap()
    del text["version"]
    text["engine"] = {**text.get("engine", {}), "tail_s": 0.5}  # nothing rings on for ten seconds
    if step is not None:
        owner, insert = step.split("/")
        groups = {each["id"]: each for each in text["group"]} | {"master": text["master"]}
        (row,) = (each for each in groups[owner]["insert"] if each["id"] == insert)
        name, value = CHANGES[step]
        assert row["params"][name] != value
        row["params"][name] = value
    return tomlkit.dumps(text)


def _inserts() -> list[str]:
    """Every insert of the chain, in its order."""
    chain = load(LIBRARY / "zam.toml")
    owners = [*((group.id, group.inserts) for group in chain.groups), ("master", chain.master)]
    return [f"{owner}/{each.id}" for owner, row in owners for each in row]


def _downstream(step: str) -> set[str]:
    """`step` and what comes after it: the rest of its group, the sum, the master, the finish."""
    rows, owner = _inserts(), step.split("/")[0]
    after = {each for each in rows[rows.index(step) :] if each.split("/")[0] in (owner, "master")}
    return {*after, "finish/main"} if owner == "master" else {*after, "sum", "finish/main"}


@pytest.fixture(scope="module")
def render(zam, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Render a second of four stems through the chain, changed or not; one store for all."""
    for plugin in ("ZamCompX2", "ZamEQ2", "ZaMultiCompX2", "ZaMaximX2"):
        zam(plugin)
    folder = tmp_path_factory.mktemp("zam")
    (folder / "stems").mkdir()
    for seed, name in enumerate(STEMS):
        samples = 0.1 * np.random.default_rng(seed).standard_normal((RATE_HZ, 2))
        soundfile.write(folder / "stems" / f"{name}.wav", samples, RATE_HZ, "PCM_24")

    def make(step: str | None) -> Path:
        name = "plain" if step is None else step.replace("/", " ")
        chain, out = folder / f"{name}.toml", folder / name
        chain.write_text(_text(step), encoding="utf-8")
        if not out.exists():
            words = [
                "render",
                folder / "stems",
                chain,
                "-o",
                out,
                "--store",
                folder / "store",
            ]
            assert run_told(app, [str(word) for word in words]) == 0
        return out

    return make


@pytest.mark.parametrize("step", CHANGES)
def test_the_insert_that_was_changed_is_named(render, step: str) -> None:
    found = diff(render(None), render(step))
    assert found.verdict == "changed"
    first = found.renderings.first
    assert (first.name, first.step, first.kind) == (step, step, "insert")
    assert found.renderings.not_repeatable == ()
    assert set(found.renderings.differing) <= _downstream(step)
