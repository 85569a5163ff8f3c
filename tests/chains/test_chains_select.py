"""Selectors: what each takes, and that no stem is ever lost or counted twice."""

from __future__ import annotations

from unicodedata import normalize

import pytest
from hypothesis import given, strategies as st

from chains import ROLES, Group, StemName, assign, matches

NAMES = {
    "lead": StemName("Song_01_Lead Vox", "Lead Vox", "vocals/lead"),
    "choir": StemName("Song_02_Choir", "Choir", "vocals/choir"),
    "vocals": StemName("Song_03_VOCALS", "VOCALS", "vocals"),
    "pad": StemName("Song_04_pad", "pad", "synth/pad"),
    "cafe": StemName("05 Café", "Café", "other"),
    "street": StemName("06 Straße", "Straße", None),
}


@pytest.mark.parametrize(
    ("selector", "taken"),
    [
        ("role:vocals", {"lead", "choir", "vocals"}),
        ("role:lead", {"lead"}),
        ("role:vocals/lead", {"lead"}),
        ("Role:Lead", {"lead"}),
        ("role:pad", {"pad"}),
        ("role:synth", {"pad"}),
        ("role:voc", set()),
        ("role:drums", set()),
        ("vocals", {"vocals"}),
        ("Lead Vox", {"lead"}),
        ("lead vox", {"lead"}),
        ("song_0?_*", {"lead", "choir", "vocals", "pad"}),
        ("song_0[12]_*", {"lead", "choir"}),
        ("song_0[!12]_*", {"vocals", "pad"}),
        ("*vo*", {"lead", "vocals"}),
        ("choi", set()),
        (normalize("NFD", "café"), {"cafe"}),
        ("CAFÉ", {"cafe"}),
        ("STRASSE", {"street"}),
        ("*", set(NAMES)),
    ],
)
def test_selector_takes(selector: str, taken: set[str]) -> None:
    assert {name for name, stem in NAMES.items() if matches(selector, stem)} == taken


def group(name: str, *stems: str) -> Group:
    return Group(name, stems)


def test_the_rest_goes_to_the_group_of_the_rest() -> None:
    groups = [group("rest", "*"), group("voice", "role:vocals"), group("brass", "role:brass")]
    found = assign(groups, list(NAMES.values()))
    taken = {name: [stem.name for stem in stems] for name, stems in found.groups}
    assert taken == {
        "rest": ["pad", "Café", "Straße"],
        "voice": ["Lead Vox", "Choir", "VOCALS"],
        "brass": [],
    }
    assert (found.unmatched, found.twice, found.empty) == ((), (), ("brass",))


def test_lost_and_doubled_stems_are_told() -> None:
    groups = [group("voice", "role:vocals"), group("lead", "*lead*")]
    found = assign(groups, [NAMES["lead"], NAMES["choir"], NAMES["pad"]])
    assert found.groups == (("voice", (NAMES["choir"],)), ("lead", ()))
    assert found.twice == ((NAMES["lead"], ("voice", "lead")),)
    assert found.unmatched == (NAMES["pad"],)
    assert found.empty == ()  # "lead" does match a stem of this song, only not alone


SELECTORS = st.one_of(
    st.sampled_from(["*", "*a*", "b?", "[ab]*", "role:nothing", "a", "[", "[!", "**", "a b"]),
    st.sampled_from([f"role:{role}" for role in ROLES]),
    st.text(max_size=6),
)
STEMS = st.builds(
    StemName,
    st.text("abAB é1", max_size=4),
    st.text("abAB é1", max_size=4),
    st.none() | st.sampled_from(ROLES),
)
GROUPS = st.lists(
    st.lists(SELECTORS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=5
).map(lambda rows: [Group(f"g{i}", row) for i, row in enumerate(rows)])


@given(GROUPS, st.lists(STEMS, max_size=8))
def test_every_stem_is_taken_once_or_unmatched_or_twice(
    groups: list[Group], stems: list[StemName]
) -> None:
    found = assign(groups, stems)
    taken = [stem for _, row in found.groups for stem in row]
    twice = [stem for stem, _ in found.twice]
    together = [*taken, *found.unmatched, *twice]
    assert sorted(together, key=repr) == sorted(stems, key=repr)
    assert [name for name, _ in found.groups] == [row.id for row in groups]
    assert all(len(set(names)) > 1 for _, names in found.twice)


@given(GROUPS, st.lists(STEMS, max_size=8))
def test_the_order_of_stems_is_kept_and_changes_no_verdict(
    groups: list[Group], stems: list[StemName]
) -> None:
    found, back = assign(groups, stems), assign(groups, stems[::-1])
    assert [row[::-1] for _, row in back.groups] == [row for _, row in found.groups]
    assert back.unmatched[::-1] == found.unmatched
    assert back.twice[::-1] == found.twice
    assert back.empty == found.empty


@given(STEMS, st.lists(SELECTORS, min_size=1, max_size=3).map(tuple))
def test_case_and_normal_form_do_not_matter(stem: StemName, selectors: tuple[str, ...]) -> None:
    other = StemName(normalize("NFD", stem.id), normalize("NFD", stem.name.upper()), stem.role)
    for selector in selectors:
        assert matches(selector, stem) == matches(selector, other)
