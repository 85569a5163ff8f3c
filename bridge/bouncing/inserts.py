"""The tracks' own plugins, hosted: each track a lane, rendered as a master's lanes are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain as chain_of, groupby
from pathlib import Path

import numpy as np

from bridge.audio import Block, WavWriter
from bridge.bouncing.bounce import Bounce
from bridge.bouncing.plugin_lines import Found, lines_of, matched, moved
from bridge.exchanging import RESERVED, LiftedInsert, lift, names_of, slug
from bridge.gathering import (
    Events,
    Signal,
    chain_problems,
    cut,
    hosted_inserts,
    link,
    prepared_inserts,
)
from bridge.hosting import Prepared
from bridge.planning import HostedStep, Plan, Step
from bridge.rendering import context_of, render_lanes
from bridge.storing import Store
from chains import SAMPLE_RATES_HZ, Chain, Engine, Group
from sessions import Clip, Device, Media, Session, Track
from stemwright.files import cannot_write
from stemwright.problems import Diagnostic, Problem
from stemwright.values import dataclass


@dataclass(frozen=True)
class Hosting:
    """Where plugins are looked for and results kept, and how many are hosted at once."""

    store: Store
    plugin_folders: Sequence[Path] = ()
    trusted: Sequence[Path] = ()
    jobs: int = 1


@dataclass(frozen=True)
class Rack:
    """A track's plugins as the inserts of a group, `owner`."""

    track: Track
    owner: str
    inserts: tuple[LiftedInsert, ...]


@dataclass(frozen=True)
class Inserted:
    """What came out of a track's inserts: `channels` of it, behind `lead_frames` of silence."""

    signal: Signal
    channels: int
    lead_frames: int

    def blocks(self) -> Iterator[Block]:
        """(channels, n) from the song's start on."""
        frames = self.signal.frames - self.lead_frames
        for block in cut(self.signal.blocks(), frames, self.lead_frames):
            yield block[: self.channels]


def racks_of(bounce: Bounce, folder: Path) -> tuple[tuple[Rack, ...], tuple[Diagnostic, ...]]:
    """The tracks with plugins that are on, their states written into `folder`."""
    racks: list[Rack] = []
    told: list[Diagnostic] = []
    names = names_of(bounce.session)
    for track in bounce.hosted:
        owner = slug(track.name, (*RESERVED, *(rack.owner for rack in racks)))
        on = tuple(device for device in track.devices if device.enabled)
        inserts, doubts = lift(owner, on, names)
        racks.append(Rack(track, owner, inserts))
        told += (replace(each, message=f"{track.name}: {each.message}") for each in doubts)
        _write_states(inserts, folder)
    return tuple(racks), tuple(told)


def _write_states(inserts: Sequence[LiftedInsert], folder: Path) -> None:
    for each in inserts:
        if each.state_path is not None and each.state is not None:
            path = folder / each.state_path
            try:
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(each.state)
            except OSError as cause:
                raise cannot_write(path, cause) from cause


@dataclass(frozen=True)
class RackFacts:
    """How late each of a track's plugins is, and how many channels come out of them."""

    latencies: tuple[int, ...]
    channels: int

    @property
    def latency_frames(self) -> int:
        """How late they are together."""
        return sum(self.latencies)


def refused(
    racks: Sequence[Rack], bounce: Bounce, folder: Path, hosting: Hosting
) -> tuple[Problem, ...]:
    """What this machine lacks, and what plugins refuse: all of it, before anything sounds."""
    if bounce.session.sample_rate_hz not in SAMPLE_RATES_HZ:
        return tuple(_other_rate(rack, each, bounce) for rack in racks for each in rack.inserts)
    chain = _chain(racks, folder, _engine(bounce))
    return chain_problems(chain, hosting.store, hosting.plugin_folders, hosting.trusted)


