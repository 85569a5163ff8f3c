"""The changes between two chains in the studio's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bridge.comparing.documents.change import Change, Path
from bridge.comparing.documents.values_in_words import (
    became,
    gain_became,
    gain_words,
    setting_name,
    value_words,
)
from chains import Chain, describe_chain

_FADERS = {"gain_db": "fader", "trim_db": "trim", "stems": "stems"}


class ChainWords:
    """What is said of a change; the inserts of both chains in their own lines are at hand."""

    def __init__(self, a: Chain, b: Chain) -> None:
        self._was, self._is = dict(describe_chain(a)), dict(describe_chain(b))

    def said(self, change: Change) -> Change:
        """The change with its words."""
        return replace(change, words=self._words(change))

    def _words(self, change: Change) -> str:
        match change.path:
            case ("group" | "return" | "version" as row, str(name)):
                return _member(change, f"{row} {name}", _summary(change))
            case ("group" | "return", str(owner), "insert", str(insert), *rest):
                return self._insert(change, owner, insert, tuple(rest))
            case ("master", "insert", str(insert), *rest):
                return self._insert(change, "master", insert, tuple(rest))
            case ("group", str(group), "sends", str(to)):
                return _send(change, group, to)
            case ("group" | "return", str(owner), str(key)):
                return f"{owner} {_FADERS.get(key, setting_name(key))} {_became(change, key)}"
            case ("target",):
                return _whole(change, "target")
            case (*above, last):
                setting = setting_name(str(last))
                return " ".join([*map(str, above), setting, _became(change, str(last))])
        raise ValueError(f"no chain has {change.path}")

    def _insert(self, change: Change, owner: str, insert: str, rest: Path) -> str:
        step = f"{owner}/{insert}"
        match rest:
            case ():
                line = (self._is if change.after is not None else self._was).get(step, "")
                if change.kind == "changed":
                    return f"{step} from {self._was.get(step, insert)} to {line}"
                return _member(change, f"insert {step}", line)
            case ("params", str(name)):
                return _parameter(change, f'{step} parameter "{name}"')
            case ("bypass",):
                return f"{step} {'bypassed' if change.after else 'no longer bypassed'}"
            case (str(row), int(index), *key):
                name = str(key[-1]) if key else ""
                what = f"{step} {row.removesuffix('s')} {index + 1} {setting_name(name)}".rstrip()
                return f"{what} {_became(change, name)}"
        last = str(rest[-1])
        return f"{step} {setting_name(last)} {_became(change, last)}"


def _became(change: Change, key: str) -> str:
    return became(key, change.before, change.after)


def _member(change: Change, what: str, line: str) -> str:
    """What became of a member of a row."""
    said = f": {line}" if line else ""
    if change.kind == "renamed":
        return f"{what} is called {change.after} now"
    if change.kind == "moved":
        return f"{what} moved from place {change.before + 1} to place {change.after + 1}"
    if change.kind == "changed":
        return f'{what} from "{change.before}" to "{change.after}"'
    if change.kind == "added":
        return f"{what} added in place {(change.place or 0) + 1}{said}"
    return f"{what} removed"


def _parameter(change: Change, what: str) -> str:
    return (
        f'{what} set to "{change.after}"' if change.kind == "added" else _member(change, what, "")
    )


def _send(change: Change, group: str, to: str) -> str:
    if change.kind == "added":
        return f"{group} send to {to} added at {gain_words(change.after)}"
    if change.kind == "removed":
        return f"{group} send to {to} removed, it was at {gain_words(change.before)}"
    return f"{group} send to {to} {gain_became(change.before, change.after)}"


def _whole(change: Change, what: str) -> str:
    if change.before is None:
        return f"{what} added: {value_words('', change.after)}"
    return f"{what} removed: it was {value_words('', change.before)}"


def _summary(change: Change) -> str:
    """What a group, a return or a version that came is, in a few words."""
    table: Any = change.after
    if change.kind != "added":
        return ""
    told = {key: table[key] for key in ("stems", "gain_db", "mute", "only") if table.get(key)}
    inserts = [each["id"] for each in table.get("insert", ())]
    said = [f"{_FADERS.get(key, key)} {value_words(key, each)}" for key, each in told.items()]
    return "; ".join([*said, f"inserts {', '.join(inserts)}"] if inserts else said)
