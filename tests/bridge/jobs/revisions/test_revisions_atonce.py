"""Two processes send at once: two revisions, or one and a clear refusal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from bridge.jobs.revisions import revisions_of

CHILD = """
import sys
from pathlib import Path
from bridge.jobs.revisions import send
from stemwright.problems import InputError

print("ready", flush=True)
sys.stdin.readline()
try:
    print(send(Path(sys.argv[1]), "at once", lambda song: None).record.revision)
except InputError as error:
    print(*(each.kind for each in error.problems))
"""


def test_two_sends_are_two_revisions_or_one_refusal(rendered_once: Path, tmp_path: Path) -> None:
    shutil.copytree(rendered_once, tmp_path, dirs_exist_ok=True)
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path / "song")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for child in children:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    for child in children:
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    said = sorted(child.communicate(timeout=60)[0].strip() for child in children)
    found = revisions_of(tmp_path / "song")
    assert said in (["r0", "r1"], ["job_in_use", "r0"])
    assert [each.name for each in found] == [each for each in said if each != "job_in_use"]
    assert all(each.is_whole for each in found)
