"""Finding plugins: each binary is asked what it holds in a child of its own, once for its bytes."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from blake3 import blake3

from bridge.hosting.answers import PluginClass, Refusal
from bridge.hosting.child.process import ChildFailed, call
from bridge.hosting.finding import audio_unit, bundles
from bridge.hosting.finding.trust import lies_in
from bridge.hosting.jobs import Factory
from bridge.plugins import Catalogue, Plugin, Unscannable, Wanted, broken, find, matches
from bridge.storing import modes_of, read_json, signature
from stemwright.files import Staged

SCHEMA = 3
_MAX_BYTES = 64 * 2**20
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Scanned:
    """What one binary said: its classes, or why it could not be asked and what it held before."""

    classes: tuple[PluginClass, ...] = ()
    reason: str = ""
    stat: str = ""
    binary_hash: str = ""
    held: tuple[PluginClass, ...] = ()


def read(path: Path | None) -> dict[str, Scanned]:
    """The cache at `path`; empty when there is none, or it cannot be understood."""
    if path is None:
        return {}
    try:
        told = read_json(path, _MAX_BYTES)
        if told["schema"] != SCHEMA:
            return {}
        return {key: _entry(value) for key, value in told["binaries"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _entry(value: dict[str, Any]) -> Scanned:
    classes, held = (_classes(value.get(key, [])) for key in ("classes", "held"))
    return Scanned(classes, str(value["reason"]), str(value["stat"]), str(value["hash"]), held)


def _classes(told: list[dict[str, Any]]) -> tuple[PluginClass, ...]:
    words = [field.name for field in fields(PluginClass)]
    return tuple(PluginClass(*(str(each[word]) for word in words)) for each in told)


def write(path: Path | None, entries: dict[str, Scanned]) -> None:
    """Replace the cache at `path` at once; a cache that cannot be written is done without."""
    if path is None:
        return
    binaries = {
        key: {
            "classes": [asdict(each) for each in entry.classes],
            "reason": entry.reason,
            "stat": entry.stat,
            "hash": entry.binary_hash,
            "held": [asdict(each) for each in entry.held],
        }
        for key, entry in sorted(entries.items())
    }
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"schema": SCHEMA, "binaries": binaries}, indent=1)
        with Staged(path) as staged:
            modes_of(path.parent).keep(staged)
            staged.write_text(text, encoding="utf-8")


def stat_text(binary: Path) -> str:
    """Its signature as text; raises OSError when the file is gone."""
    return "|".join(map(str, signature(binary)))


def hashed(binary: Path) -> str:
    """The blake3 of a binary's bytes."""
    hasher = blake3()
    with binary.open("rb") as file:
        while data := file.read(_CHUNK_BYTES):
            hasher.update(data)
    return hasher.hexdigest()


FACTORY_DEADLINE_S = 10.0
AT_ONCE = 2
_HOLDS_NONE = "it holds no audio plugin"
Progress = Callable[[int, int, str], None]
"""Told how many files were asked, of how many, and the last one's name."""


def scan(
    wanted: Sequence[Wanted],
    folders: Sequence[Path],
    cache_file: Path | None = None,
    deadline_s: float = FACTORY_DEADLINE_S,
    *,
    trusted: Sequence[Path] = (),
    again: bool = False,
    progress: Progress | None = None,
) -> Catalogue:
    """Look for the plugins `wanted` means, or with none wanted for all, under `folders`.

    `deadline_s` is for one binary; `again` asks every binary that failed before once more, where
    else only those are that something wanted names. A wanted path that does not exist is simply
    not in the result; one that lies neither under `folders` nor under `trusted` is not loaded.
    """
    installed = bundles.bundles(folders)
    named = [each.path for each in wanted if each.path is not None and each.path.exists()]
    refused = _untrusted(named, installed, (*folders, *trusted))
    everything = _each_once([*(path for path in named if path not in refused), *installed])
    scanner = _Scanner(cache_file, deadline_s, progress)
    likely = [bundle for bundle in everything if any(scanner.likely(bundle, w) for w in wanted)]
    found = replace(scanner.ask(likely, again=True), order=tuple(everything))
    if not wanted or not all(find(found, each) or broken(found, each) for each in wanted):
        by_name = any(each.path is None for each in wanted) or not wanted
        rest = [bundle for bundle in everything if bundle not in likely] if by_name else []
        found = _joined(found, scanner.ask(rest, again=again), everything)
    scanner.save()
    return replace(found, searched=tuple(folders), untrusted=refused)


def _untrusted(
    named: Sequence[Path], installed: Sequence[Path], trusted: Sequence[Path]
) -> tuple[Path, ...]:
    """The named files that may not be loaded, links followed; what the search finds may be."""
    known = {bundle.resolve() for bundle in installed}
    return tuple(
        path for path in named if path.resolve() not in known and not lies_in(path, trusted)
    )


def _each_once(paths: Iterable[Path]) -> list[Path]:
    return list({path.resolve(): path for path in reversed(list(paths))}.values())[::-1]


