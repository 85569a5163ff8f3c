"""Songs of one construct each."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.bounced.song import (
    RATE_HZ,
    Fade,
    FadeShape,
    Line,
    Region,
    Route,
    Samples,
    Send,
    Song,
    Sound,
)

_FRAMES = 4 * RATE_HZ + 321
_SHAPES: tuple[FadeShape, ...] = ("Linear", "ConstantPower", "Symmetric", "Slow", "Fast")
_MASTER = Route("Master")
_NARROW = "float32 in Ardour's mixer"
_GLIDE = "the fader's glide, which is float32 there and stops 5e-6 short"
_BEFORE = "at first, where Ardour's fader stood before the bounce; then its glide in float32"

_TWICE = "at first: Ardour reads a line of a late path twice in its first block; then float32"


def _noise(seed: int, channels: int, frames: int = _FRAMES) -> Samples:
    return np.random.default_rng(seed).uniform(-0.4, 0.4, (frames, channels)).astype(np.float32)


def _backwards(seed: int, channels: int) -> Samples:
    return np.ascontiguousarray(_noise(seed, channels)[::-1])


def _tones(rate_hz: int, channels: int) -> Samples:
    """Below 9 kHz, so that every converter that is any good gives the same."""
    at = np.arange(3 * rate_hz) / rate_hz
    tones = [np.sin(2 * np.pi * hz * at) for hz in (61.0, 440.0, 1234.5, 8765.0)]
    wave = sum(tones) * 0.08 * np.minimum(1.0, np.minimum(at, 3.0 - at) / 0.05)
    return np.stack([wave, -0.5 * wave], axis=1)[:, :channels].astype(np.float32)


def _sounds(mono: int = 1, stereo: int = 2) -> dict[str, Sound]:
    return {"one": Sound(1, partial(_noise, mono, 1)), "two": Sound(2, partial(_noise, stereo, 2))}


_WHOLE_ONE = Region("one", 0, _FRAMES - 10)
_WHOLE_TWO = Region("two", 100, _FRAMES - 200, offset=50)


def _fades() -> Song:
    """Each shape, short and long, in and out; and each laid over another region."""
    alone, over = [], [Region("two", 0, _FRAMES - 1)]
    for at, shape in enumerate(_SHAPES):
        first = at * 37_003
        alone.append(Region("one", first, 7_919, first, 0, True, False, 1.0, Fade(shape, 64)))
        fades = Fade(shape, 12_000), Fade(_SHAPES[at - 1], 14_407)
        alone.append(Region("one", first + 8_000, 28_001, 11, 0, True, False, 0.9, *fades))
        fades = Fade(shape, 4_801), Fade(shape, 9_999)
        over.append(Region("two", first + 500, 30_011, 7, at + 1, True, False, 1.0, *fades))
    routes = (_MASTER, Route("Alone", 1, tuple(alone)), Route("Over", 2, tuple(over)))
    return Song(
        "fades",
        "every fade shape, alone and over a region",
        _sounds(),
        routes,
        _FRAMES,
        remains="fades of 64 frames, up to 3e-6",
    )


def _pans() -> Song:
    """Every panner at places from side to side, one route after the other."""
    routes = [_MASTER]
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
        "pans", "every panner, place by place", _sounds(), tuple(routes), _FRAMES, remains=_NARROW
    )


def _sends() -> Song:
    """Before and behind the fader, with pans of their own, off, to a bus of one channel."""
    one = Route(
        "One",
        1,
        (_WHOLE_ONE,),
        gain=0.5,
        pan=0.3,
        sends=(Send("Early", 0.7, pre_fader=True), Send("Late", 0.6, pan=0.9)),
    )
    two = Route(
        "Two",
        2,
        (_WHOLE_TWO,),
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
        (_WHOLE_ONE,),
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
        _sounds(),
        (_MASTER, one, two, silent, *buses),
        _FRAMES,
        remains=_NARROW,
    )


def _mutes() -> Song:
    """Lines of mutes on a track, on a bus, and before a send."""
    line = Line(((0, 0), (30_000, 1), (52_345, 0), (100_001, 1), (100_900, 0)), "Discrete")
    other = Line(((0, 1), (20_011, 0), (150_000, 1)), "Discrete")
    all_points = "PreFader,PostFader,Listen,Main"
    routes = (
        _MASTER,
        Route("One", 1, (_WHOLE_ONE,), output="Bus", lines={"mute": line}),
        Route(
            "Two",
            2,
            (_WHOLE_TWO,),
            mute_points=all_points,
            lines={"mute": other},
            sends=(Send("Early", 0.5, pre_fader=True),),
        ),
        Route("Bus", gain=0.8, lines={"mute": Line(((0, 0), (120_000, 1)), "Discrete")}),
        Route("Early", gain=0.6),
    )
    holds = "mute lines of a track, a bus and a send"
    return Song("mutes", holds, _sounds(), routes, _FRAMES, goal_dbfs=-80.0, remains=_NARROW)


def _groups() -> Song:
    """Buses in buses in buses, with gains, pans, polarity, and one that skips two."""
    routes = (
        _MASTER,
        Route("One", 1, (_WHOLE_ONE,), pan=0.2, output="Inner"),
        Route("Two", 2, (_WHOLE_TWO,), gain=0.7, output="Middle", inverted=True),
        Route("Inner", gain=0.8, pan=0.6, width=0.5, equal_power=True, output="Middle"),
        Route("Middle", gain=1.2, pan=0.45, inverted=True, output="Outer"),
        Route("Outer", trim=0.9, gain=0.6, output="Outermost"),
        Route("Outermost", pan=0.55, width=-0.7, equal_power=True),
    )
    return Song(
        "groups", "groups in groups, four deep", _sounds(), routes, _FRAMES, remains=_NARROW
    )


def _loops() -> Song:
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
    routes = (_MASTER, Route("One", 1, (one,)), Route("Two", 2, (two,)))
    return Song(
        "loops", "regions repeated by Ardour", _sounds(), routes, _FRAMES, script, remains=_NARROW
    )


def _layers() -> Song:
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
    routes = (_MASTER, Route("Two", 2, regions))
    return Song(
        "layers", "regions on top of each other", _sounds(), routes, _FRAMES, remains=_NARROW
    )


def _reverse() -> Song:
    """What Ardour makes of "reverse": a file backwards; beside it the same with its polarity."""
    sounds = {
        "one": Sound(1, partial(_noise, 1, 1)),
        "two": Sound(2, partial(_backwards, 2, 2)),
    }
    two = Region("two", 5_003, 90_001, _FRAMES - 100_000, gain=-0.5, fade_in=Fade("Slow", 5_000))
    routes = (
        _MASTER,
        Route("One", 1, (Region("one", 50, 180_000, gain=-1.0),)),
        Route("Two", 2, (two,), inverted=True),
    )
    return Song(
        "reverse", "a reversed file, turned polarity", sounds, routes, _FRAMES, remains=_NARROW
    )


def _rates() -> Song:
    """Files of other rates than the session's."""
    sounds = {
        "slow": Sound(1, partial(_tones, 44_100, 1), 44_100),
        "fast": Sound(2, partial(_tones, 96_000, 2), 96_000),
    }
    routes = (
        _MASTER,
        Route("Slow", 1, (Region("slow", 3_000, 90_000, 100),)),
        Route("Fast", 2, (Region("fast", 7_000, 100_000, 333),)),
    )
    return Song(
        "rates",
        "files of 44.1 and 96 kHz in a session of 48",
        sounds,
        routes,
        _FRAMES,
        remains=_NARROW,
    )


