"""A plugin's parameters by name and display text, over the parameter objects of a host.

Lists are polluted (Buffer Size, Bypass, meters) and their order differs between formats, so
parameters are bound by name and never by index. Plugins turn text they cannot read into some value,
so every text is read back. The wrapped objects go stale: they are looked up anew each time.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from bridge.hosting.answers import ParameterText, about
from bridge.hosting.engines.display_text import agrees, number, reading, shown, tidy
from stemwright.problems import Problem

_LISTED = 40
_MOST_ENTRIES, _MOST_NUMBERS = 128, 16
"""How many values a parameter may have that is told as a list: of words, of numbers alone."""
_MOST_STEPS = 1 << 20
"""Hosts tell a continuous parameter as one with about 2**31 steps."""


class Parameter(Protocol):
    """What a host offers for one parameter; raw values run from 0 to 1."""

    raw_value: float

    @property
    def name(self) -> str:
        """As the plugin calls it."""
        ...

    @property
    def label(self) -> str:
        """The unit of its display text."""
        ...

    @property
    def string_value(self) -> str:
        """Its display text."""
        ...

    @property
    def default_raw_value(self) -> float:
        """Where it stands in a new instance."""
        ...

    @property
    def num_steps(self) -> int:
        """How many values it has."""
        ...

    @property
    def is_automatable(self) -> bool:
        """Whether a host may change it."""
        ...

    def get_raw_value_for_text(self, text: str) -> float:
        """Read a display text."""
        ...

    def get_text_for_raw_value(self, raw_value: float) -> str:
        """Write a display text."""
        ...


class Parameters:
    """The parameters of one loaded plugin, found anew at each access."""

    def __init__(self, listed: Callable[[], Iterable[Parameter]]) -> None:
        self._listed = listed

    def names(self) -> list[str]:
        """All names, in the plugin's order."""
        return [each.name for each in self._listed()]

    def raw(self, name: str) -> float:
        """The raw value, 0 to 1."""
        return float(self._get(name).raw_value)

    def text(self, name: str) -> str:
        """The display text with its unit."""
        parameter = self._get(name)
        return shown(parameter.string_value, parameter.label or "")

    def resolve(
        self, params: Sequence[tuple[str, str]]
    ) -> tuple[list[tuple[str, str]], list[Problem]]:
        """Each (name, text) under the plugin's own name, and a fault for each name it lacks."""
        names = self.names()
        offered = [each.name for each in self._listed() if each.is_automatable] or names
        found = [(named(name, names, offered), text) for name, text in params]
        return (
            [(name, text) for name, text in found if isinstance(name, str)],
            [fault for fault, _ in found if not isinstance(fault, str)],
        )

    def set(self, name: str, text: str) -> None:
        """Set by display text.

        A plugin that cannot read its unit gets the number alone, then the number in the base unit;
        of a list, the entry that reads so is looked for.
        """
        for said in filter(None, (text, number(text), _in_base_unit(text))):
            parameter = self._get(name)
            parameter.raw_value = min(1.0, max(0.0, parameter.get_raw_value_for_text(said)))
            if self.agrees(name, text):
                return
        for raw, entry in _entries(self._get(name)):
            if agrees(text, entry, listed=True):
                self._get(name).raw_value = raw
                return

    def set_raw(self, raw_params: Sequence[tuple[str, float]]) -> None:
        """Set raw values by name, as they were read from the same plugin."""
        for name, value in raw_params:
            self._get(name).raw_value = value

    def texts(self, raw_params: Iterable[tuple[str, float]]) -> tuple[str, ...]:
        """The display texts with their units that raw values would have, by name."""
        by_name = {each.name: each for each in reversed(list(self._listed()))}
        return tuple(
            tidy(shown(by_name[name].get_text_for_raw_value(raw), by_name[name].label or ""))
            for name, raw in raw_params
        )

    def agrees(self, name: str, text: str) -> bool:
        """Tell whether the parameter shows what `text` asks for."""
        parameter = self._get(name)
        ends = parameter.get_text_for_raw_value(0.0), parameter.get_text_for_raw_value(1.0)
        listed = _steps(parameter) <= _MOST_ENTRIES
        return agrees(text, parameter.string_value, parameter.label or "", ends, listed=listed)

    def is_hidden(self, name: str) -> bool:
        """Tell whether the plugin says that hosts may not move it, as it does of its meters."""
        return not self._get(name).is_automatable

    def may_show(self, name: str, *, changed: bool) -> bool:
        """Tell whether it may be a meter: hosts may not change it, or it is no list and changed."""
        parameter = self._get(name)
        if self.is_hidden(name):
            return True
        return changed and _steps(parameter) > _MOST_ENTRIES

    def refusals(self, chosen: Sequence[tuple[str, str]]) -> list[Problem]:
        """A fault for each parameter that does not show what was asked for last."""
        wanted = dict(chosen).items()
        return [self._refusal(name, text) for name, text in wanted if not self.agrees(name, text)]

    def described(self) -> tuple[ParameterText, ...]:
        """Name, range and texts of every parameter, in the plugin's order."""
        return tuple(_described(each) for each in self._listed())

    def _get(self, name: str) -> Parameter:
        return next(each for each in self._listed() if each.name == name)

    def _refusal(self, name: str, text: str) -> Problem:
        parameter = self._get(name)
        if not parameter.is_automatable:
            return read_only(name)
        entries = [entry for _, entry in _entries(parameter)]
        low, high = _ends(parameter)
        return Problem(
            "parameter_refused",
            f'"{name}" was set to "{text}" and reads back "{self.text(name)}"',
            expected=f"one of: {', '.join(entries)}" if entries else f"from {low} to {high}",
            nearest=near(text, entries),
            hint="Write the value as the plugin itself displays it.",
            where=about(name),
        )


