"""What a bounce prints: which stretch of the song, which stems, and what cannot be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Literal

from bridge.bouncing.accounts import (
    REASONS,
    TRACK_REASONS,
    ClipAccount,
    TrackAccount,
    account,
    as_frozen,
    instruments,
    track_accounts,
)
from bridge.bouncing.dialect import Dialect
from bridge.bouncing.network import MASTER, Network, alone_in, network
from sessions import Session, Track
from stemwright.problems import InputError, Problem
from stemwright.values import dataclass

StemKind = Literal["tracks", "groups", "buses", "master"]
"""Every track by itself, what feeds the master, every bus wherever it feeds, or what leaves the
master. Tracks and groups sum to what goes into the master; buses within buses do not."""

_LONGEST_S = 3 * 3600
_UNREAD = frozenset({"ambiguous_media", "unreadable_media"})
_PASSING = frozenset({"group", "folder"})
_BUSES = frozenset({"group", "folder", "return"})
_NOT_ALONE = {
    "buses": frozenset({"audio", "midi", "unknown", "master"}),
    "groups": frozenset({"return", "master"}),
    "tracks": frozenset({"return", "master", "group", "folder"}),
    "master": frozenset({"return"}),
}


@dataclass(frozen=True)
class Bounce:
    """A session's stretch to print, from `start_frame` on, and what becomes of every clip.

    `network` holds the tracks with the clips that are printed, `late_frames` by track how late the
    plugins behind it are. With `through_master` each stem is what leaves the master while its
    track alone plays, as DAWs export stems: its returns are in it, the master's plugins too.
    """

    session: Session
    network: Network
    dialect: Dialect
    kind: StemKind
    start_frame: int
    frames: int
    accounts: tuple[ClipAccount, ...]
    tracks: tuple[TrackAccount, ...] = ()
    through_master: bool = False
    late_frames: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def origin_frame(self) -> int:
        """Where the session's own range begins, from which its DAW counts blocks."""
        return round(_own_range_s(self.session)[0] * self.session.sample_rate_hz)

    @property
    def hosted(self) -> tuple[Track, ...]:
        """The heard tracks with plugins that are on; the master's count if it is printed.

        What plays nothing but notes, which are not printed, has no use for its instrument, nor a
        bus that nothing sounds into for its effects.
        """
        instruments = {each.track.id for each in self.tracks if each.reason == "instrument"}
        tracks = (self.network.tracks[each] for each in self.network.order)
        return tuple(
            track
            for track in tracks
            if track.id in self.network.heard
            and (track.id in self._sounding or self._may_begin(track, instruments))
            and (track.id != MASTER or self.kind == "master" or self.through_master)
            and any(device.enabled for device in track.devices)
        )

    @cached_property
    def _sounding(self) -> frozenset[str]:
        """The heard tracks with a clip that is printed somewhere on the way to them."""
        network, found = self.network, set[str]()
        for each in network.order:
            if each in network.heard and (
                network.tracks[each].clips or not found.isdisjoint(network.fed[each])
            ):
                found.add(each)
        return frozenset(found)

    @staticmethod
    def _may_begin(track: Track, instruments: set[str]) -> bool:
        """Whether a silent track's plugins may sound by themselves, as a generator's do."""
        return track.kind not in _BUSES | {"master"} and track.id not in instruments

    @property
    def buses(self) -> frozenset[str]:
        """What is printed of each bus by itself."""
        if self.kind != "buses":
            return frozenset()
        tracks = self.network.tracks
        return frozenset(each for each, track in tracks.items() if track.kind in _BUSES)

    @property
    def apart(self) -> frozenset[str]:
        """The groups that pass their tracks on one by one: those that only level and place them."""
        if self.kind != "tracks":
            return frozenset()
        return frozenset(
            each
            for each, track in self.network.tracks.items()
            if track.kind in _PASSING and not any(device.enabled for device in track.devices)
        )


def planned(
    session: Session,
    dialect: Dialect,
    kind: StemKind = "groups",
    *,
    through_master: bool = False,
    start_s: float | None = None,
    end_s: float | None = None,
    tail_s: float = 0.0,
    long: bool = False,
) -> Bounce:
    """Sort out what to print; a master goes through itself anyway.

    By default it is the range that the session calls its own, else from 0 to the end of the last
    clip that is heard; `tail_s` goes on behind it, and `long` allows more than 3 h. Raises
    InputError: feedback, empty_range, too_long.
    """
    session, frozen = as_frozen(session)
    with_master = through_master or kind == "master"
    accounts = account(session, network(session), dialect, with_master=with_master)
    rate_hz = session.sample_rate_hz
    own_start_s, own_end_s = _own_range_s(session)
    start = round((own_start_s if start_s is None else start_s) * rate_hz)
    stop = round(((own_end_s if end_s is None else end_s) + tail_s) * rate_hz)
    given = (start_s, end_s) != (None, None)
    if start < 0 or start > stop or (given and start == stop):
        raise InputError(_empty_range(start / rate_hz, stop / rate_hz))
    if given and start >= round((own_end_s + tail_s) * rate_hz):
        raise InputError(_behind_its_end(start / rate_hz, own_end_s))
    if stop - start > _LONGEST_S * rate_hz and not long:
        raise InputError(_too_long(session, (stop - start) / rate_hz))
    printed = network(_without(session, accounts))
    heard = (each for each in frozen if each.track.id in printed.heard)
    told = (*heard, *track_accounts(printed, dialect), *instruments(session, printed))
    through = through_master and kind != "master"
    made = Bounce(
        session, printed, dialect, kind, start, stop - start, accounts, told, through_master=through
    )
    return replace(made, tracks=(*told, *_whole(made)))