def _other_rate(rack: Rack, insert: LiftedInsert, bounce: Bounce) -> Problem:
    rates = ", ".join(map(str, SAMPLE_RATES_HZ))
    return Problem(
        "session_rate",
        f"{rack.track.name}: {insert.device.name} is not hosted at the session's sample rate of "
        f"{bounce.session.sample_rate_hz} Hz",
        {"group": rack.owner, "insert": insert.insert.id},
        expected=f"{rates} Hz",
        hint="give the session another rate in the DAW, or print it without plugins (--dry)",
    )


def without(racks: Sequence[Rack], problems: Sequence[Problem]) -> tuple[Rack, ...]:
    """The racks less the inserts that problems name."""
    named = {(each.where.get("group"), each.where.get("insert")) for each in problems}
    kept = (
        replace(
            rack,
            inserts=tuple(
                each for each in rack.inserts if (rack.owner, each.insert.id) not in named
            ),
        )
        for rack in racks
    )
    return tuple(rack for rack in kept if rack.inserts)


def lines_among(
    racks: Sequence[Rack], bounce: Bounce, folder: Path, hosting: Hosting
) -> tuple[Found, tuple[Problem, ...]]:
    """The lines that move settings of the racks' plugins, and those that none of these has."""
    wanted = {
        each.step_id: (rack.track, lines)
        for rack in racks
        for each in rack.inserts
        if (lines := tuple(lines_of(rack.track, _place(rack.track, each.device))))
    }
    if not wanted:
        return {}, ()
    chain = _chain(racks, folder, _engine(bounce))
    found: Found = {}
    faults: list[Problem] = []
    for step in hosted_inserts(chain, hosting.store, hosting.plugin_folders, hosting.trusted):
        if step.id in wanted:
            found[step.id], lost = matched(step, *wanted[step.id])
            faults += lost
    return found, tuple(faults)


def _place(track: Track, device: Device) -> int:
    return next(at for at, each in enumerate(track.devices) if each is device)


def facts_of(
    racks: Sequence[Rack], bounce: Bounce, folder: Path, hosting: Hosting
) -> dict[str, RackFacts]:
    """What every rack's plugins say once each is made ready, by track id.

    Raises what preparing a plugin raises.
    """
    ready = prepared_inserts(
        _chain(racks, folder, _engine(bounce)),
        hosting.store,
        hosting.plugin_folders,
        hosting.trusted,
        jobs=hosting.jobs,
    )
    return {rack.track.id: _facts(rack, ready) for rack in racks}


def _facts(rack: Rack, ready: Mapping[str, Prepared]) -> RackFacts:
    found = [ready[each.step_id] for each in rack.inserts]
    widest = max((each.outputs for each in found), default=1)
    return RackFacts(
        tuple(each.latency_frames for each in found), max(min(2, rack.track.channels), widest)
    )


def _engine(bounce: Bounce) -> Engine:
    rate_hz, buffer_size = bounce.session.sample_rate_hz, bounce.dialect.block_frames
    return Engine(buffer_size=buffer_size, sample_rate_hz=rate_hz, tail_s=0.0)


def _chain(racks: Sequence[Rack], folder: Path, engine: Engine) -> Chain:
    groups = tuple(
        Group(rack.owner, (rack.owner,), inserts=tuple(each.insert for each in rack.inserts))
        for rack in racks
    )
    return Chain(name="bounce", engine=engine, groups=groups, path=folder / "chain.toml")


def stages(
    bounce: Bounce, racks: Sequence[Rack], facts: Mapping[str, RackFacts]
) -> list[tuple[Part, ...]]:
    """The racks in parts, in the order of hosting: each behind all that feed it."""
    depths: dict[str, int] = {}
    hosted = {rack.track.id for rack in racks}
    for each in bounce.network.order:
        feeders = bounce.network.fed[each]
        deepest = max((depths[one] for one in feeders), default=0)
        depths[each] = deepest + (1 if each in hosted else 0)
    found: dict[tuple[int, int], list[Part]] = {}
    for rack in racks:
        for at, part in enumerate(_parts(rack, facts[rack.track.id], bounce)):
            found.setdefault((depths[rack.track.id], at), []).append(part)
    return [tuple(found[place]) for place in sorted(found)]


