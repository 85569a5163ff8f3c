"""What a bounce prints: which stretch of the song, which stems, and what cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal

from bridge.bouncing.accounts import REASONS, ClipAccount, TrackAccount, account, track_accounts
from bridge.bouncing.dialect import Dialect
from bridge.bouncing.network import MASTER, Network, alone_in, network
from sessions import Session, Track
from stemwright.problems import Problem
from stemwright.values import dataclass

StemKind = Literal["tracks", "groups", "master"]
"""Every track by itself, what feeds the master, or what leaves it."""

_PASSING = frozenset({"group", "folder"})
_NOT_ALONE = {
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
    def hosted(self) -> tuple[Track, ...]:
        """The heard tracks with plugins that are on; the master's count if it is printed."""
        tracks = (self.network.tracks[each] for each in self.network.order)
        return tuple(
            track
            for track in tracks
            if track.id in self.network.heard
            and (track.id != MASTER or self.kind == "master" or self.through_master)
            and any(device.enabled for device in track.devices)
        )

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
) -> Bounce:
    """Sort out what to print; a master goes through itself anyway.

    Raises InputError: feedback.
    """
    accounts = account(session, network(session), dialect)
    rate_hz = session.sample_rate_hz
    whole = next((each for each in session.markers if each.kind == "session"), None)
    start_s = 0.0 if whole is None else whole.position_s
    end_s = _end_s(session) if whole is None else start_s + (whole.length_s or 0.0)
    start, stop = round(start_s * rate_hz), round(end_s * rate_hz)
    printed = network(_without(session, accounts))
    told = track_accounts(printed, dialect)
    through = through_master and kind != "master"
    return Bounce(
        session, printed, dialect, kind, start, stop - start, accounts, told, through_master=through
    )


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


def _end_s(session: Session) -> float:
    ends = (
        clip.position_s + clip.length_s
        for track in session.tracks
        for clip in track.clips
        if not clip.muted
    )
    return max(ends, default=session.length_s or 0.0)


def refusals(bounce: Bounce) -> list[Problem]:
    """Why it would not be the song: every clip that is left out."""
    return [
        Problem(
            code,
            f'{each.track.name}: the clip "{each.clip.name}" at {each.clip.position_s:.3f} s '
            f"is not printed: {REASONS[code][1]}",
            {"file": each.clip.media_path or each.track.name},
            hint="mend it in the DAW and save again, or leave such clips out with --skip-missing",
        )
        for each in bounce.accounts
        for code in each.reasons
        if REASONS[code][0] == "refused"
    ]
