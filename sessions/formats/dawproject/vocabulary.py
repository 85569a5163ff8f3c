"""What the words of a project.xml mean, for the reader and for the writer alike.

They are those of Project.xsd of DAWproject 1.0 and of the Java classes it is made from
(github.com/bitwig/dawproject: MixerRole, ContentType, SendType, TimeUnit, Unit, Interpolation).
"""

from __future__ import annotations

PROJECT, METADATA = "project.xml", "metadata.xml"
"""The members of the container that are no audio and no state."""

KINDS_BY_ROLE = {"master": "master", "effect": "return", "submix": "group", "vca": "vca"}
"""The kind of a track by its channel's role; other tracks are "regular"."""
ROLES_BY_KIND = {kind: role for role, kind in KINDS_BY_ROLE.items()}
REGULAR = "regular"
KINDS_BY_CONTENT = {"tracks": "group", "audio": "audio", "notes": "midi"}
"""The kind of a track without such a role by what it holds; the first that fits counts."""
CONTENTS_BY_KIND = {
    **{kind: content for content, kind in KINDS_BY_CONTENT.items()},
    "folder": "tracks",
    "master": "audio notes",
}

FORMATS_BY_ELEMENT = {
    "Vst3Plugin": "VST3",
    "Vst2Plugin": "VST2",
    "ClapPlugin": "CLAP",
    "AuPlugin": "AU",
}
"""A plugin's format by the element it stands in."""
ELEMENTS_BY_FORMAT = {form: element for element, form in FORMATS_BY_ELEMENT.items()}

PRE_FADER, POST_FADER = "pre", "post"
"""Where a send is taken (SendType)."""
LINEAR, DECIBEL, PERCENT, NORMALIZED = "linear", "decibel", "percent", "normalized"
"""Units of levels and pans: amplitudes, dB, 0 to 100, 0 to 1."""
BEATS, SECONDS = "beats", "seconds"
"""The units of time; bars and ticks there are none."""
STRAIGHT, HOLD = "linear", "hold"
"""How a point leads to the next (Interpolation)."""
GAIN, PAN = "gain", "pan"
"""What automation inside a clip moves (ExpressionType)."""
REPITCH = "repitch"
"""The algorithm of a clip that is played faster or slower, and higher or lower with it."""

_RANGES = {NORMALIZED: (0.0, 1.0), PERCENT: (0.0, 100.0)}
_IDS = 1 << 32


def written_parameter_id(own: int) -> int | None:
    """A VST3's ParamID, unsigned, as the signed number of 32 bits in the file; None beyond."""
    return None if own >= _IDS else own - (_IDS if own >= _IDS // 2 else 0)


def parameter_id(written: int) -> int | None:
    """The ParamID that the file's number, signed or not, stands for; None beyond 32 bits."""
    return written % _IDS if -_IDS // 2 <= written < _IDS else None


def pan(value: float, unit: str, low: float | None, high: float | None) -> float:
    """A position from -1 to 1: from its range where the file states one."""
    if low is None or high is None or high <= low:
        low, high = _RANGES.get(unit, (-1.0, 1.0))
    return min(1.0, max(-1.0, 2.0 * (value - low) / (high - low) - 1.0))


def joined(point_shape: str) -> str:
    """The interpolation of a point that holds, or leads to the next in a straight line."""
    return HOLD if point_shape in ("hold", "step") else STRAIGHT


def dashed_class_id(class_id: str) -> str:
    """A VST3's class id in groups of 8-4-4-4-12."""
    groups = (class_id[:8], class_id[8:12], class_id[12:16], class_id[16:20], class_id[20:])
    return "-".join(groups)
