"""What can go wrong, as values: each problem says what, where, and what to do next.

StemwrightError
├── DiffersError    exit 1   it is not what it was said to be
├── OverFullScaleError  exit 1   a version that whole numbers cannot hold (of `bridge.delivering`)
├── InputError      exit 2   the caller's files, chain or options
│   ├── SessionError         a session that cannot be read (of `sessions`)
│   └── FileError            a file of ours that cannot be used, all faults at once (of `chains`)
│       ├── ChainError       a chain (of `chains`)
│       ├── JobError         a job (of `bridge.jobs`)
│       └── ProfileError     a delivery's profile (of `bridge.delivering`)
├── MachineError    exit 3   this machine: plugin, library, disk
├── RenderError     exit 4   a render failed after its plugin was found
└── StoppedError    exit 130
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar, Literal

from stemwright.values import dataclass

Severity = Literal["note", "warning", "error"]

EXIT_NO = 1
"""Exit code of a command whose answer is no: differs, missed, findings."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: `kind` for scripts, the rest for people.

    `where` holds {file, line, path}, {file, member} or {group, insert, plugin}; `nearest` is the
    closest valid word.
    """

    kind: str
    message: str
    where: Mapping[str, str | int] = field(default_factory=dict)
    expected: str | None = None
    nearest: str | None = None
    hint: str | None = None

    @property
    def place(self) -> str:
        """Where it is, as people read it: file:line and path, or group/insert; "" without one."""
        if "file" in self.where:
            line = f":{self.where['line']}" if "line" in self.where else ""
            path = f" {self.where['path']}" if "path" in self.where else ""
            named = str(self.where.get("plugin", ""))
            plugin = "" if named in self.message else f" ({named})"
            return f"{self.where['file']}{line}{path}{plugin}"
        names = [str(self.where[name]) for name in ("group", "insert") if name in self.where]
        if not names:
            return str(self.where.get("plugin", ""))
        plugin = f" ({self.where['plugin']})" if "plugin" in self.where else ""
        return "/".join(names) + plugin

    def __str__(self) -> str:
        """Its place and what is wrong there; a message that begins with its place says it once."""
        place = self.place
        told = not place or self.message.startswith(place)
        return self.message if told else f"{place}: {self.message}"

    def as_json(self) -> dict[str, Any]:
        """The object of the `errors` list that `--json` prints."""
        return {
            "kind": self.kind,
            "message": self.message,
            "where": dict(self.where),
            "expected": self.expected,
            "nearest": self.nearest,
            "hint": self.hint,
        }


@dataclass(frozen=True)
class Diagnostic:
    """Something the user should know that did not stop the work."""

    severity: Severity
    code: str
    where: str
    message: str

    def as_json(self) -> dict[str, str]:
        """The object of a `diagnostics` list."""
        return {
            "severity": self.severity,
            "code": self.code,
            "where": self.where,
            "message": self.message,
        }


class StemwrightError(Exception):
    """Base of every error told to the user; holds all problems found, not only the first."""

    exit_code: ClassVar[int] = 70

    def __init__(self, problems: Problem | Sequence[Problem]) -> None:
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it travel between processes, with all it holds."""
        return _again, (type(self), self.args, self.__dict__)


def _again(
    kind: type[StemwrightError], args: tuple[Any, ...], held: dict[str, Any]
) -> StemwrightError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(held)
    return error


class DiffersError(StemwrightError):
    """Something is not what a lock or a golden file says."""

    exit_code = EXIT_NO


class InputError(StemwrightError):
    """The caller's files, chain or options."""

    exit_code = 2


class MachineError(StemwrightError):
    """This machine lacks something: a plugin, a library, space or permission."""

    exit_code = 3


class RenderError(StemwrightError):
    """A render failed although its plugin was found."""

    exit_code = 4


class StoppedError(StemwrightError):
    """The user stopped the work."""

    exit_code = 130
