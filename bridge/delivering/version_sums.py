"""Whether the versions in a delivery add up to its main master, read from the delivered files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.audio import read_blocks
from bridge.delivering.checks import Checked, outcome_of
from bridge.delivering.files import LOSSY
from bridge.delivering.manifest import DeliveredFile
from bridge.delivering.planning import PlannedFile
from bridge.delivering.profiles import Profile
from bridge.delivering.tags import MAIN

if TYPE_CHECKING:
    from bridge.rendering import VersionsSum

SumsOf = Callable[[Profile], Sequence["VersionsSum"]]
"""The sets of versions that together are everything, of the masters made for a profile."""

_Made = tuple[PlannedFile, DeliveredFile]


def no_sums(_profile: Profile) -> Sequence[VersionsSum]:
    """Nothing is known of what complements what."""
    return ()


def with_sums_told(made: Sequence[_Made], folder: Path, sums: SumsOf) -> Iterator[DeliveredFile]:
    """Yield the files in `folder`, main masters with a check of each set that complements itself.

    Such a set is one of lossless files of one profile and coding, edited alike.
    """
    for planned, file in made:
        if planned.version != MAIN or planned.coding.format in LOSSY:
            yield file
            continue
        alike = {
            other.version: folder / other.path
            for other, _ in made
            if (other.profile, other.coding, other.edit)
            == (planned.profile, planned.coding, planned.edit)
        }
        rows = [_checked(file.path, each, alike) for each in sums(planned.profile)]
        yield replace(file, checks=(*file.checks, *(row for row in rows if row is not None)))


def _checked(name: str, of: VersionsSum, files: Mapping[str, Path]) -> Checked | None:
    from bridge.rendering import MOST_BETWEEN_DBFS, peak_between

    if not all(part in files for part in of.parts):
        return None
    found = peak_between([partial(read_blocks, files[each]) for each in (MAIN, *of.parts)])
    sums = found is None or found <= MOST_BETWEEN_DBFS
    words = f"between main and {' + '.join(of.parts)}"
    if not sums:
        words += "; render --residual FILE writes what is missing"
        words += '; with dynamics = "main" they add up' if of.dynamics == "own" else ""
    outcome = outcome_of(sums, "warn")
    return Checked(name, "versions_sum", outcome, found, MOST_BETWEEN_DBFS, "dBFS", words)
