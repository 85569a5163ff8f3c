"""Where an AAF's clips take their audio: the chain of mobs from a clip to a file.

AAF Object Specification 1.1, sections 4 and 7: a composition's clip names a master mob, that one a
file's source mob, that one a tape or the file it was imported from.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from sessions.media.search import MediaFinder
from sessions.model.session import Media

_DEEPEST = 24
_FRAMES = struct.Struct(">hIh")
_CLASS_FORMATS = {"WAVEDescriptor": "WAV", "AIFCDescriptor": "AIFF", "PCMDescriptor": "RAW"}


def value(thing: Any, name: str, default: Any = None) -> Any:
    """A property's value; `default` when the object lacks it."""
    found = thing.get(name)
    return default if found is None or found.value is None else found.value


def kind(thing: Any) -> str:
    """The AAF class of an object, such as "SourceClip"."""
    return str(thing.classdef.class_name)


def rate_of(slot: Any) -> Fraction:
    """A slot's edit units a second."""
    rate = Fraction(slot.edit_rate)
    if rate <= 0:
        raise ValueError(f"slot {slot.slot_id} has an edit rate of {rate}")
    return rate


@dataclass(frozen=True)
class Source:
    """The audio under a clip, from `offset_s` in its file on.

    `channel` is the file's channel the clip takes, from 1; 0 when the chain does not tell.
    """

    key: str
    name: str
    offset_s: Fraction
    media: Media | None
    media_path: str | None
    channel: int
    rate_hz: int | None
    embedded: bool


class Sources:
    """Follows the chains of one AAF."""

    def __init__(self, path: Path, content: Any, finder: MediaFinder) -> None:
        self._path = path
        self._finder = finder
        self._mobs = {str(mob.mob_id): mob for mob in content.mobs}
        self._embedded = {str(data.mob_id) for data in content.essencedata}

    def of(self, clip: Any, rate: Fraction) -> Source | None:
        """The source of a SourceClip in a slot of edit rate `rate`; None when it names nothing."""
        name, channel, files = "", 0, []
        for mob, slot, at_s in self._chain(clip, rate):
            name = name or str(mob.name or "")
            if kind(mob) == "SourceMob":
                files.append((mob, at_s))
                channel = channel or int(value(slot, "PhysicalTrackNumber", 0))
        if not files:
            return None
        mob, offset_s = files[0]
        return self._source(mob, name, offset_s, channel, [each for each, _ in files])

    def _chain(self, clip: Any, rate: Fraction) -> Iterator[tuple[Any, Any, Fraction]]:
        """Mob, slot and seconds into the mob, link by link towards the source."""
        within_s = Fraction(0)
        for _ in range(_DEEPEST):
            mob = self._mobs.get(str(clip.mob_id))
            slot = mob and next((each for each in mob.slots if each.slot_id == clip.slot_id), None)
            if slot is None:
                return
            # A start counts in the units of the slot the clip stands in, an origin in its own's.
            at_s = within_s + Fraction(value(clip, "StartTime", 0)) / rate
            rate = rate_of(slot)
            at_s += Fraction(value(slot, "Origin", 0)) / rate
            yield mob, slot, at_s
            found = _clip_at(slot.segment, at_s * rate, 0)
            if found is None:
                return
            clip, left = found
            within_s = left / rate

    def _source(
        self, mob: Any, name: str, offset_s: Fraction, channel: int, files: list[Any]
    ) -> Source:
        key = str(mob.mob_id)
        facts = _facts(mob)
        embedded = key in self._embedded
        written = tuple(dict.fromkeys(url for each in files for url in _locators(each)))
        media = self._inside(key, facts) if embedded else self._finder.media(*written)
        path = f"{self._path.name}!/{key}" if embedded else next(iter(written), None)
        rate = media.sample_rate_hz if media else facts.sample_rate_hz if facts else None
        return Source(key, name, offset_s, media, path, channel, rate, embedded)

    def _inside(self, key: str, facts: _Facts | None) -> Media | None:
        """Embedded audio as a member of the AAF, named by its mob."""
        if facts is None or facts.frames <= 0:
            return None
        return Media(
            self._path.resolve(),
            key,
            facts.sample_rate_hz,
            facts.channels,
            facts.frames,
            facts.format,
            facts.subtype,
        )


