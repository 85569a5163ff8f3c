"""What it takes to mend a stem that is clipped from its first second to its last."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.defects.clean import Part, stems
from benchmarks.defects.sound import Sound, write
from benchmarks.figures import progress
from benchmarks.usage import Usage
from bridge.checking import CheckReport, Finding, StemFindings
from bridge.checking.repairing import StemPlace, planned_repairs
from bridge.checking.repairing.mending import StemMending
from bridge.checking.stem_audio import stem_audio

_SECONDS = 240
_UNDER_PEAK = 10.0 ** (-6 / 20)
_STEM = "stem"


def told(part: Part, folder: Path) -> str:
    """A line with the stem, what was cut of it, and the CPU seconds of mending it."""
    name, sound = _densest(part)
    wall = _UNDER_PEAK * sound.peak
    repeats = -(-_SECONDS * sound.rate_hz // sound.frames)
    whole = np.tile(sound.samples, (2, repeats) if len(sound.samples) == 1 else (1, repeats))
    whole = whole[:, : _SECONDS * sound.rate_hz]
    progress(f"clipped from end to end: {name}")
    path = folder / f"{_STEM}.wav"
    write(sound.holding(np.clip(whole, -wall, wall), "PCM_24"), path)
    audio = stem_audio(_STEM, _STEM, "", (path,))
    level_dbfs = float(20 * np.log10(wall))
    found = Finding("clipped-1", "clipped", "major", (_STEM,), 0.0, float(_SECONDS), level_dbfs)
    place = StemPlace(0, audio.facts.frames, audio.facts.sample_rate_hz)
    plan = planned_repairs(CheckReport((StemFindings(_STEM, (found,)),)), {_STEM: place})
    began = Usage.now()
    mending = StemMending(audio, plan.steps)
    for _ in mending.blocks():
        pass
    used = Usage.now().since(began)
    path.unlink()
    cut = float((np.abs(whole) >= wall).mean())
    words = "; ".join(each.words for each in mending.mended())
    return (
        f"{name}, repeated to {_SECONDS} s of stereo, clipped at -6 dB throughout, "
        f"{cut:.1%} of its samples: {used.cpu_s:.1f} CPU s ({words})."
    )


def _densest(part: Part) -> tuple[str, Sound]:
    """Of the stems, that of which most lies within 6 dB of its peak."""
    made = [(each.name, each.make()) for each in stems(part)]
    return max(made, key=lambda each: _share(each[1]))


def _share(sound: Sound) -> float:
    return float((np.abs(sound.samples) >= _UNDER_PEAK * max(sound.peak, 1e-9)).mean())
