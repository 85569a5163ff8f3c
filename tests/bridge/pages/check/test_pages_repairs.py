"""The page of repairs: before and after of every place, on one scale and in one clock."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.checking.repairing import (
    BETTER,
    Mended,
    Refused,
    RepairedStem,
    Repairs,
    RepairStep,
    TouchedRange,
)
from bridge.pages.check import repairs_page
from tests.bridge.pages.check.conftest import RATE_HZ, noise

NAME = 'kick "<b>&'


def _step(code: str, first: int, stop: int, **parameters: float) -> RepairStep:
    finding = f"{code}-{first:06x}"
    return RepairStep(NAME, code, finding, first, stop, "a method", 1, None, parameters)


def _mended(step: RepairStep, peak_dbfs: float = -6.0) -> Mended:
    ranges = (TouchedRange(0, step.first, step.stop),)
    return Mended(step, ranges, peak_dbfs, -12.0, f"{step.code} taken out", 21.4)


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Repairs]:
    """Repairs of one stem: what was written before and after, and the steps between them."""

    def make(
        before: np.ndarray, after: np.ndarray, *mended: Mended, rate_hz: int = RATE_HZ
    ) -> Repairs:
        paths = [tmp_path / "before.wav", tmp_path / "after.wav"]
        for path, samples in zip(paths, (before, after), strict=True):
            soundfile.write(path, samples.T, rate_hz, "FLOAT")
        stem = RepairedStem(
            NAME, rate_hz, before.shape[1], len(before), (paths[0],), (paths[1],), mended
        )
        copied = RepairedStem("bass", RATE_HZ, 10, 2, (paths[0],), (paths[0],))
        refused = (Refused(NAME, "cut_tail", "cut_tail-1", "ask for a <new> export"),)
        return Repairs((stem, copied), refused, tmp_path)

    return make


def _sounds(page: str) -> list[list[np.ndarray]]:
    """Of each place its signals, at the level they have."""
    return [
        [
            soundfile.read(io.BytesIO(base64.b64decode(each["flac"])), always_2d=True)[0].T
            * 10.0 ** (each["gain_db"] / 20.0)
            for each in json.loads(text)["signals"]
        ]
        for text in re.findall(r'id="sound-\d+">(.*?)</script>', page)
    ]


def test_before_after_and_what_was_changed_run_side_by_side(
    made: Callable[..., Repairs], tmp_path: Path
) -> None:
    after = noise(6.0)
    before = after.copy()
    before[:, 3 * RATE_HZ] += 0.5
    step = _step("clicks", 3 * RATE_HZ, 3 * RATE_HZ + 1)
    repairs = made(before, after, _mended(step))
    page = repairs_page(repairs)
    ((one, other, changed),) = _sounds(page)
    at = slice(2 * RATE_HZ, 2 * RATE_HZ + one.shape[1])
    for heard, expected in ((one, before), (other, after), (changed, after - before)):
        assert np.abs(heard - expected[:, at][:, : heard.shape[1]]).max() < 2.0**-13
    peaks = re.findall(r'<small class="s[12]">(\w+), peak (\S+) dBFS', page)
    assert [name for name, _ in peaks] == ["before", "after"]
    assert page.index(BETTER) < page.index("clicks taken out".capitalize())
    assert "21 dB" in page
    assert "\N{MINUS SIGN}6.0 dBFS" in page
    assert "kick &quot;&lt;b&gt;&amp;" in page
    assert "ask for a &lt;new&gt; export" in page
    assert page.count("</script>") == page.count("<script")
    assert page == repairs_page(repairs)
    assert str(tmp_path) not in page


@pytest.mark.parametrize("late", [4800, -4800])
def test_a_stem_that_was_moved_is_heard_at_the_same_place_of_its_sound(
    made: Callable[..., Repairs], late: int
) -> None:
    clean = noise(6.0)
    before = clean.copy()
    before[:, 3 * RATE_HZ] += 0.5
    after = np.zeros_like(clean)
    if late > 0:
        after[:, :-late] = clean[:, late:]
    else:
        after[:, -late:] = clean[:, :late]
    steps = (
        _mended(_step("clicks", 3 * RATE_HZ, 3 * RATE_HZ + 1)),
        _mended(_step("offset", 0, clean.shape[1], late_frames=float(late))),
    )
    click, offset = _sounds(repairs_page(made(before, after, *steps)))
    assert np.abs(click[2]).max() == pytest.approx(0.5, abs=0.01)
    assert np.count_nonzero(np.abs(click[2]).max(axis=0) > 0.01) == 1
    assert np.count_nonzero(np.abs(offset[2]).max(axis=0) > 0.01) > RATE_HZ


@pytest.mark.parametrize("rate_hz", [8000, 192000])
def test_other_rates_and_places_at_the_ends_have_their_pictures(
    made: Callable[..., Repairs], rate_hz: int
) -> None:
    samples = noise(1.0, 1, rate_hz)
    last = samples.shape[1]
    steps = [
        _mended(_step(code, first, stop))
        for code, first, stop in (
            ("clicks", 0, 1), ("dropout", last - 9, last), ("hum", 0, last), ("dc_offset", 0, last)
        )
    ]  # fmt: skip
    page = repairs_page(made(samples + 0.01, samples, *steps, rate_hz=rate_hz))
    assert page.count('class="strips seek"') == 4
    assert page.count('class="close-up"') == 4
    assert len(_sounds(page)) == 4


def test_of_many_repairs_the_largest_are_shown_and_the_others_listed(
    made: Callable[..., Repairs],
) -> None:
    samples = noise(2.0)
    steps = [_mended(_step("clicks", 900 * n, 900 * n + 1), -60.0 + n) for n in range(100)]
    page = repairs_page(made(samples, samples, *steps))
    assert page.count("<article") == 5
    assert "95 more repairs" in page
    assert sum(f"<td>{each.step.finding}</td>" in page for each in steps) == 95
    assert f">{steps[99].step.finding}</code>" in page


def test_before_and_after_are_switched_without_losing_the_place(
    made: Callable[..., Repairs], browse: Callable[..., dict[str, str]], tmp_path: Path
) -> None:
    after = noise(6.0)
    before = after.copy()
    before[:, 3 * RATE_HZ : 3 * RATE_HZ + 480] += 0.3
    repairs = made(before, after, _mended(_step("clicks", 3 * RATE_HZ, 3 * RATE_HZ + 480)))
    page = tmp_path / "repairs.html"
    page.write_text(repairs_page(repairs), "utf-8")
    given = {"card": "repair-0", "seconds": 1.9, "keys": [(0.82, "b"), (1.42, "a")]}
    seen = browse(page, "place", given=given)
    assert (seen["done"], "error" in seen) == ("yes", False)
    codes = np.frombuffer(base64.b64decode(seen["heard"]), np.int16)
    heard = codes.reshape(-1, 2).T[:, 960:] / 32767
    start = round(2.005 * RATE_HZ)  # a second before its middle
    for start_s, end_s, expected in (
        (0.01, 0.79, before), (0.81, 1.39, after), (1.41, 1.8, before)
    ):  # fmt: skip
        span = slice(round(start_s * RATE_HZ), round(end_s * RATE_HZ))
        assert np.abs(heard[:, span] - expected[:, start:][:, span]).max() < 2e-4
