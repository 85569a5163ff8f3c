"""`stemwright deliver` beside what was sent and kept: archives, audits, jobs, interruptions."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import soundfile

from bridge.delivering.tags import read_tags

SAID = ["--set", "title=Night Drive", "--set", "artist=The Stems", "--set", "isrc=GBAYE0601498"]
OWN_ISRC = "--set", "versions.instrumental.isrc=GBAYE0601490"


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
