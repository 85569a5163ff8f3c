"""Chain files that are missing, locked, no text or strangely encoded, and states beside them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chains import ChainError, Fault, load, loads
from chains.bounds import MAX_BYTES

Faults = Callable[[str], tuple[Fault, ...]]
BASE = (Path(__file__).parents[1] / "fixtures/chains/base.toml").read_text("utf-8")


def of_file(path: Path) -> Fault:
    with pytest.raises(ChainError) as caught:
        load(path)
    (fault,) = caught.value.faults
    assert fault.where.file == str(path)
    return fault


def test_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "warm.toml").write_text(BASE)
    fault = of_file(tmp_path / "wram.toml")
    assert (fault.kind, fault.nearest) == ("file_missing", "warm.toml")
    assert of_file(tmp_path / "warm.toml" / "x.toml").kind == "file_missing"


def test_folder_binary_and_huge_files_are_refused(tmp_path: Path) -> None:
    assert of_file(tmp_path).kind == "file_is_folder"
    (tmp_path / "latin.toml").write_bytes(b'schema = 1\nname = "caf\xe9"\n')
    fault = of_file(tmp_path / "latin.toml")
    assert (fault.kind, fault.where.line) == ("file_not_utf8", 2)
    (tmp_path / "wide.toml").write_bytes(BASE.encode("utf-16"))
    assert of_file(tmp_path / "wide.toml").kind == "file_not_utf8"
    (tmp_path / "huge.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert of_file(tmp_path / "huge.toml").kind == "file_too_large"
    (tmp_path / "empty.toml").touch()
    assert of_file(tmp_path / "empty.toml").kind == "file_empty"


def test_a_name_no_file_can_have_is_unreadable(tmp_path: Path) -> None:
    assert of_file(tmp_path / "a\0b.toml").kind == "file_unreadable"
    assert of_file(tmp_path / ("x" * 300)).kind == "file_unreadable"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission bits")
def test_unreadable_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "locked.toml"
    path.write_text(BASE)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert of_file(path).kind == "file_unreadable"


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "chain.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert load(path) == loads(BASE)
    path.write_bytes(BASE.replace("ratio = 2.0", "ratio = 0").replace("\n", "\r\n").encode())
    assert of_file(path).where.line == 14


def test_states_are_looked_for_beside_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "chain.toml"
    path.write_text(BASE.replace('"Pro-Q 3"', "\"Pro-Q 3\"\nstate = 'states\\a.vstpreset'"))
    assert of_file(path).kind == "state_missing"
    (tmp_path / "states" / "a.vstpreset").mkdir(parents=True)
    assert of_file(path).kind == "state_missing"
    (tmp_path / "states" / "a.vstpreset").rmdir()
    (tmp_path / "states" / "a.vstpreset").touch()
    assert load(path).resolve("states\\a.vstpreset") == tmp_path / "states" / "a.vstpreset"


def test_without_a_file_relative_states_are_not_looked_for(faults: Faults) -> None:
    text = BASE.replace('"Pro-Q 3"', '"Pro-Q 3"\nstate = "a.vstpreset"')
    assert loads(text).groups[1].inserts[1].settings.state == "a.vstpreset"  # type: ignore[union-attr]  # a plugin
    (fault,) = faults(text)
    assert fault.kind == "state_missing"
