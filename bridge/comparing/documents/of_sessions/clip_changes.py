"""What differs between the clips of two tracks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from unicodedata import normalize

from bridge.comparing.documents.change import Change, Path
from bridge.comparing.documents.of_sessions.automation_changes import Line, automation_changes
from bridge.comparing.documents.of_sessions.comparison import Comparison, SameAudio
from bridge.comparing.documents.of_sessions.device_changes import device_changes
from bridge.comparing.documents.of_sessions.fields import field_changes, level, pan, switch, value
from bridge.comparing.documents.of_sessions.song_times import SongTimes, rounded, same_time
from bridge.comparing.documents.pairing import Keys, Pairs, by, pairs_of
from bridge.comparing.documents.times_in_words import length_words, moved_words, seconds
from sessions import Clip
from stemwright.words import clock


def source_of(clip: Clip) -> tuple[str, str]:
    """What a clip plays: the file's name, wherever it lies; without a file the clip's own."""
    return clip.kind, file_name(clip) or clip.name


def file_name(clip: Clip) -> str:
    """The name of a clip's audio file as the session writes it, without its folder; "" for none."""
    written = clip.media_path or ""
    if not written and clip.media is not None:
        written = clip.media.member or clip.media.array or clip.media.path.name
    return normalize("NFC", written.replace("\\", "/").rpartition("/")[2])


def clip_pairs(a: Sequence[Clip], b: Sequence[Clip], times: SongTimes) -> Pairs[Clip]:
    """Which clip became which: by what it plays, where it stands and from where on it plays."""
    keys: list[Keys[Clip]] = [by(lambda clip: (*_body(clip), rounded(clip.position_s), clip.name))]
    if times.tempo_differs:
        keys += [_by_beat(times, _from), _by_beat(times, lambda clip: (clip.kind,))]
    keys += [
        by(lambda clip: (*_body(clip), rounded(clip.position_s))),
        by(lambda clip: (*_from(clip), rounded(clip.position_s))),
        by(_body),
        by(lambda clip: (source_of(clip), rounded(clip.position_s - clip.source_offset_s))),
        by(lambda clip: (source_of(clip), rounded(clip.position_s))),
        by(lambda clip: (rounded(clip.position_s), rounded(clip.length_s))),
        by(source_of),
    ]
    return pairs_of(a, b, keys)


def _from(clip: Clip) -> tuple[Any, ...]:
    return source_of(clip), rounded(clip.source_offset_s)


def _body(clip: Clip) -> tuple[Any, ...]:
    return (*_from(clip), rounded(clip.length_s))


def _by_beat(times: SongTimes, also: Callable[[Clip], tuple[Any, ...]]) -> Keys[Clip]:
    def key(of_b: bool) -> Callable[[Clip], tuple[Any, ...]]:
        return lambda clip: (
            *(source_of(clip), *also(clip)),
            times.beats(clip.position_s, of_b=of_b),
        )

    return key(False), key(True)


def said_of(clip: Clip) -> str:
    """A clip as it is called: its file or name, and where it stands."""
    name = file_name(clip) or clip.name
    what = f'clip "{name}"' if name else f"{clip.kind} clip"
    return f"{what} at {clock(clip.position_s)}"


_WARPED = switch("warped", "warped", "no longer warped")
_FIELDS = (
    value("kind", "kind"),
    level("gain_db", "gain"),
    switch("muted", "muted", "no longer muted"),
    pan(),
    value("part_start_s", "start of what it plays of its file"),
    value("part_length_s", "length of what it plays of its file"),
    switch("looped", "looped", "no longer looped"),
    switch("reversed", "reversed", "no longer reversed"),
    switch("inverted", "inverted", "no longer inverted"),
    switch("opaque", "opaque", "transparent"),
    value("channel_mode", "channels"),
    value("lane", "lane"),
    value("layer", "layer"),
)


