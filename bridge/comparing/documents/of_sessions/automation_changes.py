"""What differs between the automation of two tracks, or of two clips."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bridge.comparing.documents.change import Change, Path
from bridge.comparing.documents.of_sessions.song_times import SongTimes, same_time, same_value
from bridge.comparing.documents.pairing import pairs_of
from bridge.comparing.documents.values_in_words import gain_words, number
from sessions import Automation, AutomationPoint
from stemwright.decibels import amplitude_db
from stemwright.words import clock, counted

Target = Callable[[str], str]
"""A line's target in terms that both sides share."""

_CALLED = {"gain_db": "fader", "trim_db": "trim"}
Line = tuple[Automation, str, str]
"""A line, its target as both sides have it, and as it is called."""


def automation_changes(
    a: Sequence[Line], b: Sequence[Line], path: Path, who: str, times: SongTimes
) -> Iterator[Change]:
    """Yield lines that came, went, or have other points."""
    found = pairs_of(a, b, [(lambda line: line[1], lambda line: line[1])])
    for place in found.gone:
        line, _, called = a[place]
        said = f"{who} {called} automation removed, it had {counted(len(line.points), 'point')}"
        yield Change((*path, "automation", line.target), "removed", line.as_json(), None, said)
    for one, other in found.both:
        where = (*path, "automation", b[other][0].target)
        yield from _points(a[one][0], b[other][0], where, f"{who} {b[other][2]} automation", times)
    for place in found.new:
        line, _, called = b[place]
        said = f"{who} {called} automation added: {_stretch(line.points)}"
        where = (*path, "automation", line.target)
        yield Change(where, "added", None, line.as_json(), said, place)


def target_words(target: str) -> str:
    """What a line moves, as it is called."""
    return _CALLED.get(target, target)


def _stretch(points: Sequence[AutomationPoint]) -> str:
    if not points:
        return "no points"
    from_to = f"from {clock(points[0].position_s)} to {clock(points[-1].position_s)}"
    return f"{counted(len(points), 'point')} {from_to}"


def _points(
    a: Automation, b: Automation, path: Path, who: str, times: SongTimes
) -> Iterator[Change]:
    """One change for the stretch outside of which all points are the same."""

    def same(one: AutomationPoint, other: AutomationPoint) -> bool:
        alike = one.shape == other.shape and same_value(one.value, other.value)
        return alike and times.same_moment(one.position_s, other.position_s)

    was, now = list(a.points), list(b.points)
    while was and now and same(was[-1], now[-1]):
        del was[-1], now[-1]
    while was and now and same(was[0], now[0]):
        del was[0], now[0]
    if was or now:
        before, after = ([list(point) for point in side] for side in (was, now))
        yield Change(path, "changed", before, after, f"{who}: {_became(was, now, b.unit, same)}")


def _became(
    was: Sequence[AutomationPoint],
    now: Sequence[AutomationPoint],
    unit: str,
    same: Callable[[AutomationPoint, AutomationPoint], bool],
) -> str:
    if not was or not now:
        word = "added" if now else "removed"
        return f"{counted(len(now or was), 'point')} {word}, {_range([*was, *now])}"
    if len(was) == len(now):
        changed = [pair for pair in zip(was, now, strict=True) if not same(*pair)]
        if len(changed) == 1:
            return _one_point(*changed[0], unit)
        if all(one[:2] == other[:2] for one, other in changed):
            shapes = {(one.shape, other.shape) for one, other in changed}
            became = ", ".join(f"from {one} to {other}" for one, other in sorted(shapes))
            return f"shape of {len(changed)} points {became}, {_range([*was, *now])}"
        return f"{len(changed)} points changed, {_range([*was, *now])}"
    return f"{counted(len(was), 'point')} became {len(now)}, {_range([*was, *now])}"


def _one_point(was: AutomationPoint, now: AutomationPoint, unit: str) -> str:
    at = clock(was.position_s)
    told = (
        [] if same_time(was.position_s, now.position_s) else [f"is at {clock(now.position_s)} now"]
    )
    if not same_value(was.value, now.value):
        told.append(f"from {_value(was.value, unit)} to {_value(now.value, unit)}")
    if was.shape != now.shape:
        told.append(f"shape from {was.shape} to {now.shape}")
    return f"the point at {at} {', '.join(told)}"


def _value(value: float, unit: str) -> str:
    """A value in its unit; of factors and switches what people say for them."""
    if unit == "linear":
        return gain_words(round(amplitude_db(value), 2))
    if unit == "bool":
        return "on" if value else "off"
    return f"{number(value)} {'' if unit == 'normalized' else unit}".rstrip()


def _range(points: Sequence[AutomationPoint]) -> str:
    first, last = (find(point.position_s for point in points) for find in (min, max))
    at = clock(first)
    return f"at {at}" if len({first, last}) == 1 else f"from {at} to {clock(last)}"
