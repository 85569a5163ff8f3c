"""What a chain can insert: settings by the word of `use`, and the words for them.

A chain has a few kinds of insert: the modules of the others are not even imported.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from chains.inserts.settings import InsertSettings

_SETTINGS = {
    "gain": "Gain",
    "eq": "Eq",
    "compressor": "Compressor",
    "limiter": "Limiter",
    "dynamic_eq": "DynamicEq",
    "multiband": "Multiband",
    "deesser": "Deesser",
    "saturation": "Saturation",
    "reverb": "Reverb",
    "width": "Width",
    "gate": "Gate",
    "plugin": "Plugin",
}
"""Each in the module of its word."""

USES: tuple[str, ...] = tuple(_SETTINGS)
"""Every word `use` accepts."""


@cache
def settings_class(use: str) -> type[InsertSettings]:
    """Return what an insert of this word is set by."""
    found = getattr(import_module(f"chains.inserts.{use}"), _SETTINGS[use])
    return cast("type[InsertSettings]", found)
