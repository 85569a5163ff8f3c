"""Songs of one construct of the mixer each: pans, sends, mutes, groups."""

from __future__ import annotations

from benchmarks.bounced.seeded_sounds import (
    FRAMES,
    MASTER,
    NARROW,
    WHOLE_ONE,
    WHOLE_TWO,
    sounds,
)
from benchmarks.bounced.song import (
    Line,
    Region,
    Route,
    Send,
    Song,
)


def pans() -> Song:
    """Every panner at places from side to side, one route after the other."""
    routes = [MASTER]
    places = [(place / 8, 1.0) for place in range(9)]
    widths = [(0.5, -1.0), (0.5, 0.35), (0.2, 1.0), (0.7, -0.3), (0.5, 0.0), (0.85, 0.3)]
    for kind, each in (("mono", places), ("balance", places), ("power", [*places, *widths])):
        for at, (pan, width) in enumerate(each):
            start = len(routes) * 5_000
            sound, channels = ("one", 1) if kind == "mono" else ("two", 2)
            region = Region(sound, start, 5_400, start)
            power = kind == "power"
            name = f"{kind} {at}"
            routes.append(Route(name, channels, (region,), pan=pan, width=width, equal_power=power))
    return Song(
        "pans", "every panner, place by place", sounds(), tuple(routes), FRAMES, remains=NARROW
    )


def sends() -> Song:
    """Before and behind the fader, with pans of their own, off, to a bus of one channel."""
    one = Route(
        "One",
        1,
        (WHOLE_ONE,),
        gain=0.5,
        pan=0.3,
        sends=(Send("Early", 0.7, pre_fader=True), Send("Late", 0.6, pan=0.9)),
    )
    two = Route(
        "Two",
        2,
        (WHOLE_TWO,),
        gain=0.8,
        trim=1.3,
        pan=0.6,
        equal_power=True,
        sends=(
            Send("Late", 0.4, pre_fader=True, pan=0.25),
            Send("Early", 0.9, active=False),
            Send("Narrow", 0.5),
        ),
    )
    silent = Route(
        "Silent",
        1,
        (WHOLE_ONE,),
        muted=True,
        sends=(Send("Early", 0.3, pre_fader=True), Send("Late", 0.8)),
    )
    buses = (
        Route("Early", gain=0.7),
        Route("Late", gain=0.9, pan=0.4),
        Route("Narrow", 1, pan=0.8),
    )
    return Song(
        "sends",
        "sends before and behind the fader, panned and muted",
        sounds(),
        (MASTER, one, two, silent, *buses),
        FRAMES,
        remains=NARROW,
    )


def mutes() -> Song:
    """Lines of mutes on a track, on a bus, and before a send."""
    line = Line(((0, 0), (30_000, 1), (52_345, 0), (100_001, 1), (100_900, 0)), "Discrete")
    other = Line(((0, 1), (20_011, 0), (150_000, 1)), "Discrete")
    all_points = "PreFader,PostFader,Listen,Main"
    routes = (
        MASTER,
        Route("One", 1, (WHOLE_ONE,), output="Bus", lines={"mute": line}),
        Route(
            "Two",
            2,
            (WHOLE_TWO,),
            mute_points=all_points,
            lines={"mute": other},
            sends=(Send("Early", 0.5, pre_fader=True),),
        ),
        Route("Bus", gain=0.8, lines={"mute": Line(((0, 0), (120_000, 1)), "Discrete")}),
        Route("Early", gain=0.6),
    )
    holds = "mute lines of a track, a bus and a send"
    return Song("mutes", holds, sounds(), routes, FRAMES, goal_dbfs=-80.0, remains=NARROW)


def groups() -> Song:
    """Buses in buses in buses, with gains, pans, polarity, and one that skips two."""
    routes = (
        MASTER,
        Route("One", 1, (WHOLE_ONE,), pan=0.2, output="Inner"),
        Route("Two", 2, (WHOLE_TWO,), gain=0.7, output="Middle", inverted=True),
        Route("Inner", gain=0.8, pan=0.6, width=0.5, equal_power=True, output="Middle"),
        Route("Middle", gain=1.2, pan=0.45, inverted=True, output="Outer"),
        Route("Outer", trim=0.9, gain=0.6, output="Outermost"),
        Route("Outermost", pan=0.55, width=-0.7, equal_power=True),
    )
    return Song("groups", "groups in groups, four deep", sounds(), routes, FRAMES, remains=NARROW)
