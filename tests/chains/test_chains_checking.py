"""Chains made in code are held to what files are held to, and told the same."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chains import (
    Chain,
    ChainError,
    Eq,
    Fault,
    Gain,
    Group,
    Insert,
    Plugin,
    Return,
    Target,
    Version,
    check,
    dumps,
    loads,
)

VOCALS = Group("vocals", ("vox*",), inserts=(Insert("trim", Gain(gain_db=-1.0)),))
CHAIN = Chain("Song", groups=(VOCALS,))
TEXT = """\
schema = 1
name = "Song"
[[group]]
id = "vocals"
stems = ["vox*"]
[[group.insert]]
use = "gain"
id = "trim"
gain_db = -1.0
"""


def faults_of(chain: Chain) -> list[tuple[str, str]]:
    """Kind and path of what is wrong, told alike by everything a chain goes into."""
    with pytest.raises(ChainError) as checked:
        check(chain)
    with pytest.raises(ChainError) as written:
        dumps(chain)
    assert written.value.faults == checked.value.faults
    assert all(fault.where.file is None for fault in checked.value.faults)
    return [(fault.kind, fault.where.path) for fault in checked.value.faults]


def with_group(**changes: Any) -> Chain:
    return replace(CHAIN, groups=(replace(VOCALS, **changes),))


def with_insert(**changes: Any) -> Chain:
    return with_group(inserts=(replace(VOCALS.inserts[0], **changes),))


def unchecked(**settings: Any) -> Chain:
    return with_insert(settings=Gain.model_construct(None, **settings))


@pytest.mark.parametrize(
    ("chain", "kind", "path"),
    [
        (with_insert(mix=5.0), "out_of_range", "group[0].insert[0].mix"),
        (with_insert(mix=nan), "out_of_range", "group[0].insert[0].mix"),
        (with_insert(mix=True), "wrong_type", "group[0].insert[0].mix"),
        (with_insert(on="top"), "unknown_value", "group[0].insert[0].on"),
        (with_insert(bypass=1), "wrong_type", "group[0].insert[0].bypass"),
        (with_insert(id="no good"), "bad_id", "group[0].insert[0].id"),
        (with_insert(settings=None), "unknown_use", "group[0].insert[0].use"),
        (unchecked(gain_db=nan), "out_of_range", "group[0].insert[0].gain_db"),
        (unchecked(gain_db=600.0), "out_of_range", "group[0].insert[0].gain_db"),
        (unchecked(gain_db=None), "wrong_type", "group[0].insert[0].gain_db"),
        (unchecked(gain_db=10**400), "wrong_type", "group[0].insert[0].gain_db"),
        (with_group(id="a/../b"), "bad_id", "group[0].id"),
        (with_group(id="master"), "reserved_id", "group[0].id"),
        (with_group(id=7), "wrong_type", "group[0].id"),
        (with_group(gain_db=nan), "out_of_range", "group[0].gain_db"),
        (with_group(gain_db=inf), "out_of_range", "group[0].gain_db"),
        (with_group(trim_db=None), "wrong_type", "group[0].trim_db"),
        (with_group(stems=()), "wrong_length", "group[0].stems"),
        (with_group(stems="vox*"), "wrong_type", "group[0].stems"),
        (with_group(stems=("role:tuba",)), "bad_selector", "group[0].stems[0]"),
        (with_group(stems=("x" * 400,)), "file_too_large", ""),
        (with_group(sends=(("plate", -6.0),)), "unknown_return", "group[0].sends.plate"),
        (with_group(sends=(-6.0,)), "wrong_type", "group[0].sends"),
        (with_group(sends=((1, -6.0),)), "wrong_type", "group[0].sends"),
        (with_group(inserts=VOCALS.inserts * 2), "duplicate_id", "group[0].insert[1].id"),
        (replace(CHAIN, groups=(VOCALS, VOCALS)), "duplicate_id", "group[1].id"),
        (replace(CHAIN, groups=()), "wrong_length", "group"),
        (replace(CHAIN, groups=(None,)), "wrong_type", "group[0]"),  # type: ignore[arg-type]
        (replace(CHAIN, groups=7), "wrong_type", "group"),  # type: ignore[arg-type]
        (replace(CHAIN, name="\udc80"), "bad_text", "name"),
        (replace(CHAIN, path="song.toml"), "wrong_type", "path"),  # type: ignore[arg-type]
        (replace(CHAIN, target=Target(0.0)), "out_of_range", "target.integrated_lufs"),
        (replace(CHAIN, target=Target(drive_at="x")), "unknown_insert", "target.drive_at"),
        (replace(CHAIN, versions=(Version("main"),)), "reserved_id", "version[0].id"),
        (
            replace(CHAIN, versions=(Version("tv", ("vocals",), ("vocals",)),)),
            "mute_and_only",
            "version[0].only",
        ),
        (
            replace(CHAIN, versions=(Version("tv", ("vocal",)),)),
            "unknown_group",
            "version[0].mute[0]",
        ),
        ("chain.toml", "wrong_type", "chain"),
    ],
)
def test_what_no_file_may_say_no_chain_may_hold(chain: Chain, kind: str, path: str) -> None:
    assert (kind, path) in faults_of(chain)


def test_a_send_given_twice_is_told_where_a_table_would_keep_one_of_them() -> None:
    group = replace(VOCALS, sends=(("plate", -6.0), ("plate", -3.0)))
    chain = replace(CHAIN, groups=(group,), returns=(Return("plate"),))
    assert faults_of(chain) == [("duplicate_id", "group[0].sends.plate")]


def test_settings_that_hold_themselves_are_told() -> None:
    params: dict[str, Any] = {}
    params["self"] = params
    settings = Plugin.model_construct(None, plugin="X", params=params)
    assert faults_of(with_insert(settings=settings)) == [("wrong_type", "chain")]


def test_all_faults_come_at_once_in_the_words_of_files() -> None:
    built = replace(with_insert(mix=5.0), versions=(Version("tv", ("vocal",)),))
    text = (
        TEXT.replace("gain_db", "mix = 5.0\ngain_db") + '[[version]]\nid = "tv"\nmute = ["vocal"]'
    )
    with pytest.raises(ChainError) as of_file:
        loads(text)
    with pytest.raises(ChainError) as of_code:
        check(built)

    def words(fault: Fault) -> tuple[str, ...]:
        return (
            fault.kind,
            fault.message,
            fault.where.path,
            str(fault.expected),
            str(fault.nearest),
        )

    assert {words(each) for each in of_code.value.faults} == {
        words(each) for each in of_file.value.faults
    }
    assert len(of_code.value.faults) == 2


def test_what_is_right_is_returned_as_its_file_would_give_it() -> None:
    assert repr(check(CHAIN)) == repr(loads(TEXT))
    assert check(CHAIN).groups[0].inserts[0].where.path == "group[0].insert[0]"


def test_lists_whole_numbers_and_numbers_of_arrays_become_what_a_file_gives() -> None:
    group = replace(VOCALS, stems=["vox*"], gain_db=-2, trim_db=np.float64(1.5))  # type: ignore[arg-type]
    checked = check(replace(CHAIN, groups=[group])).groups[0]  # type: ignore[arg-type]
    assert (checked.stems, repr(checked.gain_db), repr(checked.trim_db)) == (
        ("vox*",),
        "-2.0",
        "1.5",
    )


def test_a_chain_of_a_file_stays_itself_and_a_changed_one_keeps_its_places() -> None:
    read = loads(TEXT, Path("song.toml"))
    assert check(read) is read
    louder = replace(read, groups=(replace(read.groups[0], gain_db=3.0),))
    assert check(louder) is louder
    assert check(louder).groups[0].where.line == 3


def test_notes_are_those_of_a_file() -> None:
    settings = Plugin(plugin="/plugins/X.vst3")
    assert [note.code for note in check(with_insert(settings=settings)).notes] == ["absolute_path"]


def test_bands_that_were_made_without_a_check_are_checked() -> None:
    bells = [{"shape": "bell", "hz": 1e9, "gain_db": 1.0}]
    settings = Eq.model_construct(None, bands=bells)
    assert faults_of(with_insert(settings=settings)) == [
        ("out_of_range", "group[0].insert[0].bands[0].hz")
    ]
