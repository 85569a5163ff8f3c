"""Which stems a file may be meant for, by its name alone: the surest way that fits any counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sessions import OTHER, Track, folded, words_as_written

_OF_VERSIONS = frozenset(
    {
        *("new", "newer", "newest", "old", "older", "final", "version", "copy", "again"),
        *("fix", "fixed", "fixes", "rev", "revised", "revision", "corrected", "redo", "redone"),
        *("update", "updated", "edit", "edited", "alt", "alternate", "replacement", "replaced"),
        *("export", "exported", "bounce", "bounced", "render", "rendered"),
    }
)
_NUMBERED = re.compile(r"(?:v|ver|rev|take|tk|version|r)\d{1,4}")
_NUMBER = re.compile(r"\d{1,8}")

Words = tuple[str, ...]


@dataclass(frozen=True)
class Named:
    """Stems that a name may mean; `is_sure` where it says so by itself if it is but one."""

    stems: tuple[Track, ...]
    is_sure: bool


def named_by(new: Track, stems: Sequence[Track]) -> Named:
    """The stems that a new file's name means, or its role; none where neither says anything.

    The same name comes first, then the same words, then the same without words of versions
    ("Lead Vox v2 new"), then without numbers; all these are sure. That a stem's name is a part of
    it, or that the roles agree, is not.
    """
    for forms in (_plain, _spelled, _unversioned, _unnumbered):
        found = [stem for stem in stems if forms(new) & forms(stem)]
        if found:
            return Named(tuple(found), is_sure=True)
    found = list(_inside(new, stems)) or [stem for stem in stems if _is_role(new, stem)]
    return Named(tuple(found), is_sure=False)


def _plain(track: Track) -> set[str]:
    return {folded(track.id), folded(track.name)}


def _spelled(track: Track) -> set[Words]:
    return {_words(track.id), _words(track.name)} - {()}


def _unversioned(track: Track) -> set[Words]:
    return _without(track, lambda word: word in _OF_VERSIONS or bool(_NUMBERED.fullmatch(word)))


def _unnumbered(track: Track) -> set[Words]:
    return {
        bare
        for words in _unversioned(track)
        if (bare := tuple(word for word in words if not _NUMBER.fullmatch(word)))
    }


def _without(track: Track, is_left_out: Callable[[str], bool]) -> set[Words]:
    kept = [tuple(word for word in words if not is_left_out(word)) for words in _spelled(track)]
    return {*kept} - {()}


def _words(text: str) -> Words:
    return tuple(folded(word) for word in words_as_written(text))


def _inside(new: Track, stems: Sequence[Track]) -> Iterator[Track]:
    """The stems whose longest name stands in the new one's, word for word."""
    have = _words(new.id)
    lengths = {stem.id: _longest_inside(have, stem) for stem in stems}
    most = max(lengths.values(), default=0)
    for stem in stems:
        if most and lengths[stem.id] == most:
            yield stem


def _longest_inside(have: Words, stem: Track) -> int:
    return max(
        (
            len(part)
            for part in _unversioned(stem)
            for at in range(len(have) - len(part) + 1)
            if have[at : at + len(part)] == part
        ),
        default=0,
    )


def _is_role(new: Track, stem: Track) -> bool:
    """Whether one role is the other, or a part of it: vocals and vocals/lead."""
    if OTHER in (new.role, stem.role):
        return False
    one, other = f"{new.role}/", f"{stem.role}/"
    return one.startswith(other) or other.startswith(one)
