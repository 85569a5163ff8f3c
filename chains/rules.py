"""What must hold inside the tables of a chain: ids that do not collide, selectors, state files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from chains.agreements import agreements
from chains.errors import Fault
from chains.links import LINKS, selector_faults
from chains.model import is_absolute, resolve
from chains.outline import GroupOutline, Outline, Word
from chains.select import REST
from chains.where import Source

_BUS_RESERVED = ("master", "sum", "finish")
_VERSION_RESERVED = ("main",)
_WINDOWS_DEVICES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)]
)

_MOST = 300
"""Faults of one kind that are looked for; more are not told anyway."""

Rule = Callable[[Outline, Source], Iterator[Fault]]


def faults_between(chain: Outline, source: Source, folder: Path | None) -> list[Fault]:
    """Check every rule; `folder` is the chain file's, None when the text came from no file."""
    rules: tuple[Rule, ...] = (
        _bus_ids,
        _insert_ids,
        _version_ids,
        _selectors,
        _rests,
        agreements,
        *LINKS,
    )
    found = [fault for rule in rules for fault in islice(rule(chain, source), _MOST)]
    return found + list(islice(_states(chain, source, folder), _MOST))


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
    ids = [version.id for version in chain.versions if version.id]
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
