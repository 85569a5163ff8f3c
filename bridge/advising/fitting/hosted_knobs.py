"""A plugin's parameters as knobs, read from the display texts at the ends of their ranges."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.advising.fitting.knobs import Knob
from bridge.hosting import Described, ParameterText, reading
from stemwright.values import dataclass

_NOT_TURNED = frozenset({"program", "current program", "preset", "bypass", "buffer size"})
"""What sets many parameters at once, or takes the plugin out."""
_MOST_CHOICES = 32
_WIDE = 20.0
"""From such a factor between its ends on, a frequency or a time goes by factors."""
_FACTORED = ("hz", "ms")
_LINEAR = 1e-3


@dataclass(frozen=True)
class PluginKnob:
    """A knob, and what a plugin calls 0 to 1 there: `in_display` tells that it counts as displayed.

    `unit` is the one its display shows.
    """

    knob: Knob
    in_display: bool = False

    def raw(self, position: float) -> float:
        """The plugin's own value, 0 to 1."""
        knob = self.knob
        if knob.is_choice:
            return knob.chosen(position) / (len(knob.choices) - 1)
        number = knob.number(position)
        return (number - knob.low) / (knob.high - knob.low) if self.in_display else number

    def position(self, raw: float) -> float:
        """Where a value of the plugin's is."""
        knob = self.knob
        if knob.is_choice:
            return knob.position(round(raw * (len(knob.choices) - 1)))
        return knob.position(knob.low + raw * (knob.high - knob.low) if self.in_display else raw)


def turnable(described: Described) -> tuple[ParameterText, ...]:
    """The parameters that are settings: none that hosts may not move, or that set others."""
    return tuple(
        each
        for each in described.parameters
        if each.automatable and each.name.strip().casefold() not in _NOT_TURNED
    )


def plugin_knobs(found: Sequence[ParameterText], middles: Sequence[str]) -> tuple[PluginKnob, ...]:
    """A knob for each parameter; `middles` are the texts that they show at 0.5."""
    return tuple(_knob(each, middle) for each, middle in zip(found, middles, strict=True))


def _knob(parameter: ParameterText, middle: str) -> PluginKnob:
    steps = parameter.steps
    if steps is not None and 2 <= steps <= _MOST_CHOICES:
        return PluginKnob(Knob(parameter.name, choices=tuple(range(steps))))
    low, half, high = (reading(text) for text in (parameter.min, middle, parameter.max))
    if low is None or half is None or high is None or low.unit != high.unit:
        return PluginKnob(Knob(parameter.name))
    span = high.value - low.value
    is_linear = abs(half.value - 0.5 * (low.value + high.value)) <= _LINEAR * abs(span)
    if not is_linear or span <= 0:
        return PluginKnob(Knob(parameter.name))
    is_log = low.value > 0 and high.value / low.value >= _WIDE and high.unit in _FACTORED
    return PluginKnob(Knob(parameter.name, low.value, high.value, is_log), in_display=True)
