"""Every fault a chain file can have: its kind, line, path and nearest word, all told at once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from chains import ChainError, Fault, load, loads
from chains.errors import KINDS
from chains.toml import MAX_BYTES
from chains.upgrade import upgraded
from chains.where import Source

BASE = """\
schema = 1
name = "Base"
[engine]
host = "dawdreamer"
buffer_size = 512

[[group]]
id = "vocals"
stems = ["role:lead", "*vox*"]
sends = { plate = -18.0 }
  [[group.insert]]
  id = "comp"
  use = "compressor"
  ratio = 2.0
  [[group.insert]]
  use = "eq"
  bands = [
    { shape = "bell", hz = 1000, gain_db = 1 },
    # a comment
    { shape = "high_pass", hz = 30, slope_db_per_octave = 12 },
  ]

[[group]]
id = "drums"
stems = ["role:drums"]
  [[group.insert]]
  use = "compressor"
  key = "vocals"
  [[group.insert]]
  use = "plugin"
  plugin = "Pro-Q 3"
  params = { "Output Level" = "-1.0 dB" }

[[group]]
id = "music"
stems = ["*"]

[[return]]
id = "plate"
  [[return.insert]]
  use = "reverb"

[master]
  [[master.insert]]
  id = "last"
  use = "limiter"

[target]
integrated_lufs = -10.0
drive_at = "last"

