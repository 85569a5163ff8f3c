"""Laws: any chain survives writing and reading, and any text at all is a chain or told faults."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from dataclasses import replace
from typing import Any

import jsonschema
import tomlkit
from hypothesis import example, given, settings, strategies as st

import chains
from chains import ChainError, Fault, dumps, loads
from chains.faults import KINDS
from chains.lines import Source
from chains.write import pair

SCHEMA = chains.schema()
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
TEMPLATE = (chains.LIBRARY / "template.toml").read_text("utf-8")
DEMO = (chains.LIBRARY / "demo.toml").read_text("utf-8")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def from_schema(node: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    """Draw what a node of our own JSON Schema accepts, so that every field is drawn there is."""
    if "$ref" in node:
        return from_schema(SCHEMA["$defs"][node["$ref"].rpartition("/")[2]], name)
    if "oneOf" in node:
        return st.one_of([from_schema(option, name) for option in node["oneOf"]])
    if "enum" in node or "const" in node:
        return st.sampled_from(node.get("enum", [node.get("const")]))
    kind = node["type"]
    if kind == "object":
        return from_object(node)
    if kind == "array":
        most = min(node.get("maxItems", 3), 3)
        items = from_schema(node["items"], name)
        return st.lists(items, min_size=node.get("minItems", 0), max_size=most)
    simple = {"boolean": st.booleans(), "string": NAMES if "pattern" in node else TEXTS}
    if kind in ("number", "integer"):
        draw = st.floats if kind == "number" else st.integers
        return draw(node["minimum"], node["maximum"])
    return simple.get(kind, TEXTS) if isinstance(kind, str) else TEXTS


def from_object(node: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    fields = node.get("properties")
    if fields is None:
        return st.dictionaries(NAMES, from_schema(node["additionalProperties"]), max_size=2)
    drawn = {key: from_schema(value, key) for key, value in fields.items()}
    required = set(node.get("required", []))
    return st.fixed_dictionaries(
        {key: value for key, value in drawn.items() if key in required},
        optional={key: value for key, value in drawn.items() if key not in required},
    )


def linked(data: dict[str, Any]) -> dict[str, Any]:
    """Make the names of drawn data fit together, and drawn settings agree with each other."""
    data = deepcopy(data)
    groups, returns = data["group"], data.get("return", [])
    for i, row in enumerate(groups):
        row["id"] = f"g{i}"
        row["stems"] = [f"stem {i}"]
        row["sends"] = {f"r{j}": 1.5 * j for j in range(len(returns))}
        inserts_linked(row, key=f"g{i - 1}" if i else None)
    for i, row in enumerate(returns):
        row["id"] = f"r{i}"
        inserts_linked(row, key="g0")
    inserts_linked(data.get("master", {}), key="g0")
    for i, row in enumerate(data.get("version", [])):
        row["id"] = f"v{i}"
        row.pop("mute", None)
        if row.get("gain_db"):
            row["gain_db"] = {"g0": 1.5}
        if "stems" not in row:
            row["only"] = ["g0"]
        else:
            row.pop("only", None)
    data.get("target", {}).pop("drive_at", None)
    return data


def inserts_linked(table: dict[str, Any], key: str | None) -> None:
    for i, row in enumerate(table.get("insert", [])):
        row.pop("state", None)
        if "id" in row:
            row["id"] = f"i{i}"
        if row.pop("key", None) and key:
            row["key"] = key
        if row["use"] == "dynamic_eq":
            row["bands"] = [one_way(band) for band in row["bands"]]
        if row["use"] == "multiband":
            row["crossovers_hz"] = [100.5 * 2**j for j in range(len(row["bands"]) - 1)]
        if isinstance(row.get("plugin"), dict):
            row["plugin"]["name"] = "X"


def one_way(band: dict[str, Any]) -> dict[str, Any]:
    band.pop("max_boost_db", None)
    return {"max_cut_db": 3.0, **band}


DATA = from_schema(SCHEMA).map(linked)


@settings(max_examples=80)
@given(DATA)
def test_a_chain_survives_writing_and_reading(data: dict[str, Any]) -> None:
    chain = loads(tomlkit.dumps(data))
    written = dumps(chain)
    again = loads(written)
    assert again == chain
    assert dumps(again) == written
    VALIDATOR.validate(tomlkit.parse(written).unwrap())
    for group, row in zip(chain.groups, data["group"], strict=True):
        assert [insert.settings.use for insert in group.inserts] == [
            insert["use"] for insert in row.get("insert", [])
        ]


@settings(max_examples=100)
@given(DATA)
def test_what_a_file_may_say_may_be_made_in_code(data: dict[str, Any]) -> None:
    read = loads(tomlkit.dumps(data))
    built = replace(read, source=Source(), notes=())
    assert chains.check(read) is read
    assert repr(chains.check(built)) == repr(read)
    assert chains.check(built).notes == read.notes
    assert dumps(built) == dumps(read)


@settings(max_examples=100)
@given(DATA)
def test_ids_are_unique_and_every_insert_has_words(data: dict[str, Any]) -> None:
    told = chains.describe_chain(loads(tomlkit.dumps(data)))
    assert len({step for step, _ in told}) == len(told)
    assert all(words for _, words in told)


def breaches(text: str) -> list[object]:
    """What breaks the law: a chain that writing changes, or faults that tell too little."""
    try:
        chain = loads(text)
    except ChainError as error:
        lines = range(1, text.count("\n") + 2)
        untold = [fault for fault in error.faults if not is_told(fault, lines)]
        return [*untold] if error.faults else [error]
    return [] if loads(dumps(chain)) == chain else [chain]


def is_told(fault: Fault, lines: range) -> bool:
    """Whether a fault says what is wrong, on which line and, unless of the whole text, where."""
    whole = fault.kind in ("toml_syntax", "file_empty")
    lineless = fault.kind == "toml_syntax" and fault.where.line is None  # nested too deep to tell
    placed = (fault.where.line in lines or lineless) and (bool(fault.where.path) or whole)
    return fault.kind in KINDS and bool(fault.message) and placed


SPANS = st.tuples(st.integers(0, 4000), st.integers(0, 12))
MARKS = ['"', "'''", "[[", "]", "{", "}", "=", "\n", "#", ".", "\0", "\ufeff", "\r", "\\u0000"]
VALUE_SCRAPS = ["0", "-", "1e999", "nan", "true", "1979-05-27", "9" * 400, "[]", "{}", '"*"']
TABLE_SCRAPS = ["[[group]]", "[master]", 'use = "eq"', 'key = "drums"', "bands = []"]
SCRAPS = st.sampled_from([*MARKS, *VALUE_SCRAPS, *TABLE_SCRAPS]) | st.text(max_size=5)


@settings(max_examples=150)
@given(st.sampled_from([TEMPLATE, DEMO]), st.lists(st.tuples(SPANS, SCRAPS), max_size=4))
@example(TEMPLATE, [((0, 0), "schema = 9" + "9" * 5000)])
def test_any_mutation_of_a_chain_is_a_chain_or_told(
    text: str, changes: list[tuple[tuple[int, int], str]]
) -> None:
    for (start, length), scrap in changes:
        text = text[:start] + scrap + text[start + length :]
    assert breaches(text) == []


VALUES = st.recursive(
    st.none().map(lambda _: "x") | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=100)
@given(DATA, VALUES, st.randoms(use_true_random=False))
def test_any_value_anywhere_is_a_chain_or_told(
    data: dict[str, Any], value: Any, random: Any
) -> None:
    table: Any = data
    while True:
        keys = list(table) if isinstance(table, dict) else list(range(len(table)))
        if not keys:
            break
        key = random.choice(keys)
        if not isinstance(table[key], dict | list) or random.random() < 0.2:
            table[key] = value
            break
        table = table[key]
    assert breaches(tomlkit.dumps(data)) == []


@given(st.text())
def test_any_text_is_told(text: str) -> None:
    assert breaches(text) == []


@given(st.text(max_size=12), st.text(min_size=1, max_size=6))
def test_any_text_is_written_as_toml_says_it(words: str, key: str) -> None:
    assert tomllib.loads(pair(key, [words, {key: words}])) == {key: [words, {key: words}]}
