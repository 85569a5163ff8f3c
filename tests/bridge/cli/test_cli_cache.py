"""`stemwright cache`: place and size, damaged entries, and room that is made only when agreed."""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.storing import Store, size_in_words

Run = Callable[..., Any]
HOURS = 3600.0


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Four entries of 1000 bytes and their words: used 4, 3, 2 hours and a minute ago."""
    root = tmp_path / "kept"
    store = Store(root)
    for number, age_s in enumerate((4 * HOURS, 3 * HOURS, 2 * HOURS, 60.0)):
        data = tmp_path / "made"
        data.write_bytes(bytes([number]) * 1000)
        entry = store.put(f"{number}" * 64, {"pcm": f"{number}"}, data)
        used = time.time() - age_s
        os.utime(entry.folder / "meta.json", (used, used))
    return root


def _keys(root: Path) -> list[str]:
    return sorted(path.name[0] for path in (root / "v1").glob("*/*/"))


def _gc(run: Run, root: Path, *words: str) -> dict[str, Any]:
    done = run("cache", "gc", "--store", root, *words, "--json")
    assert done.code == 0, done
    told: dict[str, Any] = json.loads(done.out)
    return told


def test_the_place_and_the_size_are_told(run: Run, kept: Path, tmp_path: Path) -> None:
    said = run("cache", "path", "--store", kept)
    assert said.out == f"{kept}\n"
    assert "in 4 entries; renders keep it under 20.0 GB" in said.err
    told = json.loads(run("cache", "path", "--store", kept, "--json").out)
    assert (told["entries"], told["limit_bytes"]) == (4, 20 * 10**9)
    files = [path for path in (kept / "v1").glob("*/*/*") if path.is_file()]
    assert told["bytes"] == sum(path.stat().st_size for path in files) > 4000
    assert run("cache", "path", "--store", tmp_path / "none").code == 0
    assert not (tmp_path / "none").exists()


def test_the_size_is_told_alone_too(run: Run, kept: Path, tmp_path: Path) -> None:
    told = json.loads(run("cache", "size", "--store", kept, "--json").out)
    whole = json.loads(run("cache", "path", "--store", kept, "--json").out)
    assert told == {name: whole[name] for name in ("bytes", "entries", "limit_bytes")}
    said = run("cache", "size", "--store", kept)
    assert (said.out, "in 4 entries" in said.err) == (f"{size_in_words(told['bytes'])}\n", True)
    nothing = json.loads(run("cache", "size", "--store", tmp_path / "none", "--json").out)
    assert (nothing["bytes"], nothing["entries"]) == (0, 0)


def test_what_was_used_while_it_asked_stays(
    run: Run, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A render that begins between the question and the answer keeps what it took."""
    store = Store(kept)
    with store.holding():

        class Answer(io.StringIO):
            def isatty(self) -> bool:
                return True

            def readline(self, _: int | None = -1, /) -> str:
                assert store.get("0" * 64) is not None
                (kept / "v1" / "11" / ("1" * 64) / "meta.json").touch()  # as one that may not note
                return "y\n"

        monkeypatch.setattr("sys.stdin", Answer())
        done = run("cache", "gc", "--store", kept, "--json")
    told = json.loads(done.out)
    assert (told["entries"], told["dropped"], told["left_entries"]) == (1, True, 3)
    assert _keys(kept) == ["0", "1", "3"]


def test_a_damaged_entry_is_named_and_dropped_when_asked(run: Run, kept: Path) -> None:
    assert run("cache", "verify", "--store", kept).code == 0
    (data,) = kept.glob("v1/*/1*/data")
    data.write_bytes(b"x" * 1000)
    said = run("cache", "verify", "--store", kept)
    assert (said.code, said.out) == (1, f"damaged  {'1' * 64}\n")
    assert _keys(kept) == ["0", "1", "2", "3"]
    assert run("cache", "verify", "--drop", "--store", kept).code == 0
    assert _keys(kept) == ["0", "2", "3"]


def test_room_is_made_from_the_oldest_and_not_from_what_is_in_use(run: Run, kept: Path) -> None:
    told = _gc(run, kept, "--dry-run")
    assert (told["entries"], told["dropped"], told["left_entries"]) == (3, False, 1)
    assert _keys(kept) == ["0", "1", "2", "3"]
    size = json.loads(run("cache", "path", "--store", kept, "--json").out)["bytes"]
    told = _gc(run, kept, "--yes", "--keep", str(size - 1))
    assert (told["entries"], told["dropped"], _keys(kept)) == (1, True, ["1", "2", "3"])
    assert _gc(run, kept, "--yes", "--keep", "1GB")["entries"] == 0
    _gc(run, kept, "--yes")
    assert _keys(kept) == ["3"]


def test_it_says_why_the_others_stay(run: Run, kept: Path) -> None:
    store = Store(kept)
    with store.holding():
        assert store.get("0" * 64) is not None
        old = time.time() - 4 * HOURS
        os.utime(kept / "v1" / "00" / ("0" * 64) / "meta.json", (old, old))
        told = _gc(run, kept, "--dry-run")
        assert told["left_because"] == {"in_use": 1, "used_lately": 1, "kept_size": 0}
        said = run("cache", "gc", "--store", kept, "--yes").out
    why = "1 used by a render at work, 1 used in the last hour"
    assert said.endswith(f" in 2 entries; 2 others stay: {why}\n")
    told = _gc(run, kept, "--keep", "1GB", "--dry-run")
    assert told["left_because"] == {"in_use": 0, "used_lately": 1, "kept_size": 1}
    assert run("cache", "gc", "--store", kept, "--yes").out.endswith(
        " in 1 entries; 1 others stay: 1 used in the last hour\n"
    )


def test_it_asks_and_takes_no_silence_for_a_yes(
    run: Run, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    said = run("cache", "gc", "--store", kept)
    assert said.code == 2
    assert "--yes" in said.err
    for answer, left in (("n\n", 4), ("\n", 4), ("y\n", 1)):
        stream = io.StringIO(answer)
        monkeypatch.setattr(stream, "isatty", lambda: True)
        monkeypatch.setattr("sys.stdin", stream)
        assert run("cache", "gc", "--store", kept).code == 0
        assert len(_keys(kept)) == left


@pytest.mark.parametrize("words", ["3x", "-1", "", "1e9", "9" * 40])
def test_what_is_no_size_is_refused(run: Run, kept: Path, words: str) -> None:
    assert run("cache", "gc", "--store", kept, "--yes", f"--keep={words}").code == 2
    assert len(_keys(kept)) == 4