def _latency() -> Song:
    """A limiter that is 480 frames late on a bus, and what does not pass through it."""
    routes = (
        _MASTER,
        Route("One", 1, (_WHOLE_ONE,), pan=0.3, output="Late", sends=(Send("Dry", 0.4),)),
        Route(
            "Two",
            2,
            (_WHOLE_TWO,),
            gain=0.5,
            lines={"gain": Line(((0, 0.2), (90_000, 0.8), (150_000, 0.4)))},
        ),
        Route("Late", gain=0.7),
        Route("Dry", gain=0.5),
    )
    script = """
local limiter = ARDOUR.LuaAPI.new_plugin(session, "ZaMaximX2", ARDOUR.PluginType.VST3, "")
session:route_by_name("Late"):add_processor_by_index(limiter, 0, nil, true)
"""
    holds = "a limiter of 480 frames on a bus, signals beside it"
    plugins = ("ZaMaximX2",)
    return Song(
        "latency", holds, _sounds(), routes, _FRAMES, script, plugins=plugins, remains=_GLIDE
    )


def _lines() -> Song:
    """Faders, trims, pans and sends that move, in frames and in beats."""
    styles = {
        "gain": Line(((0, 0.5), (60_000, 1.0), (126_007, 0.1), (168_000, 0.8)), "Exponential"),
        "pan": Line(((0, 0.1), (3, 0.9), (6.5, 0.4)), "Linear", in_beats=True),
    }
    frames = {
        "gain": Line(((500, 1.0), (60_001, 0.1), (61_003, 0.8), (150_000, 0.0)), "Linear"),
        "pan": Line(((0, 0.5), (40_000, 0.2), (120_007, 0.8)), "Linear"),
        "width": Line(((0, 1.0), (70_000, -0.5), (140_000, 0.6)), "Linear"),
        "trim": Line(((0, 1.0), (50_000, 1.5), (130_000, 0.5)), "Logarithmic"),
    }
    sent = Line(((0, 0.2), (80_000, 0.9), (160_000, 0.1)), "Exponential")
    panned = Send("Bus", 0.6, pan=0.3, pan_line=Line(((0, 0.3), (70_000, 1.0), (150_000, 0.1))))
    routes = (
        _MASTER,
        Route("One", 1, (_WHOLE_ONE,), lines=styles, sends=(panned,)),
        Route(
            "Two",
            2,
            (_WHOLE_TWO,),
            lines=frames,
            equal_power=True,
            sends=(Send("Bus", 1.0, line=sent),),
        ),
        Route("Bus", gain=0.5),
    )
    holds = "lines in frames and in beats"
    return Song("lines", holds, _sounds(), routes, _FRAMES, goal_dbfs=-80.0, remains=_BEFORE)


