"""What can go wrong while reading a session, as values; all of it is told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SessionProblem:
    """One thing that is wrong: `kind` for scripts (snake_case), the rest for people.

    `where` holds {file} or {file, member}; `nearest` is the closest thing that does exist.
    """

    kind: str
    message: str
    where: Mapping[str, str | int] = field(default_factory=dict)
    expected: str | None = None
    nearest: str | None = None
    hint: str | None = None

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


class SessionError(Exception):
    """The only error `sessions.read` raises for bad input; `problems` is never empty."""

    def __init__(self, problems: SessionProblem | Sequence[SessionProblem]) -> None:
        self.problems: tuple[SessionProblem, ...] = (
            (problems,) if isinstance(problems, SessionProblem) else tuple(problems)
        )
        super().__init__("; ".join(problem.message for problem in self.problems))


def printable(text: object) -> str:
    """`text` with what no terminal or JSON reader can take (lone surrogates, NUL) escaped."""
    return str(text).encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
