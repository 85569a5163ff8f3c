"""What must hold between the tables of a chain: names of groups, returns and inserts that exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from chains.errors import Fault
from chains.outline import Outline, Word
from chains.select import ROLE_WORDS, role_of, stem_selector
from chains.where import Source
from stemwright.words import listed, nearest


def _sends(chain: Outline, source: Source) -> Iterator[Fault]:
    known = chain.return_ids
    for group in chain.groups:
        for word in group.sends:
            if word.text not in known:
                yield _unknown("return", word, known, source)


def _keys(chain: Outline, source: Source) -> Iterator[Fault]:
    known = chain.group_ids
    for rack in chain.racks:
        for word in (row.key for row in rack if row.key):
            if word.text not in known:
                yield _unknown("group", word, known, source)
    for group in chain.groups:
        for word in group.keys:
            if group.id and word.text == group.id.text:
                yield Fault(
                    "key_self",
                    f'the group "{word.text}" cannot be its own key',
                    source.where(*word.at),
                    expected="the id of another group",
                    hint="leave key out: without one, an insert listens to its own input",
                )


def _key_cycles(chain: Outline, source: Source) -> Iterator[Fault]:
    """Groups that wait for each other could never be rendered; one fault a circle."""
    groups = {group.id.text: group for group in chain.groups if group.id}
    keys = {name: {key.text: key for key in group.keys} for name, group in groups.items()}
    while cycle := _cycle({name: [*heard] for name, heard in keys.items()}):
        yield Fault(
            "key_cycle",
            f"keys go in a circle: {' listens to '.join([*cycle, cycle[0]])}",
            source.where(*keys[cycle[0]][cycle[1]].at),
            expected="keys that lead from one group to another without coming back",
            hint="take one of these keys out",
        )
        for name in cycle:
            del keys[name]


def _cycle(keys: dict[str, list[str]]) -> list[str]:
    """One circle of groups, each listening to the next, from the earliest group; or nothing."""
    waits = {
        name: [other for other in heard if other in keys and other != name]
        for name, heard in keys.items()
    }
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        circle = list(reversed(error.args[1]))[1:]
        earliest = next(name for name in keys if name in circle)
        first = circle.index(earliest)
        return circle[first:] + circle[:first]
    return []


def _version_groups(chain: Outline, source: Source) -> Iterator[Fault]:
    known = chain.group_ids
    for version in chain.versions:
        for word in (*version.mute, *version.only):
            selector = stem_selector(word.text)
            if selector is not None:
                yield from selector_faults(Word(selector, word.at), source)
            elif word.text not in known:
                yield _unmuted(word, known, source)
        if version.has_both:
            yield Fault(
                "mute_and_only",
                "a version has either mute or only",
                source.where(*version.at, "only"),
                expected="the groups to leave out (mute), or those to keep (only)",
                hint="take one of the two out",
            )


def selector_faults(word: Word, source: Source) -> Iterator[Fault]:
    """Check one selector of stems."""
    role = role_of(word.text)
    if role is not None and role not in ROLE_WORDS:
        yield Fault(
            "bad_selector",
            f'there is no role "{role}"',
            source.where(*word.at),
            expected=f"role: and one of {', '.join(ROLE_WORDS)}",
            nearest=_near_role(role),
            hint="or select by name with a glob such as *vox*",
        )
    elif not word.text.strip():
        yield Fault(
            "bad_selector",
            "an empty selector takes no stem",
            source.where(*word.at),
            expected="a glob such as drum*, or role: and a role",
        )


def _near_role(role: str) -> str | None:
    word = nearest(role, ROLE_WORDS)
    return f"role:{word}" if word else None


def _unmuted(word: Word, known: tuple[str, ...], source: Source) -> Fault:
    hint = f'groups go by their id; a stem is "stem:{word.text}", a role "role:{word.text}"'
    return replace(_unknown("group", word, known, source), hint=hint)


def _drive(chain: Outline, source: Source) -> Iterator[Fault]:
    if chain.drive_at and chain.drive_at.text not in chain.master_ids:
        yield _unknown("insert", chain.drive_at, chain.master_ids, source, of="of the master")


def _unknown(
    kind: str, word: Word, known: tuple[str, ...], source: Source, of: str = "in this chain"
) -> Fault:
    return Fault(
        f"unknown_{kind}",
        f'there is no {kind} "{word.text}" {of}',
        source.where(*word.at),
        expected=f"one of {listed(known)}" if known else f"{_A[kind]}, but there is none {of}",
        nearest=nearest(word.text, known),
    )


_A = {"return": "a return", "group": "a group", "insert": "an insert"}

LINKS = (_sends, _keys, _key_cycles, _version_groups, _drive)
"""Every rule between tables, in the order they are told."""
