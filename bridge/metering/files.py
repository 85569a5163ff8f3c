"""Measuring a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bridge.audio.decode import probe, read_blocks
from bridge.errors import InputError
from bridge.metering.measures import Measures
from bridge.metering.meter import Meter


def measure(path: Path) -> Measures:
    """Read a file once, streaming, and return its measures, with `path` as it was given.

    InputError naming the file: as `bridge.audio.decode` raises, or `not_finite`, `channel_count`,
    `sample_rate`.
    """
    header = probe(path)
    try:
        meter = Meter(header.sample_rate_hz, header.channels)
    except InputError as error:
        raise _placed(error, path) from error
    for block in read_blocks(path):
        try:
            meter.add(block)
        except InputError as error:
            raise _placed(error, path) from error
    return meter.result().named(str(path))


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
