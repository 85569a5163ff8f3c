"""What a song's job keeps as it was sent is no place for anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.finished import OutputFolder, check_output
from stemwright.problems import InputError


@pytest.fixture
def song(tmp_path: Path) -> Path:
    (tmp_path / "song" / "revisions" / "r0").mkdir(parents=True)
    (tmp_path / "song" / "job.toml").write_text("")
    return tmp_path / "song"


@pytest.mark.parametrize(
    "place", ["revisions/r0", "revisions/r9", "revisions", "drafts/d0", "frozen/r0", "replaced/1"]
)
def test_no_render_goes_where_a_job_keeps_what_was_sent(song: Path, place: str) -> None:
    for write in (check_output, lambda path: OutputFolder(path, replace=True).claim()):
        with pytest.raises(InputError) as refused:
            write(song / place)
        assert refused.value.problems[0].kind == "kept_by_job"
    assert sorted(path.name for path in song.rglob("*")) == ["job.toml", "r0", "revisions"]


def test_a_link_to_it_is_no_way_around(song: Path, tmp_path: Path) -> None:
    (tmp_path / "away").symlink_to(song / "revisions" / "r0")
    with pytest.raises(InputError) as refused:
        check_output(tmp_path / "away")
    assert refused.value.problems[0].kind == "kept_by_job"


@pytest.mark.parametrize("place", ["draft", "tests/loud", "revisions of mine"])
def test_other_places_in_a_job_are_free(song: Path, place: str) -> None:
    check_output(song / place)


def test_a_folder_of_that_name_without_a_job_is_free(tmp_path: Path) -> None:
    check_output(tmp_path / "revisions" / "r0")


def test_a_job_that_has_lost_its_file_keeps_what_it_sent(song: Path) -> None:
    (song / "job.toml").unlink()
    (song / "revisions" / "sent.json").write_text("{}")
    with pytest.raises(InputError) as refused:
        check_output(song / "revisions" / "r0")
    assert refused.value.problems[0].kind == "kept_by_job"
