"""Songs of one construct of clips each: fades, loops, layers, reversed ones, rates."""

from __future__ import annotations

from functools import partial

from benchmarks.bounced.seeded_sounds import (
    FRAMES,
    MASTER,
    NARROW,
    backwards,
    noise,
    sounds,
    tones,
)
from benchmarks.bounced.song import (
    Fade,
    FadeShape,
    Region,
    Route,
    Song,
    Sound,
)

_SHAPES: tuple[FadeShape, ...] = ("Linear", "ConstantPower", "Symmetric", "Slow", "Fast")


def fades() -> Song:
    """Each shape, short and long, in and out; and each laid over another region."""
    alone, over = [], [Region("two", 0, FRAMES - 1)]
    for at, shape in enumerate(_SHAPES):
        first = at * 37_003
        alone.append(Region("one", first, 7_919, first, 0, True, False, 1.0, Fade(shape, 64)))
        fades = Fade(shape, 12_000), Fade(_SHAPES[at - 1], 14_407)
        alone.append(Region("one", first + 8_000, 28_001, 11, 0, True, False, 0.9, *fades))
        fades = Fade(shape, 4_801), Fade(shape, 9_999)
        over.append(Region("two", first + 500, 30_011, 7, at + 1, True, False, 1.0, *fades))
    routes = (MASTER, Route("Alone", 1, tuple(alone)), Route("Over", 2, tuple(over)))
    return Song(
        "fades",
        "every fade shape, alone and over a region",
        sounds(),
        routes,
        FRAMES,
        remains="fades of 64 frames, up to 3e-6",
    )


def loops() -> Song:
    """What Ardour makes of "duplicate": the region again and again, edge to edge and apart."""
    one = Region("one", 1_000, 12_345, 777, fade_in=Fade("Slow", 500), fade_out=Fade("Fast", 900))
    two = Region("two", 20_011, 9_000, fade_in=Fade("ConstantPower", 2_000))
    script = """
local function again(track, gap, times)
  local playlist = session:route_by_name(track):to_track():playlist()
  for region in playlist:region_list():iter() do
    local behind = region:position() + region:length()
    playlist:duplicate(region, behind, gap, times)
  end
end
again("One", Temporal.timecnt_t(12345), 12)
again("Two", Temporal.timecnt_t(7000), 14)
"""
    routes = (MASTER, Route("One", 1, (one,)), Route("Two", 2, (two,)))
    return Song(
        "loops", "regions repeated by Ardour", sounds(), routes, FRAMES, script, remains=NARROW
    )


def layers() -> Song:
    """Opaque, transparent and muted regions on top of each other, cut and enveloped."""
    regions = (
        Region("two", 0, 150_001, 0, 0, fade_out=Fade("Slow", 9_000)),
        Region("two", 20_003, 60_007, 500, 1, fade_in=Fade("Fast", 3_000)),
        Region("two", 30_011, 20_000, 9, 2, opaque=False, gain=-0.6),
        Region("two", 45_000, 30_000, 77, 3, muted=True),
        Region("two", 70_000, 60_000, 1, 4, fade_in=Fade("Symmetric", 20_000)),
        Region(
            "two",
            85_000,
            20_000,
            3,
            5,
            opaque=False,
            envelope=((0, 1.0), (5_000, 0.2), (15_000, 0.9), (19_999, 0.5)),
        ),
        Region("two", 120_000, 40_000, 8, 2),
        Region("two", 100_000, 70_000, 30, 6, opaque=False, fade_out=Fade("Linear", 30_000)),
        Region("two", 165_000, 20_000, 30, 0, fade_in=Fade("ConstantPower", 7_000)),
    )
    routes = (MASTER, Route("Two", 2, regions))
    return Song("layers", "regions on top of each other", sounds(), routes, FRAMES, remains=NARROW)


def reverse() -> Song:
    """What Ardour makes of "reverse": a file backwards; beside it the same with its polarity."""
    sounds = {
        "one": Sound(1, partial(noise, 1, 1)),
        "two": Sound(2, partial(backwards, 2, 2)),
    }
    two = Region("two", 5_003, 90_001, FRAMES - 100_000, gain=-0.5, fade_in=Fade("Slow", 5_000))
    routes = (
        MASTER,
        Route("One", 1, (Region("one", 50, 180_000, gain=-1.0),)),
        Route("Two", 2, (two,), inverted=True),
    )
    return Song(
        "reverse", "a reversed file, turned polarity", sounds, routes, FRAMES, remains=NARROW
    )


def rates() -> Song:
    """Files of other rates than the session's."""
    sounds = {
        "slow": Sound(1, partial(tones, 44_100, 1), 44_100),
        "fast": Sound(2, partial(tones, 96_000, 2), 96_000),
    }
    routes = (
        MASTER,
        Route("Slow", 1, (Region("slow", 3_000, 90_000, 100),)),
        Route("Fast", 2, (Region("fast", 7_000, 100_000, 333),)),
    )
    return Song(
        "rates",
        "files of 44.1 and 96 kHz in a session of 48",
        sounds,
        routes,
        FRAMES,
        remains=NARROW,
    )
