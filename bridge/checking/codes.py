"""What a stem check can find: the closed list of codes, each with its unit and its words."""

from __future__ import annotations

from typing import Literal, get_args

from stemwright.values import dataclass

Severity = Literal["info", "minor", "major"]
Scope = Literal["stem", "between", "mix"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)


@dataclass(frozen=True)
class Code:
    """One kind of finding: `worst` is the highest severity it is told with.

    `says` is what a finding of it means, `value` what its number is, in `unit` ("" for a count or
    a ratio).
    """

    name: str
    scope: Scope
    worst: Severity
    says: str
    value: str
    unit: str = ""


CODES: tuple[Code, ...] = (
    Code("undecodable", "stem", "major", "the file cannot be decoded", "files", ""),
    Code("corrupt_samples", "stem", "major", "samples that are no sound", "samples", ""),
    Code("silent", "stem", "major", "nothing sounds in it", "peak", "dBFS"),
    Code("clipped", "stem", "major", "peaks are cut off", "level of the plateau", "dBFS"),
    Code("limited", "stem", "minor", "brick-walled already", "level of the wall", "dBFS"),
    Code("clicks", "stem", "major", "clicks", "height over what surrounds it", "dB"),
    Code("dropout", "stem", "major", "the sound drops out", "length", "ms"),
    Code("hum", "stem", "major", "mains hum", "strongest line", "dBFS"),
    Code("noise_floor", "stem", "minor", "noise where nothing plays", "level", "dBFS"),
    Code("dc_offset", "stem", "minor", "a constant offset", "offset of full scale", ""),
    Code("lossy_source", "stem", "major", "it came out of a lossy codec", "band edge", "Hz"),
    Code("upsampled", "stem", "minor", "it was made at a lower rate", "rate it comes from", "Hz"),
    Code("padded_bits", "stem", "info", "fewer bits than its format", "bits that move", "bit"),
    Code("wrong_depth", "stem", "minor", "a format of too few bits", "bits", "bit"),
    Code("mono_in_stereo", "stem", "info", "both sides are the same", "difference", "dBFS"),
    Code("dead_channel", "stem", "major", "one side is silent", "peak of that side", "dBFS"),
    Code("channel_polarity", "stem", "major", "one side is upside down", "correlation", ""),
    Code("wide_low_end", "stem", "minor", "out of phase below 100 Hz", "lost in mono", "dB"),
    Code("upcut_start", "stem", "major", "it begins within a sound", "level at its start", "dBFS"),
    Code("cut_tail", "stem", "major", "it ends within a sound", "level at its end", "dBFS"),
    Code("hot_peaks", "stem", "info", "peaks above -3 dBFS", "sample peak", "dBFS"),
    Code("role_conflict", "stem", "minor", "it does not sound like its name", "likeness", ""),
    Code("duplicate", "between", "major", "the same audio twice", "likeness", ""),
    Code("contains", "between", "major", "one holds the other", "share held", "dB"),
    Code("offset", "between", "major", "it is late or early", "offset", "ms"),
    Code("start", "between", "minor", "it begins elsewhere than the others", "start", "s"),
    Code("length", "between", "minor", "it is of another length", "difference", "s"),
    Code("rate", "between", "minor", "it is of another sample rate", "rate", "Hz"),
    Code("drift", "between", "major", "it drifts against the others", "drift", "ppm"),
    Code("bar_shift", "between", "major", "it is whole beats late or early", "shift", "beats"),
    Code("printed_bus", "between", "major", "a bus is printed in the stems", "gain moved", "dB"),
    Code("double_return", "between", "major", "an effect is there twice", "share held", "dB"),
    Code("level", "mix", "major", "it is louder or quieter than in the mix", "difference", "dB"),
    Code("polarity", "mix", "major", "it is upside down against the mix", "polarity", ""),
    Code("missing", "mix", "major", "the mix has what no stem holds", "level, RMS", "dBFS"),
    Code("extra", "mix", "major", "a stem that the mix has not", "level", "dB"),
    Code("other_version", "mix", "major", "the mix is another version", "share explained", "dB"),
)

_BY_NAME = {code.name: code for code in CODES}


def code_of(name: str) -> Code:
    """The code of this name; KeyError for a name that is not on the list."""
    return _BY_NAME[name]
