"""The store gives back what was put, whole or not at all."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from blake3 import blake3
from hypothesis import given, settings, strategies as st

from bridge.storing import Store, digest, file_digest
from stemwright.problems import MachineError


def _data(folder: Path, content: bytes) -> Path:
    path = folder / "made"
    path.write_bytes(content)
    return path


def test_what_was_put_comes_back_from_another_store_object(tmp_path: Path) -> None:
    Store(tmp_path / "s").put("k" * 64, {"pcm": "p", "n": 1}, _data(tmp_path, b"abc"))
    entry = Store(tmp_path / "s").get("k" * 64)
    assert entry is not None
    assert entry.data.read_bytes() == b"abc"
    assert entry.meta["n"] == 1
    assert entry.intact()


def test_a_cut_entry_is_never_given_and_is_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    entry = store.put("k" * 64, {"pcm": "p"}, _data(tmp_path, b"abcdef"))
    entry.data.write_bytes(b"abc")
    assert store.get("k" * 64) is None
    assert not entry.folder.exists()


def test_a_flipped_byte_is_seen(tmp_path: Path) -> None:
    entry = Store(tmp_path / "s").put("k" * 64, {"pcm": "p"}, _data(tmp_path, b"abcdef"))
    entry.data.write_bytes(b"abcdeg")
    assert not entry.intact()


def test_broken_meta_is_no_entry(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    entry = store.put("k" * 64, {"pcm": "p"})
    (entry.folder / "meta.json").write_text("{")
    assert store.get("k" * 64) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"pcm": None},
        {"pcm": "q"},
        {"n": 2},
        {"measures": []},
        {"data_bytes": 3},
        {"meta_blake3": 0},
        {"more": 1},
    ],
)
def test_words_that_are_not_those_put_are_no_entry(
    tmp_path: Path, changed: dict[str, object]
) -> None:
    store = Store(tmp_path / "s")
    entry = store.put("k" * 64, {"pcm": "p", "n": 1.5, "measures": {"peak": -float("inf")}})
    path = entry.folder / "meta.json"
    assert store.get("k" * 64) is not None
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))
    assert store.get("k" * 64) is None
    assert not entry.folder.exists()
    assert store.put("k" * 64, {"pcm": "p"}).meta == Store(tmp_path / "s").get("k" * 64).meta  # type: ignore[union-attr]


def test_an_entry_under_another_name_is_none(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    entry = store.put("k" * 64, {"pcm": "p"})
    (tmp_path / "s" / "v1" / "ll").mkdir()
    entry.folder.rename(tmp_path / "s" / "v1" / "ll" / ("l" * 64))
    assert store.get("l" * 64) is None


def test_an_entry_dropped_by_another_process_is_not_intact(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    entry = Store(tmp_path / "s").put("k" * 64, {"pcm": "p"}, _data(tmp_path, b"abc"))
    Store(tmp_path / "s").drop("k" * 64)
    assert not store.intact(entry)


def test_the_first_of_two_equal_results_stays(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    store.put("k" * 64, {"pcm": "p"}, _data(tmp_path, b"abc"))
    again = store.put("k" * 64, {"pcm": "p"}, _data(tmp_path, b"abc"))
    assert "differs_from" not in again.meta
    assert len(list((tmp_path / "s" / "v1").glob("*/*"))) == 1


def test_two_different_results_under_one_key_are_both_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "s")
    first = store.put("k" * 64, {"pcm": "p"}, _data(tmp_path, b"abc"))
    second = store.put("k" * 64, {"pcm": "q"}, _data(tmp_path, b"abd"))
    assert second.meta["differs_from"] == "p"
    assert first.data.read_bytes() == b"abc"
    assert second.data.read_bytes() == b"abd"


def test_the_least_recently_used_goes_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "s", limit_bytes=2500)
    for age, name in enumerate("abc"):
        entry = store.put(name * 64, {"pcm": name}, _data(tmp_path, b"x" * 1000))
        os.utime(entry.folder / "meta.json", (1000 + age, 1000 + age))
    assert store.get("a" * 64) is not None
    store.collect()
    assert store.get("a" * 64) is not None
    assert store.get("b" * 64) is None


def test_staging_of_a_dead_process_is_swept(tmp_path: Path) -> None:
    root = tmp_path / "s"
    Store(root)
    code = (
        "import os,sys; from pathlib import Path; from bridge.storing import Store\n"
        "c = Store(Path(sys.argv[1])).staging()\n"
        "f = c.__enter__(); (f/'x').touch(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(root)], check=False)
    assert list((root / "staging").iterdir())
    Store(root)
    assert not list((root / "staging").iterdir())


def test_a_store_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError) as caught:
        Store(tmp_path / "file" / "s")
    assert caught.value.problems[0].kind == "store_unusable"


@given(st.dictionaries(st.text(), st.floats(allow_nan=False) | st.integers() | st.text()))
def test_a_key_knows_values_not_order(facts: dict[str, object]) -> None:
    turned = dict(reversed(list(facts.items())))
    assert digest("op", facts=facts) == digest("op", facts=turned)
    assert digest("op", facts=facts) != digest("other", facts=facts)


def test_a_key_tells_neighbouring_floats_and_types_apart() -> None:
    keys = {digest("op", v=value) for value in (1, 1.0, "1", 1.0000000000000002, True, None)}
    assert len(keys) == 6


def _modes(root: Path) -> set[tuple[bool, int]]:
    """(is a folder, permission bits) of everything in a store."""
    return {(each.is_dir(), stat.S_IMODE(each.stat().st_mode)) for each in root.rglob("*")}


@pytest.fixture
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead")
@pytest.mark.usefixtures("usual_umask")
@pytest.mark.parametrize("root_mode", [None, 0o755, 0o1777])
def test_a_store_is_its_users_alone(tmp_path: Path, root_mode: int | None) -> None:
    root = tmp_path / "s"
    if root_mode is not None:  # made before, by an earlier version or by hand
        (root / "v1").mkdir(parents=True)
        root.chmod(root_mode)
    Store(root).put("k" * 64, {"pcm": "p"}, _data(tmp_path, b"abc"))
    assert stat.S_IMODE(root.stat().st_mode) == (root_mode or 0o700)
    assert _modes(root) == {(True, 0o700), (False, 0o600)}


@pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead")
@pytest.mark.usefixtures("usual_umask")
def test_a_store_in_a_folder_that_others_may_write_into_is_shared(tmp_path: Path) -> None:
    root = tmp_path / "s"
    root.mkdir()
    root.chmod(0o2770)
    Store(root).put("k" * 64, {"pcm": "p"}, _data(tmp_path, b"abc"))
    assert _modes(root) == {(True, 0o2770), (False, 0o660)}


@given(st.binary(max_size=64), st.integers(-2, 2), st.integers(0, 2))
@settings(max_examples=20, deadline=None)
def test_a_file_is_hashed_whole_behind_its_head(
    tmp_path_factory: pytest.TempPathFactory, head: bytes, off: int, parts: int
) -> None:
    octets = bytes(range(256)) * (parts << 10)
    octets = octets[:off] if off < 0 else octets + b"x" * off
    path = tmp_path_factory.getbasetemp() / "hashed"
    path.write_bytes(octets)
    assert file_digest(path, head) == blake3(head + octets).hexdigest()
