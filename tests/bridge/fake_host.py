"""A host without plugins: named laws in numpy behind the port, for tests of the rooms above.

It keeps every promise of the port: latency compensated, states checked, parameters read back, and
faults mapped to the same errors as those of real children. `FakeHost.ran` lists the steps it ran.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bridge.hosting.answers import Refused, about
from bridge.hosting.child.process import ChildFailed, Ending
from bridge.hosting.engines.display_text import agrees, reading
from bridge.hosting.engines.output_checks import Comparison, first_not_finite, not_finite
from bridge.hosting.engines.parameters import named
from bridge.hosting.faults import answered_error, child_error, diagnostics, key_unreachable
from bridge.hosting.finding.states import check_owner
from bridge.hosting.port import (
    LOAD_DEADLINE_S,
    HostedInsert,
    Prepared,
    PrepareJob,
    RunJob,
    RunResult,
)
from bridge.plugins import Catalogue, Plugin
from sessions.states.device_states import VSTPRESET_HEAD_BYTES, parse_vstpreset
from stemwright.decibels import linear
from stemwright.problems import Diagnostic, Problem, RenderError

Audio = npt.NDArray[np.float32]
Values = Mapping[str, float]
Law = Callable[[Audio, Values], Audio]
"""(2, frames) in, as many out, `latency` frames late; values by parameter name."""

ECHO_FRAMES = 4800
ECHO_FEEDBACK = 0.5


@dataclass(frozen=True)
class Control:
    """A parameter: its default, its range, its unit."""

    default: float
    low: float
    high: float
    unit: str


@dataclass(frozen=True)
class FakePlugin:
    """A law under a name; `latency` names the parameter it reports, `channels` its width.

    `dies` is how its child ends when sound comes in (`dies_loading`: when it is loaded).
    """

    law: Law
    controls: Mapping[str, Control] = field(default_factory=dict)
    latency: str = ""
    channels: int = 2
    dies: ChildFailed | None = None
    dies_loading: bool = False


def _through(audio: Audio, _: Values) -> Audio:
    return audio.copy()


def _gain(audio: Audio, values: Values) -> Audio:
    return audio * np.float32(linear(values["Gain"]))


def _delay(audio: Audio, values: Values) -> Audio:
    frames = int(values["Delay"])
    return np.concatenate((np.zeros((2, frames), np.float32), audio), axis=1)[:, : audio.shape[1]]


def _echo(audio: Audio, _: Values) -> Audio:
    out = audio.copy()
    for start in range(ECHO_FRAMES, out.shape[1], ECHO_FRAMES):
        part = out[:, start : start + ECHO_FRAMES]
        part += np.float32(ECHO_FEEDBACK) * out[:, start - ECHO_FRAMES : start][:, : part.shape[1]]
    return out


def _shape(audio: Audio, _: Values) -> Audio:
    return np.asarray(audio / np.sqrt(1 + audio * audio), np.float32)


def _nan(audio: Audio, _: Values) -> Audio:
    return np.where(np.abs(audio) > 0.1, np.float32(np.nan), audio)


def _silent(audio: Audio, _: Values) -> Audio:
    return np.zeros_like(audio)


def _dead_left(audio: Audio, _: Values) -> Audio:
    return audio * np.array([[0], [1]], np.float32)


_GAIN = {"Gain": Control(0.0, -60.0, 24.0, "dB")}
_CRASH = ChildFailed(Ending.SIGNAL, "SIGSEGV", "processing")
_HANG = ChildFailed(Ending.DEADLINE, "1 s", "processing")
_EXIT = ChildFailed(Ending.EXIT, "exit code 3", "processing")

PLUGINS: dict[str, FakePlugin] = {
    "Fake Gain": FakePlugin(_gain, _GAIN),
    "Fake Mono Gain": FakePlugin(_gain, _GAIN, channels=1),
    "Fake Delay": FakePlugin(_delay, {"Delay": Control(480, 0, 4096, "samples")}, latency="Delay"),
    "Fake Echo": FakePlugin(_echo),
    "Fake Shape": FakePlugin(_shape),
    "Fake Through": FakePlugin(_through),
    "Fake Nan": FakePlugin(_nan),
    "Fake Silent": FakePlugin(_silent),
    "Fake Dead Left": FakePlugin(_dead_left),
    "Fake Crash": FakePlugin(_through, dies=_CRASH),
    "Fake Hang": FakePlugin(_through, dies=_HANG),
    "Fake Exit": FakePlugin(_through, dies=_EXIT),
    "Fake Crash Loading": FakePlugin(_through, dies=_CRASH, dies_loading=True),
}


def fake_catalogue() -> Catalogue:
    """Every fake plugin, as a scan would have found it."""
    return Catalogue(tuple(_scanned(name) for name in PLUGINS))


def _scanned(name: str) -> Plugin:
    identity = sha256(name.encode()).hexdigest()
    path = Path("fake") / f"{name}.vst3"
    return Plugin(name, "Fakes", "1.0", "VST3", identity[:32].upper(), path, identity)


class FakeHost:
    """The port, in this process."""

    name = "fake"
    version = "1"

    def __init__(self) -> None:
        self.prepared: list[str] = []
        self.ran: list[str] = []

    def prepare(self, job: PrepareJob, deadline_s: float = LOAD_DEADLINE_S) -> Prepared:
        """As Host.prepare; `deadline_s` is never reached."""
        del deadline_s
        self.prepared.append(job.step_id)
        if job.state is not None:
            check_owner(job.state, job.slot)
        fake = PLUGINS[job.plugin.name]
        if fake.dies_loading and fake.dies:
            raise child_error(fake.dies, job.slot)
        values = _values(fake, None if job.state is None else job.state.read_bytes())
        faults, set_names = _set(fake, values, job.params)
        if faults:
            raise answered_error(faults, job.slot)
        return Prepared(
            preset=_preset(job.plugin, values),
            class_id=job.plugin.class_id,
            latency_frames=int(values[fake.latency]) if fake.latency else 0,
            inputs=fake.channels,
            outputs=fake.channels,
            read_back=tuple((name, _text(fake.controls[name], values[name])) for name in set_names),
            host=self.name,
            host_version=self.version,
        )

    def run(self, job: RunJob, deadline_s: float | None = None) -> RunResult:
        """As Host.run; `deadline_s` is never reached."""
        del deadline_s
        audio = np.fromfile(job.input, "<f4").reshape(-1, 2).T
        out, latency, told = self._insert(audio, job.insert)
        job.output.write_bytes(out.T.astype("<f4").tobytes())
        return RunResult(latency, self.name, self.version, diagnostics=told)

    def _insert(
        self, audio: Audio, insert: HostedInsert
    ) -> tuple[Audio, int, tuple[Diagnostic, ...]]:
        self.ran.append(insert.step_id)
        if insert.key_input is not None:
            raise RenderError(key_unreachable(insert.slot))
        fake = PLUGINS[insert.plugin.name]
        if fake.dies and (fake.dies_loading or np.abs(audio).max(initial=0) > 0.1):
            raise child_error(fake.dies, insert.slot)
        preset = None
        if insert.preset is not None:
            check_owner(insert.preset, insert.slot)
            preset = insert.preset.read_bytes()
        values = _values(fake, preset) | dict(insert.raw_params)
        latency = int(values[fake.latency]) if fake.latency else 0
        latency = latency if insert.latency_frames is None else insert.latency_frames
        try:
            out, found = _rendered(fake, values, audio, latency)
        except Refused as refused:
            raise answered_error(refused.problems, insert.slot) from None
        return out, latency, diagnostics(found, insert.slot)


def _rendered(
    fake: FakePlugin, values: Values, audio: Audio, latency: int
) -> tuple[Audio, tuple[Diagnostic, ...]]:
    fed = np.concatenate((audio, np.zeros((2, latency), np.float32)), axis=1)
    raw = fake.law(fed, values)
    bad = first_not_finite(raw)
    if bad is not None:
        raise not_finite(bad - latency)
    out = raw[:, latency:]
    compared = Comparison()
    compared.add(audio, out)
    compared.refuse()
    return out, compared.warnings()


def _set(
    fake: FakePlugin, values: dict[str, float], params: tuple[tuple[str, str], ...]
) -> tuple[list[Problem], list[str]]:
    faults: list[Problem] = []
    set_names: list[str] = []
    for asked, text in params:
        name = named(asked, list(fake.controls))
        if not isinstance(name, str):
            faults.append(name)
            continue
        control, said = fake.controls[name], reading(text)
        values[name] = min(control.high, max(control.low, said.value if said else 0.0))
        shown = _text(control, values[name])
        if not agrees(text, shown):
            low, high = _text(control, control.low), _text(control, control.high)
            faults.append(
                Problem(
                    "parameter_refused",
                    f'"{name}" was set to "{text}" and reads back "{shown}"',
                    expected=f"from {low} to {high}",
                    where=about(name),
                )
            )
        set_names.append(name)
    return faults, set_names


def _text(control: Control, value: float) -> str:
    return f"{value:g} {control.unit}"


def _values(fake: FakePlugin, preset: bytes | None) -> dict[str, float]:
    values = {name: control.default for name, control in fake.controls.items()}
    if preset is None:
        return values
    stored: dict[str, float] = json.loads(parse_vstpreset(preset).component)
    return values | stored


def _preset(plugin: Plugin, values: Values) -> bytes:
    """A .vstpreset whose component is the values as JSON."""
    component = json.dumps(dict(values), sort_keys=True).encode()
    start = VSTPRESET_HEAD_BYTES
    end = start + len(component)
    head = b"VST3" + struct.pack("<i", 1) + plugin.class_id.encode() + struct.pack("<q", end)
    chunk = b"Comp" + struct.pack("<qq", start, len(component))
    return head + component + b"List" + struct.pack("<i", 1) + chunk
