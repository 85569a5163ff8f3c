"""REAPER's sources: what of which file a take plays, forwards or backwards.

A section is a source around a source (MODE 0), reversed it is the same stretch from its end on
(MODE 2, which is what SWS writes for both), and reversed without being one it is the whole
(MODE 3). A looped item repeats its section; one that is not is silent behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sessions.formats.reaper.codes import NO_SECTION, REVERSED
from sessions.formats.reaper.text import Block, integer, number, word
from sessions.formats.shared.remarks import Tally
from sessions.media.search import MediaFinder
from sessions.model.session import Clip, Media

_NOTES = frozenset({"MIDI", "MIDIPOOL"})
_NO_FILE = frozenset({"CLICK", "LTC", "VIDEOEFFECT"})
_SAME_S = 1e-6


@dataclass(frozen=True)
class _Stretch:
    """What a source plays of a file: from `start_s` on, counted from its end where `reversed`.

    `length_s` is None where neither a section nor the file says it.
    """

    start_s: float
    length_s: float | None
    reversed: bool = False
    section: bool = False

    def within(self, source: Block, file_s: float | None) -> _Stretch:
        """What a section's lines leave of it; a file whose length is unknown ends with it."""
        mode = integer(source.line("MODE"), 1)
        start_s = length_s = 0.0
        part = not mode & NO_SECTION
        if part:
            start_s, length_s = (number(source.line(tag), 1) for tag in ("STARTPOS", "LENGTH"))
        left_s = None if self.length_s is None else self.length_s - start_s
        length = length_s if length_s > 0 else left_s
        start_s += self.start_s
        if mode & REVERSED:
            end_s = start_s + (length or 0.0)
            start_s = (end_s if file_s is None else file_s) - end_s
        return _Stretch(start_s, length, self.reversed != bool(mode & REVERSED), part)


def sourced(clip: Clip, source: Block, finder: MediaFinder, tally: Tally, track: str) -> Clip:
    """The clip, whose offset counts from where its source begins, with its file."""
    sections = []
    while word(source.words, 1).removeprefix("_OFFLINE_") == "SECTION":
        sections.append(source)
        inner = source.block("SOURCE")
        if inner is None:
            return clip
        source = inner
    clip = _of_file(clip, source, finder, tally, track)
    file_s = _file_s(clip.media)
    stretch = _Stretch(0.0, file_s)
    for each in reversed(sections):
        stretch = stretch.within(each, file_s)
    return _played(clip, stretch) if sections else clip


def _file_s(media: Media | None) -> float | None:
    return None if media is None else media.length_s


def _played(clip: Clip, stretch: _Stretch) -> Clip:
    """The clip on what it plays; one that stays inside its section says nothing of that."""
    first_s = clip.source_offset_s
    last_s = first_s + clip.length_s * clip.play_rate
    length_s = stretch.length_s
    inside = length_s is None or (first_s >= -_SAME_S and last_s <= length_s + _SAME_S)
    clip = replace(clip, source_offset_s=first_s + stretch.start_s, reversed=stretch.reversed)
    if inside or not stretch.section:
        return clip
    return replace(clip, part_start_s=stretch.start_s, part_length_s=length_s)


def _of_file(clip: Clip, source: Block, finder: MediaFinder, tally: Tally, track: str) -> Clip:
    kind = word(source.words, 1).removeprefix("_OFFLINE_")
    if kind in _NOTES:
        tally.add("midi_clips", track)
        return replace(clip, kind="midi")
    path = word(source.line("FILE"), 1)
    if kind in _NO_FILE or not path:
        tally.add("generated_clips", track)
        return clip
    if kind == "VIDEO" and integer(source.line("AUDIO"), 1, 1) == 0:
        tally.add("silent_pictures", track)
        clip = replace(clip, muted=True)
    # A project in a project is heard from the render that lies beside it.
    media = finder.media(f"{path}-PROX", path) if kind == "RPP_PROJECT" else finder.media(path)
    return replace(clip, media=media, media_path=path, missing=media is None)
