"""The figures as they are printed, and as a page of the docs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from benchmarks.defects.judging import Alarms, Tally
from benchmarks.defects.running import Results
from bridge.checking import code_of

_TITLES = {
    "training": "Training: the part that thresholds were set on",
    "kept": "Kept: stems, kinds and songs that no threshold saw",
}
_HEAD = ("code", "level", "stems", "put in", "precision", "recall", "goal")


def rows(results: Results) -> list[tuple[str, ...]]:
    """A row a level, and one a code that has several."""
    found, by_code = [], _by_code(results.tallies)
    for code, tallies in by_code.items():
        alarms = _alarms(results, code)
        found += [_row(tally, alarms, code if first == 0 else "")
                  for first, tally in enumerate(tallies)]  # fmt: skip
        if len(tallies) > 1:
            found.append(_row(_summed(code, tallies), alarms, ""))
    return found


def _alarms(results: Results, code: str) -> Alarms:
    """Those on what a code is told of: stems, or songs."""
    return results.alarms if code_of(code).scope == "stem" else results.song_alarms


def _by_code(tallies: Sequence[Tally]) -> dict[str, list[Tally]]:
    found: dict[str, list[Tally]] = {}
    for tally in tallies:
        if tally.stems:
            found.setdefault(tally.code, []).append(tally)
    return found


def _summed(code: str, tallies: Sequence[Tally]) -> Tally:
    total = Tally(code, "all that can be found")
    for tally in tallies:
        if not tally.told:
            for name in ("stems", "wanted", "hit", "right", "false"):
                setattr(total, name, getattr(total, name) + getattr(tally, name))
    return total


def _row(tally: Tally, alarms: Alarms, code: str) -> tuple[str, ...]:
    precision = tally.precision(alarms.count(tally.code), alarms.stems)
    goal = tally.told and f"none: {tally.told}"
    if tally.goal is not None:
        reached = precision >= tally.goal[0] - 0.005 and tally.recall >= tally.goal[1] - 0.005
        goal = f"{tally.goal[0]:.2f} / {tally.goal[1]:.2f}{'' if reached else ' missed'}"
    shown = [_share(precision), _share(tally.recall)]
    return (code, tally.level, str(tally.stems), str(tally.wanted), *shown, goal)


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.2f}"


def alarm_lines(results: Results) -> list[str]:
    """False alarms in words."""
    alarms, songs = results.alarms, results.song_alarms
    lines = []
    if alarms.stems:
        clicks = alarms.count("clicks") / alarms.minutes
        lines.append(
            f"clean stems: {alarms.stems}, {alarms.minutes:.1f} min; clicks {clicks:.2f} a minute"
            f" (goal: <= 1), all others {alarms.others_a_minute:.2f} a minute (goal: <= 0.1)"
        )
        lines += [_told(code, alarms) for code in sorted(alarms.by_code)]
    if songs.stems:
        count = sum(songs.by_code.values())
        lines.append(f"clean songs: {songs.stems}, {count} false alarms between their stems")
        lines += [_told(code, songs) for code in sorted(songs.by_code)]
    return lines + _mix_lines(results)


def _mix_lines(results: Results) -> list[str]:
    """What was found against rough mixes."""
    mix = results.mix
    if mix is None:
        return []
    count = sum(mix.alarms.by_code.values())
    lines = []
    if mix.alarms.stems:
        lines.append(f"songs that are their mix: {mix.alarms.stems}, {count} false alarms")
    lines += [_told(code, mix.alarms) for code in sorted(mix.alarms.by_code)]
    return lines


def _told(code: str, alarms: Alarms) -> str:
    places = alarms.places[code]
    more = f" and {len(places) - 6} more" if len(places) > 6 else ""
    return f"{code}: {alarms.count(code)} ({'; '.join(places[:6])}{more})"


def printed(results: Results, verbose: bool) -> str:
    """The figures of a part as text."""
    lines = [_TITLES[results.part], ""]
    widths = (17, 28, 5, 6, 9, 6, 24)
    for row in (_HEAD, *rows(results)):
        lines.append("  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip())
    lines += ["", *alarm_lines(results)]
    if results.heard_s:
        ratio = results.checking_s / results.heard_s
        lines.append(f"all checks of a stem: {240 * ratio:.1f} CPU s for four minutes")
    lines += [f"left out: {what}: {why}" for what, why in results.left_out.items()]
    if verbose:
        for tally in results.tallies:
            if tally.missed:
                lines.append(f"missed: {tally.code} {tally.level}: {', '.join(tally.missed)}")
            if tally.wrong:
                lines.append(f"wrong: {tally.code} {tally.level}: {', '.join(tally.wrong)}")
    return "\n".join(lines) + "\n"


def markdown(results: Results) -> str:
    """The figures of a part as a section of a page."""
    lines = [f"## {_TITLES[results.part]}", "", f"| {' | '.join(_HEAD)} |"]
    lines.append("|" + "---|" * len(_HEAD))
    lines += [f"| {' | '.join(row)} |" for row in rows(results)]
    lines += ["", *(f"- {line}" for line in alarm_lines(results))]
    lines += [f"- left out: {what}: {why}" for what, why in results.left_out.items()]
    return "\n".join(lines) + "\n"


def as_json(results: Results) -> dict[str, Any]:
    """The figures of a part as they are."""
    return {
        "part": results.part,
        "levels": [
            {**vars(tally), "recall": _or_none(tally.recall),
             "precision": _or_none(tally.precision(_alarms(results, tally.code).count(tally.code),
                                                   _alarms(results, tally.code).stems))}
            for tally in results.tallies
        ],
        "clean": vars(results.alarms),
        "clean_songs": vars(results.song_alarms),
        "heard_s": results.heard_s,
        "checking_cpu_s": results.checking_s,
        "left_out": results.left_out,
        "clean_mixes": results.mix and vars(results.mix.alarms),
    }  # fmt: skip


def _or_none(value: float) -> float | None:
    return None if math.isnan(value) else value
