"""The line locator against generated TOML whose lines are known because the test wrote them."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from chains.editing.scanning import lines_of
from chains.lines import At, Source, dotted

BARE = ["a", "b", "c1", "d-e", "7", "true"]
QUOTED = {'"x y"': "x y", "'q.r'": "q.r", '"\\u00e9\\"#"': 'é"#', "''": "", '"["': "["}
SCALARS = [
    "1", "-2.5e3", "true", "inf", "0xff", "1979-05-27", "1979-05-27 07:32:00", "07:32:00",
    '"s"', '""', "''", "'l # ]}'", '"# ] } \\" \\\\"', '"\\\\"',
]  # fmt: skip
MULTILINE = [
    '"""m"""', '"""\nx\n\n"""', '""""q"" """', '"""a\\""" # ]\n"""', '"""e"""""', '"""\\\\\n"""',
    "'''\n[[no]]\n# x\n'''", "''''y''''", "'''z'''''", '""""""', "''''''", "'''\\'''",
]  # fmt: skip
GAPS = ["", "\n", "# note ] } = [[\n", "  \n\t# \"' '''\n", "\r\n"]


class Writer:
    """Writes random TOML by drawing, and notes the line of every path as it goes."""

    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[At, int] = {(): 1}

    def pick(self, options: list[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def put(self, text: str) -> None:
        self.text += text

    def here(self, at: At) -> None:
        self.lines.setdefault(at, self.text.count("\n") + 1)

    def keys(self, table: At) -> list[tuple[str, str]]:
        """Some keys new to a table, as written and as read."""
        pairs = [(word, word) for word in BARE] + list(QUOTED.items())
        drawn = self.draw(st.lists(st.sampled_from(pairs), max_size=3, unique=True))
        return [(written, key) for written, key in drawn if (*table, key) not in self.lines]

    def pair(self, at: At, written: str, depth: int) -> None:
        self.here(at)
        self.put(written)
        for part, key in self.keys(at)[:1]:
            at = (*at, key)
            self.here(at)
            self.put(self.pick([".", " . ", "\t."]) + part)
        self.put(self.pick([" = ", "=", "\t=  "]))
        self.value(at, depth)

    def value(self, at: At, depth: int) -> None:
        kind = self.draw(st.integers(0, 3)) if depth else 0
        if kind == 2:
            self.array(at, depth - 1)
        elif kind == 3:
            self.inline_table(at, depth - 1)
        else:
            self.put(self.pick([*SCALARS, *MULTILINE]))

    def array(self, at: At, depth: int) -> None:
        count = self.draw(st.integers(0, 3))
        self.put("[" + self.pick(GAPS))
        for i in range(count):
            self.put(self.pick(GAPS))
            self.here((*at, i))
            self.value((*at, i), depth)
            self.put(self.pick(["", " ", "\n"]) + ("," if i < count - 1 else self.pick(["", ","])))
        self.put(self.pick(GAPS) + "]")

    def inline_table(self, at: At, depth: int) -> None:
        self.put("{" + self.pick(["", " "]))
        for i, (written, key) in enumerate(self.keys(at)):
            self.put(", " if i else "")
            self.pair((*at, key), written, depth)
        self.put("}")

    def pairs(self, table: At) -> None:
        for written, key in self.keys(table):
            self.put(self.pick(GAPS) + self.pick(["", "  "]))
            self.pair((*table, key), written, 2)
            self.put(self.pick(["\n", " # c\n", "\r\n", "\t\n"]))

    def document(self) -> None:
        self.pairs(())
        for name in ("group", "master", "return"):
            for i in range(self.draw(st.integers(0, 2))):
                self.put(self.pick(GAPS) + self.pick(["", "\t"]))
                self.here((name,))
                self.here((name, i))
                self.put(self.pick([f"[[{name}]]", f'[[ "{name}" ]] # ]]']) + "\n")
                self.pairs((name, i))
                self.inner_tables((name, i))

    def inner_tables(self, outer: At) -> None:
        name = outer[0]
        for i in range(self.draw(st.integers(0, 2))):
            at = (*outer, "insert")
            self.here(at)
            self.here((*at, i))
            self.put(f"  [[{name}.insert]]\n")
            self.pairs((*at, i))
            if self.draw(st.booleans()):
                self.here((*at, i, "deep"))
                self.here((*at, i, "deep", "x y"))
                self.put(f'[ {name} . insert.deep."x y" ]\n')
                self.pairs((*at, i, "deep", "x y"))


def paths(value: Any, at: At = ()) -> set[At]:
    rows = value.items() if isinstance(value, dict) else enumerate(value)
    found = {at}
    for key, inner in rows:
        found |= paths(inner, (*at, key)) if isinstance(inner, dict | list) else {(*at, key)}
    return found


@settings(max_examples=100)
@given(st.data())
def test_every_path_is_found_on_the_line_it_was_written_on(data: st.DataObject) -> None:
    writer = Writer(data.draw)
    writer.document()
    parsed = tomllib.loads(writer.text)
    assert lines_of(writer.text) == writer.lines
    assert set(writer.lines) == paths(parsed)


@pytest.mark.parametrize(
    ("text", "at", "line"),
    [
        ("\n\na = 1", ("a",), 3),
        ('a = """\n\n"""\nb = 1', ("b",), 4),
        ("a = [\n1,\n# x\n2]", ("a", 1), 4),
        ("a.b = 1\na.c = 2", ("a",), 1),
        ("[a.b]\n[a]\nx = 1", ("a",), 2),
        ("[a.b]\n\n[c]", ("a",), 1),
        ("[[g]]\n[[g]]\n[g.t]\nx = 1", ("g", 1, "t", "x"), 4),
        ("[[g]]\n[[g.h]]\n[[g]]\n[[g.h]]\n[[g.h]]", ("g", 1, "h", 1), 5),
        ("b = [\n  { hz = 1 },\n  { hz = 2 },\n]", ("b", 1, "hz"), 3),
    ],
)
def test_lines_by_hand(text: str, at: At, line: int) -> None:
    tomllib.loads(text)
    assert lines_of(text)[at] == line


def test_what_is_not_there_has_the_line_of_its_parent() -> None:
    source = Source("f", lines_of("\n[a]\nb = 1"))
    assert source.where("a", "c", 0).line == 2
    assert source.where("z").line == 1


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ((), ""),
        (("group", 0, "insert", 1, "ratio"), "group[0].insert[1].ratio"),
        (("params", "Output Level"), 'params."Output Level"'),
        (("", 0), '""[0]'),
        (("é",), '"é"'),
    ],
)
def test_paths_are_written_as_users_read_them(at: At, text: str) -> None:
    assert dotted(at) == text
