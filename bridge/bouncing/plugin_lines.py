"""Lines that move the settings of hosted plugins: once a buffer, at the value where it begins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bridge.bouncing.bounce import Bounce
from bridge.bouncing.curves import Array
from bridge.bouncing.lines import Lines
from bridge.hosting import OwnParameter, normalized, own_parameters
from bridge.planning import HostedStep
from bridge.plugins import Moved
from sessions import Automation, Track
from stemwright.problems import Problem, RenderError
from stemwright.values import dataclass

_OWN_UNITS = "value"
_FROM_0_TO_1 = frozenset({"normalized", "bool"})


@dataclass(frozen=True)
class PluginLine:
    """A line, and the parameter that it moves as the plugin calls it.

    `own_id` is a VST3's ParamID where the line's values are in the plugin's own units.
    """

    track: Track
    line: Automation
    parameter: str
    own_id: str | None = None


Found = dict[str, tuple[PluginLine, ...]]
"""By the step id of the insert whose parameters they move."""


def lines_of(track: Track, index: int) -> Iterator[Automation]:
    """A track's lines of the plugin at `index` among its devices."""
    return (line for line in track.automation if line.target.startswith(f"device:{index}:"))


def matched(
    step: HostedStep, track: Track, lines: Sequence[Automation]
) -> tuple[tuple[PluginLine, ...], tuple[Problem, ...]]:
    """The plugin's own parameters that lines move, and what of them it does not have."""
    try:
        parameters = own_parameters(step.plugin)
    except RenderError as error:
        return (), error.problems
    found: list[PluginLine] = []
    faults: list[Problem] = []
    for line in lines:
        parameter = _parameter(line, parameters)
        if isinstance(parameter, str):
            faults.append(_fault(step, track, line, parameter))
            continue
        plain = line.unit == _OWN_UNITS and line.parameter is None
        own_id = parameter.id if plain and step.plugin.format == "VST3" else None
        found.append(PluginLine(track, line, parameter.title, own_id))
    return tuple(found), tuple(faults)


def _parameter(line: Automation, parameters: Sequence[OwnParameter]) -> OwnParameter | str:
    """The one that a line means, by id, by name, or by number where it has no name; or why none."""
    said, own = line.target.split(":", 2)[2], line.parameter
    titles = [each.title for each in parameters]
    if own is None and line.unit not in (_OWN_UNITS, *_FROM_0_TO_1):
        return f"the session holds it in a unit that is not known here ({line.unit or 'none'})"
    by_id = [each for each in parameters if own is not None and own.id and each.id == own.id]
    folded = said.strip().casefold()
    by_name = [each for each in parameters if each.title == said]
    by_name = by_name or [each for each in parameters if each.title.strip().casefold() == folded]
    found = by_id or by_name
    if not found and own is not None and own.index is not None and said == str(own.index):
        found = list(parameters[own.index : own.index + 1])
    if not found:
        return "the plugin that is here has no parameter of that name"
    if len(found) > 1 or titles.count(found[0].title) > 1:
        return "the plugin has several parameters of that name"
    return found[0]


def _fault(step: HostedStep, track: Track, line: Automation, why: str) -> Problem:
    setting = line.target.split(":", 2)[2]
    return Problem(
        "device_line",
        f"{track.name}: a line moves {step.plugin.name}: {setting}, and cannot here: {why}",
        step.slot.where(),
        hint="freeze the track in the DAW, or print it without plugins (--dry), or with that "
        "setting as it stands (--skip-missing)",
    )


def moved(
    lines: Sequence[PluginLine], step: HostedStep, bounce: Bounce, lead_frames: int
) -> tuple[Moved, ...]:
    """What a plugin's parameters are, buffer by buffer; `lead_frames` of silence come first.

    Raises RenderError where the plugin does not say what values in its own units are.
    """
    size = bounce.dialect.block_frames
    buffers = -(-(bounce.start_frame + bounce.frames + lead_frames) // size)
    starts = np.arange(buffers, dtype=np.float64) * size - lead_frames
    starts = np.maximum(starts, bounce.origin_frame)
    rows = [_values(each.line, starts, bounce) for each in lines]
    raw = _from_own_units(lines, rows, step)
    return tuple(
        Moved(each.parameter, _changes(np.clip(row, 0.0, 1.0)))
        for each, row in zip(lines, raw, strict=True)
    )


def _values(line: Automation, frames: Array, bounce: Bounce) -> Array:
    """A line's values in its own unit, from 0 to 1 where its parameter's range is known."""
    session = bounce.session
    lines = Lines((line,), session.sample_rate_hz, bounce.dialect, tempo=session.tempo)
    found = lines.setting(line, frames)
    own = line.parameter
    if own is None or line.unit in _FROM_0_TO_1 or own.high == own.low:
        return found
    return (found - own.low) / (own.high - own.low)


def _from_own_units(
    lines: Sequence[PluginLine], rows: Sequence[Array], step: HostedStep
) -> list[Array]:
    asked = {at: each.own_id for at, each in enumerate(lines) if each.own_id is not None}
    if not asked:
        return list(rows)
    plain = [(own, tuple(map(float, rows[at]))) for at, own in asked.items()]
    told: Mapping[int, tuple[float, ...]] = dict(
        zip(asked, normalized(step.plugin, plain), strict=True)
    )
    return [np.array(told[at]) if at in told else row for at, row in enumerate(rows)]


def _changes(values: Array) -> tuple[tuple[int, float], ...]:
    """The first value, and each that is another than the one before."""
    at = np.flatnonzero(np.diff(values)) + 1
    return tuple((int(each), float(values[each])) for each in (0, *at))
