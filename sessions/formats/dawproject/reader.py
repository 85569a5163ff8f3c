"""DAWproject 1.0 (github.com/bitwig/dawproject): Bitwig Studio, Studio One, Cubase, others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from sessions.errors import SessionError
from sessions.formats.dawproject.clips import Arrangement
from sessions.formats.dawproject.devices import Devices
from sessions.formats.dawproject.mixer import Mixer
from sessions.formats.dawproject.time import meters, tempo_map, unit_of
from sessions.formats.dawproject.vocabulary import METADATA, PROJECT
from sessions.formats.shared.clip_time import Scope
from sessions.formats.shared.container import Container
from sessions.formats.shared.xml import Source, children
from sessions.media.archives import member_names
from sessions.model.session import Marker, Session, Track
from stemwright.problems import Diagnostic, Problem
from stemwright.words import printable

_EARLY = "project.json"
_USUAL_RATE_HZ = 48_000


@dataclass(frozen=True)
class DawProject:
    """Reads a .dawproject: tracks, clips, automation, and plugins with their states."""

    name: str = "dawproject"
    describe: str = "DAWproject (.dawproject) of Bitwig Studio, Studio One, Cubase"

    def score(self, path: Path) -> float:
        """1 for a zip with a project.xml, and for the JSON of before 1.0, which is refused."""
        names = member_names(path) if path.is_file() else frozenset()
        return 1.0 if PROJECT in names or {_EARLY, "metadata.json"} <= names else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read the one project; raises SessionError that says where it is wrong."""
        if len(paths) != 1:
            raise SessionError(_several(paths))
        container = Container(paths[0], media)
        if container.member(PROJECT) is None:
            raise SessionError(_no_project(paths[0], early=container.member(_EARLY) is not None))
        return _session(container)


FORMAT = DawProject()


def _session(container: Container) -> Session:
    source = Source(container.path, PROJECT)
    project = container.xml(container.member(PROJECT) or PROJECT)
    if project.tag != "Project":
        raise source.fault(project, "no_project", f"it holds <{project.tag}>, no <Project>")
    clock = tempo_map(source, project)
    devices = Devices(source, container)
    mixer = Mixer(source, project.find("Structure"), devices)
    rate_hz, assumed = _sample_rate(source, project)
    arrangement = Arrangement(source, mixer, container, rate_hz)
    timeline = project.find("Arrangement")
    markers: tuple[Marker, ...] = ()
    if timeline is not None:
        scope = Scope.of_song(clock, unit_of(source, timeline, "timeUnit", "beats"))
        arrangement.read(timeline, scope)
        markers = tuple(_markers(source, timeline.find("Markers"), scope))
    diagnostics = [
        *_noted(source, project, assumed=assumed),
        *mixer.diagnostics(),
        *devices.diagnostics(),
        *arrangement.diagnostics(),
        *container.diagnostics(),
    ]
    return Session(
        format=FORMAT.name,
        daw=_daw(project),
        sample_rate_hz=rate_hz,
        tracks=tuple(_filled(track, arrangement) for track in mixer.tracks),
        tempo=clock.tempos(),
        markers=markers,
        diagnostics=tuple(diagnostics),
        meters=meters(source, project, clock),
        provenance=tuple(_provenance(container, project)),
    )


def _filled(track: Track, arrangement: Arrangement) -> Track:
    clips = sorted(arrangement.clips[track.id], key=lambda clip: clip.position_s)
    return replace(
        track, clips=tuple(clips), automation=tuple(arrangement.lines.by_track[track.id])
    )


def _markers(source: Source, element: etree._Element | None, scope: Scope) -> Iterator[Marker]:
    if element is None:
        return
    scope = scope.as_unit(unit_of(source, element, "timeUnit", scope.unit))
    for marker in element.iterfind("Marker"):
        yield Marker(scope.seconds(source.number(marker, "time")), marker.get("name") or "")


def _sample_rate(source: Source, project: etree._Element) -> tuple[int, bool]:
    """The commonest rate of the audio, since the format states none; whether it is a guess."""
    rates = Counter(
        rate for audio in project.iter("Audio") if (rate := source.number(audio, "sampleRate", 0))
    )
    usable = {rate: seen for rate, seen in rates.items() if 4_000 <= rate <= 768_000}
    if not usable:
        return _USUAL_RATE_HZ, True
    return int(max(usable, key=lambda rate: (usable[rate], rate))), False


def _noted(source: Source, project: etree._Element, *, assumed: bool) -> Iterator[Diagnostic]:
    version = project.get("version") or ""
    if not version.startswith("1."):
        message = f"written as DAWproject {printable(version)!s}; read as 1.0"
        yield Diagnostic("warning", "unknown_version", source.name, message)
    if project.find("Transport/Tempo") is None and project.find(".//TempoAutomation") is None:
        message = "the project states no tempo; 120 is assumed"
        yield Diagnostic("warning", "no_tempo", source.name, message)
    if assumed:
        message = f"the project holds no audio that states a rate; {_USUAL_RATE_HZ} Hz is assumed"
        yield Diagnostic("note", "sample_rate_assumed", source.name, message)


def _daw(project: etree._Element) -> str | None:
    application = project.find("Application")
    if application is None:
        return None
    named = (application.get("name"), application.get("version"))
    return " ".join(part for part in named if part) or None


def _provenance(container: Container, project: etree._Element) -> Iterator[tuple[str, str]]:
    yield "DAWproject version", project.get("version") or ""
    member = container.member(METADATA)
    if member is not None:
        for element in children(container.xml(member)):
            if element.text and element.text.strip():
                yield str(element.tag), element.text.strip()


def _several(paths: Sequence[Path]) -> Problem:
    return Problem(
        "several_sessions",
        f"{len(paths)} files were given where a project is one file",
        {"file": printable(paths[0]) if paths else ""},
        hint="read them one at a time",
    )


def _no_project(path: Path, *, early: bool) -> Problem:
    if early:
        return Problem(
            "early_dawproject",
            f"{printable(path.name)} is a DAWproject from before version 1.0 (JSON),"
            " which no program writes any more",
            {"file": printable(path), "member": _EARLY},
            expected="a DAWproject 1.0, which holds a project.xml",
            hint="open the song in Bitwig Studio 5.1 or later, choose File > Export Project >"
            " DAWproject, and read the new file; or export the tracks as WAV",
        )
    return Problem(
        "no_project",
        f"{printable(path.name)} holds no project.xml",
        {"file": printable(path)},
        expected="a DAWproject 1.0",
        hint="export the DAWproject again from the DAW",
    )
