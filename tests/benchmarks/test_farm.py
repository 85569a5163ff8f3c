"""The farm's benchmark: its songs differ, and side by side is what each is alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.farm.several import cleared, side_by_side
from benchmarks.farm.songs import Plugins, hash_of, hashes_alone, write_songs
from tests.fixtures.plugins.build import can_build


@pytest.mark.skipif(not can_build(), reason="fixture plugins need g++ and Debian's dpf-source")
def test_songs_side_by_side_are_timed_and_are_what_they_are_alone(
    lasting_folder: Path, tmp_path: Path
) -> None:
    plugins = Plugins.built(tmp_path, lasting_folder)
    jobs = write_songs(tmp_path / "songs", 2, 0.5, plugins)
    alone = hashes_alone(jobs, tmp_path / "alone", plugins)
    cleared(jobs, tmp_path / "store")
    cost = side_by_side(
        jobs, tmp_path / "store", ("--plugins", plugins.folder, "--no-check", "--excerpt")
    )
    assert cost.cpu_s > 0.0
    assert cost.peak_mb > 10.0
    assert {job: hash_of(job) for job in jobs} == alone
    assert len({*alone.values()}) == 2
