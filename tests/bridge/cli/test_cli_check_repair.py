"""`stemwright check --repair`: what is written, what is refused, and how it is verified."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.checking.repairing.start_time import start_frames, with_start
from sessions import read

RATE_HZ = 48000
CHAIN = """schema = 1
[[group]]
id = "all"
stems = ["*"]
"""
AT = 60000


def _tone(hz: float, sides: int = 2) -> Any:
    t = np.arange(100000) / RATE_HZ
    fade = np.minimum(1.0, np.minimum(t, t[::-1]) / 0.05)
    tone = 0.2 * fade * (np.sin(2 * np.pi * hz * t) + 0.3 * np.sin(2 * np.pi * 2.01 * hz * t))
    dice = np.random.default_rng(round(hz))
    return tone[:, None] * np.linspace(1.0, 0.8, sides) + 1e-4 * dice.standard_normal(
        (len(t), sides)
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stems: one with a click and a dropout, one without a fault, one with clicks in FLAC."""
    folder = tmp_path_factory.mktemp("made") / "Straße"
    folder.mkdir()
    lead, keys = _tone(311.0), _tone(523.0)
    lead[AT : AT + 2] += 0.5
    lead[80000:80096] = 0.0
    keys[AT, 0] += 0.4
    soundfile.write(folder / "Führung lead.wav", lead, RATE_HZ, subtype="PCM_24")
    soundfile.write(folder / "bass.wav", _tone(77.0, 1), RATE_HZ, subtype="PCM_24")
    soundfile.write(folder / "keys.flac", keys, RATE_HZ, subtype="PCM_16")
    return folder


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store for all tests: what was heard of those stems is known to the next."""
    return tmp_path_factory.mktemp("heard") / "store"


@pytest.fixture
def stems(
    made: Path, heard: Path, run: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Those stems, to be changed; the store of `run` is the one for all tests."""
    assert run
    monkeypatch.setenv("STEMWRIGHT_STORE", str(heard))
    return Path(shutil.copytree(made, tmp_path / "place" / made.name))


def _repaired(run: Callable[..., Any], stems: Path, *more: object) -> tuple[Any, Path]:
    folder = stems.parent / "repaired"
    return run("check", stems, "--repair", folder, *more), folder


def _beside(stems: Path) -> list[str]:
    """What lies beside the stems, but for the store, which keeps what was heard."""
    return sorted({path.name for path in stems.parent.iterdir()} - {stems.name, "the store"})


def test_the_new_folder_is_a_bundle_of_the_same_stems(
    stems: Path, run: Callable[..., Any], tmp_path: Path
) -> None:
    before = {path.name: path.read_bytes() for path in stems.iterdir()}
    said, folder = _repaired(run, stems, "--json")
    told = json.loads(said.out)
    assert {path.name: path.read_bytes() for path in stems.iterdir()} == before
    done = {(each["stem"], each["code"]) for each in told["repairs"]["steps"]}
    assert done == {("Führung lead", "clicks"), ("Führung lead", "dropout"), ("keys", "clicks")}
    assert (folder / "bass.wav").read_bytes() == before["bass.wav"]
    old, new = read(stems), read(folder)
    assert [(each.id, each.role, each.channels) for each in new.tracks] == [
        (each.id, each.role, each.channels) for each in old.tracks
    ]
    for name in ("Führung lead", "keys"):
        (source,) = stems.glob(f"{name}.*")
        was, rate_hz = soundfile.read(source)
        now, new_rate_hz = soundfile.read(folder / f"{name}.wav")
        assert (new_rate_hz, now.shape) == (rate_hz, was.shape)
        same = now == was
        for each in told["repairs"]["steps"]:
            if each["stem"] == name:
                for channel, first, stop in each["ranges"]:
                    assert not same[first:stop, channel].all()
                    same[first:stop, channel] = True
        assert same.all()
    (tmp_path / "chain.toml").write_text(CHAIN)
    planned = run("plan", folder, tmp_path / "chain.toml")
    assert planned.code == 0, planned.err
    log = (folder / "repairs.txt").read_text(encoding="utf-8")
    assert "0:01.250  clicks" in log
    assert "copied as it is" in log
    assert "new export" in log
    page = (folder / "repairs.html").read_text(encoding="utf-8")
    assert page.count('class="strips seek"') == 3
    assert page.index("A new export is the better cure") < page.index("<article")
    assert str(tmp_path) not in page


