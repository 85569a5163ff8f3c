"""A song's finished revision, or any finished folder, becomes a delivery."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.road.deliveries.asked import ToDeliver
from bridge.road.deliveries.enclosing import Enclosing
from bridge.road.deliveries.sent_song import SentSong, sent_song
from bridge.road.deliveries.song_versions import song_versions
from stemwright.problems import Diagnostic, InputError, Problem, RenderError

if TYPE_CHECKING:
    from bridge.audio import Subtype
    from bridge.comparing import Stand
    from bridge.delivering import (
        Delivery,
        PlannedFile,
        Profile,
        Progress,
        SongToDeliver,
    )
    from bridge.delivering.files import MasteredMoment
    from bridge.delivering.tags import SongMetadata
    from bridge.finished import Lock
    from bridge.gathering import Events
    from bridge.rendering import HeldDrive
    from bridge.road.again import FinishedAgain
    from chains import Chain, Target


@dataclass(frozen=True)
class Deliverable:
    """A finished folder with the song it is, read; `job` is its job's file, None without one.

    `told` is what the user should know before anything is made.
    """

    given: ToDeliver
    folder: Path
    lock: Lock
    chain: Chain
    song: SongToDeliver
    job: Path | None = None
    told: tuple[Diagnostic, ...] = ()


def deliverable(given: ToDeliver) -> Deliverable:
    """Find and read what is delivered.

    Raises as `sent_song`; InputError `not_a_master`; JobError for metadata that are wrong, each
    with its line.
    """
    from bridge.delivering import SongToDeliver
    from bridge.finished import open_chain_and_lock

    sent = sent_song(given)
    chain, lock = open_chain_and_lock(sent.folder)
    if not lock.outputs or lock.range is not None:
        raise InputError(_no_master(sent.folder))
    versions, told = song_versions(given, sent, chain, lock)
    metadata = _metadata(given, sent)
    return Deliverable(
        given,
        sent.folder,
        lock,
        chain,
        SongToDeliver(
            metadata,
            lock.engine.sample_rate_hz,
            versions,
            sent.number,
            None if chain.target is None else chain.target.true_peak_dbtp,
        ),
        None if sent.job is None else sent.job.path,
        (*sent.told, *told),
    )


def planned_delivery(found: Deliverable, profiles: Sequence[Profile]) -> tuple[PlannedFile, ...]:
    """Every file the delivery will hold. Raises InputError with all that is wrong."""
    from bridge.delivering import planned_files

    return planned_files(profiles, found.song)


def deliver(
    found: Deliverable,
    files: Sequence[PlannedFile],
    folder: Path,
    *,
    replace_old: bool = False,
    events: Events,
    progress: Progress,
) -> Delivery:
    """Render what the store has not, and write the delivery.

    Raises as a render does; RenderError `not_as_finished` where the song comes out otherwise than
    it was finished.
    """
    from bridge.delivering import LossyPeaks, check_place, make_delivery
    from bridge.pages import delivery_page
    from bridge.road.again import FinishedAgain
    from bridge.storing import Store, default_root

    check_place(folder, replace=replace_old)
    given = found.given
    profiles = list(dict.fromkeys(each.profile for each in files))
    enclosing = Enclosing(found.folder, found.lock, profiles, folder, given.with_stems)
    told = (*found.told, *enclosing.check())
    store = Store(given.store or default_root())
    again = FinishedAgain(
        found.folder,
        store,
        given.plugin_folders,
        given.trusted,
        given.jobs,
        events=events,
        stand=_stand(found.job),
    )
    with _masters(found, again) as masters:
        made = make_delivery(
            files,
            found.song,
            masters.of,
            folder,
            page=delivery_page,
            progress=progress,
            enclose=enclosing,
            lossy=LossyPeaks(masters.moment, given.dip_overs),
            replace=replace_old,
        )
    return replace(made, diagnostics=(*told, *made.diagnostics))


@dataclass(frozen=True)
class _Mastered:
    """Float masters by version, the drive they have, and the target where it is not the song's."""

    files: Mapping[str, Path]
    held: HeldDrive
    target: Target | None = None


