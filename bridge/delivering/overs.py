"""A lossy file whose peaks pass the limit: when they do, whose they are, what keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.audio import probe
from bridge.delivering.checks import Checked
from bridge.delivering.files import (
    LOSSY,
    Edit,
    MadeFile,
    MasteredMoment,
    dip_overs,
    group_shares,
    overs_in,
    read_again,
    safe_ceiling,
)
from bridge.delivering.planning import PlannedFile
from bridge.delivering.profiles import Profile
from stemwright.problems import StemwrightError
from stemwright.words import clock, counted, listed

MomentOf = Callable[[Profile, str, float], MasteredMoment | None]
"""The groups of a version's master for a profile around a second; None where they are unknown."""

_PEAKS = ("max_true_peak_dbtp", "codec_over")
_NAMES = {"mp3": "MP3", "opus": "Opus", "aac": "AAC"}
_FULL_SCALE_DBTP = 0.0
_GROUPS_TOLD = 3
_LEAST_SHARE = 0.05


def no_moment(_profile: Profile, _version: str, _at_s: float) -> None:
    """Nothing is known of the groups of any master."""
    return


@dataclass(frozen=True)
class LossyPeaks:
    """What is known of masters' groups, and whether what an encoder lifts is turned down."""

    moment: MomentOf = no_moment
    dips: bool = False


TOLD_ALONE = LossyPeaks()


def limit_dbtp(profile: Profile) -> float:
    """What the true peak of a lossy file may be: what the profile says, else full scale."""
    return profile.limits.get("max_true_peak_dbtp", _FULL_SCALE_DBTP)


@dataclass(frozen=True)
class OversSource:
    """What a lossy file is made of: a float master under an edit, and its groups' moments.

    With `dipped`, what is over now could not be turned down.
    """

    master: Path
    edit: Edit
    moment: MomentOf = no_moment
    dipped: bool = False


def without_overs(
    made: MadeFile, file: PlannedFile, source: OversSource
) -> tuple[MadeFile, Checked | None]:
    """A lossy file made again with its input turned down where it passed the limit, and that told.

    Raises as `make_file`.
    """
    if file.coding.format not in LOSSY:
        return made, None
    limit = limit_dbtp(file.profile)
    dips = dip_overs(source.master, made.path, file.coding, source.edit, limit)
    if dips is None:
        said = "the encoder lifts other peaks over it each time; the file is as without --dip-overs"
        return made, Checked(file.path, "dips", "warn", None, None, words=said)
    if not dips:
        return made, None
    again = read_again(made)
    lost_lu = made.measures.integrated_lufs - again.measures.integrated_lufs
    longest_s = max(each.seconds for each in dips)
    said = (
        f"the encoder's input is turned down at {counted(len(dips), 'moment')} of up to "
        f"{1000 * longest_s:.0f} ms, where it lifted peaks over {limit:g} dBTP, which takes "
        f"{lost_lu:.2f} LU"
    )
    deepest_db = round(min(each.gain_db for each in dips), 2)
    return again, Checked(file.path, "dips", "warn", deepest_db, None, "dB", said)


def with_overs_told(
    checks: Iterable[Checked], file: PlannedFile, made: MadeFile, source: OversSource
) -> Iterator[Checked]:
    """The checks, that of a lossy file's peaks with when they pass, whose they are, what helps."""
    for row in checks:
        over = row.check in _PEAKS and row.outcome != "pass" and file.coding.format in LOSSY
        if over and isinstance(row.found, float) and isinstance(row.wanted, float):
            yield replace(row, words="; ".join(_told(file, made, source, row.found, row.wanted)))
        else:
            yield row


def _told(
    file: PlannedFile, made: MadeFile, source: OversSource, found: float, limit: float
) -> Iterator[str]:
    coding, overs = file.coding, overs_in(made.path, limit)
    if overs:
        worst = max(overs, key=lambda each: each.over_db)
        at_s = worst.frame / coding.rate_hz
        codec = f"{_NAMES[coding.format]} of {coding.kbps} kbps"
        yield (
            f"{codec} lifts {counted(len(overs), 'moment')} over it, by {worst.over_db:.2f} dB at "
            f"{clock(at_s)}"
        )
        yield from _groups(file, source, at_s)
    safe = safe_ceiling(source.master, coding, source.edit, limit, found - limit)
    if safe is None:
        yield "the encoder lifts the peaks over it at every level that was tried"
    else:
        yield (
            f"{-safe.trim_db:.1f} dB less before the encoder keep it, which was tried: "
            f"a ceiling of {safe.ceiling_dbtp:.2f} dBTP"
        )
    if not source.dipped:
        yield "--dip-overs turns those moments down alone"


def _groups(file: PlannedFile, source: OversSource, at_s: float) -> Iterator[str]:
    """Whose peak it is, the largest shares alone."""
    header = probe(source.master)
    in_master = source.edit.master_frame(round(at_s * header.sample_rate_hz), header.frames)
    if in_master is None:
        return
    try:
        moment = source.moment(file.profile, file.master, in_master / header.sample_rate_hz)
        shares = () if moment is None else group_shares(moment, file.coding)
    except StemwrightError as error:  # the delivery is made all the same
        yield f"whose it is could not be found: {error.problems[0].message}"
        return
    told = [each for each in shares[:_GROUPS_TOLD] if each.share >= _LEAST_SHARE]
    if told:
        said = listed([f"{each.group} {100.0 * each.share:.0f} %" for each in told])
        yield (
            f"that peak is of {said}: without {told[0].group} it is {told[0].lower_db:.1f} dB lower"
        )