@dataclass(frozen=True)
class Part:
    """Plugins of a rack, one behind the other, whose blocks begin at the same frames.

    Frame 0 of the song is `lead_frames` into their first block.
    """

    rack: Rack
    lead_frames: int


def _parts(rack: Rack, facts: RackFacts, bounce: Bounce) -> Iterator[Part]:
    late_frames = bounce.late_frames.get(rack.track.id, 0) + bounce.origin_frame
    leads = [
        bounce.dialect.plugin_lead(late_frames + sum(facts.latencies[at:]))
        for at in range(len(rack.inserts))
    ]
    for lead_frames, row in groupby(zip(leads, rack.inserts, strict=True), lambda each: each[0]):
        yield Part(replace(rack, inserts=tuple(insert for _, insert in row)), lead_frames)


def host_stage(
    stage: Sequence[Part],
    inputs: Iterator[Mapping[str, Block]],
    bounce: Bounce,
    facts: Mapping[str, RackFacts],
    hosting: Hosting,
    folder: Path,
    lines: Found,
    events: Events,
) -> dict[str, Inserted]:
    """Run every part of a stage over its track's input, behind its lead of silence.

    Raises what rendering a lane raises, plugins and tracks named.
    """
    rate_hz = bounce.session.sample_rate_hz
    stems = tuple(_stems(stage, inputs, rate_hz, folder))
    session = Session("stems", None, rate_hz, stems, tempo=bounce.session.tempo[:1])
    plan = link(
        session,
        _chain([part.rack for part in stage], folder, _engine(bounce)),
        hosting.store,
        plugin_folders=hosting.plugin_folders,
        trusted=hosting.trusted,
        jobs=hosting.jobs,
    )
    leads = {part.rack.owner: part.lead_frames for part in stage}
    plan = _with_moves(plan, bounce, leads, lines)
    done = render_lanes(context_of(plan, hosting.store, events=events, jobs=hosting.jobs))
    return {
        part.rack.track.id: Inserted(
            done[part.rack.owner][0], facts[part.rack.track.id].channels, part.lead_frames
        )
        for part in stage
    }


def _with_moves(plan: Plan, bounce: Bounce, leads: Mapping[str, int], lines: Found) -> Plan:
    """The plan with the settings moving that lines move."""

    def moving(step: Step, lead_frames: int) -> Step:
        own = lines.get(step.id, ())
        if not own or not isinstance(step, HostedStep):
            return step
        return replace(step, moved=moved(own, step, bounce, lead_frames))

    lanes = (
        replace(lane, steps=tuple(moving(step, leads[lane.id]) for step in lane.steps))
        for lane in plan.lanes
    )
    return replace(plan, lanes=tuple(lanes))


def _stems(
    stage: Sequence[Part],
    inputs: Iterator[Mapping[str, Block]],
    rate_hz: int,
    folder: Path,
) -> Iterator[Track]:
    """Each rack's input in a file, as the stem of a track called like the rack."""
    writers: dict[str, WavWriter] = {}
    first = next(inputs)
    with ExitStack() as held:
        for part in stage:
            rack = part.rack
            channels = first[rack.track.id].shape[0]
            writer = WavWriter(
                folder / f"{rack.owner}.wav", rate_hz, channels, "float32", "", overwrite=True
            )
            writers[rack.track.id] = held.enter_context(writer)
            writer.write(np.zeros((channels, part.lead_frames)))
        for blocks in chain_of([first], inputs):
            for each, writer in writers.items():
                writer.write(blocks[each])
    for rack in (part.rack for part in stage):
        written = writers[rack.track.id].result
        channels = first[rack.track.id].shape[0]
        media = Media(written.path, None, rate_hz, channels, written.frames, "WAV", "FLOAT")
        clip = Clip(media=media, length_s=media.length_s)
        yield Track(rack.owner, rack.owner, channels=channels, clips=(clip,))
