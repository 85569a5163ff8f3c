"""Where a master belongs: the folder it was rendered into, beside it or named."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from bridge.audio.wav_files import pcm_sha256
from bridge.rendering import (
    SIDECAR_SUFFIX,
    Carried,
    check_whole,
    output_digest,
    read_sidecar,
    read_tag,
    sidecar_of,
)
from stemwright.problems import InputError, Problem

_NEEDED = ("chain.lock", "render.json")


@dataclass(frozen=True)
class Place:
    """A folder that render wrote, and the one master asked for; None: all of the folder's."""

    folder: Path
    master: Path | None = None


def locate(path: Path, folder: Path | None = None) -> Place:
    """Return where a folder, a master or a sidecar belongs: beside it, or the `folder` named.

    Raises InputError: missing_file, folder_given_twice, folder_not_found, output_unfinished.
    """
    if path.is_dir():
        if folder is not None:
            hint = "name a master, or leave out --folder"
            raise _refused("folder_given_twice", path, "is a folder itself", hint)
        check_whole(path)
        return Place(path)
    master = path.with_name(path.name.removesuffix(SIDECAR_SUFFIX) or path.name)
    if not master.is_file():
        hint = "name a master, its sidecar or the folder that render wrote"
        raise _refused("missing_file", master, "no such file or folder", hint)
    home = master.parent if folder is None else folder
    check_whole(home)
    missing = [name for name in _NEEDED if not (home / name).is_file()]
    if missing:
        raise _lost(master, home, missing, named=folder is not None)
    return Place(home, master)


def _lost(master: Path, home: Path, missing: list[str], *, named: bool) -> InputError:
    place = str(home) if named else "beside it"
    hint = f"stemwright verify {master} --folder DIR, where DIR is what render wrote"
    carried = read_tag(master) or read_sidecar(sidecar_of(master))
    said = f"there is no {' and no '.join(missing)} {'in ' if named else ''}{place}; "
    said += _told(master, carried)
    return _refused("folder_not_found", master, said, hint)


def _told(master: Path, carried: Carried | None) -> str:
    if carried is None:
        return "it carries no digests"
    same = output_digest(pcm_sha256(master)) == carried.digests.output
    found = ", ".join(f"{name} {text}" for name, text in asdict(carried.digests).items())
    samples = "its samples are those" if same else "its samples are NOT those"
    return f"it carries the digests of {carried.version}: {found}; {samples} of its digest"


def _refused(kind: str, path: Path, said: str, hint: str) -> InputError:
    return InputError(Problem(kind, said, {"file": str(path)}, hint=hint))
