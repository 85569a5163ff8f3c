"""Reports of a diff never take the place of what is compared, nor of anything but a plain file."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.cli.app import app
from bridge.cli.telling import run_told
from bridge.comparing import assert_same_render
from stemwright.files import placed
from stemwright.problems import InputError

CHAIN = """schema = 1
[[group]]
id = "all"
stems = ["*"]
[target]
integrated_lufs = -14
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Renders m1 and m2, and folders d and e of plain audio."""
    folder = tmp_path_factory.mktemp("outputs")
    (folder / "stems").mkdir()
    noise = 0.05 * np.random.default_rng(3).standard_normal((48000, 2))
    soundfile.write(folder / "stems" / "bass.wav", noise, 48000, "PCM_24")
    (folder / "chain.toml").write_text(CHAIN)
    for name in ("m1", "m2"):
        words = ["render", folder / "stems", folder / "chain.toml", "-o", folder / name]
        assert run_told(app, [*map(str, words), "--store", str(folder / "store")]) == 0
    for name in ("d", "e"):
        (folder / name / "inner").mkdir(parents=True)
        for path in ("a.wav", "inner/b.wav"):
            soundfile.write(folder / name / path, noise, 48000, "PCM_24")
    (folder / "policy.toml").write_text("schema = 1\n")
    return folder


@pytest.fixture
def refused(place: Path, capsys, monkeypatch) -> Callable[..., list[dict[str, str]]]:
    """Run diff; nothing under `place` may change; return the problems it tells."""
    monkeypatch.chdir(place)

    def run(*words: str) -> list[dict[str, str]]:
        before = _state(place)
        assert run_told(app, ["diff", *words, "--json"]) == 2
        assert _state(place) == before
        return list(json.loads(capsys.readouterr().out)["errors"])

    return run


def _state(folder: Path) -> dict[str, object]:
    files = sorted(folder.rglob("*"))
    return {str(each): each.read_bytes() if each.is_file() else None for each in files}


@pytest.mark.parametrize("option", ["junit", "page"])
@pytest.mark.parametrize(
    "path",
    [
        "m1/main.wav",
        "m1/chain.lock",
        "m1/chain.toml",
        "m1/render.json",
        "m1/report.html",
        "m1/main.wav.digests.json",
        "m1/states/new.html",
        "m1/new.wav",
        "m2/chain.lock",
        "m1/../m2/render.json",
    ],
)
def test_a_report_never_replaces_what_a_render_consists_of(refused, option: str, path: str) -> None:
    (said,) = refused("m1", "m2", f"--{option}", path)
    assert said["kind"] in (f"{option}_over_input", "missing_folder")
    assert (said["kind"] == "missing_folder") == ("states/" in path)
    (alone,) = refused("m1/main.wav", "m2/main.wav", f"--{option}", path)
    assert alone["kind"] == said["kind"]


@pytest.mark.parametrize(
    ("words", "path"),
    [
        (("d/a.wav", "e/a.wav"), "d/a.wav"),
        (("d/a.wav", "e/a.wav"), "e/../e/a.wav"),
        (("d", "e"), "d/inner/b.wav"),
        (("d", "e"), "e/c.flac"),
        (("d", "e", "--floor", "m1"), "m1/chain.lock"),
        (("d", "e", "--policy", "policy.toml"), "policy.toml"),
        (("d/a.wav", "e/a.wav"), "stems/bass.wav"),
    ],
)
def test_a_report_never_replaces_a_file_that_is_read(refused, words, path: str) -> None:
    assert refused(*words, "--junit", path)[0]["kind"] == "junit_over_input"


def test_links_do_not_get_around_it(refused, place: Path) -> None:
    for name, make in (("soft", Path.symlink_to), ("hard", Path.hardlink_to)):
        link = place / f"{name}.xml"
        make(link, place / "m1" / "chain.lock")
        assert refused("m1", "m2", "--junit", link.name)[0]["kind"] == "junit_over_input"
        link.unlink()
    (place / "way").symlink_to(place / "m1")
    assert refused("m1", "m2", "--page", "way/report.html")[0]["kind"] == "page_over_input"
    (place / "way").unlink()


def test_a_file_that_is_no_report_by_its_name_stays(refused, place: Path) -> None:
    mine = place / "notes.toml"
    mine.write_text("mine", encoding="utf-8")
    for option, kind in (("--page", "page_over_input"), ("--junit", "junit_over_input")):
        (said,) = refused("m1", "m2", option, "notes.toml")
        assert said["kind"] == kind
        assert "is there already" in said["message"]
    assert mine.read_text(encoding="utf-8") == "mine"
    mine.unlink()


def test_one_place_does_not_hold_two_reports_and_all_faults_are_told(refused) -> None:
    (said,) = refused("m1", "m2", "--page", "x.html", "--junit", "m1/../x.html")
    assert said["kind"] == "same_output"
    kinds = [each["kind"] for each in refused("d", "e", "--page", "d", "--junit", "d/a.wav")]
    assert kinds == ["junit_over_input", "not_a_file"]


def test_reports_beside_a_render_are_written_and_written_again(place: Path, capsys) -> None:
    words = [place / "m1", place / "m2", "--page", place / "m1" / "diff.html"]
    words += ["--junit", place / "m1" / "diff.xml"]
    for _ in range(2):
        assert run_told(app, ["diff", *map(str, words)]) == 0
    assert (place / "m1" / "diff.xml").read_bytes().startswith(b"<?xml")
    (place / "m1" / "diff.xml").unlink()
    (place / "m1" / "diff.html").unlink()
    capsys.readouterr()


def test_a_link_to_a_report_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "kept.html").write_text("old")
    (tmp_path / "link.html").symlink_to("kept.html")
    placed(tmp_path / "link.html", b"new")
    assert (tmp_path / "link.html").is_symlink()
    assert (tmp_path / "kept.html").read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("option", ["junit", "page"])
def test_a_pipe_is_not_replaced_by_a_report(refused, tmp_path, option: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (said,) = refused("d/a.wav", "e/a.wav", f"--{option}", str(pipe))
    assert said["kind"] == "not_a_file"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert refused("d/a.wav", "e/a.wav", f"--{option}", os.devnull)[0]["kind"] == "not_a_file"
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.parametrize("name", ["golden.json", "golden.wav"])
def test_a_pipe_is_not_replaced_by_a_golden(place: Path, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError) as told:
        assert_same_render(place / "d" / "a.wav", tmp_path / name, update=True)
    assert told.value.problems[0].kind == "not_a_file"
    assert stat.S_ISFIFO((tmp_path / name).stat().st_mode)
    assert [each.name for each in tmp_path.iterdir()] == [name]
