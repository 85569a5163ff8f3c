"""A bounce at work: plugins hosted stage by stage, then the stems, stretch by stretch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bridge.audio import BLOCK_FRAMES, Block
from bridge.bouncing.bounce import Bounce, refusals, stiff_settings
from bridge.bouncing.inserts import (
    Hosting,
    Inserted,
    Rack,
    RackFacts,
    facts_of,
    host_stage,
    lines_among,
    racks_of,
    refused,
    stages,
    without,
)
from bridge.bouncing.media_files import MediaFiles
from bridge.bouncing.mixing import Mixer
from bridge.bouncing.network import MASTER, Network
from bridge.bouncing.plugin_lines import Found
from bridge.gathering import Events, Silent
from sessions import Track
from stemwright.problems import Diagnostic, InputError, MachineError, Problem
from stemwright.values import dataclass


@dataclass(frozen=True)
class Ready:
    """A bounce whose plugins are made ready; `diagnostics` tell what of it will not be heard.

    `left_out` says so by track id, of clips and plugins.
    """

    bounce: Bounce
    racks: tuple[Rack, ...] = ()
    facts: Mapping[str, RackFacts] = field(default_factory=dict, hash=False)
    lines: Found = field(default_factory=dict, hash=False)
    diagnostics: tuple[Diagnostic, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    def missing_in(self, track_id: str) -> tuple[str, ...]:
        """What is left out of its stem: its own, that of all that feeds it, and, where what leaves
        the master is printed, the master's."""
        network = self.bounce.network
        behind, found = [MASTER if self.bounce.kind == "master" else track_id], set[str]()
        while behind:
            each = behind.pop()
            if each not in found and each in network.heard:
                found.add(each)
                behind += network.fed[each]
        return tuple(message for each, message in self.left_out if each in found)


def made_ready(
    bounce: Bounce, folder: Path, hosting: Hosting | None, *, skip_missing: bool = False
) -> Ready:
    """Make plugins ready, their states in `folder`; without `hosting` they are left out.

    Raises all at once, unless `skip_missing`: InputError for clips that cannot be printed, for
    effects that are not hosted or not as they were saved, and for lines of plugins that nothing
    here moves; MachineError for plugins that are not here. Plugins that refuse their states are
    not skipped.
    """
    clips = [] if skip_missing else refusals(bounce)
    left = _clips_left_out(bounce)
    told = [
        Diagnostic("warning", "clip_left_out", str(each.where.get("file", "")), each.message)
        for each in (refusals(bounce) if skip_missing else ())
    ]
    if hosting is None or not bounce.hosted:
        if clips:
            raise InputError(clips)
        bare = [_left_out(track) for track in bounce.hosted]
        pairs = zip(bounce.hosted, bare, strict=True)
        left += [(track.id, each.message) for track, each in pairs]
        return Ready(bounce, diagnostics=(*told, *bare), left_out=tuple(left))
    stiff = stiff_settings(bounce)
    if skip_missing:
        told += (Diagnostic("warning", each.kind, each.place, each.message) for each in stiff)
    racks, doubts = racks_of(bounce, folder)
    if not skip_missing:
        clips += [*stiff, *_unlike(doubts)]
    lacking = refused(racks, bounce, folder, hosting)
    owners = {rack.owner: rack.track.id for rack in racks}
    left += [(owners.get(str(each.where.get("group")), ""), each.message) for each in lacking]
    racks = without(racks, lacking)
    lines, unmoved = lines_among(racks, bounce, folder, hosting)
    clips += [] if skip_missing else unmoved
    if clips or (lacking and not skip_missing):
        raise (InputError if clips else MachineError)([*clips, *lacking])
    told += (Diagnostic("warning", "plugin_left_out", each.place, each.message) for each in lacking)
    told += (Diagnostic("warning", each.kind, each.place, each.message) for each in unmoved)
    facts = facts_of(racks, bounce, folder, hosting)
    return Ready(bounce, racks, facts, lines, (*told, *doubts), tuple(left))


def _clips_left_out(bounce: Bounce) -> list[tuple[str, str]]:
    return [
        (
            each.track.id,
            f'{each.track.name}: the clip "{each.clip.name}" at {each.clip.position_s:.3f} s',
        )
        for each in bounce.accounts
        if each.fate == "refused"
    ]


