"""A hosted plugin: which, its state, its parameters."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from chains.inserts.base import Key, Settings

MOST_WARM_UP_S = 60.0
"""What a plugin is given at most to load by itself what it needs."""


class PluginTable(Settings):
    """A plugin by what it says of itself; `id` is the class id (VST3: 32 hex digits)."""

    name: Annotated[str, Field(min_length=1)] | None = None
    vendor: Annotated[str, Field(min_length=1)] | None = None
    format: Literal["VST3", "VST2", "AU"] | None = None
    id: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.name is None and self.id is None:
            raise PydanticCustomError("plugin_reference", "a table with a name or an id")
        return self


def _reference_kind(value: object) -> str:
    return "table" if isinstance(value, dict | PluginTable) else "name"


def _as_text(value: object) -> object:
    """A bare number stands for its own text, because displays often show nothing else."""
    return str(value) if type(value) in (int, float) else value


PluginReference = Annotated[
    Annotated[str, Field(min_length=1, description="a plugin's name or path"), Tag("name")]
    | Annotated[PluginTable, Tag("table")],
    Discriminator(_reference_kind),
]
DisplayText = Annotated[
    str,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "number"], "description": "the plugin's own display text"}),
]


class Plugin(Settings):
    """A hosted plugin.

    `plugin` and `state` are kept as written: `Chain.resolve` makes a path of a relative one.
    `params` go over the state, by parameter name, in the plugin's own display text.
    `latency_samples` overrides what the plugin reports, `warm_up_s` what its card says it takes to
    load what it loads by itself.
    """

    brief: ClassVar[str] = "A hosted plugin."

    use: Literal["plugin"] = "plugin"
    plugin: PluginReference
    state: Annotated[str, Field(min_length=1, description="the path of a state file")] | None = None
    params: dict[str, DisplayText] = Field(default_factory=dict)
    latency_samples: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    warm_up_s: Annotated[float, Field(ge=0.0, le=MOST_WARM_UP_S)] | None = None
    key: Key | None = None

    @property
    def path(self) -> str | None:
        """The plugin's path as written, when it is named by one."""
        named = isinstance(self.plugin, str) and any(mark in self.plugin for mark in "/\\")
        return str(self.plugin) if named else None

    def in_words(self) -> str:
        """The line of a chain in the studio's words."""
        named = self.plugin
        name = named if isinstance(named, str) else named.name or f"class {named.id}"
        parts = [f"plugin {name}"]
        if self.state:
            parts.append(f"state {self.state}")
        parts += [f"{parameter} {text}" for parameter, text in self.params.items()]
        return ", ".join(parts)