def _clip_at(segment: Any, at: Fraction, depth: int) -> tuple[Any, Fraction] | None:
    """The SourceClip under a place in a mob's slot, and the edit units into it."""
    if depth > _DEEPEST or segment is None:
        return None
    match kind(segment):
        case "SourceClip":
            return segment, at
        case "Sequence":
            position = Fraction(0)
            for component in segment.components:
                length = Fraction(value(component, "Length", 0))
                if at < position + length:
                    return _clip_at(component, at - position, depth + 1)
                position += length
            return None
        case "OperationGroup":
            return _clip_at(next(iter(segment.segments), None), at, depth + 1)
        case "EssenceGroup":
            return _clip_at(next(iter(value(segment, "Choices", ())), None), at, depth + 1)
        case "Selector":
            return _clip_at(value(segment, "Selected"), at, depth + 1)
    return None


def _locators(mob: Any) -> Iterator[str]:
    descriptor = getattr(mob, "descriptor", None)
    if descriptor is None:
        return
    for locator in value(descriptor, "Locator", ()):
        url = value(locator, "URLString") or value(locator, "Name")
        if url:
            yield str(url)


@dataclass(frozen=True)
class _Facts:
    sample_rate_hz: int
    channels: int
    frames: int
    format: str
    subtype: str


def _facts(mob: Any) -> _Facts | None:
    """What a file's descriptor says of its audio; None for tapes, imports and pictures."""
    descriptor = getattr(mob, "descriptor", None)
    if descriptor is None or kind(descriptor) not in _CLASS_FORMATS:
        return None
    name = _CLASS_FORMATS[kind(descriptor)]
    if name == "RAW":
        rate = int(Fraction(value(descriptor, "AudioSamplingRate", 0)))
        bits = int(value(descriptor, "QuantizationBits", 0))
        channels, frames = int(value(descriptor, "Channels", 1)), _length(descriptor, rate)
        return _Facts(rate, channels, frames, name, f"PCM_{bits}") if rate > 0 else None
    head = bytes(value(descriptor, "Summary", b""))
    return _riff_facts(head) if name == "WAV" else _aiff_facts(head)


def _length(descriptor: Any, rate: int) -> int:
    """A descriptor's length in frames; it counts in edit units of its own."""
    units = Fraction(value(descriptor, "SampleRate", 0))
    return int(Fraction(value(descriptor, "Length", 0)) * rate / units) if units > 0 else 0


def _riff_facts(head: bytes) -> _Facts | None:
    chunks = dict(_chunks(head, "<"))
    if b"fmt " not in chunks or b"data" not in chunks or len(chunks[b"fmt "][1]) < 16:
        return None
    tag, channels, rate, _, block, bits = struct.unpack_from("<2H2I2H", chunks[b"fmt "][1])
    if not rate or not block:
        return None
    # A tag of 3, or an extensible format's first two bytes, mean floating point.
    floats = tag == 3 or (tag == 0xFFFE and chunks[b"fmt "][1][24:26] == b"\3\0")
    subtype = {32: "FLOAT", 64: "DOUBLE"}.get(bits, "FLOAT") if floats else f"PCM_{bits}"
    return _Facts(rate, channels, chunks[b"data"][0] // block, "WAV", subtype)


def _aiff_facts(head: bytes) -> _Facts | None:
    chunks = dict(_chunks(head, ">"))
    if b"COMM" not in chunks or b"SSND" not in chunks or len(chunks[b"COMM"][1]) < 18:
        return None
    channels, frames, bits = _FRAMES.unpack_from(chunks[b"COMM"][1])
    exponent, mantissa = struct.unpack_from(">HQ", chunks[b"COMM"][1], 8)
    rate = int(mantissa * Fraction(2) ** (min(exponent & 0x7FFF, 16446) - 16446))
    block = channels * ((bits + 7) // 8)
    if rate <= 0 or block <= 0:
        return None
    # Writers that do not know the length yet leave 0 frames: the audio chunk tells.
    return _Facts(
        rate, channels, frames or (chunks[b"SSND"][0] - 8) // block, "AIFF", f"PCM_{bits}"
    )


def _chunks(head: bytes, order: str) -> Iterator[tuple[bytes, tuple[int, bytes]]]:
    """Each chunk's id, stated size, and what of it lies in `head`."""
    at = 12
    while at + 8 <= len(head):
        size = struct.unpack_from(f"{order}I", head, at + 4)[0]
        yield head[at : at + 4], (size, head[at + 8 : at + 8 + min(size, 64)])
        at += 8 + size + size % 2
