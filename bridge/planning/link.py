"""Linking: a chain's words meet this song's stems and this machine's plugins. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bridge.planning.assign import assign_stems
from bridge.planning.length import Excerpt, Length
from bridge.planning.model import (
    Engine,
    Finish,
    HostedStep,
    Lane,
    Plan,
    ReturnLane,
    Stem,
    Stems,
    Step,
    VersionPlan,
)
from bridge.planning.moves import NO_MOVES, SongMoves
from bridge.planning.steps import StepLinker
from bridge.plugins import Catalogue
from chains import Chain, Insert, Limiter, StemName, Version, Where, check, matches, stem_selector
from stemwright.decibels import linear
from stemwright.problems import Diagnostic, InputError, MachineError, Problem


def _refusal(what: str, where: Where, hint: str) -> Problem:
    return Problem(
        kind="not_rendered",
        message=f"{what} cannot be rendered by this version",
        where=where.as_json(),
        hint=hint,
    )


def refusals(chain: Chain, supported: frozenset[str]) -> Iterator[Problem]:
    """Yield one problem for each thing in `chain` that rendering lacks."""
    for _, insert in chain.inserts():
        use = insert.settings.use
        if use != "plugin" and use not in supported:
            yield _refusal(
                f'the built-in "{use}"', insert.where, f"use one of {', '.join(sorted(supported))}"
            )


def version_plans(
    chain: Chain, lanes: Sequence[Lane], notes: list[Diagnostic]
) -> tuple[VersionPlan, ...]:
    """Resolve the chain's versions; what a version names and this song lacks goes to `notes`.

    A group that loses some of its stems is a lane of its own. One that loses all is muted like a
    group that is named: after its fader, so that groups which listen to it still hear it. A version
    whose `only` this song has nothing of, as a mastered stem of a group without stems, is left out.
    """
    plans = []
    for version in chain.versions:
        notes += _unmatched(version, lanes)
        made = _version(version, lanes)
        if made.sounding or not version.only:
            plans.append(made)
        else:
            said = f"version {version.id}: nothing of it is in this song, so no file is made of it"
            notes.append(Diagnostic("note", "version_left_out", str(version.where), said))
    return tuple(plans)


def _version(version: Version, lanes: Sequence[Lane]) -> VersionPlan:
    kept = {lane.id: _kept(version, lane) for lane in lanes}
    sounding = [lane for lane in lanes if kept[lane.id]]
    partial = [lane for lane in sounding if kept[lane.id] != lane.stems]
    return VersionPlan(
        version.id,
        tuple(lane.id for lane in sounding),
        tuple(replace(lane, stems=kept[lane.id]) for lane in partial),
        tuple(stem.id for lane in partial for stem in lane.stems if stem not in kept[lane.id]),
        version.dynamics,
        tuple((group, gain_db) for group, gain_db in version.gain_db if gain_db and group in kept),
        version.limiter,
    )


def _kept(version: Version, lane: Lane) -> tuple[Stem, ...]:
    words = version.only or version.mute
    if lane.id in words:
        return lane.stems if version.only else ()
    chosen = [any(_takes(word, stem) for word in words) for stem in lane.stems]
    keeps = bool(version.only)
    return tuple(
        stem for stem, is_chosen in zip(lane.stems, chosen, strict=True) if is_chosen is keeps
    )


def _takes(word: str, stem: Stem) -> bool:
    selector = stem_selector(word)
    return selector is not None and matches(selector, StemName(stem.id, stem.name, stem.role))


def _unmatched(version: Version, lanes: Sequence[Lane]) -> Iterator[Diagnostic]:
    stems = [stem for lane in lanes for stem in lane.stems]
    for word in (*version.mute, *version.only):
        if stem_selector(word) is not None and not any(_takes(word, stem) for stem in stems):
            message = f'version {version.id}: "{word}" is no stem of this song'
            yield Diagnostic("warning", "version_selects_nothing", str(version.where), message)


def _unlimited(chain: Chain, finish: Finish | None) -> Iterator[Diagnostic]:
    """Say of versions without the limiter that there is none that they could leave out."""
    if finish is not None and finish.limiter is not None:
        return
    ends = "there is no [target]" if finish is None else "a plugin or an insert of yours ends it"
    for version in chain.versions:
        if not version.limiter:
            message = f"version {version.id}: limiter = false leaves nothing out; {ends}"
            yield Diagnostic("warning", "version_without_limiter", str(version.where), message)


DEFAULT_HOST = "dawdreamer"
DEFAULT_BUFFER_SIZE = 512


def plan(
    stems: Stems,
    chain: Chain,
    catalogue: Catalogue,
    *,
    supported: frozenset[str],
    states: Mapping[Path, str],
    strict: bool = False,
    excerpt: Excerpt | None = None,
    partial: bool = False,
    moves: SongMoves = NO_MOVES,
) -> Plan:
    """Resolve `chain` for `stems`, or for an excerpt of them, with the song's own `moves`.

    `supported` names the built-ins that can be rendered, `states` maps state files to the blake3
    of their bytes, `strict` refuses sample rate conversion.
    Raises ChainError for a chain that no file could hold, InputError with every fault of chain and
    stems at once, MachineError when all that is wrong is a plugin this machine lacks: with
    `partial`, that is the plan's `missing` instead.
    """
    chain, stems = check(chain), replace(stems, stems=moves.on(stems.stems))
    problems: list[Problem] = list(refusals(chain, supported))
    taken, notes = assign_stems(chain, stems, problems)
    rate_hz = engine_of(chain, stems).sample_rate_hz
    notes += _rates(stems.stems, rate_hz, strict, problems)
    _channels(stems.stems, problems)
    linker = StepLinker(chain, catalogue, states)
    lanes, returns = _lanes(chain, taken, linker, moves), _returns(chain, linker)
    before, finish = _finish(chain, linker)
    master = linker.steps("master", before)
    _refuse(problems, linker, partial)
    versions = version_plans(chain, lanes, notes)
    notes += _unlimited(chain, finish)
    rows = [*(lane.steps for lane in lanes), *(back.steps for back in returns), master]
    length = Length(
        max((stem.frames_at(rate_hz) for stem in stems.stems), default=0),
        rate_hz,
        chain.engine.tail_s,
        rings=finish is not None or any(rows),
    )
    window, past = length.window(excerpt)
    frames, render_frames, fixed_frames = length.of(window)
    return Plan(
        chain_name=chain.name,
        engine=engine_of(chain, stems),
        frames=frames,
        render_frames=render_frames,
        fixed_frames=fixed_frames,
        lanes=lanes,
        master=master,
        finish=finish,
        versions=versions,
        diagnostics=(*stems.diagnostics, *_chain_notes(chain), *notes, *past, *linker.notes),
        returns=returns,
        window=window,
        bypassed=linker.bypassed,
        states={str(path): digest for path, digest in states.items()},
        missing=tuple(linker.missing),
        overrides=dict(moves.overrides),
    )


def unlinkable(
    chain: Chain,
    catalogue: Catalogue,
    *,
    supported: frozenset[str],
    states: Mapping[Path, str],
) -> tuple[Problem, ...]:
    """What `plan` would refuse in `chain` on this machine, whatever the stems are."""
    linker = StepLinker(chain, catalogue, states)
    _every_step(chain, linker)
    return (*refusals(chain, supported), *linker.faults, *linker.missing)


def hosted_steps(
    chain: Chain, catalogue: Catalogue, states: Mapping[Path, str]
) -> tuple[HostedStep, ...]:
    """The plugin inserts that can be hosted here, whatever the stems are."""
    steps = _every_step(chain, StepLinker(chain, catalogue, states))
    return tuple(step for step in steps if isinstance(step, HostedStep) and step.hostable)


def _every_step(chain: Chain, linker: StepLinker) -> list[Step]:
    return [step for owner, rack in chain.racks() for step in linker.steps(owner, rack)]


def engine_of(chain: Chain, stems: Stems) -> Engine:
    """How a chain's plugins are hosted for these stems."""
    return Engine(
        host=chain.engine.host or DEFAULT_HOST,
        buffer_size=chain.engine.buffer_size or DEFAULT_BUFFER_SIZE,
        sample_rate_hz=chain.engine.sample_rate_hz or commonest_rate_hz(stems.stems),
        tempo_bpm=stems.tempo_bpm,
        tail_s=chain.engine.tail_s,
    )


