"""Members of a zip of stems, copied out for decoding."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

from blake3 import blake3

from stemwright.files import cannot_write, unreadable
from stemwright.problems import InputError

_SLICE_BYTES = 1 << 20
_LONGEST_SUFFIX = 8


def open_member(zip_path: Path, member: str, folder: Path) -> Path:
    """Copy `member` of a zip into `folder` and return the copy, named by a hash of its name.

    No more is written than the zip declares, and nothing outside `folder`.
    Raises InputError: missing_file, bad_zip, missing_member, encrypted_zip, truncated;
    MachineError: disk_full, not_writable.
    """
    where = f"{zip_path}/{member}"
    if not zip_path.is_file():
        raise unreadable("missing_file", zip_path, "no such file", "check the name and the folder")
    try:
        with zipfile.ZipFile(zip_path) as bundle:
            declared = bundle.getinfo(member).file_size
            with bundle.open(member) as source:
                return _copied(source, declared, folder / _safe_name(member), where)
    except KeyError as cause:
        hint = "list the zip's members"
        raise unreadable("missing_member", where, "is not in the zip", hint) from cause
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as cause:
        hint = "make the zip again, or unpack it and name the folder"
        raise unreadable("bad_zip", where, f"cannot be unpacked ({cause})", hint) from cause
    except RuntimeError as cause:  # zipfile's only word for a password
        hint = "unpack it and name the folder"
        raise unreadable("encrypted_zip", where, "is encrypted", hint) from cause


def _safe_name(member: str) -> str:
    suffix = PurePosixPath(member).suffix.lower()
    safe = suffix[1:].isalnum() and suffix.isascii() and len(suffix) <= _LONGEST_SUFFIX
    return blake3(member.encode()).hexdigest()[:32] + (suffix if safe else "")


def _copied(source: IO[bytes], declared: int, target: Path, where: str) -> Path:
    try:
        written = _copy_slices(source, declared, target)
    except OSError as cause:
        target.unlink(missing_ok=True)
        raise cannot_write(target, cause) from cause
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    if written != declared:
        target.unlink()
        raise _wrong_size(where, declared)
    return target


def _copy_slices(source: IO[bytes], declared: int, target: Path) -> int:
    written = 0
    with target.open("wb") as file:
        while written <= declared and (data := source.read(_SLICE_BYTES)):
            written += file.write(data)
    return written


def _wrong_size(where: str, declared: int) -> InputError:
    message = f"unpacks to another size than the {declared} bytes the zip declares"
    return unreadable("truncated", where, message, "make the zip again")
