"""Two chains or two DAW sessions compared: what they are, and what differs in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.comparing import DocumentDiff

Kind = Literal["audio", "chain", "session"]
_CALLED = {"audio": "audio", "chain": "a chain", "session": "a DAW session"}


def compared_kind(a: Path, b: Path) -> Kind:
    """What two paths are, by name and content. Raises InputError `unlike_kinds`.

    A path that is not there counts as audio, whose comparison says so.
    """
    if not (a.exists() and b.exists()):
        return "audio"
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


def compared_chains(a: Path, b: Path) -> DocumentDiff:
    """Compare two chain files. Raises ChainError with the faults of both."""
    from bridge.comparing import DocumentDiff, chain_changes, chain_digest
    from chains import Chain, ChainError, load

    problems: list[Problem] = []
    chains: list[Chain] = []
    for path in (a, b):
        try:
            chains.append(load(path))
        except ChainError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    one, other = chains
    digests = chain_digest(one), chain_digest(other)
    return DocumentDiff(str(a), str(b), "chain", chain_changes(one, other), digests)


def compared_sessions(a: Path, b: Path, media: Sequence[Path] = ()) -> DocumentDiff:
    """Compare two DAW sessions, of one format or of two. Raises InputError with both's faults."""
    from bridge.comparing import DocumentDiff, session_changes
    from sessions import Session, SessionError, read

    problems: list[Problem] = []
    sessions: list[Session] = []
    for path in (a, b):
        try:
            sessions.append(read(path, media))
        except SessionError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    one, other = sessions
    remarks = one.diagnostics, other.diagnostics
    changes = session_changes(one, other)
    return DocumentDiff(str(a), str(b), "session", changes, remarks=remarks)
