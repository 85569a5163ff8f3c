"""Which group takes which stem, and every stem that none or two would take."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.planning.model import Stem, Stems
from chains import Chain, StemName, Where, assign, matches, role_of as selector_role
from sessions import OTHER, role_of
from stemwright.problems import Diagnostic, Problem, Severity
from stemwright.values import dataclass


def assign_stems(
    chain: Chain, stems: Stems, problems: list[Problem]
) -> tuple[dict[str, tuple[Stem, ...]], list[Diagnostic]]:
    """Return the stems of each group in natural order, and notes; add faults to `problems`."""
    names = [StemName(stem.id, stem.name, stem.role) for stem in stems.stems]
    by_id = {stem.id: stem for stem in stems.stems}
    found = assign(chain.groups, names)
    names_only = [*_names_only(chain, names)]
    groups = ", ".join(group.id for group in chain.groups)
    for stem in found.unmatched:
        problems.append(
            Problem(
                kind="stem_unmatched",
                message=f'no group takes the stem "{stem.id}" (role {stem.role})',
                where={"file": by_id[stem.id].files[0].place},
                expected=f"a selector of one of the groups {groups}",
                hint=_meant_for(stem, names_only)
                or f'add "{stem.name}" or "role:{stem.role}" to a group, '
                'or make a group with stems = ["*"] for the rest',
            )
        )
    for stem, takers in found.twice:
        problems.append(
            Problem(
                kind="stem_taken_twice",
                message=f'the stem "{stem.id}" is taken by {" and ".join(takers)}',
                where={"file": by_id[stem.id].files[0].place},
                expected="one group",
                hint="make one of the selectors narrower",
            )
        )
    notes = [_told(each) for each in names_only]
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


@dataclass(frozen=True)
class _NameOnly:
    """A selector that matches no name here, though `role` is what its word says."""

    group: str
    selector: str
    role: str
    where: Where
    is_here: bool


def _names_only(chain: Chain, names: Sequence[StemName]) -> Iterator[_NameOnly]:
    """Bare words of the role table, and globs of them where the song has such a stem."""
    here = {name.role for name in names}
    for group in chain.groups:
        for index, selector in enumerate(group.stems):
            word = selector.strip("*? ")
            role = role_of(word) if word and selector_role(selector) is None else OTHER
            if role == OTHER or any(matches(selector, name) for name in names):
                continue
            is_here = any(_is_a(each, role) for each in here)
            if word == selector or is_here:
                where = chain.locate(*group.where.at, "stems", index)
                yield _NameOnly(group.id, selector, role, where, is_here)


def _is_a(role: str | None, wanted: str) -> bool:
    return role is not None and (role == wanted or role.startswith(f"{wanted}/"))


def _told(found: _NameOnly) -> Diagnostic:
    message = (
        f'{found.group}: the selector "{found.selector}" matches no stem\'s name; '
        f'to take stems by what they are, write "role:{found.role}"'
    )
    severity: Severity = "warning" if found.is_here else "note"
    return Diagnostic(severity, "selector_matches_nothing", str(found.where), message)


def _meant_for(stem: StemName, found: Sequence[_NameOnly]) -> str | None:
    """What would take `stem`, when a group says its role as if it were a name."""
    for each in found:
        if _is_a(stem.role, each.role):
            return (
                f'"{each.selector}" of the group {each.group} is a name; '
                f'write "role:{each.role}" to take stems by what they are'
            )
    return None
