"""What a new file's name means, before anybody listens."""

from __future__ import annotations

import pytest

from bridge.jobs.replacing.names import named_by
from sessions import Track, role_of

SONG = ("Kick", "Lead Vox", "Vox 1", "Vox 2", "Gtr_L-R", "Bass DI v1", "Noise")


def track(name: str) -> Track:
    return Track(id=name, name=name, channels=2, clips=(), role=role_of(name))


@pytest.mark.parametrize(
    ("name", "stems"),
    [
        ("Kick", ["Kick"]),
        ("KICK", ["Kick"]),
        ("lead-vox", ["Lead Vox"]),
        ("Lead Vox v2 new", ["Lead Vox"]),
        ("new_Lead_Vox_FINAL", ["Lead Vox"]),
        ("Vox 2 fixed", ["Vox 2"]),
        ("gtr l r 3", ["Gtr_L-R"]),
        ("Bass DI v4", ["Bass DI v1"]),
        ("Vox 3", ["Vox 1", "Vox 2"]),
        ("Lead Vox 20261128", ["Lead Vox"]),
    ],
)
def test_a_name_is_the_same_whatever_version_it_is(name: str, stems: list[str]) -> None:
    found = named_by(track(name), [track(each) for each in SONG])
    assert ([each.id for each in found.stems], found.is_sure) == (stems, True)


@pytest.mark.parametrize(
    ("name", "stems"),
    [
        ("Riverside Lead Vox v2", ["Lead Vox"]),
        ("Lead Vox double", ["Lead Vox"]),
        ("vocals take", ["Lead Vox", "Vox 1", "Vox 2"]),
        ("bd", ["Kick"]),
        ("Audio 07", []),
    ],
)
def test_a_part_of_a_name_and_a_role_are_not_sure(name: str, stems: list[str]) -> None:
    found = named_by(track(name), [track(each) for each in SONG])
    assert ([each.id for each in found.stems], found.is_sure) == (stems, False)
