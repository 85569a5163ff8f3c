"""A session or a finished folder as a project that a DAW opens."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile

from bridge.audio import WavWriter, opened
from bridge.exchanging.embedded import check_inside
from bridge.exchanging.members import media_file
from bridge.exchanging.session_of_master import is_rendering, session_of
from bridge.finished import FinishedFolder, open_render
from bridge.gathering import Signal
from bridge.hosting import scratch, trusted_folders
from bridge.storing import Store
from chains import MASTER, Insert, Plugin
from sessions import (
    Audio,
    Clip,
    Device,
    Media,
    Session,
    Track,
    carried_by_dawproject,
    carried_by_rpp,
    check_given,
    read,
    refuse_existing,
    used_media,
    write_dawproject,
    write_rpp,
)
from stemwright.files import cannot_write
from stemwright.problems import Diagnostic, InputError, MachineError, Problem

_Type = Literal["int32", "float64"]
_BLOCK_FRAMES = 1 << 16
_INTEGERS = frozenset({"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32"})


def has_pairs(session: Session) -> bool:
    """Whether any clip is two mono files."""
    return any(clip.right is not None for track in session.tracks for clip in track.clips)


def joined(session: Session, folder: Path) -> Session:
    """The session with every pair of mono files joined, bit for bit, to a WAV in `folder`.

    Raises InputError for files that cannot be read, MachineError when there is no space for it.
    """
    made: dict[tuple[str, str], Media] = {}

    def stereo(clip: Clip, name: str) -> Clip:
        if clip.media is None or clip.right is None:
            return clip
        key = (clip.media.as_json(), clip.right.as_json())
        if key not in made:
            target = folder / str(len(made)) / f"{_plain(name)}.wav"
            target.parent.mkdir()
            made[key] = _join(clip.media, clip.right, target)
        return replace(clip, media=made[key], right=None)

    return replace(
        session,
        tracks=tuple(
            replace(track, clips=tuple(stereo(clip, track.name) for clip in track.clips))
            for track in session.tracks
        ),
    )


def _plain(name: str) -> str:
    return "".join("_" if each in '<>:"/\\|?*' or ord(each) < 32 else each for each in name)


def _join(left: Media, right: Media, target: Path) -> Media:
    dtype: _Type = "int32" if left.subtype in _INTEGERS else "float64"
    subtype = left.subtype if left.subtype == right.subtype else "DOUBLE"
    dtype = dtype if subtype == left.subtype else "float64"
    form = (left.sample_rate_hz, 2, _wav(subtype))
    try:
        with soundfile.SoundFile(target, "w", *form, format="WAV") as both:
            for block in _joined_blocks(left, right, target.parent, dtype):
                both.write(block)
    except soundfile.SoundFileError as error:
        raise _full(error) from error
    return replace(left, path=target, member=None, channels=2, format="WAV", subtype=_wav(subtype))


def _joined_blocks(left: Media, right: Media, folder: Path, dtype: _Type) -> Iterator[np.ndarray]:
    """Both files side by side, (frames, 2) at a time; what the right one lacks is silence."""
    with (
        opened(media_file(left, folder)) as (one, _),
        opened(media_file(right, folder)) as (two, _),
    ):
        while len(block := one.read(_BLOCK_FRAMES, dtype)):
            other = two.read(_BLOCK_FRAMES, dtype)[: len(block)]
            padded = np.zeros_like(block)
            padded[: len(other)] = other
            yield np.stack([block, padded], axis=1)


def _full(error: soundfile.SoundFileError) -> MachineError:
    folder = tempfile.gettempdir()
    return MachineError(
        Problem(
            "disk_full",
            f"two mono files cannot be joined in {folder}, for want of space: {error}",
            {"file": folder},
            hint="free some space there, or name another temporary folder with TMPDIR",
        )
    )


def _wav(subtype: str) -> str:
    return subtype if soundfile.check_format("WAV", subtype) else "PCM_24"


def with_printed(
    session: Session, folder: Path, store: Store, work: Path
) -> tuple[Session, tuple[Diagnostic, ...]]:
    """Print every group and return of a finished folder that holds processors of ours.

    `session` is the folder's song as a project; the audio, stereo float32 before the fader, goes
    into `work`. A printed group has one clip in place of its stems and plugins; a printed return
    is a track of its own, and nothing is sent to it any more.
    Raises InputError `print_gone` where the store no longer holds what came out of the inserts.
    """
    rendering = open_render(folder)
    if rendering is None or rendering.chain is None:
        raise _gone(folder, "render.json or chain.toml cannot be read")
    if rendering.lock is None:
        raise _gone(folder, rendering.lock_fault or "chain.lock cannot be read")
    finished = FinishedFolder(folder, rendering.record, rendering.chain, rendering.lock)
    racks = finished.chain.racks()
    owners = [owner for owner, rack in racks if owner != MASTER and _has_own(rack)]
    made = {owner: _print(finished, owner, store, work / f"{owner}.wav") for owner in owners}
    tracks = tuple(_tracks(session, made))
    told = (_told(tuple(made)),) if made else ()
    return replace(session, tracks=tracks), told


def _has_own(row: tuple[Insert, ...]) -> bool:
    return any(not isinstance(each.settings, Plugin) and not each.bypass for each in row)


def _tracks(session: Session, made: dict[str, Media]) -> Iterator[Track]:
    for track in session.tracks:
        if track.parent in made:
            continue
        sends = tuple(send for send in track.sends if send.target not in made)
        if track.id not in made:
            yield replace(track, sends=sends)
            continue
        media = made[track.id]
        clip = Clip(media=media, position_frames=0, length_s=media.length_s, name=track.name)
        yield replace(track, kind="audio", sends=sends, devices=(), clips=(clip,))


def _print(finished: FinishedFolder, owner: str, store: Store, path: Path) -> Media:
    rate_hz, frames = finished.rate_hz, finished.frames
    with WavWriter(path, rate_hz, 2, "float32", owner) as writer:
        for block in _output(finished, owner, store).blocks():
            writer.write(block)
    return Media(path, None, rate_hz, 2, frames, "WAV", "FLOAT")


def _output(finished: FinishedFolder, owner: str, store: Store) -> Signal:
    steps = finished.of(owner)
    signal = finished.output(steps[-1], store) if steps else None
    if signal is None:
        raise _gone(finished.path, f"the store no longer holds what came out of {owner}")
    return signal


def _gone(folder: Path, message: str) -> InputError:
    hint = "render into this folder again, with the same store, and repeat this"
    return InputError(Problem("print_gone", message, {"file": str(folder)}, hint=hint))


def _told(owners: tuple[str, ...]) -> Diagnostic:
    names = ", ".join(owners)
    message = f"printed behind their inserts, without plugins of their own: {names}"
    return Diagnostic("note", "printed", names, message)


_Writer = Callable[..., tuple[Diagnostic, ...]]
_Carried = Callable[[Device], tuple[bool, bool]]


@dataclass(frozen=True)
class _Kind:
    """A kind of project: who writes it, where its audio goes, which devices it has a place for."""

    write: _Writer
    audio: Audio
    carried: _Carried


_KINDS = {
    ".dawproject": _Kind(write_dawproject, "copy", carried_by_dawproject),
    ".rpp": _Kind(write_rpp, "link", carried_by_rpp),
}


@dataclass(frozen=True)
class Exported:
    """What was written: the project's path, and the session that is in it."""

    path: Path
    session: Session
    diagnostics: tuple[Diagnostic, ...]

    def as_json(self) -> dict[str, Any]:
        """What `export --json` prints."""
        tracks = self.session.tracks
        carried = _kind(self.path).carried
        devices = [carried(device) for track in tracks for device in track.devices]
        clips = [clip for track in tracks for clip in track.clips if clip.kind == "audio"]
        return {
            "path": str(self.path),
            "tracks": len(tracks),
            "clips": len(clips),
            "plugins": sum(known for known, _ in devices),
            "states": sum(state for _, state in devices),
            "diagnostics": [each.as_json() for each in self.diagnostics],
        }