def clip_changes(a: Clip, b: Clip, path: Path, who: str, with_: Comparison) -> Iterator[Change]:
    """Yield what differs of one clip; `who` is its track."""
    who = f"{who} {said_of(a)}"
    yield from _media(a, b, path, who, with_.same_audio)
    yield from _place(a, b, path, who, with_.times)
    yield from _fades(a, b, path, who, with_.times)
    at = a.position_s, b.position_s
    if not with_.times.same_rate(at, (a.play_rate, b.play_rate)):
        said = f"{who} speed from {a.play_rate:.9g} to {b.play_rate:.9g}"
        yield Change((*path, "play_rate"), "changed", a.play_rate, b.play_rate, said)
    fields = _FIELDS if with_.times.tempo_differs else (_WARPED, *_FIELDS)
    yield from field_changes(fields, path, who, a, b, across=with_.across)
    lines = [[_line(line.target, line) for line in clip.automation] for clip in (a, b)]
    yield from automation_changes(lines[0], lines[1], path, who, with_.times)
    yield from device_changes(a.devices, b.devices, path, who, str, with_)


def _line(target: str, line: Any) -> Line:
    return line, target, "gain" if target == "gain_db" else target


def _media(a: Clip, b: Clip, path: Path, who: str, same_audio: SameAudio) -> Iterator[Change]:
    was, now = file_name(a), file_name(b)
    if was != now:
        said = f'{who} plays "{now}", it was "{was}"'
        yield Change((*path, "media"), "changed", was or None, now or None, said)
        return
    if a.name != b.name:
        said = f'{who} is called "{b.name}", it was "{a.name}"'
        yield Change((*path, "name"), "renamed", a.name, b.name, said)
    for one, other in ((a.media, b.media), (a.right, b.right)):
        if one is not None and other is not None and not same_audio(one, other):
            said = f'{who} plays another file of the name "{now}"'
            yield Change((*path, "media"), "changed", one.as_json(), other.as_json(), said)
            return


def _place(a: Clip, b: Clip, path: Path, who: str, times: SongTimes) -> Iterator[Change]:
    """Position, length and the start in the file; an edge that was dragged is one change."""
    at, long = (a.position_s, b.position_s), (a.length_s, b.length_s)
    moves, grows = not times.same_moment(*at), not times.same_length(at, long)
    later_s = b.position_s - a.position_s
    slips = not times.same_length(at, (a.source_offset_s, b.source_offset_s))
    ends = times.same_moment(a.position_s + a.length_s, b.position_s + b.length_s)
    if moves and grows and ends and (_slid(a, b, later_s) or not slips):
        said = f"{who} start trimmed: {moved_words(*at)}"
        before, after = ([c.position_s, c.length_s, c.source_offset_s] for c in (a, b))
        yield Change((*path, "start"), "changed", before, after, said)
        return
    if moves:
        said = f"{who} moved {moved_words(*at)}"
        yield Change((*path, "position_s"), "changed", *at, said)
    if grows:
        yield Change((*path, "length_s"), "changed", *long, f"{who} {length_words(*long)}")
    if slips:
        said = f"{who} starts at {clock(b.source_offset_s)} of its file, it was "
        said += clock(a.source_offset_s)
        offsets = a.source_offset_s, b.source_offset_s
        yield Change((*path, "source_offset_s"), "changed", *offsets, said)


def _slid(a: Clip, b: Clip, later_s: float) -> bool:
    """Whether what is heard stays where it was, while the start moves over it."""
    return same_time(b.source_offset_s - a.source_offset_s, later_s * a.play_rate)


def _fades(a: Clip, b: Clip, path: Path, who: str, times: SongTimes) -> Iterator[Change]:
    at = a.position_s, b.position_s
    for name in ("fade_in", "fade_out"):
        said = f"{who} {name.replace('_', '-')}"
        was, now = (getattr(clip, f"{name}_s") for clip in (a, b))
        if not times.same_length(at, (was, now)):
            words = f"{said} from {seconds(was)} to {seconds(now)}"
            yield Change((*path, f"{name}_s"), "changed", was, now, words)
        one, other = (str(getattr(clip, f"{name}_shape")) for clip in (a, b))
        if (was or now) and one != other:
            words = f"{said} shape from {one} to {other}"
            yield Change((*path, f"{name}_shape"), "changed", one, other, words)
