"""LMMS projects (.mmp, .mmpz): tracks, samples, the mixer and effects; notes are only placed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from lxml import etree

from sessions.bundle.roles import role_of
from sessions.formats.lmms.elements import (
    AUTOMATION_CLIPS,
    NOTE_CLIPS,
    TICKS_A_BEAT,
    damaged,
    devices,
    is_lmms,
    length_ticks,
    number,
    project,
    tempo_clips,
    tempo_map,
    vst,
)
from sessions.formats.shared.single_file import head, one_path
from sessions.media.search import MediaFinder
from sessions.model.session import Clip, Device, Meter, Send, Session, Tempo, Track, Written
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic, Severity

_BLOCKS = ("bbtco", "patternclip")
_METER = ("numerator", "denominator")
_TICKS_A_BAR = 192
_MOST_TURNS = 20_000
_INSTRUMENT, _PATTERNS, _SAMPLES = "0", "1", "2"
_KINDS = {_INSTRUMENT: "midi", _PATTERNS: "folder", _SAMPLES: "audio"}
_SAMPLE_CLIPS = ("sampletco", "sampleclip")
# What LMMS takes for what a project does not say: a tempo of 140 from 10 to 999 (Song.h:
# DefaultTempo, MinTempo, MaxTempo), 4/4 (MeterModel), a master at 100 % (Song), tracks at 100 %
# (volume.h: DefaultVolume) in the middle (panning_constants.h: DefaultPanning) to channel 0
# (SampleTrack.cpp), mixer channels at 1, heard and not alone (FxMixer.cpp, FxChannel), sends at 1
# (FxMixer::loadSettings: createChannelSend). No project states a rate: LMMS's engine runs at
# 44,100 Hz unless it is set to more (AudioEngine::baseSampleRate; told).
# Places, lengths and switches that are missing are 0 (loadSettings takes toInt of nothing). All
# 27 tracks in the corpus that state no level are beat tracks, which have none.
_FALLBACK_RATE_HZ = 44_100
_USUAL_BPM, _LOWEST_BPM, _HIGHEST_BPM = 140, 10, 999
_DEEPEST = 8


class Lmms:
    """The Format for LMMS projects."""

    name = "lmms"
    describe = "an LMMS project (.mmp, .mmpz)"

    def score(self, path: Path) -> float:
        """1 for XML, packed or not, that begins with an LMMS project."""
        return 1.0 if is_lmms(head(path)) else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read one project; raises SessionError for what cannot be read."""
        path = one_path(paths)
        root, left = project(path)
        return _Project(path, root, MediaFinder(path, media), left).session()


FORMAT = Lmms()


