"""Scratch folders go with whatever happens, and killed processes' folders go with the next run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bridge.hosting.child import process
from bridge.hosting.child.scratch import inside, scratch
from bridge.hosting.jobs import Factory

KILLED = """
import os, signal
from bridge.hosting.child.scratch import scratch
with scratch() as folder:
    (folder / "half").write_bytes(b"made")
    os.kill(os.getpid(), signal.SIGKILL)
"""
SWEEPING = "from bridge.hosting.child.scratch import scratch\nwith scratch(): pass"


def run(text: str, root: Path) -> None:
    subprocess.run([sys.executable, "-c", text], env=inside(root), check=False)


def test_what_a_killed_process_left_goes_with_the_next_one(tmp_path: Path) -> None:
    run(KILLED, tmp_path)
    assert [path.name for path in tmp_path.rglob("half")] == ["half"]
    run(SWEEPING, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_or_still_in_use_stays(tmp_path: Path) -> None:
    kept = [tmp_path / name for name in ("stemwright-bug-ab12.txt", f"stemwright-{os.getpid()}-1")]
    for folder in kept:
        folder.mkdir()
    run(SWEEPING, tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted(kept)


def test_a_childs_temporary_files_are_in_the_folder_that_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    popen = subprocess.Popen
    seen: list[tuple[str, str]] = []

    def spy(*words: object, **options: object) -> object:
        seen.append((str(options["cwd"]), str(options["env"]["TMPDIR"])))  # type: ignore[index]
        return popen(*words, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(process.subprocess, "Popen", spy)
    process.call(Factory("none", "", ""), 30)
    ((cwd, temporary),) = seen
    assert cwd == temporary
    assert Path(cwd).parent == tmp_path
    assert not Path(cwd).exists()


def test_a_folder_that_cannot_be_made_is_a_child_that_cannot_be_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(process.ChildFailed) as failed:
        process.call(Factory("none", "", ""), 30)
    assert failed.value.ending is process.Ending.UNSTARTED


def test_scratch_is_private_and_goes() -> None:
    with scratch() as folder:
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere more of the environment is kept")
def test_a_childs_environment_is_the_same_in_every_session(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    at_home = inside(tmp_path)
    elsewhere = {
        "LC_ALL": "de_DE.UTF-8",
        "LC_NUMERIC": "de_DE.UTF-8",
        "LANG": "de_DE.UTF-8",
        "LANGUAGE": "de:en",
        "TZ": "Asia/Tokyo",
        "OMP_NUM_THREADS": "7",
        "EDITOR": "vi",
        "OTHER_SERVER": "nobody asked",
    }
    for name, value in elsewhere.items():
        monkeypatch.setenv(name, value)
    assert inside(tmp_path) == at_home
    assert at_home["LC_ALL"] == "C.UTF-8"
    assert at_home["HOME"] == os.environ["HOME"]
    monkeypatch.setenv("STEMWRIGHT_PLUGIN_ENV", "LICENCE_SERVER, LC_ALL")
    monkeypatch.setenv("LICENCE_SERVER", "7788@studio")
    assert inside(tmp_path) == at_home | {"LICENCE_SERVER": "7788@studio"}
