"""What an Ardour route's processors say: fader, trim, plugins, sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from sessions.formats._ardour_plugins import device, device_automation, is_plugin
from sessions.formats._ardour_regions import Pool
from sessions.formats._ardour_xml import Clock, automation_list
from sessions.gains import decibels
from sessions.model import Automation, Device, Send
from sessions.tally import Tally
from sessions.xml_values import child, children, flag, named, number


@dataclass(frozen=True)
class Context:
    """What every route is read with."""

    clock: Clock
    pool: Pool
    tally: Tally
    ids: Mapping[str, str]  # by route name
    playlists: Mapping[tuple[str, str], etree._Element]  # by id, name, stream


def old_io(node: etree._Element) -> etree._Element | None:
    """The one IO of a route in version 2, which holds gain, ports and panner."""
    io = child(node, "IO")
    return io if io is not None and io.get("gain") is not None else None


@dataclass(frozen=True)
class Mixer:
    """What a route's processors say; sends with whether their panner follows the route's."""

    gain_db: float
    trim_db: float
    devices: tuple[Device, ...]
    sends: tuple[tuple[Send, bool], ...]
    automation: tuple[Automation, ...]


def mixer(node: etree._Element, name: str, context: Context) -> Mixer:
    """Read the processors of the route called `name`."""
    old = old_io(node)
    gain = number(old, "gain", 1.0) * _control(node, "mastervolume")
    trim, behind = 1.0, False
    devices: list[Device] = []
    sends: list[tuple[Send, bool]] = []
    lines: list[Automation | None] = []
    for processor in children(node, "Processor", "Insert"):
        kind = processor.get("type", "")
        if kind == "amp":
            gain, behind = gain * _control(processor, "gaincontrol"), True
            fader = automation_list(processor, "gain")
            lines.append(context.clock.automation(fader, "gain_db", "linear"))
        elif kind == "trim":
            trim = _control(processor, "trimcontrol")
            trimmed = automation_list(processor, "trim")
            lines.append(context.clock.automation(trimmed, "trim_db", "linear"))
        elif kind == "intsend" and processor.get("role", "Aux") == "Aux":
            target = _target(processor, context)
            sends.append(_send(processor, target, behind, name, context))
            sent = automation_list(processor, "send")
            lines.append(context.clock.automation(sent, f"send:{target}", "linear"))
        elif is_plugin(processor):
            if behind:
                context.tally.add("devices_after_fader", name)
            lines += device_automation(processor, len(devices), context.clock)
            devices.append(device(processor, name, context.tally))
        elif kind in ("send", "insert", "port"):
            context.tally.add("external_routing", name)
    gained = (decibels(abs(gain)), decibels(abs(trim)))
    return Mixer(*gained, tuple(devices), tuple(sends), tuple(filter(None, lines)))


def _control(node: etree._Element, name: str) -> float:
    return number(named(node, "Controllable", name), "value", 1.0)


def _target(processor: etree._Element, context: Context) -> str:
    target = processor.get("target", "")
    return target if target in context.ids.values() else context.ids.get(target, target)


def _send(
    processor: etree._Element, target: str, behind: bool, name: str, context: Context
) -> tuple[Send, bool]:
    if number(named(processor, "Controllable", "polarity-invert"), "value"):
        context.tally.add("inverted_sends", name)
    pan = named(child(processor, "Pannable"), "Controllable", "pan-azimuth")
    send = Send(
        target=target,
        gain_db=decibels(abs(_control(processor, "gaincontrol"))),
        pre_fader=not behind,
        pan=2.0 * number(pan, "value", 0.5) - 1.0,
        enabled=flag(processor, "active", True),
    )
    return send, flag(child(processor, "PannerShell"), "linked-to-route")
