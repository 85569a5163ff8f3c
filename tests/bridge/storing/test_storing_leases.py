"""Only what a lease names is swept, and only when nobody holds it, wherever its process runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bridge.storing import HeldError, NotALeaseError, Store, hold, leased_folder, sweep
from bridge.storing.leases import EXPIRY_S
from stemwright.problems import InputError

WORKING = """
import sys, time
from pathlib import Path
from bridge.storing import leased_folder
with leased_folder(Path(sys.argv[1]), "work-") as folder:
    (folder / "half").write_text("made")
    print(folder, flush=True)
    sys.stdin.read()
"""


def _elsewhere(root: Path, age_s: float) -> Path:
    """A folder whose lease was taken on another machine and last touched `age_s` ago."""
    with leased_folder(root, "work-") as folder:
        text = Path(f"{folder}.lease").read_text()
    folder.mkdir()
    lease = Path(f"{folder}.lease")
    lease.write_text(json.dumps(json.loads(text) | {"machine": "another"}))
    then = time.time() - age_s
    os.utime(lease, (then, then))
    return folder


def test_a_working_process_keeps_its_folder_and_a_killed_one_does_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORKING, str(tmp_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as working:
        assert working.stdout is not None
        folder = Path(working.stdout.readline().strip())
        sweep(tmp_path, "work-")
        assert (folder / "half").exists()
        working.kill()
    sweep(tmp_path, "work-")
    assert list(tmp_path.iterdir()) == []


def test_another_machines_folder_stays_while_its_lease_is_touched(tmp_path: Path) -> None:
    fresh, stale = _elsewhere(tmp_path, EXPIRY_S / 2), _elsewhere(tmp_path, EXPIRY_S * 2)
    sweep(tmp_path, "work-")
    assert fresh.exists()
    assert not stale.exists()


def test_what_has_no_lease_of_ours_stays(tmp_path: Path) -> None:
    names = ["work-2024-remix", "work-99999999999999999999-x", f"work-{os.getpid()}-1", "work-1-x"]
    for name in names:
        (tmp_path / name).mkdir()
    (tmp_path / "work-1-x.lease").write_text("somebody's lease agreement")
    (tmp_path / "work-2.lease").mkdir()
    with leased_folder(tmp_path, "work-") as folder:
        text = Path(f"{folder}.lease").read_text()
    (tmp_path / "work-2024-remix.lease").write_text(text)  # ours, but of another folder
    before = sorted(tmp_path.iterdir())
    sweep(tmp_path, "work-")
    assert sorted(tmp_path.iterdir()) == before


def test_a_link_in_the_place_of_a_dead_folder_is_not_followed(tmp_path: Path) -> None:
    stale = _elsewhere(tmp_path, EXPIRY_S * 2)
    kept = tmp_path / "kept"
    stale.rename(kept)
    stale.symlink_to(kept)
    sweep(tmp_path, "work-")
    assert kept.is_dir()
    assert stale.is_symlink()


def test_a_lease_has_one_holder_and_says_who(tmp_path: Path) -> None:
    first = hold(tmp_path / "lease")
    with pytest.raises(HeldError, match=f"process {os.getpid()} of "):
        hold(tmp_path / "lease")
    first.release()
    hold(tmp_path / "lease").release()
    assert list(tmp_path.iterdir()) == []


def test_a_lease_is_not_written_over_a_file_or_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "new")
    for name in ("mine", "link"):
        with pytest.raises(NotALeaseError):
            hold(tmp_path / name)
    assert (tmp_path / "mine").read_text() == "mine"
    assert not (tmp_path / "new").exists()


def test_a_store_leaves_what_lies_beside_it_alone(tmp_path: Path) -> None:
    notes = tmp_path / "staging" / "mixes" / "notes.txt"
    notes.parent.mkdir(parents=True)
    notes.write_text("precious")
    (tmp_path / "plugins.json").write_text("mine")
    with Store(tmp_path).staging():
        pass
    Store(tmp_path)
    assert notes.read_text() == "precious"
    assert (tmp_path / "plugins.json").read_text() == "mine"
    assert len(list(notes.parent.parent.iterdir())) == 1


def test_a_folder_of_others_in_the_entries_place_is_refused(tmp_path: Path) -> None:
    mine = tmp_path / "v1" / "song" / "mix" / "meta.json"
    mine.parent.mkdir(parents=True)
    mine.write_text("{}")
    with pytest.raises(InputError) as caught:
        Store(tmp_path, limit_bytes=0)
    assert caught.value.problems[0].kind == "store_not_ours"
    assert mine.exists()