def _start() -> Song:
    """A song that begins within its clips and lines, and within a block."""
    lines = {
        "gain": Line(((0, 0.2), (40_000, 1.0), (110_000, 0.1)), "Exponential"),
        "mute": Line(((0, 0), (70_000, 1), (90_000, 0)), "Discrete"),
        "pan": Line(((0, 0.1), (60_000, 0.9), (180_000, 0.2))),
    }
    fade = Fade("Slow", 90_000)
    routes = (
        _MASTER,
        Route("One", 1, (Region("one", 10, 180_000, fade_in=fade),), lines=lines),
        Route("Two", 2, (Region("two", 60_000, 90_000),), gain=0.5, output="Bus"),
        Route("Bus", lines={"gain": Line(((0, 1.0), (150_000, 0.2)))}),
    )
    holds = "a song that begins at 50 007"
    return Song(
        "start", holds, _sounds(), routes, _FRAMES, start=50_007, goal_dbfs=-80.0, remains=_BEFORE
    )


def _vcas() -> Song:
    """VCAs over a fader that stands and one that moves; over a third one, a VCA that moves."""
    line = Line(((0, 0.9), (90_000, 0.1), (150_000, 0.7)), "Exponential")
    routes = (
        _MASTER,
        Route("One", 1, (_WHOLE_ONE,), gain=0.7, sends=(Send("Bus", 0.5),)),
        Route("Two", 2, (_WHOLE_TWO,), lines={"gain": line}),
        Route("Three", 2, (_WHOLE_TWO,), gain=0.4),
        Route("Bus", gain=0.6),
    )
    script = """
local made = session:vca_manager():create_vca(3, "VCA %n")
local levels = {0.5, 0.8, 0.6}
local vcas = {}
for vca in made:iter() do
  table.insert(vcas, vca)
  vca:gain_control():set_value(0.9, PBD.GroupControlDisposition.NoGroup)
end
session:route_by_name("One"):to_slavable():assign(vcas[1])
session:route_by_name("Two"):to_slavable():assign(vcas[2])
session:route_by_name("Two"):to_slavable():assign(vcas[3])
session:route_by_name("Three"):to_slavable():assign(vcas[3])
for at, vca in ipairs(vcas) do
  vca:gain_control():set_value(levels[at], PBD.GroupControlDisposition.NoGroup)
end
local line = vcas[3]:gain_control():alist()
for _, point in ipairs({{0, 0.9}, {60000, 0.3}, {130000, 1.1}}) do
  line:add(Temporal.timepos_t(point[1]), point[2], false, true)
end
vcas[3]:gain_control():set_automation_state(ARDOUR.AutoState.Play)
"""
    return Song(
        "vcas",
        "VCAs that stand and move, over faders that stand and move",
        _sounds(),
        routes,
        _FRAMES,
        script,
        remains=_BEFORE,
    )


