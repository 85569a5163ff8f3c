"""A render of what has not changed leaves the page as it is, and draws it again where it must."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.pages.report import rendered_page
from bridge.storing import KnownFiles, file_digest

CHAIN = """
[[group]]
id = "all"
stems = ["*"]
  [[group.insert]]
  id = "down"
  use = "gain"
  gain_db = -2.0
"""


@pytest.fixture
def song(
    run: Callable[..., Any],
    made_once: Callable[..., None],
    tmp_path: Path,
    chain: Callable[[str], Path],
) -> Any:
    """A song that was rendered twice: its page, and what renders it again."""
    stems = tmp_path / "song"
    words = ["render", stems, tmp_path / "chain.toml", "-o", tmp_path / "master"]

    def again(*more: object) -> None:
        said = run(*words, *more, "--store", tmp_path / "store")
        assert said.code == 0, said.err

    def make() -> None:
        stems.mkdir()
        noise = np.random.default_rng(3).uniform(-0.1, 0.1, (96000, 2))
        soundfile.write(stems / "kick.wav", noise, 48000, "PCM_24")
        soundfile.write(stems / "mix.wav", 0.5 * noise, 48000, "PCM_24")
        chain(CHAIN)
        again()
        again()

    made_once("a song rendered twice", tmp_path, make)
    page = tmp_path / "master" / "report.html"
    return SimpleNamespace(again=again, page=page, stems=stems, words=words[1:])


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The pages that are drawn from now on."""
    from bridge.pages.report import report

    found: list[Path] = []
    draw = report.write_report

    def noted(path: Path, *given: Any, **more: Any) -> bool:
        found.append(path)
        return draw(path, *given, **more)

    monkeypatch.setattr(report, "write_report", noted)
    return found


def test_the_page_of_an_unchanged_song_is_left_as_it_is(song: Any, drawn: list[Path]) -> None:
    before = song.page.stat()
    song.again()
    after = song.page.stat()
    assert drawn == []
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def _touches(folder: Path) -> dict[str, tuple[int, int, int]]:
    """What says of each file whether anything was done to it."""
    found = {path.name: path.stat() for path in folder.iterdir()}
    return {name: (seen.st_ino, seen.st_mtime_ns, seen.st_ctime_ns) for name, seen in found.items()}


def test_nothing_is_touched_where_nothing_changed(song: Any) -> None:
    before = _touches(song.page.parent)
    assert len(before) == 6
    song.again()
    assert _touches(song.page.parent) == before


def test_a_record_of_another_run_is_all_that_is_written(song: Any) -> None:
    record = song.page.with_name("render.json")
    told = json.loads(record.read_bytes())
    assert all(step["cached"] for step in told["steps"])
    told["steps"][0]["cached"] = False
    record.write_text(json.dumps(told, indent=2) + "\n")
    before = _touches(song.page.parent)
    song.again()
    after = _touches(song.page.parent)
    assert {name for name in before if before[name] != after[name]} == {"render.json"}
    assert all(step["cached"] for step in json.loads(record.read_bytes())["steps"])


@pytest.mark.parametrize("name", ["main.wav", "main.wav.digests.json", "chain.lock", "chain.toml"])
def test_a_file_that_was_deleted_comes_again(song: Any, name: str) -> None:
    path = song.page.with_name(name)
    before, octets = _touches(song.page.parent), path.read_bytes()
    path.unlink()
    song.again()
    after = _touches(song.page.parent)
    assert path.read_bytes() == octets
    assert {each for each in before if before[each] != after[each]} <= {name, "main.wav"}


def test_a_master_with_tags_of_another_program_is_written_anew(song: Any) -> None:
    master = song.page.with_name("main.wav")
    before = master.read_bytes()
    with master.open("ab") as file:
        file.write(b"note\x04\x00\x00\x00mine")
    song.again()
    assert master.read_bytes() == before


def test_a_page_that_was_deleted_comes_again(song: Any, drawn: list[Path]) -> None:
    before = song.page.read_bytes()
    song.page.unlink()
    song.again()
    assert len(drawn) == 1
    assert song.page.read_bytes() == before


def test_a_page_that_was_edited_is_drawn_again(song: Any, drawn: list[Path]) -> None:
    before = song.page.read_bytes()
    song.page.write_bytes(before + b"<!-- mine -->")
    song.again("--replace")
    assert len(drawn) == 1
    assert song.page.read_bytes() == before


@pytest.mark.parametrize("words", [("--title", "Another"), ("--excerpt",), ("--subtype", "pcm16")])
def test_other_words_draw_another_page(
    song: Any, drawn: list[Path], words: tuple[str, ...]
) -> None:
    before = song.page.read_bytes()
    song.again(*words)
    assert len(drawn) == 1
    assert song.page.read_bytes() != before
    song.again(*words)
    assert len(drawn) == 1


