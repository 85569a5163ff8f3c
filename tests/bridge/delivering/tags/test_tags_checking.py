"""A table of metadata is checked whole: every fault with its line, key, and what is expected."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from benchmarks.tags.files import jpeg, png
from bridge.delivering.tags import ALIASES, FIELDS, SongMetadata, checked
from chains import Fault, FileKind, Source, toml_data

JOB = FileKind("job", 1, "", "", ValueError)


def _read(text: str, folder: Path | None = None, **more: Any) -> tuple[SongMetadata, list[Fault]]:
    data, source = toml_data(text, "job.toml", JOB)
    return checked(data["metadata"], source, ("metadata",), folder=folder, **more)


def test_every_field_is_an_attribute_with_nothing_in_it_at_first() -> None:
    empty = SongMetadata()
    assert [*empty.said()] == []
    assert empty.is_empty
    assert all(not getattr(empty, each.name) for each in FIELDS)
    assert {*ALIASES.values()} <= {each.name for each in FIELDS}


def test_values_are_put_into_one_form() -> None:
    found, faults = _read(
        """
[metadata]
title = "東京 🎛"
isrc = "gb-aye-06-01498"
upc = "0 36000 29145 2"
iswc = "T0345246801"
date = 2026-12-04
c_line = "(C) 2026 Night Records"
phonogram = "℗ 2026 Night Records"
language = "DEU"
track = 3
tracks = 12
bpm = 92.5
explicit = true
composer = ""
"""
    )
    assert faults == []
    assert dict(found.said()) == {
        "title": "東京 🎛",
        "isrc": "GBAYE0601498",
        "barcode": "036000291452",
        "iswc": "T-034.524.680-1",
        "date": "2026-12-04",
        "copyright": "2026 Night Records",
        "phonogram": "2026 Night Records",
        "language": "deu",
        "track": "3",
        "tracks": "12",
        "bpm": "92.5",
        "explicit": "yes",
    }
    assert found.cleared == {"composer"}


def test_every_fault_at_once_with_line_key_and_what_is_expected(tmp_path: Path) -> None:
    _, faults = _read(
        """schema = 1
