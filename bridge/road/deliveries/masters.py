"""The float masters of one song: as it was finished, solved anew, or without its limiter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import Diagnostic, Problem, RenderError
from stemwright.words import quoted

if TYPE_CHECKING:
    from bridge.audio import Subtype
    from bridge.delivering import Profile, SongToDeliver
    from bridge.delivering.files import MasteredMoment
    from bridge.delivering.profiles import Aim
    from bridge.finished import Lock
    from bridge.rendering import HeldDrive, Rendering, VersionsSum
    from bridge.road.again import FinishedAgain
    from chains import Chain, Target, Version

_OPEN = "without-limiter"
"""What a version without its limiter is called among the others, with its own name behind."""


@dataclass(frozen=True)
class _Mastered:
    """Float masters by version, the drive they have, and the target where it is not the song's."""

    files: Mapping[str, Path]
    held: HeldDrive
    target: Target | None = None
    sums: tuple[VersionsSum, ...] = ()


@dataclass(frozen=True)
class SongMasters:
    """Float masters, rendered when the first file asks for one of them.

    Nothing is delivered of a song that does not come out as it was finished: before any other
    master, its own are held to their hashes in the lock. `told` gathers what the user should know.
    """

    again: FinishedAgain
    chain: Chain
    lock: Lock
    song: SongToDeliver
    work: Path
    made: dict[object, _Mastered] = field(default_factory=dict)
    told: list[Diagnostic] = field(default_factory=list)

    def of(self, profile: Profile, version: str) -> Path:
        """Where a version's master for a profile lies."""
        return self._for(profile).files[version]

    def open_of(self, version: str) -> Path:
        """A version at the drive it was finished with, without the limiter that ends its chain."""
        opened = f"{_OPEN}-{version}"
        if opened not in self.made:
            self._own()
            self.made[opened] = self._open(version, opened)
        return self.made[opened].files[opened]

    def sums(self, profile: Profile) -> Sequence[VersionsSum]:
        """The sets of versions that together are everything, as they are made for a profile."""
        return self._for(profile).sums

    def moment(self, profile: Profile, version: str, at_s: float) -> MasteredMoment | None:
        """Every group of the main master for a profile around a second; None of other versions."""
        from bridge.road.deliveries.moments import moment_of

        if version != "main":
            return None
        made = self._for(profile)
        return moment_of(self.again, self.chain, made.target, made.held, at_s)

    def _for(self, profile: Profile) -> _Mastered:
        own, aim = self._own(), profile.aim
        if aim not in self.made:
            self.made[aim] = own if aim is None else self._aimed(aim)
        return self.made[aim]

    def _own(self) -> _Mastered:
        if None not in self.made:
            made = self._rendered(self.chain.versions)
            self._prove(made)
            self.made[None] = _mastered(made)
        return self.made[None]

    def _open(self, version: str, opened: str) -> _Mastered:
        from chains import Version

        own = next(each for each in (Version("main"), *self.chain.versions) if each.id == version)
        made = self._rendered((replace(own, id=opened, limiter=False),))
        if any(each.code == "version_without_limiter" for each in made.diagnostics):
            said = f"no limiter of ours ends the chain of {version}: what limits it stays as it is"
            where = str(self.again.folder)
            self.told.append(Diagnostic("warning", "version_without_limiter", where, said))
        return _mastered(made)

    def _aimed(self, aim: Aim) -> _Mastered:
        """Solved anew before the limiter: a finished master is never limited again."""
        from bridge.rendering import render
        from chains import Target

        own = self.chain.target or Target()
        target = replace(
            own,
            integrated_lufs=aim.integrated_lufs,
            true_peak_dbtp=aim.true_peak_dbtp or own.true_peak_dbtp,
        )
        return _mastered(render(self.again.context(target), "float64"), target)

    def _rendered(self, versions: tuple[Version, ...]) -> Rendering:
        from bridge.rendering import render

        context = self.again.context(versions=versions)
        return render(context, "float64", self.lock.drive_db, self.lock.trim_db or 0.0)

    def _prove(self, rendering: Rendering) -> None:
        """Raise RenderError `not_as_finished` where a version is not what the lock says."""
        masters = {each.version: each.path for each in rendering.outputs}
        wanted = {each.version: each.pcm_sha256 for each in self.lock.outputs}
        place = self.work / "quantised.wav"
        for version in {each.master: None for each in self.song.versions}:
            hashes = (_quantised(masters[version], each, place) for each in _written_as(self.lock))
            if wanted[version] not in hashes:
                raise RenderError(self.not_as_finished(version))

    def not_as_finished(self, version: str) -> Problem:
        """That a version comes out otherwise than it was finished."""
        folder = self.again.folder
        return Problem(
            "not_as_finished",
            f"{version} does not come out as it was finished: a stem, a plugin or this tool "
            "changed",
            {"file": str(folder)},
            hint=f"stemwright verify {quoted(folder)} names what changed",
        )


def _mastered(made: Rendering, target: Target | None = None) -> _Mastered:
    from bridge.rendering import HeldDrive

    files = {each.version: each.path for each in made.outputs}
    return _Mastered(files, HeldDrive(made.drive_db, made.trim_db), target, made.sums)


def _written_as(lock: Lock) -> tuple[Subtype, ...]:
    """A version over its ceiling, which integers would clip, was written as float32."""
    return (lock.subtype, "float32")


def _quantised(master: Path, subtype: Subtype, place: Path) -> str:
    """The hash of a float master's samples, written as a finished one is."""
    from bridge.audio import WavWriter, probe, read_blocks
    from bridge.delivering.files import DITHER_WORDS

    header = probe(master)
    rate_hz, channels = header.sample_rate_hz, header.channels
    with WavWriter(place, rate_hz, channels, subtype, DITHER_WORDS, overwrite=True) as writer:
        for block in read_blocks(master):
            writer.write(block)
    return writer.result.pcm_sha256
