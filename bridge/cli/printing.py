"""The one way to a screen: whatever a name holds, it shows as text and steers nothing.

Names come from files other people made: an escape in one would move the cursor, fill the clipboard
(OSC 52) or forge a line. Every command prints through here; a test says so.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from unicodedata import category

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories of what steers or hides: controls (C0, C1, DEL), formats (bidi overrides and
isolates, zero-width marks, tags), surrogates, line and paragraph separators."""
_JOINERS = "\u200c\u200d"  # between the letters of Persian and Hindi, and in emoji
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN = re.compile(r"[ -~]*")


def printable(text: str) -> str:
    r"""Return `text` with all that steers a terminal written out: \x1b, \n, \u202e.

    A byte of a file name that is not UTF-8 (PEP 383) is shown as that byte. Text without any such
    characters comes back as it was, backslashes included.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_written_out(each) if _steers(each) else each for each in text)


def _steers(character: str) -> bool:
    return category(character) in _INVISIBLE and character not in _JOINERS


def _written_out(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # an undecodable byte
        code -= 0xDC00
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def say(*lines: str, err: bool = False) -> None:
    """Print lines, data on stdout or talk on stderr; what is in one line stays in one line."""
    stream = sys.stderr if err else sys.stdout
    stream.write("".join(f"{_encodable(printable(line), stream.encoding)}\n" for line in lines))
    stream.flush()


def say_size(file: Path | None, *, err: bool = False) -> None:
    """Say how large a file is that was written; nothing where none was."""
    if file is not None:
        say(f"{file}  {file.stat().st_size / 1e6:.1f} MB", err=err)


def _encodable(text: str, encoding: str | None) -> str:
    """What a terminal of a smaller alphabet cannot show is written out too."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def print_json(value: Any) -> None:
    """Print one JSON value on stdout; text outside ASCII stays readable, what steers is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    if not text.isascii() or "\x7f" in text:
        text = "".join(_json_escaped(each) if _escapes(each) else each for each in text)
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _escapes(character: str) -> bool:
    """Tell apart what json.dumps left as it is; its own line ends are no part of a text."""
    return character != "\n" and _steers(character)


def _json_escaped(character: str) -> str:
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def show_table(
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    title: str | None = None,
    piped_width: int | None = None,
) -> None:
    """Print rows under a head on stdout, `piped_width` columns wide where that is no terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=None if title is None else _cell(title), title_justify="left")
    for name in head:
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        table.add_row(*map(_cell, row))
    console = Console()
    if piped_width is not None and not console.is_terminal:
        console = Console(width=piped_width)
    console.print(table)


def _cell(text: str) -> Any:
    from rich.text import Text

    return Text(_encodable(printable(text), sys.stdout.encoding))
