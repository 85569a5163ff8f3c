"""A plugin's parameters by name and display text, over the parameter objects of a host.

Lists are polluted (Buffer Size, Bypass, meters) and their order differs between formats, so
parameters are bound by name and never by index. Plugins turn text they cannot read into some value,
so every text is read back. The wrapped objects go stale: they are looked up anew each time.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from bridge.hosting.answers import problem
from bridge.hosting.display import agrees, number, shown

Fault = dict[str, str | None]
_LISTED = 40
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
    ) -> tuple[list[tuple[str, str]], list[Fault]]:
        """Each (name, text) under the plugin's own name, and a fault for each name it lacks."""
        names = self.names()
        found = [(named(name, names), text) for name, text in params]
        return (
            [(name, text) for name, text in found if isinstance(name, str)],
            [fault for fault, _ in found if not isinstance(fault, str)],
        )

    def set(self, name: str, text: str) -> None:
        """Set by display text; a plugin that cannot read its unit gets the number alone."""
        for said in filter(None, (text, number(text))):
            parameter = self._get(name)
            parameter.raw_value = min(1.0, max(0.0, parameter.get_raw_value_for_text(said)))
            if self.agrees(name, text):
                return

    def set_raw(self, raw_params: Sequence[tuple[str, float]]) -> None:
        """Set raw values by name, as they were read from the same plugin."""
        for name, value in raw_params:
            self._get(name).raw_value = value

    def agrees(self, name: str, text: str) -> bool:
        """Tell whether the parameter shows what `text` asks for."""
        parameter = self._get(name)
        ends = parameter.get_text_for_raw_value(0.0), parameter.get_text_for_raw_value(1.0)
        return agrees(text, parameter.string_value, parameter.label or "", ends)

    def refusals(self, chosen: Sequence[tuple[str, str]]) -> list[Fault]:
        """A fault for each parameter that does not show what was asked for last."""
        wanted = dict(chosen).items()
        return [self._refusal(name, text) for name, text in wanted if not self.agrees(name, text)]

    def described(self) -> list[dict[str, object]]:
        """Name, range and texts of every parameter, in the plugin's order."""
        return [_described(each) for each in self._listed()]

    def _get(self, name: str) -> Parameter:
        return next(each for each in self._listed() if each.name == name)

    def _refusal(self, name: str, text: str) -> Fault:
        parameter = self._get(name)
        label = parameter.label or ""
        low, high = (shown(parameter.get_text_for_raw_value(end), label) for end in (0.0, 1.0))
        return problem(
            "parameter_refused",
            f'"{name}" was set to "{text}" and reads back "{self.text(name)}"',
            expected=f"from {low} to {high}",
            hint="Write the value as the plugin itself displays it, within its range.",
        )


def _described(parameter: Parameter) -> dict[str, object]:
    def text(raw_value: float) -> str:
        return shown(parameter.get_text_for_raw_value(raw_value), parameter.label or "")

    steps = parameter.num_steps
    return {
        "name": parameter.name,
        "value": shown(parameter.string_value, parameter.label or ""),
        "default": text(parameter.default_raw_value),
        "min": text(0.0),
        "max": text(1.0),
        "steps": steps if steps <= _MOST_STEPS else None,
        "automatable": bool(parameter.is_automatable),
    }


def named(name: str, names: Sequence[str]) -> str | Fault:
    """The one of `names` that `name` means, exactly or else without regard to case; or a fault."""
    folded = name.strip().casefold()
    same = [each for each in names if each == name]
    same = same or [each for each in names if each.strip().casefold() == folded]
    if len(same) == 1:
        return same[0]
    if same:
        message = f'the plugin has {len(same)} parameters called "{name}"'
        return problem("ambiguous_parameter", message, hint="Set it in a state instead.")
    by_fold = {each.casefold(): each for each in names}
    near = difflib.get_close_matches(folded, by_fold, n=1, cutoff=0.0)
    return problem(
        "unknown_parameter",
        f'the plugin has no parameter "{name}"',
        nearest=by_fold[near[0]] if near else None,
        hint=f"It has: {', '.join(names[:_LISTED])}" if names else "It has no parameters.",
    )
