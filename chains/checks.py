"""What must hold in a chain: inside its tables, between them, and among an insert's settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from chains.faults import Fault
from chains.lines import At, Source
from chains.model import LONGEST_ID, MOST_VERSIONS, is_absolute, resolve
from chains.outline import GroupOutline, InsertOutline, Outline, Word
from chains.select import REST, ROLE_WORDS, role_of, stem_selector
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
        for word in version.gains:
            if word.text not in known:
                yield _unknown("group", word, known, source)
        if version.stems is not None and (version.mute or version.only):
            yield Fault(
                "mute_and_only",
                "mastered stems are one version a group, without mute or only",
                source.where(*version.at, "stems"),
                expected='stems = "mastered" beside neither',
                hint="take mute or only out, or write a version of its own",
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

AGREEMENTS = ("one_direction", "crossovers", "plugin_reference")
"""The kinds of faults told here: the names of the models' own checks (chains.inserts)."""


def agreements(chain: Outline, source: Source) -> Iterator[Fault]:
    """Yield what does not agree inside the inserts."""
    for rack in chain.racks:
        for row in rack:
            yield from _CHECKS.get(row.use or "", _nothing)(row, source)


def _nothing(row: InsertOutline, source: Source) -> Iterator[Fault]:  # noqa: ARG001 - a check's shape
    yield from ()


def _directions(row: InsertOutline, source: Source) -> Iterator[Fault]:
    for index, band in enumerate(_rows(row.table.get("bands"))):
        if isinstance(band, Mapping) and ("max_cut_db" in band) == ("max_boost_db" in band):
            both = "max_cut_db" in band
            yield _fault(
                "one_direction",
                "this band has both max_cut_db and max_boost_db"
                if both
                else "this band has neither max_cut_db nor max_boost_db",
                source,
                (*row.at, "bands", index),
                "exactly one of the two",
            )


def _crossovers(row: InsertOutline, source: Source) -> Iterator[Fault]:
    corners, bands = _rows(row.table.get("crossovers_hz")), _rows(row.table.get("bands"))
    numbers = [each for each in corners if isinstance(each, int | float)]
    if len(numbers) == len(corners) and any(low >= high for low, high in pairwise(numbers)):
        said = "crossovers_hz does not rise"
        yield _fault("crossovers", said, source, row.at, "corners from low to high")
    if 1 <= len(corners) <= 5 and 2 <= len(bands) <= 6 and len(bands) != len(corners) + 1:
        said = f"{len(bands)} bands for {len(corners)} crossovers_hz"
        yield _fault("crossovers", said, source, row.at, "one band more than crossovers_hz")


def _reference(row: InsertOutline, source: Source) -> Iterator[Fault]:
    table = row.table.get("plugin")
    if isinstance(table, Mapping) and table.keys() <= {"vendor", "format"}:
        said = "this plugin has neither name nor id"
        yield _fault("plugin_reference", said, source, (*row.at, "plugin"), "a name or an id")


def _rows(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else ()


def _fault(kind: str, message: str, source: Source, at: At, expected: str) -> Fault:
    return Fault(kind, message, source.where(*at), expected=expected)


_CHECKS = {"dynamic_eq": _directions, "multiband": _crossovers, "plugin": _reference}


_BUS_RESERVED = ("master", "sum", "finish")
_VERSION_RESERVED = ("main",)
_WINDOWS_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)]
)

_MOST = 300
"""Faults of one kind that are looked for; more are not told anyway."""


def _bus_ids(chain: Outline, source: Source) -> Iterator[Fault]:
    """Groups and returns share one namespace, since `<id>/<insert id>` names their steps."""
    ids = [group.id for group in chain.groups if group.id]
    ids += [bus.id for bus in chain.returns if bus.id]
    yield from _repeats(ids, "group or return", source)
    yield from _reserved(ids, _BUS_RESERVED, source)


def _insert_ids(chain: Outline, source: Source) -> Iterator[Fault]:
    for rack in chain.racks:
        yield from _repeats([row.id for row in rack if row.id], "insert of this row", source)


def _version_ids(chain: Outline, source: Source) -> Iterator[Fault]:
    ids = [*chain.version_ids]
    yield from _too_many(chain, source)
    yield from _repeats(ids, "version", source)
    yield from _reserved(ids, _VERSION_RESERVED, source)
    for word in ids:
        if word.text.casefold() in _WINDOWS_DEVICES:
            yield Fault(
                "reserved_id",
                f'"{word.text}" cannot be a file name on Windows',
                source.where(*word.at),
                expected="an id that can be a file name on every system",
                hint=f'name the version otherwise, for instance "{word.text}-version"',
            )