_SETTINGS = """
local function moved(track, plugin, setting, points)
  local made = ARDOUR.LuaAPI.new_plugin(session, plugin, ARDOUR.PluginType.VST3, "")
  session:route_by_name(track):add_processor_by_index(made, 0, nil, true)
  local told = made:to_insert():plugin(0)
  for at = 0, told:parameter_count() - 1 do
    if told:parameter_is_input(at) and told:parameter_label(at) == setting then
      local _, line = ARDOUR.LuaAPI.plugin_automation(made, at)
      for _, point in ipairs(points) do
        line:add(Temporal.timepos_t(point[1]), point[2], false, true)
      end
      local own = Evoral.Parameter(ARDOUR.AutomationType.PluginAutomation, 0, at)
      local control = made:to_automatable():automation_control(own, false)
      control:set_automation_state(ARDOUR.AutoState.Play)
      return
    end
  end
  error(plugin .. " has no " .. setting)
end
"""


def _settings() -> Song:
    """Settings of plugins that move, in a song that begins within a block, one plugin late."""
    routes = (
        _MASTER,
        Route("One", 1, (_WHOLE_ONE,), output="Bus"),
        Route("Two", 2, (_WHOLE_TWO,), gain=0.5),
        Route("Bus", gain=0.7),
    )
    script = """
local limiter = ARDOUR.LuaAPI.new_plugin(session, "ZaMaximX2", ARDOUR.PluginType.VST3, "")
session:route_by_name("Two"):add_processor_by_index(limiter, 0, nil, true)
moved("One", "ZamGEQ31", "Master Gain", {{0, -12}, {61003, 6}, {100007, -3}, {184320, 0}})
moved("Two", "ZamCompX2", "Threshold", {{0, -40}, {102400, -10}, {163840, -50}})
"""
    holds = "settings of plugins that move, one before a late one, from 50 007 on"
    plugins = ("ZamGEQ31", "ZamCompX2", "ZaMaximX2")
    return Song(
        "settings",
        holds,
        _sounds(),
        routes,
        _FRAMES,
        _SETTINGS + script,
        start=50_007,
        plugins=plugins,
        remains=_TWICE,
    )


def songs() -> tuple[Song, ...]:
    """All of them, in the order of the page."""
    made = (_fades, _pans, _sends, _mutes, _groups, _loops, _layers, _reverse, _rates, _latency)
    return tuple(each() for each in (*made, _settings, _lines, _start, _vcas))
