"""What a right chain is noted for, and where each of its parts stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from chains import loads

BASE = (Path(__file__).parents[1] / "fixtures/chains/base.toml").read_text("utf-8")


def test_more_than_eight_groups_are_noted() -> None:
    row = '[[group]]\nid = "g{0}"\nstems = ["{0}"]\n'
    text = "schema = 1\n" + "".join(row.format(i) for i in range(9))
    assert loads(text.rpartition("[[group]]")[0]).notes == ()
    (note,) = loads(text).notes
    assert (note.code, note.where.line, note.where.path) == ("many_groups", 26, "group[8]")


@pytest.mark.parametrize("path", ["/opt/x.vst3", "C:\\VST3\\x.vst3", "\\\\nas\\x.vst3"])
def test_absolute_paths_are_noted(path: str) -> None:
    (note,) = loads(BASE.replace('"Pro-Q 3"', f"'{path}'")).notes
    assert (note.code, note.where.path) == ("absolute_path", "group[1].insert[1].plugin")


def test_a_version_like_the_main_one_is_noted() -> None:
    (note,) = loads(BASE.replace('mute = ["vocals"]\n', "")).notes
    assert (note.code, note.where.line) == ("version_like_main", 52)


def test_every_part_knows_its_place() -> None:
    chain = loads(BASE, Path("song.toml"))
    parts = [
        *chain.groups,
        *chain.returns,
        *chain.versions,
        *chain.master,
        *chain.groups[0].inserts,
        *chain.returns[0].inserts,
        chain.target,
        chain.engine,
    ]
    assert [str(part.where) for part in parts if part] == [
        "song.toml:7 group[0]",
        "song.toml:23 group[1]",
        "song.toml:34 group[2]",
        "song.toml:38 return[0]",
        "song.toml:52 version[0]",
        "song.toml:44 master.insert[0]",
        "song.toml:11 group[0].insert[0]",
        "song.toml:15 group[0].insert[1]",
        "song.toml:40 return[0].insert[0]",
        "song.toml:48 target",
        "song.toml:3 engine",
    ]


def test_deeper_places_are_asked_of_the_chain() -> None:
    chain = loads(BASE, Path("song.toml"))
    plugin = chain.groups[1].inserts[1]
    assert str(chain.locate(*plugin.where.at, "plugin")) == "song.toml:31 group[1].insert[1].plugin"
    place = chain.locate(*plugin.where.at, "params", "Output Level")
    assert str(place) == 'song.toml:32 group[1].insert[1].params."Output Level"'
    assert chain.locate("group", 0, "stems", 1).line == 9
    assert chain.locate(*plugin.where.at, "state").line == 29  # not written: its insert's line
    assert chain.locate("nowhere").line == 1


def test_default_ids_count_past_those_given_by_hand() -> None:
    insert = '[[master.insert]]\nuse = "gain"\n'
    text = BASE.replace(
        "[target]", insert + insert + insert + 'id = "gain-2"\n' + insert + "[target]"
    )
    ids = [row.id for row in loads(text).master]
    assert ids == ["last", "gain", "gain-3", "gain-2", "gain-4"]


def test_bare_numbers_of_parameters_are_kept_as_text() -> None:
    text = BASE.replace('"-1.0 dB"', '-18, Mix = 0.5, Mode = "Warm"')
    settings = loads(text).groups[1].inserts[1].settings
    assert settings.params == {"Output Level": "-18", "Mix": "0.5", "Mode": "Warm"}  # type: ignore[union-attr]  # a plugin