def read_only(name: str) -> Problem:
    """The fault of setting what the plugin only shows."""
    return Problem(
        "parameter_read_only",
        f'"{name}" is what the plugin shows, such as a meter, and cannot be set',
        hint="Leave it out.",
        where=about(name),
    )


def _in_base_unit(text: str) -> str | None:
    """The number in the unit that a scaled one is made of: "1 kHz" as "1000"."""
    alone, read = number(text), reading(text)
    return None if alone is None or read is None else f"{read.value:.9g}"


def _steps(parameter: Parameter) -> int:
    return int(parameter.num_steps)


def _entries(parameter: Parameter) -> list[tuple[float, str]]:
    """Raw values and texts of a parameter that is a list, in order; none for any other."""
    steps = _steps(parameter)
    if not 2 <= steps <= _MOST_ENTRIES:
        return []
    raws = [step / (steps - 1) for step in range(steps)]
    label = parameter.label or ""
    found: dict[str, float] = {}
    for raw in raws:
        found.setdefault(tidy(shown(parameter.get_text_for_raw_value(raw), label)), raw)
    if len(found) > _MOST_NUMBERS and all(reading(text) for text in found):
        return []
    return [(raw, text) for text, raw in found.items()]


def _ends(parameter: Parameter) -> tuple[str, str]:
    label = parameter.label or ""
    low, high = (shown(parameter.get_text_for_raw_value(end), label) for end in (0.0, 1.0))
    return tidy(low, (low, high)), tidy(high, (low, high))


def _described(parameter: Parameter) -> ParameterText:
    ends = _ends(parameter)

    def text(said: str) -> str:
        return tidy(shown(said, parameter.label or ""), ends)

    steps = _steps(parameter)
    return ParameterText(
        name=parameter.name,
        value=text(parameter.string_value),
        default=text(parameter.get_text_for_raw_value(parameter.default_raw_value)),
        min=ends[0],
        max=ends[1],
        steps=steps if steps <= _MOST_STEPS else None,
        automatable=bool(parameter.is_automatable),
        values=tuple(entry for _, entry in _entries(parameter)),
    )


def named(name: str, names: Sequence[str], offered: Sequence[str] | None = None) -> str | Problem:
    """The one of `names` that `name` means, exactly or else without regard to case; or a fault.

    The fault offers `offered`, or else all of them.
    """
    folded = name.strip().casefold()
    same = [each for each in names if each == name]
    same = same or [each for each in names if each.strip().casefold() == folded]
    if len(same) == 1:
        return same[0]
    if same:
        message = f'the plugin has {len(same)} parameters called "{name}"'
        hint = "Set it in a state instead."
        return Problem("ambiguous_parameter", message, hint=hint, where=about(name))
    return Problem(
        "unknown_parameter",
        f'the plugin has no parameter "{name}"',
        nearest=near(name, offered or names),
        hint=f"It has: {_first(offered or names)}" if names else "It has no parameters.",
        where=about(name),
    )


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more: plugins show" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def near(word: str, words: Sequence[str]) -> str | None:
    """The one of `words` that `word` is most like; None when none is like it."""
    by_fold = {each.casefold(): each for each in words}
    found = difflib.get_close_matches(word.strip().casefold(), by_fold, n=1)
    return by_fold[found[0]] if found else None