def _whole(bounce: Bounce) -> Iterator[TrackAccount]:
    """The groups with plugins that stay one stem where tracks are asked for."""
    for track in bounce.hosted if bounce.kind == "tracks" else ():
        if track.kind in _PASSING:
            yield TrackAccount(track, "stays_whole")


def regions(session: Session) -> list[tuple[str, float, float]]:
    """Name, start and end of each region; where there is none, from each marker to the next."""
    found = [each for each in session.markers if each.kind == "region" and each.length_s]
    if found:
        return [
            (each.name, each.position_s, each.position_s + (each.length_s or 0.0)) for each in found
        ]
    plain = sorted(
        (each for each in session.markers if each.kind == "marker"),
        key=lambda each: each.position_s,
    )
    _, end_s = _own_range_s(session)
    ends = [*(each.position_s for each in plain[1:]), end_s]
    return [
        (each.name, each.position_s, until)
        for each, until in zip(plain, ends, strict=True)
        if each.position_s < until
    ]


def alone(bounce: Bounce) -> dict[str, Bounce]:
    """By track id of what `through_master` makes stems: the bounce of the master with it alone."""
    network = bounce.network
    feeders = network.fed[MASTER] if bounce.kind == "groups" else network.order
    return {
        each: replace(bounce, network=alone_in(network, each), kind="master", through_master=False)
        for each in feeders
        if each in network.heard and network.tracks[each].kind not in _NOT_ALONE[bounce.kind]
    }


def _without(session: Session, accounts: tuple[ClipAccount, ...]) -> Session:
    """The session less the clips that are refused."""
    refused = {id(each.clip) for each in accounts if each.fate == "refused"}
    tracks = (
        replace(track, clips=tuple(clip for clip in track.clips if id(clip) not in refused))
        for track in session.tracks
    )
    return replace(session, tracks=tuple(tracks))


def _own_range_s(session: Session) -> tuple[float, float]:
    whole = next((each for each in session.markers if each.kind == "session"), None)
    if whole is not None:
        return whole.position_s, whole.position_s + (whole.length_s or 0.0)
    ends = (
        clip.position_s + clip.length_s
        for track in session.tracks
        for clip in track.clips
        if not clip.muted
    )
    return 0.0, max(ends, default=session.length_s or 0.0)


def _empty_range(start_s: float, stop_s: float) -> Problem:
    return Problem(
        "empty_range",
        f"from {start_s:.3f} s to {stop_s:.3f} s there is nothing to print",
        expected="a stretch of the song",
        hint="see where its clips lie: stemwright read --clips SESSION",
    )


def _behind_its_end(start_s: float, end_s: float) -> Problem:
    return Problem(
        "empty_range",
        f"the range begins at {start_s:.3f} s, and the song ends at {end_s:.3f} s",
        expected="a stretch of the song",
        hint="see where its clips lie: stemwright read --clips SESSION",
    )


def _too_long(session: Session, length_s: float) -> Problem:
    clips = [(track, clip) for track in session.tracks for clip in track.clips if not clip.muted]
    last = max(clips, key=lambda each: each[1].position_s + each[1].length_s, default=None)
    ends = "" if last is None else f', where the last clip is "{last[1].name}" of {last[0].name}'
    return Problem(
        "too_long",
        f"the song is {length_s / 3600.0:.1f} h long{ends}",
        expected="at most 3 h",
        hint="print a part of it with --range START-END, or all of it with --long",
    )


def refusals(bounce: Bounce) -> list[Problem]:
    """Why it would not be the song: every clip that is left out."""
    return [
        Problem(
            code,
            f'{each.track.name}: the clip "{each.clip.name}" at {each.clip.position_s:.3f} s '
            f"is not printed: {_why(bounce.session, each, code)}",
            {"file": each.clip.media_path or each.track.name},
            hint="mend it in the DAW and save again, or leave such clips out with --skip-missing",
        )
        for each in bounce.accounts
        for code in each.reasons
        if REASONS[code][0] == "refused"
    ]


def _why(session: Session, told: ClipAccount, code: str) -> str:
    """A reason in words; of a file that is not read, what the session's reader found."""
    name = re.split(r"[/\\]", told.clip.media_path or "")[-1]
    found = (each.message for each in session.diagnostics if each.code in _UNREAD)
    said = [each for each in found if code == "missing_media" and name and name in each]
    return said[0] if said else REASONS[code][1]


def stiff_settings(bounce: Bounce) -> list[Problem]:
    """The plugins that are hosted while a line moves their settings, which nothing here does."""
    hosted = {track.id for track in bounce.hosted}
    return [
        Problem(
            each.reason,
            f"{each.track.name}: {each.of}: {TRACK_REASONS[each.reason][1]}",
            {"group": each.track.name},
            hint="or print it without plugins (--dry), or as they stand (--skip-missing)",
        )
        for each in bounce.tracks
        if each.fate == "refused" and each.track.id in hosted
    ]
