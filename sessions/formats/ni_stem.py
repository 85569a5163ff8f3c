"""Native Instruments stem files (.stem.mp4): a mix and four stems as streams of one MP4.

JSON in moov/udta/stem names the stems and holds the compressor and limiter of the master.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sessions.errors import SessionError
from sessions.formats._ni_stem_boxes import BoxError, Stream, box, read_moov, streams
from sessions.model import Clip, Device, Media, Reference, Session, Track
from sessions.roles import role_of
from stemwright.problems import Diagnostic, Problem
from stemwright.words import printable

# What a file does not say, as Mixxx reads it too (steminfoimporter.cpp): a stem without a name is
# numbered, a compressor or limiter that is not said to be on is off (toBool of nothing). Native
# Instruments gives its specification to registered developers alone; that the mix comes first and
# four stems follow is as its writers do it (stempeg's NIStemsWriter); another count is told.
_MASTER = "master"
_USUAL_STEMS = 4
_LARGEST_SETTING = 1e9


@dataclass(frozen=True)
class NiStem:
    """Reads the headers of a .stem.mp4; its streams are decoded by whoever renders them."""

    name: str = "ni_stem"
    describe: str = "Native Instruments stem file (.stem.mp4)"

    def score(self, path: Path) -> float:
        """1 for an MP4 that holds the stem box."""
        try:
            return (
                1.0
                if path.is_file() and _stem_box(read_moov(path, whole=False)) is not None
                else 0.0
            )
        except (BoxError, OSError):
            return 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:  # noqa: ARG002  # the streams lie in the file
        """Read the one file; raises SessionError that says what is wrong with it."""
        if len(paths) != 1:
            path = paths[0] if paths else Path()
            raise SessionError(_problem(path, "is not the only file given"))
        try:
            moov = read_moov(paths[0])
            described, found = _stem_box(moov), streams(moov)
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            raise SessionError(_problem(paths[0], reason)) from error
        except BoxError as error:
            raise SessionError(_problem(paths[0], f"is damaged: {error}")) from error
        if described is None or len(found) < 2:
            reason = f"holds {len(found)} audio streams and no description of stems"
            raise SessionError(_problem(paths[0], reason))
        return _session(paths[0], _parsed(paths[0], described), found)


FORMAT = NiStem()


def _stem_box(moov: bytes) -> bytes | None:
    return box(moov, b"udta", b"stem")


def _parsed(path: Path, described: bytes) -> dict[str, Any]:
    try:
        told = json.loads(described)
    except (ValueError, RecursionError) as error:
        reason = f"describes its stems in damaged JSON: {printable(error)}"
        raise SessionError(_problem(path, reason)) from error
    if not isinstance(told, dict):
        raise SessionError(_problem(path, "describes its stems by something else than an object"))
    return told


def _session(path: Path, told: dict[str, Any], found: Sequence[Stream]) -> Session:
    mix, *stems = found
    listed = told.get("stems")
    named = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    tracks = [
        _track(path, index, stream, named[index - 1] if index <= len(named) else {})
        for index, stream in enumerate(stems, 1)
    ]
    master = Track(_MASTER, "Master", _MASTER, output=None, devices=tuple(_devices(told)))
    return Session(
        format=FORMAT.name,
        daw="Native Instruments Stems",
        sample_rate_hz=mix.sample_rate_hz,
        tracks=(*tracks, master),
        references=(Reference("mix", "mix", _media(path, 0, mix)),),
        diagnostics=tuple(_told(path, stems, named)),
        provenance=(("stem version", printable(told.get("version", ""))[:40]),),
        length_s=mix.length_s,
    )


def _track(path: Path, index: int, stream: Stream, described: dict[str, Any]) -> Track:
    name = printable(described.get("name") or f"Stem {index}")[:200]
    media = _media(path, index, stream)
    clip = Clip(media=media, length_s=stream.length_s, media_path=media.member, name=name)
    return Track(str(index), name, channels=stream.channels, clips=(clip,), role=role_of(name))


def _media(path: Path, index: int, stream: Stream) -> Media:
    """A stream as a file: `member` is stream:0 for the mix, stream:1 and up for the stems."""
    return Media(
        path=path.resolve(),
        member=f"stream:{index}",
        sample_rate_hz=stream.sample_rate_hz,
        channels=stream.channels,
        frames=stream.frames,
        format="MP4",
        subtype=stream.codec,
    )


def _devices(told: dict[str, Any]) -> Iterator[Device]:
    """The compressor and the limiter that players apply to the sum of the stems."""
    dsp = told.get("mastering_dsp")
    for kind in ("compressor", "limiter"):
        settings = dsp.get(kind) if isinstance(dsp, dict) else None
        if isinstance(settings, dict):
            params = [
                (key, float(value))
                for key, value in sorted(settings.items())
                if type(value) in (int, float) and abs(value) <= _LARGEST_SETTING
            ]
            yield Device(
                kind.capitalize(),
                "Native Instruments",
                "builtin",
                f"mastering_dsp.{kind}",
                enabled=settings.get("enabled") is True,
                kind="builtin",
                params=tuple(params),
            )


def _told(
    path: Path, stems: Sequence[Stream], named: Sequence[dict[str, Any]]
) -> Iterator[Diagnostic]:
    where = printable(path.name)
    lossy = sorted({stem.codec for stem in stems} - {"ALAC"})
    if lossy:
        message = f"the stems are lossy ({', '.join(lossy)}): a better master starts from WAV stems"
        yield Diagnostic("warning", "lossy_stems", where, message)
    if len(stems) != _USUAL_STEMS or len(named) != len(stems):
        message = f"{len(stems)} stems and {len(named)} names, where a stem file has four of each"
        yield Diagnostic("warning", "unusual_stems", where, message)


def _problem(path: Path, reason: str) -> Problem:
    return Problem(
        "bad_stem_file",
        f"{printable(path.name)} {reason}",
        {"file": printable(path)},
        expected="a complete Native Instruments .stem.mp4",
        hint="copy it again, or export the stems as WAV files",
    )
