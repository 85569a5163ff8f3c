"""Which new file takes the place of which stem: as was said, else by name, role and sound."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bridge.jobs.replacing.differences import likeness
from bridge.jobs.replacing.names import named_by
from bridge.jobs.replacing.sounds import StemSound, sound_of
from sessions import Track, folded
from stemwright.problems import InputError, Problem
from stemwright.words import listed, nearest

By = Literal["said", "name", "sound"]

_SAME_SOUND = 0.8
"""Least likeness of two files that are the same part of the same song."""


@dataclass(frozen=True)
class Match:
    """A new file and the stem it is for; `by` is what told."""

    stem: Track
    old: StemSound
    new: StemSound
    by: By


@dataclass(frozen=True)
class Matches:
    """What new files are for, and the files that no stem was found for."""

    pairs: tuple[Match, ...]
    unmatched: tuple[Path, ...]


def matched(stems: Sequence[Track], files: Sequence[Track], said: Mapping[str, str]) -> Matches:
    """Match new files to a song's stems; `said` are stems' names by the ids of `files`.

    Raises InputError with every file that may be for several stems, and how to say which; with
    every stem that several files are for; for stems that are said and not there.
    """
    return _Matching(stems, files, said).matches()


class _Matching:
    """Matches one set of files, and gathers what stands against it."""

    def __init__(
        self, stems: Sequence[Track], files: Sequence[Track], said: Mapping[str, str]
    ) -> None:
        self._stems, self._files, self._said = stems, files, said
        self._problems: list[Problem] = []

    def matches(self) -> Matches:
        pairs: list[Match] = []
        unmatched: list[Path] = []
        for file in self._files:
            before = len(self._problems)
            found = self._one(file)
            if found is not None:
                stem, by = found
                pairs.append(Match(stem, sound_of(stem), sound_of(file), by))
            elif len(self._problems) == before:
                unmatched.extend(sound_of(file).paths)
        self._refuse_twice(pairs)
        if self._problems:
            raise InputError(self._problems)
        return Matches(tuple(pairs), tuple(unmatched))

    def _one(self, file: Track) -> tuple[Track, By] | None:
        if file.id in self._said:
            stem = self._called(self._said[file.id])
            return None if stem is None else (stem, "said")
        named = named_by(file, self._stems)
        if named.is_sure and len(named.stems) == 1:
            return named.stems[0], "name"
        alike = self._alike(file, named.stems or self._stems)
        if len(alike) == 1:
            return alike[0], "name" if named.stems else "sound"
        if named.stems or alike:
            self._tell_ambiguous(file, alike or named.stems)
        return None

    def _alike(self, file: Track, among: Sequence[Track]) -> list[Track]:
        new = sound_of(file)
        return [stem for stem in among if likeness(sound_of(stem), new) >= _SAME_SOUND]

    def _called(self, word: str) -> Track | None:
        wanted = folded(word)
        found = [stem for stem in self._stems if folded(stem.id) == wanted]
        found = found or [stem for stem in self._stems if folded(stem.name) == wanted]
        if len(found) == 1:
            return found[0]
        names = [stem.id for stem in found or self._stems]
        self._problems.append(
            Problem(
                "unknown_stem" if not found else "stem_ambiguous",
                f'--as: there is no stem "{word}" in this song'
                if not found
                else f'--as: "{word}" may be {" or ".join(names)}',
                expected=f"one of {listed(names)}",
                nearest=nearest(word, [*names, *(stem.name for stem in self._stems)]),
            )
        )
        return None

    def _tell_ambiguous(self, file: Track, stems: Sequence[Track]) -> None:
        (place, *_) = sound_of(file).paths
        names = [f'"{stem.id}"' for stem in stems]
        ways = [f"--as {shlex.quote(f'{stem.id}={place}')}" for stem in stems]
        may_be = (
            f"may be for {' or '.join(names)}"
            if len(names) > 1
            else f"may be for {names[0]}, which is other sound"
        )
        self._problems.append(
            Problem(
                "replacement_ambiguous",
                f"{place.name} {may_be}",
                {"file": str(place)},
                expected="a file for one stem",
                hint=f"say which: {' or '.join(ways)}",
            )
        )

    def _refuse_twice(self, pairs: Sequence[Match]) -> None:
        rows: dict[str, list[Match]] = defaultdict(list)
        for pair in pairs:
            rows[pair.stem.id].append(pair)
        for stem, found in rows.items():
            if len(found) > 1:
                names = [str(each.new.paths[0]) for each in found]
                self._problems.append(
                    Problem(
                        "replacement_ambiguous",
                        f'several files are for "{stem}": {listed(names)}',
                        {"file": names[0]},
                        expected="one file a stem",
                        hint=f"leave one out, or say what it is for: --as 'STEM={names[1]}'",
                    )
                )
