"""Pro Tools session text: File > Export > Session Info as Text.

Tracks, clips with their places, markers and the names of plugins; never their states, nor where
in a file a clip begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from sessions.bundle.roles import role_of
from sessions.errors import SessionError
from sessions.formats.protools.sections import (
    Line,
    decoded,
    faded,
    head_values,
    is_session_text,
    marker_rows,
    sections,
    tracks,
)
from sessions.formats.protools.times import Clock, film_rate, frame_rate
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.single_file import content, head, one_path
from sessions.media.search import MediaFinder
from sessions.model.session import Clip, Device, Marker, Session, Track, Written
from stemwright.problems import Problem, Severity
from stemwright.words import printable

# All 12 texts seen state rate, start and timecode format; without a rate none is read, what is
# assumed for the others is told. A width stands behind the names of 6 of their 65 tracks, each
# wider than mono: the others are mono, and a width not listed here counts as two channels.
_WIDTHS = {"mono": 1, "stereo": 2, "lcr": 3, "quad": 4, "5.0": 5, "5.1": 6, "7.0": 7, "7.1": 8}
_WIDTH = re.compile(r"\((Mono|Stereo|LCR|Quad|[57]\.[01](?:\.[24])?)\)$", re.IGNORECASE)
_SOURCE_CHANNEL = re.compile(r"\[(\d{1,3})\]")
_LEAST_COLUMNS = 5  # older versions end with the duration, without a state
_START = "SESSION START TIMECODE"
_ASSUMED = {
    "frame_rate": "frame_rate_assumed",
    "film_rate": "film_rate_assumed",
    "tempo": "bars_without_tempo",
}
_NO_DELAY = re.compile(r"0*+(?:\.0*+)?\s*+\w*")
_TEXTS: Mapping[str, tuple[Severity, str]] = {
    "plugins_without_state": (
        "warning",
        "{count} plugins are named; a session text holds none of their settings: {places}",
    ),
    "source_offsets_unknown": (
        "warning",
        "a session text does not say where in its file each of {count} clips begins: {places}",
    ),
    "clips_without_file": (
        "warning",
        "{count} clips name no audio file, export with the clip list and file list: {places}",
    ),
    "bars_without_tempo": (
        "warning",
        "{count} places are in bars and the text holds no tempo, so they are counted at 120 BPM in"
        " 4/4; export with Time Format: Samples. First: {places}",
    ),
    "film_rate_assumed": (
        "warning",
        "{count} places are in feet and frames, whose rate the text does not state and no marker"
        " shows; it is assumed to be 24, in a session at 25 frames 25; export with Time Format:"
        " Samples. First: {places}",
    ),
    "frame_rate_assumed": (
        "warning",
        "{count} places are in timecode and the text states no timecode format: 30 frames a second"
        " are assumed; export with Time Format: Samples. First: {places}",
    ),
    "start_assumed": (
        "warning",
        "{count} places are in timecode and the text does not state where the session starts:"
        " 00:00:00:00 is assumed. First: {places}",
    ),
    "tracks_missing": (
        "warning",
        "the session has other tracks than the text lists ({places}): they were left out of the"
        " export, or the text is cut short",
    ),
    "cut_short": (
        "warning",
        "the text ends in the middle of a line, so it is cut short: {places}",
    ),
    "user_delays": ("warning", "{count} tracks are delayed, which is not read: {places}"),
    "broken_rows": ("warning", "{count} clips are listed without their times: {places}"),
    "comments_not_read": ("note", "{count} comments and marker rulers are left out: {places}"),
}


class ProToolsText:
    """The Format for session info as text."""

    name = "protools_text"
    describe = "a Pro Tools session text (.txt)"

    def score(self, path: Path) -> float:
        """1 for a text that begins with its session's name as Pro Tools writes it."""
        return 1.0 if is_session_text(head(path, 64)) else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read one session text; raises SessionError that names the line it cannot read."""
        path = one_path(paths)
        text = decoded(content(path))
        reading = _Reading(path, sections(text), MediaFinder(path, media))
        if not text.endswith(("\n", "\r")):
            reading.tally.add("cut_short", text[-40:].rpartition("\n")[2].strip())
        return reading.session()


FORMAT = ProToolsText()


def _problem(path: Path, line: Line | None, reason: str) -> Problem:
    where: dict[str, str | int] = {"file": printable(path)}
    if line is not None:
        where["line"] = line.number
    return Problem(
        "malformed_session",
        f"{printable(path.name)}: {printable(reason)}",
        where,
        expected="what File > Export > Session Info as Text writes",
        hint="export the session info again, with Time Format: Samples",
    )


@dataclass(frozen=True)
class _File:
    """An audio file of the clip listing, and the channel of it that a clip plays."""

    name: str
    location: str
    channel: int

    @property
    def path(self) -> str:
        """Where it lay; a location on its own is a folder."""
        end = self.location[-1:]
        if not end or end in ":/\\":
            return self.location + self.name
        return self.location + ("\\" if "\\" in self.location else "/") + self.name


class _Reading:
    """One session text while it is read."""

    def __init__(self, path: Path, found: Mapping[str, list[Line]], finder: MediaFinder) -> None:
        self.path = path
        self.found = found
        self.finder = finder
        self.head = head_values(found[""])
        self.clock = self._clock()
        self.files = dict(self._files())
        self.vendors = dict(self._vendors())
        self.tally = Tally(_TEXTS)

    def session(self) -> Session:
        each = [self._track(lines, at) for at, lines in enumerate(self._track_lines(), 1)]
        markers = tuple(self._markers())
        self._remark_count(len(each))
        named = ("SESSION NAME", "BIT DEPTH", _START, "TIMECODE FORMAT")
        ends = [clip.position_s + clip.length_s for track in each for clip in track.clips]
        return Session(
            format=FORMAT.name,
            daw="Pro Tools",
            sample_rate_hz=self.clock.sample_rate_hz,
            tracks=tuple(each),
            markers=markers,
            diagnostics=(*self.tally.diagnostics(), *self.finder.diagnostics()),
            provenance=tuple((name, self.head[name].text) for name in named if name in self.head),
            length_s=max(ends, default=None),
        )

    def _remark_count(self, listed: int) -> None:
        stated = self.head.get("# OF AUDIO TRACKS")
        if stated and "TRACKLISTING" in self.found and stated.text != str(listed):
            self.tally.add("tracks_missing", f"{listed} of {stated.text[:20]}")

    def _clock(self) -> Clock:
        stated = self.head.get("SAMPLE RATE")
        try:
            rate_hz = round(float(stated.text)) if stated else 0
        except (ValueError, OverflowError):
            rate_hz = 0
        if not 4_000 <= rate_hz <= 768_000:
            raise SessionError(_problem(self.path, stated, "it states no usable sample rate"))
        counted = self.head.get("TIMECODE FORMAT")
        rate = frame_rate(counted.text) if counted else None
        clock = Clock(rate_hz, *rate) if rate else Clock(rate_hz)
        start = self.head.get(_START)
        start_s = clock.timecode_s(start.text) if start else None
        marked = marker_rows(self.found.get("MARKERSLISTING", []))
        twice = [(row.location, row.reference) for row in marked if row.unit == "Samples"]
        return replace(clock, start_s=start_s, film_rate=film_rate(twice, rate_hz))

    def _files(self) -> Iterator[tuple[str, _File]]:
        """Each clip's file, by the clip's name."""
        places = {}
        for title, lines in self.found.items():
            if title.endswith("FILESINSESSION"):
                places.update({line.columns[0]: line.columns[1] for line in _rows(lines, 2)})
        for title, lines in self.found.items():
            if not title.endswith("CLIPSINSESSION") and not title.endswith("REGIONSINSESSION"):
                continue
            for line in _rows(lines, 2):
                clip, source, *more = line.columns
                channel = _SOURCE_CHANNEL.search(" ".join(more))
                yield clip, _File(source, places.get(source, ""), int(channel[1]) if channel else 0)

    def _vendors(self) -> Iterator[tuple[str, str]]:
        """Who made each plugin: a blank maker is that of the row before."""
        vendor = ""
        for line in _rows(self.found.get("PLUG-INSLISTING", []), 2):
            vendor = line.columns[0] or vendor
            yield line.columns[1], vendor

    def _track_lines(self) -> Iterator[list[Line]]:
        yield from tracks(self.found.get("TRACKLISTING", []))

    def _track(self, lines: Sequence[Line], number: int) -> Track:
        said = {}
        for line in lines:
            name, colon, rest = line.text.partition(":")
            if colon and name.isupper() and name not in said:
                said[name] = rest
        full = said.get("TRACK NAME", "").strip()
        width = _WIDTH.search(full)
        channels = _WIDTHS.get(width[1].lower()[:6], 2) if width else 1
        name = full[: width.start()].rstrip() if width else full
        state = said.get("STATE", "").split()
        if said.get("COMMENTS", "").strip():
            self.tally.add("comments_not_read", name)
        if not _NO_DELAY.fullmatch(said.get("USER DELAY", "").strip()):
            self.tally.add("user_delays", name)
        return Track(
            id=str(number),
            name=name or f"Track {number}",
            channels=channels,
            muted="Muted" in state or "Inactive" in state,
            soloed="Solo" in state,
            clips=self._clips(lines, channels, name),
            devices=tuple(self._devices(said.get("PLUG-INS", ""))),
            role=role_of(name),
        )

    def _devices(self, listed: str) -> Iterator[Device]:
        for written in filter(None, map(str.strip, listed.split("\t"))):
            name = re.sub(r"\([^()]*\)$", "", written).rstrip()
            self.tally.add("plugins_without_state", name)
            yield Device(name, self.vendors.get(name, ""), "AAX", name)

    def _clips(self, lines: Sequence[Line], channels: int, track: str) -> tuple[Clip, ...]:
        """A track's clips in order of time: channels of one event joined, fades laid on."""
        heads = (at for at, line in enumerate(lines) if line.text.startswith("CHANNEL"))
        head = next(heads, len(lines) - 1)
        headings = [each.replace("REGION", "CLIP") for each in lines[head].columns]
        clips: dict[tuple[int, str], Clip] = {}
        for line in lines[head + 1 :]:
            columns = line.columns
            if len(columns) < _LEAST_COLUMNS:
                self.tally.add("broken_rows", track)
                continue
            if not columns[0].isdecimal():
                continue
            channel = int(columns[0]) if len(columns[0]) < 4 else 0
            clip = self._clip(line, dict(zip(headings, columns, strict=False)))
            first = clips.get((1, columns[1]))
            if channel == 2 and channels == 2 and first and _together(first, clip):
                clips[1, columns[1]] = self._paired(first, clip)
            else:
                mode = f"channel {channel} of {channels}" if channels > 2 else clip.channel_mode
                clips[channel, columns[1]] = replace(clip, channel_mode=mode)
        return tuple(faded(sorted(clips.values(), key=lambda clip: clip.position_s)))

    def _clip(self, line: Line, columns: Mapping[str, str]) -> Clip:
        start, written = self._place(line, columns.get("START TIME", ""))
        end = self._place(line, columns.get("END TIME", ""))[0]
        name = columns.get("CLIP NAME", "")
        file = self.files.get(name)
        self.tally.add("source_offsets_unknown" if file else "clips_without_file", name)
        media = self.finder.media(file.path, file.name) if file else None
        rate = media.sample_rate_hz if media else self.clock.sample_rate_hz
        several = media is not None and media.channels > 1 and file is not None and file.channel
        return Clip(
            media=media,
            position_s=float(start),
            position_frames=round(start * rate),
            length_s=float(max(end - start, Fraction(0))),
            muted=columns.get("STATE", "") == "Muted",
            media_path=file.path if file else None,
            missing=media is None,
            name=name,
            written=written,
            channel_mode=f"channel {file.channel} of {media.channels}"
            if several and file and media
            else None,
        )

    def _paired(self, left: Clip, right: Clip) -> Clip:
        """Two mono clips as one: one file's two channels, or two files."""
        name = re.sub(r"\.L$", "", left.name)
        if left.media_path == right.media_path:
            return replace(left, name=name, channel_mode=None)
        missing = left.missing or right.missing
        return replace(left, name=name, right=right.media, missing=missing)

    def _place(self, line: Line, text: str) -> tuple[Fraction, Written]:
        place = self.clock.place_s(text)
        if place is None:
            raise SessionError(_problem(self.path, line, f"{text!r} is no place in time"))
        assumed = self.clock.assumed(text)
        if assumed:
            self.tally.add(_ASSUMED[assumed], text)
        if place[1].unit == "timecode" and "+" not in text and self.clock.start_s is None:
            self.tally.add("start_assumed", text)
        return place

    def _markers(self) -> Iterator[Marker]:
        for row in marker_rows(self.found.get("MARKERSLISTING", [])):
            if row.has_more:
                self.tally.add("comments_not_read", row.name)
            place = row.reference if row.unit == "Samples" else row.location
            yield Marker(float(self._place(row.line, place)[0]), row.name)


def _rows(lines: Sequence[Line], least: int) -> Iterator[Line]:
    """The rows of a listing below its headings."""
    for line in lines[1:]:
        if line.text.strip() and len(line.columns) >= least:
            yield line


def _together(first: Clip, second: Clip) -> bool:
    return first.position_s == second.position_s and first.length_s == second.length_s
