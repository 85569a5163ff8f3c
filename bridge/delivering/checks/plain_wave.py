"""WAV files for a recipient who takes the plain form alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bridge.delivering.checks.result import Checked, outcome_of
from bridge.delivering.tags import read_wave
from stemwright.problems import InputError

_EXTENSIBLE = 0xFFFE


def plain_wave_checks(name: str, path: Path) -> Iterator[Checked]:
    """Whether a WAV is no WAVE_FORMAT_EXTENSIBLE, and ends with its samples."""
    try:
        with path.open("rb") as file:
            wave = read_wave(file, path)
            code = int.from_bytes(wave.body(file, wave.of(b"fmt ")[0])[:2], "little")
    except InputError as error:
        yield Checked(name, "wave", "fail", None, None, words=error.problems[0].message)
        return
    plain = code != _EXTENSIBLE
    words = "" if plain else "it is a WAVE_FORMAT_EXTENSIBLE"
    yield Checked(name, "wave_format", outcome_of(plain), f"0x{code:04x}", None, words=words)
    behind = [each.id for each in wave.chunks if each.start > wave.data.start]
    said = ", ".join(each.decode("latin-1").strip() for each in behind)
    words = f"{said} behind its samples" if behind else ""
    yield Checked(name, "behind_audio", outcome_of(not behind), len(behind), 0, "chunks", words)
