"""docs/python.md runs from top to bottom, and the public face is typed as it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.demo.song import write_song
from chains import LIBRARY

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")

TYPED = """\
from pathlib import Path
from typing import assert_type

import numpy as np
import numpy.typing as npt

import stemwright as sw
from bridge.comparing import Diff, DigestChecks, Verified
from bridge.jobs import FrozenSize, Job, Replacement, Revised
from bridge.jobs.revisions import Approval, History, Restored, RevisionChanges, Sent
from bridge.metering import Measures
from bridge.pages.sheet import Sheet
from bridge.planning import Plan
from bridge.plugins import Catalogue
from chains import Chain
from sessions import Session

tone = np.zeros(48000)
arrays = {"bass": (tone, 48000), "vox": (tone[:100], 44100)}


def progress(stage: str, done: int, total: int) -> bool:
    return done < total


session = assert_type(sw.read("stems"), Session)
assert_type(sw.read([Path("a.wav"), "b.wav"]), Session)
chain = assert_type(sw.load(Path("chain.toml")), Chain)
plan = assert_type(sw.plan(session, chain), Plan)
job = assert_type(sw.load_job("song"), Job)
assert_type(sw.plan(job), Plan)
assert_type(sw.render(job), sw.Master)
assert_type(sw.master(job, out="out"), sw.Master)
assert_type(sw.send(job, "first", freeze=True, progress=progress), Sent)
assert_type(sw.history("song"), History)
assert_type(sw.changes(Path("song"), "r0", "r1"), RevisionChanges)
assert_type(sw.approve(job, "r1", versions=["main"], who="Ann"), Approval)
assert_type(sw.restore(job, "r0", dry_run=True), Restored)
assert_type(sw.replace(job, ["a.wav"], stems={"Lead": "b.wav"}, align=True), Replacement)
assert_type(sw.freeze(job, "r1"), tuple[FrozenSize, ...])
assert_type(sw.revise(job, ["ann.json"], apply_rides=True), Revised)
assert_type(sw.sheet(job, "r1"), Sheet)
assert_type(sw.page(job, "page.html"), Path)
assert_type(sw.plan(arrays, "chain.toml"), Plan)
assert_type(sw.render(plan, subtype="pcm16", progress=progress), sw.Master)
cancel = sw.Cancel()
master = assert_type(sw.master("stems", "chain.toml", out="out"), sw.Master)
assert_type(sw.master(arrays, chain, progress=print, cancel=cancel), sw.Master)
main = assert_type(master["main"], sw.MasterFile)
assert_type(main.lufs, float)
assert_type(main.true_peak_dbtp, float)
assert_type(main.measures, Measures)
assert_type(main.reached, bool)
assert_type(main.samples(), npt.NDArray[np.float64])
assert_type(master.folder, Path | None)
assert_type(list(master), list[str])
measured = assert_type(sw.measure(main), sw.AudioFile)
assert_type(sw.measure("out/main.wav").lufs, float)
assert_type(sw.diff(master, "out"), Diff)
assert_type(sw.diff("a.wav", measured).within, bool)
assert_type(sw.diff("a.wav", "b.wav", limits=sw.Limits(rms_dbfs=-90.0), page="d.html"), Diff)
assert_type(sw.verify(master), Verified)
assert_type(sw.verify("out", stems=arrays, progress=progress, cancel=cancel), Verified)
assert_type(sw.verify("out", quick=True, stems="stems").same, bool)
assert_type(sw.verify("out/main.wav", quick=True), DigestChecks)
assert_type(sw.report(master, stems=arrays), Path)
assert_type(sw.bypass("out", "vocals/eq").gain_db, float)
checked = assert_type(sw.check("stems", Path("rough.wav"), page="c.html"), sw.CheckReport)
assert_type(sw.check(job, accept=["hum-1"], why="the amp", progress=progress), sw.CheckReport)
assert_type(checked.open("major"), tuple[sw.Finding, ...])
assert_type(sw.check(arrays).stems[0].findings[0].value, float)
assert_type(measured.diagnostics, tuple[sw.Diagnostic, ...])
assert_type(sw.plugins(), Catalogue)
try:
    sw.master("stems", "chain.toml", subtype="pcm24", range_s=(30.0, None), only=["main"])
except sw.StoppedError as error:
    assert_type(error.problems, tuple[sw.Problem, ...])
sw.master("stems", 5)  # WRONG
sw.send(job)  # WRONG
sw.changes(job, "r0", 1)  # WRONG
sw.master({"bass": tone}, chain)  # WRONG
sw.master("stems", chain, subtype="mp3")  # WRONG
sw.verify("out", quick=True, limits=sw.Limits())  # WRONG
sw.check("stems", mix=tone)  # WRONG
checked.open("awful")  # WRONG
main.reached = False  # WRONG
"""


def test_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "store"))
    write_song(tmp_path / "stems", 1.0, 44100)
    (tmp_path / "chain.toml").write_bytes((LIBRARY / "demo.toml").read_bytes())
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 9
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)  # noqa: S102 - our own page


def test_the_page_names_every_function() -> None:
    import stemwright

    calls = [name for name in stemwright.__all__ if name.islower()]
    assert [name for name in calls if f"sw.{name}(" not in PAGE] == []


def test_the_face_is_typed(tmp_path: Path) -> None:
    """The lines marked WRONG are refused, and no other.

    With the project's own settings, strict ones, as `make lint` has looked at all else by then.
    """
    snippet = tmp_path / "typed.py"
    snippet.write_text(TYPED)
    command = [sys.executable, "-m", "mypy", "--no-error-summary", str(snippet)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    refused = {int(line) for line in re.findall(r"typed\.py:(\d+): error", run.stdout)}
    wrong = {at for at, line in enumerate(TYPED.splitlines(), 1) if line.endswith("# WRONG")}
    assert refused == wrong, run.stdout + run.stderr
