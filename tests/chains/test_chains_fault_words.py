"""What faults say: what was found, what was expected, all of it told at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chains import Fault

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
