"""The XML of an LMMS project: opened, and its values found in the two forms LMMS gives them."""

from __future__ import annotations

import base64
import binascii
import io
import math
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from sessions.errors import SessionError
from sessions.formats.shared.single_file import ZLIB, Unpacked, content, unpacked
from sessions.formats.shared.xml import attributes, parse_xml, parsed
from sessions.model.session import Device, TempoCurve
from sessions.model.tempo import TempoMap
from sessions.states import device_states
from stemwright.problems import Problem
from stemwright.words import printable

ROOTS = ("lmms-project", "multimedia-project", "multimediaproject")
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:-(?:svn|cvs)?(\d{8})\b)?")
_PLACED = ("note", "pattern", "bbtco", "sampletco", "time")
_OLD_TICKS = 3.0  # 64 ticks a bar became 192
_OLD_LEVEL = 0.585786438

_Version = tuple[tuple[int, ...], str]


def modernise(root: etree._Element) -> None:
    """Change the tree of an older project in place; one that states no version is left alone."""
    found = _VERSION.match(root.get("creatorversion", ""))
    if found is None:
        return
    version = tuple(int(part) for part in found.groups()[:3]), found[4] or ""
    if _before(version, (0, 2, 1), "20070501"):
        _scale(root, ("sampletrack",), ("vol",), 100.0)
    if _before(version, (0, 2, 1), "20070508"):
        for track in list(root.iter("channeltrack")):
            track.tag = "instrumenttrack"
        _scale(root, ("instrumenttrack",), ("vol",), _OLD_LEVEL)
    if _before(version, (0, 4, 0), "20080118"):
        _chains(root)
    if _before(version, (0, 4, 0), "20080409"):
        _scale(root, _PLACED, ("pos", "len"), _OLD_TICKS)
    if _before(version, (1, 1, 0), ""):
        _route(root)
    _name(root)


def _before(version: _Version, numbers: tuple[int, ...], date: str) -> bool:
    """Tell whether a version is older; of one number, the dated builds came before the release."""
    own, built = version
    return own < numbers or (own == numbers and "" < built < date)


def _scale(
    root: etree._Element, tags: tuple[str, ...], names: tuple[str, ...], factor: float
) -> None:
    for element in root.iter(*tags):
        for name in names:
            try:
                value = float(element.get(name, "")) * factor
            except ValueError:
                continue
            if math.isfinite(value):
                element.set(name, repr(value))


def _chains(root: etree._Element) -> None:
    """An <fx> that held a <rack> of effects is an <fxchain> that holds them itself."""
    for chain in list(root.iter("fx")):
        chain.tag = "fxchain"
        chain.set("enabled", "0" if chain.get("fxdisabled", "1") != "0" else "1")
        for rack in chain.findall("rack"):
            chain.extend(list(rack))
            chain.remove(rack)


def _route(root: etree._Element) -> None:
    """Mixer channels had no sends: each went to the master."""
    for channel in root.iter("fxchannel"):
        if channel.find("send") is None and channel.get("num", "0") != "0":
            etree.SubElement(channel, "send", channel="0", amount="1")


def _name(root: etree._Element) -> None:
    """Tracks were named in what they hold."""
    for track in root.iter("track"):
        inner = next((each.get("name") for each in track if each.get("name")), None)
        if track.get("name") is None and inner is not None:
            track.set("name", inner)


# What LMMS takes for what an effect does not say is what its models begin with
# (AutomatableModel::loadSettings: reset): on, wholly wet (Effect.cpp), in a chain that is off
# (EffectChain.cpp). All 250 chains and 170 effects in the corpus state theirs.
NOTE_CLIPS = ("pattern", "midiclip")
_TICKS_A_STEP = 12

_PROJECT = re.compile(b"|".join(b"<%b[\\s>]" % name.encode() for name in ROOTS))
_HEAD_BYTES = 4096


def is_lmms(head: bytes) -> bool:
    """Tell whether a file's first bytes are an LMMS project's, packed or not."""
    return any(_PROJECT.search(found) for found in (head, _unpacked_head(head)))


def _unpacked_head(head: bytes) -> bytes:
    if len(head) < 6 or head[4] & 0x0F != 8:
        return b""
    try:
        return zlib.decompressobj().decompress(head[4:], _HEAD_BYTES)
    except zlib.error:
        return b""


class Project(NamedTuple):
    """A project's root in today's form; `bytes_left` stand behind the end of what was packed."""

    root: etree._Element
    bytes_left: int


def project(path: Path) -> Project:
    """The project at `path`; a packed one is a length (u32, big) and zlib data (Qt's qCompress).

    Raises SessionError for what cannot be unpacked or read.
    """
    data = content(path)
    plain, left = (data, 0) if _PROJECT.search(data[:_HEAD_BYTES]) else _unpacked(path, data)
    root = parse_xml(_as_utf8(plain), where=printable(path))
    if root.tag not in ROOTS:
        raise damaged(path, f"it holds a {printable(root.tag)}")
    modernise(root)
    return Project(root, left)


def _as_utf8(data: bytes) -> bytes:
    """The document; of LMMS before 0.4, which wrote Latin-1 without a word, in UTF-8."""
    if b"encoding" in data[: data.find(b"?>") + 1]:
        return data
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1").encode()
    return data


def _unpacked(path: Path, data: bytes) -> Unpacked:
    stated = int.from_bytes(data[:4], "big")
    found = unpacked(io.BytesIO(data[4:]), ZLIB, lambda reason: damaged(path, f"it {reason}"))
    if len(found.data) != stated:
        raise damaged(path, f"it unpacks to other than the {stated} bytes it states")
    return found


