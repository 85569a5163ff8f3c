"""Setting values in a TOML text, adding to it and taking out of it: all else stays as it is.

Comments and blank lines right above a header or a key belong to that, a comment behind it to its
line. What is added goes right behind the last line of what it belongs to, indented and set apart as
the text's own blocks are. The comment of a line that is taken out stays, as a line of its own.
"""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from chains.editing.placing import (
    behind_pairs,
    beside_dotted,
    in_inline_table,
    in_list,
    indent_at,
    is_dotted_in,
    new_block,
    newline_of,
    owns,
    without_statements,
    without_within,
)
from chains.editing.scanning import layout_of
from chains.lines import At, dotted
from chains.write import value_text
from stemwright.problems import InputError, Problem

_NONE = object()


def with_value(text: str, at: At, value: object) -> str:
    """The text with a value at a path, its tables made where there are none.

    A table or a list that is there is changed where it differs. Raises InputError `unusual_layout`
    where the text would then say something else.
    """
    data = tomllib.loads(text)
    wanted = copy.deepcopy(data)
    _put(wanted, at, value)
    return _held(lambda: _set(text, at, value), wanted, at)


def with_row(text: str, at: At, row: Mapping[str, object], above: Sequence[str] = ()) -> str:
    """The text with a table more at the end of a list of tables; `above` are comments over it.

    Raises as `with_value`.
    """
    wanted = tomllib.loads(text)
    rows = _got(wanted, at)
    if rows is _NONE:
        _put(wanted, at, [dict(row)])
    else:
        rows.append(dict(row))
    return _held(lambda: _with_row(text, at, row, above), wanted, at)


def without(text: str, at: At) -> str:
    """The text without what stands at a path, if anything does. Raises as `with_value`."""
    wanted = tomllib.loads(text)
    if _got(wanted, at) is _NONE:
        return text
    del _got(wanted, at[:-1])[at[-1]]
    return _held(lambda: _without(text, at), wanted, at)


def with_comment(text: str, at: At, words: str) -> str:
    """The text with a comment behind the line of a key.

    It is over that line where a comment stands behind it, or where the key is within brackets.
    """
    layout = layout_of(text)
    holding = [each for each in layout.statements if owns(each.at, at)]
    statement = max(holding, key=lambda each: len(each.at))
    ends = layout.values[at][1]
    if statement.at == at and statement.end == ends:
        return f"{text[:ends]}  # {words}{text[ends:]}"
    indent = indent_at(text, statement.start)
    line = statement.start - len(indent)
    return f"{text[:line]}{indent}# {words}{newline_of(text)}{text[line:]}"


def _held(made: Any, wanted: Mapping[str, Any], at: At) -> str:
    try:
        text: str = made()
        if tomllib.loads(text) == wanted:
            return text
    except (LookupError, StopIteration, ValueError):
        pass
    said = f"the file is laid out so that {dotted(at)} cannot be changed in it"
    hint = "write it by hand, or its tables under headers of their own"
    raise InputError(Problem("unusual_layout", said, hint=hint))


def _got(data: Any, at: At) -> Any:
    for step in at:
        try:
            data = data[step]
        except (LookupError, TypeError):
            return _NONE
    return data


def _put(data: Any, at: At, value: object) -> None:
    for step in at[:-1]:
        data = data.setdefault(step, {}) if isinstance(data, dict) else data[step]
    data[at[-1]] = value


def _same(one: object, other: object) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _set(text: str, at: At, value: object) -> str:
    old = _got(tomllib.loads(text), at)
    if old is _NONE:
        return _added(text, at, value)
    if isinstance(old, Mapping) and isinstance(value, Mapping):
        for key, each in value.items():
            text = _set(text, (*at, key), each)
        for key in [key for key in old if key not in value]:
            text = _without(text, (*at, key))
        return text
    if isinstance(old, list) and isinstance(value, list | tuple) and old and value:
        return _set_list(text, at, old, value)
    return text if _same(old, value) else _over(text, at, value)


def _set_list(text: str, at: At, old: Sequence[object], new: Sequence[object]) -> str:
    for index, value in enumerate(new[: len(old)]):
        text = _set(text, (*at, index), value)
    for value in new[len(old) :]:
        if at not in layout_of(text).values and isinstance(value, Mapping):
            text = _with_row(text, at, value, ())
        else:
            text = in_list(text, at, value)
    for index in range(len(old) - 1, len(new) - 1, -1):
        text = _without(text, (*at, index))
    return text


def _over(text: str, at: At, value: object) -> str:
    """A value in place of another, which a list of tables under headers has to leave first."""
    values = layout_of(text).values
    if at not in values:
        return _added(_without(text, at), at, value)
    start, end = values[at]
    return text[:start] + value_text(value, indent_at(text, start), newline_of(text)) + text[end:]


def _added(text: str, at: At, value: object) -> str:
    """A value where there was none: in the table that it belongs to, or in one that is made."""
    layout, table, key = layout_of(text), at[:-1], str(at[-1])
    if table in layout.values:
        return in_inline_table(text, table, key, value)
    if not table or any(each.at == table and each.is_header for each in layout.statements):
        return behind_pairs(text, table, key, value)
    if is_dotted_in(layout, table):
        return beside_dotted(text, table, key, value)
    for length in range(len(table) - 1, 0, -1):
        above = table[:length]
        is_row = isinstance(above[-1], int)
        if is_row or above in layout.values or is_dotted_in(layout, above):
            return _added(
                text, above + table[length : length + 1], _nested(at[length + 1 :], value)
            )
    return new_block(text, table, {key: value})


def _nested(at: At, value: object) -> object:
    for step in reversed(at):
        value = {str(step): value}
    return value


def _with_row(text: str, at: At, row: Mapping[str, object], above: Sequence[str]) -> str:
    layout = layout_of(text)
    if at in layout.values:
        return in_list(text, at, row)
    if any(at[:length] in layout.values for length in range(1, len(at))):
        return _added(text, at, [row])
    return new_block(text, at, row, above, is_row=True)


def _without(text: str, at: At) -> str:
    if any(owns(at, each.at) for each in layout_of(text).statements):
        return without_statements(text, at)
    return without_within(text, at)
