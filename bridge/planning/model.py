"""A plan: what will be rendered, resolved and frozen, before anything is heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.planning.moves import Ride, SongMoves
from bridge.plugins import Lines, Moved, Plugin, Slot
from bridge.storing import Entry, Store
from chains import NOWHERE, Side, Where
from stemwright.decibels import linear
from stemwright.problems import Diagnostic, Problem
from stemwright.shown import Shown
from stemwright.values import dataclass

if TYPE_CHECKING:
    from bridge.audio import Ends
    from chains import Dynamics, InsertSettings, Limiter

ARRAY = "array:"
"""How the place of a stem begins that lies in memory; no file of a session is called so."""


@dataclass(frozen=True)
class StemFile:
    """One audio file of a stem: where it lies, and what is in it.

    `pcm_hash` is the blake3 of its decoded samples; `frames` are at `sample_rate_hz`. For a zip's
    member, `archive` is the zip, `member` the entry and `path` the copy that is decoded. `prints`
    are those of its inspection; what is decoded is held to them where they are known. For an
    array in memory, `array` is its name and `path` the copy that is decoded. `subtype` and `ends`
    are those of its inspection, too: what the quick part of the stem check looks at.
    """

    path: Path = field(compare=False)
    pcm_hash: str
    channels: int
    sample_rate_hz: int
    frames: int
    archive: Path | None = field(default=None, compare=False)
    member: str | None = field(default=None, compare=False)
    prints: str = field(default="", compare=False, repr=False)
    subtype: str = field(default="", compare=False)
    ends: Ends | None = field(default=None, compare=False, repr=False)
    array: str | None = field(default=None, compare=False)

    @property
    def place(self) -> str:
        """Where the user has it: the file, the zip and the member's name, or the array's name."""
        if self.array is not None:
            return f"{ARRAY}{self.array}"
        return str(self.path) if self.archive is None else f"{self.archive}/{self.member}"


@dataclass(frozen=True)
class Stem:
    """A stem as it will be summed: one file, or a left and a right one.

    `offset_s` is silence before its first frame; gain and rides act in its group's sum.
    """

    id: str
    name: str
    role: str
    files: tuple[StemFile, ...]
    offset_s: float = 0.0
    gain_db: float = 0.0
    rides: tuple[Ride, ...] = ()

    @property
    def channels(self) -> int:
        """1, or 2 for a stereo file and for a pair; more only where planning will refuse it."""
        return sum(file.channels for file in self.files)

    @property
    def sample_rate_hz(self) -> int:
        """The rate of its files, which agree."""
        return self.files[0].sample_rate_hz

    def frames_at(self, rate_hz: int) -> int:
        """Frames from time 0 to the stem's end at `rate_hz`, rounded as the resampler does."""
        return self.offset_at(rate_hz) + _at_rate(self.files[0], rate_hz)

    def offset_at(self, rate_hz: int) -> int:
        """Frames of silence before it at `rate_hz`."""
        return round(self.offset_s * rate_hz)


def _at_rate(file: StemFile, rate_hz: int) -> int:
    return round(file.frames * rate_hz / file.sample_rate_hz)


@dataclass(frozen=True)
class Stems:
    """Every stem of a session, in natural order; `folder` is where the session lies."""

    stems: tuple[Stem, ...]
    tempo_bpm: float = 120.0
    diagnostics: tuple[Diagnostic, ...] = ()
    folder: Path = field(default=Path(), compare=False)


@dataclass(frozen=True)
class NativeInsert:
    """A built-in with its settings; `on` is the signal it works on, `key` the group it hears."""

    id: str
    settings: InsertSettings
    mix: float = 1.0
    on: Side = "stereo"
    key: str | None = None
    where: Where = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True)
class NativeStep:
    """A run of consecutive built-ins, rendered and stored as one; a keyed one stands alone."""

    id: str
    label: str
    inserts: tuple[NativeInsert, ...]

    @property
    def key(self) -> str | None:
        """The group its only insert listens to."""
        return self.inserts[0].key

    @property
    def insert_ids(self) -> tuple[str, ...]:
        """The inserts in it, in signal order."""
        return tuple(insert.id for insert in self.inserts)


