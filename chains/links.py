"""What must hold between the tables of a chain: names of groups, returns and inserts that exist."""

from __future__ import annotations

from collections.abc import Iterator

from chains.errors import Fault, nearest
from chains.outline import GroupOutline, Outline, Word
from chains.where import Source


def _sends(chain: Outline, source: Source) -> Iterator[Fault]:
    for group in chain.groups:
        for word in group.sends:
            if word.text not in chain.return_ids:
                yield _unknown("return", word, chain.return_ids, source)


def _keys(chain: Outline, source: Source) -> Iterator[Fault]:
    for rack in chain.racks:
        for word in (row.key for row in rack if row.key):
            if word.text not in chain.group_ids:
                yield _unknown("group", word, chain.group_ids, source)
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
    """Groups that wait for each other could never be rendered; one fault a cycle."""
    waiting = {group.id.text: group for group in chain.groups if group.id}
    while waiting := _still_waiting(waiting):
        cycle = _walk(waiting)
        names = [*cycle, cycle[0]]
        word = next(key for key in waiting[cycle[0]].keys if key.text == names[1])
        yield Fault(
            "key_cycle",
            f"keys go in a circle: {' listens to '.join(names)}",
            source.where(*word.at),
            expected="keys that lead from one group to another without coming back",
            hint="take one of these keys out",
        )
        for name in cycle:
            del waiting[name]


def _listens_to(group: GroupOutline, names: dict[str, GroupOutline]) -> list[str]:
    own = group.id.text if group.id else None
    return [key.text for key in group.keys if key.text in names and key.text != own]


def _still_waiting(groups: dict[str, GroupOutline]) -> dict[str, GroupOutline]:
    """Drop, until nothing changes, every group that waits for none of the others."""
    while True:
        kept = {name: group for name, group in groups.items() if _listens_to(group, groups)}
        if len(kept) == len(groups):
            return kept
        groups = kept


def _walk(waiting: dict[str, GroupOutline]) -> list[str]:
    """Follow the keys until a group comes round again, and return that circle."""
    trail = [next(iter(waiting))]
    while (ahead := _listens_to(waiting[trail[-1]], waiting)[0]) not in trail:
        trail.append(ahead)
    return trail[trail.index(ahead) :]


def _version_groups(chain: Outline, source: Source) -> Iterator[Fault]:
    for version in chain.versions:
        for word in (*version.mute, *version.only):
            if word.text not in chain.group_ids:
                yield _unknown("group", word, chain.group_ids, source)
        if version.has_both:
            yield Fault(
                "mute_and_only",
                "a version has either mute or only",
                source.where(*version.at, "only"),
                expected="the groups to leave out (mute), or those to keep (only)",
                hint="take one of the two out",
            )


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
        expected=f"one of {', '.join(known)}" if known else f"a {kind}, but there is none {of}",
        nearest=nearest(word.text, known),
    )


LINKS = (_sends, _keys, _key_cycles, _version_groups, _drive)
"""Every rule between tables, in the order they are told."""
