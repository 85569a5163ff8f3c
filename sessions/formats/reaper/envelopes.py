"""REAPER's envelopes as automation.

Values of volume envelopes are factors, and points are joined by what their shape says; on a
VOLTYPE 1 envelope a line is straight on the fader's scale ("fader"). Pans are upside down in them:
1 is the left, -1 the right, other than at a fader (X-Raym's and MPL's ReaScripts, which turn them;
no page of Cockos's says it). In the mode Trim/Read the
fader stands on top of the envelope, so it is multiplied in: the lines here are what is heard.
"""

from __future__ import annotations

import re

from sessions.formats.reaper import codes as tables
from sessions.formats.reaper.text import Block, integer, number, word
from sessions.model.session import Automation, AutomationPoint, PluginParameter

_RANGE = ((2, 0.0), (3, 1.0), (4, 0.5))
_TENSION = 7
_NUMBER = re.compile(r"[0-9]{1,9}")
_TARGETS = tables.targets_by_tag(tables.TRACK_ENVELOPES, tables.MASTER_ENVELOPES)
_SEND_TARGETS = tables.targets_by_tag(tables.SEND_ENVELOPES)
_TAKE_TARGETS = tables.targets_by_tag(tables.TAKE_ENVELOPES)


def track_automation(track: Block, fader: float, trim_read: bool) -> tuple[Automation, ...]:
    """The envelopes of a track, or of the project for its master, that are switched on."""
    lines = []
    for block in track.blocks(*_TARGETS):
        target, unit = _TARGETS[block.tag]
        factor = fader if trim_read and target == "gain_db" else 1.0
        lines.append(_automation(block, target, unit, factor=factor))
    return tuple(filter(None, lines))


def send_automation(block: Block, target: str, gain: float) -> Automation | None:
    """An envelope of the send to `target`; its own gain stays on top of a volume envelope."""
    kind, unit = _SEND_TARGETS[block.tag]
    factor = gain if kind == "gain_db" else 1.0
    named = f"send:{target}" if kind == "gain_db" else f"send:{target}:{kind}"
    return _automation(block, named, unit, factor=factor)


def is_send_envelope(block: Block) -> bool:
    """Tell whether `block` belongs to the AUXRECV before it."""
    return block.tag in _SEND_TARGETS


def take_automation(block: Block, start_s: float, rate: float) -> Automation | None:
    """An envelope of a take; its times count from the item's start, in the take's own time."""
    if block.tag not in _TAKE_TARGETS:
        return None
    target, unit = _TAKE_TARGETS[block.tag]
    return _automation(block, target, unit, start_s=start_s, rate=rate)


def parameter_automation(block: Block, device: int, plugin: str) -> Automation | None:
    """A plugin parameter's envelope (PARMENV), named by its name, else by its number.

    `plugin` is what the plugin is called in the project: REAPER writes it behind the name.
    """
    index, _, own = word(block.words, 1).partition(":")
    low, high, middle = (number(block.words, at, usual) for at, usual in _RANGE)
    parameter = PluginParameter(
        int(index) if _NUMBER.fullmatch(index) else None, own or None, low, high, middle
    )
    told = word(block.words, 5)
    name = told.removesuffix(f" / {plugin}")
    name = told.partition(" / ")[0] if name == told else name
    unit = "normalized" if (low, high) == (0.0, 1.0) else "value"
    return _automation(block, f"device:{device}:{name or index}", unit, parameter=parameter)


def _automation(
    block: Block,
    target: str,
    unit: str,
    *,
    factor: float = 1.0,
    start_s: float = 0.0,
    rate: float = 1.0,
    parameter: PluginParameter | None = None,
) -> Automation | None:
    if integer(block.line("ACT"), 1, 1) == 0:
        return None
    usual = integer(block.line("DEFSHAPE"), 1)
    on_fader = integer(block.line("VOLTYPE"), 1) == tables.VOLUME_ON_FADER
    points = []
    for words in block.lines("PT"):
        value = number(words, 2) * factor
        if unit == "bool":
            value = 1.0 - value
        elif unit == "pan":
            value = 0.0 - value
        shape = _shape(words, usual)
        if on_fader and shape == "linear":
            shape = "fader"
        points.append(AutomationPoint(start_s + number(words, 1) / rate, value, shape))
    return Automation(target, unit, tuple(points), parameter) if points else None


def _shape(words: list[str], usual: int) -> str:
    code = integer(words, 3, usual)
    return tables.point_shape_name(usual if code < 0 else code, number(words, _TENSION))
