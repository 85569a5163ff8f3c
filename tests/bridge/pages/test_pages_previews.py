"""Previews: the same bytes for the same samples, and every sample at the frame it had."""

from __future__ import annotations

import base64
import errno
import io
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.pages.excerpts import PREVIEW_HZ, Excerpt, preview
from bridge.pages.html import mark_of, saved


def _clicks(rate_hz: int, seconds: float = 3.0) -> np.ndarray:
    """Two bursts of 10 ms, in the middle and close to the end."""
    made = np.zeros((2, round(seconds * rate_hz)))
    burst = 0.8 * np.sin(2 * np.pi * 1000 * np.arange(rate_hz // 100) / rate_hz)
    for at_s in (1.5, seconds - 0.1):
        start = round(at_s * rate_hz)
        made[:, start : start + len(burst)] = burst
    return made


def _decoded(made: Excerpt) -> np.ndarray:
    samples, rate_hz = soundfile.read(io.BytesIO(base64.b64decode(made.coded_base64)))
    assert rate_hz == PREVIEW_HZ
    return samples.T


@pytest.mark.parametrize("rate_hz", [32000, 44100, 48000, 96000])
def test_a_preview_is_as_long_as_the_song_and_keeps_every_moment(rate_hz: int) -> None:
    samples = _clicks(rate_hz)
    made = preview([samples], rate_hz, samples.shape[1], 0.8, -20.0)
    heard = _decoded(made)
    assert heard.shape == (2, made.frames) == (2, 3 * PREVIEW_HZ)
    for at_s in (1.5, 2.9):
        start = round(at_s * PREVIEW_HZ)
        burst = heard[0, start : start + 320]
        wanted = 0.8 * np.sin(2 * np.pi * 1000 * np.arange(320) / PREVIEW_HZ)
        assert np.corrcoef(burst, wanted)[0, 1] > 0.98
    assert (made.codec, made.seconds, made.lufs) == ("mp3", 3.0, -20.0)
    assert max(made.outline.highs) == pytest.approx(0.8, abs=0.01)


def test_no_byte_depends_on_how_the_stream_is_cut() -> None:
    samples = _clicks(48000)
    whole = preview([samples], 48000, samples.shape[1], 0.8, None)
    cut = preview(np.split(samples, [5, 7000, 7001, 99999], axis=1), 48000, 144000, 0.8, None)
    assert whole == cut


def test_what_is_over_full_scale_is_lowered_by_whole_decibels() -> None:
    samples = 4.0 * _clicks(48000)
    made = preview([samples], 48000, samples.shape[1], 3.2, None)
    assert made.lowered_db == 11.0
    assert np.abs(_decoded(made)).max() < 1.1


def test_a_song_in_a_file_is_the_one_in_memory_and_is_put_in_when_the_page_is_saved(
    tmp_path: Path,
) -> None:
    samples = np.random.default_rng(4).uniform(-0.5, 0.5, (2, 96000))
    held = preview([samples], 48000, 96000, 0.5, None)
    lying = preview([samples], 48000, 96000, 0.5, None, tmp_path / "song.mp3")
    assert lying.coded_base64 == ""
    assert lying.page_bytes == held.page_bytes == len(held.in_page)
    stray = f"carried:{'0' * 64}"
    for name, made in (("held", held), ("lying", lying)):
        text = f"Zo\u00eb {stray} [{made.in_page}] and [{made.in_page}]"
        saved(tmp_path / name, text, [tmp_path / "song.mp3"])
    assert (tmp_path / "lying").read_bytes() == (tmp_path / "held").read_bytes()


def test_a_disk_that_is_full_is_an_error_of_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(io.BytesIO):
        def write(self, octets: Any, /) -> int:
            if self.tell() + len(octets) > 10000:
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(octets)

    monkeypatch.setattr(Path, "open", lambda *_: Full())
    samples = np.random.default_rng(4).uniform(-0.5, 0.5, (2, 480000))
    with pytest.raises(OSError, match="No space left") as told:
        preview([samples], 48000, 480000, 0.5, None, tmp_path / "song.mp3")
    assert told.value.errno == errno.ENOSPC


def test_a_page_is_saved_in_memory_that_does_not_grow_with_its_songs(tmp_path: Path) -> None:
    song = tmp_path / "song"
    song.write_bytes(bytes(range(256)) * (40 << 12))
    tracemalloc.start()
    try:
        saved(tmp_path / "page", f"[{mark_of(song)}]", [song])
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()
    page = (tmp_path / "page").read_bytes()
    assert base64.b64decode(page[1:-1]) == song.read_bytes()
