"""`stemwright balance`: what it prints, what it writes when asked, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

STEMS_RATE_HZ = 24000
CHAIN = """
name = "two"
[[group]]
id = "low"
stems = ["kick", "bass"]
[[group]]
id = "voice"
stems = ["*"]
"""


@pytest.fixture
def job(tmp_path: Path, stems: Path, chain) -> Path:
    """A job whose rough mix has the voice 4 dB lower than its stems are."""
    chain(CHAIN)
    parts = {path.stem: soundfile.read(path)[0] for path in stems.iterdir()}
    mix = parts["kick"] + parts["bass"] + 10 ** (-4.0 / 20) * parts["lead vox"]
    soundfile.write(tmp_path / "rough mix.wav", mix, STEMS_RATE_HZ, "FLOAT")
    path = tmp_path / "job.toml"
    path.write_text(
        'schema = 1\nchain = "chain.toml"\nstems = "stems"\nrough = "rough mix.wav"\n', "utf-8"
    )
    return path


def test_it_proposes_then_writes_when_asked_and_then_there_is_nothing_left(run, job: Path) -> None:
    before = job.read_text(encoding="utf-8")
    said = run("balance", job)
    assert said.code == 0
    assert "to write these moves into the job: the same with --apply" in said.err
    assert job.read_text(encoding="utf-8") == before
    told = json.loads(run("balance", job, "--apply", "--json").out)
    low, voice = told["groups"]
    assert low["change_db"] - voice["change_db"] == pytest.approx(4.0, abs=0.03)
    assert (told["to"], told["target"], told["applied"]) == ("rough", "rough mix.wav", True)
    assert f"+gain_db = {voice['new_fader_db']}" in told["changed"]
    again = run("balance", job, "--apply")
    assert "nothing to move: the balance is there" in again.err
    assert "gain_db" not in again.out


def test_a_job_without_a_rough_mix_says_how_to_name_one(run, job: Path) -> None:
    job.write_text('schema = 1\nchain = "chain.toml"\nstems = "stems"\n', encoding="utf-8")
    said = run("balance", job)
    assert said.code == 2
    assert 'rough = "rough.wav"' in said.err
    assert run("balance", job.parent / "stems").code == 2


@pytest.mark.parametrize("ending", ["mp3", "ogg"])
def test_a_rough_mix_may_be_lossy_and_late_by_what_its_encoder_adds(
    run, job: Path, ending: str
) -> None:
    """The encoder's frames before the music are in it, as in one without a header that names them.

    It is found among the stems by its name, and by the job.
    """
    seconds = np.arange(4 * STEMS_RATE_HZ) / STEMS_RATE_HZ
    parts = {}
    for name, hz in (("kick", 70.0), ("bass", 160.0), ("lead vox", 900.0)):
        notes = sum(np.sin(2 * np.pi * hz * n * seconds) / n for n in range(1, 6))
        parts[name] = 0.1 * (notes * np.exp(-6 * (seconds % 0.37)))[:, None].repeat(2, axis=1)
        soundfile.write(job.parent / "stems" / f"{name}.wav", parts[name], STEMS_RATE_HZ)
    mix = parts["kick"] + parts["bass"] + 10 ** (-4.0 / 20) * parts["lead vox"]
    late = np.concatenate([np.zeros((1105, 2)), mix])
    rough = job.parent / "stems" / f"rough mix.{ending}"
    soundfile.write(rough, late, STEMS_RATE_HZ)
    (job.parent / "rough mix.wav").unlink()
    text = job.read_text(encoding="utf-8")
    for name in (f'rough = "stems/rough mix.{ending}"', ""):
        job.write_text(text.replace('rough = "rough mix.wav"', name), encoding="utf-8")
        told = json.loads(run("balance", job, "--json").out)
        assert "groups" in told, told
        low, voice = told["groups"]
        assert low["change_db"] - voice["change_db"] == pytest.approx(4.0, abs=0.5)
        assert told["target"] == f"rough mix.{ending}"
    if ending == "ogg":
        checked = run("check", job.parent / "stems", "--mix", rough)
        assert "against the rough mix: the stems explain it" in checked.out + checked.err
