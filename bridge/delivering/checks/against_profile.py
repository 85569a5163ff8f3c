"""A finished file against the profile it is delivered for: every limit, one row each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from bridge.delivering.checks.result import Checked, Outcome, outcome_of
from bridge.delivering.files import FileFacts
from bridge.delivering.profiles import LIMITS
from stemwright.words import clock

if TYPE_CHECKING:
    from bridge.delivering.files import Coding
    from bridge.delivering.profiles import Profile

_DITHERED_TWICE = (0.4, 0.65)
"""Power of the quietest second in steps squared: 1/4 of one TPDF dither, 1/2 of two."""
_MOST_DC = 10.0 ** (-60.0 / 20.0)
_MOST_MONO_LOSS_LU = 6.0
_GONE_IN_MONO_LU = 20.0
"""What a lossy encoder makes of opposite sides leaves a little."""
_LOUD_EDGE_DBFS = -40.0
_CONTAINERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "wav": ("WAV", "WAVEX", "RF64"),
        "aiff": ("AIFF",),
        "flac": ("FLAC",),
        "mp3": ("MP3",),
        "opus": ("OGG",),
    }
)
"""What a format's files are to libsndfile; AAC is read decoded."""
_DEPTHS = {"PCM_16": "16", "PCM_24": "24", "FLOAT": "32 float", "DOUBLE": "64 float"}

_READ: Mapping[str, Callable[[FileFacts], float]] = MappingProxyType(
    {
        "max_true_peak_dbtp": lambda facts: facts.measures.true_peak_dbtp,
        "max_sample_peak_dbfs": lambda facts: facts.measures.sample_peak_dbfs,
        "min_integrated_lufs": lambda facts: facts.measures.integrated_lufs,
        "max_integrated_lufs": lambda facts: facts.measures.integrated_lufs,
        "max_loudness_range_lu": lambda facts: facts.measures.loudness_range_lu,
        "min_plr_db": lambda facts: facts.measures.plr_db,
        "min_length_s": lambda facts: facts.seconds,
        "max_length_s": lambda facts: facts.seconds,
        "exact_length_s": lambda facts: facts.seconds,
        "min_head_s": lambda facts: facts.head_s,
        "max_head_s": lambda facts: facts.head_s,
        "max_tail_s": lambda facts: facts.tail_s,
        "max_dc": lambda facts: max(abs(each) for each in facts.measures.dc),
        "min_correlation": lambda facts: facts.measures.correlation,
        "max_side_below_150_hz_db": lambda facts: facts.side_below_150_hz_db,
        "max_sibilance_db": lambda facts: facts.sibilance_db,
    }
)


def checks_of(name: str, facts: FileFacts, profile: Profile) -> Iterator[Checked]:
    """Every limit of the profile, and what fails a file for anybody, of the file called `name`."""
    for limit, wanted in profile.limits.items():
        found = _READ[limit](facts)
        bad: Outcome = "warn" if limit in profile.warns else "fail"
        kept = _keeps(limit, found, wanted, facts.header.sample_rate_hz)
        words = ""
        if limit == "max_sibilance_db" and not kept:
            words = f"the loudest is at {clock(facts.sibilance_at_s)}"
        outcome = outcome_of(kept, bad)
        yield Checked(name, limit, outcome, _rounded(found), wanted, LIMITS[limit], words)
    yield from _for_anybody(name, facts)


def coding_checks(name: str, facts: FileFacts, coding: Coding) -> Iterator[Checked]:
    """Format, rate, channels and depth against what the file was made as."""
    header = facts.header
    if coding.format in _CONTAINERS:
        right = header.format in _CONTAINERS[coding.format]
        words = "" if right else "its name says another format than it has"
        found = header.format.lower()
        yield Checked(name, "format", outcome_of(right), found, coding.format, words=words)
    rate_hz = header.sample_rate_hz
    yield Checked(
        name, "rate", outcome_of(rate_hz == coding.rate_hz), rate_hz, coding.rate_hz, "Hz"
    )
    yield Checked(name, "channels", outcome_of(header.channels == 2), header.channels, 2)
    if coding.bits is not None:
        found = _DEPTHS.get(header.subtype, header.subtype)
        wanted = f"{coding.bits} float" if coding.bits == 32 else str(coding.bits)
        yield Checked(name, "bits", outcome_of(found == wanted), found, wanted, "bit")


