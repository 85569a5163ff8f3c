"""Whatever stands in a job file, reading it gives a job or says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings, strategies as st

from bridge.jobs import Job, JobError, parse_job

JOB: dict[str, Any] = {
    "schema": 1,
    "title": "Song",
    "chain": "chain.toml",
    "stems": ["stems"],
    "references": [],
    "tempo_bpm": 92.0,
    "due": date(2026, 12, 4),
    "drive_db": 5.0,
    "group": {
        "vocals": {
            "gain_db": 0.5,
            "sends": {"plate": -16.0},
            "insert": {"tone": {"mix": 0.5, "bands": [{"shape": "bell", "hz": 2000.0}]}},
        }
    },
    "return": {"plate": {"gain_db": -1.0}},
    "master": {"insert": {"last": {"bypass": True}}},
    "stem": {"Lead Vox": {"gain_db": -0.5}},
    "target": {"integrated_lufs": -9.5},
    "section": [{"name": "chorus", "from": "1:02.5", "to": "bar 33"}],
    "ride": [
        {"group": "vocals", "section": "chorus", "gain_db": 0.7, "ramp_s": 0.05, "pre": False},
        {"stem": "Lead Vox", "points": [["0:58", 0.0], [60, 2.0]]},
    ],
    "metadata": {"isrc": "GBAYE0601498"},
}


def places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if at:
        yield at
    if not isinstance(value, dict | list):
        return
    rows = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in rows:
        yield from places(item, (*at, key))


def changed(value: Any, at: tuple[str | int, ...], to: Any) -> Any:
    if not at:
        return to
    if isinstance(value, list):
        return [changed(each, at[1:], to) if n == at[0] else each for n, each in enumerate(value)]
    return {key: changed(item, at[1:], to) if key == at[0] else item for key, item in value.items()}


def job_or_files(text: str, path: Path) -> Job | list[str | None]:
    """The job, or the file of every fault in it."""
    try:
        return parse_job(text, path)
    except JobError as error:
        return [each.where.file for each in error.faults]


STRANGE = st.one_of(
    st.sampled_from([0, -1, 1e300, True, "", "x", "bar 0", "1:99", "\0", "../..", 2**70]),
    st.sampled_from([[], [[]], [1, "a"], {}, {"x": {}}, {"insert": 3}, date(2026, 1, 1)]),
    st.text(max_size=6),
)


@pytest.fixture
def folder(tmp_path: Path, chain: Path) -> Path:
    (tmp_path / "stems").mkdir()
    assert chain.parent == tmp_path
    return tmp_path


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(st.tuples(st.sampled_from([*places(JOB)]), STRANGE), min_size=1, max_size=3)
)
def test_any_value_anywhere_is_read_or_told(
    folder: Path, changes: list[tuple[tuple[str | int, ...], Any]]
) -> None:
    data = JOB
    for at, to in changes:
        if at in {*places(data)}:
            data = changed(data, at, to)
    try:
        text = tomlkit.dumps(data)
    except (TypeError, ValueError):
        return
    found = job_or_files(text, folder / "job.toml")
    assert isinstance(found, Job) or (found and all(found))


def test_the_unchanged_one_is_a_job(folder: Path) -> None:
    text = tomlkit.dumps(changed(JOB, ("group", "vocals", "insert", "tone", "bands", 0), BAND))
    assert parse_job(text, folder / "job.toml").title == "Song"


BAND = {"shape": "bell", "hz": 2000.0, "gain_db": 1.0}
