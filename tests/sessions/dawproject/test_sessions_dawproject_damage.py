"""DAWprojects that are too early, faulty, endless or mutated: refused with their place, or read."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sessions.errors import SessionError
from sessions.formats.dawproject.reader import FORMAT
from sessions.model.session import Session

SharedData = Callable[[str], Path]
Fuzz = Callable[..., Any]

MADE = Path(__file__).parents[2] / "fixtures" / "dawproject"
PROJECT = (MADE / "project.xml").read_text("utf-8")


def read(path: Path, *media: Path) -> Session:
    return FORMAT.read([path], media)


@pytest.mark.parametrize("name", ["sends", "test3x"])
def test_projects_from_before_version_1_are_refused_with_a_way_out(
    shared_data: SharedData, name: str
) -> None:
    path = shared_data(f"corpus/dawproject/bitwig-prerelease__{name}.dawproject")
    assert FORMAT.score(path) == 1.0
    with pytest.raises(SessionError) as caught:
        read(path)
    (problem,) = caught.value.problems
    assert problem.kind == "early_dawproject"
    assert "Export Project" in (problem.hint or "")


def test_faults_name_their_line(project: Callable[..., Path]) -> None:
    with pytest.raises(SessionError) as caught:
        read(project(xml=PROJECT.replace('value="-3.5"', 'value="loud"')))
    problem = caught.value.problems[0]
    line = PROJECT[: PROJECT.index('value="-3.5"')].count("\n") + 1
    assert problem.kind == "malformed_number"
    assert problem.where["line"] == line


def test_entities_are_not_resolved(project: Callable[..., Path]) -> None:
    bomb = '<!DOCTYPE Project [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    xml = PROJECT.replace("<Project ", bomb + "<Project ", 1).replace("</Project>", "&a;</Project>")
    session = read(project(xml=xml))
    assert Path("/etc/hostname").read_text().strip() not in repr(session)


@pytest.mark.parametrize("trick", ["nested", "itself", "short"])
def test_clips_without_end_are_refused(project: Callable[..., Path], trick: str) -> None:
    many = '<Clip time="0" duration="0.1"><Notes/></Clip>' * 40
    itself = '<Clip time="0" duration="9" reference="loop"/>'
    xml = {
        "nested": f'<Clip time="0" duration="1000" loopEnd="0.2"><Clips>{many}</Clips></Clip>',
        "itself": f'<Clip time="0" duration="9"><Clips id="loop">{itself * 3}</Clips></Clip>',
        "short": '<Clip time="0" duration="1e6" loopEnd="1e-10"><Clips/></Clip>',
    }[trick]
    with pytest.raises(SessionError) as caught:
        read(project(xml))
    assert caught.value.problems[0].kind in ("endless_loop", "nested_too_deep")


NUMBER = re.compile(rb'"-?[\d.]+"')
STRANGE = (
    b"9" * 5000,
    b"1e400",
    b"nan",
    b"inf",
    b"-1",
    b"0",
    b"1e308",
    b"1e-320",
    b"99999999999999999999",
    b"",
    b"x",
)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Change a number, or cut, double or overwrite a stretch."""
    at = dice.randrange(len(data))
    to = min(len(data), at + dice.randrange(1, 200))
    numbers = list(NUMBER.finditer(data))
    match dice.randrange(4):
        case 0 if numbers:
            found = dice.choice(numbers)
            return data[: found.start()] + b'"%s"' % dice.choice(STRANGE) + data[found.end() :]
        case 1:
            return data[:at] + data[to:]
        case 2:
            return data[:to] + data[at:to] + data[to:]
        case _:
            return data[:at] + dice.randbytes(dice.randrange(1, 4)) + data[at + 1 :]


def test_mutated_projects_read_or_are_refused(
    project: Callable[..., Path],
    preset: bytes,
    shared_data: SharedData,
    tmp_path: Path,
    fuzz: Fuzz,
) -> None:
    corpus = shared_data("corpus/dawproject")
    files = [project(), *sorted(corpus.glob("openDAW__*"))]
    documents = [zipfile.ZipFile(file).read("project.xml") for file in files]
    dice = random.Random(7)  # noqa: S311  # repeatable mutations, no secrets
    path = tmp_path / "mutated.dawproject"

    def mutate(turn: int) -> Path:
        if turn % 5:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("project.xml", mutated(dice.choice(documents), dice))
                archive.writestr("plugins/kick.vstpreset", mutated(preset, dice))
        else:
            path.write_bytes(mutated(dice.choice(files).read_bytes(), dice))
        return path

    outcomes, problems = fuzz(FORMAT, mutate)
    assert outcomes == {"session", "refused"}
    assert all(problem.where.get("file") for problem in problems)
