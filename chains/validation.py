"""Whether data is a chain: read from a file or made in code, it is held to the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from chains.bounds import too_much, values_of
from chains.checks import faults_between
from chains.document import document, send_table
from chains.faults import ChainError, Fault, Note
from chains.lines import Source
from chains.model import Chain, Group, is_absolute
from chains.outline import Outline, outline
from chains.readable import read_on, readable
from chains.wire import build

USUAL_GROUPS = 8
"""A stem master has up to so many groups; with more it is a mix, which is worth a note."""


def notes_on(chain: Outline, source: Source) -> tuple[Note, ...]:
    """Collect the notes, in file order within each kind."""
    return (*_group_notes(chain, source), *_path_notes(chain, source))


def _group_notes(chain: Outline, source: Source) -> Iterator[Note]:
    if len(chain.groups) > USUAL_GROUPS:
        message = f"{len(chain.groups)} groups; a stem master usually has up to {USUAL_GROUPS}"
        yield Note("many_groups", message, source.where(*chain.groups[USUAL_GROUPS].at))
    for version in chain.versions:
        if not version.mute and not version.only:
            yield Note(
                "version_like_main",
                "this version neither mutes nor picks a group: it is the main master again",
                source.where(*version.at),
            )


def _path_notes(chain: Outline, source: Source) -> Iterator[Note]:
    for rack in chain.racks:
        for row in rack:
            for word in (row.plugin, row.state):
                if word and row.use == "plugin" and is_absolute(word.text):
                    yield Note(
                        "absolute_path",
                        f'"{word.text}" is an absolute path: the chain works on this machine only',
                        source.where(*word.at),
                    )


_SURROGATE = re.compile("[\ud800-\udfff]")


def chain_of(
    data: Mapping[str, Any], source: Source, path: Path | None, told: Sequence[Fault] = ()
) -> Chain:
    """Make a chain of a file's data, lists as tuples; `told` is what is wrong with it already.

    Raises ChainError with that and with everything else.
    """
    meant = read_on(data, source)
    chain = outline(meant.data)
    faults = [*told, *meant.faults]
    faults += faults_between(chain, meant.source, path.parent if path else None)
    if meant.wire is None or faults:
        raise ChainError(faults, readable(chain, meant, faults, path))
    return build(meant.wire, source, path, notes_on(chain, source))


def check(chain: Chain) -> Chain:
    """Hold a chain to all that a chain file is held to, and return it as its file would give it.

    One that was read from a file is returned as it is. State files by relative paths are not
    looked for: planning does. Raises ChainError; where a chain was made in code, places have a
    dotted path and no line.
    """
    wrong = [*_misfits(chain)]
    if wrong:
        raise ChainError(wrong)
    try:
        data = document(chain)
    except RecursionError:
        raise ChainError([_not_a("chain", chain, "settings that do not hold themselves")]) from None
    beyond = too_much(data, None)
    if beyond is not None:
        raise ChainError([beyond])
    told = [*_twice(chain), *_not_unicode(data)]
    same = chain_of(frozen(data), Source(), None, told)
    same = replace(same, path=chain.path)
    is_read = bool(chain.source.lines) and repr(same) == repr(chain)
    return chain if is_read else same


def _misfits(chain: Any) -> Iterator[Fault]:
    if not isinstance(chain, Chain):
        yield _not_a("chain", chain, "a chains.Chain")
        return
    path: object = chain.path
    if not isinstance(path, Path | None):
        yield _not_a("path", path, "a pathlib.Path, or None")


def _not_a(name: str, value: object, expected: str) -> Fault:
    message = f"{name} is {type(value).__name__}; expected {expected}"
    return Fault("wrong_type", message, Source().where(name), expected=expected)


def _twice(chain: Chain) -> Iterator[Fault]:
    """Sends that a group has several times: a file's table cannot say so."""
    groups = chain.groups if isinstance(chain.groups, tuple | list) else ()
    for index, group in enumerate(groups):
        sends = group.sends if isinstance(group, Group) else ()
        for name in send_table(sends) or ():
            if [each for each, _ in sends].count(name) > 1:
                yield Fault(
                    "duplicate_id",
                    f'"{name}" already names another send of this group',
                    Source().where("group", index, "sends", name),
                    expected="one send to a return",
                    hint="add the two up, or take one out",
                )


def _not_unicode(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Texts that no UTF-8 file can hold."""
    for at, value in values_of(data):
        if any(isinstance(each, str) and _SURROGATE.search(each) for each in (value, at[-1])):
            expected = "text that can be written as UTF-8"
            message = f"{ascii(value)[:40]} has half a character; expected {expected}"
            yield Fault("bad_text", message, Source().where(*at), expected)


def frozen(value: Any) -> Any:
    """Turn lists into tuples, which is what the frozen models hold."""
    if isinstance(value, dict):
        return {key: frozen(item) for key, item in value.items()}
    return tuple(frozen(item) for item in value) if isinstance(value, list) else value
