"""A file appears whole under its name, or nothing of it does, and nothing is lost for it."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stemwright.files import Staged, placed
from stemwright.problems import InputError, MachineError


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def largest_file(octets: int) -> Iterator[None]:
    """No file may grow beyond this: what a full disk does, as the system tells it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def half_written(path: Path, ending: type[BaseException]) -> None:
    with Staged(path) as staged:
        staged.write_text("half of a")
        raise ending


def written_meanwhile(path: Path) -> None:
    with Staged(path, overwrite=False) as staged:
        staged.write_text("mine")
        path.write_text("theirs")


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit, ValueError, OSError])
def test_whatever_ends_the_writing_leaves_nothing_and_the_earlier_file(
    tmp_path: Path, ending: type[BaseException]
) -> None:
    path = tmp_path / "song.rpp"
    path.write_text("earlier")
    with pytest.raises(ending):
        half_written(path, ending)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [
        ("song.rpp", "earlier")
    ]


def test_a_full_disk_leaves_nothing_and_is_told(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("earlier")
    with pytest.raises(MachineError) as caught, largest_file(1000):
        placed(path, bytes(5000))
    assert [problem.kind for problem in caught.value.problems] == ["disk_full"]
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [
        ("page.html", "earlier")
    ]


def test_the_name_appears_only_with_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "song.rpp"
    with Staged(path) as staged:
        staged.write_text("whole")
        assert not path.exists()
        assert staged.parent == tmp_path  # on the same disk, or the move would be a copy
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("song.rpp", "whole")]


def test_an_existing_file_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "song.rpp"
    with pytest.raises(FileExistsError, match="somebody was faster"):
        written_meanwhile(path)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [
        ("song.rpp", "theirs")
    ]


def test_a_link_that_leads_nowhere_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "song.rpp"
    path.symlink_to(tmp_path / "gone")
    with pytest.raises(FileExistsError), Staged(path, overwrite=False):
        pass
    assert path.is_symlink()


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    kept = tmp_path / "kept" / "page.html"
    kept.write_text("earlier")
    link = tmp_path / "page.html"
    link.symlink_to(kept)
    placed(link, b"new")
    assert link.is_symlink()
    assert kept.read_bytes() == b"new"
    assert list(kept.parent.iterdir()) == [kept]


@pytest.mark.parametrize("what", ["device", "pipe", "folder"])
def test_what_is_no_file_is_refused(tmp_path: Path, what: str) -> None:
    path = tmp_path / "page.html"
    if what == "device":
        path.symlink_to(os.devnull)
    elif what == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    with pytest.raises(InputError) as caught:
        placed(path, b"new")
    assert [problem.kind for problem in caught.value.problems] == ["not_a_file"]
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_permissions_are_what_the_umask_leaves_or_those_asked_for(tmp_path: Path) -> None:
    with umask(0o027):
        placed(tmp_path / "usual", b"")
        with Staged(tmp_path / "read_only", mode=0o444) as staged:
            assert mode(staged) == 0o600
            staged.write_bytes(b"written before it was closed to writing")
    assert mode(tmp_path / "usual") == 0o640
    assert mode(tmp_path / "read_only") == 0o444


def test_a_name_as_long_as_names_go_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("ß" * 127)
    placed(path, b"new")
    assert path.read_bytes() == b"new"
