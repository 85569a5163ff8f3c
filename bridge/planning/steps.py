"""From inserts to steps: hosted inserts stand alone, consecutive built-ins run together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from bridge.planning.model import HostedStep, NativeInsert, NativeStep, Step
from bridge.plugins import Catalogue, Lines, Plugin, Unscannable, Wanted, broken, find, matches
from chains import Chain, Insert, Limiter, Plugin as PluginSettings, PluginTable, Target
from stemwright.problems import Diagnostic, Problem
from stemwright.words import nearest, quoted


def wanted_plugin(chain: Chain, settings: PluginSettings) -> Wanted:
    """What a plugin insert asks the scan for."""
    if settings.path is not None:
        return Wanted(path=chain.resolve(settings.path))
    if isinstance(settings.plugin, PluginTable):
        table = settings.plugin
        return Wanted(table.name, table.vendor, table.format, table.id)
    return Wanted(name=settings.plugin)


def state_path(chain: Chain, settings: PluginSettings) -> Path | None:
    """Where a plugin insert's state file lies."""
    return None if settings.state is None else chain.resolve(settings.state)


def untrusted(
    catalogue: Catalogue, wanted: Wanted, said: str, where: Mapping[str, str | int]
) -> Problem | None:
    """The problem of a plugin that lies where no plugin may be loaded from; None for another.

    `said` is the plugin as the chain names it.
    """
    if wanted.path is None or wanted.path not in catalogue.untrusted:
        return None
    folder = quoted(wanted.path.parent)
    return Problem(
        kind="plugin_untrusted",
        message=f"the plugin {said} lies outside your plugin folders, so it is not loaded",
        where=where,
        expected="a plugin in your plugin folders, or in a folder that you trust",
        hint="a plugin is a program that runs with your rights; if you trust this one, say "
        f"--trust {folder}, or for good: stemwright plugins trust {folder}",
    )


class StepLinker:
    """Turns inserts into steps and gathers what is wrong on the way.

    `faults` are the chain's, `missing` this machine's.
    """

    def __init__(self, chain: Chain, catalogue: Catalogue, states: Mapping[Path, str]) -> None:
        self.faults: list[Problem] = []
        self.missing: list[Problem] = []
        self.notes: list[Diagnostic] = []
        self._bypassed: list[str] = []
        self._chain = chain
        self._catalogue = catalogue
        self._states = states

    @property
    def bypassed(self) -> tuple[str, ...]:
        """Step ids of the inserts that are switched off."""
        return tuple(self._bypassed)

    def steps(self, owner: str, inserts: Iterable[Insert]) -> tuple[Step, ...]:
        """Return the steps of one lane ("master" for the master bus)."""
        active = []
        for insert in inserts:
            if insert.bypass:
                self._bypassed.append(f"{owner}/{insert.id}")
            else:
                active.append(insert)
        found: list[Step] = []
        for alone, run in groupby(active, key=_stands_alone):
            together = tuple(run)
            rows = [(insert,) for insert in together] if alone else [together]
            found += [self._step(owner, row) for row in rows]
        return tuple(found)

    def _step(self, owner: str, row: tuple[Insert, ...]) -> Step:
        if isinstance(row[0].settings, PluginSettings):
            return self._hosted(owner, row[0])
        return self._native(owner, row)

    def _native(self, owner: str, run: tuple[Insert, ...]) -> NativeStep:
        return NativeStep(
            id=f"{owner}/{run[-1].id}",
            label=" + ".join(insert.id for insert in run),
            inserts=tuple(built_in(insert, self._chain.target) for insert in run),
        )

    def _hosted(self, owner: str, insert: Insert) -> HostedStep:
        settings = insert.settings
        assert isinstance(settings, PluginSettings)  # noqa: S101 - narrows for the type checker
        wanted = wanted_plugin(self._chain, settings)
        unreadable = broken(self._catalogue, wanted)
        reason = None if unreadable is None else self._reason(unreadable, wanted)
        if reason is not None:
            message = f"{_said(wanted)} cannot be read: {reason}; its lane will fail"
            self.notes.append(
                Diagnostic("error", "plugin_unreadable", f"{owner}/{insert.id}", message)
            )
        plugin = self._plugin(owner, insert, wanted) if unreadable is None else _of(unreadable)
        missing = plugin if isinstance(plugin, Problem) else None
        if isinstance(plugin, Problem):
            plugin = Plugin(_said(wanted), "", "", "", "", Path())
        state = state_path(self._chain, settings)
        return HostedStep(
            id=f"{owner}/{insert.id}",
            label=f"{insert.id} ({plugin.name})",
            insert_id=insert.id,
            plugin=plugin,
            state=state,
            state_hash=None if state is None else self._states[state],
            params=tuple(settings.params.items()),
            latency_samples=settings.latency_samples,
            warm_up_s=(
                self._catalogue.warm_up_s(plugin)
                if settings.warm_up_s is None
                else settings.warm_up_s
            ),
            mix=insert.mix,
            on=insert.on,
            key=_key(insert),
            unreadable=reason,
            missing=missing,
            lines=_lines(self._chain, insert, settings),
        )

    def _reason(self, unreadable: Unscannable, wanted: Wanted) -> str:
        """Which file cannot be read, why, and what is not taken in its place."""
        others = [each for each in self._catalogue.plugins if matches(each, wanted)]
        instead = f"; the {others[0].format} {others[0].path} is no substitute" if others else ""
        return f"{unreadable.path}: {unreadable.reason}{instead}"

    def _plugin(self, owner: str, insert: Insert, wanted: Wanted) -> Plugin | Problem:
        said = _said(wanted)
        found = find(self._catalogue, wanted)
        if len({(one.class_id, one.format) for one in found}) == 1:
            if len(found) > 1:
                self.notes.append(_found_twice(f"{owner}/{insert.id}", said, found))
            return found[0]
        where = {**insert.where.as_json(), "group": owner, "insert": insert.id, "plugin": said}
        refused = untrusted(self._catalogue, wanted, f"{said} ({owner}/{insert.id})", where)
        if found or refused is not None:
            problem = refused or _ambiguous(said, found, where)
            self.faults.append(problem)
        else:
            problem = self._not_found(said, wanted, where)
            self.missing.append(problem)
        return problem

    def _not_found(self, said: str, wanted: Wanted, where: Mapping[str, str | int]) -> Problem:
        place = ", ".join(map(str, self._catalogue.searched))
        return Problem(
            kind="plugin_not_found",
            message=f"the plugin {said} ({where['group']}/{where['insert']}) is not installed here",
            where=where,
            nearest=self._nearest(wanted),
            expected=f"a plugin in {place}" if wanted.path is None else f"a plugin at {said}",
            hint="install it, or name its folder with --plugin-path or STEMWRIGHT_PLUGIN_PATH",
        )

    def _nearest(self, wanted: Wanted) -> str | None:
        """The name most like the one that is wanted, or like its file's."""
        said = wanted.path.stem if wanted.path is not None else wanted.name or ""
        names = tuple(each.name for each in self._catalogue.plugins if each.name != said)
        return nearest(said, names)


