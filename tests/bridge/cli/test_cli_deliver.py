"""`stemwright deliver`: from a finished song to files, names, tags, checks, in one folder."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.audio import pcm_sha256
from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.delivering.tags import read_tags

CHAIN = """schema = 1
[[group]]
id = "drums"
stems = ["kick"]
[[group]]
id = "rest"
stems = ["*"]
[target]
integrated_lufs = -16.0
true_peak_dbtp = -1.0
[[version]]
id = "instrumental"
mute = ["drums"]
dynamics = "main"
"""
SAID = ["--set", "title=Night Drive", "--set", "artist=The Stems", "--set", "isrc=GBAYE0601498"]
OWN_ISRC = "--set", "versions.instrumental.isrc=GBAYE0601490"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished render of two stems of four and a half seconds."""
    place = tmp_path_factory.mktemp("song")
    _stems(place / "stems", 216000, 48000)
    (place / "chain.toml").write_text(CHAIN)
    _render(place, place / "store")
    return place


@pytest.fixture(scope="module")
def other(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A louder song of two seconds, which is limited, at another rate, in the first one's store."""
    place = tmp_path_factory.mktemp("other")
    _stems(place / "stems", 192000, 96000)
    (place / "chain.toml").write_text(CHAIN.replace("-16.0", "-7.0"))
    _render(place, finished / "store")
    return place


def _stems(folder: Path, frames: int, rate_hz: int) -> None:
    folder.mkdir()
    for seed, name in enumerate(("kick", "bass")):
        fade = np.minimum(1.0, np.minimum(np.arange(frames), frames - np.arange(frames)) / 4800)
        noise = np.random.default_rng(seed).normal(0.0, 0.05, (frames, 2)) * fade[:, None]
        soundfile.write(folder / f"{name}.wav", noise, rate_hz, "PCM_24")


def _render(song: Path, store: Path) -> None:
    words = [song / "stems", song / "chain.toml", "-o", song / "master", "--excerpt"]
    assert run_told(app, ["render", *map(str, words), "--store", str(store)]) == 0


@pytest.fixture
def deliver(run: Callable[..., Any], finished: Path) -> Callable[..., Any]:
    def call(*words: object) -> Any:
        return run("deliver", *words, "--store", finished / "store")

    return call


def test_a_delivery_has_the_finished_samples_their_names_tags_and_hashes(
    deliver, finished: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = "--profile", "hires", "--profile", "cd", *SAID, *OWN_ISRC
    said = deliver(finished / "master", *words, "-o", out, "--json")
    told = json.loads(said.out)
    assert (said.code, told["passed"]) == (0, True)
    paths = [each["path"] for each in told["files"]]
    assert paths == [
        "hires/TheStems_NightDrive_Main_48k24.flac",
        "hires/TheStems_NightDrive_Instrumental_48k24.flac",
        "cd/TheStems_NightDrive_Main_44k16.wav",
    ]
    lock = json.loads((finished / "master" / "chain.lock").read_text())
    sent = {each["version"]: each["pcm_sha256"] for each in lock["outputs"]}
    for row in told["files"][:2]:
        assert pcm_sha256(out / row["path"]) == row["pcm_sha256"] == sent[row["version"]]
    assert soundfile.info(out / paths[2]).samplerate == 44100
    assert read_tags(out / paths[2]).values["isrc"] == "GBAYE0601498"
    assert read_tags(out / paths[1]).values["isrc"] == "GBAYE0601490"  # another recording
    assert json.loads((out / "manifest.json").read_text())["files"] == told["files"]
    for sheet in ("delivery.txt", "delivery.html"):
        assert "TheStems_NightDrive_Main_44k16.wav" in (out / sheet).read_text()


def test_the_same_delivery_has_the_same_bytes(deliver, finished: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        words = [finished / "master", "--profile", "cd", *SAID, "-o", tmp_path / name]
        assert deliver(*words).code == 0
    files = sorted(each.relative_to(tmp_path / "a") for each in (tmp_path / "a").rglob("*.*"))
    assert [each.name for each in files if len(each.parts) == 1] == [
        "delivery.html",
        "delivery.txt",
        "manifest.json",
        "report.html",
    ]
    assert len(files) == 5
    for each in files:
        assert (tmp_path / "a" / each).read_bytes() == (tmp_path / "b" / each).read_bytes()


def test_an_archive_makes_its_masters_again_wherever_it_lies(
    deliver, run, finished: Path, tmp_path: Path
) -> None:
    kept = "--profile", "archive", *SAID, "--set", "engineer=Eve Fox", "--revision", "r1", "--json"
    said = deliver(finished / "master", *kept, "--with-stems", "-o", tmp_path / "made")
    assert (said.code, json.loads(said.out)["passed"]) == (0, True)
    out = (tmp_path / "made").rename(tmp_path / "moved")
    song = out / "archive" / "song"
    lock = json.loads((song / "chain.lock").read_text())
    paths = [file["path"] for row in lock["sources"] for file in row["files"]]
    assert sorted(paths) == ["../stems/bass.wav", "../stems/kick.wav"]
    assert run("verify", song).code == 0
    assert run("deliver", "--check", out).code == 0
    again = json.loads(deliver(song, *kept, "-o", tmp_path / "again").out)
    assert [each["pcm_sha256"] for each in again["files"]] == [
        each["pcm_sha256"] for each in json.loads(said.out)["files"]
    ]
    paths = [
        file["path"]
        for row in json.loads((tmp_path / "again/archive/song/chain.lock").read_text())["sources"]
        for file in row["files"]
    ]
    assert {(tmp_path / "again/archive/song" / each).resolve() for each in paths} == {
        each.resolve() for each in (out / "archive" / "stems").iterdir()
    }
    with (song / "chain.toml").open("a") as file:
        file.write("# edited\n")
    (out / "delivery.txt").unlink()
    told = json.loads(run("deliver", "--check", out, "--json").out)["checks"]
    failed = {(each["check"], each["file"]) for each in told if each["outcome"] == "fail"}
    assert failed == {("sha256", "archive/song/chain.toml"), ("missing", "delivery.txt")}
    refused = deliver(finished / "master", "--profile", "cd", *SAID, "--with-stems", "-o", "x")
    assert (refused.code, "no profile keeps the song" in refused.err) == (2, True)


def test_a_record_has_its_songs_on_one_side_unlimited_at_one_gain_with_a_cue_sheet(
    deliver, finished: Path, other: Path, tmp_path: Path
) -> None:
    songs = finished / "master", other / "master"
    words = "--profile", "vinyl", *SAID[:4], "--set", "catalog_number=EX001", "--pause", "1.5"
    said = deliver(*songs, *words, "-o", tmp_path / "out", "--json")
    told = json.loads(said.out)
    assert said.code == 0, [each for each in told["checks"] if each["outcome"] == "fail"]
    (row,) = told["files"]
    path = tmp_path / "out" / "vinyl" / "EX001_A_96000Hz_24bit.wav"
    assert (row["path"], row["version"]) == (f"vinyl/{path.name}", "side A")
    cue = path.with_suffix(".cue").read_text("utf-8")
    assert re.findall(r'FILE "(.*)" WAVE|INDEX (\d\d) (\d\d:\d\d:\d\d)', cue) == [
        (path.name, "", ""),
        ("", "01", "00:00:00"),
        ("", "00", "00:04:38"),  # 4.5 s, at 75 frames a second
        ("", "01", "00:06:00"),
    ]
    sound = soundfile.read(path)[0]
    assert len(sound) == (4.5 + 1.5 + 2.0) * 96000
    first, pause, second = np.split(sound, [432000, 576000])
    assert np.abs(pause).max() <= 2.0**-22  # dithered
    gains_db = _gain_beside_drive(first, finished, 48000), _gain_beside_drive(second, other, 96000)
    assert gains_db[0] == pytest.approx(gains_db[1], abs=0.002)
    assert row["measures"]["true_peak_dbtp"] == pytest.approx(-3.0, abs=0.02)
    stems = _mid(soundfile.read(other / "stems" / f"{name}.wav")[0] for name in ("kick", "bass"))
    gain = np.dot(stems, _mid([second])) / np.dot(stems, stems)
    assert np.abs(_mid([second]) - gain * stems).max() < 2.0**-21  # its limiter was not here
    limited = _mid([soundfile.read(other / "master" / "main.wav")[0]])
    gain = np.dot(stems, limited) / np.dot(stems, stems)
    assert np.abs(limited - gain * stems).max() > 0.05

    sides = json.loads(deliver(*songs, *words, "--sides", "1,1", "--dry-run", "--json").out)
    lengths = [each["side"]["songs"][0]["to_s"] for each in sides["files"]]
    assert lengths == [4.5, 2.0]
    for wrong, kind in (
        (("--sides", "3"), "bad_sides"),
        (("--record", "12@78"), "no_record"),
        (("--profile", "hires"), "several_songs"),
    ):
        asked = deliver(*songs, *words, *wrong, "--dry-run", "--json")
        assert (asked.code, json.loads(asked.out)["errors"][0]["kind"]) == (2, kind)


def _mid(sounds: Iterable[Any]) -> Any:
    return sum(each.sum(axis=1) for each in sounds)


def _gain_beside_drive(part: Any, song: Path, rate_hz: int) -> float:
    """How many dB a song on a side is over its stems at the drive of its lock, below 10 kHz."""
    stems = [soundfile.read(song / "stems" / f"{name}.wav")[0] for name in ("kick", "bass")]
    powers = []
    for mid, hz in ((_mid([part]), 96000), (_mid(stems), rate_hz)):
        heard = np.fft.rfftfreq(len(mid), 1 / hz) < 10000
        powers.append(np.square(np.abs(np.fft.rfft(mid) / len(mid))[heard]).sum())
    drive_db = json.loads((song / "master" / "chain.lock").read_text())["drive_db"]
    return float(10 * np.log10(powers[0] / powers[1])) - drive_db


def test_a_broadcast_is_solved_anew_before_the_limiter(
    deliver, finished: Path, tmp_path: Path
) -> None:
    words = [finished / "master", "--profile", "broadcast", "--only", "main", *SAID]
    told = json.loads(deliver(*words, "-o", tmp_path / "out", "--json").out)
    (row,) = told["files"]
    assert row["measures"]["integrated_lufs"] == pytest.approx(-23.0, abs=0.1)
    assert told["passed"]


def test_what_a_profile_needs_is_told_at_once_and_nothing_is_made(
    deliver, finished: Path, tmp_path: Path
) -> None:
    words = [finished / "master", "--profile", "cd", "--profile", "archive", "--json"]
    said = deliver(*words, "-o", tmp_path / "out")
    kinds = {each["kind"] for each in json.loads(said.out)["errors"]}
    assert (said.code, kinds) == (2, {"tag_missing", "name_incomplete"})
    assert not (tmp_path / "out").exists()


def test_a_dry_run_lists_the_files_and_makes_none(deliver, finished: Path, tmp_path: Path) -> None:
    said = deliver(finished / "master", "--profile", "cd", *SAID, "--dry-run", "--json")
    (row,) = json.loads(said.out)["files"]
    assert (said.code, row["rate_hz"], row["bits"]) == (0, 44100, 16)
    assert not list(tmp_path.iterdir())
    for number in ("d0", "r01", "one"):
        words = "--profile", "cd", *SAID, "--revision", number, "--dry-run", "--json"
        assert deliver(finished / "master", *words).code == 2
    wrong = "--set", "versions.instr.isrc=GBAYE0601490"
    said = deliver(finished / "master", "--profile", "cd", *SAID, *wrong, "--dry-run", "--json")
    assert [each["nearest"] for each in json.loads(said.out)["errors"]] == ["instrumental"]


def test_an_earlier_delivery_stays_unless_asked_and_unless_it_was_changed(
    deliver, finished: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = [finished / "master", "--profile", "cd", *SAID, "-o", out, "--json"]
    assert deliver(*words).code == 0
    again = deliver(*words)
    assert (again.code, json.loads(again.out)["errors"][0]["kind"]) == (2, "delivery_exists")
    assert deliver(*words, "--replace").code == 0
    (out / "cd" / "notes.txt").write_text("mine")
    kept = deliver(*words, "--replace")
    assert (kept.code, json.loads(kept.out)["errors"][0]["kind"]) == (2, "output_changed")
    assert (out / "cd" / "notes.txt").read_text() == "mine"
    mine = deliver(*words[:-3], "-o", finished / "stems", "--json")
    assert json.loads(mine.out)["errors"][0]["kind"] == "output_not_ours"


def test_an_encoder_that_is_not_here_leaves_its_file_out_and_delivers_the_rest(
    deliver, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    words = [finished / "master", "--profile", "previews", "--only", "main", *SAID]
    said = deliver(*words, "-o", tmp_path / "out", "--json")
    told = json.loads(said.out)
    assert said.code == 3
    assert [each["kind"] for each in told["left_out"]] == ["encoder_missing"]
    assert [each["format"] for each in told["files"]] == ["mp3", "opus"]


def test_where_nothing_can_be_made_nothing_is_written(
    deliver, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    profile = tmp_path / "aac.toml"
    profile.write_text(
        'schema = 1\nname = "phone"\nsays = "AAC"\nnaming = "preview"\n'
        '[[file]]\nformat = "aac"\nkbps = 256\n'
    )
    words = [finished / "master", "--profile", profile, *SAID, "-o", tmp_path / "out", "--json"]
    said = deliver(*words)
    assert (said.code, json.loads(said.out)["errors"][0]["kind"]) == (3, "encoder_missing")
    assert not (tmp_path / "out").exists()


def test_masters_made_elsewhere_go_out_as_they_are_and_what_needs_a_chain_is_told(
    deliver, finished: Path, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for name in ("main", "instrumental"):
        sound, rate_hz = soundfile.read(finished / "master" / f"{name}.wav", dtype="int32")
        soundfile.write(theirs / f"{name}.wav", sound, rate_hz, "PCM_24")
    asked = "--profile", "hires", "--profile", "cd", "--profile", "broadcast"
    said = deliver(theirs, *asked, *SAID, *OWN_ISRC, "-o", tmp_path / "out", "--json")
    told = json.loads(said.out)
    assert (said.code, told["passed"]) == (2, True)
    assert [each["kind"] for each in told["left_out"]] == ["not_solvable"]
    assert [each["code"] for each in told["diagnostics"]] == ["made_elsewhere"]
    hashes = {each["version"]: each["pcm_sha256"] for each in told["files"][:2]}
    assert hashes == {name: pcm_sha256(theirs / f"{name}.wav") for name in hashes}
    assert told["files"][2]["path"] == "cd/TheStems_NightDrive_Main_44k16.wav"
    alone = deliver(theirs / "main.wav", "--profile", "cd", *SAID, "--dry-run", "--json")
    assert [each["version"] for each in json.loads(alone.out)["files"]] == ["main"]
    (theirs / "main.wav").rename(theirs / "mix 7.wav")
    mono, three = tmp_path / "mono.wav", tmp_path / "three.wav"
    soundfile.write(mono, np.sin(np.arange(24000) / 20) / 8, 48000, "PCM_24")
    soundfile.write(three, np.zeros((24000, 3)), 48000, "PCM_24")
    vinyl = "--profile", "vinyl", *SAID, "--set", "catalog_number=X", "--pause", "0"
    assert deliver(mono, mono, *vinyl, "-o", tmp_path / "side").code == 1  # a sine has no PLR
    (side,) = (tmp_path / "side" / "vinyl").glob("*.wav")
    heard, given = (soundfile.read(each, always_2d=True)[0] for each in (side, mono))
    assert np.abs(heard - np.concatenate([given] * 2)).max() < 2.0**-21  # on both sides, no gap
    for song, kind in (
        (three, "not_stereo"),
        (theirs, "no_main"),
        (tmp_path / "gone", "not_found"),
        (finished / "master" / "main.wav", "usage"),
        (finished / "store", "no_audio"),
    ):
        asked = deliver(song, "--profile", "cd", *SAID, "--dry-run", "--json")
        assert (asked.code, json.loads(asked.out)["errors"][0]["kind"]) == (2, kind)


def test_what_integers_would_cut_is_left_out_and_goes_out_as_float(deliver, tmp_path: Path) -> None:
    theirs, hot = tmp_path / "theirs", 1.5 * np.sin(np.arange(24000) / 20)
    theirs.mkdir()
    for name, sound in (("main", 0.5 * hot), ("no_limiter", hot)):
        soundfile.write(theirs / f"{name}.wav", np.stack([sound, sound], 1), 48000, "FLOAT")
    anew = tmp_path / "anew.toml"  # what no plan can know
    anew.write_text(
        'schema = 1\nname = "anew"\nsays = "a test"\nnaming = "plain"\n'
        '[[file]]\nformat = "flac"\nbits = 16\n[aim]\nlimiter = false\n'
    )
    asked = [word for each in ("hires", "archive", anew) for word in ("--profile", each)]
    words = [theirs, *asked, *SAID, "--set", "engineer=Eve", "--revision", "r1", "--json"]
    told = json.loads(deliver(*words, "--dry-run").out)
    assert [each["kind"] for each in told["left_out"]] == ["over_full_scale"]
    said = deliver(*words, "-o", tmp_path / "out")
    told = json.loads(said.out)
    assert (said.code, [each["kind"] for each in told["left_out"]]) == (1, ["over_full_scale"] * 2)
    files = {(each["profile"], each["version"]): each for each in told["files"]}
    assert {profile for profile, version in files if version == "no_limiter"} == {"archive"}
    assert files["archive", "no_limiter"]["pcm_sha256"] == pcm_sha256(theirs / "no_limiter.wav")
    checks = files["archive", "no_limiter"]["checks"]
    assert not [each for each in checks if each["outcome"] == "fail"]
    alone = deliver(theirs, "--only", "no_limiter", "--profile", "hires", *SAID, "--dry-run")
    assert alone.code == 1


def test_an_audit_names_what_was_changed_swapped_added_and_lost(
    deliver, run, finished: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = [finished / "master", "--profile", "hires", "--profile", "cd", *SAID, *OWN_ISRC]
    assert deliver(*words, "-o", out).code == 0
    assert run("deliver", "--check", out).code == 0
    main, other = sorted((out / "hires").iterdir(), key=lambda each: "Instrumental" in each.name)
    shutil.move(main, out / "aside")
    shutil.move(other, main)
    shutil.move(out / "aside", other)
    (out / "cd").joinpath("TheStems_NightDrive_Main_44k16.wav").unlink()
    shutil.copy(main, out / "extra.flac")
    (out / "hires" / "notes.txt").write_text("mine")
    said = run("deliver", "--check", out, "--json")
    told = json.loads(said.out)["checks"]
    failed = {
        (each["check"], Path(each["file"]).name) for each in told if each["outcome"] == "fail"
    }
    assert said.code == 1
    assert failed >= {
        ("samples", main.name),
        ("samples", other.name),
        ("missing", "TheStems_NightDrive_Main_44k16.wav"),
        ("extra", "extra.flac"),
    }
    assert ("extra", "hires/notes.txt", "warn") in {
        (each["check"], each["file"], each["outcome"]) for each in told
    }


def test_a_manifest_knows_when_an_entry_was_taken_out_with_its_file(
    deliver, run, finished: Path, tmp_path: Path
) -> None:
    words = [finished / "master", "--profile", "hires", "--revision", "1", *SAID, "--json"]
    words += ["--set", "comment=one", "--set", "bpm=90.5", "--set", "originator=Ann"]
    out = tmp_path / "out"
    said = deliver(*words, "-o", out)
    told = json.loads(said.out)
    assert (said.code, told["revision"]) == (1, 1)
    delivered = {each["path"] for each in told["files"]}
    assert {each["where"] for each in told["diagnostics"]} == {
        str(out / each) for each in delivered
    }
    (lacking,) = (each for each in told["files"][1]["checks"] if each["outcome"] == "fail")
    assert (lacking["check"], lacking["found"]) == ("tag_isrc", "nothing")
    assert "metadata.versions.instrumental.isrc in job.toml" in lacking["words"]
    planned = json.loads(deliver(*words, "--dry-run").out)
    assert [(each["code"], each["where"]) for each in planned["diagnostics"]] == [
        ("tag_missing", lacking["file"])
    ]

    audit = json.loads(run("deliver", "--check", out, "--json").out)["checks"]
    assert [each for each in audit if each["outcome"] != "pass"] == [lacking]
    manifest = out / "manifest.json"
    fewer = json.loads(manifest.read_text())
    assert fewer["files"].pop()["path"] == lacking["file"]
    manifest.write_text(json.dumps(fewer, indent=2))
    (out / lacking["file"]).unlink()
    said = run("deliver", "--check", out, "--json")
    (failed,) = (
        each["check"] for each in json.loads(said.out)["checks"] if each["outcome"] == "fail"
    )
    assert (said.code, failed) == (1, "manifest")
    kept = deliver(*words, "-o", out, "--replace")
    assert json.loads(kept.out)["errors"][0]["kind"] == "output_changed"


def test_of_a_job_what_is_approved_is_delivered_as_it_was_sent(
    run, deliver, finished: Path, tmp_path: Path
) -> None:
    store = ["--store", finished / "store"]
    stems, chain, job = finished / "stems", finished / "chain.toml", tmp_path / "job"
    assert run("job", "new", stems, "--chain", chain, "-o", job).code == 0
    toml = job / "job.toml"
    about = 'title = "Night Drive"\nartist = "The Stems"\n'
    text = toml.read_text()
    first, rest = text.split("\n", 1)
    own = [line for line in rest.split("\n") if not line.startswith(("title", "artist"))]
    toml.write_text(
        "\n".join([first, about, *own, "[metadata]", 'isrc = "GBAYE0601498"', ""]), "utf-8"
    )
    assert run("render", job, *store, "--excerpt").code == 0
    assert run("send", job, "--words", "first", *store).code == 0
    planned = "--profile", "hires", "--dry-run", "--json"
    asked = deliver(job, *planned)
    assert (asked.code, json.loads(asked.out)["errors"][0]["kind"]) == (2, "not_approved")
    assert run("approve", job, "r0", "--version", "main").code == 0
    told = json.loads(deliver(job, *planned).out)
    assert [each["version"] for each in told["files"]] == ["main"]
    assert [each["code"] for each in told["diagnostics"]] == ["version_not_approved"]
    asked = deliver(job, *planned, "--only", "instrumental")
    assert (asked.code, json.loads(asked.out)["errors"][0]["kind"]) == (2, "not_approved")
    assert len(json.loads(deliver(job, *planned, "--revision", "0").out)["files"]) == 2
    assert deliver(job, *planned, "--revision", "r0", "--draft").code == 2

    assert run("approve", job, "r0").code == 0
    edits = '[metadata.versions.cut2]\nisrc = "GBAYE0601499"\n[[edit]]\nid = "cut2"\n'
    with toml.open("a", encoding="utf-8") as file:
        file.write(edits + 'of = "instrumental"\n' + "from = 1\nlength_s = 2\nfade_out_s = 0.5\n")
    toml.write_text(toml.read_text("utf-8").replace("Night Drive", "Night Ride"), "utf-8")
    words = "--profile", "cd", "--profile", "hires", *OWN_ISRC, "-o", tmp_path / "out", "--json"
    said = deliver(job, *words)
    told = json.loads(said.out)
    assert (said.code, told["revision"], told["title"]) == (0, 0, "Night Drive")
    assert [each["path"] for each in told["files"]] == [
        "cd/TheStems_NightDrive_Main_44k16.wav",
        "hires/TheStems_NightDrive_Main_48k24.flac",
        "hires/TheStems_NightDrive_Instrumental_48k24.flac",
    ]
    (otherwise,) = told["diagnostics"]
    assert otherwise["code"] == "job_says_otherwise"
    assert "title, metadata.versions.cut2.isrc, edit cut2;" in otherwise["message"]

    now = "--current-job", "--profile", "hires", "--json"
    said = deliver(job, *now, "--only", "cut2", "-o", tmp_path / "cut")
    (row,) = json.loads(said.out)["files"]
    cut = tmp_path / "cut" / "hires" / "TheStems_NightRide_Cut2_48k24.flac"
    assert (said.code, row["version"], row["frames"]) == (0, "cut2", 96000)
    assert read_tags(cut).values["isrc"] == "GBAYE0601499"
    whole, _ = soundfile.read(job / "revisions" / "r0" / "instrumental.wav", dtype="float64")
    assert np.abs(soundfile.read(cut)[0][:48000] - whole[48000:96000]).max() < 2.0**-21
    toml.write_text(toml.read_text("utf-8").replace("from = 1", "from = 3"), "utf-8")
    said = deliver(job, *now, "-o", tmp_path / "late")
    (error,) = json.loads(said.out)["errors"]
    assert (said.code, error["kind"]) == (2, "edit_beyond_end")
    assert error["where"]["line"] == toml.read_text("utf-8").split("\n").index("[[edit]]") + 1


def test_a_stem_that_changed_since_is_no_delivery(
    run, deliver, finished: Path, tmp_path: Path
) -> None:
    song = tmp_path / "song"
    shutil.copytree(finished / "stems", song / "stems")
    words = [song / "stems", finished / "chain.toml", "-o", song / "master", "--excerpt"]
    assert run("render", *words, "--store", finished / "store").code == 0
    sound, rate_hz = soundfile.read(song / "stems" / "bass.wav")
    soundfile.write(song / "stems" / "bass.wav", sound * 0.5, rate_hz, "PCM_24")
    said = deliver(song / "master", "--profile", "cd", *SAID, "-o", tmp_path / "out", "--json")
    assert (said.code, json.loads(said.out)["errors"][0]["kind"]) == (4, "not_as_finished")
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out*"))


def test_profiles_are_listed_and_printed(run) -> None:
    assert "streaming" in run("deliver", "--profiles").out
    printed = run("deliver", "--profiles", "--profile", "cd").out
    assert "rates_hz = [44100]" in printed


def test_no_delivery_goes_into_what_a_job_keeps_as_it_was_sent(
    deliver, finished: Path, tmp_path: Path
) -> None:
    (tmp_path / "job.toml").write_text("schema = 1\n")
    place = tmp_path / "revisions" / "out"
    said = deliver(finished / "master", "--profile", "cd", *SAID, "-o", place, "--json")
    assert (said.code, json.loads(said.out)["errors"][0]["kind"]) == (2, "kept_by_job")


def test_a_delivery_that_is_killed_leaves_nothing_and_the_next_one_is_whole(
    deliver, finished: Path, tmp_path: Path
) -> None:
    out, store = tmp_path / "out", finished / "store"
    words = ["deliver", finished / "master", "--profile", "previews", *SAID, "-o", out]
    command = [sys.executable, "-m", "stemwright", *map(str, words), "--store", str(store)]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    staging = tmp_path / ".out.delivering"
    deadline = time.monotonic() + 60
    while not list(staging.rglob("*.mp3")) and child.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    child.kill()
    child.wait()
    assert not out.exists()
    assert deliver(*words[1:], "--only", "main").code in (0, 3)
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_dir()) == ["out"]


def test_complementary_versions_are_told_by_how_much_they_miss_the_main_master(
    run, deliver, finished: Path, tmp_path: Path
) -> None:
    """With gains of their own they miss it by what the limiter does; with the main's they sum."""
    beat = '[[version]]\nid = "beat"\nonly = ["drums"]\ndynamics = "main"\n'
    of_main = CHAIN.replace("-16.0", "-7.0") + beat
    own = of_main[of_main.index("[[version]]") :].replace('dynamics = "main"\n', "")
    own = own.replace('"instrumental"', '"rest-own"').replace('"beat"', '"beat-own"')
    (tmp_path / "chain.toml").write_text(of_main + own)
    words = finished / "stems", tmp_path / "chain.toml", "-o", tmp_path / "master", "--excerpt"
    assert run("render", *words, "--store", finished / "store").code == 0
    profile = tmp_path / "lossless.toml"
    profile.write_text(
        'schema = 1\nname = "lossless"\nsays = "24 bit"\nnaming = "plain"\n'
        '[[file]]\nformat = "flac"\nbits = 24\nrates_hz = [48000]\n'
    )
    words = tmp_path / "master", "--profile", profile, *SAID, "--json"
    told = json.loads(deliver(*words, "-o", tmp_path / "out").out)
    sounds = {
        each["version"]: soundfile.read(tmp_path / "out" / each["path"])[0]
        for each in told["files"]
    }
    rows = [
        (each["outcome"], each["found"], each["words"])
        for file in told["files"]
        for each in file["checks"]
        if each["check"] == "versions_sum"
    ]
    assert [outcome for outcome, _, _ in sorted(rows)] == ["pass", "warn"]
    for outcome, found, said in rows:
        pair = ("instrumental", "beat") if outcome == "pass" else ("rest-own", "beat-own")
        left = sounds["main"] - sounds[pair[0]] - sounds[pair[1]]
        assert found == pytest.approx(20 * np.log10(np.abs(left).max()), abs=0.06)
        assert (found <= -120.0) == (outcome == "pass")
        assert (
            f"main and {pair[0]} + {pair[1]}" in said or f"main and {pair[1]} + {pair[0]}" in said
        )


def test_an_encoders_over_is_laid_at_the_groups_it_is_of(deliver, finished, tmp_path) -> None:
    """Their mastered stems of that moment are rendered anew, and the codec hears all but one."""
    quiet = tmp_path / "quiet.toml"
    quiet.write_text(
        'schema = 1\nname = "quiet"\nsays = "a low limit"\nnaming = "preview"\n'
        '[[file]]\nformat = "mp3"\nkbps = 128\n[limits]\nmax_true_peak_dbtp = -9.8\n'
    )
    words = (finished / "master", "--profile", quiet, *SAID, "--json")
    told = json.loads(deliver(*words, "-o", tmp_path / "out").out)
    (row,) = (each for each in told["files"][0]["checks"] if each["check"] == "max_true_peak_dbtp")
    said = re.search(
        r"MP3 of 128 kbps .* that peak is of (\w+) (\d+) %, (\w+) (\d+) %", row["words"]
    )
    assert said is not None, row["words"]
    assert {said[1], said[3]} == {"drums", "rest"}
    assert int(said[2]) + int(said[4]) in (99, 100, 101)
    dipped = json.loads(deliver(*words, "--dip-overs", "-o", tmp_path / "dipped").out)
    assert dipped["files"][0]["measures"]["true_peak_dbtp"] <= -9.8
