"""Lossy files whose peaks pass the limit: the ceiling that would have kept them, tried."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.audio import WavWriter
from bridge.delivering import (
    LossyPeaks,
    Manifest,
    SongToDeliver,
    SongVersion,
    make_delivery,
    planned_files,
)
from bridge.delivering.files import Coding, MasteredMoment, make_file
from bridge.delivering.overs import TOLD_ALONE
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


def _delivered(
    master: Path, out: Path, limits: str = "", lossy: LossyPeaks = TOLD_ALONE, jobs: int = 1
) -> Manifest:
    profile = parse_profile(PROFILE + limits, "listen.toml")
    tags = SongMetadata(title="Song", artist="Ann")
    song = SongToDeliver(tags, RATE_HZ, (SongVersion("main"),))
    made = make_delivery(
        planned_files([profile], [song]),
        song,
        lambda _, __: master,
        out,
        page=lambda *_: "",
        progress=lambda *_: None,
        lossy=lossy,
        jobs=jobs,
    )
    return made.manifest


@pytest.mark.parametrize("limits", ["", "[limits]\nmax_true_peak_dbtp = -0.5\n"])
def test_the_ceiling_that_is_said_keeps_the_limit(tmp_path: Path, limits: str) -> None:
    master = _hot_master(tmp_path / "master.wav")
    manifest = _delivered(master, tmp_path / "out", limits)
    check = "max_true_peak_dbtp" if limits else "codec_over"
    limit_dbtp = -0.5 if limits else 0.0
    rows = [each for each in manifest.checks if each.check == check]
    assert [each.outcome for each in rows] == ["fail" if limits else "warn"] * 2
    for row, file in zip(rows, manifest.files, strict=True):
        said = re.search(r"([\d.]+) dB less .* a ceiling of (-?[\d.]+) dBTP", row.words)
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


def test_dips_keep_the_limit_and_leave_the_rest(tmp_path: Path) -> None:
    master = _hot_master(tmp_path / "master.wav", 0.64)
    before = _delivered(master, tmp_path / "before")
    at_once = _delivered(master, tmp_path / "two at once", jobs=2)
    assert at_once.as_json() == before.as_json()
    after = _delivered(master, tmp_path / "after", lossy=LossyPeaks(dips=True))
    for was, now in zip(before.files, after.files, strict=True):
        assert 0.3 < was.measures.true_peak_dbtp < 1.0
        assert now.measures.true_peak_dbtp <= 0.0
        assert was.measures.integrated_lufs - now.measures.integrated_lufs < 0.2
        (told,) = (each for each in now.checks if each.check == "dips")
        assert told.outcome == "warn"
        assert -2.0 < float(told.found or 0.0) < -0.3
        assert [each.outcome for each in now.checks if each.check == "codec_over"] == ["pass"]


def test_the_group_whose_peak_it_is_is_named(tmp_path: Path) -> None:
    """A burst of noise among steady noise: found where it is, and whose."""
    frames, first, length = 2 * RATE_HZ, 60000, 240
    rng = np.random.default_rng(3)
    pad = 0.2 * np.tanh(rng.normal(0.0, 1.0, (2, frames)))
    hit = np.zeros((2, frames))
    hit[:, first : first + length] = 0.79 * np.sign(rng.normal(0.0, 1.0, (1, length)))
    files = {"pad": pad, "drums": hit, "main": pad + hit}
    for name, samples in files.items():
        with WavWriter(tmp_path / f"{name}.wav", RATE_HZ, 2, "float64", name) as writer:
            writer.write(samples)
    asked = []

    def moment(_: object, version: str, at_s: float) -> MasteredMoment:
        asked.append((version, at_s))
        parts = {name: tmp_path / f"{name}.wav" for name in ("pad", "drums")}
        return MasteredMoment(tmp_path / "main.wav", parts, at_s)

    manifest = _delivered(tmp_path / "main.wav", tmp_path / "out", lossy=LossyPeaks(moment))
    assert [version for version, _ in asked] == ["main", "main"]
    assert all(first / RATE_HZ - 0.01 < at < (first + length) / RATE_HZ + 0.01 for _, at in asked)
    for row in (each for each in manifest.checks if each.check == "codec_over"):
        said = re.search(r"dB at 0:01\.2\d\d; that peak is of drums (\d+) %", row.words)
        assert said is not None, row.words
        assert int(said[1]) > 60
