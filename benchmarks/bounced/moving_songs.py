"""Songs of one construct each that moves or comes late: lines, settings, VCAs, latencies."""

from __future__ import annotations

from benchmarks.bounced.seeded_sounds import (
    FRAMES,
    MASTER,
    WHOLE_ONE,
    WHOLE_TWO,
    sounds,
)
from benchmarks.bounced.song import (
    Fade,
    Line,
    Region,
    Route,
    Send,
    Song,
)

_GLIDE = "the fader's glide, which is float32 there and stops 5e-6 short"
_BEFORE = "at first, where Ardour's fader stood before the bounce; then its glide in float32"
_TWICE = "at first: Ardour reads a line of a late path twice in its first block; then float32"


def latency() -> Song:
    """A limiter that is 480 frames late on a bus, and what does not pass through it."""
    routes = (
        MASTER,
        Route("One", 1, (WHOLE_ONE,), pan=0.3, output="Late", sends=(Send("Dry", 0.4),)),
        Route(
            "Two",
            2,
            (WHOLE_TWO,),
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
    return Song("latency", holds, sounds(), routes, FRAMES, script, plugins=plugins, remains=_GLIDE)


def lines() -> Song:
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
        MASTER,
        Route("One", 1, (WHOLE_ONE,), lines=styles, sends=(panned,)),
        Route(
            "Two",
            2,
            (WHOLE_TWO,),
            lines=frames,
            equal_power=True,
            sends=(Send("Bus", 1.0, line=sent),),
        ),
        Route("Bus", gain=0.5),
    )
    holds = "lines in frames and in beats"
    return Song("lines", holds, sounds(), routes, FRAMES, goal_dbfs=-80.0, remains=_BEFORE)


def start() -> Song:
    """A song that begins within its clips and lines, and within a block."""
    lines = {
        "gain": Line(((0, 0.2), (40_000, 1.0), (110_000, 0.1)), "Exponential"),
        "mute": Line(((0, 0), (70_000, 1), (90_000, 0)), "Discrete"),
        "pan": Line(((0, 0.1), (60_000, 0.9), (180_000, 0.2))),
    }
    fade = Fade("Slow", 90_000)
    routes = (
        MASTER,
        Route("One", 1, (Region("one", 10, 180_000, fade_in=fade),), lines=lines),
        Route("Two", 2, (Region("two", 60_000, 90_000),), gain=0.5, output="Bus"),
        Route("Bus", lines={"gain": Line(((0, 1.0), (150_000, 0.2)))}),
    )
    holds = "a song that begins at 50 007"
    return Song(
        "start", holds, sounds(), routes, FRAMES, start=50_007, goal_dbfs=-80.0, remains=_BEFORE
    )


def vcas() -> Song:
    """VCAs over a fader that stands and one that moves; over a third one, a VCA that moves."""
    line = Line(((0, 0.9), (90_000, 0.1), (150_000, 0.7)), "Exponential")
    routes = (
        MASTER,
        Route("One", 1, (WHOLE_ONE,), gain=0.7, sends=(Send("Bus", 0.5),)),
        Route("Two", 2, (WHOLE_TWO,), lines={"gain": line}),
        Route("Three", 2, (WHOLE_TWO,), gain=0.4),
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
        sounds(),
        routes,
        FRAMES,
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


def settings() -> Song:
    """Settings of plugins that move, in a song that begins within a block, one plugin late."""
    routes = (
        MASTER,
        Route("One", 1, (WHOLE_ONE,), output="Bus"),
        Route("Two", 2, (WHOLE_TWO,), gain=0.5),
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
        sounds(),
        routes,
        FRAMES,
        _SETTINGS + script,
        start=50_007,
        plugins=plugins,
        remains=_TWICE,
    )
