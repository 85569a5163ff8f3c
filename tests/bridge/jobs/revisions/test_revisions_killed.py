"""Killed at any moment, `send` and `restore` leave every revision whole and the job readable.

STEMWRIGHT_KILLS=40 kills each of the two 40 times; `pytest -s` shows what became of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from bridge.finished import need_record
from bridge.jobs import load_job
from bridge.jobs.revisions import find_revision, restore, revisions_of, send
from bridge.road import checked_digests

MOMENTS = int(os.environ.get("STEMWRIGHT_KILLS", "5"))
CHILD = """
import sys
from pathlib import Path
from bridge.jobs.revisions import restore, send

command, job = sys.argv[1], Path(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
if command == "send":
    print(send(job, "again", lambda song: None).record.revision, flush=True)
else:
    print(restore(job, "r0").kept, flush=True)
"""


def started(command: str, job: Path) -> subprocess.Popen[str]:
    """A process that has loaded everything, and waits for a line to begin."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, command, str(job)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def begun(child: subprocess.Popen[str]) -> None:
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def song_to_go_back(place: Path, job: Path) -> None:
    """Send the song once, and change it."""
    send(job, "first", lambda _: None)
    text = (job / "job.toml").read_text("utf-8").replace('title = "', 'title = "Not ')
    (job / "job.toml").write_text(text, "utf-8")
    assert place.is_dir()


def masters(folder: Path) -> list[str]:
    return [each.pcm_sha256 for each in need_record(folder).outputs]


@pytest.mark.parametrize("command", ["send", "restore"])
def test_every_revision_is_whole_after_a_kill(
    rendered_once: Path, tmp_path: Path, command: str
) -> None:
    chance, calm_s = np.random.default_rng(11), 0.0
    became: Counter[str] = Counter()
    for moment in range(MOMENTS + 1):
        place = tmp_path / str(moment)
        shutil.copytree(rendered_once, place, ignore=shutil.ignore_patterns("the store"))
        job = place / "song"
        if command == "restore":
            song_to_go_back(place, job)
        child = started(command, job)
        begun(child)
        if moment:
            time.sleep(chance.uniform(0.0, 1.1) * calm_s)
            child.kill()
            said = child.communicate()[0].strip()
        else:
            began_s = time.monotonic()
            said = child.communicate(timeout=60)[0].strip()
            calm_s = time.monotonic() - began_s
            assert said == {"send": "r0", "restore": "d0"}[command]
        became["done" if said else "begun"] += 1
        check_whole(job, said if command == "send" else "")
        check_next(command, job)
        shutil.rmtree(place)
    print(f"{command}: {MOMENTS} kills within {calm_s:.3f} s, {dict(became)}; all whole")


def check_whole(job: Path, announced: str) -> None:
    """Every revision that is listed, and that was announced, is whole; the job can be read."""
    found = revisions_of(job)
    assert all(each.is_whole for each in found)
    assert {announced} - {""} <= {each.name for each in found}
    for each in found:
        assert checked_digests(each.folder, jobs=1).same
    for kept in (job / "drafts").glob("d*"):
        assert find_revision(job, kept.name).is_whole
    assert load_job(job).chain.name == "small"


def check_next(command: str, job: Path) -> None:
    """The next one does it, and nothing half-done is left."""
    before = len(revisions_of(job))
    if command == "send":
        assert send(job, "next", lambda _: None).record.revision == f"r{before}"
    else:
        restore(job, "r0")
        assert masters(job / "draft") == masters(job / "revisions" / "r0")
        kept = (job / "revisions" / "r0" / "job-as-sent.toml").read_bytes()
        assert (job / "job.toml").read_bytes() == kept
        send(job, "again", lambda _: None)
    check_whole(job, "r0")
    assert [
        *job.rglob(".unfinished-*"),
        *job.rglob(".stemwright-unfinished"),
        *job.glob("*.part"),
    ] == []
