"""Where a session's audio lies now: paths as another machine wrote them, found on this one."""

from __future__ import annotations

import difflib
import filecmp
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from sessions.bundle.naming import folded
from sessions.errors import SessionError
from sessions.media.archives import Entry
from sessions.media.file_headers import Header, read_header
from sessions.model.session import Media
from stemwright.problems import Diagnostic, Problem
from stemwright.words import printable

_DRIVE = re.compile(r"^/?[A-Za-z]:[\\/]")
_SCHEME = re.compile(r"^file:(?://)?", re.IGNORECASE)
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_MOST_FILES = 200_000
_MOST_PARTS, _MOST_CLIMBS = 64, 8
_MOST_NAMED = 8


def parts_of(written: str) -> tuple[str, ...]:
    r"""The folders and the name in a path as any system writes it.

    Takes file: URLs, `C:\\a\\b`, `\\\\server\\share\\a`, `/Volumes/Disk/a`, and the `Disk:a:b` of
    classic macOS. "." and empty parts fall away; ".." stays.
    """
    text = written.replace("\0", "")
    scheme = _SCHEME.match(text)
    if scheme:
        text = text[scheme.end() :]
        text = unquote(text) if _ESCAPED.search(text) else text
    drive = bool(_DRIVE.match(text))
    if drive or ("\\" in text and "/" not in text) or text.startswith("\\\\"):
        text = text.replace("\\", "/")
    elif ":" in text and "/" not in text and "\\" not in text:
        text = text.replace(":", "/")
    return tuple(part for part in text.split("/") if part not in ("", "."))


def find_media(written: str, session_path: Path, extra_dirs: Sequence[Path] = ()) -> Path | None:
    """The file that `written` means, or None; for many of them use one MediaSearch."""
    return MediaSearch(session_path, extra_dirs).find(written)


