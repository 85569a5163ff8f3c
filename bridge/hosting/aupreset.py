"""An .aupreset: the property list of an Audio Unit's state (untested on macOS).

Audio Unit Properties Reference, kAudioUnitProperty_ClassInfo: type, subtype and manufacturer as
numbers of four characters.
"""

from __future__ import annotations

import plistlib
from typing import Any

_WORDS = ("type", "subtype", "manufacturer")


def class_id(data: bytes) -> str | None:
    """Whose state it is, as `type:subtype:manufacturer`; None when it is not an .aupreset."""
    try:
        told: Any = plistlib.loads(data)
        codes = [int(told[word]).to_bytes(4, "big") for word in _WORDS]
    except (ValueError, TypeError, KeyError, OverflowError, plistlib.InvalidFileException):
        return None
    return ":".join(code.decode("mac-roman") for code in codes)
