"""A Session as a REAPER project (.rpp)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from sessions.formats.project_files.layers import flattened
from sessions.formats.project_files.media import (
    Audio,
    Copier,
    Names,
    refuse_existing,
    refuse_pairs,
    relative,
    staged,
    used_media,
)
from sessions.formats.reaper import codes as tables
from sessions.formats.reaper.text import Text
from sessions.formats.reaper.write_tracks import Tracks
from sessions.formats.shared.remarks import Losses
from sessions.model.session import Media, Session
from sessions.model.tempo import TempoMap
from stemwright.problems import Diagnostic

_HEAD = '<REAPER_PROJECT 0.1 "6.80/stemwright" 0'


def write_rpp(
    session: Session, path: Path, audio: Audio = "link", *, overwrite: bool = False
) -> tuple[Diagnostic, ...]:
    """Write `session` to `path`, its audio pointed at ("link") or beside it ("copy").

    Copies, and files inside a zip always, go to a folder NAME-media beside the project. Returns
    what a REAPER project cannot hold. Raises SessionError when `path` or that folder exists and
    `overwrite` is not said, for unreadable media, and for clips that are two mono files; OSError
    of the system.
    """
    refuse_pairs(session)
    losses = Losses(path.name)
    session = flattened(session, losses)
    with staged(path, overwrite=overwrite) as made:
        files = _Files(path, audio)
        made.write_bytes(_project(session, files, losses))
        files.copy(session, overwrite=overwrite)
    return losses.diagnostics()


class _Files:
    """Where each media file is found from beside the project."""

    def __init__(self, path: Path, audio: Audio) -> None:
        self._folder = path.parent
        self._media = path.parent / f"{path.stem}-media"
        self._audio = audio
        self._names = Names()

    def reference(self, media: Media) -> str:
        """The path to write, relative to the project."""
        if self._copied(media):
            return f"{self._media.name}/{self._names.name(media)}"
        return relative(media.path, self._folder)

    def _copied(self, media: Media) -> bool:
        return self._audio == "copy" or media.member is not None

    def copy(self, session: Session, *, overwrite: bool) -> None:
        """Make the folder of copies, whole or not at all."""
        copied = [media for media in used_media(session) if self._copied(media)]
        if not copied:
            return
        if not overwrite:
            refuse_existing(self._media)
        made = Path(tempfile.mkdtemp(dir=self._folder, prefix=f".{self._media.name}."))
        try:
            with Copier() as copier:
                for media in copied:
                    with (made / self._names.name(media)).open("xb") as target:
                        copier.copy(media, target)
            self._placed(made)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    def _placed(self, made: Path) -> None:
        if not self._media.exists():
            made.chmod(0o755)
            made.rename(self._media)
            return
        for file in sorted(made.iterdir()):
            file.replace(self._media / file.name)


def _project(session: Session, files: _Files, losses: Losses) -> bytes:
    text = Text()
    text.raw(_HEAD)
    body = _Project(text, session, losses)
    body.head()
    Tracks(text, session, files.reference, losses).write()
    text.raw(">")
    return text.data()


class _Project:
    """What stands in a project before its tracks."""

    def __init__(self, text: Text, session: Session, losses: Losses) -> None:
        self._text = text
        self._session = session
        self._losses = losses

    def head(self) -> None:
        """Write settings, tempo and markers."""
        said = dict(self._session.provenance)
        for tag, key in (("TITLE", "title"), ("AUTHOR", "author")):
            value = said.get(key) or said.get("artist" if key == "author" else "Title")
            if value:
                self._text.line(tag, value)
        self._text.line("PANLAW", 1)
        self._text.line("PANMODE", tables.STEREO_BALANCE)
        self._text.line("SAMPLERATE", self._session.sample_rate_hz, 1, 0)
        self._tempo()
        self._markers()

    def _tempo(self) -> None:
        tempos = sorted(self._session.tempo, key=lambda tempo: tempo.position_s)
        meters = sorted(self._session.meters, key=lambda meter: meter.position_s)
        bpm = tempos[0].bpm if tempos else 120.0
        top, bottom = (meters[0].numerator, meters[0].denominator) if meters else (4, 4)
        self._text.line("TEMPO", bpm, top, bottom)
        places = {tempo.position_s for tempo in tempos} | {meter.position_s for meter in meters}
        if places <= {0.0}:
            return
        course = TempoMap.at_seconds((each.position_s, each.bpm, each.curve) for each in tempos)
        with self._text.block("TEMPOENVEX"):
            self._text.line("ACT", 1, -1)
            self._text.line("VIS", 1, 0, 1)
            self._text.line("DEFSHAPE", tables.TEMPO_STEP, -1, -1)
            for place in sorted(places):
                self._tempo_point(place, course)
        if self._session.format != "reaper" and any(each.curve == "linear" for each in tempos[:-1]):
            why = "its tempo ramps run over beats, here over time: every clip and tempo stays at"
            why += " its second, while bars behind a ramp may number otherwise"
            self._losses.add("tempo_ramp", "note", why, "tempo")

    def _tempo_point(self, place: float, course: TempoMap) -> None:
        tempos, meters = self._session.tempo, self._session.meters
        here = [each for each in tempos if each.position_s == place]
        before = [each for each in tempos if each.position_s <= place]
        curve = max(before, key=lambda each: each.position_s).curve if before else "step"
        bpm = here[-1].bpm if here else course.bpm(course.beats(place))
        joined = tables.TEMPO_RAMP if curve == "linear" else tables.TEMPO_STEP
        words: list[float] = [place, bpm, joined]
        signed = [each for each in meters if each.position_s == place]
        if signed:
            meter = signed[-1]
            words.append(tables.packed_signature(meter.numerator, meter.denominator))
        self._text.line("PT", *words)

    def _markers(self) -> None:
        for index, marker in enumerate(self._session.markers, start=1):
            region = marker.length_s is not None
            self._text.line(
                "MARKER", index, marker.position_s, marker.name, tables.REGION if region else 0
            )
            if marker.length_s is not None:
                self._text.line(
                    "MARKER", index, marker.position_s + marker.length_s, "", tables.REGION
                )
