"""A Session as a .dawproject (github.com/bitwig/dawproject, version 1.0).

Timelines count beats, the content of clips seconds. Volumes are linear, pans normalised with the
middle at 0.5. Plugin states lie in plugins/, audio in audio/.
"""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path, PurePosixPath

from lxml import etree

from sessions.formats.dawproject.time import beat_points
from sessions.formats.dawproject.vocabulary import METADATA, PROJECT
from sessions.formats.dawproject.write_channels import Channels
from sessions.formats.dawproject.write_timeline import arrangement
from sessions.formats.dawproject.write_xml import Ids, clean, number, sub
from sessions.formats.project_files.layers import flattened
from sessions.formats.project_files.media import (
    Audio,
    Copier,
    Names,
    refuse_pairs,
    relative,
    staged,
    used_media,
)
from sessions.formats.project_files.track_tree import forest, master_of
from sessions.formats.shared.remarks import Losses
from sessions.model.session import Media, Session
from stemwright.problems import Diagnostic

_APPLICATION, _VERSION = "stemwright", "1"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_META = ("Title", "Artist", "Album", "OriginalArtist", "Composer", "Songwriter", "Producer")
_META_REST = ("Arranger", "Year", "Genre", "Copyright", "Website", "Comment")


def write_dawproject(
    session: Session, path: Path, audio: Audio = "copy", *, overwrite: bool = False
) -> tuple[Diagnostic, ...]:
    """Write `session` to `path`, with its audio inside ("copy") or pointed at ("link").

    Files inside a zip are always copied. Returns what a DAWproject cannot hold. Raises
    SessionError when `path` exists and `overwrite` is not said, for unreadable media, and for
    clips that are two mono files; OSError of the system.
    """
    refuse_pairs(session)
    losses = Losses(path.name)
    session = flattened(session, losses)
    _tell_rate(session, losses)
    with staged(path, overwrite=overwrite) as made:
        files = _Files(path.parent, audio)
        channels = Channels(Ids(track.id for track in session.tracks), losses)
        project = _project(session, channels, files, losses)
        with zipfile.ZipFile(made, "w") as archive:
            _put(archive, PROJECT, _xml(project))
            _put(archive, METADATA, _xml(_metadata(session)))
            for name, data in channels.states.items():
                _put(archive, name, data)
            files.copy_into(archive, session)
    return losses.diagnostics()


def _tell_rate(session: Session, losses: Losses) -> None:
    """Name the sample rate where it is lost: readers take the commonest of the clips' rates."""
    found = Counter(
        session.sample_rate_hz if clip.media is None else clip.media.sample_rate_hz
        for track in session.tracks
        for clip in track.clips
        if clip.kind == "audio"
    )
    rate_hz = session.sample_rate_hz
    if max(found, key=lambda rate: (found[rate], rate), default=None) != rate_hz:
        why = "a DAWproject has no place for the sample rate, and its audio does not tell it: set"
        why += " it by hand"
        losses.add("sample_rate_lost", "warning", why, f"{rate_hz} Hz")


class _Files:
    """Where each media file is found from inside the project."""

    def __init__(self, folder: Path, audio: Audio) -> None:
        self._folder = folder
        self._audio = audio
        self._names = Names()

    def reference(self, media: Media) -> tuple[str, bool]:
        """The path to write, and whether it leads out of the project."""
        if self._copied(media):
            return f"audio/{self._names.name(media)}", False
        return relative(media.path, self._folder), True

    def _copied(self, media: Media) -> bool:
        return self._audio == "copy" or media.member is not None

    def copy_into(self, archive: zipfile.ZipFile, session: Session) -> None:
        """Store the bytes of every file that lies inside."""
        with Copier() as copier:
            for media in used_media(session):
                if self._copied(media):
                    entry = _entry(self.reference(media)[0])
                    entry.file_size = _size_hint(media)
                    with archive.open(entry, "w") as target:
                        copier.copy(media, target)


def _size_hint(media: Media) -> int:
    """An upper bound of the file's bytes, which decides whether the entry needs Zip64."""
    return media.frames * media.channels * 8 + (1 << 20)


def _project(session: Session, channels: Channels, files: _Files, losses: Losses) -> etree._Element:
    project = etree.Element("Project", version="1.0")
    sub(project, "Application", name=_APPLICATION, version=_VERSION)
    tempo_id = _transport(project, session, channels.ids)
    structure = sub(project, "Structure")
    nodes = forest(session)
    master = master_of(session)
    channels.add(structure, nodes, master)
    arrangement(
        project,
        session,
        [*(node.track for root in nodes for node in root.walk()), master],
        channels,
        files.reference,
        tempo_id,
        losses,
    )
    return project


def _transport(project: etree._Element, session: Session, ids: Ids) -> str:
    transport = sub(project, "Transport")
    tempo_id = ids.new()
    bpm = beat_points(session)[0][1]
    sub(transport, "Tempo", unit="bpm", value=number(bpm), id=tempo_id, name="Tempo")
    meters = sorted(session.meters, key=lambda meter: meter.position_s)
    top, bottom = (meters[0].numerator, meters[0].denominator) if meters else (4, 4)
    sub(
        transport,
        "TimeSignature",
        denominator=str(bottom),
        numerator=str(top),
        id=ids.new(),
    )
    return tempo_id


def _metadata(session: Session) -> etree._Element:
    said = {name.casefold(): value for name, value in session.provenance}
    root = etree.Element("MetaData")
    for name in (*_META, *_META_REST):
        if name.casefold() in said:
            sub(root, name).text = clean(said[name.casefold()])
    return root


def _xml(root: etree._Element) -> bytes:
    data: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, standalone=True, pretty_print=True
    )
    return data


def _entry(name: str) -> zipfile.ZipInfo:
    """An entry without a time of its own, so that the same session gives the same bytes."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o644 << 16
    packed = PurePosixPath(name).parts[0] != "audio"
    entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    return entry


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    archive.writestr(_entry(name), data)
