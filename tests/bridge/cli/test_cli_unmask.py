"""`stemwright unmask`: what it prints, what it writes when asked, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from bridge.demo import stem

RATE_HZ = 24000
CHAIN = """
name = "two"
[[group]]
id = "noise"
stems = ["wash"]
[[group]]
id = "voice"
stems = ["*"]
"""


@pytest.fixture
def job(tmp_path: Path, chain) -> Path:
    """A job whose voice is washed over about 1 kHz."""
    chain(CHAIN)
    voice = stem("lead", 4, RATE_HZ)
    noise = np.random.default_rng(4).standard_normal(voice.shape) * voice.std()
    band = butter(2, (900.0, 1100.0), "bandpass", fs=RATE_HZ, output="sos")
    wash = 2.0 * sosfilt(band, noise) + 0.2 * noise
    (tmp_path / "stems").mkdir()
    for name, samples in (("lead vox", voice), ("wash", wash)):
        soundfile.write(tmp_path / "stems" / f"{name}.wav", samples.T, RATE_HZ, "FLOAT")
    path = tmp_path / "job.toml"
    path.write_text('schema = 1\nchain = "chain.toml"\nstems = "stems"\n', "utf-8")
    return path


def test_it_proposes_then_writes_when_asked_and_then_there_is_nothing_left(run, job: Path) -> None:
    chain = job.parent / "chain.toml"
    before = chain.read_text(encoding="utf-8")
    said = run("unmask", job)
    assert said.code == 0
    assert "to write these cuts into the song's chain: the same with --apply" in said.err
    assert chain.read_text(encoding="utf-8") == before
    told = json.loads(run("unmask", job, "--apply", "--json").out)
    assert {each["group"] for each in told["cuts"]} == {"noise"}
    assert told["applied"] is True
    for each in told["cuts"]:
        assert f'+id = "{each["insert"]}"' in told["changed"]
    again = run("unmask", job, "--apply")
    assert "nothing to cut" in again.err
    assert "unmask-" not in again.out
    assert run("plan", job).code == 0


def test_what_is_unknown_is_told_with_what_there_is(run, job: Path) -> None:
    said = run("unmask", job, "--lead", "drums")
    assert (said.code, "one of noise, voice" in said.err) == (2, True)
    said = run("unmask", job, "--only", "noise/unmask-1")
    assert (said.code, "the same without --only lists them" in said.err) == (2, True)
