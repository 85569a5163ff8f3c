"""Names of delivered files: as published rules have them, safe, and never two alike."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from bridge.delivering.names import (
    NamedFile,
    Naming,
    file_name,
    name_faults,
    naming_of,
    naming_rules,
    refuse_collisions,
)
from bridge.delivering.profiles import load_profile, shipped_profiles
from stemwright.problems import InputError

FILE = NamedFile(
    "main",
    96000,
    bits=24,
    codec="mp3",
    kbps=320,
    title="Body and Soul",
    artist="Ann Ill",
    composer="Lena Hart",
    engineer="Max Iver",
    catalogue="EX 001",
    revision=1,
    side="A",
)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("plain", "AnnIll_BodyAndSoul_Main_96k24"),
        ("pe_wing", "AI_BodyAndSoul_MI01_Master_96k24"),
        ("netflix_music", "LH_BodyAndSoul_MASTER_96k_24b_2ch_R01"),
        ("music_library", "Body And Soul-Main_V1"),
        ("vinyl_side", "EX001_A_96000Hz_24bit"),
        ("distributor", "ann-ill_body-and-soul_main"),
        ("preview", "AnnIll_BodyAndSoul_Main_preview_mp3320"),
        ("{track}_{title}", "07_BodyAndSoul"),
    ],
)
def test_names_are_those_the_rules_publish(rules: str, expected: str) -> None:
    assert file_name(naming_of(rules), replace(FILE, track=7)) == expected


def test_a_stem_of_one_group_is_called_a_stem() -> None:
    named = replace(FILE, version="drums-only", group="drums")
    assert file_name(naming_of("netflix_music"), named).startswith("LH_BodyAndSoul_STEM_drums_")


def test_letters_of_any_script_are_written_in_those_allowed() -> None:
    foreign = replace(FILE, artist="Björk", title="東京 & Ænima")
    assert file_name(naming_of("plain"), foreign) == "Bjork_DongJingAenima_Main_96k24"


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(naming_rules()))
def test_a_name_that_is_made_is_a_name_that_passes(title: str, artist: str, rules: Naming) -> None:
    named = replace(FILE, title=title, artist=artist)
    name = _name_or_nothing(rules, named)
    assert name is None or not list(name_faults(rules, name))


def _name_or_nothing(rules: Naming, named: NamedFile) -> str | None:
    try:
        return file_name(rules, named)
    except InputError:
        return None


def test_what_a_job_lacks_is_told_with_the_key_to_fill() -> None:
    with pytest.raises(InputError) as caught:
        file_name(naming_of("pe_wing"), NamedFile("main", 44100, bits=16, title="Song"))
    told = [(each.kind, str(each.hint).split(", and")[0]) for each in caught.value.problems]
    assert told == [
        ("name_incomplete", "say --set artist=..., or artist in job.toml"),
        ("name_incomplete", "say --set engineer=..., or metadata.engineer in job.toml"),
        ("name_incomplete", "send the draft, or say --revision of a folder that is no job"),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("AI_BodyAndSoul_MI01_Master_96k2", "is not built"),
        ("AI_Body&Soul_MI01_Master_96k24", "has '&'"),
        ("AI_Bödy_MI01_Master_96k24", "has 'ö'"),
        ("AI_" + "x" * 60 + "_MI01_Master_96k24", "letters"),
        ("AI_BodyAndSoul_MI_Master_96k24", "is not built"),
    ],
)
def test_a_name_against_the_rules_is_told(name: str, said: str) -> None:
    assert any(said in each for each in name_faults(naming_of("pe_wing"), name))


def test_two_files_of_one_name_are_refused_whatever_the_case() -> None:
    refuse_collisions([("Song", "main"), ("Other", "tv"), ("Song", "main")])
    with pytest.raises(InputError) as caught:
        refuse_collisions([("Song", "main"), ("SONG", "tv")])
    assert caught.value.problems[0].kind == "name_taken"


@pytest.mark.parametrize(
    "wrong", ["{titel}", "{title", "no field", "{title:>3}", "{title!r}", "{}"]
)
def test_a_wrong_template_is_told(wrong: str) -> None:
    with pytest.raises(InputError) as caught:
        naming_of(wrong)
    assert caught.value.problems[0].kind in {"bad_template", "no_naming"}


def test_every_shipped_profile_has_names() -> None:
    assert {naming_of(load_profile(name).naming).id for name in shipped_profiles()}


def test_published_rules_are_cited() -> None:
    published = [each for each in naming_rules() if each.source]
    assert len(published) >= 5
    assert all(each.says and (each.published or each.read) for each in published)
