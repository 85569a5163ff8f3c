"""The port every plugin host implements, and the frozen values that cross it.

Audio crosses as files of raw little-endian float32, interleaved stereo, without a header.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bridge.plugins import Lines, Moved, Plugin, Slot
from stemwright.problems import Diagnostic

LOAD_DEADLINE_S = 60.0
"""What a plugin may take to load, or to be prepared, before it counts as hung."""

SLOWEST_REAL_TIME_RATIO = 2.0
"""What a second of audio may take to process, in seconds, before a plugin counts as hung."""


@dataclass(frozen=True)
class PrepareJob:
    """Set a plugin up: the state (.vstpreset), then parameters by name in display text over it.

    `warm_up_s` is what it is given, once it has its state, to load what it loads by itself.
    """

    plugin: Plugin
    state: Path | None = None
    params: tuple[tuple[str, str], ...] = ()
    sample_rate_hz: int = 48000
    buffer_size: int = 512
    tempo_bpm: float = 120.0
    step_id: str = ""
    lines: Lines = field(default_factory=dict, compare=False)
    warm_up_s: float = 0.0

    @property
    def slot(self) -> Slot:
        """Where what goes wrong is."""
        return Slot(self.plugin, self.step_id, self.lines)


@dataclass(frozen=True)
class Prepared:
    """A plugin as it will run.

    `preset` is the finished .vstpreset: the given state unchanged when no parameter was set; None
    when the plugin's own state does not hold what was set, and `raw_params` (name, 0..1) set it
    again at run time. `latency_frames` is what the plugin reports once it is set up.
    `read_back` pairs each parameter's own name with the display text it came to.
    """

    preset: bytes | None
    class_id: str
    latency_frames: int
    inputs: int
    outputs: int
    raw_params: tuple[tuple[str, float], ...] = ()
    read_back: tuple[tuple[str, str], ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    host: str = ""
    host_version: str = ""


@dataclass(frozen=True)
class HostedInsert:
    """One hosted insert, ready to run.

    `latency_frames` overrides what the plugin reports; `expected_latency_frames` is what it
    reported when it was prepared: a run that finds another value says so. `inputs` and `outputs`
    are the channels it was prepared with, 1 or 2. `key_input` is the side-chain
    key, a file like the run's input and as long. `moved` are the parameters that do not stand.
    `warm_up_s` is how long the plugin, set up and started, is waited for before it is fed.
    """

    step_id: str
    plugin: Plugin
    preset: Path | None = None
    raw_params: tuple[tuple[str, float], ...] = ()
    latency_frames: int | None = None
    expected_latency_frames: int | None = None
    inputs: int = 2
    outputs: int = 2
    key_input: Path | None = None
    moved: tuple[Moved, ...] = ()
    warm_up_s: float = 0.0
    lines: Lines = field(default_factory=dict, compare=False)

    @property
    def slot(self) -> Slot:
        """Where what goes wrong is."""
        return Slot(self.plugin, self.step_id, self.lines)


@dataclass(frozen=True)
class RunJob:
    """Run stereo audio of `frames` frames through one insert.

    The output starts at zero latency and has exactly `frames` frames: frame n out belongs to
    frame n in. What a plugin still holds after the last frame is cut, so a caller who wants its
    tail hands in silence after the signal.
    """

    insert: HostedInsert
    input: Path
    output: Path
    frames: int
    sample_rate_hz: int
    buffer_size: int = 512
    tempo_bpm: float = 120.0


@dataclass(frozen=True)
class RunResult:
    """A finished run: its output file is there, whole.

    `latency_frames` is what was compensated; `lag_frames` how far the output was measured to lie
    behind the input after that, None where it cannot be told; `load_s` and `process_s` are wall
    seconds in the child, for loading (state included) and for processing.
    """

    latency_frames: int
    host: str
    host_version: str
    lag_frames: int | None = None
    peak_memory_bytes: int = 0
    load_s: float = 0.0
    process_s: float = 0.0
    diagnostics: tuple[Diagnostic, ...] = ()


class Host(Protocol):
    """A plugin host.

    Raises InputError for a state or parameter that cannot be right, RenderError for a plugin that
    fails (crash, hang, exit, not finite, dead channel, ...), StoppedError when it was stopped.
    """

    @property
    def name(self) -> str:
        """The engine's name, as in the chain's `engine.host`."""
        ...

    @property
    def version(self) -> str:
        """The engine's own version; part of every hosted step's identity."""
        ...

    def prepare(self, job: PrepareJob, deadline_s: float = LOAD_DEADLINE_S) -> Prepared:
        """Set a plugin up and say what it is; takes at most about `deadline_s` an attempt."""
        ...

    def run(self, job: RunJob, deadline_s: float | None = None) -> RunResult:
        """Render; it may take `deadline_s`, by default `deadline_s(...)` of its frames."""
        ...


def deadline_s(frames: int, sample_rate_hz: int) -> float:
    """Seconds after which a hosted insert on `frames` frames counts as hung, without a card."""
    return LOAD_DEADLINE_S + SLOWEST_REAL_TIME_RATIO * frames / sample_rate_hz
