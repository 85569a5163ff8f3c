"""Two documents, one verdict: nothing differs, or what does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Literal

from bridge.comparing.documents.change import Change
from bridge.comparing.documents.times_in_words import seconds
from stemwright.problems import EXIT_NO, Diagnostic
from stemwright.words import counted

DOCUMENT_DIFF_SCHEMA = 1
DocumentKind = Literal["chain", "session", "job"]
_MOVED_TOGETHER = 3


@dataclass(frozen=True)
class DocumentDiff:
    """Two chains, two sessions or two jobs: every change that makes B of A.

    `digests` are the two chains' own; empty for what has none. `remarks` are A's and B's: what
    their files hold that is not read, and so not compared.
    """

    a: str
    b: str
    kind: DocumentKind
    changes: tuple[Change, ...]
    digests: tuple[str, str] | None = None
    remarks: tuple[tuple[Diagnostic, ...], tuple[Diagnostic, ...]] = field(default=((), ()))

    @property
    def exit_code(self) -> int:
        """0 where nothing differs, else 1."""
        return EXIT_NO if self.changes else 0

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        if not self.changes:
            return f"equal: the two {self.kind}s say the same"
        return f"changed: {counted(len(self.changes), 'change')}"

    def as_json(self) -> dict[str, Any]:
        """What `diff --json` prints of two documents."""
        digests = self.digests or (None, None)
        return {
            "schema": DOCUMENT_DIFF_SCHEMA,
            "kind": self.kind,
            "a": self.a,
            "b": self.b,
            "verdict": "changed" if self.changes else "equal",
            "digests": {"a": digests[0], "b": digests[1]},
            "changes": [each.as_json() for each in self.changes],
            "remarks": {
                side: [each.as_json() for each in told]
                for side, told in zip("ab", self.remarks, strict=True)
            },
        }


def document_lines(found: DocumentDiff) -> Iterator[str]:
    """Yield the lines a person reads; clips that move together are one line."""
    yield found.headline
    for (_, _), row in groupby(found.changes, key=_together):
        alike = list(row)
        if len(alike) > _MOVED_TOGETHER and _together(alike[0])[1] is not None:
            yield f"  {_moved(alike)}"
        else:
            yield from (f"  {each.words}" for each in alike)


def _together(change: Change) -> tuple[object, int | None]:
    """What a change is told with: clips of one track that move by as much."""
    if change.path[-1] != "position_s" or change.path[2:3] != ("clips",):
        return change.path[:2], None
    return change.path[:2], round((change.after - change.before) * 1000)


def _moved(changes: Sequence[Change]) -> str:
    first = changes[0]
    track = first.words.partition(" clip ")[0]
    by_s = first.after - first.before
    way = "later" if by_s > 0 else "earlier"
    return f"{track} {len(changes)} clips moved {seconds(abs(by_s))} {way}"


def document_markdown(found: DocumentDiff) -> str:
    """Return the changes as a Markdown list."""
    from bridge.comparing.reports import escaped

    lines = [f"## {found.headline}", "", *(f"- {escaped(each.words)}" for each in found.changes)]
    return "\n".join(lines).rstrip() + "\n"
