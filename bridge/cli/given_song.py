"""The song a command was given: SESSION and CHAIN, or a JOB that names both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import InputError, Problem
from stemwright.values import dataclass
from stemwright.words import printable, quoted

if TYPE_CHECKING:
    from bridge.road import Inputs

_MISSING_CHAIN = "Missing argument 'CHAIN': the chain file (.toml) to render with."
_MISSING_SESSION = "Missing argument 'SESSION'."


@dataclass(frozen=True)
class GivenSong:
    """What stood on the command line: a `job`'s path, else the session's and the chain's."""

    session: Sequence[Path]
    chain: Path
    job: Path | None = None

    def of(self, inputs: Inputs, *, resolve: bool = False) -> Inputs:
        """The inputs with the job in them, read now, if it is one; with nothing held to `resolve`.

        Raises JobError.
        """
        if self.job is None:
            return inputs
        from bridge.jobs import load_job

        found = load_job(self.job)
        return inputs.of_job(found.unheld if resolve else found)

    @property
    def output(self) -> Path:
        """Where a master goes when nobody says: the job's draft, or beside the session."""
        if self.job is not None:
            return draft_of(self.job)
        first = self.session[0].resolve()
        if len(self.session) > 1:
            return first.parent / "master"
        return first.parent / f"{first.stem}-master"


def given_song(session: Sequence[Path], chain: Path, command: str) -> GivenSong:
    """Tell SESSION CHAIN from a JOB, which is a job.toml or its folder.

    Raises InputError `usage` where one of the two is missing, or stands beside a job; `not_found`
    where what stands alone is not there.
    """
    if session:
        if names_job(session[0]):
            raise _usage(f"{session[0]} is a job, which names its own chain and stems", command)
        return GivenSong(session, chain)
    if names_job(chain):
        return GivenSong((), chain, chain)
    is_chain = str(chain).casefold().endswith(".toml")
    if not is_chain and not chain.exists():
        raise InputError(
            Problem(
                "not_found",
                f"{printable(chain)} does not exist",
                {"file": printable(chain)},
                hint=f"check the spelling; see stemwright {command} --help",
            )
        )
    raise _usage(_MISSING_SESSION if is_chain else _MISSING_CHAIN, command)


def _usage(message: str, command: str) -> InputError:
    return InputError(Problem("usage", message, hint=f"see stemwright {command} --help"))


def finished(path: Path) -> Path:
    """The finished folder, or file, that a path names: of a job its draft.

    Raises InputError `no_draft` for a job without one.
    """
    if not names_job(path):
        return path
    draft = draft_of(path)
    if draft.is_dir():
        return draft
    problem = Problem(
        "no_draft",
        "this job has no draft yet",
        {"file": str(path)},
        hint=f"render it first: stemwright render {quoted(path)}",
    )
    raise InputError(problem)


def sent_revision(path: Path, name: str) -> Path:
    """The folder of a job's revision, every file of it as it was sent.

    Raises InputError: `usage` for what is no job, `no_revision`, `revision_changed`.
    """
    if not names_job(path):
        said = f"{path} is no job, and {name} would be one of its revisions"
        raise InputError(Problem("usage", said, hint="name the job, or the folder alone"))
    from bridge.jobs.revisions import find_revision, need_files

    revision = find_revision(path if path.is_dir() else path.parent, name)
    need_files(revision)
    return revision.folder


def draft_of(job: Path) -> Path:
    """Where `render` writes a job's master."""
    folder = job if job.is_dir() else job.parent
    return folder / "draft"


def are_jobs(paths: Sequence[Path]) -> bool:
    """Tell whether these are several songs: more than one, the first a job, the last no chain."""
    if len(paths) < 2 or not names_job(paths[0]):
        return False
    return names_job(paths[-1]) or not str(paths[-1]).casefold().endswith(".toml")


def names_job(path: Path) -> bool:
    """As bridge.jobs.is_job, without loading it for what is no job; also one that lost its file."""
    if not path.is_dir():
        return path.name == "job.toml"
    return (path / "job.toml").is_file() or (path / "revisions" / "sent.json").is_file()
