"""`lock` writes down, `--locked` refuses and lists every difference."""

from __future__ import annotations

import json

import pytest
import soundfile

pytestmark = pytest.mark.usefixtures("no_report")


TEXT = """
[[group]]
id = "all"
stems = ["*"]
gain_db = {fader}
  [[group.insert]]
  use = "gain"
  gain_db = {gain}
[[master.insert]]
use = "compressor"
"""
FINISHED = """
[[group]]
id = "low"
stems = ["kick", "bass"]
[[group]]
id = "rest"
stems = ["*"]
[[master.insert]]
use = "limiter"
[target]
integrated_lufs = {lufs}
[[version]]
id = "less"
mute = ["{mute}"]
"""


@pytest.fixture
def out(run, stems, chain, tmp_path):
    folder = tmp_path / "out"
    assert run("lock", stems, chain(TEXT.format(fader=0, gain=-3)), "-o", folder).code == 0
    return folder


def test_a_lock_alone_names_sources_engine_and_steps(out) -> None:
    assert [path.name for path in out.iterdir()] == ["chain.lock"]
    lock = json.loads((out / "chain.lock").read_text())
    assert [row["stem"] for row in lock["sources"]] == ["bass", "kick", "lead vox"]
    assert {"all/gain", "master/compressor"} <= lock["specs"].keys()
    assert lock["mixer"] == [
        {"id": "all", "trim": 1.0, "inserts": ["gain"], "fader": 1.0, "sends": {}},
        {"id": "master", "inserts": ["compressor"]},
    ]
    assert lock["engine"]["sample_rate_hz"] == 48000


def test_what_is_as_locked_is_rendered_and_rendered_again(run, stems, chain, out) -> None:
    text = chain(TEXT.format(fader=0, gain=-3))
    for _ in range(2):
        assert run("render", stems, text, "-o", out, "--locked").code == 0
    assert (out / "main.wav").exists()


def test_every_difference_is_listed_and_nothing_is_rendered(run, stems, chain, out) -> None:
    samples, rate = soundfile.read(stems / "kick.wav")
    samples[0, 0] += 2**-23
    soundfile.write(stems / "kick.wav", samples, rate, "PCM_24")
    text = chain("[engine]\nbuffer_size = 256\n" + TEXT.format(fader=-1, gain=-6))
    said = run("render", stems, text, "-o", out, "--locked", "--json")
    assert said.code == 1
    errors = json.loads(said.out)["errors"]
    assert {(error["kind"], error["where"]["path"]) for error in errors} == {
        ("source_differs", "kick"),
        ("host_differs", "engine.buffer_size"),
        ("chain_differs", "all/gain gain_db"),
        ("chain_differs", "all fader"),
    }
    messages = {error["message"] for error in errors}
    assert "all/gain gain_db was -3 and is -6" in messages
    assert "all fader was 0 dB and is -1 dB" in messages
    assert "engine.buffer_size was 512 and is 256" in messages
    assert [path.name for path in out.iterdir()] == ["chain.lock"]


def test_without_a_lock_it_says_how_to_make_one(run, stems, chain, tmp_path) -> None:
    text = chain(TEXT.format(fader=0, gain=0))
    said = run("render", stems, text, "-o", tmp_path / "none", "--locked")
    assert said.code == 2
    assert "stemwright lock" in said.err


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 99}'])
def test_a_broken_lock_is_told(run, stems, chain, out, content: str) -> None:
    (out / "chain.lock").write_text(content)
    text = chain(TEXT.format(fader=0, gain=0))
    assert run("render", stems, text, "-o", out, "--locked").code == 2


def test_target_version_and_sample_format_are_locked_too(run, stems, chain, tmp_path) -> None:
    text, out = chain(FINISHED.format(lufs=-20, mute="low")), tmp_path / "out"
    assert run("lock", stems, text, "-o", out, "--subtype", "float32").code == 0
    chain(FINISHED.format(lufs=-19, mute="rest"))
    said = run("render", stems, text, "-o", out, "--locked", "--json")
    assert said.code == 1
    errors = json.loads(said.out)["errors"]
    assert [(error["kind"], error["where"]["path"]) for error in errors] == [
        ("output_differs", "subtype"),
        ("chain_differs", "target integrated_lufs"),
        ("chain_differs", "version less sounding"),
    ]
    assert errors[0]["message"] == "subtype was float32 and is pcm24"
    assert errors[1]["message"] == "target integrated_lufs was -20 and is -19"
    assert errors[2]["message"] == "version less sounding was rest and is low"
    chain(FINISHED.format(lufs=-20, mute="low"))
    as_locked = run("render", stems, text, "-o", out, "--locked", "--subtype", "float32")
    assert as_locked.code == 0


def test_the_lock_of_a_master_is_not_replaced_by_another(run, stems, chain, out) -> None:
    text = chain(TEXT.format(fader=0, gain=-3))
    assert run("render", stems, text, "-o", out).code == 0
    before = (out / "chain.lock").read_bytes()
    said = run("lock", stems, text, "-o", out)
    assert said.code == 2
    assert "holds a master" in said.err
    assert (out / "chain.lock").read_bytes() == before
    assert run("verify", out).code == 0