@dataclass
class MediaSearch:
    """A search around one session, which lists every folder once.

    Looks, in this order: at the path as it stands; below the session's folder, for ever shorter
    ends of the path (a moved project keeps its Audio folder); below all of `extra_dirs` likewise;
    then anywhere in them. Names compare without case and Unicode form when no exact one is there.
    Of several files of one name in `extra_dirs`, the one whose folders agree furthest with the
    path wins, whichever of the folders it lies in; where that is said of several that are not the
    same, none is taken, and they stand in `doubtful` by the path that was looked for. So do those
    of its name that lie elsewhere below the session's folder: a name alone says not which is meant.
    """

    session_path: Path
    extra_dirs: Sequence[Path] = ()
    doubtful: dict[str, tuple[Path, ...]] = field(default_factory=dict)
    _listings: dict[str, dict[str, list[str]]] = field(default_factory=dict, repr=False)
    _trees: dict[str, dict[str, list[Path]]] = field(default_factory=dict, repr=False)

    def find(self, written: str) -> Path | None:
        """The regular file that `written` means, absolute and resolved, or None."""
        parts = _straight(parts_of(written))
        # Longer paths exist on no system that DAWs run on, and ends of them are looked for each.
        if not parts or len(parts) > _MOST_PARTS:
            return None
        for candidate in self._candidates(written, parts):
            if candidate is not None:
                return Path(os.path.realpath(candidate))
        return None

    def _candidates(self, written: str, parts: Sequence[str]) -> Iterator[Path | None]:
        if written.startswith("/") and not _DRIVE.match(written):
            yield self._below(Path("/"), parts)
        elif _SCHEME.match(written) or _DRIVE.match(written):
            # On the system that wrote it the path itself is right; elsewhere it is not there.
            plain = Path(unquote(_SCHEME.sub("", written)).lstrip("/" if os.name == "nt" else ""))
            yield plain if plain.is_absolute() and _is_file(plain) else None
        ends = [parts[at:] for at in range(max(0, _climbs(parts) - _MOST_CLIMBS), len(parts))]
        for end in ends:
            yield self._below(_folder_of(self.session_path), end)
        for end in ends:
            there = (self._below(top, end) for top in self.extra_dirs)
            found = [each for each in there if each is not None]
            if found:
                yield self._sole(written, found)
                return
        yield self._anywhere(written, parts)

    def _below(self, top: Path, parts: Sequence[str]) -> Path | None:
        """`top` and `parts` joined, each part matched exactly or else loosely."""
        here = top
        for part in parts:
            name = part if part == ".." else self._match(here, part)
            if name is None:
                return None
            here = here / name
        return here if _is_file(here) else None

    def _match(self, folder: Path, name: str) -> str | None:
        found = self._names(folder).get(folded(name))
        if not found:
            return None
        same_form = [each for each in found if _composed(each) == _composed(name)]
        return name if name in found else (same_form or found)[0]

    def _names(self, folder: Path) -> dict[str, list[str]]:
        key = str(folder)
        if key not in self._listings:
            names: dict[str, list[str]] = {}
            try:
                for name in sorted(path.name for path in folder.iterdir()):
                    names.setdefault(folded(name), []).append(name)
            except (OSError, ValueError):
                names = {}
            self._listings[key] = names
        return self._listings[key]

    def _anywhere(self, written: str, parts: Sequence[str]) -> Path | None:
        """The file of that name anywhere in `extra_dirs` whose folders agree best, if it is one."""
        trees = (self._tree(top).get(folded(parts[-1]), []) for top in self.extra_dirs)
        named = [path for tree in trees for path in tree if _is_file(path)]
        if not named:
            self._ask(written, parts[-1])
            return None
        wanted = [folded(part) for part in parts]
        fits = [(_agreement(path, wanted), path.name == parts[-1]) for path in named]
        best = max(fits)
        return self._sole(
            written, [path for path, fit in zip(named, fits, strict=True) if fit == best]
        )

    def _ask(self, written: str, name: str) -> None:
        own = self._tree(_folder_of(self.session_path)).get(folded(name), [])
        if near := tuple(path for path in own if _is_file(path)):
            self.doubtful.setdefault(written, near)

    def _sole(self, written: str, found: Sequence[Path]) -> Path | None:
        """The file that all of `found` are, byte for byte; where they differ, they are doubtful."""
        first, *others = dict.fromkeys(found)
        if all(_is_same(first, other) for other in others):
            return first
        self.doubtful.setdefault(written, (first, *others))
        return None

    def _tree(self, top: Path) -> dict[str, list[Path]]:
        key = str(top)
        if key not in self._trees:
            tree: dict[str, list[Path]] = {}
            for count, path in enumerate(_walk(top)):
                if count >= _MOST_FILES:
                    break
                tree.setdefault(folded(path.name), []).append(path)
            self._trees[key] = tree
        return self._trees[key]


class MediaFinder:
    """Finds and opens a session's files, each once, and tells at the end what was not there."""

    def __init__(self, session_path: Path, extra_dirs: Sequence[Path] = ()) -> None:
        self._search = MediaSearch(session_path, extra_dirs)
        self._found: dict[str, Media | None] = {}
        self._missing: list[str] = []
        self._doubtful: list[str] = []
        self._unreadable: list[str] = []
        self._notes: list[Diagnostic] = []

    def media(self, *written: str) -> Media | None:
        """The header of the first of these paths that is there; None when none can be used.

        Several paths are other places for one file; the first is the one told as missing.
        """
        key = "\n".join(written)
        if key not in self._found:
            self._found[key] = self._opened(written)
        return self._found[key]

    def _opened(self, written: Sequence[str]) -> Media | None:
        faults: list[str] = []
        for path in written:
            found = self._search.find(path)
            if found is None:
                continue
            header = read_header(Entry(found.name, "", found), lossy=True)
            if isinstance(header, Header):
                self._notes += header.diagnostics
                return header.media
            faults.append(header.message)
        doubtful = [path for path in written if path in self._search.doubtful]
        if faults:
            self._unreadable += faults
        elif doubtful:
            self._doubtful.append(doubtful[0])
        elif written:
            self._missing.append(written[0])
        return None

    def diagnostics(self) -> Iterator[Diagnostic]:
        """One warning for all missing files, one for all unreadable ones, and notes on others."""
        if self._missing:
            files = ", ".join(map(printable, self._missing))
            message = (
                f"{_files(len(self._missing))} not found: {files}; name their folder with --media"
            )
            yield Diagnostic("warning", "missing_media", files, message)
        if self._unreadable:
            reasons = "; ".join(map(printable, self._unreadable))
            message = f"{_files(len(self._unreadable))} found but not readable: {reasons}"
            yield Diagnostic("warning", "unreadable_media", reasons, message)
        for path in self._doubtful:
            places = self._search.doubtful[path]
            named = [printable(each) for each in places[:_MOST_NAMED]]
            named += [f"one of {len(places)} in all"] if len(places) > _MOST_NAMED else []
            may_be = f"{printable(path)} may be {' or '.join(named)}"
            message = f"{may_be}; name the right one's folder with --media"
            yield Diagnostic("warning", "ambiguous_media", printable(path), message)
        yield from self._notes


