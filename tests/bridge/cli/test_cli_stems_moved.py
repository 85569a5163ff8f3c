"""A master whose stems lie elsewhere by now: told, done without, or found again where they are."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

TEXT = '[[group]]\nid = "all"\nstems = ["*"]\n[[group.insert]]\nuse = "compressor"\n'


@pytest.fixture
def master(run, stems: Path, chain, tmp_path: Path) -> Path:
    """A finished folder whose stems were moved away, into another folder under other names."""
    out = tmp_path / "deep" / "m"
    words = ["render", stems, chain(TEXT), "-o", out, "--store", tmp_path / "store"]
    assert run(*words).code == 0
    stems.rename(tmp_path / "archive")
    return out


def _zip(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as bundle:
        for each in folder.iterdir():
            bundle.write(each, f"song/{each.name}")
    return path


@pytest.mark.usefixtures("no_report")
def test_quick_does_without_stems_and_says_so(run, master: Path) -> None:
    done = run("verify", master, "--quick")
    assert done.code == 0
    assert "the stems are not where the lock says" in done.out
    assert "--stems" in done.out
    (master / "chain.toml").write_text((master / "chain.toml").read_text() + "\n# more\n")
    assert run("verify", master, "--quick").code == 1


@pytest.mark.usefixtures("no_report")
def test_verify_asks_for_the_stems_and_finds_them(run, master: Path, tmp_path: Path) -> None:
    lost = run("verify", master, "--json")
    assert lost.code == 2
    assert {error["kind"] for error in json.loads(lost.out)["errors"]} == {"missing_file"}
    assert "--stems" in json.loads(lost.out)["errors"][0]["hint"]
    archive = tmp_path / "archive"
    assert run("verify", master, "--stems", archive).code == 0
    packed = _zip(archive, tmp_path / "song.zip")
    assert run("verify", master, "--quick", "--stems", packed).code == 0
    (archive / "kick.wav").rename(archive / "Kick drum (final).wav")
    assert run("verify", master, "--quick", "--stems", archive).code == 0


@pytest.mark.usefixtures("no_report")
def test_a_stem_that_is_another_or_is_not_there_is_named(run, master: Path, tmp_path: Path) -> None:
    samples = 0.1 * np.random.default_rng(5).standard_normal((48000, 2))
    soundfile.write(tmp_path / "archive" / "kick.wav", samples, 48000, "PCM_24")
    other = run("verify", master, "--quick", "--stems", tmp_path / "archive")
    assert other.code == 1
    assert "stems differs: kick" in other.out
    (tmp_path / "archive" / "kick.wav").unlink()
    gone = run("verify", master, "--quick", "--stems", tmp_path / "archive")
    assert gone.code == 2
    assert "the stem kick is not in archive" in gone.err


def test_export_and_report_take_the_place_of_the_stems(
    run: Callable[..., Any], master: Path, tmp_path: Path
) -> None:
    archive, project = tmp_path / "archive", tmp_path / "song.rpp"
    store = ("--store", tmp_path / "store")
    assert run("export", master, "-o", project, *store).code == 2
    assert run("export", master, "-o", project, *store, "--stems", archive).code == 0
    assert "archive" in project.read_text()
    bypass = ["report", master, "--bypass", "all/compressor", *store]
    assert run(*bypass).code == 2
    assert run(*bypass, "--stems", archive).code == 0
    assert run(*bypass, "--stems", archive).code == 0, "over its own"
    (master / "bypass-all-compressor" / "with.wav").write_bytes(b"mine")
    assert run(*bypass, "--stems", archive).code == 2
    assert (master / "bypass-all-compressor" / "with.wav").read_bytes() == b"mine"


def test_a_report_written_again_is_still_part_of_its_render(
    run, master: Path, stems: Path, tmp_path: Path
) -> None:
    """Its digest is noted anew, so that the next render may replace it."""
    (master / "notes.txt").write_text("mine")
    shutil.copytree(tmp_path / "archive", stems)
    store = ("--store", tmp_path / "empty store")
    assert run("report", master, *store).code == 0
    without = (master / "report.html").read_bytes()
    assert run("report", master, *store, "--stems", tmp_path / "archive").code == 0
    assert (master / "report.html").read_bytes() != without
    done = run(
        "render", stems, tmp_path / "chain.toml", "-o", master, "--store", tmp_path / "store"
    )
    assert done.code == 0
    assert (master / "notes.txt").exists()
