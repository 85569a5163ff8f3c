"""Where finished music beside the stems lies on the song's time: it may start early or late."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain as joined

from bridge.audio.resample import resampled, resampled_frames
from bridge.planning import Plan, group_digest
from bridge.rendering import Rendering
from bridge.rendering.signals import DamagedEntryError, Signal, cut, silence
from bridge.rendering.sources import group_blocks
from bridge.reporting.heard import Heard
from bridge.storing import Store, digest
from stemwright.problems import InputError

LONGEST_S = 600
"""As much of both is compared."""

_VERSION = 1
_FAR_TRUSTED = 0.7
"""Less than `diff` asks for: a rough mix has other faders, and a master was driven."""


def placed(heard: Heard, plan: Plan, rendering: Rendering, store: Store) -> Heard:
    """Return a signal from where the master begins, as far as that can be told.

    It is compared with the plain sum of the whole song's stems, once: the store remembers. Where no
    place is sure it stays as it lies. In a range it is the part that is rendered, but all of what
    is another song.
    """
    if heard.blocks is None:
        return heard
    offset_s = _offset_s(heard, plan, store)
    found = replace(heard, offset_s=offset_s)
    start = round((offset_s or 0.0) * heard.rate_hz)
    frames = heard.frames - start
    if plan.window is not None and found.beside:
        scale = heard.rate_hz / plan.engine.sample_rate_hz
        start += round(plan.window.start * scale)
        frames = min(round(rendering.frames * scale), heard.frames - start)
    return _from(found, start, frames)


def _from(heard: Heard, start: int, frames: int) -> Heard:
    """A signal from its frame `start` on, which may lie before its first."""
    blocks = heard.blocks
    if blocks is None or frames <= max(0, -start):
        return replace(heard, blocks=None, fault="it has nothing of what is rendered")
    if not start and frames == heard.frames:
        return heard
    before = max(0, -start)
    return replace(
        heard,
        digest=digest("report.part", of=heard.digest, start=start) if start else heard.digest,
        frames=frames,
        blocks=lambda: joined(silence(before), cut(blocks(), frames - before, max(0, start))),
    )


def _offset_s(heard: Heard, plan: Plan, store: Store) -> float | None:
    """How late the music of a signal is; None where that is not sure."""
    song = _song(plan, store)
    key = digest(
        "report.placed",
        version=_VERSION,
        source=heard.digest,
        rate_hz=heard.rate_hz,
        song=song.digest,
        song_hz=plan.engine.sample_rate_hz,
    )
    entry = store.get(key)
    if entry is None:
        found = _compared(heard, song, plan.engine.sample_rate_hz)
        entry = store.put(key, {"pcm": None, "offset_s": found})
    found = entry.meta["offset_s"]
    return None if found is None else float(found)


def _compared(heard: Heard, song: Signal, rate_hz: int) -> float | None:
    from bridge.comparing import Streams, align  # loads scipy, which a stored place never needs

    blocks = heard.blocks
    assert blocks is not None  # noqa: S101 - narrows for the type checker
    most = LONGEST_S * rate_hz
    frames = min(most, resampled_frames(heard.frames, heard.rate_hz, rate_hz))
    both = Streams(
        song.blocks,
        lambda: cut(resampled(blocks(), 2, heard.rate_hz, rate_hz), frames),
        (song.frames, frames),
        rate_hz,
        2,
    )
    try:
        found, _ = align(both, _FAR_TRUSTED)
    except (InputError, DamagedEntryError):  # told where it is played
        return None
    return None if found is None else round(found.offset_frames) / rate_hz


def _song(plan: Plan, store: Store) -> Signal:
    """The plain sum of all stems, from the start of the song whatever range is rendered."""
    rate_hz = plan.engine.sample_rate_hz
    stems = tuple(stem for lane in plan.lanes for stem in lane.stems)
    longest = max((stem.frames_at(rate_hz) for stem in stems), default=0)
    frames = min(longest, LONGEST_S * rate_hz)
    return Signal(
        group_digest(stems, 1.0, rate_hz, frames),
        frames,
        lambda: group_blocks(stems, 1.0, rate_hz, frames, store),
    )