class _Project:
    """One project while it is read."""

    def __init__(
        self, path: Path, root: etree._Element, finder: MediaFinder, bytes_left: int
    ) -> None:
        self.path, self.root, self.finder, self.bytes_left = path, root, finder, bytes_left
        self.head = root.find("head")
        bpm = number(self.head, "bpm", _USUAL_BPM)
        self.bpm = Fraction(bpm if _LOWEST_BPM <= bpm <= _HIGHEST_BPM else _USUAL_BPM)
        self.clock = tempo_map(root, float(self.bpm))
        self.tempo_clips = tempo_clips(root)
        # A beat track plays the clips of its own number in tracks that all of them share: LMMS
        # writes those inside the first (BBTrack::saveTrackSpecificSettings).
        self.beats = [
            each
            for each in root.iterfind("song/trackcontainer/track")
            if each.get("type") == _PATTERNS
        ]
        self.turns = 0
        self.turn_ticks: dict[int, float] = {}
        over, under = (number(self.head, f"timesig_{part}", 4) for part in _METER)
        self.bar_ticks = max(1.0, _TICKS_A_BAR * over / under if under > 0 else _TICKS_A_BAR)
        self.left_out: Counter[str] = Counter()
        self.notes = 0

    def session(self) -> Session:
        container = self.root.find("song/trackcontainer")
        if container is None:
            raise damaged(self.path, "it holds no song")
        tracks = [*self._tracks(container, None, 0), *self._mixer(container)]
        self._leave_out(self.root.iterfind("song/track"))
        blobs = sum("key" in effect.attrib for effect in self.root.iter("effect"))
        self.left_out["plugins named in a form before LMMS 0.4"] += blobs
        rates = Counter(
            clip.media.sample_rate_hz for track in tracks for clip in track.clips if clip.media
        )
        version = self.root.get("creatorversion", "")
        meter = (number(self.head, f"timesig_{part}", 4) for part in _METER)
        return Session(
            format=FORMAT.name,
            daw=f"LMMS {version}".strip(),
            sample_rate_hz=rates.most_common(1)[0][0] if rates else _FALLBACK_RATE_HZ,
            tracks=tuple(tracks),
            tempo=self.clock.tempos() if self.clock else (Tempo(0.0, float(self.bpm)),),
            meters=(Meter(0.0, *(max(1, int(part)) for part in meter)),),
            diagnostics=(*self._told(tracks), *self.finder.diagnostics()),
        )

    def _tracks(self, container: etree._Element, parent: str | None, depth: int) -> Iterator[Track]:
        for at, element in enumerate(container.findall("track"), 1):
            kind = element.get("type", "")
            if kind not in _KINDS:
                self._leave_out([element])
                continue
            track_id = f"{parent}.{at}" if parent else str(at)
            yield self._track(element, kind, track_id, parent, in_beat=depth > 0)
            if kind == _PATTERNS and depth < _DEEPEST:
                for inner in element.iterfind("*/trackcontainer"):
                    yield from self._tracks(inner, track_id, depth + 1)

    def _leave_out(self, tracks: Iterable[etree._Element]) -> None:
        """Count the automation clips that move something else than the tempo."""
        clips = (each for track in tracks for each in track if each.tag in AUTOMATION_CLIPS)
        bound = (each for each in clips if each.find("object") is not None)
        self.left_out["automation clips"] += sum(each not in self.tempo_clips for each in bound)

    def _track(
        self,
        element: etree._Element,
        kind: str,
        track_id: str,
        parent: str | None,
        *,
        in_beat: bool,
    ) -> Track:
        name = element.get("name", "") or f"Track {track_id}"
        body = element.find("instrumenttrack" if kind == _INSTRUMENT else "sampletrack")
        channel = int(number(body, "fxch", number(body, "mixch", 0)))
        chain = None if body is None else body.find("fxchain")
        return Track(
            id=track_id,
            name=name,
            kind=_KINDS[kind],
            parent=parent,
            gain_db=amplitude_db(number(body, "vol", 100) / 100),
            pan=min(max(number(body, "pan", 0) / 100, -1.0), 1.0),
            muted=number(element, "muted", 0) != 0,
            soloed=number(element, "solo", 0) != 0,
            output=None if kind == _PATTERNS else _channel_id(channel),
            clips=tuple(
                self._beaten(element)
                if in_beat and kind == _SAMPLES
                else self._clips(element, kind, body)
            ),
            devices=(*self._instrument(body), *devices(chain)),
            role=role_of(name),
        )

    def _instrument(self, body: etree._Element | None) -> Iterator[Device]:
        """The instrument of a track; a sampler is its sample, told as a clip."""
        instrument = None if body is None else body.find("instrument")
        if instrument is None:
            return
        name = instrument.get("name", "")
        inner = instrument.find(name) if name.isidentifier() else None
        if name == "vestige":
            yield vst(inner, None)
        elif name and name != "audiofileprocessor":
            yield Device(name, "LMMS", "builtin", name, kind="builtin")

    def _clips(
        self, element: etree._Element, kind: str, body: etree._Element | None
    ) -> Iterator[Clip]:
        sampler = None if body is None else body.find("instrument/audiofileprocessor")
        if kind == _INSTRUMENT and sampler is not None and sampler.get("src"):
            self.left_out["samples played by notes"] += 1
            yield replace(self._sample(sampler.get("src", "")), muted=True)
        for child in element:
            if kind == _SAMPLES and child.tag in _SAMPLE_CLIPS:
                yield self._sample_clip(child)
            elif kind == _INSTRUMENT and child.tag in NOTE_CLIPS:
                self.notes += 1
                name = child.get("name", "")
                yield self._placed(child, Clip(name=name, kind="midi"), _FALLBACK_RATE_HZ)

    def _beaten(self, element: etree._Element) -> Iterator[Clip]:
        """The audio of a track inside beat tracks: where their blocks lie, over and over.

        Each turn begins at the pattern's start and is as long as its longest clip, in whole bars
        (LMMS: BBTrackContainer::lengthOfBB, SampleTrack::play).
        """
        clips = [child for child in element if child.tag in _SAMPLE_CLIPS]
        for at, (clip, beat) in enumerate(zip(clips, self.beats, strict=False)):
            draft, turn = self._sample_clip(clip), self._turn_ticks(element, at)
            silent = draft.muted or number(beat, "muted", 0) != 0
            for block in (each for each in beat if each.tag in _BLOCKS):
                muted = silent or number(block, "muted", 0) != 0
                for start, end in self._turns(block, turn):
                    yield self._again(clip, draft, start, end, muted=muted)

    def _turn_ticks(self, element: etree._Element, at: int) -> float:
        if at not in self.turn_ticks:
            parent = element.getparent()
            tracks = [] if parent is None else parent.findall("track")
            tags = (*_SAMPLE_CLIPS, *NOTE_CLIPS)
            lists = ([child for child in each if child.tag in tags] for each in tracks)
            lengths = [length_ticks(held[at], self.bar_ticks) for held in lists if at < len(held)]
            bars = math.ceil(max([*lengths, 1.0]) / self.bar_ticks)
            self.turn_ticks[at] = bars * self.bar_ticks
        return self.turn_ticks[at]

    def _turns(self, block: etree._Element, turn: float) -> Iterator[tuple[float, float]]:
        start = number(block, "pos", 0)
        end = start + max(0.0, number(block, "len", 0))
        while start < end:
            self.turns += 1
            if self.turns > _MOST_TURNS:
                raise damaged(self.path, "its beat tracks repeat too often")
            yield start, end
            start += turn

    def _again(
        self, element: etree._Element, draft: Clip, start: float, end: float, *, muted: bool
    ) -> Clip:
        """The clip in one turn: silent up to where its audio begins, cut at the block's end."""
        at_s = self._seconds(start)
        late_s = max(0.0, float(self._between(0, -min(0.0, number(element, "off", 0)))))
        until_s = min(
            float(self._between(start, start + number(element, "len", 0))),
            float(self._between(start, end)),
        )
        position_s = float(at_s) + late_s
        rate_hz = draft.media.sample_rate_hz if draft.media else _FALLBACK_RATE_HZ
        return replace(
            draft,
            position_s=position_s,
            position_frames=round(position_s * rate_hz),
            length_s=max(0.0, until_s - late_s),
            muted=muted,
            written=Written("ticks", start),
        )

    def _sample_clip(self, element: etree._Element) -> Clip:
        draft = self._sample(element.get("src", ""))
        rate_hz = draft.media.sample_rate_hz if draft.media else _FALLBACK_RATE_HZ
        at = number(element, "pos", 0)
        offset_s = float(self._between(at + number(element, "off", 0), at))
        clip = self._placed(element, draft, rate_hz)
        if offset_s < 0:
            # Audio that begins inside the clip leaves it silent up to there.
            start_s = clip.position_s - offset_s
            length_s = max(clip.length_s + offset_s, 0.0)
            frames = round(start_s * rate_hz)
            clip = replace(clip, position_s=start_s, position_frames=frames, length_s=length_s)
        backwards = number(element, "reversed", 0) != 0
        return replace(clip, source_offset_s=max(offset_s, 0.0), reversed=backwards)

    def _sample(self, written: str) -> Clip:
        media = self.finder.media(_plain(written)) if written else None
        return Clip(
            media=media,
            media_path=written or None,
            missing=media is None,
            name=written.replace("\\", "/").rpartition("/")[2],
        )

    def _placed(self, element: etree._Element, draft: Clip, rate_hz: int) -> Clip:
        ticks = number(element, "pos", 0)
        start_s = self._seconds(ticks)
        return replace(
            draft,
            position_s=float(start_s),
            position_frames=round(start_s * rate_hz),
            length_s=float(self._between(ticks, ticks + length_ticks(element, self.bar_ticks))),
            muted=number(element, "muted", 0) != 0,
            written=Written("ticks", ticks),
        )

    def _seconds(self, ticks: float) -> Fraction:
        if self.clock is not None:
            return Fraction(self.clock.seconds(ticks / TICKS_A_BEAT))
        return Fraction(ticks) * 60 / (TICKS_A_BEAT * self.bpm)

    def _between(self, start: float, end: float) -> Fraction:
        return self._seconds(end) - self._seconds(start)

    def _mixer(self, container: etree._Element) -> Iterator[Track]:
        """The channels of the mixer, the master last."""
        found = [
            *container.iterfind("fxmixer/fxchannel"),
            *container.iterfind("mixer/mixerchannel"),
        ]
        found = found or [
            *self.root.iterfind("song/fxmixer/fxchannel"),
            *self.root.iterfind("song/mixer/mixerchannel"),
        ]
        channels = {int(number(each, "num", at)): each for at, each in enumerate(found)}
        for at in sorted(set(channels) - {0}):
            yield self._channel(at, channels[at])
        master = channels.get(0)
        volume = number(master, "volume", 1) * number(self.head, "mastervol", 100) / 100
        chain = None if master is None else master.find("fxchain")
        yield Track(
            id="master",
            name="Master" if master is None else master.get("name", "Master"),
            kind="master",
            gain_db=amplitude_db(volume),
            muted=number(master, "muted", 0) != 0,
            output=None,
            devices=devices(chain),
        )

    def _channel(self, at: int, element: etree._Element) -> Track:
        name = element.get("name", "") or f"Channel {at}"
        sends = [
            Send(
                _channel_id(int(number(each, "channel", 0))),
                amplitude_db(number(each, "amount", 1)),
            )
            for each in element.findall("send")
        ]
        # A way on at full level is the output; LMMS knows only sends.
        main = next((each for each in sends if each.gain_db == 0), None)
        return Track(
            id=_channel_id(at),
            name=name,
            kind="group",
            gain_db=amplitude_db(number(element, "volume", 1)),
            muted=number(element, "muted", 0) != 0,
            soloed=number(element, "soloed", 0) != 0,
            output=main.target if main else None,
            sends=tuple(each for each in sends if each is not main),
            devices=devices(element.find("fxchain")),
            role=role_of(name),
        )

    def _told(self, tracks: Sequence[Track]) -> Iterator[Diagnostic]:
        listed = ", ".join(f"{count} {what}" for what, count in self.left_out.items() if count)
        opaque = sum(each.state is not None for track in tracks for each in track.devices)
        left = self.bytes_left
        rated = any(clip.media for track in tracks for clip in track.clips)
        assumed = f"no audio file is here to state a rate; {_FALLBACK_RATE_HZ} Hz is assumed"
        told: tuple[tuple[int, Severity, str, str], ...] = (
            (left, "warning", "bytes_left", f"{left} bytes stand behind the project's end, unread"),
            (not rated, "note", "sample_rate_assumed", assumed),
            (self.notes, "note", "midi_clips", f"{self.notes} clips of notes are not rendered"),
            (bool(listed), "warning", "content_not_read", f"not rendered: {listed}"),
            (
                opaque,
                "warning",
                "opaque_state",
                f"{opaque} plugin states are kept as found: LMMS does not say whose they are",
            ),
        )
        for count, severity, code, message in told:
            if count:
                yield Diagnostic(severity, code, self.path.name, message)


def _channel_id(at: int) -> str:
    return "master" if at == 0 else f"fx:{at}"


def _plain(written: str) -> str:
    """A sample's path without the word for LMMS's own folders."""
    prefix, colon, rest = written.partition(":")
    return rest if colon and len(prefix) > 1 and prefix.isalpha() else written
