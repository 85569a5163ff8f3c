"""Songs on the sides of a record: where they lie, what the cue sheet says, how long it may be."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.delivering import (
    AskedRecord,
    SongToDeliver,
    SongVersion,
    audit,
    common_metadata,
    planned_files,
)
from bridge.delivering.checks import side_checks
from bridge.delivering.cue_sheet import cue_sheet
from bridge.delivering.files import facts_of
from bridge.delivering.profiles import ProfileError, load_profile, parse_profile, record_sizes
from bridge.delivering.tags import SongMetadata
from stemwright.problems import InputError

CUE_LINE = re.compile(r"    INDEX 0([01]) (\d+):([0-5]\d):([0-6]\d|7[0-4])")


def _song(title: str, frames: int, rate_hz: int = 44100, **said: str) -> SongToDeliver:
    tags = SongMetadata(title=title, artist="Ann", catalog_number="EX001")
    return SongToDeliver(replace(tags, **said), rate_hz, (SongVersion("main"),), frames=frames)


@pytest.mark.parametrize("rate_hz", [44100, 48000, 32000])
@pytest.mark.parametrize("pause_s", [0.0, 1.9])
def test_songs_lie_behind_each_other_and_the_cue_sheet_says_where(
    rate_hz: int, pause_s: float
) -> None:
    songs = [_song(name, 100001 + at, rate_hz) for at, name in enumerate(("One", '"Two"', "Três"))]
    (file,) = planned_files([load_profile("vinyl")], songs, AskedRecord(pause_s=pause_s))
    side = file.side
    assert side is not None
    assert [part.stop_frame - part.start_frame for part in side.parts] == [100001, 100002, 100003]
    assert side.song_at((side.parts[1].start_frame + 9) / rate_hz) == 'A2 "Two"'
    text = cue_sheet(file.name, side, file.metadata)
    assert re.findall("    TITLE (.*)\r\n", text) == ['"One"', "\"'Two'\"", '"Três"']
    told = [
        (int(kind), (int(minutes) * 60 + int(seconds)) * 75 + int(frames))
        for kind, minutes, seconds, frames in CUE_LINE.findall(text)
    ]
    starts = [frame / 75 * rate_hz for kind, frame in told if kind == 1]
    for start, part in zip(starts, side.parts, strict=True):
        exact = 1.0 if pause_s else rate_hz / 150 + 1
        assert abs(start - part.start_frame) < exact
    for before, after in zip(side.parts, side.parts[1:], strict=False):
        paused_s = (after.start_frame - before.stop_frame) / rate_hz
        assert paused_s == 0.0 if not pause_s else pause_s <= paused_s < pause_s + 1 / 75 + 1e-4
    assert [kind for kind, _ in told] == ([1, 0, 1, 0, 1] if pause_s else [1, 1, 1])


def test_a_side_is_of_what_its_songs_say_alike() -> None:
    two = [_song("One", 9, isrc="GBAYE0601498"), _song("Two", 9, artist="Bo", album="Both")]
    found = common_metadata([each.metadata for each in two], "Side A")
    assert (found.title, found.artist, found.isrc) == ("One / Two", "Various Artists", "")
    alone = common_metadata([two[0].metadata], "Side B")
    assert (alone.title, alone.isrc, alone.version) == ("One", "GBAYE0601498", "Side B")
    with pytest.raises(InputError) as caught:
        planned_files([load_profile("vinyl")], [two[0], _song("Two", 9, catalog_number="EX2")])
    assert [each.kind for each in caught.value.problems] == ["songs_disagree"]


def test_a_side_is_held_to_the_length_of_its_record(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.full((8000, 2), 0.1), 48000, "PCM_24")
    facts = facts_of(tmp_path / "a.wav")
    for size in record_sizes():
        for seconds, outcomes in (
            (size.best_s, ["pass", "pass"]),
            (size.best_s + 1, ["pass", "warn"]),
            (size.most_s, ["pass", "warn"]),
            (size.most_s + 1, ["fail"]),
        ):
            side = replace(facts, header=replace(facts.header, frames=round(seconds * 48000)))
            assert [each.outcome for each in side_checks("a", side, size.id)] == outcomes


def test_a_side_from_elsewhere_needs_a_cue_sheet_that_is_of_it(tmp_path: Path) -> None:
    side = tmp_path / "EX001_A_48000Hz_24bit.wav"
    soundfile.write(side, np.full((48000, 2), 0.1), 48000, "PCM_24")

    def told(cue: str | None) -> tuple[str, str]:
        if cue is not None:
            side.with_suffix(".cue").write_text(cue, "utf-8")
        rows = audit(tmp_path, [load_profile("vinyl")]).checks
        (found,) = [each for each in rows if each.check == "cue"]
        return found.outcome, found.words

    head = f'FILE "{side.name}" WAVE\n  TRACK 01 AUDIO\n'
    assert told(None)[0] == "fail"
    assert told(f"{head}    INDEX 01 00:00:00\n    INDEX 01 00:00:74\n") == ("pass", "")
    for wrong, said in (
        (f"{head}    INDEX 01 00:01:00\n", "the side ends at 1.00 s"),
        (f"{head}    INDEX 01 00:00:09\n    INDEX 01 00:00:05\n", "go back"),
        (head, "where it starts"),
        (head.replace("_A_", "_B_") + "    INDEX 01 00:00:00\n", "it is of EX001_B"),
    ):
        outcome, words = told(wrong)
        assert outcome == "fail"
        assert said in words


def test_what_no_record_can_be_is_told_with_its_line() -> None:
    text = (
        'schema = 1\nname = "mine"\nsays = "ours"\n[[file]]\nformat = "wav"\nbits = 24\n'
        '[side]\nrecord = "12@78"\n[aim]\nintegrated_lufs = -14.0\nlimiter = false\n'
    )
    with pytest.raises(ProfileError) as caught:
        parse_profile(text, "mine.toml")
    told = {(each.kind, each.where["line"]) for each in caught.value.problems}
    assert told == {("no_record", 8), ("contradiction", 10)}
    with pytest.raises(ProfileError) as caught:
        parse_profile(text.replace("limiter = false", "mono_below_hz = 150"), "mine.toml")
    assert ("contradiction", 11) in {(e.kind, e.where["line"]) for e in caught.value.problems}
