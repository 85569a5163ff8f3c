"""Tracktion and Waveform edits (.tracktionedit): tracks, media and plugin states.

Fade shapes are Tracktion's: linear, convex, concave, s_curve. Automation is not read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from sessions.bundle.roles import role_of
from sessions.errors import SessionError
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.single_file import content, head, one_path
from sessions.formats.shared.xml import children, flag, number, parse_xml
from sessions.formats.tracktion.clips import clips
from sessions.formats.tracktion.plugins import UNITY, device, fader_db, is_device, send_gain_db
from sessions.media.search import MediaFinder
from sessions.model.session import Marker, Meter, Send, Session, TempoCurve, Track
from sessions.model.tempo import TempoMap
from stemwright.problems import Problem, Severity
from stemwright.words import printable

_TO_TRACK = re.compile(r"track (\d{1,9})\s*(?:\(.*)?", re.DOTALL)
_DEFAULT = re.compile(r"\(default .*\)|", re.DOTALL)


def routed(root: etree._Element, tracks: Sequence[Track], tally: Tally) -> Iterator[Track]:
    """The tracks with their outputs; one that others feed is a group when it has no clips."""
    nodes = [node for node in root.iter("TRACK") if node.getparent() is not None]
    order = [node.get("id", "") for node in nodes]
    said = dict(zip(order, map(_said, nodes), strict=True))
    ways = {own: target for own, text in said.items() if (target := _target(text, order))}
    rings = _rings(ways)
    ways = {own: target for own, target in ways.items() if own not in rings}
    fed = set(ways.values())
    for track in tracks:
        text = said.get(track.id, "")
        if track.id not in ways and not _DEFAULT.fullmatch(text):
            tally.add("hardware_outputs", track.name)
        bus = track.id in fed and track.kind == "audio" and not track.clips
        kind = "group" if bus else track.kind
        yield replace(track, kind=kind, output=ways.get(track.id, track.output))


def _said(node: etree._Element) -> str:
    devices = (device for each in children(node, "OUTPUTDEVICES") for device in each)
    return next((device.get("name", "") for device in devices), "")


def _target(text: str, order: Sequence[str]) -> str | None:
    found = _TO_TRACK.fullmatch(text)
    at = int(found[1]) - 1 if found else -1
    return order[at] or None if 0 <= at < len(order) else None


def _rings(ways: Mapping[str, str]) -> set[str]:
    """The tracks whose way leads back to them; every way is followed once."""
    found: set[str] = set()
    done: set[str] = set()
    for start in ways:
        path: dict[str, None] = {}
        here: str | None = start
        while here is not None and here not in done and here not in path:
            path[here] = None
            here = ways.get(here)
        if here in path:
            walked = list(path)
            found.update(walked[walked.index(here) :])
        done.update(path)
    return found


_EDIT = re.compile(rb"<EDIT\b[^>]*\b(?:appVersion|projectID|creationTime|mediaId)=")
_ROOT = re.compile(rb"<EDIT\s")
_USUAL_RATE_HZ = 44_100
_LATEST_TIME_S = 1 << 40
# What the engine takes for what an edit does not say (tracktion_engine): 120 BPM and a curve of 0,
# which is a straight ramp (TempoSetting), 4/4 (TimeSigSetting), faders and sends at 0 dB and pans
# in the middle (VolumeAndPanPlugin, AuxSendPlugin), plugins switched on (Plugin); tracks, clips
# and polarity switches off, sends to bus 0 (values without a default are 0).
_STEP = 1.0
_DEEPEST = 50

_TEXTS: dict[str, tuple[Severity, str]] = {
    "no_sample_rate": ("note", "an edit states no sample rate; its files' or 44100 Hz is taken"),
    "no_state": ("warning", "{count} plugins have no saved state: {places}"),
    "unreadable_state": ("warning", "{count} plugin states are kept but not understood: {places}"),
    "opaque_state": (
        "warning",
        "{count} states come without their plugin's class id and are kept as found: {places}",
    ),
    "project_items": (
        "warning",
        "{count} clips name a file by its number in the Tracktion project, which is not read: "
        "export the edit as an archive, or name files: {places}",
    ),
    "sends_without_return": ("warning", "{count} aux sends have no return: {places}"),
    "midi_clips": ("note", "{count} MIDI clips are named, their notes not read: {places}"),
    "stretched_clips": ("warning", "{count} clips are stretched: {places}"),
    "other_clips": ("note", "{count} clips of other kinds are left out: {places}"),
    "nested_clips": ("warning", "{count} clips hold clips and are left out: {places}"),
    "clip_effects": ("warning", "{count} clips have effects, which are left out: {places}"),
    "speed_fades": ("warning", "{count} clips fade by their speed, which is not read: {places}"),
    "auto_crossfades": (
        "warning",
        "{count} clips overlap others and are faded there by Tracktion, which is not read: "
        "{places}",
    ),
    "no_length": ("warning", "{count} clips have a length that is no number: {places}"),
    "no_number": ("warning", "{count} clips have a value that is no number: {places}"),
    "racks": ("warning", "{count} racks are named, the plugins in them not read: {places}"),
    "hardware_outputs": ("warning", "{count} tracks feed an output of their own: {places}"),
    "automation": ("warning", "{count} automation curves are not read: {places}"),
    "tempo_curves": ("warning", "{count} tempo curves are read as straight ramps"),
}


class Tracktion:
    """The Format for Tracktion edits."""

    name = "tracktion"
    describe = "a Tracktion or Waveform edit"

    def score(self, path: Path) -> float:
        """1 for a file that begins with an edit's element."""
        return 1.0 if _EDIT.search(head(path)) else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read one edit.

        Raises SessionError for more than one file, and for what is no edit or no XML.
        """
        path = one_path(paths)
        # Tracktion uses this prefix and never declares it.
        data = _ROOT.sub(b'<EDIT xmlns:base64="urn:base64" ', content(path), count=1)
        root = parse_xml(data, where=printable(path))
        if root.tag != "EDIT":
            raise SessionError(_no_edit(printable(path)))
        return _session(root, MediaFinder(path, media), Tally(_TEXTS))


FORMAT = Tracktion()


def _session(root: etree._Element, finder: MediaFinder, tally: Tally) -> Session:
    tempo = _tempo(root, tally)
    returns = _returns(root)
    made = list(_tracks(root, None, "master", _Reading(finder, tally, returns), 0))
    fed = {send.target for track in made for send in track.sends}
    made = [replace(track, kind="return") if track.id in fed else track for track in made]
    made = list(routed(root, made, tally))
    rates = Counter(
        clip.media.sample_rate_hz for track in made for clip in track.clips if clip.media
    )
    tally.add("no_sample_rate", "EDIT")
    for rack in root.iterfind(".//PLUGIN[@type='rack']"):
        tally.add("racks", rack.get("name", "") or rack.get("rackType", ""))
    rate_hz = max(rates, key=lambda rate: (rates[rate], rate), default=_USUAL_RATE_HZ)
    curves = sum(1 for _ in root.iter("AUTOMATIONCURVE"))
    if curves:
        tally.add("automation", "EDIT", curves)
    return Session(
        format=FORMAT.name,
        daw=root.get("appVersion") or "Tracktion",
        sample_rate_hz=rate_hz,
        tracks=(*(_at_rate(track, rate_hz) for track in made), _master(root, tally)),
        tempo=tempo.tempos(),
        meters=tuple(_meters(root, tempo)),
        markers=tuple(_markers(root)),
        provenance=tuple(_provenance(root)),
        diagnostics=(*finder.diagnostics(), *tally.diagnostics()),
    )


@dataclass(frozen=True)
class _Reading:
    """What every track is read with; `returns` are track ids by aux bus."""

    finder: MediaFinder
    tally: Tally
    returns: dict[str, str]


def _returns(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for track in root.iter("TRACK"):
        for plugin in children(track, "PLUGIN"):
            if plugin.get("type") == "auxreturn":
                found.setdefault(plugin.get("busNum", "0"), track.get("id", ""))
    return found


def _tracks(
    node: etree._Element, parent: str | None, output: str, reading: _Reading, depth: int
) -> Iterator[Track]:
    """The tracks in `node`, folders before what they hold."""
    for each in children(node, "TRACK", "FOLDERTRACK"):
        track = _track(each, parent, output, reading)
        yield track
        if each.tag == "FOLDERTRACK" and depth < _DEEPEST:
            inner = track.id if track.kind == "group" else output
            yield from _tracks(each, track.id, inner, reading, depth + 1)


def _track(node: etree._Element, parent: str | None, output: str, reading: _Reading) -> Track:
    name, tally = node.get("name", ""), reading.tally
    plugins = list(children(node, "PLUGIN"))
    faders = [plugin for plugin in plugins if plugin.get("type") == "volume"]
    fader = faders[-1] if faders else None
    kind = "audio"
    if node.tag == "FOLDERTRACK":
        kind = "group" if fader is not None else "folder"
    found = tuple(clips(node, name, reading.finder, reading.tally))
    if kind == "audio" and found and all(clip.kind == "midi" for clip in found):
        kind = "midi"
    return Track(
        id=node.get("id", "") or f"line-{node.sourceline}",
        name=name,
        kind=kind,
        parent=parent,
        gain_db=fader_db(number(fader, "volume", UNITY)),
        pan=number(fader, "pan"),
        muted=flag(node, "mute"),
        soloed=flag(node, "solo"),
        inverted=flag(fader, "polarity"),
        output=output,
        clips=found,
        sends=tuple(_sends(plugins, fader, name, reading)),
        devices=tuple(device(each, name, tally) for each in plugins if is_device(each, fader)),
        role=role_of(name),
        unread=_unread(node),
    )


def _unread(node: etree._Element | None) -> tuple[str, ...]:
    """Whether lines move a track, beside those of the tracks in it."""
    own = (each for each in children(node) if each.tag not in ("TRACK", "FOLDERTRACK"))
    curves = (curve for each in own for curve in each.iter("AUTOMATIONCURVE"))
    return ("automation",) if any(len(curve) for curve in curves) else ()


def _sends(
    plugins: Sequence[etree._Element],
    fader: etree._Element | None,
    name: str,
    reading: _Reading,
) -> Iterator[Send]:
    before = fader is not None
    for plugin in plugins:
        if plugin is fader:
            before = False
        if plugin.get("type") != "auxsend":
            continue
        target = reading.returns.get(plugin.get("busNum", "0"))
        if target is None:
            reading.tally.add("sends_without_return", name)
            continue
        yield Send(
            target=target,
            gain_db=send_gain_db(plugin),
            pre_fader=before,
            enabled=flag(plugin, "enabled", True),
        )


def _master(root: etree._Element, tally: Tally) -> Track:
    fader = root.find("MASTERVOLUME/PLUGIN[@type='volume']")
    plugins = root.findall("MASTERPLUGINS/PLUGIN")
    return Track(
        id="master",
        name="Master",
        kind="master",
        gain_db=fader_db(number(fader, "volume", UNITY)),
        pan=number(fader, "pan"),
        output=None,
        devices=tuple(device(each, "Master", tally) for each in plugins if is_device(each, fader)),
        unread=_unread(root.find("MASTERVOLUME")) or _unread(root.find("MASTERPLUGINS")),
    )


def _at_rate(track: Track, rate_hz: int) -> Track:
    """The track with its clips' positions to the sample."""
    placed = (
        replace(
            clip,
            position_frames=round(
                clip.position_s * (clip.media.sample_rate_hz if clip.media else rate_hz)
            ),
        )
        for clip in track.clips
    )
    return replace(track, clips=tuple(placed))


