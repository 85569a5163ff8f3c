"""Texts of this machine's own, without where it keeps its files."""

from __future__ import annotations

import re

_FOLDERS = re.compile(r"(?:[A-Za-z]:|(?<![\w.]))[\\/](?:[^\\/\s,;:\"']+[\\/])+(?=[^\\/\s])")


def without_folders(text: str) -> str:
    """The same text with absolute paths cut to their last part, so that no page knows where."""
    return _FOLDERS.sub("", text)
