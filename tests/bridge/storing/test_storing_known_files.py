"""A file that lies still is not read again; whatever was done to it, it is."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from blake3 import blake3

from bridge.storing import Disks, KnownFiles, Store, known_files_of
from bridge.storing.known_files import MOST_FILES, SETTLED_S

LATER_S = SETTLED_S + 5.0


def _known(place: Path, after_s: float = LATER_S, disk: str | None = "ext4") -> KnownFiles:
    """What is known at `place`, so many seconds from now, on a disk of that kind."""
    return KnownFiles(place, lambda: time.time() + after_s, lambda _: disk)


def _hash_of(path: Path) -> str:
    return blake3(path.read_bytes()).hexdigest()


@pytest.fixture
def stem(tmp_path: Path) -> Path:
    path = tmp_path / "kick.wav"
    path.write_bytes(bytes(range(256)) * 40)
    return path


@pytest.fixture
def place(tmp_path: Path, stem: Path) -> Path:
    """Where the stem's digest is kept."""
    known = _known(tmp_path / "files.json")
    assert known.digest(stem) == _hash_of(stem)
    known.keep()
    return tmp_path / "files.json"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are read whole from now on."""
    found: list[Path] = []

    def noted(path: Path) -> str:
        found.append(path)
        return _hash_of(path)

    monkeypatch.setattr("bridge.storing.known_files.file_digest", noted)
    return found


def test_a_file_that_lies_still_is_read_once(place: Path, stem: Path, read: list[Path]) -> None:
    assert _known(place).digest(stem) == _hash_of(stem)
    assert read == []


def _in_place(stem: Path) -> None:
    with stem.open("r+b") as file:
        file.write(b"other")


def _by_rename(stem: Path) -> None:
    other = stem.with_name("other")
    other.write_bytes(stem.read_bytes()[::-1])
    shutil.copystat(stem, other)
    other.replace(stem)


def _through_a_hard_link(stem: Path) -> None:
    link = stem.with_name("link")
    link.hardlink_to(stem)
    _in_place(link)


def _linked_to_another(stem: Path) -> None:
    other = stem.with_name("other")
    other.write_bytes(stem.read_bytes()[::-1])
    stem.unlink()
    stem.hardlink_to(other)


def _truncated_and_regrown(stem: Path) -> None:
    size = stem.stat().st_size
    os.truncate(stem, 0)
    os.truncate(stem, size)


def _by_symbolic_link(stem: Path) -> None:
    other = stem.with_name("other")
    other.write_bytes(stem.read_bytes()[::-1])
    shutil.copystat(stem, other)
    stem.unlink()
    stem.symlink_to(other)


@pytest.mark.parametrize(
    "change",
    [
        _in_place,
        _by_rename,
        _through_a_hard_link,
        _linked_to_another,
        _truncated_and_regrown,
        _by_symbolic_link,
    ],
)
def test_a_change_is_seen_though_size_and_time_are_put_back(
    place: Path, stem: Path, read: list[Path], change: Callable[[Path], None]
) -> None:
    before = stem.stat()
    change(stem)
    os.utime(stem, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = stem.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert _known(place).digest(stem) == _hash_of(stem)
    assert read == [stem]


def test_a_file_that_was_changed_just_now_is_not_remembered(
    tmp_path: Path, stem: Path, read: list[Path]
) -> None:
    for after_s in (0.0, SETTLED_S - 5.0, -3600.0):
        known = _known(tmp_path / "files.json", after_s)
        known.digest(stem)
        known.keep()
    assert len(read) == 3
    assert not (tmp_path / "files.json").exists()


def test_a_file_that_changes_while_it_is_read_is_not_remembered(
    tmp_path: Path, stem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(path: Path) -> str:
        _in_place(path)
        return "0" * 64

    monkeypatch.setattr("bridge.storing.known_files.file_digest", torn)
    known = _known(tmp_path / "files.json")
    known.digest(stem)
    known.keep()
    assert not (tmp_path / "files.json").exists()


@pytest.mark.parametrize("disk", [None, "nfs4", "cifs", "fuse.sshfs", "fuseblk", "vfat", "exfat"])
def test_a_disk_without_a_time_of_its_own_is_never_believed(
    place: Path, stem: Path, read: list[Path], disk: str | None
) -> None:
    assert _known(place, disk=disk).digest(stem) == _hash_of(stem)
    assert read == [stem]


def test_what_another_start_of_the_machine_knew_is_not_believed(
    place: Path, stem: Path, read: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.storing.known_files.machine", lambda: "another")
    _known(place).digest(stem)
    assert read == [stem]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "{",
        lambda _: "[]",
        lambda _: "[" * 100_000,
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"schema": 1', '"schema": 2'),
        lambda text: json.dumps({**json.loads(text), "files": {"a": 1}}),
        lambda text: json.dumps(
            {**json.loads(text), "files": dict.fromkeys(json.loads(text)["files"], "0" * 64)}
        ),
    ],
)
def test_what_is_damaged_says_nothing_and_is_written_anew(
    place: Path, stem: Path, read: list[Path], damage: Callable[[str], str]
) -> None:
    place.write_text(damage(place.read_text()))
    known = _known(place)
    assert known.digest(stem) == _hash_of(stem)
    known.keep()
    assert _known(place).digest(stem) == _hash_of(stem)
    assert read == [stem]


def test_no_more_is_kept_than_has_room_and_the_last_used_stay(
    place: Path, stem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.storing.known_files.MOST_FILES", 3)
    for number in range(6):
        (tmp_path / f"{number}").write_bytes(b"%d" % number)
        known = _known(place)
        known.digest(stem)
        known.digest(tmp_path / f"{number}")
        known.keep()
    kept = list(json.loads(place.read_text())["files"].values())
    assert kept[-2:] == [_hash_of(stem), _hash_of(tmp_path / "5")]
    assert len(kept) == 3


def test_the_most_that_is_kept_can_be_read_again(place: Path, stem: Path, read: list[Path]) -> None:
    known = _known(place)
    longest = "|".join(["f" * 36, *["9" * 20] * 5])
    known._used |= {f"{longest}{number}": "f" * 64 for number in range(MOST_FILES)}
    known._is_new = True
    known.digest(stem)
    known.keep()
    assert _known(place).digest(stem) == _hash_of(stem)
    assert read == []


def test_several_keep_theirs_in_one_file(tmp_path: Path, read: list[Path]) -> None:
    place = tmp_path / "files.json"
    paths = [tmp_path / f"{number}.wav" for number in range(8)]
    for number, path in enumerate(paths):
        path.write_bytes(b"%d" % number)
    writers = [_known(place) for _ in paths]

    def work(known: KnownFiles, path: Path) -> None:
        for _ in range(5):
            known.digest(path)
            known.keep()

    threads = [
        threading.Thread(target=work, args=pair) for pair in zip(writers, paths, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read.clear()
    found = _known(place)
    assert [found.digest(path) for path in paths] == [_hash_of(path) for path in paths]
    assert len(read) < len(paths)  # at least those of whoever came last
    assert {path.name for path in tmp_path.iterdir()} == {
        "files.json",
        *(path.name for path in paths),
    }


def test_a_place_that_cannot_be_written_is_done_without(tmp_path: Path, stem: Path) -> None:
    known = _known(tmp_path / "gone" / "files.json")
    assert known.digest(stem) == _hash_of(stem)
    known.keep()
    assert not (tmp_path / "gone").exists()


def test_a_missing_file_is_an_error_of_the_system(place: Path, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        _known(place).digest(tmp_path / "gone.wav")


def test_the_store_has_a_place_for_it_among_its_entries(tmp_path: Path, stem: Path) -> None:
    root = tmp_path / "store"
    Store(root)
    known = known_files_of(root)
    known._now_s, known._disk_of = lambda: time.time() + LATER_S, lambda _: "ext4"
    known.digest(stem)
    known.keep()
    (kept,) = (path for path in root.rglob("files.json"))
    if os.name == "posix":
        assert kept.stat().st_mode & 0o777 == 0o600
    (kept.parent / ".stemwright-store").unlink()
    assert Store(root).held() == []  # nothing of somebody else's lies there


TABLE = r"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:40 / /mnt/my\040songs rw,relatime shared:9 master:2 - cifs //nas/songs rw
41 27 8:1 /a /mnt/disk rw - vfat /dev/sda1 rw
42 27 8:2 / /mnt/disk rw - xfs /dev/sda2 rw
nonsense
"""


def test_the_kind_of_a_disk_is_that_of_the_mount_point_above(tmp_path: Path) -> None:
    (tmp_path / "table").write_text(TABLE)
    disks = Disks(tmp_path / "table")
    assert disks.kind_of(Path("/home/me/stems/kick.wav")) == "ext4"
    assert disks.kind_of(Path("/mnt/my songs/a/kick.wav")) == "cifs"
    assert disks.kind_of(Path("/mnt/my songs.wav")) == "ext4"
    assert disks.kind_of(Path("/mnt/disk/kick.wav")) == "xfs"
    assert Disks(tmp_path / "none").kind_of(Path("/home/me/kick.wav")) is None


def test_a_link_is_asked_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "table").write_text(
        f"1 0 0:1 / / rw - ext4 a rw\n2 1 0:2 / {tmp_path.resolve()}/nas rw - nfs4 b rw\n"
    )
    (tmp_path / "nas").mkdir()
    (tmp_path / "nas" / "kick.wav").write_bytes(b"kick")
    (tmp_path / "kick.wav").symlink_to(tmp_path / "nas" / "kick.wav")
    assert Disks(tmp_path / "table").kind_of(tmp_path / "kick.wav") == "nfs4"