def _lanes(
    chain: Chain, taken: Mapping[str, tuple[Stem, ...]], linker: StepLinker, moves: SongMoves
) -> tuple[Lane, ...]:
    return tuple(
        Lane(
            id=group.id,
            stems=taken[group.id],
            trim=linear(group.trim_db),
            steps=linker.steps(group.id, group.inserts),
            fader=linear(group.gain_db),
            fader_db=group.gain_db,
            sends=tuple((name, linear(gain_db)) for name, gain_db in group.sends),
            rides=moves.rides.get(group.id, ()),
            pre_rides=moves.pre_rides.get(group.id, ()),
        )
        for group in chain.groups
        if taken.get(group.id)
    )


def _returns(chain: Chain, linker: StepLinker) -> tuple[ReturnLane, ...]:
    return tuple(
        ReturnLane(back.id, linker.steps(back.id, back.inserts), linear(back.gain_db), back.gain_db)
        for back in chain.returns
    )


def commonest_rate_hz(stems: Iterable[Stem]) -> int:
    """The commonest sample rate, ties upwards; 48000 where there are no stems."""
    counts = Counter(stem.sample_rate_hz for stem in stems)
    return max(counts, key=lambda rate: (counts[rate], rate), default=48000)


def _chain_notes(chain: Chain) -> list[Diagnostic]:
    return [Diagnostic("note", said.code, str(said.where), said.message) for said in chain.notes]


