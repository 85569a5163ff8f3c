"""A starter chain: groups by roles, values by what is measured, a tone that comes near."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bridge.advising.starting.chain_text import chain_text
from bridge.advising.starting.group_strips import group_strip, rumble
from bridge.advising.starting.grouping import MOST_GROUPS, starter_groups
from bridge.advising.starting.listening import (
    Listened,
    Listener,
    listened,
    listened_over_offset,
)
from bridge.advising.starting.master_strip import master_strip
from bridge.advising.starting.returns import with_returns
from bridge.advising.starting.tone_match import matching_bells
from bridge.audio import Block
from bridge.comparing import Tone, tone_distance, tone_of
from bridge.metering import THIRDS
from bridge.planning import Stem
from bridge.processing import build
from chains import Bell, Eq, loads
from sessions import role_of

RATE_HZ = 24000
NOISE = np.random.default_rng(5).normal(0.0, 0.05, (2, 4 * RATE_HZ))


def stem(name: str) -> Stem:
    return Stem(name, name, role_of(name), (), 0.0)


def groups_of(*names: str) -> dict[str, tuple[str, ...]]:
    found = starter_groups([stem(name) for name in names])
    return {group.id: tuple(each.name for each in group.taken) for group in found}


def test_every_stem_is_in_one_group_and_never_more_than_eight() -> None:
    names = ["kick", "bass", "gtr", "piano", "pad", "violins", "trumpet", "lead vox", "bv", "riser"]
    found = groups_of(*names, "who knows")
    assert len(found) == MOST_GROUPS
    assert sorted(name for group in found.values() for name in group) == sorted(
        [*names, "who knows"]
    )
    assert found["orchestra"] == ("violins", "trumpet")
    assert found["vocals"] == ("lead vox", "bv")
    assert groups_of("kick", "lead vox", "bv", "choir") == {
        "drums": ("kick",),
        "vocals": ("lead vox",),
        "backing": ("bv", "choir"),
    }
    assert groups_of("vox", "bv") == {"vocals": ("vox", "bv")}


def test_a_high_pass_goes_under_the_music_and_only_where_something_is() -> None:
    centres = THIRDS.centres_hz(RATE_HZ)
    silent = tuple(-math.inf for _ in centres)
    above = tuple(-20.0 if hz > 150 else -60.0 for hz in centres)
    lowest_hz, corner_hz, under_db = rumble(Tone(above, silent)) or (0, 0, 0)
    assert (lowest_hz, corner_hz) == (160.0, 120.0)
    below, music = (sum((hz > 150) == loud for hz in centres) for loud in (False, True))
    assert under_db == pytest.approx(40.0 + 10 * math.log10(music / below))
    assert rumble(Tone(tuple(-20.0 if hz > 150 else -120.0 for hz in centres), silent)) is None
    assert rumble(Tone(tuple(-20.0 for _ in centres), silent)) is None


def plucked(fall_db_per_s: float) -> Block:
    at_s = np.arange(4 * RATE_HZ) / RATE_HZ % 0.5
    return NOISE * 10 ** (-fall_db_per_s * at_s / 20)


def test_how_fast_a_sound_falls_and_how_even_it_is() -> None:
    heard = listened([plucked(100.0)], RATE_HZ)
    assert heard.falls_s == pytest.approx(0.2, abs=0.03)
    steady = listened([NOISE], RATE_HZ)
    assert steady.falls_s is None
    assert steady.loud_dbfs is not None
    assert steady.quiet_dbfs is not None
    assert steady.loud_dbfs - steady.quiet_dbfs < 4.0
    cut = Listener(RATE_HZ)
    for start in range(0, NOISE.shape[1], 777):
        cut.add(plucked(100.0)[:, start : start + 777])
    assert cut.result() == heard


def test_a_constant_offset_is_taken_out_before_anything_is_set_by_it() -> None:
    clean = listened([plucked(100.0)], RATE_HZ)
    assert listened_over_offset(lambda: [plucked(100.0) + 1e-4], RATE_HZ).offset is None
    heard = listened_over_offset(lambda: [plucked(100.0) + 0.1], RATE_HZ)
    assert heard.offset == pytest.approx(0.1, abs=0.005)
    assert heard.whole_quiet_dbfs == pytest.approx(clean.whole_quiet_dbfs, abs=0.3)
    insert = group_strip(starter_groups([stem("lead vox")])[0], heard).inserts[0]
    assert {each.key: each.value for each in insert.bands[0].settings} == {
        "shape": "high_pass",
        "hz": 20.0,
        "slope_db_per_octave": 12,
    }
    assert "at +10.0" in insert.why or "at +9.9" in insert.why


def test_levelling_leans_on_what_is_uneven_and_leaves_what_is_even() -> None:
    group = starter_groups([stem("lead vox")])[0]

    def inserts(heard: Listened) -> dict[str, dict[str, object]]:
        strip = group_strip(group, heard)
        return {each.use: {one.key: one.value for one in each.settings} for each in strip.inserts}

    uneven = listened([plucked(100.0)], RATE_HZ)
    assert uneven.loud_dbfs is not None
    threshold_db = inserts(uneven)["compressor"]["threshold_db"]
    # At 2:1 it takes the 3 dB off the loud parts that lie 6 dB over the threshold.
    assert threshold_db == pytest.approx(uneven.loud_dbfs - 6.0, abs=0.26)
    assert "compressor" not in inserts(listened([NOISE], RATE_HZ))
    assert "deesser" in inserts(uneven)
    assert "deesser" not in inserts(replace(uneven, esses_dbfs=uneven.loud_dbfs - 11.0))


def test_bells_bring_filtered_noise_to_where_it_came_from() -> None:
    bent = (
        Bell(shape="bell", hz=160.0, gain_db=-4.0, q=1.4),
        Bell(shape="bell", hz=1000.0, gain_db=3.0, q=4.3),
    )
    before = tone_of([NOISE], RATE_HZ)
    after = tone_of([build(Eq(bands=bent), RATE_HZ).process(NOISE)], RATE_HZ)
    bands = tone_distance(before, after).bands
    wanted = {each.hz: -each.mid_db for each in bands if each.mid_db is not None}
    found = matching_bells(wanted, RATE_HZ).bells
    assert len(found) <= 4
    again = tone_of([build(Eq(bands=found), RATE_HZ).process(NOISE)], RATE_HZ)
    assert (tone_distance(before, after).mid_db or 0.0) > 1.0
    assert (tone_distance(again, after).mid_db or 9.0) < 0.25
    assert matching_bells({}, RATE_HZ).bells == ()


@pytest.mark.parametrize("gain", [1.0, 1e-3])
def test_stems_too_quiet_for_any_drive_are_brought_up_before_the_glue(gain: float) -> None:
    heard = listened([gain * NOISE], RATE_HZ)
    inserts = {each.id: each.settings for each in master_strip(heard, None, RATE_HZ, "").inserts}
    found = {each.key: each.value for each in inserts.get("level", ())}
    peak_dbfs = 20 * math.log10(gain * float(np.abs(NOISE).max()))
    assert found.get("gain_db") == (None if gain == 1.0 else min(60, round(-6.0 - peak_dbfs)))
    assert heard.loud_dbfs is not None
    threshold_db = {each.key: each.value for each in inserts["glue"]}["threshold_db"]
    lifted = float(found.get("gain_db", 0.0))  # type: ignore[arg-type]
    assert threshold_db == pytest.approx(heard.loud_dbfs + lifted - 4.5, abs=0.26)


def test_what_comes_dry_is_sent_and_a_name_of_two_lines_stays_a_comment() -> None:
    groups = starter_groups([stem("lead vox\nevil = 1"), stem("piano"), stem("kick")])
    dry = listened([plucked(400.0)], RATE_HZ)
    assert dry.falls_s == pytest.approx(0.05, abs=0.02)
    heard = {"vocals": dry, "keys": replace(dry, falls_s=0.4), "drums": dry}
    strips = with_returns([group_strip(each, heard[each.id]) for each in groups], groups, heard)
    chain = loads(chain_text('a "song"', strips))
    assert {each.id: dict(each.sends) for each in chain.groups} == {
        "drums": {},
        "keys": {},
        "vocals": {"plate": -14.0},
    }
    assert [each.id for each in chain.returns] == ["plate"]
    assert chain.name == 'a "song"'