def depth_of(facts: FileFacts) -> int | None:
    """The bits a sample has, 32 being float; None where no profile can ask for it."""
    return {"PCM_16": 16, "PCM_24": 24, "FLOAT": 32}.get(facts.header.subtype)


def _for_anybody(name: str, facts: FileFacts) -> Iterator[Checked]:
    runs = facts.clipped_runs
    yield Checked(name, "clipped", outcome_of(not runs), runs, 0, "plateaus at full scale")
    words = "nothing but dither" if facts.silent else ""
    peak_dbfs = _rounded(facts.measures.sample_peak_dbfs)
    yield Checked(name, "silent", outcome_of(not facts.silent), peak_dbfs, None, "dBFS", words)
    if facts.header.channels == 2 and not facts.silent:
        yield from _two_sides(name, facts)
    dc = max((abs(each) for each in facts.measures.dc), default=0.0)
    yield Checked(name, "dc", outcome_of(dc <= _MOST_DC, "warn"), round(dc, 6), _MOST_DC)
    edge = facts.edge_dbfs
    yield Checked(
        name,
        "edge_click",
        outcome_of(edge <= _LOUD_EDGE_DBFS, "warn"),
        _rounded(edge),
        _LOUD_EDGE_DBFS,
        "dBFS",
    )
    yield from _depth(name, facts)


def _two_sides(name: str, facts: FileFacts) -> Iterator[Checked]:
    dead = facts.dead_channels
    words = f"the {('left', 'right')[dead[0]]} side is silent" if dead else ""
    yield Checked(name, "dead_channel", outcome_of(not dead), len(dead), 0, "sides", words)
    words = "both sides are the same: mono in two channels" if facts.dual_mono else ""
    yield Checked(name, "dual_mono", outcome_of(not facts.dual_mono, "warn"), None, None, "", words)
    lost = facts.mono_loss_lu
    gone = lost >= _GONE_IN_MONO_LU
    words = "nothing is left of it in mono: its sides cancel each other" if gone else ""
    outcome = outcome_of(lost <= _MOST_MONO_LOSS_LU, "fail" if gone else "warn")
    known = math.isfinite(lost)
    found, unit = (_rounded(lost), "LU") if known else ("silence", "")
    yield Checked(name, "mono_fold_down", outcome, found, _MOST_MONO_LOSS_LU, unit, words)


def _depth(name: str, facts: FileFacts) -> Iterator[Checked]:
    bits = facts.moving_bits
    if bits is None or facts.quietest_lsb2 is None:
        return
    depth = int(_DEPTHS[facts.header.subtype])
    words = f"only {bits} of {depth} bits move" if bits < depth else ""
    yield Checked(name, "padded_bits", outcome_of(bits >= depth, "warn"), bits, depth, "bit", words)
    least, most = _DITHERED_TWICE
    twice = least < facts.quietest_lsb2 < most
    said = "its quietest second has the noise of two dithers" if twice else ""
    found = round(facts.quietest_lsb2, 3)
    yield Checked(name, "double_dither", outcome_of(not twice, "warn"), found, 0.25, "LSB2", said)


def _keeps(limit: str, found: float, wanted: float, rate_hz: int) -> bool:
    if limit.startswith("exact"):
        return round(found * rate_hz) == round(wanted * rate_hz)
    if math.isnan(found):
        return True  # too short to have it, which length says
    return found <= wanted + 1e-9 if limit.startswith("max") else found >= wanted - 1e-9


def _rounded(value: float) -> float | None:
    return round(value, 3) if math.isfinite(value) else None
