"""`stemwright unmask`: what it prints, what it writes when asked, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from bridge.demo import stem
from sessions.states.vstpreset import build_vstpreset

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


def test_a_chain_copied_into_the_song_finds_what_lies_beside_the_old_one(run, job: Path) -> None:
    shared = job.parent / "shared"
    (shared / "states").mkdir(parents=True)
    state = shared / "states" / "a.vstpreset"
    state.write_bytes(build_vstpreset("0" * 32, b"x", None))
    (shared / "X.vst3").mkdir()
    gone = (
        '[[group]]\nid = "gone"\nstems = ["none"]\n[[group.insert]]\nuse = "plugin"\n'
        'plugin = "./X.vst3" # ours\nstate = "states/a.vstpreset"\n'
    )
    text = "schema = 1" + CHAIN.replace('[[group]]\nid = "voice"', f'{gone}[[group]]\nid = "voice"')
    (shared / "chain.toml").write_text(text, "utf-8")
    song = job.parent / "song"
    song.mkdir()
    job.rename(song / "job.toml")
    named = 'schema = 1\nchain = "../shared/chain.toml"\nstems = "../stems"\n'
    (song / "job.toml").write_text(named, "utf-8")
    applied = run("unmask", song, "--apply")
    assert applied.code == 0, applied.err
    copied = (song / "chain.toml").read_text("utf-8")
    assert 'plugin = "../shared/X.vst3" # ours' in copied
    assert 'state = "states/a.vstpreset"' in copied
    assert (song / "states/a.vstpreset").read_bytes() == state.read_bytes()
    assert run("plan", song).code == 0
    (song / "job.toml").write_text(named, "utf-8")
    (song / "states/a.vstpreset").write_bytes(b"another")
    for said in ("already", "another state"):  # the chain in the song's way, then the state alone
        taken = run("unmask", song, "--apply")
        assert (taken.code, taken.out, said in taken.err) == (2, "", True), taken.err
        (song / "chain.toml").unlink(missing_ok=True)


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
    (job.parent / "rough.wav").write_bytes(b"no audio")  # which nothing here needs
    job.write_text('rough = "rough.wav"\n' + job.read_text("utf-8"), "utf-8")
    said = run("unmask", job, "--only", "noise/unmask-1")
    assert (said.code, "the same without --only lists them" in said.err) == (2, True)
    said = run("unmask", job)
    assert (said.code, "warning: the rough mix rough.wav is left out" in said.err) == (0, True)
    said = run("fit", job, "--insert", "noise/nope", "--to", job.parent / "stems" / "wash.wav")
    assert (said.code, 'the chain has no insert "noise/nope"' in said.err) == (2, True)