def lacking_plugins(bounce: Bounce, hosting: Hosting) -> tuple[tuple[str, Problem], ...]:
    """What `made_ready` would say of plugins, by track id: that they are not here, are not as they
    were saved, or have not the settings that lines move."""
    if not bounce.hosted:
        return ()
    with TemporaryDirectory() as name:
        racks, doubts = racks_of(bounce, Path(name))
        lacking = refused(racks, bounce, Path(name), hosting)
        _, unmoved = lines_among(without(racks, lacking), bounce, Path(name), hosting)
    owners = {rack.owner: rack.track.id for rack in racks}
    unlike = [
        (next((one.track.id for one in racks if each.message.startswith(one.track.name)), ""), each)
        for each in _unlike(doubts)
    ]
    refusing = (*lacking, *unmoved)
    return (*unlike, *((owners.get(str(each.where.get("group")), ""), each) for each in refusing))


def _unlike(doubts: Sequence[Diagnostic]) -> list[Problem]:
    """The effects that would not be as the session has them."""
    return [
        Problem(
            each.code,
            each.message,
            hint="or print it without plugins (--dry), or as far as it goes (--skip-missing)",
        )
        for each in doubts
        if each.severity == "warning"
    ]


def _left_out(track: Track) -> Diagnostic:
    names = ", ".join(device.name for device in track.devices if device.enabled)
    message = f"{track.name} is printed without its plugins: {names}"
    return Diagnostic("note", "plugins_left_out", track.name, message)


def stretches(
    ready: Ready,
    folder: Path,
    hosting: Hosting | None = None,
    frames: int = 4 * BLOCK_FRAMES,
    events: Events | None = None,
) -> Iterator[Mapping[str, Block]]:
    """(2, n) of every stem by its track's id, stretch by stretch.

    `folder` holds what is converted and what plugins are given. Raises InputError for media that
    cannot be read, and what rendering plugins raises.
    """
    bounce = ready.bounce
    events = events or Silent()
    rate_hz, frame_by_frame = bounce.session.sample_rate_hz, bounce.dialect.plays_frame_by_frame
    with MediaFiles(rate_hz, folder, frame_by_frame=frame_by_frame) as files:
        inserted: dict[str, Inserted] = {}
        if hosting is not None and ready.racks:
            late_frames = _late(bounce.network, ready.facts)
            bounce = replace(bounce, late_frames=late_frames)
            events.stage("plugins")
            events.steps(sum(len(rack.inserts) for rack in ready.racks))
            for stage in stages(bounce, ready.racks, ready.facts):
                targets = frozenset(part.rack.track.id for part in stage)
                mixer = Mixer(bounce, files, inserted, targets)
                inputs = _begun(bounce.origin_frame, mixer, _cut(bounce, frames))
                inserted |= host_stage(
                    stage,
                    inputs,
                    bounce,
                    ready.facts,
                    hosting,
                    folder,
                    ready.lines,
                    events,
                )
        mixer = Mixer(bounce, files, inserted)
        parts = list(_cut(bounce, frames))
        events.stage("printing")
        events.steps(len(parts))
        for first, stop in parts:
            worked = mixer.run(first, stop)
            events.done("")
            stems = {"master": worked.given, "buses": worked.buses}.get(bounce.kind, worked.fed)
            skipped = max(0, bounce.start_frame - first)
            if skipped < stop - first:
                yield {each: block[:, skipped:] for each, block in stems.items()}


def _begun(
    origin_frame: int, mixer: Mixer, parts: Iterator[tuple[int, int]]
) -> Iterator[Mapping[str, Block]]:
    """What goes into plugins: nothing of what lies before the song's own start, as DAWs begin."""
    for first, stop in parts:
        given = mixer.run(first, stop).given
        for block in given.values() if first < origin_frame else ():
            block[:, : origin_frame - first] = 0.0
        yield given


def _cut(bounce: Bounce, frames: int) -> Iterator[tuple[int, int]]:
    stop = bounce.start_frame + bounce.frames
    return ((first, min(stop, first + frames)) for first in range(0, stop, frames))


def _late(network: Network, facts: Mapping[str, RackFacts]) -> dict[str, int]:
    """How late what follows a track's inserts makes it."""
    late: dict[str, int] = {}
    for each in reversed(network.order):
        behind = [
            late[target] + (facts[target].latency_frames if target in facts else 0)
            for target, feeders in network.fed.items()
            if each in feeders
        ]
        late[each] = max(behind, default=0)
    return late
