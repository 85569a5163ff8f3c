"""Ardour and Mixbus sessions (.ardour), versions 2 to 8."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from sessions.errors import SessionError
from sessions.formats.ardour.regions import pool
from sessions.formats.ardour.routes import tracks
from sessions.formats.ardour.values import SUPERCLOCKS, TICKS, Clock
from sessions.formats.ardour.vcas import with_vcas
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.single_file import content, head, one_path
from sessions.formats.shared.xml import flag, number, parse_xml, parsed
from sessions.media.search import MediaFinder
from sessions.model.session import Marker, Meter, Session, TempoCurve
from sessions.model.tempo import TempoMap
from stemwright.problems import Problem, Severity
from stemwright.words import printable

# What Ardour takes for what a tempo map does not say (libs/ardour/tempo.cc): 120 quarters a minute
# in 4/4 (_default_tempo, _default_meter), quarters as notes, active, not ramped (TempoSection).
# Since version 7 all are said (libs/temporal/tempo.cc: Tempo, Meter throw otherwise). The 5 maps in
# the corpus lack `active` alone, 4 of them; all say where each tempo and meter stands.
_QUARTERS_A_PULSE = 4.0


def tempo_map(root: etree._Element) -> TempoMap:
    """The session's tempo; 120 where it states none."""
    points: list[tuple[float, float, TempoCurve]] = []
    ramp_to: float | None = None
    for node in root.iterfind("TempoMap//Tempo"):
        if not flag(node, "active", True):
            continue
        note = number(node, "note-type", 4.0) or 4.0
        bpm = number(node, "npm", number(node, "beats-per-minute", 120.0)) * 4.0 / note
        end = _end_bpm(node, note)
        beat = _beat(root, node)
        if ramp_to is not None:
            points.append((beat, ramp_to, "step"))
        ramps = _ramps(node) and end != bpm
        ramp_to = end if ramps else None
        points.append((beat, bpm, "linear" if ramps else "step"))
    return TempoMap(points)


def _end_bpm(node: etree._Element, note: float) -> float | None:
    """Where a ramp ends; None (version 5.0 to 5.10): in the next tempo."""
    for name in ("enpm", "end-beats-per-minute"):
        if node.get(name) is not None:
            return number(node, name) * 4.0 / note
    return None


def _ramps(node: etree._Element) -> bool:
    """Tell whether a tempo goes on to another; from 5.11 to 6.9 its end tempo alone says so."""
    said = node.get("type", node.get("tempo-type"))
    return "Ramp" in said if said is not None else node.get("end-beats-per-minute") is not None


def meters(root: etree._Element, tempo: TempoMap, rate_hz: int) -> tuple[Meter, ...]:
    """The session's time signatures."""
    found = []
    for node in root.iterfind("TempoMap//Meter"):
        numerator = round(_divisions(node))
        denominator = round(_note(node))
        if numerator > 0 and denominator > 0:
            position_s = _seconds(root, node, tempo, rate_hz)
            found.append(Meter(position_s, numerator, denominator))
    return tuple(found)


def _divisions(meter: etree._Element) -> float:
    return number(meter, "divisions-per-bar", number(meter, "beats-per-bar", 4.0))


def _note(meter: etree._Element) -> float:
    return number(meter, "note-value", number(meter, "note-type", 4.0))


def _seconds(root: etree._Element, node: etree._Element, tempo: TempoMap, rate_hz: int) -> float:
    if node.get("sclock") is not None:
        return number(node, "sclock") / SUPERCLOCKS
    for name in ("sample", "frame"):
        if node.get(name) is not None:
            return number(node, name) / rate_hz
    return tempo.seconds(_bars(root, node.get("start", "1|1|0")))


def _beat(root: etree._Element, node: etree._Element) -> float:
    """Quarter notes from the start to a tempo."""
    quarters = node.get("quarters")
    if quarters is not None:
        whole, _, ticks = quarters.partition(":")
        return parsed(whole) + parsed(ticks) / TICKS
    if node.get("pulse") is not None:
        return number(node, "pulse") * _QUARTERS_A_PULSE
    return _bars(root, node.get("start", "1|1|0"))


def _bars(root: etree._Element, text: str) -> float:
    """Quarter notes to "bar|beat|tick"; each bar is as long as the meter in force makes it."""
    bar, beat, tick = _bbt(text)
    quarters, at, note, length = 0.0, 1.0, 4.0, 4.0
    for node in root.iterfind("TempoMap//Meter"):
        start = _bbt(node.get("start", node.get("bbt", "1|1|0")))[0]
        if start > bar:
            break
        quarters, at = quarters + max(0.0, start - at) * length, max(start, at)
        note = _note(node) or 4.0
        length = _divisions(node) * 4.0 / note
    quarters += (bar - at) * length + (beat - 1.0 + tick / TICKS) * 4.0 / note
    return max(0.0, quarters)


def _bbt(text: str) -> tuple[float, float, float]:
    words = text.split("|")
    bar, beat, tick = (parsed(word) for word in [*words, *("1", "1", "0")[len(words) :]][:3])
    return bar, beat, tick


