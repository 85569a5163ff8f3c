"""Natural order and whole-token stripping: examples from real exports, and laws."""

from __future__ import annotations

import re
import unicodedata
from random import Random

import pytest
from hypothesis import assume, given, strategies as st

from sessions.bundle.naming import (
    file_extension,
    file_stem,
    natural_key,
    strip_common,
    without_inner_extensions,
)

BUNDLES = [
    (["drums", "bass", "vocals"], ["drums", "bass", "vocals"]),
    (["1_Bass", "2_Synth", "3_Kick 01", "4_Clap 04"], ["Bass", "Synth", "Kick 01", "Clap 04"]),
    (["01 - Kick", "02 - Snare", "10 - Bass"], ["Kick", "Snare", "Bass"]),
    (["Song_Kick", "Song_Bass"], ["Kick", "Bass"]),
    (["Song 01 Kick", "Song 02 Bass"], ["Kick", "Bass"]),
    (["01 Song Kick", "02 Song Bass"], ["Kick", "Bass"]),
    (["My Song - Kick (120bpm)", "My Song - Bass (120bpm)"], ["Kick", "Bass"]),
    (["Song Kick v2", "Song Lead Vox v2"], ["Kick", "Lead Vox"]),
    (["SONG_Kick", "song-Bass"], ["Kick", "Bass"]),
    (["Vox", "Vox dbl"], ["Vox", "Vox dbl"]),
    (["Vox 1", "Vox 2"], ["Vox 1", "Vox 2"]),
    (["Vox A", "Vox B"], ["Vox A", "Vox B"]),
    (["1-Audio", "2-Audio"], ["1-Audio", "2-Audio"]),
    (["01 Kick", "02 Kick", "03 Bass"], ["01 Kick", "02 Kick", "Bass"]),
    (["01 Kick"], ["Kick"]),
    (["Song - Kick"], ["Song - Kick"]),
    (["808", "Kick", "Snare"], ["808", "Kick", "Snare"]),
    (["808 Low", "909 Clap"], ["808 Low", "909 Clap"]),
    (["01_808", "02_Lead"], ["808", "Lead"]),
    (["12 String Guitar", "Kick"], ["12 String Guitar", "Kick"]),
    (["Drums (wet)", "Bass"], ["Drums (wet)", "Bass"]),
    (["X Drums (wet)", "X Bass (dry)"], ["Drums (wet)", "Bass (dry)"]),
    (["Song (Vocals)", "Song [Bass]"], ["Vocals", "Bass"]),
    (["X - Don't Go Kick", "X - Don't Go Bass"], ["Kick", "Bass"]),
    (["mid", "middle"], ["mid", "middle"]),
    (["Song", "Song Kick", "Song Bass"], ["Song", "Song Kick", "Song Bass"]),
    (["___", "---"], ["___", "---"]),
    (["1", "2", "10"], ["1", "2", "10"]),
]

SEPARATORS = [" ", "_", "-", ".", " - "]
TOKENS = [
    "kick",
    "(wet)",
    "Bass",
    "vox",
    "lead",
    "Song",
    "mix",
    "v2",
    "1",
    "02",
    "808",
    "a",
    "Grün",
]
names = st.builds(
    lambda tokens, separator: separator.join(tokens),
    st.lists(st.sampled_from(TOKENS), min_size=1, max_size=4),
    st.sampled_from(SEPARATORS),
)
bundles = st.lists(names, min_size=1, max_size=6, unique=True)
titles = st.sampled_from(["Song", "bass", "master", "mix", "07", "The-End", "808"])


def has_word(name: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}|808", name))


@pytest.mark.parametrize(("given_names", "expected"), BUNDLES)
def test_stripping_real_bundles(given_names: list[str], expected: list[str]) -> None:
    assert list(strip_common(given_names)) == expected


@given(st.one_of(bundles, st.lists(st.text(min_size=1), min_size=1, max_size=5)))
def test_stripping_never_empties_and_never_cuts_a_word(some: list[str]) -> None:
    for name, short in zip(some, strip_common(some), strict=True):
        whole = unicodedata.normalize("NFC", name)
        assert short
        at = whole.index(short)
        before, after = whole[:at][-1:], whole[at + len(short) :][:1]
        assert not (before.isalnum() and short[0].isalnum())
        assert not (after.isalnum() and short[-1].isalnum())


@given(bundles, st.randoms(use_true_random=False))
def test_stripping_does_not_depend_on_order(some: list[str], random: Random) -> None:
    shuffled = random.sample(some, len(some))
    assert dict(zip(some, strip_common(some), strict=True)) == dict(
        zip(shuffled, strip_common(shuffled), strict=True)
    )


@given(bundles, titles, st.sampled_from(SEPARATORS))
def test_a_title_before_all_names_changes_no_stripped_name(
    some: list[str], title: str, separator: str
) -> None:
    assume(len(some) > 1 and all(map(has_word, some)))
    titled = [title + separator + name for name in some]
    assert strip_common(titled) == strip_common(some)


@given(bundles)
def test_stripping_twice_is_stripping_once(some: list[str]) -> None:
    once = strip_common(some)
    assume(len(set(once)) > 1)
    assert strip_common(once) == once


def test_numbers_sort_as_numbers_padded_or_not() -> None:
    files = ["10 pad", "2 snare", "01 kick", "Vox 11", "vox 9", "vox 009b", "Äther", "zeta"]
    expected = ["01 kick", "2 snare", "10 pad", "vox 9", "vox 009b", "Vox 11", "zeta", "Äther"]
    assert sorted(files, key=natural_key) == expected


@given(st.lists(st.text()), st.randoms(use_true_random=False))
def test_natural_order_does_not_depend_on_the_order_given(some: list[str], random: Random) -> None:
    shuffled = random.sample(some, len(some))
    assert sorted(shuffled, key=natural_key) == sorted(some, key=natural_key)


def test_absurdly_long_numbers_still_sort() -> None:
    assert natural_key("1" * 5000) > natural_key("9" * 4999)


@pytest.mark.parametrize(
    ("filename", "stem", "bare", "extension"),
    [
        ("12_snare.ogg.wav", "12_snare.ogg", "12_snare", "wav"),
        ("kick.WAV", "kick", "kick", "wav"),
        ("Mr. Bass.aif", "Mr. Bass", "Mr. Bass", "aif"),
        ("v1.2.flac", "v1.2", "v1.2", "flac"),
        ("a.wav.mp3.wav", "a.wav.mp3", "a", "wav"),
        (".wav", ".wav", ".wav", ""),
        ("kick", "kick", "kick", ""),
    ],
)
def test_extensions(filename: str, stem: str, bare: str, extension: str) -> None:
    assert file_stem(filename) == stem
    assert without_inner_extensions(stem) == bare
    assert file_extension(filename) == extension
