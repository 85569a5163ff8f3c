"""Making a starter chain: listen to the groups, set their strips, hear the sum, set the master."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from bridge.advising.starting.chain_text import chain_text
from bridge.advising.starting.group_strips import group_strip
from bridge.advising.starting.grouping import StarterGroup, starter_groups
from bridge.advising.starting.listening import Listened, listened
from bridge.advising.starting.master_strip import Wanted, master_strip
from bridge.advising.starting.references import Reference
from bridge.advising.starting.returns import with_returns
from bridge.advising.starting.strips import Setting, Strip
from bridge.advising.starting.trials import Trial, Trials, heard_blocks
from bridge.comparing import ToneDistance, tone_distance, tone_of
from bridge.gathering import gather, link
from bridge.rendering import MUCH_LIMITING_DB, context_of, lane_source
from chains import loads
from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.values import dataclass
from stemwright.words import printable

CEILING_DBTP = -1.0
_USUAL_LUFS = -14.0
_QUIETEST_LUFS, _LOUDEST_LUFS = -18.0, -8.0
_EASINGS = 4


@dataclass(frozen=True)
class Loudness:
    """What a master is driven to, and why; `fixed` where somebody asked for it."""

    lufs: float
    why: str
    fixed: bool = False


@dataclass(frozen=True)
class Starter:
    """A starter chain with what its first render measures.

    `said` is that in words. `before` is how far the plain sum of the stems lies from the reference,
    `after` the master.
    """

    text: str
    said: tuple[str, ...]
    groups: tuple[StarterGroup, ...]
    measures: Mapping[str, Any]
    reached: bool
    limited_db: float
    before: ToneDistance | None = None
    after: ToneDistance | None = None
    diagnostics: tuple[Diagnostic, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What `new --json` prints, but for the file."""
        return {
            "text": self.text,
            "groups": [
                {"id": group.id, "stems": [stem.id for stem in group.taken]}
                for group in self.groups
            ],
            "first_render": {
                "measures": dict(self.measures),
                "reached": self.reached,
                "limited_db": round(self.limited_db, 2),
            },
            "distance_before": None if self.before is None else self.before.as_json(),
            "distance_after": None if self.after is None else self.after.as_json(),
            "diagnostics": [said.as_json() for said in self.diagnostics],
        }


def starter(
    trials: Trials, name: str, reference: Reference | None, target_lufs: float | None
) -> Starter:
    """Make a chain for one song's stems: its text, which its first render stands behind.

    Raises InputError as `bridge.gathering.gather` does and `silent_song`, and what a render raises.
    """
    with trials.store.holding():
        return _Making(trials, name, reference, _loudness(reference, target_lufs)).made()


def _loudness(reference: Reference | None, target_lufs: float | None) -> Loudness:
    if target_lufs is not None:
        return Loudness(target_lufs, "as asked for", fixed=True)
    if reference is None:
        return Loudness(_USUAL_LUFS, "what most streaming services play at")
    own = reference.integrated_lufs
    near = max(_QUIETEST_LUFS, min(_LOUDEST_LUFS, round(2.0 * own) / 2.0))
    return Loudness(near, f"{reference.name} has {own:.1f} LUFS")


@dataclass(frozen=True)
class _Making:
    """One song's chain while it is made."""

    trials: Trials
    name: str
    reference: Reference | None
    loudness: Loudness

    def made(self) -> Starter:
        trials = self.trials
        trials.events.stage("listening")
        groups = starter_groups(gather(trials.session, trials.store, trials.jobs).stems)
        heard, before = self._heard(groups)
        own = [group_strip(group, heard[group.id]) for group in groups]
        strips = with_returns(own, groups, heard)
        first = trials.of(chain_text(self.name, strips), bare=True)
        strips = tuple(_with_makeup(strip, first) for strip in strips)
        bare = trials.of(chain_text(self.name, strips), bare=True)
        mastering = _Mastering(
            self, strips, listened(heard_blocks(bare), bare.rate_hz), bare.rate_hz
        )
        loudness, best = mastering.best()
        said = tuple(_said(best, before, self.reference))
        return Starter(
            text=mastering.text(best.wanted, loudness, said),
            said=said,
            groups=groups,
            measures=best.trial.measures,
            reached=best.trial.rendering.reached,
            limited_db=best.trial.limited_db,
            before=before,
            after=best.distance,
            diagnostics=best.trial.rendering.diagnostics,
        )

    def _heard(
        self, groups: Sequence[StarterGroup]
    ) -> tuple[Mapping[str, Listened], ToneDistance | None]:
        """What each group measures, and how far the plain sum of all stems is from the reference.

        Raises InputError `silent_song`.
        """
        trials, reference = self.trials, self.reference
        strips = [Strip("group", each.id, (Setting("stems", each.stems),)) for each in groups]
        bare = loads(chain_text(self.name, strips))
        plan = link(trials.session, bare, trials.store, jobs=trials.jobs)
        rate_hz = plan.engine.sample_rate_hz
        context = context_of(plan, trials.store, events=trials.events, jobs=trials.jobs)
        heard = {
            lane.id: listened(lane_source(context, lane).blocks(), rate_hz) for lane in plan.lanes
        }
        if all(each.peak_dbfs is None for each in heard.values()):
            raise InputError(_silent())
        if reference is None:
            return heard, None
        stems = tuple(stem for lane in plan.lanes for stem in lane.stems)
        whole = lane_source(context, replace(plan.lanes[0], stems=stems))
        return heard, tone_distance(tone_of(whole.blocks(), rate_hz), reference.tone)


