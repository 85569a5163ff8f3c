"""Ableton Live sets (.als), of Live 8 to 12: gzipped XML, rarely plain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

from lxml import etree

from sessions.bundle.roles import role_of
from sessions.errors import SessionError
from sessions.formats.ableton.automation import level, track_automation
from sessions.formats.ableton.clips import Clips
from sessions.formats.ableton.devices import Devices
from sessions.formats.ableton.document import Values, load, looks_like_live
from sessions.formats.ableton.mixer import MASTER, Mixer, Place
from sessions.formats.ableton.time import envelopes, main_mixer, markers, meters, tempo_map
from sessions.formats.shared.clip_time import Effort, Scope
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import parsed
from sessions.media.search import MediaFinder
from sessions.model.session import Session, Track
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic, Problem, Severity
from stemwright.words import printable

# Every set here (Live 8 to 12) states what is read of clips, mixers and devices, but PanMode before
# Live 10 (one pan knob: 0), and Freeze of groups and returns (off). Tempo and rate, where missing,
# are told.
_USUAL_RATE_HZ = 48_000
_FIRST_VERSION, _LAST_VERSION = 4, 5
_TEXTS: Mapping[str, tuple[Severity, str]] = {
    "no_tempo": ("warning", "the set states no tempo; 120 is assumed"),
    "tempo_curves": (
        "warning",
        "{count} stretches of the tempo are curves, read as straight: {places}",
    ),
    "warped_clips": ("warning", "{count} clips are stretched by warping: {places}"),
    "transposed_clips": ("warning", "{count} clips are transposed: {places}"),
    "clip_envelopes": ("warning", "{count} clips have envelopes, which are left out: {places}"),
    "unusable_loop": ("warning", "{count} clips have a loop without length: {places}"),
    "empty_clips": ("note", "{count} clips without length are left out: {places}"),
    "midi_clips": ("note", "{count} clips hold notes, carried but not rendered: {places}"),
    "session_clips": ("note", "{count} clips of the session view are left out: {places}"),
    "parallel_rack": (
        "warning",
        "{count} racks run several chains at once; their devices are listed one after the other,"
        " with the rack and chain in their parameter 'rack': {places}",
    ),
    "damaged_state": ("warning", "{count} plugin states are damaged: {places}"),
    "missing_state": ("warning", "{count} plugins without a state in the set: {places}"),
    "external_output": ("warning", "{count} tracks go straight to the sound card: {places}"),
    "unknown_output": ("warning", "{count} tracks go to a track that is not there: {places}"),
    "track_delay": ("warning", "{count} tracks are delayed, which is left out: {places}"),
    "crossfader": ("warning", "{count} tracks are on the crossfader, left out: {places}"),
    "frozen_track": (
        "note",
        "{count} tracks are frozen; read as before, what they play beside it: {places}",
    ),
    "unknown_tracks": ("warning", "{count} tracks of unknown kind are left out: {places}"),
}


@dataclass(frozen=True)
class AbletonLive:
    """Reads a Live set: the arrangement, the mixer, and plugins with their states."""

    name: str = "ableton"
    describe: str = "Ableton Live set (.als), Live 8 to 12"

    def score(self, path: Path) -> float:
        """1 for a file that holds Ableton's XML, whatever its name."""
        return 1.0 if path.is_file() and looks_like_live(path) else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read the one set; raises SessionError that says where it is wrong."""
        if len(paths) != 1:
            raise SessionError(_several(paths))
        return _Reader(paths[0], media).session()


FORMAT = AbletonLive()


class _Reader:
    """One set while it is read."""

    def __init__(self, path: Path, extra_dirs: Sequence[Path]) -> None:
        self.path = path
        self.root, self.bytes_left = load(path)
        self.live_set: etree._Element = self.root.find("LiveSet")  # type: ignore[assignment]  # load made sure
        self.values = Values(path)
        self.tally = Tally(_TEXTS)
        main = self.live_set.find("MasterTrack")
        self.main = self.live_set.find("MainTrack") if main is None else main
        self.main_lines = envelopes(self.values, self.main)
        self.clock = tempo_map(self.values, self.main, self.main_lines, self.tally)
        self.mixer = Mixer(self.values, self.live_set, self.tally)
        self.devices = Devices(self.values, self.tally)
        self.finder = MediaFinder(path, extra_dirs)
        self.rate_hz, self.rate_assumed = _sample_rate(self.root)
        self.clips = Clips(
            self.values,
            Scope.of_song(self.clock),
            self.finder,
            self.tally,
            self.rate_hz,
            Effort(sum(1 for _ in self.live_set.iter("AudioClip"))),
        )

    def session(self) -> Session:
        tracks = [self._track(place) for place in self.mixer.places]
        if self.main is not None:
            tracks.append(self._master(self.main))
        return Session(
            format=FORMAT.name,
            daw=self.root.get("Creator") or "Ableton Live",
            sample_rate_hz=self.rate_hz,
            tracks=tuple(tracks),
            tempo=self.clock.tempos(),
            markers=tuple(markers(self.values, self.live_set, self.clock)),
            diagnostics=tuple(self._diagnostics()),
            meters=meters(self.values, self.main, self.main_lines, self.clock),
            provenance=tuple(_provenance(self.root)),
        )

    def _track(self, place: Place) -> Track:
        values, element = self.values, place.element
        mixer = element.find("DeviceChain/Mixer")
        devices = self.devices.read(element.find("DeviceChain/DeviceChain/Devices"), place.name)
        common = Track(
            id=place.id,
            name=place.name,
            kind=place.kind,
            parent=self.mixer.parent(place),
            output=self.mixer.output(place),
            clips=self.clips.read(element, place.name),
            frozen=self.clips.frozen(element, place.name),
            devices=tuple(placed.device for placed in devices),
            role=role_of(place.name),
        )
        common = replace(common, unread=tuple(self._remarked(place)))
        if mixer is None:
            return common
        sends = self.mixer.sends(place)
        targets = [(send.target, held) for send, held in sends]
        lines = envelopes(values, element)
        automation = track_automation(values, mixer, targets, devices, lines, self.clock)
        moving = {line.target for line in automation}
        kept = [
            send for send, _ in sends if isfinite(send.gain_db) or f"send:{send.target}" in moving
        ]
        panning = self.mixer.panning(mixer)
        return replace(
            common,
            gain_db=self._gain_db(mixer),
            pan=panning.pan,
            width=panning.width,
            pan_law=panning.law,
            muted=not values.switched(mixer.find("Speaker"), True),
            soloed=values.whether(mixer, "SoloSink", False),
            sends=tuple(kept),
            automation=automation,
        )

    def _master(self, main: etree._Element) -> Track:
        chain = main.find("DeviceChain/DeviceChain/Devices")
        if chain is None:
            chain = main.find("MasterChain/DeviceChain/Devices")
        name = self.values.text(main, "Name/EffectiveName") or "Master"
        devices = self.devices.read(chain, name)
        mixer = main_mixer(main)
        master = Track(
            MASTER, name, MASTER, output=None, devices=tuple(placed.device for placed in devices)
        )
        if mixer is None:
            return master
        panning = self.mixer.panning(mixer)
        automation = track_automation(self.values, mixer, [], devices, self.main_lines, self.clock)
        return replace(
            master,
            gain_db=self._gain_db(mixer),
            pan=panning.pan,
            width=panning.width,
            pan_law=panning.law,
            automation=automation,
        )

    def _gain_db(self, mixer: etree._Element) -> float:
        return amplitude_db(level(self.values.manual(mixer.find("Volume"), 1.0)))

    def _remarked(self, place: Place) -> Iterator[str]:
        """Remark what a track does beside what is read; its sound's codes."""
        values, element = self.values, place.element
        if self.mixer.is_cut_off(place):
            yield "unknown_output"
        if values.at(element, "TrackDelay/Value", 0.0):
            self.tally.add("track_delay", place.name)
            yield "track_delay"
        if values.whether(element, "Freeze", False):
            self.tally.add("frozen_track", place.name)
        crossfade = element.find("DeviceChain/Mixer/CrossFadeState")
        if int(values.manual(crossfade, 1)) != 1:
            self.tally.add("crossfader", place.name)
            yield "crossfader"

    def _diagnostics(self) -> Iterator[Diagnostic]:
        where = printable(self.path.name)
        version = self.root.get("MajorVersion", "")
        if version not in map(str, range(_FIRST_VERSION, _LAST_VERSION + 1)):
            message = f"written by an unknown version of Live ({printable(version)})"
            yield Diagnostic("warning", "unknown_version", where, message)
        if self.bytes_left:
            message = f"{self.bytes_left} bytes stand behind the end of the set, unread"
            yield Diagnostic("warning", "bytes_left", where, message)
        if self.rate_assumed:
            message = f"no sample states its rate; {_USUAL_RATE_HZ} Hz is assumed"
            yield Diagnostic("note", "sample_rate_assumed", where, message)
        yield from self.tally.diagnostics()
        yield from self.finder.diagnostics()


def _sample_rate(root: etree._Element) -> tuple[int, bool]:
    """The commonest rate of the samples, since a set states none; whether it is a guess."""
    stated = Counter(element.get("Value") for element in root.iter("DefaultSampleRate"))
    rates: Counter[int] = Counter()
    for text, count in stated.items():
        rate_hz = parsed(text or "")
        if 4_000 <= rate_hz <= 768_000:
            rates[int(rate_hz)] += count
    if not rates:
        return _USUAL_RATE_HZ, True
    return max(rates, key=lambda rate: (rates[rate], rate)), False


def _provenance(root: etree._Element) -> Iterator[tuple[str, str]]:
    for name in ("Creator", "MajorVersion", "MinorVersion", "Revision"):
        if root.get(name):
            yield name, root.get(name, "")


def _several(paths: Sequence[Path]) -> Problem:
    return Problem(
        "several_sessions",
        f"{len(paths)} files were given where a Live set is one file",
        {"file": printable(paths[0]) if paths else ""},
        hint="read them one at a time",
    )
