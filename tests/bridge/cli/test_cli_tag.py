"""`stemwright tag`: finished files get the metadata of their job, and nothing else changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tags.files import png, write_sound
from bridge.audio import pcm_sha256
from bridge.delivering.tags import read_tags
from bridge.finished import Carried, Digests
from bridge.finished.digests import tag

CHAIN = """schema = 1
name = "c"
[[group]]
id = "all"
stems = ["*"]
[[version]]
id = "instrumental"
mute = ["all"]
"""
JOB = """schema = 1
title = "Song"
artist = "A Singer"
chain = "chain.toml"
stems = "stems"
tempo_bpm = 92.0

[metadata]
isrc = "GBAYE0601498"
composer = "A Writer"
cover = "cover.png"
"""


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A job with a stem, its metadata, and two finished files beside it."""
    folder = tmp_path / "song"
    (folder / "stems").mkdir(parents=True)
    write_sound(folder / "stems" / "kick.wav", "wav")
    (folder / "chain.toml").write_text(CHAIN, encoding="utf-8")
    (folder / "job.toml").write_text(JOB, encoding="utf-8")
    (folder / "cover.png").write_bytes(png(1400, 1400))
    for kind in ("wav", "flac"):
        write_sound(tmp_path / f"main.{kind}", kind, frames=48000)
    return folder


def test_a_file_without_tags_says_so(run: Callable[..., Any], tmp_path: Path, song: Path) -> None:
    said = run("tag", tmp_path / "main.flac")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [f"{tmp_path / 'main.flac'}  (FLAC)", "  no tags"]
    assert song.is_dir()


def test_a_copy_gets_the_jobs_metadata_and_its_own_loudness(
    run: Callable[..., Any], tmp_path: Path, song: Path
) -> None:
    before = (tmp_path / "main.wav").read_bytes()
    out = tmp_path / "out.wav"
    said = run("tag", tmp_path / "main.wav", "--job", song, "--set", "date=2026-12-04", "-o", out)
    assert (said.code, said.err) == (0, "")
    assert said.out == f"{out}: 7 tags changed; its audio is as it was\n"
    assert (tmp_path / "main.wav").read_bytes() == before
    assert pcm_sha256(out) == pcm_sha256(tmp_path / "main.wav")
    found = read_tags(out)
    assert dict(found.values) == {
        "title": "Song",
        "artist": "A Singer",
        "isrc": "GBAYE0601498",
        "composer": "A Writer",
        "date": "2026-12-04",
        "bpm": "92",
        "description": "A Singer - Song",
    }
    (measured,) = json.loads(run("measure", out, "--json").out)["files"]
    assert found.bext is not None
    assert found.bext.loudness is not None
    assert found.bext.loudness.integrated_lufs == pytest.approx(
        measured["integrated_lufs"], abs=0.0051
    )
    shown = json.loads(run("tag", out, "--json").out)["files"][0]
    assert shown["tags"] == dict(found.values)
    assert shown["bext"]["origination_date"] == "2026-12-04"
    lines = run("tag", out).out.splitlines()
    assert "  title           Song" in lines
    assert any(line.startswith("  loudness        -") for line in lines)


def test_an_instrumental_gets_its_name_and_never_the_songs_isrc(
    run: Callable[..., Any], tmp_path: Path, song: Path
) -> None:
    master = tmp_path / "main.wav"
    digests = Digests(*(f"sha256:{each * 64}" for each in "abcd"))
    assert tag(master, Carried("instrumental", digests))
    out = tmp_path / "out.wav"
    assert run("tag", master, "--set", "isrc=GBAYE0601498", "--in-place").code == 0
    assert run("tag", master, "--job", song, "-o", out, "--no-loudness").code == 0
    values = read_tags(out).values
    assert (values["version"], values.get("isrc")) == ("Instrumental", None)
    job = song / "job.toml"
    text = job.read_text(encoding="utf-8")
    own = '[metadata.versions.instrumental]\nisrc = "GBAYE0601499"\n'
    job.write_text(text + own, encoding="utf-8")
    words = ("--job", song, "--version", "instrumental", "--in-place")
    assert run("tag", tmp_path / "main.flac", *words).code == 0
    assert read_tags(tmp_path / "main.flac").values["isrc"] == "GBAYE0601499"


