"""The figures of songs: what is left out is said, and a replaced stem is held to what was done."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from benchmarks import songs
from benchmarks.figures import Figures
from benchmarks.replacements import Told, replaced

RATE_HZ = 16000


def test_songs_that_are_not_there_are_left_out_with_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(songs, "DATA", tmp_path)
    songs.songs(Figures(), 1)
    said = capsys.readouterr().out
    for name in ("caesium", "potassium", "crunkdemo-lmms"):
        assert f"left out: there is no stems/{name} in STEMWRIGHT_TEST_DATA" in said
    assert "pytest tests/bridge/jobs" in said


def test_a_word_between_silences_is_held_to_where_it_is_heard(tmp_path: Path) -> None:
    """Its loudest 0.4 s begin or end in silence: nothing differs there, said forwards or back."""
    samples = np.zeros((3 * RATE_HZ, 2))
    dice = np.random.default_rng(1)
    samples[:RATE_HZ] = 0.1 * dice.standard_normal((RATE_HZ, 2))
    samples[2 * RATE_HZ : 2 * RATE_HZ + 4000] = 0.2 * dice.standard_normal((4000, 2))
    path = tmp_path / "stem.flac"
    soundfile.write(path, samples, RATE_HZ)
    told = replaced(path)
    assert (told.offset_error_frames, told.ranges) == (0.0, 1)
    assert told.gain_error_db < 0.001
    assert told.range_error_s <= 0.01


def test_the_larger_end_counts() -> None:
    assert Told(0.0, 0.0, 1, 0.01, -0.07).range_error_s == 0.07


def test_steps_are_counted_and_the_other_groups_compared() -> None:
    groups = [{"id": "vocals"}, {"id": "music"}]
    names = ("vocals/a", "music/a", "music/b", "sum")
    full = {
        "groups": groups,
        "steps": [{"id": name, "key": name, "cached": False} for name in names],
    }
    after: dict[str, Any] = {
        "groups": groups,
        "steps": [{"id": name, "key": name, "cached": name != "sum"} for name in names[:-1]]
        + [{"id": "sum", "key": "another", "cached": False}],
    }
    assert songs.rendered_words(after) == "1 of 4 steps rendered: sum"
    assert songs.others_words(full, after).startswith("2 of 2 steps")
    after["steps"][1] = {"id": "music/a", "key": "another", "cached": False}
    assert songs.others_words(full, after).startswith("1 of 2 steps")
