"""Policies: limits by file pattern, in a TOML file a project keeps beside its goldens."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bridge.comparing.limits import Limits
from bridge.storing import BadDataError, read_bytes, refuse_odd
from chains.bounds import MAX_BYTES, too_long_key
from stemwright.problems import InputError, Problem


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
