"""Which files of a bundle are mixes: examples, and laws."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, strategies as st

from sessions.bundle.labels import is_title, label

MIXES = [
    ("mixdown-sum", "mix"),
    ("_premaster_mix", "mix"),
    ("reference-master", "reference"),
    ("Song_ref", "reference"),
    ("Song_ref2", "reference"),
    ("Song MASTER v3", "master"),
    ("Song pre-master", "mix"),
    ("Rough", "mix"),
    ("rough master", "mix"),
    ("2mix", "mix"),
    ("2Mix_24bit", "mix"),
    ("Song (Mix)", "mix"),
    ("SongMixdown", "mix"),
    ("PreMaster", "mix"),
    ("00_Sum", "mix"),
    ("mixture", "mix"),
    ("Main", "mix"),
    ("Stereo Out", "mix"),
]
STEMS = ["drum mix", "Vocal ref", "summer", "remix", "masterful", "bass_master", "refrain", "mixer"]
STEMS += ["main thing", "vox main"]


@pytest.mark.parametrize(("name", "kind"), MIXES)
def test_a_mix_among_stems_is_found(name: str, kind: str) -> None:
    found = label(["01 Kick", "02 Bass", "03 Synth", name])
    assert [each.mix for each in found] == [None, None, None, kind]
    assert [each.name for each in found][:3] == ["Kick", "Bass", "Synth"]


@pytest.mark.parametrize("name", STEMS)
def test_a_stem_is_not_taken_for_a_mix(name: str) -> None:
    assert label(["Kick", "Synth", name])[2].mix is None


def test_a_mix_word_on_a_stem_is_noticed() -> None:
    plain, drums = label(["Bass", "Drum Mix"])
    assert (plain.mix_word, drums.mix_word, drums.role) == (False, True, "drums")


@pytest.mark.parametrize(
    "extra", [[], ["rough"], ["Master of Puppets - mix"], ["premaster_mix", "premaster_mix_2"]]
)
def test_mix_words_of_the_title_do_not_count(extra: list[str]) -> None:
    title = "Master of Puppets - "
    found = label([title + "kick", title + "weird", title + "bass", *extra])
    assert [each.name for each in found][:3] == ["kick", "weird", "bass"]
    assert [each.role for each in found][:3] == ["drums/kick", "other", "bass"]
    assert [each.mix for each in found] == [None] * 3 + ["mix"] * len(extra)


def test_a_mix_without_the_title_does_not_keep_it_on_the_stems() -> None:
    found = label(["Song_01_Kick", "Song_02_Lead Vox", "premaster"])
    assert [each.name for each in found] == ["Kick", "Lead Vox", "premaster"]


def test_one_stem_and_its_mix() -> None:
    stem, mix = label(["Song_vocals", "Song_mix"])
    assert (stem.name, stem.role, stem.mix, mix.mix) == ("vocals", "vocals", None, "mix")


def test_a_bare_title_is_suspicious() -> None:
    assert is_title("Song", ["Song - kick", "Song - bass"])
    assert not is_title("Song", ["Song - kick", "bass"])
    assert not is_title("bass", ["bass di", "bass amp"])
    assert not is_title("So", ["Song - kick", "Song - bass"])


WORDS = ["kick", "Bass", "vox", "Weird", "mix", "master", "ref", "pad", "Of", "One"]
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("_".join)
bundles = st.lists(names, min_size=2, max_size=6, unique=True)
titles = st.sampled_from(["Song", "bass", "master", "Rough", "mix", "07", "drum_kit", "Ref 2"])


@given(bundles, titles)
def test_a_title_before_all_names_changes_no_label(some: list[str], title: str) -> None:
    assert label([f"{title} {name}" for name in some]) == label(some)


@given(bundles, st.permutations(range(6)))
def test_labels_do_not_depend_on_order(some: list[str], order: list[int]) -> None:
    assume(len(set(map(str.casefold, some))) == len(some))
    shuffled = [some[at] for at in order if at < len(some)]
    assert dict(zip(some, label(some), strict=True)) == dict(
        zip(shuffled, label(shuffled), strict=True)
    )


@given(st.lists(st.text(), max_size=5))
def test_any_names_get_a_label_each(some: list[str]) -> None:
    assert len(label(some)) == len(some)
