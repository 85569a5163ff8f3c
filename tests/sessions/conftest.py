"""Small audio files for the session tests, with and without a bext chunk; and fuzzing."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from sessions import SessionError
from sessions.reading import Format
from stemwright.problems import Problem

WriteWav = Callable[..., Path]


def bext_chunk(time_reference_frames: int) -> bytes:
    """A version 1 bext chunk (EBU Tech 3285): TimeReference stands at byte 338, low word first."""
    body = b"take".ljust(256, b"\0") + b"DAW".ljust(32, b"\0") + bytes(32)
    body += b"2024-05-17" + b"10:00:00" + struct.pack("<Q", time_reference_frames)
    body += struct.pack("<H", 1) + bytes(602 - 348)
    return b"bext" + struct.pack("<I", len(body)) + body


def with_chunk(wav: bytes, chunk: bytes, *, before_audio: bool) -> bytes:
    at = wav.index(b"data") if before_audio else len(wav)
    joined = wav[:at] + chunk + wav[at:]
    return joined[:4] + struct.pack("<I", len(joined) - 8) + joined[8:]


@pytest.fixture
def write_wav(tmp_path: Path) -> WriteWav:
    """Write noise below `tmp_path` and return the file: name, frames, channels, rate, bext."""

    def write(
        name: str,
        frames: int = 480,
        channels: int = 1,
        rate: int = 48000,
        bext: int | None = None,
        before_audio: bool = True,
    ) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = np.random.default_rng(1).uniform(-0.5, 0.5, (frames, channels))
        soundfile.write(path, noise, rate, subtype="PCM_24")
        if bext is not None:
            audio = with_chunk(path.read_bytes(), bext_chunk(bext), before_audio=before_audio)
            path.write_bytes(audio)
        return path

    return write


@pytest.fixture
def fuzz() -> Callable[[Format, Callable[[int], Path]], tuple[set[str], list[Problem]]]:
    """Read what `mutate` writes, STEMWRIGHT_FUZZ times; return the outcomes and all problems.

    The outcomes are "session" and "refused"; any other exception is the test's failure.
    """

    def check(form: Format, mutate: Callable[[int], Path]) -> tuple[set[str], list[Problem]]:
        outcomes: set[str] = set()
        problems: list[Problem] = []
        for turn in range(int(os.environ.get("STEMWRIGHT_FUZZ", "150"))):
            path = mutate(turn)
            form.score(path)
            try:
                form.read([path]).as_json()
                outcomes.add("session")
            except SessionError as error:
                problems += error.problems
                outcomes.add("refused")
        return outcomes, problems

    return check
