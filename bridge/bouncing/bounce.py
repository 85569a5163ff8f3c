"""What a bounce prints: which stretch of the song, which stems, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

from bridge.audio import BLOCK_FRAMES, Block
from bridge.bouncing.accounts import REASONS, ClipAccount, account
from bridge.bouncing.dialect import Dialect
from bridge.bouncing.media_files import MediaFiles
from bridge.bouncing.mixing import Mixer
from bridge.bouncing.network import MASTER, Network, network
from sessions import Session
from stemwright.problems import Problem
from stemwright.values import dataclass

StemKind = Literal["tracks", "groups", "master"]
"""Every track by itself, what feeds the master, or what leaves it."""

_PASSING = frozenset({"group", "folder"})


@dataclass(frozen=True)
class Bounce:
    """A session's stretch to print, from `start_frame` on, and what becomes of every clip.

    `network` holds the tracks with the clips that are printed.
    """

    session: Session
    network: Network
    dialect: Dialect
    kind: StemKind
    start_frame: int
    frames: int
    accounts: tuple[ClipAccount, ...]

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


def planned(session: Session, dialect: Dialect, kind: StemKind = "groups") -> Bounce:
    """Sort out what to print.

    Raises InputError: feedback.
    """
    accounts = account(session, network(session), dialect)
    rate_hz = session.sample_rate_hz
    whole = next((each for each in session.markers if each.kind == "session"), None)
    start_s = 0.0 if whole is None else whole.position_s
    end_s = _end_s(session) if whole is None else start_s + (whole.length_s or 0.0)
    start, stop = round(start_s * rate_hz), round(end_s * rate_hz)
    printed = network(_without(session, accounts))
    return Bounce(session, printed, dialect, kind, start, stop - start, accounts)


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


def refusals(bounce: Bounce, *, dry: bool = False) -> list[Problem]:
    """Why it would not be the song: every clip and, unless `dry`, every plugin left out."""
    return [*_clip_refusals(bounce), *(() if dry else _plugin_refusals(bounce))]


def _plugin_refusals(bounce: Bounce) -> Iterator[Problem]:
    for each in bounce.network.order:
        track = bounce.network.tracks[each]
        if each not in bounce.network.heard or (each == MASTER and bounce.kind != "master"):
            continue
        for device in track.devices:
            if device.enabled:
                yield Problem(
                    "plugin_not_printed",
                    f"{track.name}: {device.name} ({device.format}) is not hosted by a bounce yet",
                    {"file": track.name, "plugin": device.name},
                    hint="--dry prints the tracks without their plugins",
                )


def _clip_refusals(bounce: Bounce) -> list[Problem]:
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


def stretches(
    bounce: Bounce, folder: Path, frames: int = BLOCK_FRAMES
) -> Iterator[Mapping[str, Block]]:
    """(2, n) of every stem by its track's id, stretch by stretch; `folder` holds what is converted.

    Raises InputError for media that cannot be read.
    """
    session = bounce.session
    with MediaFiles(session.sample_rate_hz, folder) as files:
        mixer = Mixer(bounce.network, session.sample_rate_hz, bounce.dialect, files, bounce.apart)
        stop = bounce.start_frame + bounce.frames
        for first in range(0, stop, frames):
            end = min(stop, first + frames)
            fed, out = mixer.run(first, end)
            stems = {MASTER: out} if bounce.kind == "master" else fed
            skipped = max(0, bounce.start_frame - first)
            if skipped < end - first:
                yield {each: block[:, skipped:] for each, block in stems.items()}
