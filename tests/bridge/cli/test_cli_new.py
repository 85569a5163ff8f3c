"""`stemwright new`: a chain whose first render is what it says, near a reference, written once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.processing import build
from chains import Bell, Eq, load

STEMS_RATE_HZ = 24000

pytestmark = pytest.mark.usefixtures("crew_kept", "no_report")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """Kick, bass and a dry voice, four seconds."""
    folder = tmp_path / "song"
    folder.mkdir()
    rng = np.random.default_rng(9)
    at_s = np.arange(4 * STEMS_RATE_HZ) / STEMS_RATE_HZ
    noise = rng.standard_normal((3, 2, at_s.size))
    kick = 0.5 * np.sin(2 * np.pi * 60 * at_s) * np.exp(-12 * (at_s % 0.5)) + 0.001 * noise[0]
    bass = 0.2 * np.sin(2 * np.pi * 110 * at_s) + 0.005 * noise[1]
    voice = 0.1 * noise[2] * np.exp(-25 * (at_s % 0.4))
    for name, sound in (("kick", kick), ("bass", bass), ("lead vox", voice)):
        soundfile.write(folder / f"{name}.wav", sound.T, STEMS_RATE_HZ, "PCM_24")
    return folder


@pytest.fixture
def reference(song: Path, tmp_path: Path) -> Path:
    """The same song through an equaliser, a little louder."""
    total = sum(soundfile.read(path, always_2d=True)[0].T for path in sorted(song.iterdir()))
    bells = (
        Bell(shape="bell", hz=250.0, gain_db=-4.0, q=1.0),
        Bell(shape="bell", hz=2500.0, gain_db=4.0, q=1.4),
    )
    made = 0.9 * build(Eq(bands=bells), STEMS_RATE_HZ).process(np.asarray(total))
    path = tmp_path / "reference.wav"
    soundfile.write(path, made.T, STEMS_RATE_HZ, "PCM_24")
    return path


def told_lufs(chain: Path) -> float | None:
    target = load(chain).target
    return None if target is None else target.integrated_lufs


def test_the_first_render_is_what_the_chain_says(
    run: Callable[..., Any], song: Path, reference: Path, tmp_path: Path
) -> None:
    chain = tmp_path / "chain.toml"
    words = ["new", song, "--reference", reference, "--json"]
    made = run(*words, "-o", chain)
    told = json.loads(made.out)
    assert made.code == 0
    assert load(chain).notes == ()
    assert {group["id"] for group in told["groups"]} == {"drums", "bass", "vocals"}
    before, after = told["distance_before"], told["distance_after"]
    assert before["mid_db"] > 1.0
    assert after["mid_db"] < 0.5 * before["mid_db"]

    rendered = run("render", song, chain, "-o", tmp_path / "master", "--json")
    record = json.loads(rendered.out)
    assert rendered.code == 0
    assert all(step["cached"] for step in record["steps"])
    measures = record["outputs"][0]["measures"]
    assert measures["integrated_lufs"] == told["first_render"]["measures"]["integrated_lufs"]
    assert measures["true_peak_dbtp"] <= -1.0
    assert measures["integrated_lufs"] == pytest.approx(told_lufs(chain), abs=0.1)

    text = chain.read_text(encoding="utf-8")
    again = run(*words, "-o", chain)
    assert (again.code, chain.read_text(encoding="utf-8")) == (2, text)
    other = tmp_path / "other.toml"
    anew = run(*words, "-o", other, "--store", tmp_path / "empty", "--jobs", "1")
    assert (anew.code, other.read_text(encoding="utf-8")) == (0, text)


def test_what_cannot_be_aimed_at_is_refused_and_nothing_is_written(
    run: Callable[..., Any], song: Path, tmp_path: Path
) -> None:
    chain = tmp_path / "chain.toml"
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, np.zeros((4800, 2)), 24000)
    for reference, said in (
        (song / "bass.wav", "would be summed"),
        (silent, "no loudness to aim at"),
        (tmp_path / "none.wav", "none.wav"),
    ):
        refused = run("new", song, "-o", chain, "--reference", reference)
        assert refused.code == 2
        assert said in refused.err
    muted = tmp_path / "muted"
    muted.mkdir()
    soundfile.write(muted / "bass.wav", np.zeros((24000, 2)), 24000)
    refused = run("new", muted, "-o", chain)
    assert (refused.code, chain.exists()) == (2, False)
    assert "every stem is silent" in refused.err
