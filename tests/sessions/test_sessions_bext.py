"""bext time references: offsets from the earliest stem, and every doubt told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import sessions

WriteWav = Callable[..., Path]
HOUR_FRAMES = 3600 * 48000


def positions(session: sessions.Session) -> dict[str, int]:
    return {track.id: track.clips[0].position_frames for track in session.tracks}


def codes(session: sessions.Session) -> list[str]:
    return [each.code for each in session.diagnostics]


@pytest.mark.parametrize("before_audio", [True, False])
def test_offsets_are_relative_to_the_earliest(
    before_audio: bool, write_wav: WriteWav, tmp_path: Path
) -> None:
    write_wav("kick.wav", 4800, bext=HOUR_FRAMES + 1, before_audio=before_audio)
    write_wav("vox.wav", 2400, bext=HOUR_FRAMES + 24001, before_audio=before_audio)
    session = sessions.read(tmp_path)
    assert positions(session) == {"kick": 0, "vox": 24000}
    assert session.tracks[1].clips[0].position_s == 0.5
    assert codes(session) == ["unequal_lengths"]
    assert session.diagnostics[0].where == "kick"  # ends at 0.1 s, vox at 0.55 s


def test_offsets_beyond_32_bits(write_wav: WriteWav, tmp_path: Path) -> None:
    start = 23 * HOUR_FRAMES * 4  # 23 h at 192 kHz
    assert start > 1 << 32
    write_wav("kick.wav", 4800, rate=192000, bext=start)
    write_wav("vox.wav", 2400, rate=192000, bext=start + 7)
    assert positions(sessions.read(tmp_path)) == {"kick": 0, "vox": 7}


def test_mixed_rates_compare_in_seconds(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav", 4800, bext=48000)
    write_wav("vox.wav", 4410, rate=44100, bext=2 * 44100)
    session = sessions.read(tmp_path)
    assert positions(session) == {"kick": 0, "vox": 44100}
    assert session.tracks[1].clips[0].position_s == 1.0


def test_equal_times_say_nothing(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav", bext=HOUR_FRAMES)
    write_wav("vox.wav", bext=HOUR_FRAMES)
    session = sessions.read(tmp_path)
    assert positions(session) == {"kick": 0, "vox": 0}
    assert session.diagnostics == ()


def test_only_some_times_move_nothing(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("bass.wav")
    write_wav("kick.wav", bext=HOUR_FRAMES)
    write_wav("vox.wav", bext=HOUR_FRAMES + 500)
    session = sessions.read(tmp_path)
    assert positions(session) == {"bass": 0, "kick": 0, "vox": 0}
    assert [(each.severity, each.code, each.where) for each in session.diagnostics] == [
        ("warning", "bext_partial", "bass")
    ]


def test_a_mix_without_a_time_does_not_matter(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav", 480, bext=HOUR_FRAMES)
    write_wav("vox.wav", 960, bext=HOUR_FRAMES + 500)
    write_wav("mix.wav")
    assert positions(sessions.read(tmp_path)) == {"kick": 0, "vox": 500}


def test_equal_lengths_contradict_different_times(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav", bext=HOUR_FRAMES)
    write_wav("vox.wav", bext=HOUR_FRAMES + 500)
    session = sessions.read(tmp_path)
    assert positions(session) == {"kick": 0, "vox": 500}
    assert codes(session) == ["bext_contradicts_lengths", "unequal_lengths"]


def test_stems_hours_apart_are_told(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav", 480, bext=0)
    write_wav("vox.wav", 960, bext=HOUR_FRAMES)
    session = sessions.read(tmp_path)
    assert positions(session) == {"kick": 0, "vox": HOUR_FRAMES}
    assert codes(session) == ["bext_far_apart", "unequal_lengths"]


def test_times_beyond_a_day_are_not_used(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav", bext=0)
    write_wav("vox.wav", bext=1 << 60)
    session = sessions.read(tmp_path)
    assert positions(session) == {"kick": 0, "vox": 0}
    assert "bext_implausible" in codes(session)


def test_times_across_midnight_go_on(write_wav: WriteWav, tmp_path: Path) -> None:
    write_wav("kick.wav", 4800, bext=24 * HOUR_FRAMES - 48000)
    write_wav("bass.wav", 4800, bext=48000)
    write_wav("vox.wav", 4800, bext=24 * HOUR_FRAMES - 24000)
    session = sessions.read(tmp_path)
    assert positions(session) == {"kick": 0, "vox": 24000, "bass": 96000}
    told = {each.code: each for each in session.diagnostics}
    assert told["bext_midnight"].where == "bass"


def test_a_song_longer_than_three_hours_by_its_times_is_asked_for(
    write_wav: WriteWav, tmp_path: Path
) -> None:
    write_wav("kick.wav", 4800, bext=0)
    write_wav("vox.wav", 4800, bext=3 * HOUR_FRAMES)
    told = {each.code: each.severity for each in sessions.read(tmp_path).diagnostics}
    assert told["song_too_long"] == "error"
    allowed = {each.code: each.severity for each in sessions.read(tmp_path, long=True).diagnostics}
    assert allowed.keys() - told.keys() == {"bext_far_apart"}
    write_wav("vox.wav", 4800, bext=3 * HOUR_FRAMES - 4800)
    assert "error" not in {each.severity for each in sessions.read(tmp_path).diagnostics}
