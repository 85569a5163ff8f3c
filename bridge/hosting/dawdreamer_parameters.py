"""A dawdreamer plugin's parameters in the words of `Parameter`; it writes texts but reads none.

A text is found by setting raw values and looking at what the plugin then displays: halving the
range for a number, and trying every step of a coarse grid for a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bridge.hosting.display import reading

_HALVINGS = 30
_GRID = 128


def listed(plugin: Any) -> Iterator[FoundParameter]:
    """Every parameter of a dawdreamer plugin processor."""
    for each in plugin.get_parameters_description():
        yield FoundParameter(plugin, each)


class FoundParameter:
    """One parameter; looking for a text moves it, and puts it back."""

    def __init__(self, plugin: Any, described: dict[str, Any]) -> None:
        self._plugin = plugin
        self._index = int(described["index"])
        self.name = str(described["name"])
        self.label = str(described["label"])
        self.num_steps = int(described["numSteps"])
        self.is_automatable = bool(described["isAutomatable"])
        # A freshly loaded plugin stands at its defaults, and VST2 knows no others.
        self.default_raw_value = self.raw_value

    @property
    def raw_value(self) -> float:
        """The value, 0 to 1."""
        return float(self._plugin.get_parameter(self._index))

    @raw_value.setter
    def raw_value(self, value: float) -> None:
        self._plugin.set_parameter(self._index, value)

    @property
    def string_value(self) -> str:
        """What the plugin displays."""
        return str(self._plugin.get_parameter_text(self._index))

    def get_text_for_raw_value(self, raw_value: float) -> str:
        """What the plugin would display."""
        kept = self.raw_value
        self.raw_value = raw_value
        text = self.string_value
        self.raw_value = kept
        return text

    def get_raw_value_for_text(self, text: str) -> float:
        """The value that displays `text`, or the nearest; unreadable text leaves it where it is."""
        asked = reading(text, self.label)
        ends = [reading(self.get_text_for_raw_value(end), self.label) for end in (0.0, 1.0)]
        low, high = ends
        if asked is None or low is None or high is None:
            return self._for_word(text)
        rising = high.value >= low.value
        below, above = 0.0, 1.0
        for _ in range(_HALVINGS):
            middle = (below + above) / 2
            found = reading(self.get_text_for_raw_value(middle), self.label)
            if found is None:
                return self._for_word(text)
            if (found.value < asked.value) == rising:
                below = middle
            else:
                above = middle
        return min((below, above), key=lambda value: self._distance(value, asked.value))

    def _distance(self, value: float, asked: float) -> float:
        found = reading(self.get_text_for_raw_value(value), self.label)
        return float("inf") if found is None else abs(found.value - asked)

    def _for_word(self, text: str) -> float:
        folded = text.strip().casefold()
        for step in range(_GRID + 1):
            if self.get_text_for_raw_value(step / _GRID).strip().casefold() == folded:
                return step / _GRID
        return self.raw_value
