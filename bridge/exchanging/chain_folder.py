"""A captured chain as files: the states first, the chain last, and nothing overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError

from bridge.exchanging.captured import Captured
from chains import dumps
from sessions import Device
from stemwright.files import Staged, cannot_write
from stemwright.problems import InputError, Problem


def check_free(path: Path, captured: Captured) -> None:
    """Raise InputError, naming all, when the chain or one of its states is there already."""
    wanted = [path, *(path.parent / name for name in captured.states)]
    there = [each for each in wanted if each.exists() or each.is_symlink()]
    same = [each for each in there if each != path and _holds(each, path.parent, captured.states)]
    problems = [
        Problem(
            "output_exists",
            f"{each.name} is there already, and is not overwritten",
            {"file": str(each)},
            hint="name another chain with -o, in another folder, or move that file away",
        )
        for each in there
        if each not in same
    ]
    if problems:
        raise InputError(problems)


def _holds(file: Path, folder: Path, states: Mapping[str, bytes]) -> bool:
    """Whether the file that is there is the very state that would be written."""
    name = file.relative_to(folder).as_posix()
    try:
        return file.read_bytes() == states[name]
    except OSError:
        return False


def write_chain(captured: Captured, path: Path) -> None:
    """Write the chain to `path` and its states beside it; the chain appears last.

    Raises InputError as `check_free` does; MachineError for a full or locked disk, after taking
    back what it wrote.
    """
    check_free(path, captured)
    made: list[Path] = []
    try:
        for name, data in captured.states.items():
            target = path.parent / name
            if not target.exists():
                _placed(target, data, made)
        _placed(path, chain_text(captured).encode("utf-8"), made)
    except BaseException as error:
        for each in reversed(made):
            _removed(each)
        if isinstance(error, OSError):
            raise cannot_write(path, error) from error
        raise


def chain_text(captured: Captured) -> str:
    """The chain as TOML, with each lifted plugin's name as a comment behind its id."""
    text = dumps(captured.chain)
    names = {each.step_id: each.device for each in captured.lifted}
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        return text
    racks = [
        (table["id"], table) for kind in ("group", "return") for table in document.get(kind, ())
    ]
    if "master" in document:
        racks.append(("master", document["master"]))
    for owner, table in racks:
        for row in table.get("insert", ()):
            device = names.get(f"{owner}/{row['id']}")
            if device is not None and "plugin" in row:
                told = f"{device.name} ({device.vendor})" if device.vendor else device.name
                row["plugin"].comment(
                    "# " + "".join(c for c in " ".join(told.split()) if c.isprintable())
                )
    return tomlkit.dumps(document)


def _plain(device: Device) -> str:
    """Name and vendor, on one line of characters that a comment may hold."""
    told = f"{device.name} ({device.vendor})" if device.vendor else device.name
    return "".join(each for each in " ".join(told.split()) if each.isprintable())


def _placed(target: Path, data: bytes, made: list[Path]) -> None:
    for folder in reversed([each for each in target.parents if not each.exists()]):
        folder.mkdir()
        made.append(folder)
    with Staged(target, mode=0o644, overwrite=False) as staged:
        staged.write_bytes(data)
    made.append(target)


def _removed(path: Path) -> None:
    try:
        if path.is_dir():
            path.rmdir()
        else:
            path.unlink()
    except OSError:
        return