def _too_many(chain: Outline, source: Source) -> Iterator[Fault]:
    """Versions that mastered stems stand for: their number, and how long their ids get."""
    ids = chain.version_ids
    if len(ids) > MOST_VERSIONS > len(chain.versions):
        said = f"{len(ids)} versions, one for each group of mastered stems among them"
        expected = f"at most {MOST_VERSIONS}"
        yield Fault("out_of_range", said, source.where(*ids[MOST_VERSIONS].at), expected=expected)
    given = [version.id for version in chain.versions]
    for word in ids:
        if len(word.text) > LONGEST_ID and word not in given:
            said = f'"{word.text}" would be the id of mastered stems'
            expected = f"at most {LONGEST_ID} characters"
            yield Fault("bad_id", said, source.where(*word.at), expected=expected)


def _repeats(ids: list[Word], owner: str, source: Source) -> Iterator[Fault]:
    """Ids that differ in case alone count as equal: some file systems cannot tell them apart."""
    first: dict[str, Word] = {}
    for word in ids:
        earlier = first.setdefault(word.text.casefold(), word)
        if earlier is not word:
            yield Fault(
                "duplicate_id",
                f'"{word.text}" already names another {owner}: {source.where(*earlier.at)}',
                source.where(*word.at),
                expected="an id used once",
                hint="rename one of the two; upper and lower case count as the same",
            )


def _reserved(ids: list[Word], reserved: tuple[str, ...], source: Source) -> Iterator[Fault]:
    for word in ids:
        if word.text.casefold() in reserved:
            yield Fault(
                "reserved_id",
                f'"{word.text}" is a name of the program\'s own',
                source.where(*word.at),
                expected=f"an id other than {', '.join(reserved)}",
                hint="choose another id",
            )


def _selectors(chain: Outline, source: Source) -> Iterator[Fault]:
    for group in chain.groups:
        for word in group.stems:
            yield from selector_faults(word, source)


def _rests(chain: Outline, source: Source) -> Iterator[Fault]:
    rests = [group for group in chain.groups if [word.text for word in group.stems] == [REST]]
    for group in rests[1:]:
        yield Fault(
            "several_rests",
            f'only one group can take the rest, and {_name(rests[0])} already has stems = ["*"]',
            source.where(*group.at, "stems"),
            expected='stems = ["*"] in one group',
            hint="name this group's stems by globs or roles",
        )
    for group in chain.groups:
        for word in group.stems:
            if word.text == REST and len(group.stems) > 1:
                yield Fault(
                    "star_not_alone",
                    '"*" beside other selectors would take every stem of the song',
                    source.where(*word.at),
                    expected='"*" alone: whatever no other group took',
                    hint='write stems = ["*"], or leave the "*" out',
                )


def _states(chain: Outline, source: Source, folder: Path | None) -> Iterator[Fault]:
    for rack in chain.racks:
        for word in (row.state for row in rack if row.state and row.use == "plugin"):
            if folder is None and not is_absolute(word.text):
                continue
            if word.text and not _is_file(resolve(word.text, folder or Path())):
                yield Fault(
                    "state_missing",
                    f'there is no state file "{word.text}"',
                    source.where(*word.at),
                    expected="a file, its path relative to the chain file",
                    hint="save the state there, or correct the path",
                )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder that may not be read
        return False


def _name(group: GroupOutline) -> str:
    return f'"{group.id.text}"' if group.id else "another group"


Rule = Callable[[Outline, Source], Iterator[Fault]]

RULES: tuple[Rule, ...] = (
    _bus_ids,
    _insert_ids,
    _version_ids,
    _selectors,
    _rests,
    agreements,
    _sends,
    _keys,
    _key_cycles,
    _version_groups,
    _drive,
)
"""Every rule that asks nothing of the disk."""


def faults_between(chain: Outline, source: Source, folder: Path | None) -> list[Fault]:
    """Check every rule; `folder` is the chain file's, None when the text came from no file."""
    found = [fault for rule in RULES for fault in islice(rule(chain, source), _MOST)]
    return found + list(islice(_states(chain, source, folder), _MOST))