[[version]]
id = "instrumental"
mute = ["vocals"]
"""


class Row(NamedTuple):
    old: str
    new: str
    kind: str
    line: int
    path: str
    nearest: str | None = None


ROWS = [
    # types, ranges, keys
    Row("ratio = 2.0", "ratio = 0.5", "out_of_range", 14, "group[0].insert[0].ratio"),
    Row("ratio = 2.0", "ratio = nan", "out_of_range", 14, "group[0].insert[0].ratio"),
    Row("ratio = 2.0", 'ratio = "2"', "wrong_type", 14, "group[0].insert[0].ratio"),
    Row("ratio = 2.0", "ratio = true", "wrong_type", 14, "group[0].insert[0].ratio"),
    Row("ratio = 2.0", "ratoi = 2.0", "unknown_key", 14, "group[0].insert[0].ratoi", "ratio"),
    Row("[target]", "[taregt]", "unknown_key", 48, "taregt", "target"),
    Row('name = "Base"', "name = 1979-05-27", "wrong_type", 2, "name"),
    Row("hz = 1000", "hz = 5", "out_of_range", 18, "group[0].insert[1].bands[0].hz"),
    Row(
        "slope_db_per_octave = 12",
        "slope_db_per_octave = 15",
        "unknown_value",
        20,
        "group[0].insert[1].bands[1].slope_db_per_octave",
    ),
    Row(
        '"high_pass"',
        '"hi_pass"',
        "unknown_value",
        20,
        "group[0].insert[1].bands[1].shape",
        "high_pass",
    ),
    Row(", gain_db = 1", "", "missing_key", 18, "group[0].insert[1].bands[0].gain_db"),
    Row('shape = "bell", ', "", "missing_key", 18, "group[0].insert[1].bands[0].shape"),
    Row('  use = "reverb"\n', "", "missing_key", 40, "return[0].insert[0].use"),
    Row('use = "reverb"', 'use = "revreb"', "unknown_use", 41, "return[0].insert[0].use", "reverb"),
    Row('use = "reverb"', "use = 3", "unknown_use", 41, "return[0].insert[0].use"),
    Row('id = "drums"\n', "", "missing_key", 23, "group[1].id"),
    Row('stems = ["role:drums"]', "stems = []", "wrong_length", 25, "group[1].stems"),
    Row('stems = ["role:drums"]', 'stems = "drums"', "wrong_type", 25, "group[1].stems"),
    Row("mute = [", "only = []\n#", "wrong_length", 54, "version[0].only"),
    # enumerations and engine
    Row('"dawdreamer"', '"dawdremer"', "unknown_value", 4, "engine.host", "dawdreamer"),
    Row("buffer_size = 512", "buffer_size = 8193", "out_of_range", 5, "engine.buffer_size"),
    Row("buffer_size = 512", "buffer_size = 512.0", "wrong_type", 5, "engine.buffer_size"),
    Row("buffer_size = 512", "sample_rate_hz = 48001", "unknown_value", 5, "engine.sample_rate_hz"),
    Row(
        'id = "last"',
        'id = "last"\non = "sides"',
        "unknown_value",
        46,
        "master.insert[0].on",
        "side",
    ),
    Row('id = "last"', 'id = "last"\nmix = 1.5', "out_of_range", 46, "master.insert[0].mix"),
    Row(
        "mute = [",
        'dynamics = "mian"\nmute = [',
        "unknown_value",
        54,
        "version[0].dynamics",
        "main",
    ),
    # target
    Row("= -10.0", "= -4.9", "out_of_range", 49, "target.integrated_lufs"),
    Row("= -10.0", "= -14\ntrue_peak_dbtp = 0.1", "out_of_range", 50, "target.true_peak_dbtp"),
    Row('drive_at = "last"', 'drive_at = "lsat"', "unknown_insert", 50, "target.drive_at", "last"),
    # ids
    Row('id = "drums"', 'id = "dr ums"', "bad_id", 24, "group[1].id"),
    Row('id = "drums"', f'id = "{"d" * 65}"', "bad_id", 24, "group[1].id"),
    Row('id = "drums"', 'id = "music"', "duplicate_id", 35, "group[2].id"),
    Row('id = "drums"', 'id = "MUSIC"', "duplicate_id", 35, "group[2].id"),
    Row('id = "drums"', 'id = "plate"', "duplicate_id", 39, "return[0].id"),
    Row('use = "eq"', 'use = "eq"\nid = "comp"', "duplicate_id", 17, "group[0].insert[1].id"),
    Row(
        'mute = ["vocals"]', "[[version]]\nid = 'Instrumental'", "duplicate_id", 55, "version[1].id"
    ),
    Row('id = "drums"', 'id = "master"', "reserved_id", 24, "group[1].id"),
    Row('id = "drums"', 'id = "sum"', "reserved_id", 24, "group[1].id"),
    Row('id = "drums"', 'id = "Finish"', "reserved_id", 24, "group[1].id"),
    Row('id = "instrumental"', 'id = "main"', "reserved_id", 53, "version[0].id"),
    Row('id = "instrumental"', 'id = "COM1"', "reserved_id", 53, "version[0].id"),
    # links
    Row("plate = -18.0", "plat = -18.0", "unknown_return", 10, "group[0].sends.plat", "plate"),
    Row("plate = -18.0", '"a b" = -18.0', "unknown_return", 10, 'group[0].sends."a b"'),
    Row("plate = -18.0", "plate = -121", "out_of_range", 10, "group[0].sends.plate"),
    Row('key = "vocals"', 'key = "vocal"', "unknown_group", 28, "group[1].insert[0].key", "vocals"),
    Row('key = "vocals"', 'key = "drums"', "key_self", 28, "group[1].insert[0].key"),
    Row("ratio = 2.0", 'key = "drums"', "key_cycle", 14, "group[0].insert[0].key"),
    Row(
        'mute = ["vocals"]', 'mute = ["vocls"]', "unknown_group", 54, "version[0].mute[0]", "vocals"
    ),
    Row(
        'mute = ["vocals"]',
        'only = [\n"vocal"]',
        "unknown_group",
        55,
        "version[0].only[0]",
        "vocals",
    ),
    Row(
        'mute = ["vocals"]',
        'mute=["vocals"]\nonly=["drums"]',
        "mute_and_only",
        55,
        "version[0].only",
    ),
    # selectors
    Row('"role:drums"', '"role:drum"', "bad_selector", 25, "group[1].stems[0]", "role:drums"),
    Row('"role:drums"', '"role:drums",\n\n" "', "bad_selector", 27, "group[1].stems[1]"),
    Row('"role:drums"', '"*"', "several_rests", 36, "group[2].stems"),
    Row('"role:drums"', '"a", "*"', "star_not_alone", 25, "group[1].stems[1]"),
    # settings that must agree
    Row(
        'use = "reverb"',
        'use = "multiband"\ncrossovers_hz=[200]\nbands=[{}]',
        "wrong_length",
        43,
        "return[0].insert[0].bands",
    ),
    Row(
        'use = "reverb"',
        'use = "multiband"\ncrossovers_hz=[200]\nbands=[{},{},{}]',
        "crossovers",
        40,
        "return[0].insert[0]",
    ),
    Row(
        'use = "reverb"',
        'use = "multiband"\ncrossovers_hz=[200,90]\nbands=[{},{},{}]',
        "crossovers",
        40,
        "return[0].insert[0]",
    ),
    Row(
        'use = "reverb"',
        'use = "dynamic_eq"\nbands=[{hz=90,threshold_db=-9}]',
        "one_direction",
        42,
        "return[0].insert[0].bands[0]",
    ),
    # plugins
    Row('"Pro-Q 3"', '""', "bad_text", 31, "group[1].insert[1].plugin"),
    Row('"Pro-Q 3"', "3", "wrong_type", 31, "group[1].insert[1].plugin"),
    Row(
        '"Pro-Q 3"',
        '{ nmae = "Pro-Q 3" }',
        "unknown_key",
        31,
        "group[1].insert[1].plugin.nmae",
        "name",
    ),
    Row(
        '"Pro-Q 3"',
        '{ name = "a", format = "VST" }',
        "unknown_value",
        31,
        "group[1].insert[1].plugin.format",
        "VST3",
    ),
    Row(
        '"Pro-Q 3"', '{ vendor = "FabFilter" }', "plugin_reference", 31, "group[1].insert[1].plugin"
    ),
    Row('"-1.0 dB"', "true", "wrong_type", 32, 'group[1].insert[1].params."Output Level"'),
    Row('"-1.0 dB"', "[1]", "wrong_type", 32, 'group[1].insert[1].params."Output Level"'),
    Row(
        '"Pro-Q 3"',
        '"x"\nlatency_samples = -1',
        "out_of_range",
        32,
        "group[1].insert[1].latency_samples",
    ),
    Row(
        '"Pro-Q 3"',
        '"x"\nstate = "/no/such.vstpreset"',
        "state_missing",
        32,
        "group[1].insert[1].state",
    ),
    # the schema's version
    Row("schema = 1\n", "", "missing_key", 1, "schema"),
    Row("schema = 1", "shcema = 1", "missing_key", 1, "schema", "shcema"),
    Row("schema = 1", 'schema = "1"', "wrong_type", 1, "schema"),
    Row("schema = 1", "schema = true", "wrong_type", 1, "schema"),
    Row("schema = 1", "schema = 2", "schema_newer", 1, "schema"),
    Row("schema = 1", "schema = 0", "schema_unknown", 1, "schema"),
    # the text itself
    Row("ratio = 2.0", "ratio 2.0", "toml_syntax", 14, ""),
    Row("ratio = 2.0", 'use = "eq"', "toml_syntax", 14, ""),
    Row(BASE, "", "file_empty", 1, ""),
    Row(BASE, "# nothing yet\n", "file_empty", 1, ""),
    Row(BASE, "a = " + "[" * 100_000, "toml_syntax", None, ""),  # type: ignore[arg-type]  # no line is known
]


def faults(text: str) -> tuple[Fault, ...]:
    with pytest.raises(ChainError) as caught:
        loads(text, Path("song.toml"))
    return caught.value.faults


def test_the_base_of_the_table_is_right() -> None:
    chain = loads(BASE, Path("song.toml"))
    assert chain.notes == ()
    assert [insert.id for insert in chain.groups[0].inserts] == ["comp", "eq"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.new[:20]!r}")
def test_fault(row: Row) -> None:
    assert row.old in BASE
    (fault,) = faults(BASE.replace(row.old, row.new, 1))
    assert (fault.kind, fault.where.line, fault.where.path, fault.nearest) == (
        row.kind,
        row.line,
        row.path,
        row.nearest,
    )
    assert fault.where.file == "song.toml"
    assert fault.expected
    assert fault.message


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("ratio = 2.0", "ratio = 0.5", "a number from 1 to 100"),
        ("ratio = 2.0", "attack_ms = 0", "a number from 0.05 to 500 ms"),
        ("ratio = 2.0", "threshold_db = 3", "a number from -80 to 0 dB"),
        ("= -10.0", "= -4.9", "a number from -40 to -5 LUFS"),
        ("buffer_size = 512", "buffer_size = 1", "a whole number from 16 to 8192"),
        ('"dawdreamer"', '"x"', '"dawdreamer" or "pedalboard"'),
        (
            '"role:drums"',
            "",
            "a list of at least 1, each a glob such as drum*, or role: and a role",
        ),
        ('"Pro-Q 3"', "3", "a plugin's name or path"),
        ("hz = 1000", "hz = []", "a number from 10 to 40000 Hz"),
        (
            'id = "drums"',
            'id = "-"',
            "up to 64 letters a-z, digits, _ and -, not beginning with -",
        ),
    ],
)
def test_what_was_expected_is_said_in_the_fields_own_words(
    old: str, new: str, expected: str
) -> None:
    (fault,) = faults(BASE.replace(old, new, 1))
    assert fault.expected == expected


def test_the_message_says_what_was_found() -> None:
    (fault,) = faults(BASE.replace("ratio = 2.0", "ratio = 0.5"))
    assert str(fault) == (
        "song.toml:14 group[0].insert[0].ratio: ratio is 0.5; expected a number from 1 to 100"
    )


def test_faults_of_every_sort_are_told_together_in_file_order() -> None:
    broken = BASE
    for old, new in [
        ("ratio = 2.0", "ratio = 0.5"),
        ("hz = 1000", "hzz = 1000"),
        ('key = "vocals"', 'key = "vocal"'),
        ('"role:drums"', '"role:drum"'),
        ('use = "reverb"', 'use = "revreb"'),
        ('drive_at = "last"', 'drive_at = "first"'),
    ]:
        broken = broken.replace(old, new)
    assert [(fault.kind, fault.where.line) for fault in faults(broken)] == [
        ("out_of_range", 14),
        ("missing_key", 18),
        ("unknown_key", 18),
        ("bad_selector", 25),
        ("unknown_group", 28),
        ("unknown_use", 41),
        ("unknown_insert", 50),
    ]


def test_every_circle_of_keys_is_told_once() -> None:
    def row(name: str, key: str) -> str:
        return (
            f'[[group]]\nid = "{name}"\nstems = ["{name}"]\n'
            f'[[group.insert]]\nuse = "compressor"\nkey = "{key}"\n'
        )

    keys = {"out": "a", "a": "b", "b": "c", "c": "a", "x": "y", "y": "x"}
    found = faults("schema = 1\n" + "".join(row(name, key) for name, key in keys.items()))
    assert [fault.message for fault in found] == [
        "keys go in a circle: a listens to b listens to c listens to a",
        "keys go in a circle: x listens to y listens to x",
    ]


def test_a_syntax_fault_shows_the_line() -> None:
    (fault,) = faults(BASE.replace("ratio = 2.0", "ratio 2.0"))
    assert fault.message == (
        "not TOML, column 9: expected '=' after a key in a key/value pair: ratio 2.0"
    )


def test_a_fault_as_json_has_the_keys_scripts_rely_on() -> None:
    (fault,) = faults(BASE.replace("ratio = 2.0", "ratoi = 2.0"))
    assert fault.as_json() == {
        "kind": "unknown_key",
        "message": 'there is no key "ratoi" here',
        "where": {"file": "song.toml", "line": 14, "path": "group[0].insert[0].ratoi"},
        "expected": "one of use, threshold_db, ratio, attack_ms, release_ms, knee_db, makeup_db,"
        " sidechain_hz, key, id, on, mix, bypass",
        "nearest": "ratio",
        "hint": None,
    }


# Files


def of_file(path: Path) -> Fault:
    with pytest.raises(ChainError) as caught:
        load(path)
    (fault,) = caught.value.faults
    assert fault.where.file == str(path)
    return fault


def test_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "warm.toml").write_text(BASE)
    fault = of_file(tmp_path / "wram.toml")
    assert (fault.kind, fault.nearest) == ("file_missing", "warm.toml")
    assert of_file(tmp_path / "warm.toml" / "x.toml").kind == "file_missing"


def test_folder_binary_and_huge_files_are_refused(tmp_path: Path) -> None:
    assert of_file(tmp_path).kind == "file_is_folder"
    (tmp_path / "latin.toml").write_bytes(b'schema = 1\nname = "caf\xe9"\n')
    fault = of_file(tmp_path / "latin.toml")
    assert (fault.kind, fault.where.line) == ("file_not_utf8", 2)
    (tmp_path / "wide.toml").write_bytes(BASE.encode("utf-16"))
    assert of_file(tmp_path / "wide.toml").kind == "file_not_utf8"
    (tmp_path / "huge.toml").write_bytes(b"#" * (MAX_BYTES + 1))
    assert of_file(tmp_path / "huge.toml").kind == "file_too_large"
    (tmp_path / "empty.toml").touch()
    assert of_file(tmp_path / "empty.toml").kind == "file_empty"


def test_a_name_no_file_can_have_is_unreadable(tmp_path: Path) -> None:
    assert of_file(tmp_path / "a\0b.toml").kind == "file_unreadable"
    assert of_file(tmp_path / ("x" * 300)).kind == "file_unreadable"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permission bits")
def test_unreadable_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "locked.toml"
    path.write_text(BASE)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")
    assert of_file(path).kind == "file_unreadable"


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    path = tmp_path / "chain.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode())
    assert load(path) == loads(BASE)
    path.write_bytes(BASE.replace("ratio = 2.0", "ratio = 0").replace("\n", "\r\n").encode())
    assert of_file(path).where.line == 14


def test_states_are_looked_for_beside_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "chain.toml"
    path.write_text(BASE.replace('"Pro-Q 3"', "\"Pro-Q 3\"\nstate = 'states\\a.vstpreset'"))
    assert of_file(path).kind == "state_missing"
    (tmp_path / "states" / "a.vstpreset").mkdir(parents=True)
    assert of_file(path).kind == "state_missing"
    (tmp_path / "states" / "a.vstpreset").rmdir()
    (tmp_path / "states" / "a.vstpreset").touch()
    assert load(path).resolve("states\\a.vstpreset") == tmp_path / "states" / "a.vstpreset"


def test_without_a_file_relative_states_are_not_looked_for() -> None:
    text = BASE.replace('"Pro-Q 3"', '"Pro-Q 3"\nstate = "a.vstpreset"')
    assert loads(text).groups[1].inserts[1].settings.state == "a.vstpreset"  # type: ignore[union-attr]  # a plugin
    (fault,) = faults(text)
    assert fault.kind == "state_missing"


# Notes and places


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


# Kinds and schema versions


def test_every_kind_has_a_test() -> None:
    """The table's rows, and the kinds of the file tests above."""
    told = set(re.findall(r'kind(?:, fault\.\S+\) == \(| == )"(\w+)"', Path(__file__).read_text()))
    told |= {"file_missing", "file_not_utf8"}
    assert {row.kind for row in ROWS} | told == set(KINDS)


def test_older_schemas_are_upgraded_step_by_step() -> None:
    steps = {
        1: lambda data: {**data, "title": data["name"]},
        2: lambda data: {key: value for key, value in data.items() if key != "name"},
    }
    old = {"schema": 1, "name": "x"}
    assert upgraded(old, Source(), steps, current=3) == {"schema": 3, "title": "x"}
    assert old == {"schema": 1, "name": "x"}
    with pytest.raises(ChainError) as caught:
        upgraded({"schema": 0}, Source(), steps, current=3)
    assert caught.value.faults[0].kind == "schema_unknown"