def test_every_fault_of_job_and_options_at_once(
    run: Callable[..., Any], tmp_path: Path, song: Path
) -> None:
    job = song / "job.toml"
    text = job.read_text(encoding="utf-8")
    text = text.replace("GBAYE0601498", "GBAYE060149").replace("composer", "compozer")
    job.write_text(text, encoding="utf-8")
    out = tmp_path / "out.wav"
    words = ("--set", "upc=123", "--set", "title", "--set", "genre=Pop", "-o", out)
    said = run("tag", tmp_path / "main.wav", "--job", song, *words, "--json")
    assert said.code == 2
    errors = json.loads(said.out)["errors"]
    assert [(each["kind"], each["where"].get("line"), each["nearest"]) for each in errors] == [
        ("bad_isrc", 9, None),
        ("unknown_key", 10, "composer"),
        ("bad_setting", None, None),
        ("bad_barcode", None, None),
    ]
    assert errors[0]["where"]["file"] == str(job)
    assert errors[0]["where"]["path"] == "metadata.isrc"
    assert not out.exists()


def test_a_song_renders_whatever_its_metadata_say(
    run: Callable[..., Any], tmp_path: Path, song: Path
) -> None:
    job = song / "job.toml"
    job.write_text(job.read_text().replace("GBAYE0601498", "to be given"), encoding="utf-8")
    assert run("plan", song, "--store", tmp_path / "store").code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing says where the tags go"),
        (("--in-place", "-o", "x.wav"), "--in-place and -o"),
    ],
)
def test_nothing_is_changed_unasked(
    run: Callable[..., Any], tmp_path: Path, song: Path, words: tuple[str, ...], said: str
) -> None:
    before = (tmp_path / "main.wav").read_bytes()
    done = run("tag", tmp_path / "main.wav", "--job", song, *words)
    assert done.code == 2
    assert said in done.err
    assert (tmp_path / "main.wav").read_bytes() == before


def test_a_dry_run_says_what_would_change(
    run: Callable[..., Any], tmp_path: Path, song: Path
) -> None:
    path = tmp_path / "main.flac"
    assert run("tag", path, "--set", "title=Old", "--set", "genre=Pop", "--in-place").code == 0
    before = path.read_bytes()
    said = run(
        "tag", path, "--set", "title=New", "--set", "genre=", "--set", "track=3", "--dry-run"
    )
    assert said.code == 0
    assert said.out.splitlines() == [
        f"{path}: 3 tags would change",
        "  title  Old -> New",
        "  track  - -> 3",
        "  genre  Pop -> -",
    ]
    assert path.read_bytes() == before
    assert song.is_dir()


def test_several_files_go_into_a_folder_and_over_none(
    run: Callable[..., Any], tmp_path: Path, song: Path
) -> None:
    files = (tmp_path / "main.wav", tmp_path / "main.flac")
    out = tmp_path / "delivery"
    words = ("--job", song, "-o", out, "--no-loudness")
    assert run("tag", *files, *words).code == 0
    assert sorted(each.name for each in out.iterdir()) == ["main.flac", "main.wav"]
    assert run("tag", files[1], "--set", "title=New", "-o", tmp_path / "one" / "more").code == 0
    assert read_tags(tmp_path / "one" / "more" / "main.flac").values == {"title": "New"}
    said = run("tag", *files, *words, "--json")
    assert said.code == 2
    assert [each["kind"] for each in json.loads(said.out)["errors"]] == ["would_overwrite"] * 2
    other = tmp_path / "other" / "main.wav"
    other.parent.mkdir()
    shutil.copyfile(files[0], other)
    said = run("tag", files[0], other, "--job", song, "-o", tmp_path / "new", "--json")
    assert [each["kind"] for each in json.loads(said.out)["errors"]] == ["same_target"]
    assert not (tmp_path / "new").exists()


def test_one_bad_file_keeps_all_from_being_written(
    run: Callable[..., Any], tmp_path: Path, song: Path
) -> None:
    (tmp_path / "bad.wav").write_bytes((tmp_path / "main.wav").read_bytes()[:-100])
    files = (tmp_path / "main.wav", tmp_path / "bad.wav", tmp_path / "none.wav", song / "job.toml")
    said = run("tag", *files, "--set", "title=New", "--in-place", "--json")
    assert said.code == 2
    kinds = [each["kind"] for each in json.loads(said.out)["errors"]]
    assert kinds == ["damaged_file", "no_file", "tags_unsupported"]
    assert read_tags(tmp_path / "main.wav").values == {}


def test_what_was_sent_stays_as_it_was(run: Callable[..., Any], tmp_path: Path, song: Path) -> None:
    sent = song / "revisions" / "r0" / "main.wav"
    sent.parent.mkdir(parents=True)
    shutil.copyfile(tmp_path / "main.wav", sent)
    said = run("tag", sent, "--set", "title=New", "--in-place", "--json")
    assert [each["kind"] for each in json.loads(said.out)["errors"]] == ["kept_by_job"]
