"""Two chains, jobs or DAW sessions compared: what they are, and what differs in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from bridge.road.state_texts import StateTexts, chain_state_changes
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.comparing import DocumentDiff
    from bridge.jobs.revisions import RevisionChanges

T = TypeVar("T")
Kind = Literal["audio", "chain", "session", "job"]
_CALLED = {"audio": "audio", "chain": "a chain", "session": "a DAW session", "job": "a job"}


def compared_kind(a: Path, b: Path) -> Kind:
    """What two paths are, by name and content. Raises InputError `unlike_kinds`.

    A path that is not there counts as audio, whose comparison says so; so does a job beside
    something else, which is its draft.
    """
    from bridge.jobs import is_job

    if not (a.exists() and b.exists()):
        return "audio"
    if is_job(a) or is_job(b):
        return "job" if is_job(a) and is_job(b) else "audio"
    kinds = _kind(a), _kind(b)
    if kinds[0] == kinds[1]:
        return kinds[0]
    one, other = (_CALLED[kind] for kind in kinds)
    said = f"{a} is {one} and {b} is {other}, which cannot be compared"
    expected = "two of one kind: audio, chains, or DAW sessions"
    raise InputError(Problem("unlike_kinds", said, {"file": str(b)}, expected=expected))


def _kind(path: Path) -> Kind:
    from bridge.comparing import AUDIO_SUFFIXES
    from sessions import is_project

    if path.is_dir() or path.suffix.lower() in AUDIO_SUFFIXES:
        return "audio"
    if path.suffix.lower() == ".toml":
        return "chain"
    return "session" if is_project(path) else "audio"


def compared_chains(a: Path, b: Path, texts: StateTexts) -> DocumentDiff:
    """Compare two chain files and their states. Raises InputError with the faults of both."""
    from bridge.comparing import DocumentDiff, chain_changes, chain_digest
    from chains import load

    one, other = _both(load, a, b)
    changes = (*chain_changes(one, other), *chain_state_changes(one, other, texts))
    digests = chain_digest(one), chain_digest(other)
    return DocumentDiff(str(a), str(b), "chain", changes, digests)


def compared_jobs(a: Path, b: Path, texts: StateTexts) -> DocumentDiff:
    """Compare two jobs by what they say, overrides in their chains. Raises InputError."""
    from bridge.comparing import DocumentDiff
    from bridge.jobs.revisions import document_of_job, song_changes

    one, other = _both(document_of_job, a, b)
    states = chain_state_changes(one.chain, other.chain, texts)
    changes = (*song_changes(one, other), *states)
    return DocumentDiff(str(a), str(b), "job", changes, (one.digest, other.digest))


def compared_revisions(job: Path, a: str, b: str, texts: StateTexts) -> RevisionChanges:
    """Compare two revisions of a job, states by parameter where a plugin here reads both.

    Raises as `bridge.jobs.revisions.changes_between` does.
    """
    from bridge.jobs import job_path
    from bridge.jobs.revisions import changes_between, find_revision
    from chains import load

    found = changes_between(job, a, b)
    if not found.has_states:
        return found
    folders = [find_revision(job_path(job).parent, name).folder for name in (a, b)]
    one, other = (load(folder / "chain.toml") for folder in folders)
    told = chain_state_changes(one, other, texts)
    return replace(found, states=tuple(each for each in told if isinstance(each.before, str)))


def compared_sessions(a: Path, b: Path, texts: StateTexts) -> DocumentDiff:
    """Compare two DAW sessions, of one format or of two. Raises InputError with both's faults."""
    from bridge.comparing import DocumentDiff, session_changes
    from sessions import read

    one, other = _both(read, a, b)
    changes = session_changes(one, other, read_states=texts.of_devices)
    remarks = one.diagnostics, other.diagnostics
    return DocumentDiff(str(a), str(b), "session", changes, remarks=remarks)


def _both(read: Callable[[Path], T], a: Path, b: Path) -> tuple[T, T]:
    """Both documents, or the faults of both at once."""
    problems: list[Problem] = []
    found: list[T] = []
    for path in (a, b):
        try:
            found.append(read(path))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found[0], found[1]
