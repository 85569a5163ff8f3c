"""FL Studio projects (.flp): channels, mixer, audio clips, plugin states.

Levels, automation and patterns are not read: export stems for those.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from sessions.bundle.roles import role_of
from sessions.formats.flstudio.events import (
    MAGIC,
    Event,
    Stream,
    broken,
    events,
    is_unicode,
    version_of,
)
from sessions.formats.flstudio.mixer import (
    DATA,
    INTERNAL,
    damaged,
    device,
    mixer_target,
    mixer_tracks,
)
from sessions.formats.shared.single_file import content, head, one_path
from sessions.media.search import MediaFinder
from sessions.model.session import Clip, Marker, Meter, Session, Tempo, Track
from sessions.model.values import Written
from stemwright.problems import Diagnostic, Severity
from stemwright.words import printable

# The numbers of events have the names that a list of FL Studio 11's gives them, kept in public
# readers: PyFLP (ChannelID, ProjectID, ArrangementID), dawtool, LMMS's FL import of 2009.
_CHANNEL, _KIND, _NAME, _SAMPLE, _ENABLED, _ROUTE = 64, 21, 203, 196, 0, 22
_OLD_NAME = 192  # up to FL Studio 10 a channel's name stands here
_INSERT = 236
_ARRANGEMENT, _CURRENT, _PLAYLIST, _PLACE, _PLACE_NAME = 99, 100, 233, 148, 205
_VERSION, _TEMPO, _NUMERATOR, _DENOMINATOR = 199, 156, 17, 18
_OLD_TEMPO, _OLD_TEMPO_FINE = 66, 93  # up to FL Studio 10: whole beats a minute and thousandths
_AUTOMATION, _LAYER, _AUDIO = 5, 3, (0, 4)
_ITEM = struct.Struct("<I2HI2H2xH4x")
_ITEM_OFFSETS = struct.Struct("<2f")
# A clip of the playlist since which version: bytes 28 to 32 came with FL Studio 9, and FL Studio 21
# and 25 added more behind them. Each begins with its place and this word, which tells the size.
_ITEM_BYTES = ((25, 80), (21, 60), (9, 32), (0, 28))
_ITEM_WORD = 0x5000
_MUTED = 0x2000
_OLD_ITEM = 129  # FL Studio 3 to 6: a pattern in a bar, without length
# What an automation clip moves, and automation recorded in patterns: (event, first byte of the
# parameter's number and of its owner's, bytes of a record). dawtool's AutomationChannel; LMMS.
_MOVED = ((227, 8, 20), (216, 4, 12), (223, 4, 12))
_TEMPO_MOVED = struct.pack("<2H", 5, 0x4000)
# All 4 projects here and their 33 channels state meter, arrangement, tempo, kind, switch and route,
# all 508 inserts theirs; where one is missing: 4/4, the first arrangement, a sampler, heard, to the
# master. A missing tempo is told. A project does not say its rate; told too, it is the one at which
# FL Studio plays samples as they are (its manual, "Sampler Channel Settings": Resample).
_ASSUMED_MILLI_BPM = 120_000
_FALLBACK_RATE_HZ = 44_100


class FlStudio:
    """The Format for FL Studio projects."""

    name = "flstudio"
    describe = "an FL Studio project (.flp)"

    def score(self, path: Path) -> float:
        """1 for a file that begins as FL Studio's projects do."""
        return 1.0 if head(path, 4) == MAGIC else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read one project; raises SessionError that names the byte it cannot read."""
        path = one_path(paths)
        data = content(path)
        stream = events(path, data)
        try:
            return _Project(path, stream, MediaFinder(path, media)).session()
        except (struct.error, IndexError, OverflowError, ValueError) as error:
            raise broken(path, len(data), printable(error)) from error


FORMAT = FlStudio()


@dataclass
class _Channel:
    number: int
    first: dict[int, Event] = field(default_factory=dict)


@dataclass(frozen=True)
class _Item:
    start: int
    channel: int
    length: int
    muted: bool
    from_ms: float
    at: int


class _Project:
    """One project while it is read."""

    def __init__(self, path: Path, stream: Stream, finder: MediaFinder) -> None:
        self.path, self.stream, self.finder = path, stream, finder
        self.ticks, self.events = stream.ticks, stream.events
        self.first: dict[int, Event] = {}
        for event in self.events:
            self.first.setdefault(event.number, event)
        stated = self.first.get(_VERSION)
        self.version = stated.text(unicode=False) if stated else ""
        self.unicode = is_unicode(version_of(self.version))
        milli_bpm = self._milli_bpm()
        self.tempo_assumed = not milli_bpm
        self.bpm = max(Fraction(milli_bpm or _ASSUMED_MILLI_BPM, 1000), Fraction(1))
        self.skipped: Counter[str] = Counter()
        self.untold: list[str] = []
        self.starts_unknown = 0

    def _value(self, number: int, default: int) -> int:
        event = self.first.get(number)
        return event.value if event and event.value else default

    def _milli_bpm(self) -> int:
        """The tempo in thousandths; 0 where none is stated."""
        old = self._value(_OLD_TEMPO, 0)
        return self._value(_TEMPO, 1000 * old + (self._value(_OLD_TEMPO_FINE, 0) if old else 0))

    def _tempo_moves(self) -> bool:
        """Tell whether anything moves the tempo during the song."""
        return any(
            event.data[at : at + 4] == _TEMPO_MOVED
            for number, first, size in _MOVED
            for event in self.events
            if event.number == number
            for at in range(first, len(event.data), size)
        )

    def session(self) -> Session:
        channels, items = self._channels(), self._items()
        routed = {each.number: self._route(each) for each in channels}
        tracks = [self._channel_track(each, routed[each.number], items) for each in channels]
        groups = mixer_tracks(self.events, self.unicode, frozenset(routed.values()))
        heard = [*(track for track in tracks if track is not None), *groups]
        return Session(
            format=FORMAT.name,
            daw=f"FL Studio {self.version}".strip(),
            sample_rate_hz=_rate_hz(heard),
            tracks=tuple(heard),
            tempo=(Tempo(0.0, float(self.bpm)),),
            meters=(Meter(0.0, self._value(_NUMERATOR, 4), self._value(_DENOMINATOR, 4)),),
            markers=tuple(self._markers()),
            diagnostics=(*self._told(heard), *self.finder.diagnostics()),
        )

    def _channels(self) -> list[_Channel]:
        """Each channel with the first of each of its events; patterns speak of them again later."""
        channels: dict[int, _Channel] = {}
        current: _Channel | None = None
        for event in self.events:
            if event.number == _CHANNEL:
                current = None
                if event.value not in channels:
                    current = channels[event.value] = _Channel(event.value)
            elif event.number in (_ARRANGEMENT, _INSERT):
                current = None
            elif current is not None:
                current.first.setdefault(event.number, event)
        return list(channels.values())

    def _name(self, channel: _Channel) -> str:
        named = self._text(channel.first.get(_NAME))
        return named or self._text(channel.first.get(_OLD_NAME))

    def _text(self, event: Event | None) -> str:
        return event.text(self.unicode).strip() if event else ""

    def _route(self, channel: _Channel) -> int:
        route = channel.first.get(_ROUTE)
        return route.value if route and route.value < 128 else 0

    def _channel_track(
        self, channel: _Channel, route: int, items: Mapping[int, list[_Item]]
    ) -> Track | None:
        kind = channel.first[_KIND].value if _KIND in channel.first else 0
        if kind == _AUTOMATION:
            self.skipped["automation clips"] += 1
            return None
        if kind == _LAYER:
            self.skipped["layers"] += 1
            return None
        name = self._name(channel) or f"Channel {channel.number + 1}"
        internal = self._text(channel.first.get(INTERNAL))
        data = channel.first.get(DATA)
        plugins = (device(internal, name, data.data if data else b""),) if internal else ()
        enabled = channel.first.get(_ENABLED)
        return Track(
            id=f"channel:{channel.number}",
            name=name,
            kind="midi" if internal or kind not in _AUDIO else "audio",
            muted=enabled is not None and not enabled.value,
            output=mixer_target(route),
            clips=tuple(self._clips(channel, items.get(channel.number, []))),
            devices=plugins,
            role=role_of(name),
        )

    def _clips(self, channel: _Channel, items: Sequence[_Item]) -> Iterator[Clip]:
        """A channel's clips in the playlist; a sample played by patterns is a clip without time."""
        written = self._text(channel.first.get(_SAMPLE))
        if not written and not items:
            return
        media = self.finder.media(_plain(written)) if written else None
        rate = media.sample_rate_hz if media else _FALLBACK_RATE_HZ
        draft = Clip(
            media=media,
            media_path=written or None,
            missing=bool(written) and media is None,
            name=self._name(channel),
        )
        if written and not items:
            self.skipped["samples played by patterns"] += 1
            yield replace(draft, muted=True)
        for item in items:
            start_s = self._seconds(item.start)
            yield replace(
                draft,
                position_s=float(start_s),
                position_frames=round(start_s * rate),
                length_s=float(self._seconds(item.length)),
                source_offset_s=max(0.0, item.from_ms / 1000.0),
                muted=item.muted,
                written=Written("ticks", float(item.start)),
            )

    def _seconds(self, ticks: int) -> Fraction:
        return Fraction(ticks * 60, self.ticks) / self.bpm

    def _items(self) -> dict[int, list[_Item]]:
        """The current arrangement's clips by channel."""
        current = self._value(_CURRENT, 0)
        arrangement = 0
        found: dict[int, list[_Item]] = {}
        for event in self.events:
            if event.number == _ARRANGEMENT:
                arrangement = event.value
                self.skipped["other arrangements"] += arrangement != current
            elif event.number == _PLAYLIST and arrangement == current:
                for item in self._playlist(event):
                    found.setdefault(item.channel, []).append(item)
            elif event.number == _OLD_ITEM:
                self.skipped["pattern clips"] += 1
        return found

    def _playlist(self, event: Event) -> Iterator[_Item]:
        size = self._item_bytes(event.data)
        if not size:
            if event.data:
                self.untold.append(f"{len(event.data)} bytes at byte {event.at}")
            return
        for at in range(0, len(event.data), size):
            start, base, index, length, _, _, flags = _ITEM.unpack_from(event.data, at)
            if index > base:
                self.skipped["pattern clips"] += 1
                continue
            from_ms = 0.0
            if size < _ITEM.size + _ITEM_OFFSETS.size:
                self.starts_unknown += 1
            else:
                from_ms = _ITEM_OFFSETS.unpack_from(event.data, at + _ITEM.size)[0]
            # An offset that is no number means the clip's beginning.
            offset = from_ms if from_ms == from_ms and abs(from_ms) < 1e9 else 0.0
            yield _Item(start, index, length, bool(flags & _MUTED), offset, event.at)

    def _item_bytes(self, data: bytes) -> int:
        """How long a clip is: the version's own size, else another that divides and fits; or 0."""
        major = (version_of(self.version)[:1] or (0,))[0]
        usual = next(size for least, size in _ITEM_BYTES if major >= least)
        sizes = [usual, *(size for _, size in _ITEM_BYTES if size != usual)]
        return next((size for size in sizes if data and _is_made_of(data, size)), 0)

    def _markers(self) -> Iterator[Marker]:
        """Named places of the first arrangement; changes of meter are marked in their high byte."""
        place: int | None = None
        for event in self.events:
            if event.number == _PLACE:
                place = event.value
            elif event.number == _PLACE_NAME and place is not None:
                name = self._text(event)
                if place < 1 << 24 and name:
                    yield Marker(float(self._seconds(place)), name)
                place = None

    def _told(self, tracks: Sequence[Track]) -> Iterator[Diagnostic]:
        opaque = sum(
            found.kind == "plugin" and found.state is not None and found.state.kind == "opaque"
            for track in tracks
            for found in track.devices
        )
        where = self.path.name
        levels = "faders, pans, sends' levels and automation are not read from FL Studio projects"
        left_out = ", ".join(f"{count} {what}" for what, count in self.skipped.items() if count)
        stated, found = self.stream.channels_stated, self.stream.channels
        rated = any(clip.media for track in tracks for clip in track.clips)
        assumed = f"no audio file is here to state a rate; {_FALLBACK_RATE_HZ} Hz is assumed"
        bpm, unread = float(self.bpm), ", ".join(self.untold)
        told: tuple[tuple[int, Severity, str, str], ...] = (
            (1, "warning", "levels_not_read", f"{levels}; export stems to keep them"),
            (bool(left_out), "warning", "content_not_read", f"left out: {left_out}"),
            (not rated, "note", "sample_rate_assumed", assumed),
            (
                cut := damaged(self.events, self.unicode),
                "warning",
                "damaged_state",
                f"the data of {cut} plugins does not end where it says; what follows is left out",
            ),
            (
                self._tempo_moves(),
                "warning",
                "tempo_automation",
                "the tempo is automated, which is not read and moves every place and length: they"
                f" are told as if it stayed at {bpm:g} BPM",
            ),
            (
                self.tempo_assumed,
                "warning",
                "tempo_assumed",
                f"no tempo is stated: every place is told as at {bpm:g} BPM",
            ),
            (
                bool(self.untold),
                "warning",
                "playlist_not_read",
                f"a playlist of clips of unknown size is left out: {unread}",
            ),
            (
                self.starts_unknown,
                "warning",
                "source_offsets_unknown",
                f"the project does not say where in its file each of {self.starts_unknown} clips"
                " begins: they are told from its start",
            ),
            (
                bool(stated) and stated != found,
                "warning",
                "channels_differ",
                f"the project's head counts {stated} channels and {found} are read: it may be"
                " written by a version of FL Studio that is not known here",
            ),
            (
                self.stream.bytes_left,
                "warning",
                "bytes_left",
                f"{self.stream.bytes_left} bytes stand after the end the project states, unread",
            ),
            (
                opaque,
                "warning",
                "opaque_state",
                f"{opaque} plugin states are kept as found, in a layout that cannot be hosted",
            ),
        )
        for count, severity, code, message in told:
            if count:
                yield Diagnostic(severity, code, where, message)


def _is_made_of(data: bytes, size: int) -> bool:
    """Tell whether `data` is whole clips of `size` bytes, by the word that each begins with."""
    if len(data) % size:
        return False
    return all(
        int.from_bytes(data[at + 4 : at + 6], "little") == _ITEM_WORD
        for at in range(0, len(data), size)
    )


def _plain(written: str) -> str:
    """A path without the variable that FL Studio writes for its own folders."""
    if written.startswith("%") and "%" in written[1:]:
        return written[1:].partition("%")[2].lstrip("\\/")
    return written


def _rate_hz(tracks: Sequence[Track]) -> int:
    """The commonest rate of the media: a project does not say its own."""
    clips = [clip for track in tracks for clip in track.clips if clip.media]
    rates = Counter(clip.media.sample_rate_hz for clip in clips if clip.media)
    return max(rates, key=lambda rate: (rates[rate], rate)) if rates else _FALLBACK_RATE_HZ
