"""Stems of samples that are no sound: told once, bounded, and nothing said beside the report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from bridge.checking import CheckReport
from bridge.road import ToCheck, checked_stems, write_page_of_check

RATE_HZ = 44100
FRAMES = 3 * RATE_HZ


def _sound(seed: int) -> npt.NDArray[np.float64]:
    """Beats, (frames, 2), that swell and fade."""
    dice = np.random.default_rng(seed)
    beats = np.exp(-6.0 * (np.arange(FRAMES) / RATE_HZ * 2.0 % 1.0))
    return 0.1 * dice.standard_normal((FRAMES, 2)) * (beats * np.hanning(FRAMES))[:, None]


def _song(folder: Path, lead: npt.NDArray[Any]) -> list[Path]:
    """Four stems, three of them always the same, which one test hears for all."""
    stems = {"bass": _sound(1), "keys": _sound(2), "pad": _sound(3), "lead": lead}
    paths = [folder / f"{name}.wav" for name in stems]
    for path, samples in zip(paths, stems.values(), strict=True):
        soundfile.write(path, samples, RATE_HZ, "DOUBLE" if path.stem == "lead" else "PCM_24")
    return paths


def _of(report: CheckReport, stem: str) -> list[str]:
    return [each.code for each in report.findings() if each.stems == (stem,)]


@pytest.mark.parametrize(
    "lead",
    [1e30 * _sound(4), 1e300 * _sound(4), _sound(4) * np.nan, np.full((FRAMES, 2), -np.inf)],
    ids=["1e30", "1e300", "NaN", "infinite"],
)
def test_a_stem_of_no_sound_is_told_once_and_its_page_is_small(
    tmp_path: Path, lead: npt.NDArray[Any], capfd: pytest.CaptureFixture[str]
) -> None:
    given = ToCheck(_song(tmp_path, lead), jobs=1)
    report = checked_stems(given)
    page = tmp_path / "page.html"
    write_page_of_check(given, report, page)
    assert _of(report, "lead") == ["corrupt_samples"]
    (found,) = (each for each in report.findings() if each.code == "corrupt_samples")
    assert (round(found.start_s, 2), round(found.end_s, 2)) == (0.0, 3.0)
    assert page.stat().st_size < 2_000_000
    assert "Warning" not in capfd.readouterr().err


def test_huge_samples_within_a_stem_leave_the_rest_of_it_to_be_heard(tmp_path: Path) -> None:
    lead = _sound(4)
    lead[60000:60020] = 1e300
    lead[90000:90005] = np.nan
    report = checked_stems(ToCheck(_song(tmp_path, lead)))
    told = [each for each in report.findings() if each.stems == ("lead",)]
    assert [(each.code, each.value) for each in told] == [
        ("corrupt_samples", 20.0),
        ("corrupt_samples", 5.0),
    ]
    assert ["beyond +18 dBFS" in each.words for each in told] == [True, False]


def test_the_edges_of_what_is_gone_or_broken_are_no_clicks_as_well(tmp_path: Path) -> None:
    lead = 0.2 * np.sin(2 * np.pi * 300.0 * np.arange(FRAMES) / RATE_HZ)[:, None] * np.ones(2)
    lead[30000:30007, 0] = np.nan
    lead[60030:60160] = 0.0
    lead[90000] += 0.5
    report = checked_stems(ToCheck(_song(tmp_path, lead)))
    damage = ("corrupt_samples", "dropout", "clicks")
    told = [
        (each.code, round(each.start_s * RATE_HZ, -2))
        for each in report.findings()
        if each.stems == ("lead",) and each.code in damage
    ]
    assert told == [("corrupt_samples", 30000), ("dropout", 60000), ("clicks", 90000)]


def test_numbers_that_are_nearly_none_are_silence_with_a_level(tmp_path: Path) -> None:
    report = checked_stems(ToCheck(_song(tmp_path, 1e-310 * _sound(4))))
    silent, *_ = (each for each in report.findings() if each.code == "silent")
    assert (silent.stems, silent.value) == (("lead",), -200.0)
    assert "not one sample" in silent.words
