"""Plugins and built-in effects as a session holds them."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from sessions.model.values import beyond_default
from stemwright.values import dataclass

DeviceKind = Literal["plugin", "builtin"]
_SPARSE = ("kind", "mix", "file", "preset", "label", "sidechain", "instances", "pins")


@dataclass(frozen=True)
class DeviceState:
    """A plugin's state in one neutral form.

    `kind` says what `data` is: vst3 (a canonical .vstpreset), fxp_chunk and fxp_params (an .fxp),
    au_plist, clap, lv2, js, or opaque (as found). `class_id` is a VST3's 32 hex digits.
    """

    kind: str
    data: bytes
    class_id: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Kind, size in bytes and hash; the bytes themselves stay here."""
        return {
            "kind": self.kind,
            "bytes": len(self.data),
            "sha256": hashlib.sha256(self.data).hexdigest(),
        }


@dataclass(frozen=True)
class Device:
    """A plugin or built-in effect on a track.

    `format` is VST3, VST2, AU, CLAP, LV2, JS, AAX or builtin. `id` is a VST3's class id as 32
    upper-case hex digits, a VST2's unique id in decimal, an AU's "type subtype manufacturer", and
    others' own. `mix` is wet, from 0 to 1; `file` the plugin's file and `preset` its program as
    written, `label` the user's name for it, `sidechain` what feeds its key. `instances` above one:
    a mono plugin, once per channel. `pins` is set where it does not hear and feed its track's
    channels 1 and 2 as they are: left or right (that channel alone, the other passes by), swapped,
    or which channels its pins are connected to.
    """

    name: str
    vendor: str
    format: str
    id: str
    enabled: bool = True
    state: DeviceState | None = None
    kind: DeviceKind = "plugin"
    mix: float | None = None
    file: str | None = None
    preset: str | None = None
    label: str | None = None
    sidechain: str | None = None
    instances: int = 1
    params: tuple[tuple[str, str | float], ...] = ()
    pins: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of a `devices` list; what the session leaves unsaid is left out."""
        params = {"params": [list(each) for each in self.params]} if self.params else {}
        return {
            "name": self.name,
            "vendor": self.vendor,
            "format": self.format,
            "id": self.id,
            "enabled": self.enabled,
            "state": None if self.state is None else self.state.as_json(),
            **beyond_default(self, _SPARSE),
            **params,
        }
