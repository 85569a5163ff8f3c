"""Numbers and names as the page shows them."""

from __future__ import annotations

import html
import re

NOTHING = "–"  # noqa: RUF001 - an en dash is what a table shows where there is no figure
_MINUS = "\N{MINUS SIGN}"
_FOLDERS = re.compile(r"(?:[A-Za-z]:|(?<![\w.]))[\\/](?:[^\\/\s,;:\"']+[\\/])+(?=[^\\/\s])")


def figure(value: float | None, digits: int = 1, unit: str = "") -> str:
    """A number with a real minus sign, and its unit; a dash for None."""
    if value is None:
        return NOTHING
    text = f"{value:.{digits}f}"
    text = text.removeprefix("-") if float(text) == 0.0 else text
    return text.replace("-", _MINUS) + (f" {unit}" if unit else "")


def change(value: float | None, digits: int = 1, unit: str = "dB") -> str:
    """The same with a plus sign for what goes up."""
    text = figure(value, digits, unit)
    return f"+{text}" if value is not None and float(f"{value:.{digits}f}") > 0.0 else text


def clock(seconds: float) -> str:
    """Minutes and seconds: 1:05."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def without_folders(text: str) -> str:
    """The same text with absolute paths cut to their last part, so that no page knows where."""
    return _FOLDERS.sub("", text)


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