def damaged(path: Path, reason: str) -> SessionError:
    """The error of a project that cannot be read."""
    return SessionError(
        Problem(
            "damaged_session",
            f"{printable(path.name)} cannot be read as an LMMS project: {reason}",
            {"file": printable(path)},
            expected="a complete .mmp or .mmpz",
            hint="copy it again, or save it anew in LMMS",
        )
    )


def number(element: etree._Element | None, name: str, default: float) -> float:
    """A value, which stands in an attribute or, when it is automated, in a child's `value`."""
    if element is None:
        return default
    stated = element.get(name)
    child = element.find(name) if stated is None else None
    if child is not None:
        stated = child.get("value")
    try:
        found = default if stated is None else float(stated)
    except ValueError:
        return default
    return found if math.isfinite(found) and abs(found) < 1e12 else default


def length_ticks(clip: etree._Element, bar_ticks: float) -> float:
    """A clip's stated length; a pattern without one is as long as its steps or notes.

    Whole bars, as LMMS 1.2 and later count it when they load one (Pattern::updateLength,
    Pattern::beatPatternLength); 1.2.0-rc2 writes no length. Steps have a length below 0.
    """
    if clip.get("len") is not None or clip.tag not in NOTE_CLIPS:
        return max(0.0, number(clip, "len", 0))
    notes = [(number(each, "pos", 0), number(each, "len", 0)) for each in clip]
    usual = bar_ticks // _TICKS_A_STEP
    steps = number(clip, "steps", 0) or usual
    ends = [at + length for at, length in notes if length > 0]
    if not ends and steps != usual:
        ends = [steps * _TICKS_A_STEP]
    elif not ends:
        ends = [at + 1 for at, length in notes if length < 0]
    return math.ceil(max([*ends, 1.0]) / bar_ticks) * bar_ticks


def devices(chain: etree._Element | None) -> tuple[Device, ...]:
    """The effects of an fxchain; a chain switched off switches all of them off."""
    if chain is None:
        return ()
    on = number(chain, "enabled", 0) != 0
    return tuple(_device(effect, on) for effect in chain.findall("effect"))


def _device(effect: etree._Element, chain_on: bool) -> Device:
    name = effect.get("name", "")
    key = {each.get("name", ""): each.get("value", "") for each in effect.iterfind("key/attribute")}
    enabled = chain_on and number(effect, "on", 1) != 0
    wet = number(effect, "wet", 1)
    mix = None if wet == 1 else min(max(wet, 0.0), 1.0)
    if name == "ladspaeffect":
        label, file = key.get("plugin", name), key.get("file")
        params = tuple(_ports(effect.find("ladspacontrols")))
        return Device(
            label,
            "",
            "LADSPA",
            f"{file}:{label}",
            enabled=enabled,
            mix=mix,
            file=file,
            params=params,
        )
    if name == "vsteffect":
        controls = effect.find("vsteffectcontrols")
        return vst(controls, key.get("file"), enabled, mix)
    if name == "lv2effect":
        uri = key.get("uri", "")
        params = tuple(_values(effect.find("lv2controls")))
        return Device(
            uri.rpartition("/")[2], "", "LV2", uri, enabled=enabled, mix=mix, params=params
        )
    controls = next((each for each in effect if each.tag != "key"), None)
    params = tuple(_values(controls))
    return Device(name, "LMMS", "builtin", name, enabled, None, "builtin", mix, params=params)


def vst(
    element: etree._Element | None, file: str | None, enabled: bool = True, mix: float | None = None
) -> Device:
    """A VST2 plugin; LMMS does not write its unique id, so its chunk cannot become an .fxp."""
    written = (None if element is None else element.get("plugin")) or file or ""
    name = written.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or written
    chunk = _chunk(None if element is None else element.get("chunk"))
    state = device_states.opaque(chunk) if chunk else None
    params = () if element is None else tuple(_vst_params(element))
    return Device(
        name,
        "",
        "VST2",
        "",
        enabled=enabled,
        state=state,
        mix=mix,
        file=written or None,
        params=params,
    )


def _chunk(text: str | None) -> bytes:
    """A plugin's chunk; text that is no base64 is kept as it stands."""
    try:
        return base64.b64decode("".join((text or "").split()), validate=True)
    except (binascii.Error, ValueError):
        return (text or "").encode()


def _vst_params(element: etree._Element) -> Iterator[tuple[str, str | float]]:
    """Parameters written as number:name:value."""
    for at in range(min(int(number(element, "numparams", 0)), 10_000)):
        name, _, stated = element.get(f"param{at}", "").rpartition(":")
        try:
            yield name.partition(":")[2], float(stated)
        except ValueError:
            continue


def _ports(controls: etree._Element | None) -> Iterator[tuple[str, str | float]]:
    for port in () if controls is None else controls:
        if isinstance(port.tag, str) and port.tag.startswith("port"):
            yield port.tag, number(port, "data", 0)


def _values(controls: etree._Element | None) -> Iterator[tuple[str, str | float]]:
    """A built-in effect's settings: attributes, and children with a value."""
    if controls is None:
        return
    for name, said in attributes(controls):
        value = parsed(said, math.nan)
        yield name, said if math.isnan(value) else value
    for child in controls:
        if isinstance(child.tag, str) and child.get("value") is not None:
            yield child.tag, parsed(child.get("value", ""))


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
