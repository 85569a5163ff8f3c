"""Measuring files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bridge.audio import layout, probe, read_blocks
from bridge.metering.measures import Measures
from bridge.metering.meter import Meter
from sessions import AUDIO_EXTENSIONS, OTHER_AUDIO_EXTENSIONS, file_extension, natural_key
from stemwright.problems import InputError, Problem


def measure(path: Path) -> Measures:
    """Read a file once, streaming, and return its measures, with `path` as it was given.

    InputError naming the file: as `bridge.audio.decode` raises, or `not_finite`, `channel_count`,
    `sample_rate`.
    """
    header = probe(path)
    try:
        meter = Meter(header.sample_rate_hz, header.channels, header.speakers)
    except InputError as error:
        raise _placed(error, path) from error
    for block in read_blocks(path):
        try:
            meter.add(block)
        except InputError as error:
            raise _placed(error, path) from error
    doubts = (*header.doubts, *layout(header.channels, header.speakers).doubts)
    return replace(meter.result().named(str(path)), doubts=doubts)


def audio_files(paths: Sequence[Path]) -> list[Path]:
    """Return the files named, and those in the folders named and below, in natural order.

    Hidden ones, links to folders and what is no plain file are left out of folders; a file named
    twice is listed once. InputError `no_audio` for folders without any.
    """
    found: dict[Path, None] = {}
    problems: list[Problem] = []
    for path in paths:
        inside = _inside(path) if path.is_dir() else [path]
        if not inside:
            said, hint = f"{path} holds no audio", "name a folder with WAV, AIFF or FLAC files"
            problems.append(Problem("no_audio", said, {"file": str(path)}, hint=hint))
        found |= dict.fromkeys(inside)
    if problems:
        raise InputError(problems)
    return list(found)


def _inside(folder: Path) -> list[Path]:
    known = AUDIO_EXTENSIONS | OTHER_AUDIO_EXTENSIONS
    files = (Path(top) / name for top, _, names in os.walk(folder) for name in names)
    inside = (path.relative_to(folder) for path in files)
    audio = [
        path
        for path in inside
        if file_extension(path.name) in known
        and not any(part.startswith(".") for part in path.parts)
        and (folder / path).is_file()
    ]
    return [folder / path for path in sorted(audio, key=lambda path: natural_key(str(path)))]


def _placed(error: InputError, path: Path) -> InputError:
    """Return the meter's error with the file it is about."""
    return InputError(
        [
            replace(
                problem,
                message=f"{path}: {problem.message}",
                where={"file": str(path), **problem.where},
            )
            for problem in error.problems
        ]
    )
