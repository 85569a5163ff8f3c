"""A session or a finished folder as a project that a DAW opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.exchanging.embedded import check_inside
from bridge.exchanging.pairs import has_pairs, joined
from bridge.exchanging.printed import with_printed
from bridge.exchanging.rendered import is_rendering, session_of
from bridge.hosting import trusted_folders
from bridge.hosting.child.scratch import scratch
from bridge.storing import Store
from sessions import Device, Session, read
from sessions.formats.dawproject import write_channels
from sessions.formats.project_files.media import refuse_existing, used_media
from sessions.formats.reaper import write_effects
from sessions.media.search import check_given
from sessions.writers import Audio, write_dawproject, write_rpp
from stemwright.files import cannot_write
from stemwright.problems import Diagnostic, InputError, Problem

_Writer = Callable[..., tuple[Diagnostic, ...]]
_Carried = Callable[[Device], tuple[bool, bool]]


@dataclass(frozen=True)
class _Kind:
    """A kind of project: who writes it, where its audio goes, which devices it has a place for."""

    write: _Writer
    audio: Audio
    carried: _Carried


_KINDS = {
    ".dawproject": _Kind(write_dawproject, "copy", write_channels.carried),
    ".rpp": _Kind(write_rpp, "link", write_effects.carried),
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
