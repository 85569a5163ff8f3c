"""The plugin hosts there are, a row each: what they host, and which of their modules does what.

A further host is one more row and the modules that it names; it is listed nowhere else in the room.
"""

from __future__ import annotations

from collections.abc import Mapping

from stemwright.installation import installed_version
from stemwright.values import dataclass

_PACKAGE = "bridge.hosting.engines"


@dataclass(frozen=True)
class Engine:
    """A plugin host; `name` is the one in a chain's [engine], and its distribution's.

    `adapters` has the module of each operation it can do, the function is called as the operation:
    modules are imported in a child, when they are asked, so that a scan stays light. `prepared_by`
    names the engine that is the first to set a plugin up for this one, as it can do that better.
    `keyed_formats` are those whose side-chain it can feed.
    """

    name: str
    adapters: Mapping[str, str]
    formats: tuple[str, ...]
    keyed_formats: tuple[str, ...] = ()
    prepared_by: str | None = None

    @property
    def version(self) -> str:
        """The installed engine's version."""
        return installed_version(self.name)

    def setting_up(self, format_: str) -> tuple[Engine, ...]:
        """The engines that can set up a plugin of this format for it, the one to try first ahead.

        It is one of them itself.
        """
        other = None if self.prepared_by is None else ENGINES[self.prepared_by]
        return (other, self) if other is not None and format_ in other.formats else (self,)


_ROWS = (
    Engine(
        name="dawdreamer",
        adapters={
            **dict.fromkeys(
                ("describe", "prepare", "run", "repeat", "save"), f"{_PACKAGE}.dawdreamer"
            ),
            **dict.fromkeys(("try_out", "tried", "shown"), f"{_PACKAGE}.dawdreamer_trials"),
        },
        formats=("VST3", "AU", "VST2"),
        keyed_formats=("VST2",),
        prepared_by="pedalboard",  # it reads display texts back
    ),
    Engine(
        name="pedalboard",
        adapters={
            "describe": f"{_PACKAGE}.pedalboard_setup",
            "prepare": f"{_PACKAGE}.pedalboard_setup",
            "window": f"{_PACKAGE}.pedalboard_setup",
            "run": f"{_PACKAGE}.pedalboard_run",
            "repeat": f"{_PACKAGE}.pedalboard_run",
            **dict.fromkeys(("try_out", "tried", "shown"), f"{_PACKAGE}.pedalboard_trials"),
        },
        formats=("VST3", "AU"),
    ),
)

ENGINES: Mapping[str, Engine] = {row.name: row for row in _ROWS}
"""All hosts by name, the usual one first."""

FACTORY_READERS: Mapping[str, str] = {
    "vst3": "bridge.hosting.finding.vst3_factory",
    "vst2": "bridge.hosting.finding.vst2_factory",
}
"""The module that reads what the library of a plugin file holds, by the file's format."""

CONTROLLER_READERS: Mapping[str, str] = {"vst3": "bridge.hosting.finding.vst3_controller"}
"""The module that reads what a plugin itself says of its parameters, by the plugin's format."""


def adapter(operation: str, engine: str) -> str:
    """The module that does an operation of bridge.hosting.jobs; KeyError where there is none."""
    if operation == "factory":
        return FACTORY_READERS[engine]
    if operation == "controller":
        return CONTROLLER_READERS[engine]
    return ENGINES[engine].adapters[operation]


def able(operation: str) -> Engine:
    """The first engine that can do an operation that not all can."""
    return next(row for row in _ROWS if operation in row.adapters)


def usual() -> Engine:
    """The engine that runs where nobody names one."""
    return _ROWS[0]


def other_than(name: str) -> Engine:
    """The first other engine: a second ear for what this one makes."""
    return next(row for row in _ROWS if row.name != name)
