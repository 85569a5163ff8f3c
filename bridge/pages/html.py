"""One HTML file that opens from disk and fetches nothing: its frame, and its way to disk."""

from __future__ import annotations

import base64
import html
import math
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files as shipped
from pathlib import Path

from blake3 import blake3

from stemwright.files import Staged, cannot_write, check_regular
from stemwright.problems import InputError, Problem
from stemwright.words import clock as clock_words

_NOTHING = "\N{EN DASH}"
_MINUS = "\N{MINUS SIGN}"
_MARK = "carried:"
_MARKED = re.compile(f"({_MARK}[0-9a-f]{{64}})")
_PART_BYTES = 3 << 18  # of threes, so that base64 goes on where it stopped


def figure(value: float | None, digits: int = 1, unit: str = "") -> str:
    """A number with a real minus sign and its unit; a dash where there is none."""
    if value is None or math.isnan(value):
        return _NOTHING
    said = "\N{INFINITY}" if math.isinf(value) else f"{abs(value):.{digits}f}"
    negative = value < 0.0 and (math.isinf(value) or float(said) != 0.0)
    return (_MINUS if negative else "") + said + (f" {unit}" if unit else "")


def change(value: float | None, digits: int = 2, unit: str = "") -> str:
    """The same with a plus sign for what goes up."""
    said = figure(value, digits, unit)
    return f"+{said}" if value is not None and round(value, digits) > 0.0 else said


def size_words(count: int) -> str:
    """A size in bytes as megabytes, or kilobytes where there is less than one."""
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def clock(seconds: float, digits: int = 2) -> str:
    """Minutes and seconds, cut and not rounded: 1:05.20, or 1:05 with no `digits`."""
    return clock_words(seconds, digits)


def tag(name: str, content: str, **attributes: str) -> str:
    """An element around `content`, which is HTML already; `class_` is `class`."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{said}>{content}</{name}>"


def text(value: object) -> str:
    """Plain text as HTML."""
    return html.escape(str(value))


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], name: str, *, words: bool = False
) -> str:
    """A table of plain text; the first of every row is its heading, the rest figures or `words`."""
    top = tag("tr", "".join(tag("th", text(each), scope="col") for each in head))
    body = "".join(
        tag(
            "tr",
            tag("th", text(row[0]), scope="row")
            + "".join(tag("td", text(each)) for each in row[1:]),
        )
        for row in rows
    )
    kind = {"class_": "words"} if words else {}
    whole = tag("table", tag("thead", top) + tag("tbody", body), **kind)
    return tag("div", whole, class_="wide-table", tabindex="0", role="region", aria_label=name)


def tiles(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """Figures at a glance: (name, value, unit, note) in plain words, "" for no unit or note."""
    shown = (
        tag("span", text(name))
        + tag("b", text(value) + (tag("i", text(unit)) if unit else ""))
        + (tag("small", text(note)) if note else "")
        for name, value, unit, note in rows
    )
    return tag("div", "".join(tag("div", each) for each in shown), class_="tiles")


_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""The browser itself refuses to fetch anything for a page."""
_PICTURES = "; img-src data:"


def document(title: str, body: str, styles: str = "", *, pictures: bool = False) -> str:
    """Return the whole HTML text around `body`; `styles` are added to those of every page.

    With `pictures` it may hold some, as data.
    """
    policy = _POLICY + _PICTURES if pictures else _POLICY
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="color-scheme" content="light dark">'
        + tag("title", text(title))
        + tag("style", part(__package__, "page.css") + part(__package__, "player.css") + styles)
    )
    script = tag("script", part(__package__, "player.js"))
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}{script}</body></html>\n'
    )


def part(package: str, name: str) -> str:
    """Return a text file that is shipped beside the code."""
    return (shipped(package) / name).read_text(encoding="utf-8")


def section(title: str, content: str) -> str:
    """A part of the page under its heading; nothing where there is no content."""
    return tag("section", tag("h2", text(title)) + content) if content else ""


def mark_of(file: Path) -> str:
    """What stands in a page's text where `file` is to be, as base64."""
    return f"{_MARK}{blake3(os.fsencode(file)).hexdigest()}"


def base64_bytes(size: int) -> int:
    """How long `size` bytes are as base64."""
    return 4 * -(-size // 3)


def refuse_foreign_page(path: Path) -> None:
    """Raise InputError `page_over_input` for a file that is there and no page of ours."""
    head = document("", "").partition('content="default')[0].encode()
    if not path.is_file():
        return
    try:
        with path.open("rb") as there:
            is_ours = there.read(len(head)) == head
    except OSError as cause:
        raise cannot_write(path, cause) from cause
    if not is_ours:
        said = f"{path} is there already, and is no page of ours"
        hint = "name the page otherwise, or move that one away"
        raise InputError(Problem("page_over_input", said, {"file": str(path)}, hint=hint))


def saved(path: Path, content: str, carried: Iterable[Path] = ()) -> None:
    """Write a page in one move, with the files it carries where their marks stand.

    They are read and coded in parts: songs may be long. Raises as `stemwright.files.placed` does.
    """
    files = {mark_of(file): file for file in carried}
    target = check_regular(path)
    try:
        with Staged(target) as staged, staged.open("wb") as page:
            for piece in _MARKED.split(content):
                if piece in files:
                    page.writelines(_as_base64(files[piece]))
                else:
                    page.write(piece.encode("utf-8", "backslashreplace"))
    except OSError as cause:
        raise cannot_write(path, cause) from cause


def _as_base64(file: Path) -> Iterator[bytes]:
    with file.open("rb") as coded:
        while part := coded.read(_PART_BYTES):
            yield base64.b64encode(part)
