"""REAPER's lines as they are written: words, blocks, ids."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sessions.formats._reaper_words import QUOTES, VERBATIM, Word, flat, worded

_NAMESPACE = uuid.UUID("8d8a7c2e-6f0b-5a57-9c0e-6b5b3b9a2f11")


class Text:
    """Lines as they come, indented by the blocks they stand in."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._depth = 0

    def line(self, tag: str, *words: Word) -> None:
        """One line of a tag and its words."""
        self.raw(" ".join([tag, *map(worded, words)]))

    def name(self, text: str) -> None:
        """A NAME line, and behind it a block of its own where no quotes are left for the line."""
        self.line("NAME", text)
        if all(quote in text for quote in QUOTES):
            with self.block("NAME"):
                self.raw(VERBATIM + flat(text))

    def raw(self, text: str) -> None:
        """One line as it stands."""
        self._lines.append("  " * self._depth + text)

    @contextmanager
    def block(self, tag: str, *words: Word) -> Iterator[None]:
        """A block around what is written inside the `with`."""
        self.line(f"<{tag}", *words)
        self._depth += 1
        yield
        self._depth -= 1
        self.raw(">")

    def data(self) -> bytes:
        """The whole file, as REAPER on Windows and elsewhere reads it."""
        return ("\n".join(self._lines) + "\n").encode("utf-8", "replace")


def guid(*named: object) -> str:
    """The id, in braces, of what is named so: the same session gets the same ids."""
    text = "/".join(str(each) for each in named)
    return "{" + str(uuid.uuid5(_NAMESPACE, text)).upper() + "}"


def track_guid(track_id: str) -> str:
    """A track's own id where it is one of REAPER's form, else one made of it."""
    try:
        return "{" + str(uuid.UUID(track_id)).upper() + "}"
    except ValueError:
        return guid("track", track_id)
