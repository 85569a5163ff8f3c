"""What a project cannot hold: gathered, and told once a kind."""

from __future__ import annotations

from sessions.formats.shared.tally import UNNAMED, Remarks
from stemwright.problems import Diagnostic, Severity

INSTANCES_LOST = (
    "these mono plugins ran once a channel; here each is there once: give every channel one by hand"
)
PINS_LOST = (
    "these plugins hear and feed other channels than 1 and 2 as they are; here they are on both:"
    " connect their pins by hand"
)


class Losses:
    """Gathers what was left out or changed while `target` is written."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._why: dict[str, tuple[Severity, str]] = {}
        self._remarks = Remarks()

    def add(self, code: str, severity: Severity, why: str, what: str) -> None:
        """Keep in mind that `what` is told under `code`, with the reason `why`."""
        named = what.strip() or UNNAMED
        named = f"{UNNAMED}{named}" if named.startswith("/") else named
        self._why.setdefault(code, (severity, why))
        self._remarks.add(code, named)

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """One diagnostic a code, in the order in which they first came up."""
        return tuple(
            Diagnostic(severity, code, self._target, f"{why}: {self._remarks.places(code)}")
            for code, (severity, why) in self._why.items()
        )
