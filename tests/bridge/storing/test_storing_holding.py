"""What a process at work has used or made stays, whoever collects; what a killed one held goes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bridge.storing import Store
from stemwright.problems import InputError

HOLDING = """
import sys
from pathlib import Path
from bridge.storing import Store
store = Store(Path(sys.argv[1]))
with store.holding():
    assert store.get("a" * 64) is not None
    print("held", flush=True)
    sys.stdin.read()
"""
COLLECTING = """
import sys
from pathlib import Path
from bridge.storing import Store
store = Store(Path(sys.argv[1]), limit_bytes=0)
print("collecting", flush=True)
while True:
    store.collect()
"""


@contextmanager
def running(code: str, root: Path) -> Iterator[subprocess.Popen[str]]:
    """A process at work in the store; killed at the end."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", code, str(root)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        try:
            yield process
        finally:
            process.kill()


def filled(root: Path, names: str, limit_bytes: int = 0) -> Store:
    store = Store(root, limit_bytes)
    for age, name in enumerate(names):
        data = root / "staging" / "new"
        data.write_bytes(name.encode() * 1000)
        entry = store.put(name * 64, {"pcm": name}, data)
        os.utime(entry.folder / "meta.json", (1000 + age, 1000 + age))
    return store


def kept(store: Store) -> set[str]:
    return {each.key[0] for each in store.held()}


def test_what_another_process_holds_stays(tmp_path: Path) -> None:
    store = filled(tmp_path, "abc")
    with running(HOLDING, tmp_path):
        found = store.collect()
        assert kept(store) == {"a"}
        assert (found.freed_bytes > 2000, found.left_bytes > 1000, found.own_bytes) == (
            *(True, True, 0),
        )
        assert store.spare(0, unused_s=0.0) == []


def test_what_a_killed_process_held_goes(tmp_path: Path) -> None:
    store = filled(tmp_path, "abc")
    with running(HOLDING, tmp_path) as process:
        process.kill()
        process.wait()
        store.collect()
        assert kept(store) == set()


def test_what_is_got_and_what_is_put_is_held_until_the_end(tmp_path: Path) -> None:
    filled(tmp_path, "abc")
    store = Store(tmp_path, limit_bytes=0)
    with store.holding():
        store.get("b" * 64)
        with store.holding():
            filled(tmp_path, "d")  # another's
            data = tmp_path / "staging" / "new"
            data.write_bytes(b"e" * 1000)
            store.put("e" * 64, {"pcm": "e"}, data)
        found = store.collect()
        assert kept(store) == {"b", "e"}
        assert found.own_bytes == found.left_bytes > 2000
        Store(tmp_path, limit_bytes=0).collect()
        assert kept(store) == {"b", "e"}
    store.collect()
    assert kept(store) == set()
    assert {path.name for path in (tmp_path / "staging").iterdir()} == {"collecting"}


def test_a_key_asked_for_before_its_entry_is_made_is_held(tmp_path: Path) -> None:
    store = Store(tmp_path, limit_bytes=0)
    with store.holding():
        assert store.get("a" * 64) is None
        filled(tmp_path, "a")
        Store(tmp_path, limit_bytes=0).collect()
        assert store.get("a" * 64) is not None


def test_a_second_result_under_a_key_is_held_too(tmp_path: Path) -> None:
    filled(tmp_path, "a")
    store = Store(tmp_path, limit_bytes=0)
    with store.holding():
        data = tmp_path / "staging" / "new"
        data.write_bytes(b"other")
        other = store.put("a" * 64, {"pcm": "other"}, data)
        Store(tmp_path, limit_bytes=0).collect()
        assert other.data.read_bytes() == b"other"


def test_nothing_goes_while_somebody_collects_all_the_time(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with running(COLLECTING, tmp_path), store.holding():
        for at in range(150):
            key = f"{at:064x}"
            data = tmp_path / f"data{at}"
            data.write_bytes(b"x")
            store.put(key, {"pcm": key}, data)
            assert store.get(key) is not None
            earlier = store.get(f"{at // 2:064x}")
            assert earlier is not None
            assert earlier.data.read_bytes() == b"x"


def test_the_limit_is_what_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Store(tmp_path).limit_bytes == 20 * 10**9
    monkeypatch.setenv("STEMWRIGHT_STORE_LIMIT", "1.5 TB")
    assert Store(tmp_path).limit_bytes == 1_500_000_000_000
    monkeypatch.setenv("STEMWRIGHT_STORE_LIMIT", "much")
    with pytest.raises(InputError, match="STEMWRIGHT_STORE_LIMIT is much, which is no size"):
        Store(tmp_path)
