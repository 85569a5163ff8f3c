"""Files as they are found: only plain ones are opened, of bounded size, and their JSON is bounded.

A finished folder, a golden or a policy comes from a stranger as often as from a colleague. What is
in a file may be anything; what reading it costs may not.
"""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MAX_VALUES = 1_000_000
"""Keys and list elements of one file; it is counted before anything is built of them."""
MAX_DEPTH = 32
"""Tables and lists inside each other; a lock needs five."""
_WHOLE = 2**63
_Step = str | int
_At = tuple[_Step, ...]


class NotPlainError(OSError):
    """What was named is a pipe, a device, a socket or, where links are not followed, a link."""


class BadDataError(ValueError):
    """What is in a file cannot be used; `said` of the key at `at`, empty for the whole file."""

    def __init__(self, message: str, at: str = "") -> None:
        super().__init__(f"{at}: {message}" if at else message)
        self.said = message
        self.at = at


def read_bytes(path: Path, most_bytes: int, *, follow: bool = True) -> bytes:
    """Return the bytes of a plain file; `follow` a link to one.

    Raises NotPlainError and OSError as the system does, BadDataError for a larger file and for a
    name that no file can have.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    if not follow:
        flags |= getattr(os, "O_NOFOLLOW", 0)
    try:
        handle = os.open(path, flags)
    except ValueError as error:
        raise BadDataError(str(error)) from error
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise NotPlainError("not a plain file")
        content = b"" if found.st_size > most_bytes else file.read(most_bytes + 1)
        if found.st_size > most_bytes or len(content) > most_bytes:
            raise BadDataError(f"it is larger than {most_bytes // 2**20} MB")
        return content


def parse_json(content: bytes) -> Any:
    """Return the values of a JSON text: finite numbers under 2^63, text that can be written again.

    Raises BadDataError, with the key's path where it is one value's fault.
    """
    if sum(content.count(each) for each in (b",", b"[", b"{")) > MAX_VALUES:
        raise BadDataError(f"it has more than {MAX_VALUES} values")
    try:
        told = json.loads(content)
    except RecursionError:
        raise BadDataError(f"it is deeper than {MAX_DEPTH} levels") from None
    except UnicodeDecodeError:
        raise BadDataError("it is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise BadDataError(f"it is not JSON: {error.msg}, line {error.lineno}") from None
    except ValueError:  # what Python says of a number of thousands of digits
        raise BadDataError("it has a number of thousands of digits") from None
    refuse_odd(told)
    return told


def read_json(path: Path, most_bytes: int, *, follow: bool = True) -> Any:
    """Return what a plain JSON file holds. Raises as `read_bytes` and `parse_json`."""
    return parse_json(read_bytes(path, most_bytes, follow=follow))


def refuse_odd(told: Any, *, infinite: bool = False) -> None:
    """Raise BadDataError for what is too deep, numbers beyond 64 bits, and text that is none.

    With `infinite`, numbers may be infinite or none.
    """
    for at, value in _values(told):
        fault = _fault(at, value)
        if fault is not None:
            raise BadDataError(fault, path_of(at))
        if isinstance(value, float) and not (infinite or math.isfinite(value)):
            raise BadDataError("a number that is not finite", path_of(at))


def path_of(at: _At) -> str:
    """Write a key's path as people do: `sources[2].files[0].pcm`."""
    words = ""
    for step in at:
        if isinstance(step, int):
            words += f"[{step}]"
        else:
            words += f".{step[:60]}" if words else step[:60]
    return words


def _fault(at: _At, value: Any) -> str | None:
    if len(at) > MAX_DEPTH:
        return f"deeper than {MAX_DEPTH} levels"
    texts = [each for each in (value, at[-1] if at else "") if isinstance(each, str)]
    if not all(map(_is_text, texts)):
        return "a text that no file can hold"
    if isinstance(value, int) and abs(value) >= _WHOLE:
        return "a number beyond 64 bits"
    return None


def _is_text(text: str) -> bool:
    """Whether it could be a name: names that are not UTF-8 hold their odd bytes as surrogates."""
    if "\0" in text:
        return False
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def _values(told: Any) -> Iterator[tuple[_At, Any]]:
    """Every value with its path, without recursion."""
    waiting: list[tuple[_At, Any]] = [((), told)]
    while waiting:
        at, value = waiting.pop()
        yield at, value
        if isinstance(value, dict):
            waiting += [((*at, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            waiting += [((*at, index), item) for index, item in enumerate(value)]