@dataclass(frozen=True)
class _Tried:
    """A master as it was heard: what was wanted of its tone, and how near it came."""

    wanted: Wanted | None
    trial: Trial
    distance: ToneDistance | None

    @property
    def off_db(self) -> float:
        """Mid and side in one figure, to choose by."""
        if self.distance is None:
            return 0.0
        return math.hypot(self.distance.mid_db or 0.0, self.distance.side_db or 0.0)


@dataclass(frozen=True)
class _Mastering:
    """The strips stand; the master's own is set by hearing it."""

    making: _Making
    strips: tuple[Strip, ...]
    bus: Listened
    rate_hz: int

    def best(self) -> tuple[Loudness, _Tried]:
        """Bring the tone to the reference, and ease the target until the limiter does no harm."""
        loudness, tried = self._eased(None, self.making.loudness)
        if tried.distance is None:
            return loudness, tried
        loudness, toned = self._eased(Wanted.of(tried.distance), loudness)
        return loudness, min(tried, toned, key=lambda each: each.off_db)

    def _eased(self, wanted: Wanted | None, loudness: Loudness) -> tuple[Loudness, _Tried]:
        tried = self._tried(wanted, loudness)
        for _ in range(_EASINGS):
            deep_db = tried.trial.limited_db - MUCH_LIMITING_DB
            if loudness.fixed or deep_db <= 0.0:
                break
            why = f"{loudness.lufs:g} would limit by up to {tried.trial.limited_db:.1f} dB"
            eased = math.floor(2.0 * (loudness.lufs - 0.7 * deep_db)) / 2.0
            loudness = Loudness(eased, why)
            tried = self._tried(wanted, loudness)
        return loudness, tried

    def _tried(self, wanted: Wanted | None, loudness: Loudness) -> _Tried:
        trial = self.making.trials.of(self.text(wanted, loudness))
        reference = self.making.reference
        if reference is None:
            return _Tried(wanted, trial, None)
        tone = tone_of(heard_blocks(trial), trial.rate_hz)
        return _Tried(wanted, trial, tone_distance(tone, reference.tone))

    def text(self, wanted: Wanted | None, loudness: Loudness, said: Sequence[str] = ()) -> str:
        """The chain with such a tone and such a loudness."""
        making = self.making
        near = "" if making.reference is None else making.reference.name
        master = master_strip(self.bus, wanted, self.rate_hz, near)
        target = (
            Setting("integrated_lufs", loudness.lufs, loudness.why),
            Setting("true_peak_dbtp", CEILING_DBTP, "room for lossy encoders"),
        )
        return chain_text(making.name, (*self.strips, master), target, said)


def _said(best: _Tried, before: ToneDistance | None, reference: Reference | None) -> Iterator[str]:
    """What stands at the head of the file."""
    measures = best.trial.measures
    yield (
        f"Its first render: {measures['integrated_lufs']:.1f} LUFS,"
        f" {measures['true_peak_dbtp']:.1f} dBTP, limited by up to {best.trial.limited_db:.1f} dB."
    )
    if before is not None and best.distance is not None and reference is not None:
        yield (
            f"From {printable(reference.name)}, thirds of an octave, mid / side:"
            f" the plain sum {_both(before)} dB, this {_both(best.distance)} dB."
        )


def _both(found: ToneDistance) -> str:
    shares = (found.mid_db, found.side_db)
    return " / ".join("none" if each is None else f"{each:.2f}" for each in shares)


def _with_makeup(strip: Strip, heard: Trial) -> Strip:
    """A group's compressor gives back what the group's inserts took, to half a decibel."""
    lost_db = round(2.0 * heard.makeup_db(strip.id)) / 2.0
    if strip.kind != "group" or lost_db <= 0.0:
        return strip
    made = Setting("makeup_db", min(lost_db, 6.0), "the group stays as loud as it came")
    return replace(
        strip,
        inserts=tuple(
            replace(each, settings=(*each.settings, made)) if each.use == "compressor" else each
            for each in strip.inserts
        ),
    )


def _silent() -> Problem:
    return Problem(
        "silent_song",
        "every stem is silent: there is nothing to set a chain by",
        hint="export the stems again, or start from a chain of the library",
    )
