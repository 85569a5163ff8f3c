"""Studio One songs (.song): a zip of XML, with a preset file for every insert.

The layout is not published; this reads what is known of it, and says what it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from sessions.bundle.roles import role_of
from sessions.errors import SessionError
from sessions.formats.shared.clip_time import Scope
from sessions.formats.shared.container import Container
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import Source, attribute, children
from sessions.formats.studio_one.arrangement import Events, Pool, markers, meters, tempo_map
from sessions.formats.studio_one.elements import (
    descendant,
    document,
    part,
    required,
)
from sessions.formats.studio_one.mixer import Channel, Mixer
from sessions.media.archives import member_names
from sessions.model.session import Session, Track
from stemwright.problems import Diagnostic, Problem, Severity
from stemwright.words import printable

_SONG, _POOL, _MIXER, _ABOUT = (
    "Song/song.xml",
    "Song/mediapool.xml",
    "Devices/audiomixer.xml",
    "metainfo.xml",
)
# No layout of a .song is published and no real one may be shared: what is not said is told where it
# moves a place (tempo, rate); else nothing is changed by it: faders and sends at 1, pans in the
# middle, sends behind the fader, switches off, clips from the beginning of their file at speed 1.
_USUAL_RATE_HZ, _USUAL_BPM = 48_000, 120.0
_UNTOLD = (
    "fades, clip gains and automation of a .song are not read; Studio One's Song > Export >"
    " DAWproject carries them"
)
_TEXTS: Mapping[str, tuple[Severity, str]] = {
    "sample_rate_assumed": ("note", "the song states no sample rate; {places} Hz is assumed"),
    "tempo_assumed": (
        "warning",
        "the song states no tempo for {count} of its stretches: {places} BPM is assumed",
    ),
    "tempo_curves": ("warning", "{count} tempo changes are curved; they are read as steps"),
    "transposed_clips": ("warning", "{count} clips are transposed: {places}"),
    "clip_offsets": (
        "warning",
        "{count} clips begin inside their file; the unit of that offset is not known for certain:"
        " {places}",
    ),
    "midi_clips": ("note", "{count} clips hold notes, carried but not rendered: {places}"),
    "missing_state": ("warning", "{count} inserts whose preset is not in the song: {places}"),
    "damaged_state": ("warning", "{count} presets are damaged and kept as they are: {places}"),
    "unknown_output": ("warning", "{count} channels lead to no known channel: {places}"),
    "unknown_send": ("warning", "{count} sends lead to no known channel, left out: {places}"),
}


@dataclass(frozen=True)
class StudioOne:
    """Reads a .song: tracks, clips, mixer, and inserts with their presets."""

    name: str = "studio_one"
    describe: str = "Studio One song (.song)"

    def score(self, path: Path) -> float:
        """1 for a zip with Song/song.xml."""
        return 1.0 if path.is_file() and _SONG in member_names(path) else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read the one song; raises SessionError that says where it is wrong."""
        if len(paths) != 1:
            raise SessionError(
                _problem(paths[0] if paths else Path(), "is not the only file given")
            )
        return _session(Container(paths[0], media))


FORMAT = StudioOne()


def _session(container: Container) -> Session:
    missing = SessionError(_problem(container.path, f"holds no {_SONG}"))
    song = required(container, _SONG, missing)
    about = _about(container)
    source, tally = Source(container.path, _SONG), Tally(_TEXTS)
    clock = tempo_map(source, song, _stated(about, "Media:Tempo", 0.0), _USUAL_BPM, tally)
    mixer = Mixer(Source(container.path, _MIXER), container, document(container, _MIXER), tally)
    pool = Pool.read(Source(container.path, _POOL), document(container, _POOL))
    events = Events(source, pool, container, Scope.of_song(clock), tally)
    rate_hz = int(_stated(about, "Media:SampleRate", 0.0))
    if not rate_hz:
        rate_hz = _USUAL_RATE_HZ
        tally.add("sample_rate_assumed", str(rate_hz))
    tracks = _tracks(song, mixer, events, rate_hz)
    untold = Diagnostic("warning", "partly_read", container.path.name, _UNTOLD)
    return Session(
        format=FORMAT.name,
        daw=about.get("Document:Generator", "Studio One").replace("/", " "),
        sample_rate_hz=rate_hz,
        tracks=tuple(tracks),
        tempo=clock.tempos(),
        markers=tuple(markers(source, song, clock)),
        diagnostics=(untold, *tally.diagnostics(), *container.diagnostics()),
        meters=tuple(meters(source, song, clock)),
        provenance=tuple((key, value) for key, value in about.items() if value),
        length_s=_stated(about, "Media:Length", 0.0) or None,
    )


def _about(container: Container) -> dict[str, str]:
    return {
        attribute(each, "id"): attribute(each, "value")
        for each in children(document(container, _ABOUT))
    }


def _stated(about: Mapping[str, str], name: str, default: float) -> float:
    """A number of the song's own summary, where it is a usable one."""
    try:
        value = float(about.get(name, default))
    except ValueError:
        return default
    return value if 0 < value < 1e6 else default


def _tracks(song: etree._Element, mixer: Mixer, events: Events, rate_hz: int) -> Iterator[Track]:
    """The arrangement's tracks, each with its channel, then the channels without a track."""
    used: set[str] = set()
    taken: set[str] = {channel.id for channel in mixer.channels}
    for element in children(descendant(song, "Tracks")):
        if element.tag not in ("MediaTrack", "FolderTrack"):
            continue
        channel = mixer.channel(attribute(part(element, "channelID"), "uid"))
        if channel is not None and channel.id in used:
            channel = None
        track = _track(element, channel, mixer, taken)
        used |= set() if channel is None else {channel.id}
        clips = events.read(element, track.name, rate_hz)
        yield replace(track, clips=clips)
    for channel in mixer.channels:
        if channel.id not in used:
            yield _from_channel(channel, mixer)


def _track(
    element: etree._Element, channel: Channel | None, mixer: Mixer, taken: set[str]
) -> Track:
    folder = element.tag == "FolderTrack"
    number = attribute(element, "trackNumber")
    name = attribute(element, "name") or (channel.name if channel else f"Track {number}".strip())
    parent = attribute(element, "parentFolder") or None
    if channel is not None:
        base = _from_channel(channel, mixer)
        return replace(base, name=name, parent=parent, role=role_of(name))
    id_ = attribute(element, "trackID") or name
    while id_ in taken:
        id_ += "+"
    taken.add(id_)
    music = attribute(element, "mediaType") == "Music"
    kind = "folder" if folder else "midi" if music else "audio"
    output = None if folder or music else "master"
    return Track(id_, name, kind, parent, output=output, role=role_of(name))


def _from_channel(channel: Channel, mixer: Mixer) -> Track:
    return Track(
        id=channel.id,
        name=channel.name,
        kind=channel.kind,
        channels=mixer.channels_of(channel),
        gain_db=mixer.gain_db(channel),
        pan=mixer.pan(channel.element),
        muted=mixer.flag(channel.element, "mute"),
        soloed=mixer.flag(channel.element, "solo"),
        output=mixer.output(channel),
        sends=tuple(mixer.sends(channel)),
        devices=tuple(mixer.devices(channel)),
        role=role_of(channel.name),
        unread=("unknown_output",) if mixer.is_cut_off(channel) else (),
    )


def _problem(path: Path, reason: str) -> Problem:
    return Problem(
        "bad_song",
        f"{printable(path.name)} {reason}",
        {"file": printable(path)},
        expected="one song saved by Studio One",
        hint="save it again in Studio One, or export it as DAWproject: Song > Export > DAWproject",
    )
