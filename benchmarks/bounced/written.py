"""Songs as folders that Ardour 7 opens: a session's XML beside its files."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import soundfile
from lxml import etree

from benchmarks.bounced.song import RATE_HZ, Line, Region, Route, Send, Song

_SUPERCLOCKS = 282_240_000
_TICKS = 1_920
_SOUNDS = "interchange/{}/audiofiles"


def write(song: Song, folder: Path) -> Path:
    """Write the song into `folder`, which is made; returns its session's file."""
    sounds = folder / _SOUNDS.format(song.name)
    sounds.mkdir(parents=True)
    for name, each in song.sounds.items():
        soundfile.write(sounds / f"{name}.wav", each.make(), each.rate_hz, subtype="FLOAT")
    path = folder / f"{song.name}.ardour"
    path.write_bytes(
        etree.tostring(_Writer(song).session(), xml_declaration=True, encoding="UTF-8")
    )
    return path


def _audio_time(frame: float) -> str:
    return f"a{round(frame * _SUPERCLOCKS / RATE_HZ)}"


def _flag(value: bool) -> str:
    return "1" if value else "0"


class _Writer:
    """What Ardour wants to find in a session; what it need not find, it makes itself."""

    def __init__(self, song: Song) -> None:
        self._song = song
        self._ids = (str(each) for each in count(100))
        self._of_route = {each.name: next(self._ids) for each in song.routes}
        self._of_list = {each.name: next(self._ids) for each in song.routes if each.is_track}
        self._of_source = {
            (name, channel): next(self._ids)
            for name, sound in song.sounds.items()
            for channel in range(sound.channels)
        }

    def session(self) -> etree._Element:
        song = self._song
        root = etree.Element(
            "Session",
            {
                "version": "7002",
                "name": song.name,
                "sample-rate": str(RATE_HZ),
                "id-counter": "100000",
                "name-counter": "1",
                "vca-counter": "1",
            },
        )
        program = "Ardour 7.3.0"
        _under(root, "ProgramVersion", **{"created-with": program, "modified-with": program})
        config = _under(root, "Config")
        for name, value in (
            ("native-file-data-format", "FormatFloat"),
            ("native-file-header-format", "WAVE"),
        ):
            _under(config, "Option", name=name, value=value)
        for name in ("Metadata", "Bundles", "RouteGroups", "Regions", "UnusedPlaylists"):
            _under(root, name)
        self._sources(_under(root, "Sources"))
        location = _under(root, "Locations")
        end = _audio_time(song.frames)
        place = {
            "start": _audio_time(song.start),
            "end": end,
            "flags": "IsSessionRange",
            "locked": "0",
        }
        _under(location, "Location", id=next(self._ids), name="session", **place)
        routes = _under(root, "Routes")
        playlists = _under(root, "Playlists")
        for order, each in enumerate(song.routes):
            self._route(routes, each, order)
            if each.is_track:
                self._playlist(playlists, each)
        self._click(root)
        self._tempo_map(root)
        return root

    def _sources(self, node: etree._Element) -> None:
        for (name, channel), own in self._of_source.items():
            said = {"name": f"{name}.wav", "type": "audio", "id": own, "channel": str(channel)}
            _under(node, "Source", flags="", origin="", gain="1", **said)

    def _route(self, routes: etree._Element, route: Route, order: int) -> None:
        is_master = route.name == "Master"
        said = {"default-type": "audio", "strict-io": _flag(is_master), "active": "1"}
        if route.is_track:
            said |= {"audio-playlist": self._of_list[route.name], "mode": "Normal"}
        node = _under(
            routes, "Route", version="7002", id=self._of_route[route.name], name=route.name, **said
        )
        kind = "MasterOut" if is_master else "AudioTrack" if route.is_track else "AudioBus"
        _under(node, "PresentationInfo", order=str(order), flags=f"{kind},OrderSet", color="0")
        self._ports(node, route, "Input", route.channels)
        self._ports(node, route, "Output", 2)
        muted = _flag(route.muted)
        _under(node, "MuteMaster", **{"mute-point": route.mute_points, "muted": muted})
        self._control(node, "mute", float(route.muted), "Toggle,RealTime")
        phase = _flag(route.inverted) * route.channels
        self._control(node, "phase", 0.0, "Toggle").set("phase-invert", phase)
        self._lines(node, route, {"mute": "mute"})
        self._pannable(node, route)
        self._processors(node, route)

    def _ports(self, node: etree._Element, route: Route, direction: str, channels: int) -> None:
        said = {"direction": direction, "default-type": "audio"}
        io = _under(node, "IO", name=route.name, id=next(self._ids), **said)
        way = "in" if direction == "Input" else "out"
        wide = {each.name: each.channels for each in self._song.routes}
        for at in range(1, channels + 1):
            port = _under(io, "Port", type="audio", name=f"{route.name}/audio_{way} {at}")
            if way == "out":
                to = f"system:playback_{at}"
                if route.name != "Master":
                    to = f"{route.output}/audio_in {min(at, wide[route.output])}"
                _under(port, "Connection", other=to)

    def _pannable(self, node: etree._Element, route: Route) -> None:
        pannable = _under(node, "Pannable")
        self._control(pannable, "pan-azimuth", route.pan)
        self._control(pannable, "pan-width", route.width)
        self._lines(pannable, route, {"pan": "pan-azimuth", "width": "pan-width"})

    def _processors(self, node: etree._Element, route: Route) -> None:
        if not route.is_track and route.name != "Master":
            self._processor(node, "Return", "intreturn")
        trim = self._processor(node, "Amp", "trim")
        self._control(trim, "trimcontrol", route.trim, "GainLike")
        self._lines(trim, route, {"trim": "trim"})
        for send in route.sends:
            if send.pre_fader:
                self._send(node, send)
        fader = self._processor(node, "Amp", "amp")
        self._control(fader, "gaincontrol", route.gain, "GainLike")
        self._lines(fader, route, {"gain": "gain"})
        for send in route.sends:
            if not send.pre_fader:
                self._send(node, send)
        outs = self._processor(node, route.name, "main-outs")
        for name, value in (("own-input", "1"), ("own-output", "0"), ("output", route.name)):
            outs.set(name, value)
        outs.set("role", "Main")
        panner = "http://ardour.org/plugin/panner_2in2out" if route.equal_power else ""
        shell = {"bypassed": "0", "user-panner": panner, "linked-to-route": "1"}
        _under(outs, "PannerShell", **shell)

    def _processor(self, node: etree._Element, name: str, kind: str) -> etree._Element:
        return _under(node, "Processor", id=next(self._ids), name=name, active="1", type=kind)

    def _send(self, node: etree._Element, send: Send) -> None:
        made = self._processor(node, send.target, "intsend")
        bit = str(1 + len(node.findall("Processor[@type='intsend']")))
        said = {"own-input": "1", "own-output": "1", "role": "Aux", "bitslot": bit}
        said |= {"selfdestruct": "0", "target": self._of_route[send.target]}
        said |= {"allow-feedback": "0", "active": _flag(send.active)}
        for name, value in said.items():
            made.set(name, value)
        self._control(made, "gaincontrol", send.gain, "GainLike,InlineControl")
        linked = _flag(send.pan is None)
        shell = {"bypassed": "0", "user-panner": "", "linked-to-route": linked}
        _under(made, "PannerShell", **shell)
        pannable = _under(made, "Pannable")
        self._control(pannable, "pan-azimuth", 0.5 if send.pan is None else send.pan)
        if send.pan_line is not None:
            self._automation_list(_under(pannable, "Automation"), "pan-azimuth", send.pan_line)
        if send.line is not None:
            self._automation_list(_under(made, "Automation"), "send", send.line)

    def _control(
        self, node: etree._Element, name: str, value: float, flags: str = ""
    ) -> etree._Element:
        own = next(self._ids)
        return _under(node, "Controllable", name=name, id=own, flags=flags, value=f"{value:.17g}")

    def _lines(self, node: etree._Element, route: Route, names: dict[str, str]) -> None:
        """The lines that are kept at this place, by their names in a song and in the XML."""
        found = {of: route.lines[each] for each, of in names.items() if each in route.lines}
        if found:
            automation = _under(node, "Automation")
            for of, line in found.items():
                self._automation_list(automation, of, line)

    def _automation_list(self, node: etree._Element, name: str, line: Line) -> None:
        domain = "BeatTime" if line.in_beats else "AudioTime"
        said = {"automation-id": name, "interpolation-style": line.style, "time-domain": domain}
        made = _under(node, "AutomationList", id=next(self._ids), state="Play", **said)
        rows = (
            f"{f'b{round(at * _TICKS)}' if line.in_beats else _audio_time(at)} {value:.17g}"
            for at, value in line.points
        )
        _under(made, "events").text = "\n".join(rows) + "\n"

    def _playlist(self, playlists: etree._Element, route: Route) -> None:
        said = {"type": "audio", "orig-track-id": self._of_route[route.name], "frozen": "0"}
        node = _under(playlists, "Playlist", id=self._of_list[route.name], name=route.name, **said)
        for at, region in enumerate(route.regions):
            self._region(node, region, f"{route.name} {at}")

    def _region(self, playlist: etree._Element, region: Region, name: str) -> None:
        channels = self._song.sounds[region.sound].channels
        said = {
            "start": _audio_time(region.offset),
            "length": f"{_audio_time(region.length)}@{_audio_time(region.position)}",
            "layering-index": str(region.layer),
            "scale-amplitude": f"{region.gain:.17g}",
            "muted": _flag(region.muted),
            "opaque": _flag(region.opaque),
            "envelope-active": _flag(bool(region.envelope)),
            "channels": str(channels),
        }
        for channel in range(channels):
            source = self._of_source[region.sound, channel]
            said |= {f"source-{channel}": source, f"master-source-{channel}": source}
        for fade in ("fade-in", "fade-out"):
            said |= {f"default-{fade}": "0", f"{fade}-active": "1"}
        node = _under(playlist, "Region", name=name, id=next(self._ids), type="audio", **said)
        if region.envelope:
            line = Line(tuple(region.envelope))
            self._automation_list(_under(node, "Envelope"), "envelope", line)

    def _click(self, root: etree._Element) -> None:
        """Without a whole click Ardour ends at once."""
        click = _under(root, "Click")
        said = {"direction": "Output", "default-type": "audio"}
        io = _under(click, "IO", name="Click", id=next(self._ids), **said)
        for at in (1, 2):
            _under(io, "Port", type="audio", name=f"Click/audio_out {at}")
        amp = self._processor(click, "Amp", "amp")
        self._control(amp, "gaincontrol", 1.0, "GainLike")

    def _tempo_map(self, root: etree._Element) -> None:
        node = _under(root, "TempoMap", **{"superclocks-per-second": str(_SUPERCLOCKS)})
        tempos = _under(node, "Tempos")
        for each in self._song.tempos:
            bar, beat = divmod(each.beat, 4)
            kind = "Constant" if each.bpm == each.end_bpm else "Ramped"
            said = {"npm": f"{each.bpm:g}", "enpm": f"{each.end_bpm:g}", "note-type": "4"}
            said |= {"type": f"Tempo::{kind}", "active": "1", "locked-to-meter": "0"}
            said |= {"continuing": "0", "sclock": str(round(each.second * _SUPERCLOCKS))}
            said |= {"quarters": f"{each.beat}:0", "bbt": f"{bar + 1}|{beat + 1}|0", "omega": "0"}
            _under(tempos, "Tempo", **said)
        meters = _under(node, "Meters")
        said = {"note-value": "4", "divisions-per-bar": "4", "sclock": "0"}
        _under(meters, "Meter", quarters="0:0", bbt="1|1|0", **said)
        _under(node, "MusicTimes")


def _under(node: etree._Element, tag: str, **said: str) -> etree._Element:
    return etree.SubElement(node, tag, said)