_SESSION = re.compile(
    rb'<Session\b(?=[^>]*\bversion="[^"]*")(?=[^>]*\b(?:sample-rate|id-counter)=")'
)
# All 5 sessions in the corpus state their rate, all 34 locations their places; a missing rate is
# told. VCAs are at 1 and not muted (libs/ardour/parameter_descriptor.cc: GainAutomation,
# MuteAutomation).
_USUAL_RATE_HZ = 48_000
_RATES_HZ = range(4_000, 768_001)
_KINDS = (
    ("IsAutoLoop", "loop"),
    ("IsAutoPunch", "punch"),
    ("IsSessionRange", "session"),
    ("IsCDMarker", "cd"),
    ("IsRangeMarker", "region"),
)

_TEXTS: dict[str, tuple[Severity, str]] = {
    "no_sample_rate": ("warning", "the session states no usable sample rate; 48000 Hz is taken"),
    "no_state": ("warning", "{count} plugins have no saved state: {places}"),
    "unreadable_state": ("warning", "{count} plugin states are kept but not understood: {places}"),
    "devices_after_fader": ("warning", "{count} plugins stand after the fader: {places}"),
    "external_routing": ("warning", "{count} external sends or inserts are not read: {places}"),
    "inverted_sends": ("warning", "{count} sends invert polarity, which is not read: {places}"),
    "one_channel_inverted": ("warning", "polarity is inverted on some channels only: {places}"),
    "several_outputs": ("warning", "{count} tracks feed several busses, one is read: {places}"),
    "no_output": ("warning", "{count} tracks feed no bus of the session: {places}"),
    "vca_gain": ("note", "{count} faders are read with what their VCA adds: {places}"),
    "vca_lines": ("warning", "{count} VCAs have lines that are not read: {places}"),
    "midi_clips": ("note", "{count} MIDI regions are named, their notes not read: {places}"),
    "sourceless_clips": ("warning", "{count} regions name no source: {places}"),
    "split_clips": ("warning", "{count} regions play several files, the first is read: {places}"),
    "stretched_clips": ("note", "{count} regions were stretched when they were made: {places}"),
    "custom_fades": ("note", "{count} regions have fades of an own shape: {places}"),
    "unused_playlists": ("note", "{count} playlists that no track plays are left out"),
}


class Ardour:
    """The Format for Ardour sessions."""

    name = "ardour"
    describe = "an Ardour or Mixbus session"

    def score(self, path: Path) -> float:
        """1 for a file that begins with an Ardour session's element."""
        return 1.0 if _SESSION.search(head(path)) else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read one session.

        Raises SessionError for more than one file, and for what is no session or no XML.
        """
        path = one_path(paths)
        root = parse_xml(content(path), where=printable(path))
        # A template states no rate.
        if root.tag != "Session" or not (root.get("sample-rate") or root.get("id-counter")):
            raise SessionError(_no_session(printable(path)))
        return _session(root, path, MediaFinder(path, media), Tally(_TEXTS))


FORMAT = Ardour()


def _session(root: etree._Element, path: Path, finder: MediaFinder, tally: Tally) -> Session:
    rate_hz = int(number(root, "sample-rate"))
    if rate_hz not in _RATES_HZ:
        tally.add("no_sample_rate", "Session")
        rate_hz = _USUAL_RATE_HZ
    tempo = tempo_map(root)
    clock = Clock(rate_hz, tempo)
    found = tracks(root, clock, pool(root, path, finder), tally)
    found = with_vcas(root, found, clock, tally)
    unused = len(root.findall("UnusedPlaylists/Playlist"))
    if unused:
        tally.add("unused_playlists", "UnusedPlaylists", unused)
    markers = tuple(_markers(root, clock))
    whole = next((each.length_s for each in markers if each.kind == "session"), None)
    return Session(
        format=FORMAT.name,
        daw=_daw(root),
        sample_rate_hz=rate_hz,
        tracks=found,
        tempo=tempo.tempos(),
        meters=meters(root, tempo, rate_hz),
        markers=markers,
        provenance=tuple(_provenance(root)),
        length_s=whole,
        diagnostics=(*finder.diagnostics(), *tally.diagnostics()),
    )


def _daw(root: etree._Element) -> str:
    program = root.find("ProgramVersion")
    said = None if program is None else program.get("modified-with") or program.get("created-with")
    return said or f"Ardour session {root.get('version', '?')}"


def _markers(root: etree._Element, clock: Clock) -> Iterator[Marker]:
    for node in root.iterfind("Locations/Location"):
        said = node.get("flags", "").split(",")
        start_s = clock.seconds(node.get("start", "0"))
        length_s = clock.seconds(node.get("end", "0")) - start_s
        name = node.get("name", "")
        kind = next((kind for word, kind in _KINDS if word in said), None)
        if kind is None or (kind == "cd" and "IsRangeMarker" not in said):
            yield Marker(start_s, name, kind=kind or "marker")
        else:
            yield Marker(start_s, name, max(0.0, length_s), kind)


def _provenance(root: etree._Element) -> Iterator[tuple[str, str]]:
    if root.get("name"):
        yield "session", root.get("name", "")
    program = root.find("ProgramVersion")
    for key in ("created-with", "modified-with"):
        if program is not None and program.get(key):
            yield key.replace("-", "_"), program.get(key, "")
    for node in root.iterfind("Metadata/*"):
        if isinstance(node.tag, str) and node.text and node.text.strip():
            yield node.tag, node.text.strip()


def _no_session(where: str) -> Problem:
    return Problem(
        "not_ardour",
        f"{where} is no Ardour session",
        {"file": where},
        expected="a Session element with a sample rate",
        hint="name the .ardour file in the session's folder",
    )
