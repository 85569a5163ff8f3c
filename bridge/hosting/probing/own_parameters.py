"""Which parameters a plugin has by its own word: names, a VST3's ids, values in its own units."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.hosting.answers import ControllerAnswer, OwnParameter
from bridge.hosting.finding.bundles import plugin_binary
from bridge.hosting.insert_children import ask
from bridge.hosting.jobs import Controller
from bridge.hosting.port import LOAD_DEADLINE_S
from bridge.hosting.probing.describe import describe
from bridge.plugins import Plugin, Slot


def own_parameters(plugin: Plugin, deadline_s: float = LOAD_DEADLINE_S) -> tuple[OwnParameter, ...]:
    """A plugin's parameters in its own order; of what is no VST3, without ids.

    Raises RenderError when it cannot be loaded.
    """
    if plugin.format == "VST3":
        return _told(plugin, (), deadline_s).parameters
    found = describe(plugin, deadline_s).parameters
    return tuple(OwnParameter("", each.name) for each in found)


def normalized(
    plugin: Plugin,
    plain: Sequence[tuple[str, tuple[float, ...]]],
    deadline_s: float = LOAD_DEADLINE_S,
) -> tuple[tuple[float, ...], ...]:
    """Values of a VST3's parameters, by their ids, from the plugin's own units to 0 to 1.

    Raises RenderError when it cannot be loaded.
    """
    return _told(plugin, tuple(plain), deadline_s).raw


def _told(
    plugin: Plugin, plain: tuple[tuple[str, tuple[float, ...]], ...], deadline_s: float
) -> ControllerAnswer:
    binary = plugin_binary(plugin.path) or plugin.path
    bundle = str(plugin.path.absolute())
    job = Controller("vst3", bundle, str(binary.absolute()), plugin.class_id, plain)
    return ask(job, deadline_s, Slot(plugin))
