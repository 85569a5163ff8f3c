"""Finished files against what recipients take: each fault that is put in is named, none else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.audio import Block, Subtype, WavWriter
from bridge.delivering import audit
from bridge.delivering.checks import checks_of
from bridge.delivering.files import FileFacts, facts_of
from bridge.delivering.profiles import (
    FileWish,
    Profile,
    load_profile,
    parse_profile,
    shipped_profiles,
)
from bridge.delivering.tags import SongMetadata, TagOptions, write_tags
from stemwright.problems import InputError

RATE_HZ = 44100
PROFILE = """
schema = 1
name = "label"
says = "what a label takes"
naming = "{artist}_{title}"
[[file]]
format = "wav"
bits = 16
rates_hz = [44100]
[limits]
max_true_peak_dbtp = -1.0
min_length_s = 3.0
max_length_s = 10.0
max_head_s = 0.5
max_tail_s = 1.0
[tags]
required = ["title", "isrc"]
"""
FOLLOWS = {"edge_click", "mono_fold_down"}
"""What clipped fades and a missing side are told for as well."""
NAME = "Ann_Song.wav"
TAGS = SongMetadata(title="Song", artist="Ann", isrc="GBAYE0601498")


def _song(seconds: float = 5.0, rate_hz: int = RATE_HZ) -> Block:
    frames = round(seconds * rate_hz)
    time = np.arange(frames) / rate_hz
    fades = np.minimum(1.0, np.minimum(time, seconds - time) * 20)
    noise = np.random.default_rng(5).normal(0.0, 0.03, (2, frames))
    return (noise + 0.3 * np.sin(2 * np.pi * 220 * time)) * fades


def _file(
    folder: Path,
    samples: Block,
    *,
    name: str = NAME,
    subtype: Subtype = "pcm16",
    rate_hz: int = RATE_HZ,
    tags: SongMetadata = TAGS,
) -> None:
    folder.mkdir()
    with WavWriter(folder / name, rate_hz, len(samples), subtype, "finish/main") as writer:
        writer.write(samples)
    if not tags.is_empty:
        write_tags(folder / name, tags)


def _twice(samples: Block) -> Block:
    """Dithered to 16 bits before it is dithered to 16 bits."""
    draws = np.random.default_rng(1).uniform(-0.5, 0.5, (2, *samples.shape)).sum(axis=0)
    return np.rint(samples * 32768 + draws) / 32768


def _quiet_end(samples: Block) -> Block:
    return np.concatenate([samples, np.zeros((2, RATE_HZ * 9 // 10))], axis=1)


def _clipped(samples: Block) -> Block:
    return np.clip(samples * 6, -1.0, 32767 / 32768)


def _silent_head(samples: Block) -> Block:
    return np.concatenate([np.zeros((2, RATE_HZ)), samples], axis=1)


def _one_sided(samples: Block) -> Block:
    return np.stack([samples[0], np.zeros(samples.shape[1])])


BROKEN: dict[str, tuple[set[str], Callable[[Path], None]]] = {
    "nothing": (set(), lambda place: _file(place, _song())),
    "rate": ({"rate"}, lambda place: _file(place, _song(rate_hz=48000), rate_hz=48000)),
    "bits": ({"bits"}, lambda place: _file(place, _song(), subtype="pcm24")),
    "name": ({"name"}, lambda place: _file(place, _song(), name="ann song (final).wav")),
    "tag": ({"tag_isrc"}, lambda place: _file(place, _song(), tags=SongMetadata(title="Song"))),
    "isrc": ({"isrc"}, lambda place: _file(place, _song(), tags=_with_wrong_isrc())),
    "clipped": (
        {"clipped", "max_true_peak_dbtp"},
        lambda place: _file(place, _clipped(_song())),
    ),
    "head": ({"max_head_s"}, lambda place: _file(place, _silent_head(_song()))),
    "short": ({"min_length_s"}, lambda place: _file(place, _song(2.0))),
    "mono": ({"channels"}, lambda place: _file(place, _song()[:1])),
    "one side": (
        {"dead_channel"},
        lambda place: _file(place, _one_sided(_song())),
    ),
    "dithered silence": (
        {"silent", "max_head_s", "max_tail_s"},
        lambda place: _file(place, 0.0 * _song()),
    ),
    "mono on two sides": (
        {"dual_mono"},
        lambda place: _file(place, np.stack([_song()[0]] * 2)),
    ),
    "dithered twice": (
        {"double_dither"},
        lambda place: _file(place, _twice(_quiet_end(_song()))),
    ),
}


def _with_wrong_isrc() -> SongMetadata:
    return SongMetadata(title="Song", artist="Ann", isrc="GB-AYE-06-1498")


@pytest.fixture(scope="module")
def label() -> Profile:
    return parse_profile(PROFILE, "label.toml")


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_delivery_is_named_for_what_is_broken(
    tmp_path: Path, label: Profile, fault: str
) -> None:
    expected, make = BROKEN[fault]
    place = tmp_path / "from_elsewhere"
    make(place)
    found = audit(place, [label])
    told = {each.check for each in found.checks if each.outcome != "pass"}
    named = {each.check for each in found.checks if each.outcome == "fail"}
    assert told - FOLLOWS == expected
    assert found.passed == (not named)
    assert not found.by_manifest


def test_a_file_of_another_format_and_one_that_is_none_are_named(
    tmp_path: Path, label: Profile
) -> None:
    _file(tmp_path / "in", _song())
    (tmp_path / "in" / NAME).rename(tmp_path / "in" / "Ann_Song.flac")
    (tmp_path / "in" / "Ann_Other.wav").write_bytes(b"RIFF but not really")
    place = tmp_path / "in"
    (place / "Ann_Codec.m4a").write_bytes(b"no AAC at all")
    (place / "Ann_Gone.wav").symlink_to(place / "nowhere.wav")
    soundfile.write(place / "Ann_Flac.wav", _song().T, RATE_HZ, "PCM_16", format="FLAC")
    aac = replace(label, name="aac", files=(FileWish("aac", kbps=256),))
    rows = audit(place, [label, aac]).checks
    told = {(each.file, each.check, each.outcome) for each in rows if "for aac" not in each.words}
    assert told >= {
        ("Ann_Song.flac", "format", "fail"),
        ("Ann_Other.wav", "decodes", "fail"),
        ("Ann_Codec.m4a", "decodes", "fail"),
        ("Ann_Gone.wav", "decodes", "fail"),
        ("Ann_Flac.wav", "format", "fail"),
        ("Ann_Flac.wav", "rate", "pass"),
    }
    for wrong, said in ((place / "gone", "does not exist"), (place / "Ann_Flac.wav", "no folder")):
        with pytest.raises(InputError, match=said):
            audit(wrong, [label])


@pytest.mark.parametrize(
    "row",
    [
        [],
        {"path": "../out.wav", "sha256": "", "profile": "cd", "version": "main", "pcm_sha256": ""},
        {"path": "a.wav", "sha256": 3, "profile": "cd", "version": "main", "pcm_sha256": ""},
    ],
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, row: object) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"schema": 1, "files": [row]}), "utf-8")
    with pytest.raises(InputError, match="is damaged"):
        audit(tmp_path)


LABELLED = PROFILE.replace('"{artist}_{title}"', '"pe_wing"')


@pytest.mark.parametrize(
    ("main", "tv", "sounds", "told"),
    [
        ("Master", "TV_Mix", (1, 2), {}),
        ("TV_Mix", "Master", (1, 2), {"swapped": "fail"}),
        ("Master", None, (1, 2), {}),
        ("Master", "TV_Mix", (1, 1), {"same_sound": "fail"}),
        (None, "Master", (1, 2), {"swapped": "warn"}),
    ],
)
def test_a_version_that_is_called_for_another_is_told_with_both_names(
    tmp_path: Path,
    main: str | None,
    tv: str | None,
    sounds: tuple[int, int],
    told: dict[str, str],
) -> None:
    """By a set of rules that spells its own words for versions."""
    place = tmp_path / "in"
    place.mkdir()
    tagged = TAGS, replace(TAGS, isrc="GBAYE0601499", version="Tv")
    names = [f"A_Song_E01_{each}_44k16.wav" for each in (main, tv) if each]
    for name, tags, seed in zip((main, tv), tagged, sounds, strict=True):
        if name is not None:
            noise = np.random.default_rng(seed).normal(0.0, 0.1, (2, RATE_HZ // 2))
            path = place / f"A_Song_E01_{name}_44k16.wav"
            soundfile.write(path, noise.T, RATE_HZ, "PCM_16")
            write_tags(path, tags)
    rows = audit(place, [parse_profile(LABELLED, "label.toml")]).checks
    rows = tuple(each for each in rows if each.check in ("swapped", "same_sound"))
    found = {each.check: each.outcome for each in rows if each.outcome != "pass"}
    assert found == told
    for row in rows:
        assert row.outcome != "fail" or all(each in (row.file + row.words) for each in names)


SECONDS = {
    "min_length_s": -1,
    "max_length_s": 1,
    "max_head_s": 1,
    "max_tail_s": 1,
}
"""Limits of time, and on which side of them a file is wrong."""


def test_every_limit_of_time_of_the_profiles_that_come_along_is_held(tmp_path: Path) -> None:
    _file(tmp_path / "in", _song())
    facts = facts_of(tmp_path / "in" / NAME)
    held = set()
    for profile in map(load_profile, shipped_profiles()):
        for limit in SECONDS.keys() & profile.limits.keys():
            for beyond_s, outcome in ((0.0, "pass"), (0.01 * SECONDS[limit], "fail")):
                rows = checks_of(
                    NAME, _timed(facts, limit, profile.limits[limit] + beyond_s), profile
                )
                assert {each.check: each.outcome for each in rows}[limit] == outcome
            held.add((profile.name, limit))
    assert held == {
        ("cd", "min_length_s"),
        ("cd", "max_length_s"),
        ("streaming", "min_length_s"),
        ("streaming", "max_head_s"),
        ("streaming", "max_tail_s"),
        ("music_library", "max_head_s"),
        ("music_library", "max_tail_s"),
    }


def _timed(facts: FileFacts, limit: str, seconds: float) -> FileFacts:
    """A file with so long a head or tail, or so long itself."""
    if "length" in limit:
        return replace(facts, header=replace(facts.header, frames=round(seconds * RATE_HZ)))
    return replace(facts, **{limit.removeprefix("max_"): seconds})


def test_once_dithered_silence_is_not_told_as_dithered_twice(tmp_path: Path, label) -> None:
    _file(tmp_path / "in", _quiet_end(_song()))
    facts = facts_of(tmp_path / "in" / NAME)
    assert facts.quietest_lsb2 == pytest.approx(0.25, abs=0.05)
    found = {each.check: each.outcome for each in checks_of(NAME, facts, label)}
    assert found["double_dither"] == "pass"


def test_sides_that_cancel_each_other_leave_nothing_in_mono(tmp_path: Path, label: Profile) -> None:
    side = _song()[0]
    _file(tmp_path / "in", np.stack([side, -side]))
    facts = facts_of(tmp_path / "in" / NAME)
    assert facts.mono_loss_lu == np.inf
    rows = {each.check: each for each in checks_of(NAME, facts, label)}
    assert (rows["mono_fold_down"].outcome, rows["mono_fold_down"].found) == (
        "fail",
        "silence",
    )
    leaky = replace(facts, mono_loss_lu=30.0)  # as an encoder leaves it
    rows = {each.check: each for each in checks_of(NAME, leaky, label)}
    assert (rows["mono_fold_down"].outcome, rows["mono_fold_down"].found) == ("fail", 30.0)


@pytest.mark.parametrize(
    ("most", "shape", "plateaus"),
    [(1.41, np.asarray, False), (1.0, lambda row: np.clip(2 * row, -1, 1), True)],
)
def test_floats_over_full_scale_are_plateaus_only_where_they_were_cut(
    tmp_path: Path, most: float, shape: Callable[[Block], Block], plateaus: bool
) -> None:
    sine = most * np.sin(2 * np.pi * 100 * np.arange(RATE_HZ) / RATE_HZ)
    _file(tmp_path / "in", np.stack([shape(sine)] * 2), subtype="float32")
    facts = facts_of(tmp_path / "in" / NAME)
    assert facts.measures.sample_peak_dbfs >= 0.0
    assert (facts.clipped_runs > 0) == plateaus


def test_the_sharpest_s_is_told_with_its_time(tmp_path: Path) -> None:
    time = np.arange(3 * RATE_HZ) / RATE_HZ
    sharp = np.sin(2 * np.pi * 7000 * time) * (np.abs(time - 1.5) < 0.05)
    voice = 0.1 * np.sin(2 * np.pi * 1000 * time)
    _file(tmp_path / "in", np.stack([voice + 0.3 * sharp] * 2))
    facts = facts_of(tmp_path / "in" / NAME)
    assert facts.sibilance_db == pytest.approx(20 * np.log10(3.0), abs=0.3)
    rows = {each.check: each for each in checks_of(NAME, facts, load_profile("vinyl"))}
    assert rows["max_sibilance_db"].outcome == "warn"
    assert rows["max_sibilance_db"].words.startswith("the loudest is at 0:01.4")


def test_facts_do_not_depend_on_how_a_file_is_read(tmp_path: Path) -> None:
    from bridge.audio import probe, read_blocks
    from bridge.delivering.files import facts_of_blocks

    _file(tmp_path / "in", _clipped(_song()))
    path = tmp_path / "in" / NAME
    whole, cut = (
        facts_of_blocks(read_blocks(path, frames), probe(path)) for frames in (1 << 20, 997)
    )
    assert whole.clipped_runs == cut.clipped_runs > 0
    assert whole.head_s == cut.head_s
    assert whole.sibilance_at_s == cut.sibilance_at_s
    assert whole.sibilance_db == pytest.approx(cut.sibilance_db, abs=1e-9)
    assert whole.side_below_150_hz_db == pytest.approx(cut.side_below_150_hz_db, abs=1e-9)
    assert whole.mono_loss_lu == cut.mono_loss_lu


def test_a_recipient_of_plain_files_is_told_of_those_that_are_not(tmp_path: Path) -> None:
    plain = parse_profile(PROFILE + "before_audio = true\n", "label.toml")
    _file(tmp_path / "in", _song(), tags=SongMetadata())
    path = tmp_path / "in" / NAME

    def told() -> dict[str, str]:
        rows = audit(tmp_path / "in", [plain]).checks
        return {each.check: each.outcome for each in rows if each.check.startswith(("wave", "beh"))}

    assert told() == {"wave_format": "pass", "behind_audio": "pass"}
    write_tags(path, TAGS, options=TagOptions(before_audio=True))
    assert told() == {"wave_format": "pass", "behind_audio": "pass"}
    write_tags(path, TAGS, options=TagOptions(before_audio=False))
    assert told() == {"wave_format": "pass", "behind_audio": "fail"}
    path.unlink()
    soundfile.write(path, _song().T, RATE_HZ, "PCM_24", format="WAVEX")
    assert told()["wave_format"] == "fail"
    path.write_bytes(path.read_bytes() + bytes(10))
    assert told() == {"wave": "fail"}
