"""Where lines go that are added to a TOML text, and what is left where one is taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from chains.editing.scanning import Layout, Statement, layout_of
from chains.lines import At
from chains.write import key_text, value_text

_COMMENT_LINES = re.compile(r"(?:\r?\n[ \t]*#[^\r\n]*)+(?=\r?\n[ \t]*(?:\r?\n|$)|\r?\n?$)")
"""Comments right behind a line, with a blank line or the end behind them: they lead nothing."""
_TO_COMMA = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*,")
_SPACES = re.compile(r"[ \t]*")
_ALL = re.compile(r"[ \t]*(?:\r?\n|$)")


def newline_of(text: str) -> str:
    """What ends the lines of a text, as its first does."""
    at = text.find("\n")
    return "\r\n" if at > 0 and text[at - 1] == "\r" else "\n"


def indent_at(text: str, at: int) -> str:
    """What the line of a character begins with, as far as it is blank."""
    found = _SPACES.match(text, text.rfind("\n", 0, at) + 1)
    return "" if found is None else found.group()


def owns(table: At, at: At) -> bool:
    """Whether a path is that of a table, or of something in it."""
    return at[: len(table)] == table


def is_dotted_in(layout: Layout, table: At) -> bool:
    """Whether a table is there by dotted keys under another header."""
    return any(each for each in _dotted(layout, table))


def _dotted(layout: Layout, table: At) -> Iterator[Statement]:
    for each in layout.statements:
        is_inside = owns(table, each.at) and len(each.at) > len(table) > len(each.table)
        if is_inside and not each.is_header:
            yield each


def behind_pairs(text: str, table: At, key: str, value: object) -> str:
    """A key more behind those under a header, or above all headers."""
    statements = layout_of(text).statements
    own = [each for each in statements if each.table == table]
    if not own:
        return (
            f"{key_text(key)} = {value_text(value, '', newline_of(text))}{newline_of(text)}{text}"
        )
    return _line_behind(text, own[-1], [key], value)


def beside_dotted(text: str, table: At, key: str, value: object) -> str:
    """A key more of a table that is there by dotted keys."""
    last = list(_dotted(layout_of(text), table))[-1]
    names = [str(step) for step in table[len(last.table) :]]
    return _line_behind(text, last, [*names, key], value)


def _line_behind(text: str, last: Statement, names: Sequence[str], value: object) -> str:
    indent, newline = indent_at(text, last.start), newline_of(text)
    said = f"{_dotted_text(names)} = {value_text(value, indent, newline)}"
    return f"{text[: last.end]}{newline}{indent}{said}{text[last.end :]}"


def _dotted_text(names: Sequence[str]) -> str:
    return ".".join(key_text(name) for name in names)


def in_inline_table(text: str, at: At, key: str, value: object) -> str:
    """A key more at the end of a table within braces."""
    layout = layout_of(text)
    said = f"{key_text(key)} = {value_text(value)}"
    inside = [layout.values[each][1] for each in layout.keys if owns(at, each) and each != at]
    start, end = layout.values[at]
    if not inside:
        return f"{text[:start]}{{ {said} }}{text[end:]}"
    return f"{text[: max(inside)]}, {said}{text[max(inside) :]}"


def in_list(text: str, at: At, value: object) -> str:
    """An element more at the end of a list within brackets, on a line of its own as the others."""
    layout, newline = layout_of(text), newline_of(text)
    start, end = layout.values[at]
    inside = [layout.values[each] for each in layout.values if each[:-1] == at]
    if not inside:
        indent = indent_at(text, start)
        return text[:start] + value_text([value], indent, newline) + text[end:]
    first, last = max(inside)
    comma = _TO_COMMA.match(text, last)
    indent = indent_at(text, first)
    line = text.rfind("\n", 0, first) + 1
    if line + len(indent) != first:  # others stand before it on its line
        return f"{text[:last]}, {value_text(value)}{text[last:]}"
    said = f"{newline}{indent}{value_text(value)}"
    if comma is None:
        text, last = f"{text[:last]},{text[last:]}", last + 1
    else:
        last, said = comma.end(), f"{said},"
    rest = re.compile(r"[ \t]*(?:#[^\r\n]*)?").match(text, last)
    behind = last if rest is None else rest.end()
    return text[:behind] + said + text[behind:]


def new_block(
    text: str, at: At, row: Mapping[str, object], above: Sequence[str] = (), *, is_row: bool = False
) -> str:
    """A header more with its keys: behind what is nearest to it, else at the end.

    `is_row` makes it one of a list of tables; `above` are comments over it.
    """
    newline, statements = newline_of(text), layout_of(text).statements
    headers = [each for each in statements if each.is_header]
    end = _end_of_nearest(text, at, statements)
    alike = [each for each in headers if _is_alike(each.at, at, is_row=is_row)]
    parents = [each for each in headers if each.at == at[: len(each.at)]]
    model = next(iter([*reversed(alike), *reversed(parents)]), None)
    indent = inner = "" if model is None else indent_at(text, model.start)
    if alike and model is not None:
        pairs = [each for each in statements if each.table == model.at and not each.is_header]
        inner = indent_at(text, pairs[0].start) if pairs else indent
    name = _dotted_text([step for step in at if isinstance(step, str)])
    lines = [f"{indent}# {words}" for words in above]
    lines.append(f"{indent}[[{name}]]" if is_row else f"{indent}[{name}]")
    lines += [
        f"{inner}{key_text(key)} = {value_text(value, inner, newline)}"
        for key, value in row.items()
    ]
    apart = newline if _are_set_apart(text, alike or headers) else ""
    return f"{text[:end]}{newline}{apart}{newline.join(lines)}{text[end:]}"


def _is_alike(header: At, at: At, *, is_row: bool) -> bool:
    """Whether a header is of the same kind of table, of this owner or of another."""
    names = [step for step in header if isinstance(step, str)]
    is_of_list = isinstance(header[-1], int)
    if is_row:
        return is_of_list and names == [step for step in at if isinstance(step, str)]
    return not is_of_list and names[:-1] == [step for step in at if isinstance(step, str)][:-1]


def _end_of_nearest(text: str, at: At, statements: Sequence[Statement]) -> int:
    """The end of the last line of the table that a new one follows."""
    for length in range(len(at), 0, -1):
        near = [n for n, each in enumerate(statements) if owns(at[:length], each.at)]
        if not near:
            continue
        last = near[-1]
        while last + 1 < len(statements) and not statements[last + 1].is_header:
            last += 1
        end = statements[last].end
        found = _COMMENT_LINES.match(text, end)
        return end if found is None else found.end()
    return len(text.rstrip())


def _are_set_apart(text: str, headers: Sequence[Statement]) -> bool:
    """Whether most of these headers have a blank line over them, and over their comments."""
    told = [_is_set_apart(text, each.start) for each in headers]
    known = [each for each in told if each is not None]
    return 2 * sum(known) >= len(known)


def _is_set_apart(text: str, start: int) -> bool | None:
    lines = text[:start].splitlines()
    if text[:start].rpartition("\n")[2].strip() == "" and not text[:start].endswith("\n"):
        lines = lines[:-1]
    while lines and lines[-1].lstrip().startswith("#"):
        lines.pop()
    return None if not lines else not lines[-1].strip()


def without_statements(text: str, at: At) -> str:
    """The text without the lines of a table or a key; their comments stay."""
    while True:
        layout = layout_of(text)
        found = [each for each in layout.statements if owns(at, each.at)]
        if not found:
            return text
        text = _without_lines(text, found[-1], layout)


def _without_lines(text: str, statement: Statement, layout: Layout) -> str:
    newline, indent = newline_of(text), indent_at(text, statement.start)
    inside = _comments(layout, text, statement)
    kept = "".join(f"{indent}{each}{newline}" for each in inside)
    begin = statement.start - len(indent)
    ended = _ALL.match(text, statement.end)
    end = statement.end if ended is None else ended.end()
    before, after = text[:begin], text[end:]
    is_blank_before = not before or before.endswith(("\n\n", "\r\n\r\n"))
    doubled = _ALL.match(after) if not kept and is_blank_before else None
    if doubled is not None and after:
        after = after[doubled.end() :]
    return before + kept + after


def _comments(layout: Layout, text: str, statement: Statement) -> list[str]:
    spans = [each for each in layout.comments if statement.start <= each[0] < statement.end]
    return [text[first:last] for first, last in spans]


def without_within(text: str, at: At) -> str:
    """The text without an element of a list in brackets, or a key of a table in braces."""
    layout = layout_of(text)
    start, end = layout.keys.get(at, layout.values[at][0]), layout.values[at][1]
    comma = _TO_COMMA.match(text, end)
    siblings = [
        layout.values[each][1]
        for each in layout.values
        if each[:-1] == at[:-1] and layout.values[each][1] <= start
    ]
    before = max(siblings, default=start)
    begin = before if siblings else layout.values[at[:-1]][0]
    is_on_own_line = "\n" in text[begin:start]
    if is_on_own_line or "\n" in text[end : end if comma is None else comma.end()]:
        return _without_element(text, start, end, comma)
    if comma is not None:
        rest = _SPACES.match(text, comma.end())
        return text[:start] + text[comma.end() if rest is None else rest.end() :]
    return text[:before] + text[end:]


def _without_element(text: str, start: int, end: int, comma: re.Match[str] | None) -> str:
    between = "" if comma is None else text[end : comma.end() - 1]
    behind = end if comma is None else comma.end()
    left = text[:start] + between.strip() + text[behind:].lstrip(" \t")
    line = left.rfind("\n", 0, start) + 1
    ended = _ALL.match(left, line)
    return left if ended is None else left[:line] + left[ended.end() :]
