"""What parses but cannot be rendered yet is refused by name, never ignored."""

from __future__ import annotations

from collections.abc import Iterator

from chains import Chain, Where
from stemwright.problems import Problem


def _refusal(what: str, where: Where, hint: str) -> Problem:
    return Problem(
        kind="not_rendered",
        message=f"{what} cannot be rendered by this version",
        where=where.as_json(),
        hint=hint,
    )


def refusals(chain: Chain, supported: frozenset[str]) -> Iterator[Problem]:
    """Yield one problem for each thing in `chain` that rendering lacks."""
    for _, insert in chain.inserts():
        use = insert.settings.use
        if use != "plugin" and use not in supported:
            yield _refusal(
                f'the built-in "{use}"', insert.where, f"use one of {', '.join(sorted(supported))}"
            )
    for version in chain.versions:
        if version.dynamics == "main":
            yield _refusal(
                f'dynamics = "main" of the version "{version.id}"',
                version.where,
                'use dynamics = "own"',
            )
