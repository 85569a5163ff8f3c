"""What a delivery has beside its files: the report, and the folder that makes the master again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.words import quoted

if TYPE_CHECKING:
    from bridge.delivering import Enclosure, Profile
    from bridge.finished import Lock, SourceFile

_REPORT = "report.html"


@dataclass(frozen=True)
class Enclosing:
    """Encloses a finished folder's report and, for profiles that keep the song, all of it.

    `master` is the finished folder, without a `lock` where it was made elsewhere, `place` where the
    delivery will lie: the lock names its stems as they are seen from there, or, `with_stems`,
    copies of them in the delivery. The `mark` tells the names of one song's from those of another.
    """

    master: Path
    lock: Lock | None
    profiles: Sequence[Profile]
    place: Path
    with_stems: bool = False
    mark: str = ""

    def check(self) -> tuple[Diagnostic, ...]:
        """What the user should know of it. Raises InputError `usage`, `missing_file`."""
        if self.with_stems and not self._keeping:
            hint = "deliver for one that keeps the song too, such as --profile archive"
            raise InputError(Problem("usage", "--with-stems: no profile keeps the song", hint=hint))
        missing = [
            Problem(
                "missing_file",
                f"{each.name} lies in no file that could go along",
                {"file": str(self.master)},
                hint="deliver without --with-stems",
            )
            for each in (self._stem_files if self.with_stems else ())
            if each.in_memory or not (self.master / each.path).is_file()
        ]
        if missing:
            raise InputError(missing)
        if self.lock is None and any(each.keeps_song for each in self.profiles):
            said = f"{self.master} has no chain and lock that could be kept: the files go alone"
            return (Diagnostic("note", "no_song", str(self.master), said),)
        if self.lock is None or (self.master / _REPORT).is_file():
            return ()
        said = f"{self.master} has no report to go along: stemwright report draws one"
        return (Diagnostic("note", "no_report", str(self.master), said),)

    def __call__(self, staging: Path) -> Iterator[Enclosure]:
        """Write all of it into the delivery that is being made. Raises OSError, InputError."""
        from bridge.delivering import Enclosure

        if self.lock is not None and (self.master / _REPORT).is_file():
            report = f"report{self.mark}.html"
            shutil.copyfile(self.master / _REPORT, staging / report)
            yield Enclosure(report, "how it was made, to look at and listen to")
        for profile in self._keeping:
            yield self._song(staging, profile.name)
            if self.with_stems:
                yield self._stems(staging, profile.name)

    @property
    def _keeping(self) -> list[Profile]:
        return [each for each in self.profiles if each.keeps_song and self.lock is not None]

    @property
    def _stem_files(self) -> list[SourceFile]:
        sources = () if self.lock is None else self.lock.sources
        return [file for source in sources for file in source.files]

    def _song(self, staging: Path, name: str) -> Enclosure:
        from bridge.delivering import Enclosure
        from bridge.jobs.revisions import seen_from

        path = f"{name}/song{self.mark}"
        copies = self._copies()

        def copied(file: SourceFile) -> tuple[str, str | None]:
            return f"../stems{self.mark}/{copies[file.path]}", file.member

        files = seen_from(self.master, self.place / path, copied if self.with_stems else None)
        (staging / path).mkdir(parents=True)
        files.written_into(staging / path)
        said = (
            f"chain, lock, states and masters: stemwright verify {quoted(path)} renders them again"
        )
        return Enclosure(path, said if self.with_stems else f"{said} from the stems")

    def _stems(self, staging: Path, name: str) -> Enclosure:
        from bridge.delivering import Enclosure

        path = f"{name}/stems{self.mark}"
        (staging / path).mkdir(parents=True)
        for source, copy in self._copies().items():
            shutil.copyfile(self.master / source, staging / path / copy)
        return Enclosure(path, "the stems it was made of")

    def _copies(self) -> Mapping[str, str]:
        """What each file of stems is called among the copies, by its path: two of one name differ.

        A zip has several stems, and is copied whole.
        """
        copies: dict[str, str] = {}
        for path in dict.fromkeys(each.path for each in self._stem_files):
            plain = Path(path).name
            taken = {each.casefold() for each in copies.values()}
            name, number = plain, 2
            while name.casefold() in taken:
                name = f"{Path(plain).stem}-{number}{Path(plain).suffix}"
                number += 1
            copies[path] = name
        return copies
