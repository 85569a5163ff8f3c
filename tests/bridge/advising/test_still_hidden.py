"""Where groups stay hidden: what is, by what sounds with them, in a few bands."""

from __future__ import annotations

import numpy as np
import pytest

from bridge.advising.unmasking.auditory_bands import CENTRES_HZ, Powers
from bridge.advising.unmasking.choosing import Group, chosen
from bridge.advising.unmasking.cuts import Cut, HiddenBand
from bridge.advising.unmasking.hearing import Frames
from bridge.advising.unmasking.scene import partial_of, partial_of_two
from bridge.advising.unmasking.still_hidden import still_hidden

FRAMES = 40
FACTOR = 10.0**8
"""Full scale is 80 dB SPL."""


def _played(**levels_db: float) -> Frames:
    """Noise an octave wide about `hz_500` and the like, each at a level in every ERB."""
    found = np.full((FRAMES, 2, len(CENTRES_HZ)), 1e-12)
    for name, level_db in levels_db.items():
        away = np.abs(np.log2(CENTRES_HZ / float(name.removeprefix("hz_"))))
        found[:, :, away <= 0.5] = 10.0 ** (level_db / 10.0)
    return found.astype(np.float32)


def _told(
    groups: dict[str, Frames], leads: frozenset[str] = frozenset(), cuts: tuple[Cut, ...] = ()
) -> tuple[HiddenBand, ...]:
    powers = list(groups.values())
    heard: tuple[Powers, Powers] = partial_of(powers, FACTOR)
    return still_hidden(list(groups), leads, cuts, powers, FACTOR, *heard)


def test_groups_in_bands_of_their_own_hide_nothing() -> None:
    apart = {"low": _played(hz_300=-30.0), "high": _played(hz_3000=-30.0)}
    assert _told(apart, frozenset(apart)) == ()


def test_a_band_that_another_group_covers_is_told_of_any_group() -> None:
    groups = {
        "keys": _played(hz_500=-40.0, hz_3000=-40.0),
        "pad": _played(hz_500=-30.0),
    }
    (left,) = _told(groups)
    assert (left.group, left.by) == ("keys", "pad")
    assert abs(np.log2(left.hz / 500.0)) <= 0.5
    assert left.hidden_phon > 20.0


def test_what_sounds_while_the_group_pauses_does_not_hide_it() -> None:
    """The louder of two groups plays in the other half of the time."""
    voice, soft = _played(hz_500=-40.0, hz_3000=-40.0), _played(hz_500=-32.0)
    loud = _played(hz_500=-20.0)
    voice[FRAMES // 2 :], soft[FRAMES // 2 :], loud[: FRAMES // 2] = 1e-12, 1e-12, 1e-12
    told = _told({"voice": voice, "loud": loud, "soft": soft}, frozenset({"voice"}))
    assert [each.by for each in told if each.group == "voice"] == ["soft"]


def test_of_a_lead_less_counts_and_one_band_more_is_told() -> None:
    """At 3 kHz it loses some 4 phon, at 300 and 1000 Hz more."""
    voice = _played(hz_300=-30.0, hz_1000=-30.0, hz_3000=-30.0)
    slightly = {"voice": voice, "hiss": _played(hz_3000=-39.5)}
    assert [each.group for each in _told(slightly)] == ["hiss"]
    left = _told(slightly, frozenset({"voice"}))[0]
    assert (left.group, left.by) == ("voice", "hiss")
    assert 3.0 <= left.hidden_phon < 5.0
    widely = {"voice": voice, "wash": _played(hz_300=-32.0, hz_1000=-30.0, hz_3000=-35.0)}
    for leads, most in ((frozenset({"voice"}), 2), (frozenset[str](), 1)):
        told = [each for each in _told(widely, leads) if each.group == "voice"]
        assert len(told) == most


def test_where_a_cut_frees_a_group_only_deep_masking_is_told() -> None:
    for level_db, bands in ((-38.0, 0), (-25.0, 1)):
        groups = {"keys": _played(hz_500=-36.0, hz_3000=-36.0), "pad": _played(hz_500=level_db)}
        cut = Cut("pad", "keys", 500.0, 2.0, 3.0)
        assert len([each for each in _told(groups) if each.group == "keys"]) == 1
        told = _told(groups, cuts=(cut,))
        assert len([each for each in told if each.group == "keys"]) == bands


def test_the_cut_is_where_most_of_a_group_is_lost() -> None:
    """At 2 kHz it has little, and next to none is left; at 500 Hz it has more, and loses more."""
    voice = _played(hz_500=-30.0, hz_2000=-44.0, hz_6000=-30.0)
    pad = _played(hz_150=-20.0, hz_500=-31.0, hz_2000=-42.0)
    groups = [Group("voice", voice, 0.0, is_lead=True), Group("pad", pad, 0.0, is_lead=False)]
    first = chosen(groups, FACTOR)[0]
    assert (first.group, first.frees) == ("pad", "voice")
    assert abs(np.log2(first.hz / 500.0)) <= 0.5


def test_two_groups_are_heard_beside_all_as_they_are_each_by_each() -> None:
    groups = [
        _played(hz_500=-30.0), _played(hz_700=-34.0), _played(hz_400=-40.0), _played(hz_900=-25.0)
    ]  # fmt: skip
    whole, _ = partial_of(groups, FACTOR)
    assert partial_of_two(groups, (2, 1), FACTOR) == pytest.approx(
        whole[[2, 1]], rel=1e-3, abs=1e-6
    )
