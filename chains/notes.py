"""What the user should know about a chain that has no faults."""

from __future__ import annotations

from collections.abc import Iterator

from chains.errors import Note
from chains.model import is_absolute
from chains.outline import Outline
from chains.where import Source

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
