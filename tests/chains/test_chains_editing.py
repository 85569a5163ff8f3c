"""What is changed in a TOML text stands where it belongs; nothing else of it changes."""

from __future__ import annotations

import tomllib
from collections.abc import Callable

import pytest

from chains import with_comment, with_row, with_value, without
from stemwright.problems import InputError

NASTY = """\
# head
schema = 1 # s
name = "f"

# the lead
[[group]]
id = "lead"    # gid
stems = [
    "a", # first
    "b"  # second
    # no more
]

  # about air
  [[group.insert]]
  id = "air"   # x
  use = "plugin"  # why
  plugin = "Zam" # dead
  params = { "A b" = "1 dB", c = "2" } # by hand

# the bass
[[group]]
id = "bass" # q
sends = {}
# gain_db = 1

# the master
[[master.insert]]
use = "limiter"

# the aim
[target]
x.y = 1 # dotted
z = 2
# the end"""
AIR = ("group", 0, "insert", 0)
BANDS = [{"shape": "bell", "hz": 1.5}, {"shape": "bell", "hz": 2.5}]


def stood_in(text: str) -> str:
    text = with_value(text, (*AIR, "bands"), BANDS)
    text = with_value(text, (*AIR, "use"), "eq")
    text = without(without(text, (*AIR, "plugin")), (*AIR, "params"))
    return with_comment(text, (*AIR, "use"), "stands in")


EDITS: dict[str, tuple[Callable[[str], str], str, str]] = {
    "a stand-in": (
        stood_in,
        """\
  use = "plugin"  # why
  plugin = "Zam" # dead
  params = { "A b" = "1 dB", c = "2" } # by hand
""",
        """\
  # stands in
  use = "eq"  # why
  # dead
  # by hand
  bands = [
      { shape = "bell", hz = 1.5 },
      { shape = "bell", hz = 2.5 },
  ]
""",
    ),
    "an insert more": (
        lambda text: with_row(text, ("group", 0, "insert"), {"id": "u", "use": "eq"}),
        "# by hand\n",
        '# by hand\n\n  [[group.insert]]\n  id = "u"\n  use = "eq"\n',
    ),
    "the first insert of a group": (
        lambda text: with_row(text, ("group", 1, "insert"), {"id": "u"}, ["frees"]),
        "# gain_db = 1\n",
        '# gain_db = 1\n\n  # frees\n  [[group.insert]]\n  id = "u"\n',
    ),
    "a key at the top": (
        lambda text: with_value(text, ("drive_db",), 5.5),
        'name = "f"\n',
        'name = "f"\ndrive_db = 5.5\n',
    ),
    "a table of a kind there is not": (
        lambda text: with_row(text, ("ride",), {"gain_db": 1.0}),
        "# the end",
        "# the end\n\n[[ride]]\ngain_db = 1.0",
    ),
    "a key of a table within braces": (
        lambda text: with_value(text, (*AIR, "params", "new one"), "3"),
        'c = "2" }',
        'c = "2", "new one" = "3" }',
    ),
    "a key of an empty table": (
        lambda text: with_value(text, ("group", 1, "sends", "plate"), -3.0),
        "{}",
        "{ plate = -3.0 }",
    ),
    "a key of a table that nothing said of yet": (
        lambda text: with_value(text, ("group", 1, "params", "deep"), 1),
        "sends = {}\n",
        "sends = {}\nparams = { deep = 1 }\n",
    ),
    "dotted keys": (
        lambda text: with_value(text, ("target", "x", "q"), 3),
        "# dotted\n",
        "# dotted\nx.q = 3\n",
    ),
    "a longer list over lines": (
        lambda text: with_value(text, ("group", 0, "stems"), ["a", "x", "c"]),
        '    "b"  # second\n',
        '    "x",  # second\n    "c"\n',
    ),
    "a shorter list over lines": (
        lambda text: with_value(text, ("group", 0, "stems"), ["a"]),
        '    "b"  # second\n',
        "    # second\n",
    ),
    "less within braces": (
        lambda text: without(text, (*AIR, "params", "A b")),
        '"A b" = "1 dB", ',
        "",
    ),
}


