"""Which of a session's audio may be copied out, and what is embedded copied into the store once.

A session names files wherever they lay on the machine that wrote it. Where one is here too, its
header is read; its sound leaves its place only when the user pointed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from bridge.hosting import lies_in
from bridge.storing import Store, digest, file_digest
from sessions import Copier, Media, Session, Track, used_media
from stemwright.files import cannot_write
from stemwright.problems import InputError, Problem
from stemwright.words import listed, printable

_UNDECODED = "MP4"


def check_inside(files: Iterable[Path], given: Sequence[Path], trusted: Sequence[Path]) -> None:
    """Raise InputError `media_outside`, once a folder, for `files` that may not be copied.

    They have to lie, links followed, in the folder of a session that was `given` or in `trusted`.
    """
    homes = [path if path.is_dir() else path.parent for path in given]
    outside: dict[Path, list[str]] = {}
    for file in dict.fromkeys(files):
        if not lies_in(file, (*homes, *trusted)):
            outside.setdefault(file.resolve().parent, []).append(printable(file.name))
    if outside:
        raise InputError([_outside(folder, names) for folder, names in outside.items()])


def _outside(folder: Path, names: Sequence[str]) -> Problem:
    verb = "lies" if len(names) == 1 else "lie"
    return Problem(
        "media_outside",
        f"{listed(names, most=3)}, which the session names, {verb} outside its folder, so "
        "nothing is copied",
        {"file": printable(folder)},
        expected="audio in the session's folder, or in a folder that you name",
        hint=f"if it belongs to this session, name its folder: --media {printable(folder)}",
    )


def extract(
    session: Session, store: Store, given: Sequence[Path], trusted: Sequence[Path] = ()
) -> tuple[Session, tuple[Path, ...]]:
    """Return the session with its embedded audio as files of the store, and those files.

    The members of a zip and the essences of an AAF are copied byte for byte; the compressed
    streams of an .stem.mp4 stay where they are.
    Raises SessionError for what cannot be read, InputError as `check_inside` does for files that
    the session names, MachineError when the store refuses.
    """
    embedded = [
        media
        for media in used_media(session)
        if media.member is not None and media.format != _UNDECODED
    ]
    check_inside((media.path for media in embedded), given, trusted)
    moved: dict[str, Media] = {}
    containers: dict[Path, str] = {}
    with Copier() as copier:
        for media in embedded:
            if media.path not in containers:
                containers[media.path] = file_digest(media.path)
            path = _stored(media, containers[media.path], store, copier)
            moved[media.as_json()] = replace(media, path=path, member=None)
    tracks = tuple(_relinked(track, moved) for track in session.tracks)
    return replace(session, tracks=tracks), tuple(media.path for media in moved.values())


def _stored(media: Media, container: str, store: Store, copier: Copier) -> Path:
    key = digest("embedded", container=container, member=media.member)
    entry = store.get(key)
    if entry is None or not store.intact(entry):
        store.drop(key)
        with store.staging() as folder:
            try:
                with (folder / "audio").open("wb") as file:
                    copier.copy(media, file)
            except OSError as error:
                raise cannot_write(store.root, error) from error
            entry = store.put(key, {"pcm": None}, folder / "audio")
    return entry.data


def _relinked(track: Track, moved: dict[str, Media]) -> Track:
    clips = tuple(
        clip
        if clip.media is None or clip.media.as_json() not in moved
        else replace(clip, media=moved[clip.media.as_json()])
        for clip in track.clips
    )
    return replace(track, clips=clips)
