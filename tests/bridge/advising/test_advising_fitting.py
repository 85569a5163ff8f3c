"""Settings are found again from the sound alone, within the evaluations that there may be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from scipy.signal import bilinear, iirpeak, lfilter

from bridge.advising import (
    BuiltInStage,
    Gone,
    Likeness,
    Part,
    Row,
    SamePerformance,
    fitted,
    stand_in_settings,
)
from bridge.advising.fitting.built_in_knobs import with_numbers
from bridge.advising.fitting.hosted_knobs import plugin_knobs
from bridge.advising.fitting.knobs import Knob
from bridge.advising.fitting.leading import led_to
from bridge.advising.fitting.search import Search
from bridge.demo import stem
from bridge.hosting import ParameterText
from bridge.planning import NativeInsert
from chains import (
    Band,
    Bell,
    CompressedBand,
    Compressor,
    Deesser,
    DynamicBand,
    DynamicEq,
    Eq,
    Gain,
    Gate,
    InsertSettings,
    Limiter,
    Multiband,
    Pass,
    Reverb,
    Saturation,
    Shelf,
    Width,
)

RATE_HZ = 24000
BANDS: tuple[Band, ...] = (
    Bell(shape="bell", hz=900.0, gain_db=-4.5, q=1.4),
    Shelf(shape="high_shelf", hz=7000.0, gain_db=2.5),
    Pass(shape="high_pass", hz=30.0),
)
EVERY: tuple[InsertSettings, ...] = (
    Gain(gain_db=1.5),
    Eq(bands=BANDS),
    Compressor(threshold_db=-24.5),
    Limiter(ceiling_dbtp=-1.0),
    DynamicEq(bands=(DynamicBand(hz=900.0, threshold_db=-30.0, max_cut_db=4.0),)),
    Multiband(crossovers_hz=(200.0, 3000.0), bands=(CompressedBand(),) * 3),
    Deesser(),
    Saturation(),
    Reverb(),
    Width(),
    Gate(),
)


def hits(seconds: float = 2.0) -> Any:
    """Decaying noise four times a second, louder and softer: (2, frames)."""
    frames = round(seconds * RATE_HZ)
    at = np.arange(frames) % (RATE_HZ // 4)
    loud = 0.3 + 0.7 * ((np.arange(frames) // (RATE_HZ // 4)) % 3) / 2
    noise = np.random.default_rng(3).standard_normal((2, frames))
    return 0.3 * noise * loud * np.exp(-at / 1500)


def row_of(source: Any, score: Any, *settings: InsertSettings) -> Row:
    inserts = [NativeInsert(str(n), each) for n, each in enumerate(settings)]
    parts = [Part(f"drums/{each.id}", BuiltInStage(each, RATE_HZ)) for each in inserts]
    return Row(parts, source, score)


def heard(source: Any, settings: InsertSettings) -> Any:
    stage = BuiltInStage(NativeInsert("a", settings), RATE_HZ)
    return stage.heard(source[np.newaxis], np.array([stage.start]))[0]


@pytest.mark.parametrize("settings", EVERY, ids=lambda each: each.use)
def test_every_built_in_can_be_turned_and_stands_where_it_stood(settings: InsertSettings) -> None:
    stage = BuiltInStage(NativeInsert("a", settings), RATE_HZ)
    found = stage.settings(stage.start)
    assert found == pytest.approx(dict(found))
    again = with_numbers(settings, found)
    assert type(settings).model_validate(again.model_dump(), strict=False) == again
    for name, value in settings.model_dump().items():
        assert getattr(again, name) == value or name in {"bands", "crossovers_hz"}
    assert all(0.0 <= each <= 1.0 for each in stage.start)
    ends = [[float(end)] * len(stage.knobs) for end in (0, 1)]
    for positions in ends:  # what a search may reach is what a chain may say
        told = with_numbers(settings, stage.settings(positions)).model_dump()
        assert type(settings).model_validate(told, strict=False)


@pytest.mark.parametrize(
    ("begun", "hidden"),
    [
        (
            Compressor(),
            Compressor(
                threshold_db=-24.5, ratio=3.2, attack_ms=12.0, release_ms=90.0, makeup_db=2.5
            ),
        ),
        (
            Eq(bands=(Bell(shape="bell", hz=1000.0, gain_db=0.0), *BANDS[1:])),
            Eq(bands=BANDS),
        ),
    ],
    ids=["compressor", "eq"],
)
def test_hidden_settings_are_found_to_the_digits_they_had(begun: Any, hidden: Any) -> None:
    source = hits(1.5)
    score = SamePerformance(heard(source, hidden), RATE_HZ // 4)
    found = fitted(row_of(source, score, begun), score, most=700)
    assert found.before > -60.0
    assert found.after < -120.0
    assert found.evaluations <= 700
    wanted = BuiltInStage(NativeInsert("a", hidden), RATE_HZ)
    after = {each.path: each.after for each in found.turned}
    assert after == pytest.approx(wanted.settings(wanted.start), rel=1e-3)
    assert fitted(row_of(source, score, hidden), score, most=700).tables == ()
    short = [fitted(row_of(source, score, begun), score, most=60, seed=5) for _ in range(2)]
    assert short[0] == short[1]


def test_linear_inserts_are_found_by_their_responses_and_no_others_are_searched_so() -> None:
    """Two bells within each other and a width, all far from where they begin."""
    source = hits(2.0) * [[1.0], [0.7]]
    bells = tuple(Bell(shape="bell", hz=hz, gain_db=0.0) for hz in (1000.0, 4000.0))
    begun = (Eq(bands=bells), Width())
    narrow = Bell(shape="bell", hz=240.0, gain_db=-4.5, q=3.0)
    wide = Bell(shape="bell", hz=700.0, gain_db=7.0, q=0.5)
    hidden = (Eq(bands=(narrow, wide)), Width(width=1.7))
    target = source
    for each in hidden:
        target = heard(target, each)
    score = SamePerformance(target, RATE_HZ // 4)
    found = fitted(row_of(source, score, *begun), score, most=900)
    assert found.before > -30.0
    assert found.after < -110.0
    assert found.evaluations <= 900
    assert dict(found.tables)["drums/1"] == {"width": pytest.approx(1.7, rel=1e-4)}
    assert led_to(row_of(source, score, Compressor()), score, 900, 0) is None
    assert led_to(row_of(source, score, *begun, Saturation(drive_db=12.0)), score, 900, 0) is None


def test_few_evaluations_go_the_way_of_more() -> None:
    """Half of 300 are too few to find these bells with."""
    source = stem("drums", sample_rate_hz=RATE_HZ)[:, RATE_HZ : 4 * RATE_HZ]

    def bells(*bands: tuple[float, float, float]) -> Eq:
        made = (Bell(shape="bell", hz=hz, gain_db=gain_db, q=q) for hz, gain_db, q in bands)
        return Eq(bands=tuple(made))

    hidden = bells((431.0, 4.7, 1.83), (2210.0, -6.1, 3.1))
    score = SamePerformance(heard(source, hidden), RATE_HZ // 4)
    row = row_of(source, score, bells((200.0, 0.0, 1.0), (1000.0, 0.0, 1.0)))
    few, more = (led_to(row, score, most, 0) for most in (270, 540))
    assert few is not None
    assert more is not None
    assert 150 < few.evaluations <= more.evaluations < 270
    assert max(row.distances([np.array(each.positions) for each in (few, more)])) < -110.0


@pytest.mark.parametrize("seed", range(3))
def test_the_spectrum_leads_to_an_equaliser_that_a_compressor_stands_behind(seed: int) -> None:
    """Its bands begin far off and flat."""
    source = stem("drums", sample_rate_hz=RATE_HZ)[:, RATE_HZ : 5 * RATE_HZ]
    behind = NativeInsert("b", Compressor(threshold_db=-24.0, ratio=2.0))

    def row(low: Shelf, bell: Bell, score: Any) -> Row:
        stages = (
            BuiltInStage(NativeInsert("a", Eq(bands=(low, bell))), RATE_HZ),
            BuiltInStage(behind, RATE_HZ, turned=False),
        )
        return Row([Part(f"drums/{n}", each) for n, each in enumerate(stages)], source, score)

    low = Shelf(shape="low_shelf", hz=140.0, gain_db=3.7)
    hidden = row(low, Bell(shape="bell", hz=2300.0, gain_db=-5.2, q=1.8), None)
    score = SamePerformance(hidden.heard(np.array([hidden.start]))[0], RATE_HZ // 4)
    flat = Shelf(shape="low_shelf", hz=100.0, gain_db=0.0)
    begun = row(flat, Bell(shape="bell", hz=1000.0, gain_db=0.0, q=1.0), score)
    led = led_to(begun, score, 300, seed)
    assert led is not None
    assert led.evaluations <= 150
    (place, _) = begun.split(led.positions)
    found = place[0].stage.settings(place[1])
    assert found["bands.0.hz"] == pytest.approx(140.0, rel=0.02)
    assert found["bands.0.gain_db"] == pytest.approx(3.7, abs=0.05)
    assert found["bands.1.hz"] == pytest.approx(2300.0, rel=0.02)
    assert found["bands.1.gain_db"] == pytest.approx(-5.2, abs=0.05)


def test_a_target_that_ends_first_is_compared_with_as_far_as_it_goes() -> None:
    source = hits(2.0)
    target = heard(source, Compressor(threshold_db=-30.0))[:, : round(1.5 * RATE_HZ)]
    score = SamePerformance(target, RATE_HZ // 2)
    assert score.distance(heard(source, Compressor(threshold_db=-30.0))) == -200.0
    row = row_of(source, score, Compressor(threshold_db=-30.0))
    ((distance, differences),) = row.judged(np.array([row.start]), "broad")
    assert (distance, not np.any(differences)) == (-200.0, True)


def test_a_level_that_does_not_matter_is_left_out_of_the_residual() -> None:
    source = hits(1.0)
    target = 0.5 * heard(source, Compressor(threshold_db=-30.0))
    made = heard(source, Compressor(threshold_db=-30.0))
    assert SamePerformance(target, 0, any_level=True).distance(made) < -150.0
    assert SamePerformance(target, 0).distance(made) > -40.0


def test_a_reference_is_come_near_to_in_tone_whatever_its_level() -> None:
    source = hits()
    bright = Eq(bands=(Shelf(shape="high_shelf", hz=3000.0, gain_db=6.0),))
    dull = Eq(bands=(Shelf(shape="high_shelf", hz=3000.0, gain_db=0.0),))
    score = Likeness(0.25 * heard(source, bright), 0, RATE_HZ)
    found = fitted(row_of(source, score, dull), score, most=300)
    assert found.before > 1.0
    assert found.after < 0.1
    ((_, table),) = found.tables
    assert table["bands"][0]["gain_db"] == pytest.approx(6.0, abs=0.3)


def test_a_search_never_listens_more_often_than_it_may_and_leaves_alone_what_nothing_hears() -> (
    None
):
    calls = [0]

    def judge(rows: Any, _view: str) -> Iterator[tuple[float, Any]]:
        calls[0] += len(rows)
        for row in rows:
            off = row[:2] - (0.3, 0.8)
            yield float(np.linalg.norm(off)) + (0.0 if int(row[2] * 3) == 1 else 5.0), off

    knobs = (Knob("a"), Knob("b"), Knob("word", choices=("x", "y", "z")), Knob("idle"))
    found = Search(judge, knobs, (0.5, 0.5, 0.1, 0.5), most=400, floor=1e-3).found()
    assert (found.ended, found.idle) == ("reached", (3,))
    assert found.positions[:2] == pytest.approx((0.3, 0.8), abs=1e-4)
    assert found.positions[3] == 0.5
    assert calls[0] == found.evaluations < 400
    calls[0] = 0
    short = Search(judge, knobs, (0.5, 0.5, 0.1, 0.5), most=20, floor=1e-6).found()
    assert short.ended == "budget"
    assert calls[0] <= 20
    calls[0] = 0
    late = Search(
        judge, knobs, (0.5, 0.5, 0.1, 0.5), most=400, floor=1e-6, is_over=lambda: calls[0] > 60
    ).found()
    assert late.ended == "time"
    assert late.evaluations < 80


def test_nothing_more_is_heard_when_the_time_is_over_and_that_is_told() -> None:
    source = hits(1.0)
    hidden = Eq(bands=(Bell(shape="bell", hz=1500.0, gain_db=5.0),))
    score = SamePerformance(heard(source, hidden), RATE_HZ // 4)
    begun = row_of(source, score, Eq(bands=(Bell(shape="bell", hz=900.0, gain_db=0.0),)))
    late = fitted(begun, score, budget_s=1e-6)
    assert (late.ended, late.cut_short, late.after) == ("time", True, late.before)
    assert late.evaluations < late.most
    assert not fitted(begun, score, most=50).cut_short


def test_a_plugins_parameters_go_by_their_displays() -> None:
    def parameter(name: str, low: str, high: str, steps: int | None = None) -> ParameterText:
        return ParameterText(name, low, low, low, high, steps, automatable=True)

    hz, db, mode, bent = plugin_knobs(
        [
            parameter("Frequency", "20 Hz", "14000 Hz"),
            parameter("Gain", "-50 dB", "20 dB"),
            parameter("Mode", "0", "1", 2),
            parameter("Time", "1 ms", "1000 ms"),
        ],
        ["7010 Hz", "-15 dB", "1", "31.6 ms"],
    )
    assert hz.knob.is_log
    assert hz.raw(hz.position(0.25)) == pytest.approx(0.25, abs=1e-6)
    assert db.raw(db.knob.position(6.0)) == pytest.approx(0.8)
    assert [mode.raw(each) for each in (0.2, 0.8)] == [0.0, 1.0]
    assert bent.raw(0.5) == 0.5  # what is not even in its display is turned as the plugin has it


@pytest.mark.parametrize("seed", [8, 9, 10])
def test_a_switch_that_takes_all_else_out_leaves_no_knob_idle(seed: int) -> None:
    def judge(rows: Any, _view: str) -> Iterator[tuple[float, Any]]:
        for row in rows:
            works = row[0] < 0.8 and row[3] < 0.5
            off = row[:3] - 0.3 if works else np.array([row[0] - 0.3, 1.0, 1.0])
            yield float(np.linalg.norm(off)), off

    knobs = (Knob("a"), Knob("b"), Knob("c"), Knob("listens to nothing", choices=("no", "yes")))
    found = Search(judge, knobs, (0.9, 0.9, 0.9, 0.25), most=200, floor=1e-3, seed=seed).found()
    assert (found.ended, found.idle) == ("reached", ())
    assert found.positions[:3] == pytest.approx((0.3, 0.3, 0.3), abs=1e-3)


def test_an_equaliser_begins_near_to_the_filters_that_it_stands_in_for() -> None:
    """What scipy's own sections make of noise, which rings on and is bent at half the rate."""
    random = np.random.default_rng(5)
    source = 0.1 * random.standard_normal((2, 3 * RATE_HZ))
    peak = iirpeak(900.0, 2.0, RATE_HZ)
    low = bilinear([1.0, 2 * np.pi * 600.0], [1.0, 2 * np.pi * 90.0], RATE_HZ)
    out = 0.2 * (lfilter(*low, source) + 1.5 * lfilter(*peak, source))
    settings = stand_in_settings("eq", Gone(source, out, RATE_HZ))
    score = SamePerformance(out, RATE_HZ)
    stage = BuiltInStage(NativeInsert("eq", settings), RATE_HZ)
    (heard,) = stage.heard(source[np.newaxis], np.array([stage.start]))
    assert score.level_db - score.distance(heard) > 80.0