@dataclass(frozen=True)
class StandIn:
    """Frozen audio in the place of a plugin, and what the plugin is here: `reason`.

    `host_version` is that of the host it was made by. `audio` puts what was frozen under a key into
    a store; it gives None where nothing was.
    """

    host_version: str
    reason: str
    audio: Callable[[Store, str], Entry | None] = field(compare=False, repr=False)


@dataclass(frozen=True)
class HostedStep:
    """One hosted insert.

    `unreadable` says why its plugin cannot be hosted although its file is there, `missing` that
    there is none: the render fails at this step, after the other lanes. With `stands_in` nothing is
    hosted, and `plugin` is the one that was frozen. `moved` are the parameters that do not stand.
    `warm_up_s` is how long the plugin is waited for, set up, before it is fed.
    """

    id: str
    label: str
    insert_id: str
    plugin: Plugin
    state: Path | None = field(compare=False)
    state_hash: str | None
    params: tuple[tuple[str, str], ...]
    latency_samples: int | None
    mix: float = 1.0
    on: Side = "stereo"
    key: str | None = None
    unreadable: str | None = None
    missing: Problem | None = None
    moved: tuple[Moved, ...] = ()
    warm_up_s: float = 0.0
    lines: Lines = field(default_factory=dict, compare=False)
    stands_in: StandIn | None = None

    @property
    def insert_ids(self) -> tuple[str, ...]:
        """The insert in it."""
        return (self.insert_id,)

    @property
    def hostable(self) -> bool:
        """Whether its plugin is there and can be read, and is to be hosted."""
        return self.unreadable is None and self.missing is None and self.stands_in is None

    @property
    def slot(self) -> Slot:
        """Where what goes wrong with it is."""
        return Slot(self.plugin, self.id, self.lines)


Step = NativeStep | HostedStep