[metadata]
titel = "x"
isrc = "GB-AYE-06-0149"
upc = "036000291453"
iswc = "T-034.524.680-2"
date = "2026-02-30"
language = "german"
copyright = "Night Records"
track = 3
tracks = 2
bpm = 0
explicit = "maybe"
artist = 7
album = "two\\nlines"
originator = "a name of more than thirty-two letters"
cover = "none.png"
ean = "4006381333931"
[metadata.versions.instrumental]
isrc = "AAA"
[metadata.versions.acapela]
isrc = "GBAYE0601499"
""",
        tmp_path,
        versions=["instrumental", "acapella"],
    )
    told = {fault.where.path: (fault.where.line, fault.kind, fault.nearest) for fault in faults}
    assert told == {
        "metadata.titel": (3, "unknown_key", "title"),
        "metadata.isrc": (4, "bad_isrc", None),
        "metadata.upc": (5, "bad_barcode", None),
        "metadata.iswc": (6, "bad_iswc", None),
        "metadata.date": (7, "bad_date", None),
        "metadata.language": (8, "bad_language", None),
        "metadata.copyright": (9, "bad_copyright", None),
        "metadata.track": (10, "out_of_range", None),
        "metadata.bpm": (12, "out_of_range", None),
        "metadata.explicit": (13, "unknown_value", None),
        "metadata.artist": (14, "wrong_type", None),
        "metadata.album": (15, "bad_text", None),
        "metadata.originator": (16, "too_long", None),
        "metadata.cover": (17, "cover_missing", None),
        "metadata.ean": (18, "said_twice", None),
        "metadata.versions.instrumental.isrc": (20, "bad_isrc", None),
        "metadata.versions.acapela": (21, "unknown_version", "acapella"),
    }
    assert all(fault.where.file == "job.toml" and fault.expected for fault in faults)
    barcode = next(fault for fault in faults if fault.kind == "bad_barcode")
    assert "the check digit of 03600029145 is 2, not 3" in barcode.message


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("isrc", "QZ-ABC-26-00001", None),
        ("isrc", "XX-ABC-26-00001", "bad_isrc"),
        ("barcode", "4006381333931", None),  # GS1's own example of an EAN-13
        ("barcode", "4006381333932", "bad_barcode"),
        ("barcode", "96385074", "bad_barcode"),  # EAN-8, which records do not have
        ("barcode", 4006381333931, "wrong_type"),
        ("barcode", "٤٠٠٦٣٨١٣٣٣٩٣١", "bad_barcode"),
        ("iswc", "T-000.000.001-0", None),  # the first that was given
        ("date", "2026", None),
        ("date", "2026-13", "bad_date"),
        ("date", date(2026, 12, 4), None),
        ("track", "7", None),
        ("track", True, "out_of_range"),
        ("track", 0, "out_of_range"),
        ("bpm", "fast", "out_of_range"),
        ("bpm", float("nan"), "out_of_range"),
        ("explicit", "clean", None),
        ("comment", "two\nlines", None),
        ("comment", "x" * 4001, "too_long"),
        ("title", "x" * 1000, None),
        ("title", "x" * 1001, "too_long"),
        ("title", "a\0b", "bad_text"),
        ("title", "\ud800", "bad_text"),
        ("title", "   ", "bad_text"),
        ("title", "\u202bשלם\u202c 👩\u200d🎤", None),
        ("description", "é" * 256, None),
        ("description", "東" * 256, "too_long"),  # "Dong" in ASCII
        ("cover", 3, "wrong_type"),
    ],
)
def test_a_value_is_taken_or_refused(key: str, value: Any, kind: str | None) -> None:
    _, faults = checked({key: value}, Source())
    assert [fault.kind for fault in faults] == ([] if kind is None else [kind])


@given(st.dictionaries(st.sampled_from([each.name for each in FIELDS]), st.text()))
def test_what_was_taken_is_taken_again_as_it_is(table: dict[str, str]) -> None:
    found, _ = checked(table, Source())
    again, faults = checked(dict(found.said()), Source())
    assert faults == []
    assert dict(again.said()) == dict(found.said())


def test_a_version_never_has_the_songs_isrc_and_bears_its_own_name() -> None:
    song, faults = checked(
        {
            "title": "Song",
            "isrc": "GBAYE0601498",
            "versions": {
                "acapella": {"isrc": "GBAYE0601499", "version": "A cappella"},
                "main": {"version": "Remastered"},
            },
        },
        Source(),
    )
    assert faults == []
    instrumental, acapella = song.of_version("instrumental"), song.of_version("acapella")
    assert (instrumental.isrc, instrumental.version) == ("", "Instrumental")
    assert (acapella.isrc, acapella.version) == ("GBAYE0601499", "A cappella")
    assert instrumental.title == acapella.title == "Song"
    assert (song.of_version("main").isrc, song.of_version("main").version) == (
        "GBAYE0601498",
        "Remastered",
    )


def test_covers_are_judged_by_their_heads(
    tmp_path: Path,
) -> None:
    def told(octets: bytes) -> str:
        (tmp_path / "cover").write_bytes(octets)
        _, faults = checked({"cover": "cover"}, Source(), folder=tmp_path)
        assert all(fault.kind == "bad_cover" and "RGB, 1400" in fault.expected for fault in faults)
        return "".join(fault.message for fault in faults)

    assert told(png(1400, 1400)) == ""
    assert told(jpeg(3000, 3000)) == ""
    assert told(png(1399, 1399)) == "cover is 1399 x 1399 pixels"
    assert told(jpeg(6001, 6001)) == "cover is 6001 x 6001 pixels"
    assert told(png(1500, 1400)) == "cover is not square: 1500 x 1400 pixels"
    assert told(jpeg(1400, 1400, 4)) == "cover has the colours CMYK"
    assert told(png(1400, 1400, 6)) == "cover has the colours RGB with alpha"
    assert told(jpeg(1400, 1400)[:-2]).endswith("which is no JPEG or PNG")
    assert told(png(1400, 1400)[:-9]).endswith("which is no JPEG or PNG")
    assert told(b"").endswith("which is no JPEG or PNG")
    assert told(jpeg(1400, 1400) + bytes(10_000_000)).startswith("cover has 1000")
