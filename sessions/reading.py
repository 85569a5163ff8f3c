"""Reading a session: the Format port, and the choice of the format that reads what was given.

Formats are found through entry points of the group "stemwright.session_formats", ours included.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Protocol

from sessions.bundle.naming import AS_STEM, file_extension, other_audio
from sessions.errors import SessionError
from sessions.formats.signs import Shown, may_fit
from sessions.formats.unreadable import EXPORTS, READ, refusal
from sessions.media.search import check_given
from sessions.model.session import Session
from stemwright.problems import Diagnostic, Problem
from stemwright.words import printable

GROUP = "stemwright.session_formats"
_SURE = 0.5


class Format(Protocol):
    """A kind of session that can be read."""

    name: str
    describe: str

    def score(self, path: Path) -> float:
        """How sure the format is that it reads `path`: 0 not at all, 1 by its content."""
        ...

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read the session that `paths` are; raises SessionError and nothing else.

        `media` are further folders in which the session's audio files may lie.
        """
        ...


def installed_formats() -> tuple[tuple[Format, ...], tuple[Diagnostic, ...]]:
    """Every installed format by name, and a warning for each that does not load."""
    return _loaded(entry_points(group=GROUP))


def _fitting(paths: Sequence[Path]) -> tuple[tuple[Format, ...], tuple[Diagnostic, ...]]:
    """The same without those of ours that would score 0: not even loaded."""
    shown = [Shown(path) for path in paths]
    return _loaded(point for point in entry_points(group=GROUP) if may_fit(point.module, shown))


def _loaded(points: Iterable[EntryPoint]) -> tuple[tuple[Format, ...], tuple[Diagnostic, ...]]:
    found: list[Format] = []
    broken: list[Diagnostic] = []
    for point in sorted(points, key=lambda point: point.name):
        try:
            found.append(point.load())
        except (ImportError, AttributeError) as error:
            broken.append(_broken(point, error))
    return tuple(found), tuple(broken)


def read(
    source: str | Path | Sequence[str | Path],
    media: Sequence[str | Path] = (),
    *,
    skip: Sequence[str] = (),
    long: bool = False,
) -> Session:
    """Read a session: a DAW's file, a folder, a zip, or a list of audio files.

    `media` are further folders in which its audio files may lie. Of stems, files named by the globs
    `skip` are left out, and times may make the song longer than three hours if it is `long`; a
    diagnostic of severity "error" says why they must not be summed. Raises SessionError holding
    every problem found: paths that do not exist, or are no files, and what no format recognises.
    """
    given = [source] if isinstance(source, str | Path) else source
    folders = tuple(Path(folder) for folder in media)
    return _surest(tuple(Path(path) for path in given), folders, skip, long=long)


def is_project(path: Path) -> bool:
    """Whether a file is a DAW's session, or a zip of stems, rather than audio.

    One of a DAW whose sessions are not read is one too.
    """
    if refusal(path) is not None or _is_daw(path) or path.suffix.lower() == ".zip":
        return True
    known, _ = _fitting([path])
    return any(each.score(path) > 0 for each in known if each.name != "stems")


def _surest(
    paths: Sequence[Path],
    media: Sequence[Path] = (),
    skip: Sequence[str] = (),
    *,
    long: bool = False,
) -> Session:
    """Read `paths` with the format that is surest of all of them."""
    check_given(paths, media)
    problems = [problem for path in paths if (problem := _absent(path))]
    if not paths:
        problems = [Problem("nothing_given", "no session was named", hint="name a folder")]
    if problems:
        raise SessionError(problems)
    known, broken = _fitting(paths)
    scores = [(min(each.score(path) for path in paths), each) for each in known]
    score, best = max(scores, key=lambda scored: scored[0], default=(0.0, None))
    refused = [problem for path in paths if (problem := refusal(path)) is not None]
    if score <= _SURE and refused:
        raise SessionError(refused)
    if score <= _SURE and any(map(_is_daw, paths)):
        raise SessionError([_unsupported(path) for path in paths if _is_daw(path)])
    if best is None or score <= 0:
        known, _ = installed_formats()
        strange = [path for path in paths if not any(each.score(path) > 0 for each in known)]
        raise SessionError([_unrecognised(path, known) for path in strange or paths])
    from sessions.formats.stems import StemBundle

    if isinstance(best, StemBundle):
        session = best.read(paths, media, skip, long=long)
    else:
        session = best.read(paths, media) if media else best.read(paths)
    return replace(session, diagnostics=(*broken, *session.diagnostics))


def _is_daw(path: Path) -> bool:
    return file_extension(path.name) in EXPORTS


def _absent(path: Path) -> Problem | None:
    where = {"file": printable(path)}
    try:
        path.stat()
    except FileNotFoundError:
        hint = "check the spelling"
        return Problem(
            "not_found", f"{printable(path)} does not exist", where, None, _nearest(path), hint
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or printable(error)
        message = f"{printable(path)} cannot be opened: {reason}"
        return Problem("unreadable_file", message, where, hint="check name and permissions")
    return None


def _nearest(path: Path) -> str | None:
    try:
        names = [beside.name for beside in path.parent.iterdir()]
    except (OSError, ValueError):
        return None
    close = difflib.get_close_matches(path.name, sorted(names), n=1)
    return printable(path.parent / close[0]) if close else None


def _unsupported(path: Path) -> Problem:
    extension = file_extension(path.name)
    daw, way = EXPORTS[extension]
    if extension in READ:
        article = "an" if daw[0] in "AEIO" else "a"
        return Problem(
            "damaged_session",
            f"{printable(path)} is named like {article} {daw} project and does not begin like one",
            {"file": printable(path)},
            expected=f"{article} {daw} project, whole",
            hint=f"save it again in {daw}, or export its stems: {way}",
        )
    return Problem(
        "unsupported_session",
        f"{printable(path)}: {daw} projects are not read",
        {"file": printable(path)},
        expected="exported stems",
        hint=f"export the stems from {daw}: {way}",
    )


def _unrecognised(path: Path, known: Sequence[Format]) -> Problem:
    if said := other_audio(path.name):
        return Problem(
            "not_audio", f"{printable(path)} {said}", {"file": printable(path)}, hint=AS_STEM
        )
    return Problem(
        "unrecognised",
        f"{printable(path)} is not a session that can be read",
        {"file": printable(path)},
        expected="; or ".join(each.describe for each in known),
        hint="export one audio file a stem from your DAW into a folder and name the folder",
    )


def _broken(point: EntryPoint, error: Exception) -> Diagnostic:
    message = f"the session format {point.name} ({point.value}) does not load: {error}"
    return Diagnostic("warning", "format_unavailable", point.name, message)