def test_another_rough_mix_draws_another_page(song: Any, drawn: list[Path]) -> None:
    before = song.page.read_bytes()
    noise = np.random.default_rng(3).uniform(-0.1, 0.1, (96000, 2))
    soundfile.write(song.stems / "mix.wav", 0.25 * noise, 48000, "PCM_24")
    song.again()
    assert len(drawn) == 1
    assert song.page.read_bytes() != before


def test_other_code_draws_the_page_anew(
    song: Any, drawn: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendered_page, "_code", lambda: "another")
    song.again()
    assert len(drawn) == 1


def test_a_page_that_lacked_something_is_drawn_again(
    song: Any, drawn: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bridge.pages.report import report

    monkeypatch.setattr(report, "_complete", lambda *_: False)
    song.again("--title", "Lacking")
    song.again("--title", "Lacking")
    assert len(drawn) == 2


_LOADED = """
import sys
from bridge.cli import main
try:
    main()
finally:
    print("loaded:", *sorted({"numpy", "rich", "scipy", "soxr"} & {*sys.modules}))
"""


def _rendered_apart(*words: object) -> str:
    """What a render in a process of its own prints, and last what it has loaded."""
    run = [sys.executable, "-P", "-c", _LOADED, "render", *map(str, words)]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout


def test_no_check_filter_or_table_is_loaded_where_nothing_changed(
    song: Any, tmp_path: Path
) -> None:
    said = _rendered_apart(*song.words, "--store", tmp_path / "store")
    assert "3 steps, 3 of them from the store" in said
    assert said.splitlines()[-1] == "loaded:"


def test_no_check_is_loaded_for_a_job_that_accepts_findings(
    song: Any, run: Callable[..., Any], tmp_path: Path
) -> None:
    job, store = tmp_path / "job", ("--store", tmp_path / "store")
    made = run("job", "new", song.stems, "--chain", song.words[1], "-o", job, "--no-check")
    assert made.code == 0, made.err
    told = json.loads(run("check", job, "--json", *store).out)
    findings = [each for stem in told["stems"] for each in stem["findings"]]
    (cut,) = [each["id"] for each in findings if each["code"] == "cut_tail"]
    why = ("--accept", cut, "--why", "it is noise", "--fail-on", "never")
    assert run("check", job, *why, *store).code == 0
    for _ in range(2):
        assert "cut_tail" not in run("render", job, *store).err
    said = _rendered_apart(job, *store)
    assert "3 steps, 3 of them from the store" in said
    assert said.splitlines()[-1] == "loaded:"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read whole from now on, on a disk that may be believed at once."""
    found: list[str] = []

    def noted(path: Path) -> str:
        found.append(path.name)
        return file_digest(path)

    monkeypatch.setattr("bridge.storing.known_files.SETTLED_S", 0.0)
    monkeypatch.setattr("bridge.storing.Disks.kind_of", lambda *_: "ext4")
    monkeypatch.setattr("bridge.storing.known_files.file_digest", noted)
    return found


def test_stems_that_lie_still_are_read_once(song: Any, read: list[str]) -> None:
    song.again()
    assert {"kick.wav", "mix.wav"} <= {*read}
    read.clear()
    song.again()
    assert not {"kick.wav", "mix.wav"} & {*read}


def test_a_stem_changed_in_place_is_heard_though_its_time_was_put_back(
    song: Any, read: list[str]
) -> None:
    song.again()
    stem, master = song.stems / "kick.wav", song.page.with_name("main.wav")
    before, heard = stem.stat(), soundfile.read(master)[0]
    samples = soundfile.read(stem)[0]
    with stem.open("r+b") as file:
        octets = np.frombuffer(stem.read_bytes()[-3 * samples.size :], np.uint8).reshape(-1, 3)
        file.seek(-3 * samples.size, os.SEEK_END)
        file.write(octets[::-1].tobytes())
    os.utime(stem, ns=(before.st_atime_ns, before.st_mtime_ns))
    song.again()
    assert "kick.wav" in read
    now = soundfile.read(master)[0]
    assert np.abs(now - heard[::-1, ::-1]).max() < 2**-20  # the dither is as it was


@pytest.mark.parametrize("words", [("render", "--locked"), ("lock",), ("verify",), ("plan",)])
def test_what_proves_something_believes_no_file(
    song: Any,
    run: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    words: tuple[str, ...],
) -> None:
    asked: list[str] = []

    def noted(_: KnownFiles, path: Path) -> str:
        asked.append(path.name)
        return file_digest(path)

    monkeypatch.setattr(KnownFiles, "digest", noted)
    command, *more = words
    given = {
        "render": [*song.words, *more],
        "lock": [*song.words[:2], "-o", tmp_path / "locked"],
        "verify": [song.page.parent],
        "plan": song.words[:2],
    }[command]
    store = [] if command == "verify" else ["--store", tmp_path / "store"]
    said = run(command, *given, *store)
    assert said.code == 0, said.err
    assert asked == []
    song.again()
    assert "kick.wav" in asked
