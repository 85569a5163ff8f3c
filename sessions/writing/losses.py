"""What a project cannot hold: gathered, and told once a kind."""

from __future__ import annotations

from collections.abc import Sequence

from stemwright.problems import Diagnostic, Severity

INSTANCES_LOST = (
    "these mono plugins ran once a channel; here each is there once: give every channel one by hand"
)
PINS_LOST = (
    "these plugins hear and feed other channels than 1 and 2 as they are; here they are on both:"
    " connect their pins by hand"
)
_NAMED = 8
_UNNAMED = "(no name)"


class Losses:
    """Gathers what was left out or changed while `target` is written."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._found: dict[str, tuple[Severity, str, list[str]]] = {}

    def add(self, code: str, severity: Severity, why: str, what: str) -> None:
        """Keep in mind that `what` is told under `code`, with the reason `why`."""
        named = what.strip() or _UNNAMED
        named = f"{_UNNAMED}{named}" if named.startswith("/") else named
        self._found.setdefault(code, (severity, why, []))[2].append(named)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """One diagnostic a code, in the order in which they first came up."""
        return tuple(
            Diagnostic(severity, code, self._target, f"{why}: {_listed(what)}")
            for code, (severity, why, what) in self._found.items()
        )


def _listed(names: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(names))
    shown = ", ".join(distinct[:_NAMED])
    more = len(distinct) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown
