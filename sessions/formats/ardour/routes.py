"""Ardour's routes: tracks, busses, the master, and what feeds what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from lxml import etree

from sessions.bundle.roles import role_of
from sessions.formats.ardour.panners import panner_law
from sessions.formats.ardour.processors import OLD_PORT, Context, mixer, old_io
from sessions.formats.ardour.regions import Pool, clips
from sessions.formats.ardour.values import Clock, automation_list, pan_line
from sessions.formats.shared.pan_positions import pan_of
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.xml import child, children, flag, named, number
from sessions.model.session import Automation, Track

# What Ardour takes for what a route does not say (libs/ardour): pans in the middle, neither muted
# nor soloed (parameter_descriptor.cc: normal), the whole width (panner_2in2out.cc). Inputs tell the
# channels; without any (in the corpus one MIDI track of 19 routes) they are two. The 15 routes
# there without PresentationInfo, older than that, stand in the file's order.
_PORT = re.compile(r"(.+)/(?:audio|midi)_in \d+$")
_MOST_CHANNELS = 128


def tracks(root: etree._Element, clock: Clock, pool: Pool, tally: Tally) -> tuple[Track, ...]:
    """All routes but monitor and auditioner in the mixer's order, the master last."""
    routes = [node for node in root.iterfind("Routes/Route") if not _is_hidden(node)]
    routes.sort(key=lambda node: number(child(node, "PresentationInfo"), "order"))
    ids = {_name(node): _id(node) for node in routes}
    inputs = {_id(node): _channels(node) for node in routes}
    context = Context(clock, pool, tally, ids, inputs, _playlists(root))
    made = [_track(node, context) for node in routes]
    fed = {send.target for track in made for send in track.sends}
    made = [
        replace(track, kind="return") if track.kind == "group" and track.id in fed else track
        for track in made
    ]
    return tuple(sorted(made, key=lambda track: track.kind == "master"))


def _flags(node: etree._Element) -> str:
    info = child(node, "PresentationInfo")
    return node.get("flags", "") if info is None else info.get("flags", "")


def _is_hidden(node: etree._Element) -> bool:
    return any(word in _flags(node) for word in ("MonitorOut", "ControlOut", "Auditioner"))


def _is_master(node: etree._Element) -> bool:
    return "MasterOut" in _flags(node)


def _io(node: etree._Element, direction: str) -> etree._Element | None:
    found = children(node, "IO")
    return next((each for each in found if each.get("direction") == direction), None)


def _name(node: etree._Element) -> str:
    io = child(node, "IO")
    return node.get("name", "") or ("" if io is None else io.get("name", ""))


def _id(node: etree._Element) -> str:
    io = child(node, "IO")
    own = node.get("id") or ("" if io is None else io.get("id", ""))
    return "master" if _is_master(node) else own or _name(node)


def _playlists(root: etree._Element) -> dict[tuple[str, str], etree._Element]:
    """Every playlist by its id and its name; in version 2 also by its disk stream's id."""
    found: dict[tuple[str, str], etree._Element] = {}
    for node in root.iterfind("Playlists/Playlist"):
        for key in ("id", "name"):
            if node.get(key):
                found[key, node.get(key, "")] = node
    for stream in root.iterfind("DiskStreams/AudioDiskstream"):
        playlist = found.get(("name", stream.get("playlist", "")))
        if playlist is not None:
            found["stream", stream.get("id", "")] = playlist
    return found


def _playlist(node: etree._Element, context: Context) -> etree._Element | None:
    stream = child(node, "Diskstream")
    keys = (
        ("id", node.get("audio-playlist", "")),
        ("id", node.get("midi-playlist", "")),
        ("stream", node.get("diskstream-id", "")),
        ("name", "" if stream is None else stream.get("playlist", "")),
    )
    found = (context.playlists.get(key) for key in keys if key[1])
    return next((each for each in found if each is not None), None)


def _kind(node: etree._Element) -> str:
    if _is_master(node):
        return "master"
    if node.get("default-type") == "midi":
        return "midi"
    is_track = any(node.get(key) for key in ("audio-playlist", "midi-playlist", "diskstream-id"))
    return "audio" if is_track or child(node, "Diskstream") is not None else "group"


def _track(node: etree._Element, context: Context) -> Track:
    name, kind = _name(node), _kind(node)
    channels = _channels(node)
    mixed = mixer(node, name, channels, context)
    law, width = _panner(node, channels)
    pannable = child(node, "Pannable")
    pan = _azimuth(named(pannable, "Controllable", "pan-azimuth"), node)
    polarity = named(node, "Controllable", "phase")
    bits = (polarity if polarity is not None else node).get("phase-invert", "")
    if "1" in bits and "0" in bits:
        context.tally.add("one_channel_inverted", name)
    sends = tuple(replace(send, pan=pan) if linked else send for send, linked in mixed.sends)
    if not _mutes_early(node):
        sends = tuple(replace(send, before_mute=send.pre_fader) for send in sends)
    automation = (*_automation(node, context.clock), *mixed.automation)
    return Track(
        id=_id(node),
        name=name,
        kind=kind,
        channels=channels,
        gain_db=mixed.gain_db,
        trim_db=mixed.trim_db,
        pan=pan,
        width=width,
        pan_law=law,
        muted=_muted(node) and not any(line.target == "mute" for line in automation),
        soloed=_soloed(node),
        inverted="1" in bits or bits == "yes",
        output=None if kind == "master" else _output(node, name, context),
        clips=clips(_playlist(node, context), name, context.clock, context.pool, context.tally),
        sends=sends,
        devices=mixed.devices,
        automation=automation,
        role=role_of(name),
    )


def _channels(node: etree._Element) -> int:
    old = old_io(node)
    if old is not None:
        count = old.get("inputs", "").count("{") or old.get("outputs", "").count("{")
    else:
        count = _audio_ports(node, "Input")
    return min(_MOST_CHANNELS, count) or 2


def _audio_ports(node: etree._Element, direction: str) -> int:
    io = _io(node, direction)
    ports = () if io is None else children(io, "Port")
    return sum(1 for port in ports if port.get("type", "audio") == "audio")


def _panner(node: etree._Element, channels: int) -> tuple[str | None, float | None]:
    """The panner's name, and its width where it has one."""
    outs = (each for each in children(node, "Processor") if each.get("type") == "main-outs")
    shell = child(next(outs, None), "PannerShell")
    if flag(_old_panner(node), "bypassed"):
        return "bypassed", None
    places = _stream_places(node)
    if len(places) == 2 and places != [0.0, 1.0]:
        return "2in2out", places[1] - places[0]
    law = panner_law(shell, channels, _audio_ports(node, "Output"))
    width = named(child(node, "Pannable"), "Controllable", "pan-width")
    return law, number(width, "value", 1.0) if law == "2in2out" else None


def _azimuth(control: etree._Element | None, node: etree._Element) -> float:
    """The pan, -1 to 1; before version 3.1 the middle of one or two stream panners."""
    if control is not None:
        return pan_of(number(control, "value", 0.5))
    places = _stream_places(node)
    return places[0] + places[-1] - 1.0 if len(places) in (1, 2) else 0.0


def _old_panner(node: etree._Element) -> etree._Element | None:
    """The panner of a version before 3.1, which has a place for every stream."""
    found = node.find("IO/Panner")
    return node.find("Processor[@type='main-outs']/Panner") if found is None else found


def _stream_places(node: etree._Element) -> list[float]:
    panner = _old_panner(node)
    streams = () if panner is None else children(panner, "StreamPanner")
    return [number(stream, "x", 0.5) for stream in streams]


def _muted(node: etree._Element) -> bool:
    control = named(node, "Controllable", "mute")
    if control is not None:
        return number(control, "value") > 0 or flag(child(node, "MuteMaster"), "muted")
    return flag(node, "muted")


def _mutes_early(node: etree._Element) -> bool:
    """Whether a mute reaches the sends before the fader; all are, where none are said."""
    said = child(node, "MuteMaster")
    points = "" if said is None else said.get("mute-point", "")
    return not points or "PreFader" in points.split(",")


def _soloed(node: etree._Element) -> bool:
    control = named(node, "Controllable", "solo")
    if control is not None and (flag(control, "self-solo") or number(control, "value") > 0):
        return True
    return flag(node, "self-solo") or flag(node, "soloed")


def _output(node: etree._Element, name: str, context: Context) -> str | None:
    old, io = old_io(node), _io(node, "Output")
    if old is not None:
        found = OLD_PORT.findall(old.get("outputs", ""))
    else:
        others = () if io is None else io.iterfind(".//Connection")
        ports = (_PORT.match(each.get("other", "")) for each in others)
        found = [port[1] for port in ports if port]
    targets = [context.ids[each] for each in dict.fromkeys(found) if each in context.ids]
    if len(targets) > 1:
        context.tally.add("several_outputs", name)
    elif not targets:
        context.tally.add("no_output", name)
    return targets[0] if targets else None


def _automation(node: etree._Element, clock: Clock) -> Sequence[Automation]:
    pannable = child(node, "Pannable")
    azimuth = pan_line(pannable, "pan", clock)
    width = clock.automation(automation_list(pannable, "pan-width"), "width", "width")
    mute = clock.automation(automation_list(node, "mute"), "mute", "bool")
    return tuple(filter(None, (azimuth, width, mute)))