def _is_same(one: Path, other: Path) -> bool:
    """Whether two files hold the same bytes."""
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


def _files(count: int) -> str:
    return "1 media file is" if count == 1 else f"{count} media files are"


def _walk(top: Path) -> Iterator[Path]:
    for folder, inner, names in os.walk(top):
        inner.sort()
        for name in sorted(names):
            yield Path(folder, name)


def _straight(parts: Sequence[str]) -> tuple[str, ...]:
    """The parts without the folders that a ".." behind them leaves again."""
    kept: list[str] = []
    for part in parts:
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        else:
            kept.append(part)
    return tuple(kept)


def _climbs(parts: Sequence[str]) -> int:
    """How many ".." the parts begin with."""
    return next((at for at, part in enumerate(parts) if part != ".."), len(parts))


def _agreement(path: Path, wanted: Sequence[str]) -> int:
    """How many parts, from the name backwards, `path` shares with the wanted path."""
    count = 0
    for mine, theirs in zip(reversed(path.parts), reversed(wanted), strict=False):
        if folded(mine) != theirs:
            break
        count += 1
    return count


def _folder_of(session_path: Path) -> Path:
    return session_path if session_path.is_dir() else session_path.parent


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def check_given(paths: Sequence[Path], media: Sequence[Path] = ()) -> None:
    """Raise SessionError for `paths` that are devices or pipes, and `media` that are no folders.

    Reading from a device or a pipe may never end. Paths that are not there are left to the reader.
    """
    problems = [problem for path in paths if (problem := _endless(path))]
    problems += [problem for folder in media if (problem := _no_folder(folder))]
    if problems:
        raise SessionError(problems)


def _endless(path: Path) -> Problem | None:
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return None
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return Problem(
        "not_a_file",
        f"{printable(path)} is neither a file nor a folder, but a device, a pipe or a socket",
        {"file": printable(path)},
        expected="a session's file, or a folder",
        hint="save it to a file and name that",
    )


def _no_folder(folder: Path) -> Problem | None:
    where = {"file": printable(folder)}
    hint = "name with --media the folder that holds the audio files"
    try:
        if stat.S_ISDIR(folder.stat().st_mode):
            return None
        reason = "is no folder"
    except FileNotFoundError:
        reason = "does not exist"
    except (OSError, ValueError) as error:
        reason = f"cannot be opened: {getattr(error, 'strerror', None) or printable(error)}"
    message = f"{printable(folder)} {reason}"
    nearest = next(_near(folder), None)
    return Problem("no_media_folder", message, where, "a folder", nearest, hint)


def _near(folder: Path) -> Iterator[str]:
    """The folders beside it that are called nearly so, the nearest first."""
    try:
        names = sorted(each.name for each in folder.parent.iterdir() if each.is_dir())
    except (OSError, ValueError):
        return
    for name in difflib.get_close_matches(folder.name, names):
        if name != folder.name:
            yield printable(folder.parent / name)