def _refuse(problems: list[Problem], linker: StepLinker, partial: bool) -> None:
    problems += linker.faults
    if problems:
        raise InputError([*problems, *linker.missing])
    if linker.missing and not partial:
        raise MachineError(linker.missing)


def _rates(
    stems: Sequence[Stem], rate_hz: int, strict: bool, problems: list[Problem]
) -> list[Diagnostic]:
    others = [stem for stem in stems if stem.sample_rate_hz != rate_hz]
    if others and strict:
        problems.extend(
            Problem(
                kind="rate_differs",
                message=f"{stem.id} has {stem.sample_rate_hz} Hz, the master {rate_hz} Hz, "
                "and --strict forbids conversion",
                where={"file": stem.files[0].place},
                expected=f"{rate_hz} Hz",
                hint="export it again at the session's rate, or leave --strict out",
            )
            for stem in others
        )
    return [
        Diagnostic(
            "note",
            "resampled",
            stem.id,
            f"{stem.id}: {stem.sample_rate_hz} Hz is converted to {rate_hz} Hz (soxr VHQ)",
        )
        for stem in others
    ]


def _channels(stems: Sequence[Stem], problems: list[Problem]) -> None:
    problems.extend(
        Problem(
            kind="too_many_channels",
            message=f"{stem.id} has {stem.channels} channels",
            where={"file": stem.files[0].place},
            expected="a mono or stereo stem",
            hint="export it in stereo, or as several stems",
        )
        for stem in stems
        if stem.channels > 2
    )


def _finish(chain: Chain, linker: StepLinker) -> tuple[tuple[Insert, ...], Finish | None]:
    """Split the master inserts at the drive; say what comes after it."""
    target = chain.target
    active = tuple(insert for insert in chain.master if not insert.bypass)
    if target is None:
        return chain.master, None
    limiters = [n for n, insert in enumerate(active) if isinstance(insert.settings, Limiter)]
    own_last = bool(limiters) and limiters[-1] == len(active) - 1
    named = [n for n, insert in enumerate(active) if insert.id == target.drive_at]
    at = (named or limiters[-1:] or [len(active)])[0]
    driven = active[at : len(active) - 1] if own_last else active[at:]
    last = active[-1].settings if own_last else None
    limiter = last if isinstance(last, Limiter) else None
    if limiter is None and at == len(active):
        limiter = Limiter()
    finish = Finish(
        limiter=limiter,
        driven=linker.steps("master", driven),
        integrated_lufs=target.integrated_lufs,
        true_peak_dbtp=target.true_peak_dbtp,
        trim_if_over=target.safety == "trim",
        drive_at=active[at].id if at < len(active) else "finish",
    )
    return active[:at], finish
