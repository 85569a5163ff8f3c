"""The balance of a job: its groups heard through their inserts, its rough mix, its faders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.road.advising.advised_song import (
    AdvisedSong,
    beside_of,
    job_of,
    played_groups,
    read_song,
)
from bridge.road.inputs import Inputs, references_of
from stemwright.problems import InputError, MachineError, Problem
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.advising import Aim, Balance, HeardGroup, Level, Sounds, StemMove
    from bridge.checking import InRough, SongAudio, StemAudio
    from bridge.gathering import Events, Signal
    from bridge.jobs import Job, MixKind
    from bridge.pages.beside import Beside
    from bridge.road.advising.job_settings import Place
    from bridge.storing import Store
    from sessions import Session


@dataclass(frozen=True)
class ToBalance:
    """A job to balance, to its rough mix or its references.

    `inputs` say where plugins and results are. `per_stem` balances single stems too;
    `before_inserts` hears the groups without their inserts, which then need not be here.
    """

    inputs: Inputs
    aim: Aim = "rough"
    per_stem: bool = False
    before_inserts: bool = False

    @property
    def job(self) -> Job:
        """The job of its inputs."""
        return job_of(self.inputs)


def balanced(given: ToBalance, events: Events, page: Path | None = None) -> Balance:
    """What would give the job's groups that balance; nothing is written but a `page`, if any.

    Groups are heard after their inserts: what the store has not is rendered into it. Raises
    InputError, MachineError and RenderError as a render does, `no_rough` and `no_reference` for a
    job without them, and as `bridge.advising.balance_to_rough` does.
    """
    from bridge.advising import balance_sums, level_of
    from bridge.checking import opened_song
    from bridge.road.stem_checking.stem_checks import store_of

    with store_of(given.inputs.store) as store:
        song = _read(given, store, events)
        if given.aim == "reference":
            _references_of(given.job, song.session)
        else:
            _rough_of(given.job, song.session)
        groups = _heard(given, song)
        events.stage("levels")
        levels = {each.id: level_of(each.signal.blocks(), song.rate_hz) for each in groups}
        events.stage("balance")
        with opened_song(song.session) as audio:
            if given.aim == "reference":
                made, sounds = _to_reference(given, song, groups, levels)
            else:
                made, sounds = _to_rough(given, song, groups, levels, audio)
            made = replace(made, remarks=(*song.left_out, *made.remarks))
            if page is not None:
                events.stage("page")
                beside = beside_of(song, *balance_sums(groups, made))
                _write_page(page, given.job, made, sounds(), beside)
            return made


def _to_rough(
    given: ToBalance,
    song: AdvisedSong,
    groups: Sequence[HeardGroup],
    levels: Mapping[str, Level],
    audio: SongAudio,
) -> tuple[Balance, Callable[[], Sounds]]:
    from bridge.advising import balance_sounds, balance_to_rough

    target = _rough_of(given.job, song.session)
    mix = _mix_of(audio, target)
    rough = _in_rough(song, audio, mix)
    made = balance_to_rough(
        groups,
        levels,
        rough,
        target,
        song.rate_hz,
        per_stem=given.per_stem,
        before_inserts=given.before_inserts,
    )
    late_s = rough.late / rough.rate_hz
    return made, partial(balance_sounds, groups, made, levels, rough.mix, late_s, song.rate_hz)


def _to_reference(
    given: ToBalance, song: AdvisedSong, groups: Sequence[HeardGroup], levels: Mapping[str, Level]
) -> tuple[Balance, Callable[[], Sounds]]:
    from bridge.advising import balance_sounds, balance_to_reference
    from bridge.checking import stem_audio
    from bridge.comparing import tone_of_file
    from chains import load

    paths = _references_of(given.job, song.session)
    first = stem_audio("reference", "reference", "mix", (paths[0],))
    made = balance_to_reference(
        groups,
        levels,
        {path.name: tone_of_file(path) for path in paths},
        {each.id: each.gain_db for each in load(given.job.chain_path).groups},
        song.rate_hz,
        before_inserts=given.before_inserts,
    )
    return made, partial(balance_sounds, groups, made, levels, first, None, song.rate_hz)


def _write_page(page: Path, job: Job, made: Balance, sounds: Sounds, beside: Beside) -> None:
    from bridge.advising import write_balance_page
    from bridge.jobs import song_name

    write_balance_page(page, made, sounds, beside, song_name(job))


def apply_balance(
    given: ToBalance, balance: Balance, *, estimates: bool = False
) -> tuple[str, ...]:
    """Write the moves into the job, and return what changed in it, as lines of a difference.

    Those that are estimates are left out unless they are asked for.

    Raises as `written_settings` does; InputError `not_sure` for moves that are hardly known.
    """
    from bridge.road.advising.job_settings import written_settings

    if not balance.is_sure:
        said = f"{'; '.join(balance.remarks)}; nothing was written"
        hint = "set faders by hand, by what the same without --apply prints and --page plays"
        raise InputError(Problem("not_sure", said, {"file": str(given.job.path)}, hint=hint))
    settings: dict[Place, float] = {
        ("group", each.id, "gain_db"): each.new_fader_db
        for each in balance.moved_groups
        if estimates or not each.is_estimate
    }
    for stem in balance.moved_stems:
        if estimates or not stem.is_estimate:
            settings["stem", _named(given.job, stem), "gain_db"] = stem.new_gain_db
    return written_settings(given.job.path, settings) if settings else ()


def _named(job: Job, stem: StemMove) -> str:
    """What the job calls a stem that it has a gain of already; others go by their files."""
    for wanted in (stem.id, stem.name):
        for known in job.stem_gains_db:
            if known.casefold() == wanted.casefold():
                return known
    return stem.id


def _read(given: ToBalance, store: Store, events: Events) -> AdvisedSong:
    try:
        needs: MixKind = "mix" if given.aim == "rough" else "reference"
        return read_song(
            given.inputs, store, events, needs=needs, before_inserts=given.before_inserts
        )
    except MachineError as error:
        raise MachineError([_or_without(problem) for problem in error.problems]) from error


def _or_without(problem: Problem) -> Problem:
    without = "--before-inserts goes without any plugin"
    return replace(problem, hint=f"{problem.hint}; {without}" if problem.hint else without)


def _rough_of(job: Job, session: Session) -> str:
    """The name of the rough mix. Raises InputError `no_rough`."""
    for each in session.references:
        if each.kind == "mix":
            return each.media.member or each.media.path.name
    raise InputError(
        Problem(
            "no_rough",
            "this job has no rough mix to balance to",
            {"file": str(job.path)},
            expected='rough = "rough.wav" above the first table of the job',
            hint="ask the client for it; with references in the job, --to reference goes by these",
        )
    )


def _references_of(job: Job, session: Session) -> list[Path]:
    """The references that are files of their own. Raises InputError `no_reference`."""
    found = [path for kind, _, path in references_of(session) if kind == "reference"]
    if found:
        return found
    raise InputError(
        Problem(
            "no_reference",
            "this job has no reference to balance to",
            {"file": str(job.path)},
            expected='references = ["ref.wav"] above the first table of the job',
            hint="stereo files beside the stems, not in a zip",
        )
    )


def _heard(given: ToBalance, song: AdvisedSong) -> list[HeardGroup]:
    from bridge.advising import HeardGroup
    from bridge.gathering import ridden_signal

    plan = song.plan
    signals = _sources(song) if given.before_inserts else played_groups(song)
    rate_hz = plan.engine.sample_rate_hz
    return [
        HeardGroup(
            lane,
            ridden_signal(signals[lane.id], lane.rides, rate_hz),
            has_inserts=bool(lane.steps) and not given.before_inserts,
        )
        for lane in plan.lanes
    ]


def _sources(song: AdvisedSong) -> Mapping[str, Signal]:
    from bridge.rendering import lane_source

    return {lane.id: lane_source(song.context, lane) for lane in song.plan.lanes}


def _mix_of(audio: SongAudio, target: str) -> StemAudio:
    """The rough mix. Raises InputError `rough_unreadable`."""
    if audio.mix is not None:
        return audio.mix
    said = f"the rough mix {target} cannot be read"
    hint = "`stemwright check` says what is wrong with it"
    raise InputError(Problem("rough_unreadable", said, hint=hint))


def _in_rough(song: AdvisedSong, audio: SongAudio, mix: StemAudio) -> InRough:
    from bridge.checking import in_rough

    tempo_bpm = song.session.tempo[0].bpm if song.session.tempo else None
    return in_rough(tuple(audio.stems.values()), mix, song.context.store, tempo_bpm)
