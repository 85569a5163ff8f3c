"""The words scanning, planning and hosting share: which plugin is meant, and which it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from stemwright.shown import Shown
from stemwright.values import dataclass

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


Lines = Mapping[str, Mapping[str, str | int]]
"""The {file, line, path} of a hosted insert (""), and of its keys: `state`, `params.Threshold`."""


@dataclass(frozen=True)
class Moved:
    """A parameter that moves while its plugin runs, by the plugin's own name for it.

    `values` are (buffer, value from 0 to 1): each holds from where that buffer begins, the first
    from the start. Buffers are counted from 0, the first that is fed.
    """

    parameter: str
    values: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Slot:
    """Which plugin, in which insert (`<group>/<insert>`, empty for none), on which lines.

    `lines` is empty for an insert that stands in no file.
    """

    plugin: Plugin
    step_id: str = ""
    lines: Lines = field(default_factory=dict, compare=False)

    def where(self, key: str = "plugin", parameter: str | None = None) -> dict[str, str | int]:
        """The `where` of a problem with what the insert says under `key`, or with a parameter."""
        group, slash, insert = self.step_id.rpartition("/")
        named: dict[str, str | int] = {"group": group, "insert": insert} if slash else {}
        named["plugin"] = self.plugin.name
        if parameter is not None:
            named["parameter"] = parameter
            key = f"params.{parameter}" if key == "plugin" else key
        folded = {each.casefold(): line for each, line in self.lines.items()}
        return {**folded.get(key.casefold(), folded.get("", {})), **named}


@dataclass(frozen=True)
class Unscannable:
    """A plugin file that could not be read, and why.

    `held` is what an earlier scan read in it. One that is `whole` was read, and holds none of ours.
    """

    path: Path
    reason: str
    format: str = ""
    held: tuple[Plugin, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class Catalogue(Shown):
    """The plugin scan's frozen result; `order` is every file that was asked, the first first.

    `untrusted` are files that were named by path and not loaded: nobody said that they may be.
    `warm_ups` are the plugins that take a while to load what they need, once they are set up, as
    measured; by class id and binary hash, in seconds.
    """

    plugins: tuple[Plugin, ...] = ()
    unscannable: tuple[Unscannable, ...] = ()
    searched: tuple[Path, ...] = ()
    order: tuple[Path, ...] = field(default=(), compare=False)
    untrusted: tuple[Path, ...] = ()
    warm_ups: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def warm_up_s(self, plugin: Plugin) -> float:
        """How long a plugin is to be waited for; 0 for one of which nothing is known."""
        return self.warm_ups.get((plugin.class_id, plugin.binary_hash), 0.0)


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
    says which. Nothing stands in for a file that comes before it and cannot be read (`broken`).
    """
    found = _meant(catalogue, wanted)
    return tuple(plugin for plugin in found if _before(catalogue, wanted, plugin) is None)


def broken(catalogue: Catalogue, wanted: Wanted) -> Unscannable | None:
    """The file that holds what `wanted` means, where it cannot be read; None where that is found.

    A file that no scan has read yet is known by its name alone.
    """
    if find(catalogue, wanted):
        return None
    for plugin in _meant(catalogue, wanted):
        return _before(catalogue, wanted, plugin)
    return next((each for each in catalogue.unscannable if _may_hold(each, wanted)), None)


def _meant(catalogue: Catalogue, wanted: Wanted) -> list[Plugin]:
    found = [plugin for plugin in catalogue.plugins if matches(plugin, wanted)]
    best: dict[tuple[str, str], int] = {}
    for plugin in found:
        name = _named(plugin)
        best[name] = min(best.get(name, len(FORMATS)), _rank(plugin.format))
    return [plugin for plugin in found if _rank(plugin.format) == best[_named(plugin)]]


def _before(catalogue: Catalogue, wanted: Wanted, plugin: Plugin) -> Unscannable | None:
    """The unreadable file that would be taken for `plugin`, were it whole."""
    if wanted.path is not None:
        return None

    def place(format_: str, path: Path) -> tuple[int, int]:
        known = path in catalogue.order
        return _rank(format_), catalogue.order.index(path) if known else len(catalogue.order)

    same = Wanted(plugin.name, format=plugin.format if wanted.class_id else wanted.format)
    for each in catalogue.unscannable:
        if each.whole or not _may_hold(each, same):
            continue
        if place(each.format, each.path) < place(plugin.format, plugin.path):
            return each
    return None


def _may_hold(each: Unscannable, wanted: Wanted) -> bool:
    if wanted.path is not None:
        return each.path.resolve() == wanted.path.resolve()
    if not _same(wanted.format, each.format):
        return False
    if each.held:
        return any(matches(plugin, wanted) for plugin in each.held)
    stem, name = each.path.stem.casefold(), (wanted.name or "").casefold()
    return bool(name) and (stem == name or stem.endswith(f" {name}"))


def _named(plugin: Plugin) -> tuple[str, str]:
    return plugin.name.casefold(), plugin.vendor.casefold()


def _rank(format_: str) -> int:
    return FORMATS.index(format_) if format_ in FORMATS else len(FORMATS)
