"""What still counts as the same: the limits a difference is judged by."""

from __future__ import annotations

import math
import reprlib
import tomllib
from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal, get_args

from bridge.storing import BadDataError, read_bytes, refuse_odd
from chains import MAX_BYTES, too_long_key
from stemwright.problems import InputError, Problem
from stemwright.words import nearest

Verdict = Literal["exact", "float", "dither", "tolerant", "changed", "incomparable"]
"""From the same bits to not comparable; each word includes what the words before it allow."""

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
PASSING: tuple[Verdict, ...] = VERDICTS[:4]


@dataclass(frozen=True)
class Limits:
    """The most a difference may be, B against A.

    `float` bounds the residual's peak for the verdict of that name. `rms`, `peak` (of every 10 ms),
    `loudness` and `true_peak` hold for every verdict but exact. `length` is how many frames the
    files may differ in; `accept` the last verdict that passes.
    Raises InputError `bad_limit` for all fields that hold no sense.
    """

    float_dbfs: float = -140.0
    rms_dbfs: float = -90.0
    peak_dbfs: float = -70.0
    loudness_lu: float = 0.1
    true_peak_db: float = 0.1
    length_frames: int = 0
    accept: Verdict = "tolerant"

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for name in NAMES.values():
            value = getattr(self, name)
            try:
                object.__setattr__(self, name, _value(name, value))
            except ValueError as error:
                problems.append(_field_problem(name, value, str(error)))
        if problems:
            raise InputError(problems)

    def measured(self, **levels: float) -> Limits:
        """Return these limits with levels that were found, not asked for: those may be any."""
        found = copy(self)
        for name, level in levels.items():
            object.__setattr__(found, name, level)
        return found

    def passes(self, verdict: Verdict) -> bool:
        """Whether `verdict` is good enough."""
        return VERDICTS.index(verdict) <= VERDICTS.index(self.accept)

    def changed(self, words: Mapping[str, Any], where: Mapping[str, str | int]) -> Limits:
        """Return these limits with `words` (option names to values) over them.

        Raises InputError `bad_limit` for all words that are not limits or hold no sense.
        """
        problems: list[Problem] = []
        found: dict[str, Any] = {}
        for word, value in words.items():
            try:
                name = _field(word)
                found[name] = _value(name, value)
            except ValueError as error:
                problems.append(_problem(word, value, str(error), where))
        if problems:
            raise InputError(problems)
        return replace(self, **found)


NAMES: dict[str, str] = {
    "float": "float_dbfs",
    "rms": "rms_dbfs",
    "peak": "peak_dbfs",
    "loudness": "loudness_lu",
    "true_peak": "true_peak_db",
    "length": "length_frames",
    "accept": "accept",
}
"""The words of options and policies, and the fields they set."""


def limits_given(words: Sequence[str]) -> dict[str, str]:
    """Split options into names and values. Raises InputError `bad_limit`."""
    bare = [word for word in words if "=" not in word]
    if bare:
        said = "a limit is written name=value"
        raise InputError([_problem(word, "", said, {}) for word in bare])
    parts = (word.partition("=") for word in words)
    return {name.strip(): value.strip() for name, _, value in parts}


def as_json(limits: Limits) -> dict[str, Any]:
    """The limits by the words of the options."""
    return {name: getattr(limits, field) for name, field in NAMES.items()}


def _field(word: str) -> str:
    if word in NAMES:
        return NAMES[word]
    if word in {field.name for field in fields(Limits)}:
        return word
    raise ValueError("there is no limit of that name")


def _value(name: str, value: Any) -> Any:
    if name == "accept":
        if value not in PASSING:
            raise ValueError(f"accept takes one of {', '.join(PASSING)}")
        return value
    number = _number(value)
    if number > 0 and name in ("rms_dbfs", "peak_dbfs", "float_dbfs"):
        raise ValueError("a level over 0 dBFS would allow everything")
    if math.isinf(number) and name not in ("rms_dbfs", "peak_dbfs", "float_dbfs"):
        raise ValueError("a limit that is infinite would allow everything")
    if name == "length_frames":
        if number < 0 or number != int(number):
            raise ValueError("length takes a whole number of frames")
        return int(number)
    if name in ("loudness_lu", "true_peak_db") and number < 0:
        raise ValueError("this limit is a distance and cannot be negative")
    return number


