"""Advice that is taken up: settings written into a job's file, and what that changed of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path

from chains import with_value

Place = tuple[str, ...]
"""The tables of a setting, and its key: ("group", "vocals", "gain_db")."""


def written_settings(job: Path, settings: Mapping[Place, float]) -> tuple[str, ...]:
    """Write settings into a job, comments and order kept, and return the lines of the difference.

    Raises as `bridge.jobs.edited` does, and InputError `job_in_use` where another run changes it,
    `unusual_layout`.
    """
    from bridge.jobs import edited, job_path
    from bridge.jobs.revisions import working_on

    place = job_path(job)
    with working_on(place.parent):
        before = _lines(place)

        def change(text: str) -> str:
            for path, value in settings.items():
                text = with_value(text, path, value)
            return text

        edited(place, change)
        return tuple(difference(before, _lines(place), place.name))


def _lines(place: Path) -> Sequence[str]:
    return place.read_text(encoding="utf-8-sig").splitlines()


def difference(before: Sequence[str], after: Sequence[str], name: str) -> Iterator[str]:
    """What changed between two versions of a file, line by line."""
    return unified_diff(before, after, f"{name} before", f"{name} now", lineterm="", n=1)
