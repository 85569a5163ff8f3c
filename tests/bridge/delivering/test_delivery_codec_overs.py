"""Lossy files whose peaks pass the limit: the ceiling that would have kept them, tried."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.audio import WavWriter
from bridge.delivering import SongToDeliver, SongVersion, make_delivery, planned_files
from bridge.delivering.files import Coding, make_file
from bridge.delivering.profiles import parse_profile
from bridge.delivering.tags import SongMetadata

RATE_HZ = 48000
PROFILE = """
schema = 1
name = "listen"
says = "to listen to"
naming = "preview"
[[file]]
format = "mp3"
kbps = 96
[[file]]
format = "opus"
kbps = 96
"""


def _hot_master(path: Path, gain: float = 1.0) -> Path:
    """Two seconds of dull noise against a wall of -0.2 dBFS."""
    noise = np.random.default_rng(2).normal(0.0, 1.0, (2, 2 * RATE_HZ))
    dull = np.stack([np.convolve(each, np.hanning(24), "same") for each in noise])
    with WavWriter(path, RATE_HZ, 2, "float64", "finish/main") as writer:
        writer.write(gain * 0.977 * np.tanh(dull))
    return path


@pytest.mark.parametrize("limits", ["", "[limits]\nmax_true_peak_dbtp = -0.5\n"])
def test_the_ceiling_that_is_said_keeps_the_limit(tmp_path: Path, limits: str) -> None:
    profile = parse_profile(PROFILE + limits, "listen.toml")
    tags = SongMetadata(title="Song", artist="Ann")
    song = SongToDeliver(tags, RATE_HZ, (SongVersion("main"),))
    master = _hot_master(tmp_path / "master.wav")
    made = make_delivery(
        planned_files([profile], song),
        song,
        lambda _, __: master,
        tmp_path / "out",
        page=lambda *_: "",
        progress=lambda *_: None,
    )
    check = "max_true_peak_dbtp" if limits else "codec_over"
    limit_dbtp = -0.5 if limits else 0.0
    rows = [each for each in made.manifest.checks if each.check == check]
    assert [each.outcome for each in rows] == ["fail" if limits else "warn"] * 2
    for row, file in zip(rows, made.manifest.files, strict=True):
        said = re.match(r"([\d.]+) dB less .* a ceiling of (-?[\d.]+) dBTP", row.words)
        assert said is not None
        assert float(said[1]) >= float(row.found or 0.0) - limit_dbtp - 0.01
        lower = _hot_master(tmp_path / f"{file.coding.format}.wav", 10 ** (-float(said[1]) / 20))
        again = make_file(
            lower,
            tmp_path / Path(file.path).name,
            Coding(file.coding.format, RATE_HZ, None, file.coding.kbps),
        )
        assert again.measures.true_peak_dbtp <= limit_dbtp + 0.005
        peak = np.abs(soundfile.read(lower)[0]).max()
        assert 20 * np.log10(peak) <= float(said[2]) <= 20 * np.log10(peak) + 1.0
