"""Every fault a chain file can have: its kind, line, path and nearest word."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from chains import Fault, loads
from chains.faults import KINDS
from stemwright.problems import InputError

Faults = Callable[[str], tuple[Fault, ...]]
BASE = (Path(__file__).parents[1] / "fixtures/chains/base.toml").read_text("utf-8")


class Row(NamedTuple):
    old: str
    new: str
    kind: str
    line: int
    path: str
    nearest: str | None = None


LONG = f"[[version]]\nid = '{'v' * 58}'\nstems = 'mastered'"
TAKEN = "[[version]]\nid = 'Instrumental-drums'\nonly = ['drums']"

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
    Row(
        "mute = [",
        "gain_db = { drms = 1 }\nmute = [",
        "unknown_group",
        54,
        "version[0].gain_db.drms",
        "drums",
    ),
    Row(
        "mute = [",
        "gain_db = { drums = 61 }\nmute = [",
        "out_of_range",
        54,
        "version[0].gain_db.drums",
    ),
    Row("mute = [", "limiter = 0\nmute = [", "wrong_type", 54, "version[0].limiter"),
    Row(
        "mute = [",
        'stems = "mastred"\nmute = [',
        "unknown_value",
        54,
        "version[0].stems",
        "mastered",
    ),
    Row("mute = [", 'stems = "mastered"\nmute = [', "mute_and_only", 54, "version[0].stems"),
    Row('mute = ["vocals"]', f'stems = "mastered"\n{LONG}', "bad_id", 56, "version[1].id"),
    Row('mute = ["vocals"]', f'stems = "mastered"\n{TAKEN}', "duplicate_id", 56, "version[1].id"),
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
    Row(
        'mute = ["vocals"]',
        'mute = ["role:drum"]',
        "bad_selector",
        54,
        "version[0].mute[0]",
        "role:drums",
    ),
    Row('mute = ["vocals"]', 'mute = ["stem: "]', "bad_selector", 54, "version[0].mute[0]"),
    Row('mute = ["vocals"]', 'mute = ["name:x"]', "unknown_group", 54, "version[0].mute[0]"),
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


def test_the_base_of_the_table_is_right() -> None:
    chain = loads(BASE, Path("song.toml"))
    assert chain.notes == ()
    assert [insert.id for insert in chain.groups[0].inserts] == ["comp", "eq"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind}-{row.new[:20]!r}")
def test_fault(faults: Faults, row: Row) -> None:
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


def test_every_kind_has_a_test() -> None:
    """The table's rows, and the kinds of the tests of files and of bounds."""
    others = [Path(__file__).with_name(f"test_chains_{name}.py") for name in ("files", "bounds")]
    files = "".join(each.read_text("utf-8") for each in others)
    told = set(re.findall(r'kind(?:, fault\.\S+\) == \(| == )"(\w+)"', files))
    told |= {"file_missing", "file_not_utf8"}
    assert {row.kind for row in ROWS} | told == set(KINDS)


def test_a_chain_with_faults_is_an_input_error_whose_problems_are_its_faults() -> None:
    with pytest.raises(InputError) as caught:
        loads(BASE.replace('use = "reverb"', 'use = "revreb"'))
    (problem,) = caught.value.problems
    assert problem.kind == "unknown_use"
    assert problem.nearest == "reverb"
    assert set(problem.where) == {"line", "path"}
    assert caught.value.exit_code == 2
