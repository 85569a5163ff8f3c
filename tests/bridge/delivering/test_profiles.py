"""Delivery profiles: every shipped one is whole, and a wrong one tells all its faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from bridge.delivering.profiles import (
    LOSSLESS,
    FileWish,
    ProfileError,
    load_profile,
    parse_profile,
    profile_text,
    shipped_profiles,
)
from stemwright.problems import InputError

ISSUED = {"streaming", "cd", "hires", "vinyl", "broadcast", "archive", "previews"}


def test_what_studios_ask_for_is_shipped() -> None:
    assert set(shipped_profiles()) >= ISSUED


@pytest.mark.parametrize("name", shipped_profiles())
def test_a_shipped_profile_is_called_as_its_file_and_cites_what_it_holds_to(name: str) -> None:
    profile = load_profile(name)
    assert profile.name == name
    assert all(rule.published or rule.read for rule in profile.rules)
    assert profile.rules or name == "previews"
    assert all((each.bits is not None) == (each.format in LOSSLESS) for each in profile.files)


def test_loudness_is_rendered_only_for_who_demands_it() -> None:
    aims = {name: load_profile(name).aim for name in shipped_profiles()}
    loud = {name for name, aim in aims.items() if aim is not None and aim.integrated_lufs}
    assert loud == {"broadcast"}


def test_a_file_keeps_the_songs_rate_where_it_may() -> None:
    wish = FileWish("wav", 24, rates_hz=(44100, 48000, 96000))
    assert [wish.rate_hz(each) for each in (44100, 88200, 96000, 192000)] == [
        44100,
        96000,
        96000,
        96000,
    ]
    assert FileWish("wav", 24).rate_hz(37800) == 37800


def test_all_faults_come_at_once_with_their_lines() -> None:
    wrong = "\n".join(
        [
            "schema = 1",
            'name = "x"',
            'says = "x"',
            "[[file]]",
            'format = "flac"',
            "bits = 32",
            "[[file]]",
            'format = "mp3"',
            "bits = 16",
            "[tags]",
            'required = ["isrc"]',
            "embed = false",
            "[[rule]]",
            'says = "louder"',
            'source = "somebody"',
        ]
    )
    with pytest.raises(ProfileError) as caught:
        parse_profile(wrong, "own.toml")
    told = {(fault.kind, fault.where.line) for fault in caught.value.faults}
    assert told == {
        ("contradiction", 6),
        ("missing_key", 7),
        ("contradiction", 9),
        ("contradiction", 12),
        ("missing_key", 13),
    }


def test_words_that_name_nothing_and_what_no_codec_has_are_told_with_the_rest() -> None:
    wrong = [
        "schema = 1",
        'name = "My Label"',
        'says = "x"',
        'naming = "{artst}_{title}"',
        'warns = ["max_dc", "max_peek"]',
        "[[file]]",
        'format = "mp3"',
        "kbps = 317",
        "rates_hz = [48000, 96000]",
        "[[file]]",
        'format = "opus"',
        "kbps = 128",
        "[[file]]",
        'format = "opus"',
        "kbps = 128",
        "[limits]",
        "min_length_s = 10",
        "max_length_s = 5",
        "[tags]",
        'required = ["isrcc"]',
    ]
    with pytest.raises(ProfileError) as caught:
        parse_profile("\n".join(wrong), "own.toml")
    assert {(fault.kind, fault.where.line) for fault in caught.value.faults} == {
        ("bad_id", 2),
        ("bad_template", 4),
        ("unknown_limit", 5),
        ("out_of_range", 8),
        ("out_of_range", 9),
        ("said_twice", 13),
        ("contradiction", 18),
        ("unknown_tag", 20),
    }


def test_a_lossy_file_of_any_rate_has_one_that_its_codec_has() -> None:
    text = 'schema = 1\nname = "x"\nsays = "x"\n[[file]]\nformat = "opus"\nkbps = 128\n'
    (wish,) = parse_profile(text, "own.toml").files
    assert [wish.rate_hz(each) for each in (44100, 96000)] == [48000, 48000]


def test_a_profile_of_a_name_that_comes_along_says_the_same(tmp_path: Path) -> None:
    own = tmp_path / "cd.toml"
    own.write_text(profile_text("cd"), "utf-8")
    assert load_profile(str(own)) == load_profile("cd")
    own.write_text(profile_text("cd").replace("bits = 16", "bits = 24"), "utf-8")
    with pytest.raises(InputError, match="comes with stemwright"):
        load_profile(str(own))


def test_a_misspelt_key_is_told_with_the_one_that_was_meant() -> None:
    wrong = 'schema = 1\nname = "x"\nsays = "x"\n[[file]]\nformat = "wav"\nbits = 24\n'
    with pytest.raises(ProfileError) as caught:
        parse_profile(f"{wrong}[limits]\nmax_true_peak = -1.0\n", "own.toml")
    (fault,) = caught.value.faults
    assert (fault.kind, fault.nearest, fault.where.line) == ("unknown_key", "max_true_peak_dbtp", 8)


def test_a_profile_that_is_not_there_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        load_profile("streeming")
    assert caught.value.problems[0].nearest == "streaming"
    with pytest.raises(ProfileError):
        load_profile(str(tmp_path / "none.toml"))