def test_what_was_mended_fails_no_check_and_is_not_found_again(
    stems: Path, run: Callable[..., Any]
) -> None:
    assert run("check", stems).code == 1
    said, folder = _repaired(run, stems)
    assert said.code == 0
    assert "3 repairs made" in said.out
    again = json.loads(run("check", folder, "--json").out)
    found = {each["code"] for stem in again["stems"] for each in stem["findings"]}
    assert not found & {"clicks", "dropout"}


def test_a_dry_run_tells_the_same_and_writes_nothing(stems: Path, run: Callable[..., Any]) -> None:
    said = run("check", stems, "--dry-run", "--json")
    planned = json.loads(said.out)["repairs"]
    assert said.code == 1
    assert _beside(stems) == []
    done, _ = _repaired(run, stems, "--json")
    assert json.loads(done.out)["repairs"]["steps"] == planned["steps"]


def test_only_what_is_named_is_mended(stems: Path, run: Callable[..., Any]) -> None:
    said, folder = _repaired(run, stems, "--only", "dropout", "--json")
    steps = json.loads(said.out)["repairs"]["steps"]
    assert [each["code"] for each in steps] == ["dropout"]
    assert said.code == 1
    one = run("check", stems, "--repair", folder, "--only", steps[0]["finding"], "--json")
    assert json.loads(one.out)["repairs"]["steps"] == steps
    wrong = run("check", stems, "--repair", folder, "--only", "dropot")
    assert wrong.code == 2
    assert "dropout" in wrong.err
    assert run("check", stems, "--only", "dropout").code == 2
    none = run("check", stems, "--repair", folder, "--only", "wide_low_end", "--json")
    assert json.loads(none.out)["repairs"]["steps"] == []


def test_what_has_no_repair_is_told(stems: Path, run: Callable[..., Any]) -> None:
    keys, rate_hz = soundfile.read(stems / "keys.flac")
    keys[:, 1] = 0.0
    soundfile.write(stems / "keys.flac", keys, rate_hz, subtype="PCM_16")
    said, _ = _repaired(run, stems, "--json")
    told = json.loads(said.out)["repairs"]["refused"]
    assert ("keys", "dead_channel") in {(each["stem"], each["code"]) for each in told}
    assert all("new export" in each["why"] for each in told if each["code"] == "dead_channel")


def test_no_place_but_one_of_its_own_is_written_to(stems: Path, run: Callable[..., Any]) -> None:
    for folder in (stems, stems / "repaired", stems.parent):
        said = run("check", stems, "--repair", folder)
        assert said.code == 2
    assert _beside(stems) == []
    foreign = stems.parent / "mine"
    foreign.mkdir()
    (foreign / "notes.txt").write_text("mine")
    assert run("check", stems, "--repair", foreign).code == 2
    assert [path.name for path in foreign.iterdir()] == ["notes.txt"]
    _, folder = _repaired(run, stems)
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert _repaired(run, stems)[0].code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    (folder / "repairs.txt").write_text("edited")
    assert _repaired(run, stems)[0].code == 2
    assert (folder / "repairs.txt").read_text() == "edited"


