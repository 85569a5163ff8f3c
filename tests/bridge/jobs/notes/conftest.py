"""Notes as pages save them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SONG = "Riverside Drive"


@pytest.fixture
def song(written: Callable[[str], Path]) -> Path:
    """A job with a comment, a section and a ride of its own."""
    return written(
        f'title = "{SONG}"   # as on the cover\n\n'
        '[[section]]\nname = "chorus 2"\nfrom = "1:02.5"\nto = "1:24"\n\n'
        '[[ride]]\ngroup = "music"\nsection = "chorus 2"\ngain_db = 0.7  # by ear\n'
    )


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Write a notes file; each note is (id, from_s, name, words) or a dict of what differs."""

    def save(name: str, *notes: Any, **head: Any) -> Path:
        rows = [
            {"written": "2026-12-04T10:00:00Z", "take": "draft", **_row(each)} for each in notes
        ]
        path = tmp_path / f"{name}.json"
        told = {"schema": 1, "job": SONG, "page": "f00", "takes": [], "notes": rows, **head}
        path.write_text(json.dumps(told), encoding="utf-8")
        return path

    return save


def _row(note: Any) -> dict[str, Any]:
    if isinstance(note, dict):
        return note
    return dict(zip(("id", "from_s", "name", "words"), note, strict=True))