@pytest.mark.parametrize("ends", ["", "\n", "\r\n"], ids=["no end", "LF", "CRLF"])
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_stands_where_it_belongs_and_nothing_else_moves(edit: str, ends: str) -> None:
    change, was, now = EDITS[edit]
    assert NASTY.count(was) == 1
    before, after = NASTY + ends.lstrip("\r"), NASTY.replace(was, now) + ends.lstrip("\r")
    if ends == "\r\n":
        before, after = (each.replace("\n", ends) for each in (before, after))
    assert change(before) == after


def test_a_text_without_blank_lines_between_its_blocks_gets_none() -> None:
    text = '[[group]]\nid = "a"\n# of b\n[[group]]\nid = "b"\n'
    rows = with_row(with_row(text, ("group", 0, "insert"), {"id": "x"}), ("group",), {"id": "c"})
    assert rows == (
        '[[group]]\nid = "a"\n[[group.insert]]\nid = "x"\n# of b\n[[group]]\nid = "b"\n'
        '[[group]]\nid = "c"\n'
    )


def test_a_value_that_is_the_same_number_stays_as_it_is_written() -> None:
    text = "a = [{ hz = 100, q = 1.0 }, { hz = 2e2 }]\n"
    assert with_value(text, ("a",), [{"hz": 100.0, "q": 1.5}, {"hz": 200.0}]) == text.replace(
        "1.0", "1.5"
    )


def test_what_cannot_be_put_into_a_text_is_told_and_not_written_otherwise() -> None:
    with pytest.raises(InputError, match=r"laid out so that group\[0\]\.insert"):
        with_row('group = [{ id = "a" }]\n[x]\n', ("group", 0, "insert", 0, "bands"), {"hz": 1})


LAYOUTS = {
    "nothing": "a = 1 # end",
    "an insert alone": "a = 1\n[group.d.insert.x] # less\nmix = 1\n",
    "out of order": (
        '[group.d.insert.x]\nmix = 1\n[stem."q"]\ngain_db = 1\n'
        "[group.e]\ngain_db = 2 # keep\n[group.d]\nsends = {}\n"
    ),
    "dotted keys": "group.d.gain_db = 3 # c\nb = 2\n",
    "dotted keys apart": "group.d.gain_db = 3 # c\nb = 2\ngroup.e.sends = {}\n[target]\nx = 1\n",
    "inline tables": "group = { d = { gain_db = 1 } }\nb = 2\n",
    "rides behind": '[[ride]]\ngroup = "x"\ngain_db = 1\n',
    "mixed": "[group]\nd = { gain_db = 2 }\n[group.e]\ngain_db = 1\n",
    "in its place": "[group.d]\n# why\ngain_db = 1.5   # mine\n\n[target]\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_setting_is_put_where_it_belongs(layout: str) -> None:
    after = LAYOUTS[layout]
    wanted = tomllib.loads(after)
    for place, value in ((("group", "d"), -1.25), (("group", "new"), -2.5), (("stem", "a b"), 1.5)):
        after = with_value(after, (*place, "gain_db"), value)
        wanted.setdefault(place[0], {}).setdefault(place[1], {})["gain_db"] = value
    assert tomllib.loads(after) == wanted
    assert [after.count(each) for each in ("# less", "# keep", "# c", "# why", "# mine")] == [
        LAYOUTS[layout].count(each) for each in ("# less", "# keep", "# c", "# why", "# mine")
    ]


def test_a_comment_on_what_stands_within_brackets_is_over_their_line() -> None:
    text = "[a]\nb = [{ c = 1 }, { c = 2 }]\n"
    found = with_comment(text, ("a", "b", 1, "c"), "why")
    assert found == "[a]\n# why\nb = [{ c = 1 }, { c = 2 }]\n"