def _tempo(root: etree._Element, tally: Tally) -> TempoMap:
    points: list[tuple[float, float, TempoCurve]] = []
    for node in root.iterfind("TEMPOSEQUENCE/TEMPO"):
        curve = number(node, "curve")
        if curve not in (_STEP, 0.0):
            tally.add("tempo_curves", "TEMPOSEQUENCE")
        way: TempoCurve = "step" if curve == _STEP else "linear"
        points.append((number(node, "startBeat"), number(node, "bpm", 120.0), way))
    return TempoMap(points)


def _meters(root: etree._Element, tempo: TempoMap) -> Iterator[Meter]:
    for node in root.iterfind("TEMPOSEQUENCE/TIMESIG"):
        numerator = int(number(node, "numerator", 4.0))
        denominator = int(number(node, "denominator", 4.0))
        if numerator > 0 and denominator > 0:
            yield Meter(tempo.seconds(number(node, "startBeat")), numerator, denominator)


def _markers(root: etree._Element) -> Iterator[Marker]:
    for node in root.iterfind("MARKERTRACK/MARKERCLIP"):
        yield Marker(number(node, "start"), node.get("name", ""))


def _provenance(root: etree._Element) -> Iterator[tuple[str, str]]:
    if root.get("modifiedBy"):
        yield "modified_by", root.get("modifiedBy", "")
    created_s = number(root, "creationTime") / 1000.0
    if 0 < created_s < _LATEST_TIME_S:
        try:
            yield "created", datetime.fromtimestamp(created_s, UTC).isoformat()
        except (OverflowError, ValueError, OSError):
            return


def _no_edit(where: str) -> Problem:
    return Problem(
        "not_tracktion",
        f"{where} is no Tracktion edit",
        {"file": where},
        expected="an EDIT element",
        hint="name the .tracktionedit file",
    )
