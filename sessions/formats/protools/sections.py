"""The sections of a Pro Tools session text, as lines and columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sessions.model.session import Clip

_TITLE = re.compile(r"[A-Z#-]( {1,3}[A-Z#-]){4,}")
_NUMBERED = re.compile(r"\d+\s*\t")
_WINDOWS_PATH = re.compile(rb"\t[A-Za-z]:\\")
_MARKER_COLUMNS = 4
# What a session text begins with, in the encodings Pro Tools offers.
MAGIC = "SESSION NAME:"
_MAGICS = (
    MAGIC.encode(),
    b"\xef\xbb\xbf" + MAGIC.encode(),
    b"\xff\xfe" + MAGIC.encode("utf-16-le"),
    b"\xfe\xff" + MAGIC.encode("utf-16-be"),
)


@dataclass(frozen=True)
class Line:
    """A line with its number, from 1."""

    number: int
    text: str

    @property
    def columns(self) -> list[str]:
        """Its columns, without the padding."""
        return [column.strip() for column in self.text.split("\t")]


def is_session_text(head: bytes) -> bool:
    """Tell whether a file's first bytes are a session text's."""
    return head.startswith(_MAGICS)


def decoded(data: bytes) -> str:
    """The text: UTF-8, UTF-16 with its mark, or what TextEdit means on the machine that wrote it.

    That is Windows-1252 where file locations are Windows paths, else Mac Roman.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        windows = _WINDOWS_PATH.search(data)
        return data.decode("cp1252" if windows else "mac_roman", "replace")


def sections(text: str) -> dict[str, list[Line]]:
    """Lines by section; "" holds the head. Titles lose their letter spacing: "TRACKLISTING"."""
    found: dict[str, list[Line]] = {"": []}
    title = ""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(plain.split("\n"), 1):
        if _TITLE.fullmatch(line.strip()):
            title = line.replace(" ", "")
            found.setdefault(title, [])
        else:
            found[title].append(Line(number, line))
    return found


def head_values(lines: Sequence[Line]) -> dict[str, Line]:
    """The head's "NAME:<tab>value" lines: name to the line that holds the value alone."""
    values = {}
    for line in lines:
        name, colon, said = line.text.partition(":\t")
        if colon:
            values[name.strip()] = Line(line.number, said.strip())
    return values


def tracks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines of each track of the track listing."""
    track: list[Line] = []
    for line in lines:
        if line.text.startswith("TRACK NAME:"):
            if track:
                yield track
            track = []
        if line.text.strip() and (track or line.text.startswith("TRACK NAME:")):
            track.append(line)
    if track:
        yield track


@dataclass(frozen=True)
class MarkerRow:
    """A row of the marker listing; `has_more` when a comment, ruler or track follows the name."""

    line: Line
    location: str
    reference: str
    unit: str
    name: str
    has_more: bool


def marker_rows(lines: Sequence[Line]) -> Iterator[MarkerRow]:
    """The markers. Names may hold tabs and line breaks: their column's width tells where they end.

    Pro Tools pads a name to its column's heading and never cuts it.
    """
    if not lines:
        return
    heading = lines[0].text.split("\t")
    width = len(heading[_MARKER_COLUMNS]) if len(heading) > _MARKER_COLUMNS else 0
    rows: list[list[Line]] = []
    for line in lines[1:]:
        if _NUMBERED.match(line.text):
            rows.append([line])
        elif rows:
            rows[-1].append(line)
    for row in rows:
        parts = "\n".join(line.text for line in row).split("\t", _MARKER_COLUMNS)
        if len(parts) > _MARKER_COLUMNS:
            name, more = _name(parts[_MARKER_COLUMNS], width)
            location, reference, unit = (part.strip() for part in parts[1:_MARKER_COLUMNS])
            yield MarkerRow(row[0], location, reference, unit, name, bool(more.strip()))


def _name(text: str, width: int) -> tuple[str, str]:
    at = text.find("\t", width)
    return (text.strip(), "") if at < 0 else (text[:at].strip(), text[at:])


_ENTERS = frozenset({"(fade in)", "(cross fade)"})
_LEAVES = frozenset({"(fade out)", "(cross fade)"})
_SAME_S = 1e-5


def faded(events: Sequence[Clip]) -> Iterator[Clip]:
    """The clips among a track's events, with the fades laid on those they belong to.

    A fade that stands beside a clip is a part of it and makes it longer; one that stands over its
    beginning or end does not.
    """
    enters = _Fades(event for event in events if event.name in _ENTERS)
    leaves = _Fades(event for event in events if event.name in _LEAVES)
    for event in events:
        if event.name not in _ENTERS | _LEAVES:
            yield _left(_entered(event, enters), leaves)


class _Fades:
    """Fades by where they start and end: of several at one place the first."""

    def __init__(self, fades: Iterable[Clip]) -> None:
        self._starts: dict[int, Clip] = {}
        self._ends: dict[int, Clip] = {}
        for fade in fades:
            self._starts.setdefault(_key(fade.position_s), fade)
            self._ends.setdefault(_key(_end_s(fade)), fade)

    def starting(self, at_s: float) -> Clip | None:
        """The fade that starts there."""
        return next((f for f in _near(self._starts, at_s) if _same(f.position_s, at_s)), None)

    def ending(self, at_s: float) -> Clip | None:
        """The fade that ends there."""
        return next((f for f in _near(self._ends, at_s) if _same(_end_s(f), at_s)), None)


def _near(fades: Mapping[int, Clip], at_s: float) -> Iterator[Clip]:
    key = _key(at_s)
    return (fades[each] for each in (key - 1, key, key + 1) if each in fades)


def _key(at_s: float) -> int:
    return round(at_s / _SAME_S)


def _entered(clip: Clip, fades: _Fades) -> Clip:
    beside, over = fades.ending(clip.position_s), fades.starting(clip.position_s)
    if beside is not None and beside.length_s > 0:
        return replace(
            clip,
            position_s=beside.position_s,
            position_frames=beside.position_frames,
            written=beside.written,
            length_s=clip.length_s + beside.length_s,
            fade_in_s=beside.length_s,
        )
    if over is None or over.length_s > clip.length_s:
        return clip
    return replace(clip, fade_in_s=over.length_s)


def _left(clip: Clip, fades: _Fades) -> Clip:
    beside, over = fades.starting(_end_s(clip)), fades.ending(_end_s(clip))
    if beside is not None and beside.length_s > 0:
        length_s = clip.length_s + beside.length_s
        return replace(clip, length_s=length_s, fade_out_s=beside.length_s)
    if over is None or over.length_s > clip.length_s:
        return clip
    return replace(clip, fade_out_s=over.length_s)


def _end_s(clip: Clip) -> float:
    return clip.position_s + clip.length_s


def _same(one_s: float, other_s: float) -> bool:
    return abs(one_s - other_s) < _SAME_S
