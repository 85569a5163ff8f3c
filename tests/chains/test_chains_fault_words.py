"""What faults say: what was found, what was expected, all of it told at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chains import USES, ChainError, Fault, Plugin, loads
from stemwright.words import nearest

Faults = Callable[[str], tuple[Fault, ...]]
BASE = (Path(__file__).parents[1] / "fixtures/chains/base.toml").read_text("utf-8")


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
    faults: Faults, old: str, new: str, expected: str
) -> None:
    (fault,) = faults(BASE.replace(old, new, 1))
    assert fault.expected == expected


def test_the_message_says_what_was_found(faults: Faults) -> None:
    (fault,) = faults(BASE.replace("ratio = 2.0", "ratio = 0.5"))
    assert str(fault) == (
        "song.toml:14 group[0].insert[0].ratio: ratio is 0.5; expected a number from 1 to 100"
    )


def test_faults_of_every_sort_are_told_together_in_file_order(faults: Faults) -> None:
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


def test_every_circle_of_keys_is_told_once(faults: Faults) -> None:
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


def test_a_syntax_fault_shows_the_line(faults: Faults) -> None:
    (fault,) = faults(BASE.replace("ratio = 2.0", "ratio 2.0"))
    assert fault.message == (
        "not TOML, column 9: expected '=' after a key in a key/value pair: ratio 2.0"
    )


def test_a_fault_as_json_has_the_keys_scripts_rely_on(faults: Faults) -> None:
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


EVERYTHING = """nam = "x"
[group]
id = "vocals"
stems = ["*"]
  [[group.insert]]
  use = "Nope"
  ratio = 900
  mix = 7
  frob = 1
  [[group.insert]]
  use = "compresser"
  ratio = 900
  tratio = 2
  [[group.insert]]
  use = "eq"
  bands = [{ hz = 5, gain_db = 99 }, { shape = "pell", hz = 1000 }]
  [[group.insert]]
  use = "dynamic_eq"
  bands = [{ hz = 1000, threshold_db = 9 }]
  [[group.insert]]
  use = "multiband"
  crossovers_hz = [2000, 100]
  bands = [{ ratio = 0 }, {}]
[[master.insert]]
use = "limitr"
ceiling_dbtp = 4
"""


def test_no_fault_hides_another(faults: Faults) -> None:
    """A wrong `use`, a missing `shape`, single brackets, no schema: all else is told beside it."""
    told = [(fault.where.line, fault.kind, fault.nearest) for fault in faults(EVERYTHING)]
    assert told == [
        (1, "unknown_key", "name"),
        (1, "missing_key", None),  # schema
        (2, "wrong_type", None),  # [group]
        (6, "unknown_use", None),
        (7, "out_of_range", None),
        (8, "out_of_range", None),
        (9, "unknown_key", None),
        (11, "unknown_use", "compressor"),
        (12, "out_of_range", None),
        (13, "unknown_key", "ratio"),
        (16, "out_of_range", None),
        (16, "out_of_range", None),
        (16, "missing_key", None),  # shape
        (16, "unknown_value", "bell"),
        (19, "one_direction", None),
        (19, "out_of_range", None),
        (20, "crossovers", None),
        (20, "crossovers", None),
        (23, "out_of_range", None),
        (25, "unknown_use", "limiter"),
        (26, "out_of_range", None),
    ]


PLUGINS = """\
schema = 1
[engine]
host = "pedalboard"
buffer_size = 3
[[group]]
id = "a"
stems = ["*"]
insert = [
  { use = "eqq" },
  { use = "plugn", plugin = "One", mix = 4, params = { A = "1", B = [] } },
  { use = "plugin", plugin = "Two", state = "gone.vstpreset" },
  { use = "plugin", plugin = 2 },
  { use = "plugin", plugin = "Three", bypass = "yes" },
]
[[group]]
id = "A"
stems = ["b"]
insert = [{ use = "plugin", plugin = "Four" }]
"""


def test_the_plugins_of_a_faulty_chain_can_be_asked_without_what_is_faulty(tmp_path: Path) -> None:
    with pytest.raises(ChainError) as caught:
        loads(PLUGINS, tmp_path / "chain.toml")
    assert [fault.where.path for fault in caught.value.faults if fault.kind == "missing_key"] == []
    chain = caught.value.readable
    assert chain is not None
    assert (chain.engine.host, chain.engine.buffer_size) == ("pedalboard", None)
    (one,), (four,) = (group.inserts for group in chain.groups)
    assert [group.id for group in chain.groups] == ["a", "group[1]"]
    assert (one.settings, one.mix, one.where.line) == (
        Plugin(plugin="One", params={"A": "1"}),
        1.0,
        10,
    )
    assert four.settings == Plugin(plugin="Four")
    with pytest.raises(ChainError) as caught:
        loads("schema = ")
    assert caught.value.readable is None


def test_a_table_that_nothing_fits_is_told_once(faults: Faults) -> None:
    text = 'schema = 1\n[[group]]\nid = "a"\nstems = ["*"]\ninsert = [{ }, { use = [] }, 3]\n'
    assert [(fault.kind, fault.where.path) for fault in faults(text)] == [
        ("missing_key", "group[0].insert[0].use"),
        ("unknown_use", "group[0].insert[1].use"),
        ("wrong_type", "group[0].insert[2]"),
    ]
    (one,) = faults("schema = 1\ngroup = [3]\n")
    assert one.where.path == "group[0]"


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("compresor", "compressor"),
        ("comp", "compressor"),
        ("Dynamic EQ", "dynamic_eq"),
        ("gtae", "gate"),
        ("Nope", None),
        ("gain stage", None),
        ("x", None),
        ("", None),
        ("q" * 100_000, None),
        (3, None),
    ],
)
def test_a_suggestion_is_near_or_there_is_none(word: object, near: str | None) -> None:
    assert nearest(word, (*USES, "Peaks ON")) == near
