"""One HTML file that opens from disk and fetches nothing: its frame, and its way to disk."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from bridge.listening.marking import tag, text
from stemwright.files import placed

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
"""The browser itself refuses to fetch anything for a page."""


def document(title: str, body: str, styles: str = "") -> str:
    """Return the whole HTML text around `body`; `styles` are added to those of every page."""
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
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
    return (files(package) / name).read_text(encoding="utf-8")


def section(title: str, content: str) -> str:
    """A part of the page under its heading; nothing where there is no content."""
    return tag("section", tag("h2", text(title)) + content) if content else ""


def saved(path: Path, content: str) -> None:
    """Write a page in one move. Raises as `stemwright.files.placed` does."""
    placed(path, content.encode("utf-8", "backslashreplace"))