@dataclass(frozen=True)
class Lane:
    """A stem group's render graph: stems, trim, steps, fader. Gains are linear factors.

    `sends` are (return id, linear gain after the fader). `pre_rides` act before the first step,
    `rides` after the last, before the fader.
    """

    id: str
    stems: tuple[Stem, ...]
    trim: float
    steps: tuple[Step, ...]
    fader: float
    fader_db: float
    sends: tuple[tuple[str, float], ...] = ()
    rides: tuple[Ride, ...] = ()
    pre_rides: tuple[Ride, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The groups its inserts listen to."""
        return tuple(step.key for step in self.steps if step.key is not None)


@dataclass(frozen=True)
class ReturnLane:
    """An effect bus the groups send to; `fader` is linear."""

    id: str
    steps: tuple[Step, ...]
    fader: float
    fader_db: float


@dataclass(frozen=True)
class Finish:
    """How the master bus ends.

    `driven` are the steps after the drive, our own last limiter left out; `limiter` is that one,
    or the final one of ours, or None when a hosted plugin or the engineer has the last word.
    """

    limiter: Limiter | None
    driven: tuple[Step, ...]
    integrated_lufs: float | None
    true_peak_dbtp: float
    trim_if_over: bool
    drive_at: str


@dataclass(frozen=True)
class VersionPlan:
    """A further master: the lanes that sound in it.

    `lanes` are those of them that lose some stems, without these; `without` are the ids of such
    stems. With the `dynamics` of "main" every gain is the one that the main master has there.
    `gains_db` are over the faders of groups; without the `limiter` no ceiling is kept.
    """

    id: str
    sounding: tuple[str, ...]
    lanes: tuple[Lane, ...] = ()
    without: tuple[str, ...] = ()
    dynamics: Dynamics = "own"
    gains_db: tuple[tuple[str, float], ...] = ()
    limiter: bool = True

    @property
    def words(self) -> dict[str, Any]:
        """What render.json, plan and lock say of it beside what sounds; nothing of defaults."""
        found: dict[str, Any] = {} if self.dynamics == "own" else {"dynamics": self.dynamics}
        found |= {"gain_db": dict(self.gains_db)} if self.gains_db else {}
        return found if self.limiter else {**found, "limiter": False}

    def faded(self, lane: Lane) -> Lane:
        """A lane of it with its gain over the fader."""
        gain_db = dict(self.gains_db).get(lane.id)
        if gain_db is None:
            return lane
        louder_db = lane.fader_db + gain_db
        return replace(lane, fader=linear(louder_db), fader_db=louder_db)


@dataclass(frozen=True)
class Engine:
    """What the sound depends on beside the chain's settings.

    `tail_s` is the master's time after the longest stem; None for as long as it rings.
    """

    host: str
    buffer_size: int
    sample_rate_hz: int
    tempo_bpm: float
    tail_s: float | None = None


@dataclass(frozen=True)
class Window:
    """A part of the song, in frames: steps run from `skip`, the file goes from `start` to `end`.

    An `end` of None is the master's own, its tail included.
    """

    skip: int
    start: int
    end: int | None


@dataclass(frozen=True)
class Plan(Shown):
    """Session and chain, linked.

    `frames` is where the longest stem ends, or the window if that is before; `render_frames` what
    every step renders; `fixed_frames` where the master ends if its sound does not decide that. With
    a `window`, all three count from its skip on. `only` names the versions that are wanted,
    where not all are; main's bus is rendered with any. A plan with plugins `missing` can be
    rendered in part. `overrides` are the song's settings that stand over the chain's, by path.
    """

    chain_name: str
    engine: Engine
    frames: int
    render_frames: int
    lanes: tuple[Lane, ...]
    master: tuple[Step, ...]
    finish: Finish | None
    versions: tuple[VersionPlan, ...]
    diagnostics: tuple[Diagnostic, ...]
    returns: tuple[ReturnLane, ...] = ()
    window: Window | None = None
    bypassed: tuple[str, ...] = ()
    states: Mapping[str, str] = field(default_factory=dict, compare=False)
    missing: tuple[Problem, ...] = ()
    fixed_frames: int | None = None
    only: tuple[str, ...] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def moves(self) -> SongMoves:
        """What the song does beside its chain."""
        stems = [stem for lane in self.lanes for stem in lane.stems]
        return SongMoves(
            {stem.id: stem.gain_db for stem in stems if stem.gain_db},
            {stem.id: stem.rides for stem in stems if stem.rides},
            {lane.id: lane.rides for lane in self.lanes if lane.rides},
            {lane.id: lane.pre_rides for lane in self.lanes if lane.pre_rides},
            self.overrides,
        )

    @property
    def written(self) -> tuple[str, ...]:
        """The versions that become files, "main" among them."""
        every = ("main", *(version.id for version in self.versions))
        return tuple(each for each in every if not self.only or each in self.only)

    @property
    def made(self) -> tuple[VersionPlan, ...]:
        """The versions beside main that are rendered."""
        return tuple(version for version in self.versions if version.id in self.written)

    @property
    def unheard_frames(self) -> int:
        """The pre-roll: frames that every step renders before the file begins."""
        return 0 if self.window is None else self.window.start - self.window.skip

    @property
    def hosted(self) -> tuple[HostedStep, ...]:
        """Every plugin insert that can be hosted, in signal order."""
        return tuple(step for step in self._plugins if step.hostable)

    @property
    def standing_in(self) -> tuple[HostedStep, ...]:
        """The plugin inserts in whose place frozen audio stands, in signal order."""
        return tuple(step for step in self._plugins if step.stands_in is not None)

    @property
    def unreadable(self) -> tuple[HostedStep, ...]:
        """The plugin inserts whose file is there and cannot be read, in signal order."""
        return tuple(step for step in self._plugins if step.unreadable is not None)

    @property
    def _plugins(self) -> tuple[HostedStep, ...]:
        driven = self.finish.driven if self.finish is not None else ()
        rows = [*(lane.steps for lane in self.lanes), *(back.steps for back in self.returns)]
        steps = [step for row in (*rows, self.master, driven) for step in row]
        return tuple(step for step in steps if isinstance(step, HostedStep))

    @property
    def able(self) -> tuple[Lane, ...]:
        """The lanes that need no missing plugin, themselves or in a group they listen to."""
        able = [lane for lane in self.lanes if not any(_is_missing(step) for step in lane.steps)]
        lanes = {lane.id for lane in self.lanes}
        while True:
            ids = {lane.id for lane in able}
            left = [lane for lane in able if set(lane.keys) & lanes <= ids]
            if len(left) == len(able):
                return tuple(able)
            able = left


def _is_missing(step: Step) -> bool:
    return isinstance(step, HostedStep) and step.missing is not None
