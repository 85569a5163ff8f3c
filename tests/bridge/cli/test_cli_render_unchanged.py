"""A render of what has not changed leaves the page as it is, and draws it again where it must."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.pages.report import rendered_page

CHAIN = """
[[group]]
id = "all"
stems = ["*"]
  [[group.insert]]
  id = "down"
  use = "gain"
  gain_db = -2.0
"""


@pytest.fixture
def song(run: Callable[..., Any], tmp_path: Path, chain: Callable[[str], Path]) -> Any:
    """A song that was rendered twice: its page, and what renders it again."""
    stems = tmp_path / "song"
    stems.mkdir()
    noise = np.random.default_rng(3).uniform(-0.1, 0.1, (96000, 2))
    soundfile.write(stems / "kick.wav", noise, 48000, "PCM_24")
    soundfile.write(stems / "mix.wav", 0.5 * noise, 48000, "PCM_24")
    words = ["render", stems, chain(CHAIN), "-o", tmp_path / "master"]

    def again(*more: object) -> None:
        said = run(*words, *more, "--store", tmp_path / "store")
        assert said.code == 0, said.err

    again()
    again()
    return SimpleNamespace(again=again, page=tmp_path / "master" / "report.html", stems=stems)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The pages that are drawn from now on."""
    from bridge.pages.report import report

    found: list[Path] = []
    draw = report.write_report

    def noted(path: Path, *given: Any, **more: Any) -> bool:
        found.append(path)
        return draw(path, *given, **more)

    monkeypatch.setattr(report, "write_report", noted)
    return found


def test_the_page_of_an_unchanged_song_is_left_as_it_is(song: Any, drawn: list[Path]) -> None:
    before = song.page.stat()
    song.again()
    after = song.page.stat()
    assert drawn == []
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_page_that_was_deleted_comes_again(song: Any, drawn: list[Path]) -> None:
    before = song.page.read_bytes()
    song.page.unlink()
    song.again()
    assert len(drawn) == 1
    assert song.page.read_bytes() == before


def test_a_page_that_was_edited_is_drawn_again(song: Any, drawn: list[Path]) -> None:
    before = song.page.read_bytes()
    song.page.write_bytes(before + b"<!-- mine -->")
    song.again("--replace")
    assert len(drawn) == 1
    assert song.page.read_bytes() == before


@pytest.mark.parametrize("words", [("--title", "Another"), ("--excerpt",), ("--subtype", "pcm16")])
def test_other_words_draw_another_page(
    song: Any, drawn: list[Path], words: tuple[str, ...]
) -> None:
    before = song.page.read_bytes()
    song.again(*words)
    assert len(drawn) == 1
    assert song.page.read_bytes() != before
    song.again(*words)
    assert len(drawn) == 1


def test_another_rough_mix_draws_another_page(song: Any, drawn: list[Path]) -> None:
    before = song.page.read_bytes()
    noise = np.random.default_rng(3).uniform(-0.1, 0.1, (96000, 2))
    soundfile.write(song.stems / "mix.wav", 0.25 * noise, 48000, "PCM_24")
    song.again()
    assert len(drawn) == 1
    assert song.page.read_bytes() != before


def test_other_code_draws_the_page_anew(
    song: Any, drawn: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendered_page, "_code", lambda: "another")
    song.again()
    assert len(drawn) == 1


def test_a_page_that_lacked_something_is_drawn_again(
    song: Any, drawn: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from bridge.pages.report import report

    monkeypatch.setattr(report, "_complete", lambda *_: False)
    song.again("--title", "Lacking")
    song.again("--title", "Lacking")
    assert len(drawn) == 2
