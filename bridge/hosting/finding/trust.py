"""Which folders the user trusts: plugins there may be loaded, states and media taken from there.

A plugin is a program. Those in the plugin folders were installed; one that lies elsewhere is loaded
only if its folder was named on the command line, or stands in the user's own list: a text file, a
folder a line, in the user's configuration folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import platformdirs

from bridge.hosting.finding.bundles import search_folders
from stemwright.files import Staged
from stemwright.problems import InputError, MachineError, Problem

_FILE = "trusted-folders.txt"
_HEAD = "# Folders whose plugins stemwright may load: one a line.\n"


def lies_in(path: Path, folders: Sequence[Path]) -> bool:
    """Tell whether `path` is one of `folders` or lies under one; every link is followed first."""
    real = path.resolve()
    return any(real.is_relative_to(folder.resolve()) for folder in folders)


def own_file(folder: Path, name: str) -> Path:
    """The file that the record of a finished `folder` calls `name`.

    Raises InputError `bad_record` when that leads, links followed, out of the folder: its sound
    would go into a page that is given back with the folder.
    """
    path = folder / name
    if lies_in(path, [folder]):
        return path
    raise InputError(
        Problem(
            "bad_record",
            f"render.json names {name}, which leads out of the folder",
            {"file": str(folder / "render.json")},
            expected="files in the folder itself, and no links out of it",
            hint="put the file itself into the folder, or render it again",
        )
    )


def trusted_folders(extra: Sequence[Path] = ()) -> tuple[Path, ...]:
    """`extra`, then the folders of the user's own list."""
    return tuple(dict.fromkeys([*extra, *_listed()]))


def plugin_places(
    extra: Sequence[Path] = (), trusted: Sequence[Path] = (), *, alone: bool = False
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Where plugins are searched, and what else may be loaded that a chain names by path.

    `alone`: in `extra` and `trusted`, and nowhere else.
    """
    if alone:
        return tuple(extra), tuple(trusted)
    return search_folders(extra), trusted_folders(trusted)


def trust_file() -> Path:
    """Where the user's list lies, whether or not it is there."""
    return Path(platformdirs.user_config_dir("stemwright")) / _FILE


def trust_folder(folder: Path) -> None:
    """Put `folder`, links followed, on the user's list.

    Raises InputError `no_folder` when it is not there and `bad_folder` when it cannot stand in the
    list, MachineError when the list cannot be kept.
    """
    if not folder.exists():
        raise InputError(Problem("no_folder", f"{folder} does not exist", {"file": str(folder)}))
    real = folder.resolve()
    if not _is_a_line(str(real)):
        message = "the list has a folder a line, and this name is no line of text"
        hint = "rename the folder, or say --trust FOLDER each time"
        raise InputError(Problem("bad_folder", message, {"file": str(real)}, hint=hint))
    if real not in _listed():
        _keep([*_listed(), real])


def _is_a_line(text: str) -> bool:
    """Tell whether a text comes back from the list as it was; another could name more folders."""
    try:
        return text.encode().decode().strip().splitlines() == [text]
    except UnicodeEncodeError:
        return False


def distrust_folder(folder: Path) -> None:
    """Take `folder` off the user's list. Raises InputError `not_trusted` when it is not on it."""
    listed = _listed()
    left = [each for each in listed if each not in (folder, folder.resolve())]
    if len(left) == len(listed):
        raise InputError(
            Problem(
                "not_trusted",
                f"{folder} is not on the list",
                {"file": str(trust_file())},
                expected=", ".join(map(str, listed)) or "a folder that was trusted before",
            )
        )
    _keep(left)


def _listed() -> tuple[Path, ...]:
    try:
        text = trust_file().read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, ValueError) as error:
        raise _unusable(error) from error
    lines = (line.strip() for line in text.splitlines())
    return tuple(Path(line) for line in lines if line and not line.startswith("#"))


def _keep(folders: Sequence[Path]) -> None:
    path = trust_file()
    text = _HEAD + "".join(f"{folder}\n" for folder in folders)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Staged(path, mode=0o600) as staged:
            staged.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unusable(error) from error


def _unusable(error: Exception) -> MachineError:
    said = getattr(error, "strerror", None) or error
    message = f"the list of trusted folders cannot be used: {said}"
    return MachineError(Problem("trust_unusable", message, {"file": str(trust_file())}))
