"""A name longer than the disk takes is told with what to do, by every command that writes one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HINT = "use a shorter name: most disks take 255 bytes, its ending among them"
SHORT_PAGES = True


@pytest.fixture
def song(
    stems: Path, chain: Callable[[str], Path], made_once: Callable[..., None], run: Any
) -> Path:
    """A job with a draft."""
    chain('[[group]]\nid = "all"\nstems = ["*"]\n')
    job = 'schema = 1\nchain = "chain.toml"\nstems = "stems"\n'
    (stems.parent / "job.toml").write_text(job, encoding="utf-8")
    made_once("a song with a draft", stems.parent, lambda: run("render", stems.parent))
    return stems.parent


@pytest.mark.parametrize(
    "words",
    [
        ("render", "SONG"),
        ("render", "SONG/stems", "SONG/chain.toml"),
        ("lock", "SONG"),
        ("sheet", "SONG", "LONG.html"),
        ("sheet", "SONG", "LONG.txt"),
        ("page", "SONG", "LONG.html"),
        ("export", "SONG", "LONG.rpp"),
        ("job", "new", "SONG/stems", "--chain", "SONG/chain.toml"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="names are counted otherwise there")
def test_an_output_whose_name_is_too_long_says_what_to_do(
    song: Path, tmp_path: Path, run: Callable[..., Any], words: tuple[str, ...]
) -> None:
    *before, last = words
    ending = last.removeprefix("LONG") if last.startswith("LONG") else None
    asked = [each.replace("SONG", str(song)) for each in (before if ending else words)]
    place = tmp_path / f"{'é' * 130}{ending or ''}"
    there = {*tmp_path.rglob("*")}
    said = run(*asked, "-o", place)
    assert said.code == 3
    assert "File name too long" in said.err
    assert HINT in said.err
    assert {*tmp_path.rglob("*")} == there
