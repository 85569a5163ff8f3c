"""The changes of a song beside its chain, in the studio's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bridge.comparing import gain_became, gain_words, value_words
from bridge.jobs.model import RAMP_S
from stemwright.words import clock

_CALLED = {
    "tempo_bpm": "tempo",
    "revisions_included": "revisions included",
    "rough": "rough mix",
}


def song_change_words(path: tuple[str, ...], a: Any, b: Any) -> str:
    """What became of the value at `path` of a song's tree: A before, B now, None where absent."""
    match path:
        case ("ride", *_):
            return _ride_words(a, b)
        case ("stem", name):
            return f"stem {name} gain {gain_became(a or 0.0, b or 0.0)}"
        case ("drive_db",) | ("trim_db",):
            return _held_words(path[0].removesuffix("_db"), a, b)
        case ("section", name, *key):
            return _section_words(name, key, a, b)
        case ("source", name):
            said = "added" if a is None else "removed" if b is None else "replaced"
            return f"stem {name} {said}"
        case ("plugin", step, *key):
            return _plugin_words(step, key, a, b)
        case ("metadata", name):
            return f"metadata {name} {_became(a, b)}"
    return f"{_CALLED.get(path[0], path[0])} {_became(a, b)}"


def song_time(time: float | str) -> str:
    """A time of a song as people read it: 1:02.500, or the bar it was given as."""
    return time if isinstance(time, str) else clock(time)


def _became(a: Any, b: Any) -> str:
    one, other = (
        f'"{each}"' if isinstance(each, str) else value_words("", each) for each in (a, b)
    )
    return f"from {one} to {other}"


def _held_words(name: str, a: float | None, b: float | None) -> str:
    if a is not None and b is not None:
        return f"{name} {gain_became(a, b)}"
    return f"{name} no longer held" if b is None else f"{name} held at {gain_words(b)}"


def _section_words(name: str, key: list[str], a: Any, b: Any) -> str:
    if key == ["words"]:
        return f'section {name} is asked "{b}"' if b else f"section {name} is asked nothing now"
    if key == ["answer"]:
        return f'section {name} is answered "{b}"' if b else f"section {name} has no answer now"
    if key == ["note"]:
        return f"section {name} is {'of another note' if b else 'of no note now'}"
    if key:
        end = "begins" if key == ["from"] else "ends"
        return f"section {name} {end} at {song_time(b)}, not at {song_time(a)}"
    if b is None:
        return f"section {name} removed"
    asked = f': "{b["words"]}"' if b["words"] else ""
    return f"section {name} added, from {song_time(b['from'])} to {song_time(b['to'])}{asked}"


def _plugin_words(step: str, key: list[str], a: Any, b: Any) -> str:
    if not key:
        return f"{step} is {'no longer ' if b is None else ''}hosted"
    if key == ["version"]:
        return f"{step} plugin version from {a} to {b}"
    return f"{step} {'state' if key == ['state'] else 'plugin binary'} changed"


def _ride_words(a: Mapping[str, Any] | None, b: Mapping[str, Any] | None) -> str:
    row = b if b is not None else a
    assert row is not None  # noqa: S101 - one side has it
    name = _ride_name(row)
    if a is None or b is None:
        return f"{name} {_ride_is(row)}" + (" removed" if b is None else "")
    if {**a, "gain_db": 0.0} == {**b, "gain_db": 0.0}:
        return f"{name} {gain_became(a['gain_db'], b['gain_db'])}{_when(b)}"
    return f"{name} from {_ride_is(a)} to {_ride_is(b)}"


def _ride_name(row: Mapping[str, Any]) -> str:
    owner = row["group"] if "group" in row else f"stem {row['stem']}"
    part = f"{row['section']} " if "section" in row else ""
    return f"{part}{owner} ride{' before the inserts' if row.get('pre') else ''}"


def _ride_is(row: Mapping[str, Any]) -> str:
    if "points" in row:
        points = row["points"]
        told = ", ".join(f"{song_time(time)} {gain_words(gain_db)}" for time, gain_db in points[:8])
        more = f" and {len(points) - 8} more" if len(points) > 8 else ""
        return f"of points {told}{more}"
    ramps = "" if row["ramp_s"] == RAMP_S else f", ramps of {row['ramp_s']:g} s"
    return f"{gain_words(row['gain_db'])}{_when(row)}{ramps}"


def _when(row: Mapping[str, Any]) -> str:
    return f" from {song_time(row['from'])} to {song_time(row['to'])}" if "from" in row else ""
