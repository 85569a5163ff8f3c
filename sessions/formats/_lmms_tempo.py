"""The tempo of an LMMS project, which automation clips may change.

LMMS takes whole beats a minute, tick by tick; a ramp is read as a straight line over beats.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from sessions.formats._lmms_elements import number
from sessions.model import TempoCurve
from sessions.tempo import TempoMap

AUTOMATION_CLIPS = ("automationpattern", "automationclip")
TICKS_A_BEAT = 48
_DISCRETE = 0.0

_Point = tuple[float, float, TempoCurve]


def tempo_clips(root: etree._Element) -> list[etree._Element]:
    """The automation clips that move the song's tempo, in order of time."""
    tempo = root.find("head/bpm")
    own = None if tempo is None else tempo.get("id")
    if not own:
        return []
    bound = (
        clip
        for clip in root.iter(*AUTOMATION_CLIPS)
        if any(each.get("id") == own for each in clip.findall("object"))
        and number(clip, "mute", number(clip, "muted", 0)) == 0
    )
    return sorted(bound, key=lambda clip: number(clip, "pos", 0))


def tempo_map(root: etree._Element, bpm: float) -> TempoMap | None:
    """The map of a song whose tempo is automated; None for one that stays at `bpm`."""
    clips = tempo_clips(root)
    points = [point for clip in clips for point in _points(clip)]
    if not points:
        return None
    return TempoMap(points if points[0][0] <= 0 else [(0.0, bpm, "step"), *points])


def _points(clip: etree._Element) -> Iterator[_Point]:
    """A clip's points; behind the last one its tempo stands."""
    start, curved = number(clip, "pos", 0), number(clip, "prog", 0) != _DISCRETE
    times = sorted(clip.findall("time"), key=lambda time: number(time, "pos", 0))
    for time in times:
        value = number(time, "outValue", number(time, "value", 0))
        curve: TempoCurve = "linear" if curved and time is not times[-1] else "step"
        if value > 0:
            yield (start + number(time, "pos", 0)) / TICKS_A_BEAT, value, curve
