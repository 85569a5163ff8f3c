"""Media that lie inside other files, as files: members of a zip, and audio that an AAF holds."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from pathlib import Path

from bridge.audio import open_member
from sessions import Copier, Media
from stemwright.files import cannot_write


def media_file(media: Media, folder: Path) -> Path:
    """The file of `media`, copied into `folder` where it lies inside another one.

    Raises InputError as `open_member` and the copying do; MachineError: disk_full, not_writable.
    """
    if media.member is None:
        return media.path
    if zipfile.is_zipfile(media.path):
        return open_member(media.path, media.member, folder)
    target = (
        folder / f"held-{sha256(media.as_json().encode('utf-8', 'surrogateescape')).hexdigest()}"
    )
    try:
        with Copier() as copier, target.open("wb") as file:
            copier.copy(media, file)
    except OSError as cause:
        raise cannot_write(target, cause) from cause
    return target
