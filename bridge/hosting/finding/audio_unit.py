"""What an Audio Unit says of itself, and whose state an .aupreset is (untested on macOS).

Audio Component Services: a .component's Info.plist lists its AudioComponents without any code being
loaded. Audio Unit Properties Reference, kAudioUnitProperty_ClassInfo: type, subtype and
manufacturer in a state are numbers of four characters.
"""

from __future__ import annotations

import plistlib
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from bridge.hosting.answers import PluginClass

_WORDS = ("type", "subtype", "manufacturer")
_EFFECTS = frozenset({"aufx", "aumf"})
_DAMAGED = (ValueError, TypeError, KeyError, plistlib.InvalidFileException, ExpatError)


def components(bundle: Path) -> tuple[PluginClass, ...]:
    """The effects in a .component; raises OSError."""
    try:
        told: Any = plistlib.loads((bundle / "Contents" / "Info.plist").read_bytes())
        listed = told.get("AudioComponents", [])
        return tuple(_component(each) for each in listed if each["type"] in _EFFECTS)
    except (*_DAMAGED, AttributeError):
        return ()


def _component(told: dict[str, Any]) -> PluginClass:
    vendor, _, name = str(told["name"]).rpartition(":")
    version = int(told.get("version", 0))
    return PluginClass(
        name=name.strip(),
        vendor=vendor.strip() or str(told["manufacturer"]),
        version=f"{version >> 16}.{version >> 8 & 255}.{version & 255}",
        class_id=":".join(str(told[word]) for word in _WORDS),
    )


def audio_unit_class_id(data: bytes) -> str | None:
    """Whose state it is, as `type:subtype:manufacturer`; None when it is not an .aupreset."""
    try:
        told: Any = plistlib.loads(data)
        codes = [int(told[word]).to_bytes(4, "big") for word in _WORDS]
    except (*_DAMAGED, OverflowError, RecursionError):
        return None
    return ":".join(code.decode("mac-roman") for code in codes)
