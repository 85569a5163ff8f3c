"""The first step: stems and a chain, read together, so that what is wrong is told at once."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.jobs import Job, MixKind
    from bridge.storing import Store
    from chains import Chain
    from sessions import Clip, Session


@dataclass(frozen=True)
class InMemory:
    """Stems that are arrays in memory: `folder` has a copy of each, NAME.wav, while it is needed.

    Only their names are told and written down, not where the copies lie.
    """

    folder: Path


@dataclass(frozen=True)
class Inputs:
    """What a master is made of, where its plugins are looked for, and how much is done at once.

    `session` and `chain` are where they lie, or what was read already. `skip` names files among the
    stems to leave out, `long` allows songs of more than 3 h, `strict` refuses stems that would need
    sample rate conversion. `store` is None for the user's own. `plugins_alone` hosts what lies in
    `plugin_folders` and nothing else. With a `job`, session and chain are the job's, as `of_job`
    gives them, and what it has frozen stands in where plugins are missing or other ones; `frozen`
    has it stand in everywhere, or nowhere. Of a DAW's session, `media` are folders to look for its
    audio in, and `through_master` has its stems printed as they leave its master. `spared` are
    kinds of what is listened to beside the song: one that cannot be read is left out, and told.
    """

    session: Sequence[Path] | Session | InMemory
    chain: Path | Chain
    store: Path | None = None
    plugin_folders: Sequence[Path] = ()
    plugins_alone: bool = False
    trusted: Sequence[Path] = ()
    skip: Sequence[str] = ()
    long: bool = False
    jobs: int = 1
    strict: bool = False
    job: Job | None = None
    frozen: bool | None = None
    media: Sequence[Path] = ()
    through_master: bool = False
    spared: Collection[MixKind] = ()

    def of_job(self, job: Job) -> Inputs:
        """The same for a job's stems and chain."""
        return replace(self, session=job.stems, chain=job.held_chain, job=job)

    @property
    def chain_path(self) -> Path | None:
        """The chain's file; None for one that lies in none."""
        return self.chain if isinstance(self.chain, Path) else self.chain.path

    @property
    def named(self) -> Sequence[Path]:
        """The job's folder, or the stems; none where these lie in no files."""
        from sessions import Session

        if self.job is not None:
            return [self.job.folder]
        return () if isinstance(self.session, Session | InMemory) else self.session

    @property
    def store_root(self) -> Path:
        """Where finished steps are kept."""
        from bridge.storing import default_root

        return self.store or default_root()


def cores() -> int:
    """How many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)


def read_both(given: Inputs, store: Store) -> tuple[Chain, Session]:
    """Read a chain and a session; take what was read already.

    Raises InputError with what is wrong with either, with the stems' files, and with the chain's
    plugins: all of it at once, as far as it can be told.
    """
    from bridge.gathering import chain_problems, gather, skippable
    from chains import ChainError, check, load
    from sessions import A_STEM, SessionError

    problems: list[Problem] = []
    plugins: tuple[Problem, ...] = ()
    parsed: Chain | None = None
    found: Session | None = None
    places = store, given.plugin_folders, given.trusted
    try:
        parsed = load(given.chain) if isinstance(given.chain, Path) else check(given.chain)
    except ChainError as error:
        problems += error.problems
        if error.readable is not None:
            plugins = chain_problems(error.readable, *places, alone=given.plugins_alone)
    try:
        found = _session(given)
        if parsed is None:
            gather(found, store, given.jobs)
    except SessionError as error:
        problems += [
            skippable(problem) if problem.expected == A_STEM else problem
            for problem in error.problems
        ]
        if parsed is not None:
            plugins = chain_problems(parsed, *places, alone=given.plugins_alone)
    except InputError as error:
        problems += error.problems
    if parsed is None or found is None:
        raise InputError([*problems, *plugins])
    return parsed, _of_job(given, found)


def references_of(session: Session) -> list[tuple[str, str, Path]]:
    """Kind, name and file of what lay among the stems to be listened to; none in a zip, no pair."""
    return [
        (each.kind, each.name, each.media.path)
        for each in session.references
        if each.media.member is None and each.right is None
    ]


def _of_job(given: Inputs, session: Session) -> Session:
    if given.job is None:
        return session
    from bridge.jobs import song_session

    return song_session(given.job, session, given.spared)


def _session(given: Inputs) -> Session:
    """What was read already, or is read now. Raises SessionError."""
    from sessions import Session, read

    if isinstance(given.session, Session):
        return given.session
    if not isinstance(given.session, InMemory):
        found = read(given.session, skip=given.skip, long=given.long)
        return replace(found, diagnostics=(*found.diagnostics, *_of_bounce(given.session)))
    found = read([given.session.folder], skip=given.skip, long=given.long)
    tracks = (
        replace(track, clips=tuple(_named(clip) for clip in track.clips)) for track in found.tracks
    )
    return replace(found, tracks=tuple(tracks))


def _of_bounce(paths: Sequence[Path]) -> tuple[Diagnostic, ...]:
    """What was told when the stems were printed from a DAW's session, where they were."""
    if len(paths) != 1 or not (paths[0] / "bounce.json").is_file():
        return ()
    from bridge.bouncing import changed_since, told_of
    from bridge.storing import file_digest

    changed = changed_since(paths[0], file_digest)
    said = f"what these stems were printed from has changed since: {', '.join(changed)}; print them"
    said += " again with stemwright bounce, or they are the song as it was"
    stale = [Diagnostic("warning", "session_changed", str(paths[0]), said)] if changed else []
    return (*told_of(paths[0]), *stale)


def _named(clip: Clip) -> Clip:
    """A clip of copies, told by the arrays' names."""
    media, right = (
        None if each is None else replace(each, array=each.path.stem)
        for each in (clip.media, clip.right)
    )
    return replace(clip, media=media, right=right)
