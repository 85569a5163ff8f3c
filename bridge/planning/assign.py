"""Which group takes which stem, and every stem that none or two would take."""

from __future__ import annotations

from bridge.errors import Diagnostic, Problem
from bridge.planning.model import Stem, Stems
from chains import Chain
from chains.select import StemName, assign


def assign_stems(
    chain: Chain, stems: Stems, problems: list[Problem]
) -> tuple[dict[str, tuple[Stem, ...]], list[Diagnostic]]:
    """Return the stems of each group in natural order, and notes; add faults to `problems`."""
    names = [StemName(stem.id, stem.name, stem.role) for stem in stems.stems]
    by_id = {stem.id: stem for stem in stems.stems}
    found = assign(chain.groups, names)
    groups = ", ".join(group.id for group in chain.groups)
    for stem in found.unmatched:
        problems.append(
            Problem(
                kind="stem_unmatched",
                message=f'no group takes the stem "{stem.id}" (role {stem.role})',
                where={"file": str(by_id[stem.id].files[0].path)},
                expected=f"a selector of one of the groups {groups}",
                hint=f'add "{stem.name}" or "role:{stem.role}" to a group, '
                'or make a group with stems = ["*"] for the rest',
            )
        )
    for stem, takers in found.twice:
        problems.append(
            Problem(
                kind="stem_taken_twice",
                message=f'the stem "{stem.id}" is taken by {" and ".join(takers)}',
                where={"file": str(by_id[stem.id].files[0].path)},
                expected="one group",
                hint="make one of the selectors narrower",
            )
        )
    notes = []
    for group in chain.groups:
        if group.id not in found.empty:
            continue
        if group.required:
            problems.append(
                Problem(
                    kind="group_empty",
                    message=f'the group "{group.id}" is required, and this song has no stem for it',
                    where=group.where.as_json(),
                    expected=" or ".join(group.stems),
                )
            )
        else:
            notes.append(
                Diagnostic("note", "group_empty", group.id, f"{group.id}: no stem in this song")
            )
    taken = {group: tuple(by_id[stem.id] for stem in stems) for group, stems in found.groups}
    return taken, notes
