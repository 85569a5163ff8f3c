"""The words scanning, planning and hosting share: which plugin is meant, and which it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

FORMATS = ("VST3", "AU", "VST2")
"""Every plugin format, the one hosted best first."""


@dataclass(frozen=True)
class Plugin:
    """One plugin class found on this machine.

    `class_id` is, for a VST3, 32 upper-case hex digits as written in a .vstpreset (VST 3 SDK,
    FUID::toString); for a VST2 its unique id as 8; for an Audio Unit `type:subtype:manufacturer`.
    `binary_hash` is the blake3 of the loaded binary.
    """

    name: str
    vendor: str
    version: str
    format: str  # "VST3" | "VST2" | "AU"
    class_id: str
    path: Path = field(compare=False)
    binary_hash: str = ""
    classes_in_file: int = 1


@dataclass(frozen=True)
class Unscannable:
    """A plugin file that could not be read, and why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Catalogue:
    """The plugin scan's frozen result.

    `untrusted` are files that were named by path and not loaded: nobody said that they may be.
    """

    plugins: tuple[Plugin, ...] = ()
    unscannable: tuple[Unscannable, ...] = ()
    searched: tuple[Path, ...] = ()
    untrusted: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """What a chain says about the plugin it means; absent words match anything."""

    name: str | None = None
    vendor: str | None = None
    format: str | None = None
    class_id: str | None = None
    path: Path | None = None


def _same(said: str | None, found: str) -> bool:
    return said is None or said.casefold() == found.casefold()


def matches(plugin: Plugin, wanted: Wanted) -> bool:
    """Tell whether `plugin` is one that `wanted` means; names compare case-folded."""
    return (
        _same(wanted.name, plugin.name)
        and _same(wanted.vendor, plugin.vendor)
        and _same(wanted.format, plugin.format)
        and _same(wanted.class_id, plugin.class_id)
        and (wanted.path is None or wanted.path.resolve() == plugin.path.resolve())
    )


def find(catalogue: Catalogue, wanted: Wanted) -> tuple[Plugin, ...]:
    """All plugins of the catalogue that `wanted` means, in catalogue order.

    Of a plugin that is there in several formats, only the one best hosted counts, unless `wanted`
    says which.
    """
    found = [plugin for plugin in catalogue.plugins if matches(plugin, wanted)]
    best: dict[tuple[str, str], int] = {}
    for plugin in found:
        name = _named(plugin)
        best[name] = min(best.get(name, len(FORMATS)), _rank(plugin))
    return tuple(plugin for plugin in found if _rank(plugin) == best[_named(plugin)])


def _named(plugin: Plugin) -> tuple[str, str]:
    return plugin.name.casefold(), plugin.vendor.casefold()


def _rank(plugin: Plugin) -> int:
    return FORMATS.index(plugin.format) if plugin.format in FORMATS else len(FORMATS)