def built_in(insert: Insert, target: Target | None) -> NativeInsert:
    """A built-in as a chain with `target` runs it."""
    settings = insert.settings
    if isinstance(settings, Limiter) and settings.ceiling_dbtp is None:
        ceiling_dbtp = -1.0 if target is None else target.true_peak_dbtp
        settings = settings.model_copy(update={"ceiling_dbtp": ceiling_dbtp})
    return NativeInsert(insert.id, settings, insert.mix, insert.on, _key(insert), insert.where)


def _lines(chain: Chain, insert: Insert, settings: PluginSettings) -> Lines:
    """The lines of an insert and of what it says of its plugin; of one built in code, none."""
    keys: list[tuple[str, ...]] = [(), ("plugin",), ("state",)]
    keys += [("params", name) for name in settings.params]
    found = {".".join(key): chain.locate(*insert.where.at, *key).as_json() for key in keys}
    return {key: place for key, place in found.items() if "file" in place}


def _of(unreadable: Unscannable) -> Plugin:
    """The plugin that an unreadable file holds, as far as that is known."""
    path, known = unreadable.path, unreadable.held
    name, vendor = (known[0].name, known[0].vendor) if known else (path.stem, "")
    return Plugin(name, vendor, "", unreadable.format or "VST3", "", path)


def _key(insert: Insert) -> str | None:
    key: str | None = getattr(insert.settings, "key", None)
    return key


def _stands_alone(insert: Insert) -> bool:
    return isinstance(insert.settings, PluginSettings) or _key(insert) is not None


def _said(wanted: Wanted) -> str:
    if wanted.path is not None:
        return str(wanted.path)
    maker = f" by {wanted.vendor}" if wanted.vendor else ""
    kind = f" ({wanted.format})" if wanted.format else ""
    return f"{wanted.name or wanted.class_id}{maker}{kind}"


def _found_twice(step_id: str, said: str, found: tuple[Plugin, ...]) -> Diagnostic:
    return Diagnostic(
        "note",
        "plugin_found_twice",
        step_id,
        f"{said} lies in several folders; {found[0].path} is used",
    )


def _ambiguous(said: str, found: tuple[Plugin, ...], where: Mapping[str, str | int]) -> Problem:
    choices = "; ".join(
        f"{one.name} by {one.vendor} ({one.format}, {one.class_id})" for one in found
    )
    return Problem(
        kind="plugin_ambiguous",
        message=f"several plugins are called {said}: {choices}",
        where=where,
        expected="exactly one",
        hint="name it as a table: plugin = { name = ..., vendor = ..., id = ... }",
    )
