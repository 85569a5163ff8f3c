"""Mono .L/.R files: joined when they agree, kept apart and told when not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sessions

WriteWav = Callable[..., Path]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("vox.L", "vox.R"),
        ("vox_L", "vox_R"),
        ("vox-L", "vox-R"),
        ("vox.l", "vox.r"),
        ("vox L", "vox R"),
        ("Vox_L", "vox_r"),
        ("vox - L", "vox - R"),
    ],
)
def test_pairs_become_one_stereo_stem(
    left: str, right: str, write_wav: WriteWav, tmp_path: Path
) -> None:
    write_wav(f"{left}.wav")
    write_wav(f"{right}.wav")
    write_wav("01 kick.wav")
    session = sessions.read(tmp_path)
    kick, vox = session.tracks
    (clip,) = vox.clips
    assert (vox.id.casefold(), vox.channels, vox.role) == ("vox", 2, "vocals")
    assert clip.media.path.name == f"{left}.wav"
    assert clip.right is not None
    assert clip.right.path.name == f"{right}.wav"
    assert kick.clips[0].right is None
    assert session.diagnostics == ()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({}, {"rate": 44100}),
        ({}, {"frames": 481}),
        ({"channels": 2}, {"channels": 2}),
        ({"bext": 0}, {"bext": 100}),
    ],
)
def test_sides_that_disagree_stay_two_stems(
    left: dict[str, int], right: dict[str, int], write_wav: WriteWav, tmp_path: Path
) -> None:
    write_wav("gtr.L.wav", **left)
    write_wav("gtr.R.wav", **right)
    session = sessions.read(tmp_path)
    assert [track.id for track in session.tracks] == ["gtr.L", "gtr.R"]
    apart = session.diagnostics[0]
    assert (apart.severity, apart.code, apart.where) == ("warning", "not_a_pair", "gtr.L.wav")


def test_a_lone_side_is_told(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("gtr.L.wav")
    write_wav("Vitamin R.wav")
    write_wav("kick.wav")
    session = sessions.read(tmp_path)
    assert [track.id for track in session.tracks] == ["gtr.L", "kick", "Vitamin R"]
    assert [(each.code, each.where) for each in session.diagnostics] == [("lone_side", "gtr.L.wav")]


def test_marks_of_different_kinds_do_not_pair(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("gtr.L.wav")
    write_wav("gtr_R.wav")
    assert [each.code for each in sessions.read(tmp_path).diagnostics] == ["lone_side"] * 2


def test_a_pair_beside_its_interleaved_twin_is_a_duplicate(
    write_wav: WriteWav, tmp_path: Path
) -> None:
    for name in ("vox", "vox.L", "vox.R"):
        write_wav(f"{name}.wav")
    with pytest.raises(sessions.SessionError, match=r"vox.L.wav \+ vox.R.wav") as caught:
        sessions.read(tmp_path)
    assert [problem.kind for problem in caught.value.problems] == ["duplicate_stem"]


def test_a_mix_may_be_a_pair(write_wav: WriteWav, tmp_path: Path) -> None:
    for name in ("kick", "bass", "mix.L", "mix.R"):
        write_wav(f"{name}.wav")
    (mix,) = sessions.read(tmp_path).references
    assert mix.right is not None
    assert (mix.name, mix.media.path.name, mix.right.path.name) == ("mix", "mix.L.wav", "mix.R.wav")