def test_nothing_is_left_where_the_disk_refuses(
    stems: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("bridge.checking.repairing.song.as_bytes", full)
        said, folder = _repaired(run, stems)
    assert said.code == 3
    assert _beside(stems) == []
    assert not folder.exists()


def test_a_stem_that_cannot_be_decoded_is_told_and_the_others_mended(
    stems: Path, run: Callable[..., Any]
) -> None:
    (stems / "broken.wav").write_bytes(b"RIFF....WAVE")
    said, folder = _repaired(run, stems, "--json")
    told = json.loads(said.out)["repairs"]
    assert len(told["steps"]) == 3
    assert "broken.wav" in {each["stem"] for each in told["refused"]}
    assert not (folder / "broken.wav").exists()


def test_a_start_time_is_kept(stems: Path, run: Callable[..., Any]) -> None:
    starts = {"Führung lead.wav": 48000 * 3600 * 24 - 5, "bass.wav": 7}
    (stems / "keys.flac").unlink()
    for name, frames in starts.items():
        samples, rate_hz = soundfile.read(stems / name, always_2d=True)
        soundfile.write(stems / name, samples, rate_hz, subtype="PCM_24")
        _with_start(stems / name, frames)
    _, folder = _repaired(run, stems, "--only", "clicks")
    assert {name: start_frames(folder / name) for name in starts} == starts


def _with_start(path: Path, frames: int) -> None:
    from bridge.audio import WavWriter, read_blocks

    blocks = [*read_blocks(path)]
    with WavWriter(path, RATE_HZ, len(blocks[0]), "pcm24", "", dither=False, overwrite=True) as out:
        for block in blocks:
            out.write(block)
    with_start(path, frames)


def test_a_pair_and_a_zip_are_mended_as_they_lie(
    stems: Path, run: Callable[..., Any], tmp_path: Path
) -> None:
    lead, rate_hz = soundfile.read(stems / "Führung lead.wav")
    (stems / "Führung lead.wav").unlink()
    for side, name in enumerate(("L", "R")):
        soundfile.write(stems / f"lead.{name}.wav", lead[:, side], rate_hz, subtype="PCM_24")
    zipped = shutil.make_archive(str(tmp_path / "song"), "zip", stems)
    said = run("check", zipped, "--repair", tmp_path / "repaired", "--json")
    told = json.loads(said.out)["repairs"]
    assert {each["stem"] for each in told["steps"]} == {"lead", "keys"}
    names = {path.name for path in (tmp_path / "repaired").glob("*.wav")}
    assert names == {"lead.L.wav", "lead.R.wav", "bass.wav", "keys.wav"}
    assert run("verify", tmp_path / "repaired").code == 0


def test_verify_does_them_again_and_names_what_differs(
    stems: Path, run: Callable[..., Any]
) -> None:
    _, folder = _repaired(run, stems)
    said = run("verify", folder)
    assert said.code == 0, said.out
    assert "3 steps on 3 stems" in said.out
    record = folder / "repairs.json"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace('"version": 2', '"version": 0', 1), encoding="utf-8")
    assert run("verify", folder).code == 2
    record.write_text(text, encoding="utf-8")
    samples, rate_hz = soundfile.read(folder / "keys.wav")
    soundfile.write(folder / "keys.wav", samples * 0.5, rate_hz, subtype="FLOAT")
    changed = json.loads(run("verify", folder, "--json", "--quick").out)
    assert changed["verdict"] == "differs"
    assert "keys.wav" in changed["first"]["message"]
    soundfile.write(folder / "keys.wav", samples, rate_hz, subtype="FLOAT")
    lead, rate_hz = soundfile.read(stems / "Führung lead.wav")
    soundfile.write(stems / "Führung lead.wav", lead * 0.9, rate_hz, subtype="PCM_24")
    moved = json.loads(run("verify", folder, "--json").out)
    assert ("source", "Führung lead") in {
        (each["kind"], each["stem"]) for each in moved["differing"]
    }


def test_a_method_of_another_version_is_named(
    stems: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, folder = _repaired(run, stems)
    later = {("clicks", "predicted"): 2, ("dropout", "predicted"): 1}
    monkeypatch.setattr("bridge.checking.repairing.verifying._NOW", later)
    told = json.loads(run("verify", folder, "--json").out)
    assert (told["first"]["kind"], told["first"]["stem"]) == ("version", "Führung lead")


def test_a_folder_is_whole_or_absent_however_it_ends(stems: Path, run: Callable[..., Any]) -> None:
    folder = stems.parent / "repaired"
    words = [sys.executable, "-m", "stemwright", "check", str(stems), "--repair", str(folder)]
    begun = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60.0
    while not [*stems.parent.glob(".stemwright-repairs-*/made/*")] and time.monotonic() < until:
        assert begun.poll() is None or folder.is_dir()
        if begun.poll() is not None:
            break
        time.sleep(0.01)
    begun.kill()
    begun.wait()
    assert not folder.exists() or (folder / "repairs.json").is_file()
    assert _repaired(run, stems)[0].code == 0
    assert sorted(path.name for path in stems.parent.iterdir()) == sorted([stems.name, folder.name])


def test_two_stems_of_one_name_are_refused_as_by_every_command(
    stems: Path, run: Callable[..., Any]
) -> None:
    other = stems.parent / "other"
    other.mkdir()
    shutil.copyfile(stems / "bass.wav", other / "bass.wav")
    said = run("check", stems / "bass.wav", other / "bass.wav", "--repair", stems.parent / "x")
    assert said.code == 2
    assert "several files are the stem" in said.err
    assert not (stems.parent / "x").exists()