def export(
    source: Sequence[Path],
    target: Path,
    store: Store,
    *,
    audio: Audio | None = None,
    plugin_folders: Sequence[Path] = (),
    trusted: Sequence[Path] = (),
    media: Sequence[Path] = (),
    stems: Path | None = None,
    printed: bool = False,
) -> Exported:
    """Write `source`, a session or a finished folder, to `target` (.dawproject or .rpp).

    `audio` is copied along or linked: by default copied into a DAWproject, linked from a REAPER
    project. Audio outside the session's folder is copied from `media` and `trusted` alone.
    `stems`, of a finished folder, is where the song's stems lie now.
    `printed`: a finished folder's groups and returns with our own processors become audio.
    Raises InputError and SessionError, and MachineError for a full or locked disk; nothing
    is overwritten, nothing left half-written.
    """
    kind = _kind(target)
    check_given(source, media)
    refuse_existing(target)
    allowed = trusted_folders(trusted)
    if _is_rendering(source):
        session, told = session_of(
            source[0], store, plugin_folders, allowed, stems, printed=printed
        )
    else:
        session, told = _session(source, media, stems, printed)
    if not _is_rendering(source) and ((audio or kind.audio) == "copy" or has_pairs(session)):
        check_inside((each.path for each in used_media(session)), source, (*media, *allowed))
    with scratch() as folder:
        wanted = audio or kind.audio
        if printed:
            session, more = with_printed(session, source[0], store, folder)
            told, wanted = (*told, *more), "copy"
        if has_pairs(session):
            session, wanted = joined(session, folder), "copy"
        try:
            lost = kind.write(session, target, wanted)
        except OSError as error:
            raise cannot_write(target, error) from error
    return Exported(target, session, (*told, *lost))


def _kind(target: Path) -> _Kind:
    found = _KINDS.get(target.suffix.lower())
    if found is None:
        raise InputError(
            Problem(
                "unknown_project",
                f"{target.name} names no kind of project that is written",
                {"file": str(target)},
                expected="a name that ends in .dawproject (Bitwig Studio, Studio One, Cubase) or"
                " .rpp (REAPER)",
                hint="name it with -o FILE.dawproject or -o FILE.rpp",
            )
        )
    return found


def _is_rendering(source: Sequence[Path]) -> bool:
    """A finished folder's stems are held to the digests in its lock instead of to a place."""
    return len(source) == 1 and is_rendering(source[0])


def _session(
    source: Sequence[Path], media: Sequence[Path], stems: Path | None, printed: bool
) -> tuple[Session, tuple[Diagnostic, ...]]:
    """A DAW's session. Raises InputError for what only a finished folder has."""
    for option, given, hint in (
        ("--stems", stems is not None, "name audio of a session with --media"),
        ("--printed", printed, "leave it out, or name the folder of a master"),
    ):
        if given:
            message = f"{option} is for a folder that render wrote"
            raise InputError(Problem("usage", message, {"file": str(source[0])}, hint=hint))
    found = read(list(source), media) if media else read(list(source))
    return found, found.diagnostics