def _number(value: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise ValueError("a limit is a number")
    return number


def _problem(word: str, value: Any, why: str, where: Mapping[str, str | int]) -> Problem:
    near = nearest(word.partition("=")[0], tuple(NAMES))
    return Problem(
        "bad_limit",
        f"limit {word}{f' = {value}' if value != '' else ''}: {why}",
        {**where, "path": word},
        expected=", ".join(f"{name}=..." for name in NAMES),
        nearest=near if near != word else None,
        hint="for example --limit rms=-100",
    )


def _field_problem(name: str, value: Any, why: str) -> Problem:
    shown = " ".join(reprlib.repr(value).split())
    default = Limits.__dataclass_fields__[name].default
    hint = f"for example Limits({name}={default!r})"
    return Problem("bad_limit", f"limit {name} = {shown}: {why}", {"path": name}, hint=hint)


@dataclass(frozen=True)
class Policy:
    """Limits for everything, and for files whose name matches a pattern; the first match holds."""

    limits: Limits = field(default_factory=Limits)
    rules: tuple[tuple[str, Limits], ...] = ()

    def limits_for(self, name: str) -> Limits:
        """The limits for one file, by the name it pairs under."""
        folded = name.casefold()
        for pattern, limits in self.rules:
            if fnmatchcase(folded, pattern.casefold()):
                return limits
        return self.limits

    def overridden(self, words: dict[str, str]) -> Policy:
        """Return the policy with the same limits set for every file."""
        return Policy(
            self.limits.changed(words, {}),
            tuple((pattern, limits.changed(words, {})) for pattern, limits in self.rules),
        )


def load_policy(path: Path) -> Policy:
    """Read a policy: `schema = 1`, a table `limits`, and tables `[[file]]` with a `pattern`.

    Raises InputError: missing_file, bad_policy, bad_limit.
    """
    table = _parsed(path)
    unknown = sorted(table.keys() - {"schema", "limits", "file"})
    if unknown or table.get("schema") != 1:
        said = f"has unknown keys: {', '.join(unknown)}" if unknown else "does not say schema = 1"
        raise _refused("bad_policy", path, said, "it holds schema, [limits] and [[file]]")
    base = Limits().changed(_table(table.get("limits", {}), path), {"file": str(path)})
    rules = table.get("file", [])
    if not isinstance(rules, list):
        raise _refused("bad_policy", path, "`file` is a single table", "write it as [[file]]")
    return Policy(base, tuple(_rule(rule, base, path) for rule in rules))


def _parsed(path: Path) -> dict[str, Any]:
    hint = "see docs/diff.md"
    try:
        text = read_bytes(path, MAX_BYTES).decode("utf-8")
        if too_long_key(text, str(path)) is not None:
            raise _refused("bad_policy", path, "has a key of too many parts", hint)
        table = tomllib.loads(text)
        refuse_odd(table, infinite=True)
    except (FileNotFoundError, IsADirectoryError) as cause:
        raise _refused("missing_file", path, "no such file", "check its name") from cause
    except OSError as cause:
        said = f"cannot be read: {cause.strerror or cause}"
        raise _refused("bad_policy", path, said, hint) from cause
    except RecursionError as cause:
        raise _refused("bad_policy", path, "is too deep", hint) from cause
    except BadDataError as cause:
        raise _refused("bad_policy", path, str(cause), hint) from cause
    except ValueError as cause:
        raise _refused("bad_policy", path, f"is not TOML: {cause}", "correct that line") from cause
    return table


def _rule(rule: Any, base: Limits, path: Path) -> tuple[str, Limits]:
    table = dict(_table(rule, path))
    pattern = table.pop("pattern", None)
    if not isinstance(pattern, str):
        hint = 'for example pattern = "vocals*"'
        raise _refused("bad_policy", path, "a [[file]] has no pattern", hint)
    return pattern, base.changed(table, {"file": str(path)})


def _table(value: Any, path: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _refused("bad_policy", path, f"{value!r} is not a table", "see docs/diff.md")
    return value


def _refused(kind: str, path: Path, said: str, hint: str) -> InputError:
    return InputError(Problem(kind, f"{path}: {said}", {"file": str(path)}, hint=hint))
