"""docs/ci-example.yml does in a user's repository what it says: its steps are run by a shell."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from bridge.demo import write_song
from chains import LIBRARY

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = (ROOT / "docs" / "ci-example.yml").read_text(encoding="utf-8")
POLICY = 'schema = 1\n\n[[file]]\npattern = "*"\naccept = "exact"\n'


class Step(NamedTuple):
    """A step that a shell runs."""

    name: str
    script: str
    is_always: bool


def _steps() -> list[Step]:
    """The steps with a `run:`, read as this one file is written."""
    found = []
    for text in re.split(r"^      - ", EXAMPLE, flags=re.MULTILINE)[1:]:
        run = re.search(r"^ *run: (?:\|\n((?: {10}.*\n)+)|(.*)\n)", text, re.MULTILINE)
        if run:
            block, line = run.groups()
            script = line or re.sub(r"^ {10}", "", block, flags=re.MULTILINE)
            found.append(Step(text.split("\n")[0], script, "if: always()" in text))
    return found


def _variables(repository: Path) -> dict[str, str]:
    (lines,) = re.findall(r"^env:\n((?:  .*\n)+)", EXAMPLE, re.MULTILINE)
    told = dict(re.findall(r"^  (\w+): (.*)$", lines, re.MULTILINE))
    here = {"${{ github.workspace }}": str(repository)}
    return {name: _filled(text, here) for name, text in told.items()}


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


class Job:
    """The job in a repository: the installation is there already, all else is run as written."""

    def __init__(self, repository: Path, environment: dict[str, str]) -> None:
        self.repository = repository
        self.summary = repository.parent / "summary.md"
        self.environment = {**environment, **_variables(repository)}
        self.environment["GITHUB_STEP_SUMMARY"] = str(self.summary)

    def shell(self, script: str) -> subprocess.CompletedProcess[str]:
        bash = shutil.which("bash") or "sh"
        return subprocess.run(
            [bash, "-e", "-c", script], cwd=self.repository, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def run(self) -> tuple[str, int]:
        """Return which step failed first, and its exit code; "" and 0 when none did."""
        failed = ("", 0)
        for step in _steps():
            if step.script == 'pipx install "$STEMWRIGHT"' or (failed[1] and not step.is_always):
                continue
            code = self.shell(step.script).returncode
            failed = failed if failed[1] else (step.name if code else "", code)
        return failed


@pytest.fixture
def job(tmp_path: Path, installed: Path, users_environment: dict[str, str]) -> Job:
    """A user's repository: their stems, their chain, their golden and its policy."""
    repository = tmp_path / "song"
    write_song(repository / "stems", 1.0)
    (repository / "chain.toml").write_bytes((LIBRARY / "demo.toml").read_bytes())
    path = f"{installed}:{users_environment['PATH']}"
    made = Job(repository, {**users_environment, "PATH": path})
    golden = made.shell("stemwright render stems chain.toml -o goldens --excerpt")
    assert golden.returncode == 0, golden.stderr
    (repository / "goldens" / "policy.toml").write_text(POLICY)
    return made


def test_the_example_passes_the_same_master_and_fails_another(job: Job) -> None:
    assert [step.name for step in _steps()] == [
        f"name: {name}"
        for name in (
            "Install stemwright",
            "Fetch what Git LFS holds",
            "Render",
            "Compare with the golden",
            "Keep the store small",
        )
    ]
    assert job.run() == ("", 0)
    assert "exact" in job.summary.read_text(encoding="utf-8")
    assert (job.repository / ".stemwright-store").is_dir()
    assert etree.parse(job.repository / "diff.xml").getroot().get("failures") == "0"

    chain = job.repository / "chain.toml"
    for name in ("diff.xml", "diff.html"):
        (job.repository / name).unlink()
    chain.write_text(chain.read_text().replace("ratio = 3.0", "ratio = 4.0", 1))
    assert job.run() == ("name: Compare with the golden", 1)
    assert "drums/punch" in job.summary.read_text(encoding="utf-8")
    assert etree.parse(job.repository / "diff.xml").getroot().get("failures") != "0"
    assert "<html" in (job.repository / "diff.html").read_text(encoding="utf-8")[:200]


def test_the_example_names_no_address_and_keeps_what_it_writes() -> None:
    assert "://" not in EXAMPLE
    kept = EXAMPLE.split("upload-artifact")[1]
    for name in ("diff.xml", "diff.html", "out"):
        assert name in kept