@dataclass(frozen=True)
class _Masters:
    """Float masters, rendered when the first file asks for one of them."""

    found: Deliverable
    again: FinishedAgain
    work: Path
    made: dict[object, _Mastered] = field(default_factory=dict)

    def of(self, profile: Profile, version: str) -> Path:
        """Where a version's master for a profile lies."""
        return self._for(profile).files[version]

    def moment(self, profile: Profile, version: str, at_s: float) -> MasteredMoment | None:
        """Every group of the main master for a profile around a second; None of other versions."""
        from bridge.road.deliveries.moments import moment_of

        if version != "main":
            return None
        made = self._for(profile)
        return moment_of(self.again, self.found.chain, made.target, made.held, at_s)

    def _for(self, profile: Profile) -> _Mastered:
        aim = profile.aim
        if aim not in self.made:
            self.made[aim] = self._own() if aim is None else self._aimed(profile)
        return self.made[aim]

    def _own(self) -> _Mastered:
        from bridge.rendering import HeldDrive, render

        lock = self.found.lock
        drive_db, trim_db = lock.drive_db, lock.trim_db or 0.0
        rendering = render(self.again.context(), "float64", drive_db, trim_db)
        masters = {each.version: each.path for each in rendering.outputs}
        wanted = {each.version: each.pcm_sha256 for each in lock.outputs}
        for version in {each.master: None for each in self.found.song.versions}:
            place = self.work / "quantised.wav"
            hashes = (_quantised(masters[version], each, place) for each in _written_as(lock))
            if wanted[version] not in hashes:
                raise RenderError(_not_as_finished(self.found.folder, version))
        return _Mastered(masters, HeldDrive(rendering.drive_db, rendering.trim_db))

    def _aimed(self, profile: Profile) -> _Mastered:
        """Solved anew before the limiter: a finished master is never limited again."""
        from bridge.rendering import HeldDrive, render
        from chains import Target

        assert profile.aim is not None  # noqa: S101 - who calls asked
        own = self.found.chain.target or Target()
        target = replace(
            own,
            integrated_lufs=profile.aim.integrated_lufs,
            true_peak_dbtp=profile.aim.true_peak_dbtp or own.true_peak_dbtp,
        )
        rendering = render(self.again.context(target), "float64")
        masters = {each.version: each.path for each in rendering.outputs}
        return _Mastered(masters, HeldDrive(rendering.drive_db, rendering.trim_db), target)


@contextmanager
def _masters(found: Deliverable, again: FinishedAgain) -> Iterator[_Masters]:
    """What the store gives stays in it until the delivery is written."""
    with again.store.holding(), tempfile.TemporaryDirectory() as work:
        yield _Masters(found, again, Path(work))


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


def _metadata(given: ToDeliver, sent: SentSong) -> SongMetadata:
    """The job's, and what was said over it."""
    from bridge.delivering.tags import SongMetadata
    from bridge.road.tagging import set_metadata, song_metadata

    own = SongMetadata() if sent.job is None else song_metadata(sent.job, sent.said_in)
    return own.with_over(set_metadata(given.settings))


def _stand(job: Path | None) -> Stand | None:
    from bridge.road.asking import stand_of

    return None if job is None else stand_of(job, None, alone=False)


def _no_master(folder: Path) -> Problem:
    return Problem(
        "not_a_master",
        "only a whole finished master can be delivered",
        {"file": str(folder)},
        hint="render it first: stemwright render SESSION CHAIN -o DIR",
    )


def _not_as_finished(folder: Path, version: str) -> Problem:
    return Problem(
        "not_as_finished",
        f"{version} does not come out as it was finished: a stem, a plugin or this tool changed",
        {"file": str(folder)},
        hint=f"stemwright verify {folder} names what changed",
    )
