"""Audio inside a session's file, copied out into the store once, by content."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bridge.audio.faults import cannot_write
from bridge.storing import Store, digest, file_digest
from sessions import Media, Session, Track
from sessions.writing.media import Copier, used_media

_UNDECODED = "MP4"


def extract(session: Session, store: Store) -> tuple[Session, tuple[Path, ...]]:
    """Return the session with its embedded audio as files of the store, and those files.

    The members of a zip and the essences of an AAF are copied byte for byte; the compressed
    streams of an .stem.mp4 stay where they are.
    Raises SessionError for what cannot be read, MachineError when the store refuses.
    """
    moved: dict[str, Media] = {}
    containers: dict[Path, str] = {}
    with Copier() as copier:
        for media in used_media(session):
            if media.member is None or media.format == _UNDECODED:
                continue
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
