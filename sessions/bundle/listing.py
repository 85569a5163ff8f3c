"""The audio files of a bundle, wherever they lie: a folder, a zip, or a list."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

from sessions.bundle.naming import (
    AS_STEM,
    AUDIO_EXTENSIONS,
    file_extension,
    file_stem,
    folded,
    natural_key,
    nfc,
    other_audio,
    word_set,
    words_as_written,
)
from sessions.errors import SessionError
from sessions.formats.unreadable import EXPORTS
from sessions.media.archives import Entry, is_clutter, member_entries
from sessions.media.sound_headers import Fault, identify
from stemwright.problems import Diagnostic, Problem
from stemwright.values import dataclass
from stemwright.words import printable

ACCEPTED = "WAV, AIFF or FLAC files"
_DEEPEST = 4
_EXPORT_WORDS = word_set(
    "stem stems export exports exported render renders rendered bounce bounces bounced"
)


@dataclass(frozen=True)
class Listing:
    """The audio files of one bundle in natural order, and what else was noticed.

    `unread` are audio files of formats that no stem has, lying among them.
    """

    entries: tuple[Entry, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    unread: tuple[Entry, ...] = ()


class Skips:
    """Files that are left out because the user names them: globs, with the extension or without."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = {pattern: folded(pattern) for pattern in patterns}
        self._seen: list[str] = []
        self.taken: dict[str, list[str]] = {pattern: [] for pattern in patterns}
        """What each pattern left out."""

    def take(self, name: str) -> bool:
        """Tell whether the file `name` is left out."""
        self._seen.append(name)
        forms = {folded(name), folded(file_stem(name))}
        found = [
            pattern
            for pattern, glob in self._patterns.items()
            if forms & {glob} or any(fnmatchcase(form, glob) for form in forms)
        ]
        for pattern in found:
            self.taken[pattern].append(name)
        return bool(found)

    def told(self) -> Iterator[Diagnostic]:
        """A note for each file left out. Raises SessionError for patterns that no file matches."""
        problems = [self._unmatched(each) for each, names in self.taken.items() if not names]
        if problems:
            raise SessionError(problems)
        for name in sorted({name for names in self.taken.values() for name in names}):
            yield Diagnostic("note", "skipped_stem", name, f"{name} is left out, as asked")

    def _unmatched(self, pattern: str) -> Problem:
        names = [*self._seen, *map(file_stem, self._seen)]
        near = difflib.get_close_matches(pattern, names, 1)
        return Problem(
            "skip_unmatched",
            f"no file here is named {pattern!r}, which is to be left out",
            {"path": "--skip"},
            expected="a file among the stems, by its name or a glob",
            nearest=near[0] if near else None,
        )


def list_bundle(paths: Sequence[Path], skips: Skips | None = None) -> Listing:
    """List the audio files that `paths` mean: one folder, one zip, or files; but for `skips`.

    Raises SessionError with all problems found: no audio, several folders with audio, unusable
    names, unsafe zips.
    """
    skips = skips or Skips(())
    if len(paths) == 1 and paths[0].is_dir():
        found = _chosen(_folder_entries(paths[0], skips), paths[0])
        hidden = _told_hidden(found.entries[0].path.parent, skips)
        return replace(found, diagnostics=(*found.diagnostics, *hidden))
    if len(paths) == 1 and file_extension(paths[0].name) == "zip":
        entries = [entry for entry in member_entries(paths[0]) if not skips.take(entry.name)]
        return _chosen(entries, paths[0])
    return Listing(_in_order(_listed([path for path in paths if not skips.take(path.name)])))


def has_audio(folder: Path) -> bool:
    """Tell whether `folder` or a folder below it holds files that a bundle may be made of."""
    return any(file_extension(name) in AUDIO_EXTENSIONS for _, name, _ in _files(folder, ""))


def _listed(paths: Sequence[Path]) -> list[Entry]:
    entries, problems = [], []
    for path in paths:
        if path.is_dir() or file_extension(path.name) == "zip":
            problems.append(_not_a_file(path))
        elif file_extension(path.name) not in AUDIO_EXTENSIONS:
            problems.append(_not_audio(path))
        else:
            entries.append(Entry(nfc(path.name), "", path))
    if problems:
        raise SessionError(problems)
    return entries


def _folder_entries(folder: Path, skips: Skips) -> list[Entry]:
    entries, problems = [], []
    for below, name, is_folder in _files(folder, ""):
        if skips.take(name):
            continue
        path = folder / below / name
        is_audio = file_extension(name) in AUDIO_EXTENSIONS
        if is_audio and is_folder:
            problems.append(_not_a_file(path))
        elif is_audio and printable(name) != name:
            problems.append(_undecodable(path))
        elif not is_folder:
            entries.append(Entry(nfc(printable(name)), nfc(printable(below)), path))
    if problems:
        raise SessionError(problems)
    return entries


def _files(top: Path, below: str) -> Iterator[tuple[str, str, bool]]:
    """(folder below the top, name, is a folder) of all but clutter; links to folders not taken."""
    depth = below.count("/") + 1 if below else 0
    try:
        with os.scandir(top / below) as found:
            inside = sorted(found, key=lambda item: item.name)
    except OSError as error:
        if not below:
            raise SessionError(_unlistable(top, error)) from error
        return
    for item in inside:
        if is_clutter(item.name):
            continue
        is_folder = _is_folder(item)
        yield below, item.name, is_folder
        if is_folder and depth < _DEEPEST and not item.is_symlink():
            yield from _files(top, f"{below}/{item.name}" if below else item.name)


