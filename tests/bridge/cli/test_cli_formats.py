"""`stemwright formats`: the readers, the table, and docs/formats.md, which is that table."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from bridge.cli.commands import formats as formats_command
from sessions import reading

ROOT = Path(__file__).resolve().parents[3]
DOC = ROOT / "docs" / "formats.md"
Shared = Callable[[str], Path]
EXCHANGED = {
    "aaf": "aaf",
    "protools_text": "ptxt",
    "flstudio": "flp",
    "lmms": "lmms",
    "cubase_xml": "cubase-trackarchive",
}
"""Names of readers, and where their files lie in the corpus."""


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the readers of exchange formats, whatever else is installed."""
    points = [each for each in entry_points(group=reading.GROUP) if each.name in EXCHANGED]
    assert len(points) == len(EXCHANGED)
    monkeypatch.setattr(
        reading, "entry_points", lambda group: points if group == reading.GROUP else []
    )


def test_the_readers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    formats_command.formats()
    said = capsys.readouterr().out
    assert "stems " in said
    formats_command.formats(json=True)
    assert {"stems"} <= {each["name"] for each in json.loads(capsys.readouterr().out)}


@pytest.mark.usefixtures("exchange")
def test_sessions_and_refusals_are_rows(
    shared_data: Shared, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("lmms/Crunk(Demo).mmp", "ptx/ptformat__TestPTX.ptx", "flp/PyFLP__FL_20.8.4.flp")
    files = [shared_data(f"corpus/{name}") for name in names]
    formats_command.formats(files, json=True)
    song, closed, project = json.loads(capsys.readouterr().out)
    assert (song["file"], song["format"], song["daw"]) == ("Crunk(Demo).mmp", "lmms", "LMMS 1.2.0")
    assert (closed["refused"], closed["tracks"]) == ("unsupported_session", 0)
    assert (project["devices"], project["states"]) == (15, 14)
    formats_command.formats(files)
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == list(formats_command._HEADINGS)
    assert len(lines) == 3
    assert "refused: unsupported_session" in lines[1]


@pytest.mark.usefixtures("exchange")
@pytest.mark.parametrize("folder", EXCHANGED.values())
def test_the_docs_say_what_the_command_says(
    shared_data: Shared, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    files = sorted(shared_data(f"corpus/{folder}").iterdir())
    formats_command.formats(files, markdown=True)
    table = capsys.readouterr().out.splitlines()
    assert len(table) == len(files) + 2
    documented = DOC.read_text(encoding="utf-8").splitlines()
    assert set(table) <= set(documented)


def test_the_docs_know_every_file_of_the_corpus(shared_data: Shared) -> None:
    documented = DOC.read_text(encoding="utf-8")
    apart = {"dawproject-schema", "vstpreset"}
    for folder in sorted(shared_data("corpus").iterdir()):
        if folder.is_dir() and folder.name not in apart:
            for path in folder.iterdir():
                assert f"| {path.name} |" in documented