def _joined(first: Catalogue, second: Catalogue, order: list[Path]) -> Catalogue:
    place = {bundle: index for index, bundle in enumerate(order)}
    plugins = sorted(first.plugins + second.plugins, key=lambda each: place[each.path])
    unread = sorted(first.unscannable + second.unscannable, key=lambda each: place[each.path])
    return Catalogue(tuple(plugins), tuple(unread), order=tuple(order))


class _Scanner:
    """Asks binaries, two at once, remembering what they said."""

    def __init__(
        self, cache_file: Path | None, deadline_s: float, progress: Progress | None
    ) -> None:
        self._file = cache_file
        self._deadline_s = deadline_s
        self._progress = progress
        self._known = read(cache_file)
        self._fresh: dict[str, Scanned] = {}

    def ask(self, wanted: list[Path], *, again: bool) -> Catalogue:
        """The catalogue of `wanted` bundles; `again` asks those anew that failed before."""
        answers: list[Scanned] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for said in pool.map(lambda bundle: self._one(bundle, again), wanted):
                answers.append(said)
                if self._progress is not None:
                    done = len(answers)
                    self._progress(done, len(wanted), wanted[done - 1].name)
        plugins = [
            _plugin(bundle, each, said)
            for bundle, said in zip(wanted, answers, strict=True)
            for each in said.classes
        ]
        unread = [
            _unscannable(bundle, said)
            for bundle, said in zip(wanted, answers, strict=True)
            if said.reason
        ]
        return Catalogue(tuple(plugins), tuple(unread))

    def save(self) -> None:
        """Remember what was learned; what was known of other binaries stays."""
        if self._fresh:
            write(self._file, self._known | self._fresh)

    def likely(self, bundle: Path, wanted: Wanted) -> bool:
        """Tell whether `bundle` may hold what is wanted, by its name or by what it held before."""
        if wanted.path is not None:
            return bundle.resolve() == wanted.path.resolve()
        if wanted.name is not None and wanted.name.strip().casefold() in bundle.stem.casefold():
            return True
        return any(matches(_plugin(bundle, each), wanted) for each in self._held(bundle))

    def _held(self, bundle: Path) -> tuple[PluginClass, ...]:
        """What any binary of `bundle` held when it could be read last."""
        top = str(bundle.resolve())
        for key, known in self._known.items():
            if key == top or key.startswith(f"{top}{os.sep}"):
                return known.classes or known.held
        return ()

    def _one(self, bundle: Path, again: bool) -> Scanned:
        said = self._said(bundle, again)
        return replace(said, held=self._held(bundle)) if said.reason else said

    def _said(self, bundle: Path, again: bool) -> Scanned:
        try:
            binary = bundles.plugin_binary(bundle)
            if binary is None:
                return Scanned(reason="it holds no binary for this system")
            return self._asked(bundle, binary, again)
        except OSError as error:
            return Scanned(reason=error.strerror or str(error))

    def _asked(self, bundle: Path, binary: Path, again: bool) -> Scanned:
        key, stat = str(binary.resolve()), stat_text(binary)
        known = self._known.get(key)
        if known is not None and known.reason and again:
            known = None
        if known is not None and known.stat == stat:
            return known
        found = hashed(binary)
        if known is None or known.binary_hash != found:
            known = _ask(bundle, binary, self._deadline_s)
        held = self._held(bundle) if known.reason else ()
        self._fresh[key] = replace(known, stat=stat, binary_hash=found, held=held)
        return self._fresh[key]


def _ask(bundle: Path, binary: Path, deadline_s: float) -> Scanned:
    kind = bundles.format_of(bundle) or "VST3"
    if kind == "AU":
        return _told(audio_unit.components(bundle))
    job = Factory(kind.lower(), str(bundle.absolute()), str(binary.absolute()))
    try:
        answer = call(job, deadline_s)
    except ChildFailed as failed:
        doing = f" while {failed.stage}" if failed.stage else ""
        return Scanned(reason=f"{failed.ending.told(failed.detail)}{doing}")
    if isinstance(answer, Refusal):
        return Scanned(reason=answer.problems[0].message)
    return _told(answer.classes)


def _told(classes: tuple[PluginClass, ...]) -> Scanned:
    return Scanned(classes, "" if classes else _HOLDS_NONE)


def _unscannable(bundle: Path, said: Scanned) -> Unscannable:
    held = tuple(_plugin(bundle, each) for each in said.held)
    kind, whole = bundles.format_of(bundle) or "VST3", said.reason == _HOLDS_NONE
    return Unscannable(bundle, said.reason, kind, held, whole)


def _plugin(bundle: Path, told: PluginClass, said: Scanned | None = None) -> Plugin:
    said = said or Scanned()
    return Plugin(
        name=told.name,
        vendor=told.vendor,
        version=told.version,
        format=bundles.format_of(bundle) or "VST3",
        class_id=told.class_id,
        path=bundle,
        binary_hash=said.binary_hash,
        classes_in_file=len(said.classes),
    )