def _is_folder(item: os.DirEntry[str]) -> bool:
    try:
        return stat.S_ISDIR(item.stat().st_mode)
    except OSError:
        return False  # a broken or circular link: opening it will tell why


def _chosen(found: Sequence[Entry], source: Path) -> Listing:
    """The bundle proper: the audio at the top, else that of the only folder which has some."""
    audio = [entry for entry in found if file_extension(entry.name) in AUDIO_EXTENSIONS]
    folders = sorted({entry.folder for entry in audio}, key=natural_key)
    if not audio:
        raise SessionError(_no_audio(source, found))
    if "" not in folders and len(folders) > 1:
        raise SessionError(_several(source, folders))
    chosen = "" if "" in folders else folders[0]
    if chosen and _is_session_folder(found, chosen):
        raise SessionError(_session_folder(source, chosen))
    return Listing(
        _in_order([entry for entry in audio if entry.folder == chosen]),
        tuple(_told_folders(folders, chosen)),
        tuple(_other_formats(found, chosen)),
    )


def _is_session_folder(found: Sequence[Entry], chosen: str) -> bool:
    named = {word.casefold() for word in words_as_written(chosen)}
    beside = {file_extension(entry.name) for entry in found if not entry.folder}
    return bool(beside & EXPORTS.keys()) and not named & _EXPORT_WORDS


def _told_hidden(folder: Path, skips: Skips) -> Iterator[Diagnostic]:
    """Audio that is hidden by its name; what a Mac leaves beside a file, ._NAME, is none."""
    for path in sorted(folder.glob(".[!_]*"), key=lambda each: each.name):
        is_audio = file_extension(path.name) in AUDIO_EXTENSIONS and _holds_audio(path)
        if is_audio and not skips.take(path.name):
            name = printable(path.name)
            message = f"{name} is a hidden file and left out; rename it if it is a stem"
            yield Diagnostic("warning", "hidden_audio", name, message)


def _holds_audio(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return not isinstance(identify(stream, path.stat().st_size), Fault)
    except OSError:
        return False


def _told_folders(folders: Sequence[str], chosen: str) -> Iterator[Diagnostic]:
    if chosen:
        yield Diagnostic("note", "used_subfolder", chosen, f"the stems are those in {chosen}")
    for folder in folders:
        if folder != chosen:
            message = f"the audio in the folder {folder} is left out: a bundle is one folder"
            yield Diagnostic("warning", "audio_in_subfolder", folder, message)


def _other_formats(found: Sequence[Entry], chosen: str) -> Iterator[Entry]:
    for entry in found:
        if other_audio(entry.name) and entry.folder == chosen:
            yield entry


def _in_order(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    def key(entry: Entry) -> tuple[object, str, str]:
        return natural_key(entry.name), str(entry.path), entry.member or ""

    return tuple(sorted(entries, key=key))


def _no_audio(source: Path, found: Sequence[Entry]) -> Problem:
    others = [f"{entry.name} {said}" for entry in found if (said := other_audio(entry.name))]
    more = f" ({len(others) - 1} more like it)" if len(others) > 1 else ""
    told = f"; {others[0]}{more}" if others else ""
    return Problem(
        "no_audio",
        f"{printable(source)} holds no stems{told}",
        {"file": printable(source)},
        expected=ACCEPTED,
        hint=AS_STEM
        if others
        else "export one audio file a stem from your DAW, all from the song's start",
    )


def _several(source: Path, folders: Sequence[str]) -> Problem:
    return Problem(
        "several_folders",
        f"{printable(source)} has audio in several folders: {', '.join(folders)}",
        {"file": printable(source)},
        expected="one folder of stems",
        hint="name the folder that holds the stems",
    )


def _session_folder(source: Path, chosen: str) -> Problem:
    return Problem(
        "session_folder",
        f"{printable(source)} is a DAW's session folder; {chosen} holds its recordings, not stems",
        {"file": printable(source)},
        expected="a folder of exported stems",
        hint=f"export the stems from the DAW, or name the folder {chosen} itself to read it",
    )


def _not_a_file(path: Path) -> Problem:
    return Problem(
        "not_a_file",
        f"{printable(path)} is not an audio file",
        {"file": printable(path)},
        expected=ACCEPTED,
        hint="folders and zips are read one at a time, by themselves",
    )


def _not_audio(path: Path) -> Problem:
    said = other_audio(path.name)
    return Problem(
        "not_audio",
        f"{printable(path)} {said or 'is not a stem'}",
        {"file": printable(path)},
        expected=ACCEPTED,
        hint=AS_STEM if said else "leave it out, or convert it to WAV",
    )


def _undecodable(path: Path) -> Problem:
    return Problem(
        "undecodable_name",
        f"the name {printable(path.name)} is not valid UTF-8",
        {"file": printable(path)},
        expected="a file name in UTF-8",
        hint="rename the file",
    )


def _unlistable(path: Path, error: OSError) -> Problem:
    return Problem(
        "unreadable_folder",
        f"cannot list {printable(path)}: {error.strerror or error}",
        {"file": printable(path)},
        hint="check the folder's permissions",
    )
