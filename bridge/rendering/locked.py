"""Holding a plan to a lock: every difference, named, or none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bridge.errors import DiffersError, InputError, Problem
from bridge.rendering.folder import LOCK
from bridge.rendering.lock import LOCK_SCHEMA

_ENGINE = ("host", "host_version", "buffer_size", "sample_rate_hz", "tempo_bpm")
_PLUGIN = ("name", "vendor", "version", "format", "class_id", "binary", "state", "params")


def read_lock(folder: Path) -> dict[str, Any]:
    """Return DIR/chain.lock. Raises InputError when it is missing, broken or of a newer schema."""
    path = folder / LOCK
    try:
        lock: dict[str, Any] = json.loads(path.read_bytes())
        known = lock["schema"] == LOCK_SCHEMA and {"engine", "sources", "plugins"} <= lock.keys()
    except FileNotFoundError as error:
        hint = "write one: stemwright lock SESSION CHAIN -o DIR"
        problem = Problem("no_lock", "there is no chain.lock", {"file": str(path)}, hint=hint)
        raise InputError(problem) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        known = False
    if not known:
        raise InputError(
            Problem("bad_lock", "this is no lock that can be read", {"file": str(path)})
        )
    return lock


def hold_to(lock: Mapping[str, Any], planned: Mapping[str, Any]) -> None:
    """Raise DiffersError with everything in which `planned` is not what `lock` says."""
    problems = [*differences(lock, planned)]
    if problems:
        raise DiffersError(problems)


def differences(lock: Mapping[str, Any], planned: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield one problem for each source, engine setting, plugin, step and target that differs."""
    yield from _sources(_by(lock["sources"], "stem"), _by(planned["sources"], "stem"))
    for name in _ENGINE:
        if lock["engine"].get(name) != planned["engine"].get(name):
            yield _differs(
                "host", f"engine.{name}", lock["engine"].get(name), planned["engine"][name]
            )
    if lock.get("subtype") != planned["subtype"]:
        yield _differs("output", "subtype", lock.get("subtype"), planned["subtype"])
    yield from _plugins(_by(lock["plugins"], "step"), _by(planned["plugins"], "step"))
    told = {row["step"] for row in lock["plugins"]} | {row["step"] for row in planned["plugins"]}
    specs, now = lock.get("specs", {}), planned["specs"]
    for step in [*specs, *(step for step in now if step not in specs)]:
        if step not in told and specs.get(step) != now.get(step):
            yield Problem("chain_differs", f"{step} is not set as it was", {"path": step})


def _by(rows: list[dict[str, Any]], name: str) -> dict[str, dict[str, Any]]:
    return {row[name]: row for row in rows}


def _sources(
    was: Mapping[str, dict[str, Any]], now: Mapping[str, dict[str, Any]]
) -> Iterator[Problem]:
    for stem in [*was, *(stem for stem in now if stem not in was)]:
        if stem not in now:
            yield Problem("source_differs", f"the stem {stem} is gone", {"path": stem})
        elif stem not in was:
            yield Problem("source_differs", f"the stem {stem} is new", {"path": stem})
        elif _content(was[stem]) != _content(now[stem]):
            yield Problem("source_differs", f"the stem {stem} has other samples", {"path": stem})


def _content(row: Mapping[str, Any]) -> list[Any]:
    return [row["group"], row.get("offset_s"), [file["pcm"] for file in row["files"]]]


def _plugins(
    was: Mapping[str, dict[str, Any]], now: Mapping[str, dict[str, Any]]
) -> Iterator[Problem]:
    for step in [*was, *(step for step in now if step not in was)]:
        old, new = was.get(step), now.get(step)
        if old is None or new is None:
            state = "new" if old is None else "gone"
            yield Problem("chain_differs", f"the insert {step} is {state}", {"path": step})
            continue
        for name in _PLUGIN:
            if old.get(name) != new.get(name):
                kind = {"state": "state", "params": "chain"}.get(name, "plugin")
                yield _differs(kind, f"{step} {name}", old.get(name), new.get(name))


def _differs(kind: str, path: str, was: object, now: object) -> Problem:
    return Problem(
        f"{kind}_differs", f"{path} was {was} and is {now}", {"path": path}, expected=str(was)
    )
