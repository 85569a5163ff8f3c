"""Damaged sessions: the only outcomes are a Session, or a SessionError that says where.

STEMWRIGHT_FUZZ sets the number of mutations a format (10000 for a long run).
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sessions import Session, SessionError
from sessions.formats.ardour import reader as ardour
from sessions.formats.reaper import reader as reaper
from sessions.formats.tracktion import reader as tracktion
from sessions.reading import Format

SharedData = Callable[[str], Path]

MUTATIONS = int(os.environ.get("STEMWRIGHT_FUZZ", "150"))
NUMBER = re.compile(rb"(?<![A-Za-z])-?\d+(?:\.\d+)?(?![A-Za-z])")
ODD_NUMBERS = [
    b"9" * 5000,
    b"1e400",
    b"-1",
    b"0",
    b"7",
    b"1e308",
    b"9" * 25,
    b"nan",
    b"-inf",
    b"1e-300",
    b"x",
    b"",
]
LARGEST = 250_000


def damaged(data: bytes, rng: random.Random) -> bytes:
    """`data` with numbers changed alone, or bytes changed, cut out, copied and put in."""
    mutate = odd_number if rng.random() < 0.5 else odd_bytes
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        data = mutate(data, rng)
    return data[: rng.randrange(len(data) + 1)] if rng.random() < 0.05 else data


def odd_number(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data) + 1)
    found = list(NUMBER.finditer(data, start, start + 2000))
    if not found:
        return data
    at = rng.choice(found)
    return data[: at.start()] + rng.choice(ODD_NUMBERS) + data[at.end() :]


def odd_bytes(data: bytes, rng: random.Random) -> bytes:
    at, other = rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)
    length = rng.randrange(1, 200)
    return rng.choice(
        [
            data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :],
            data[:at] + data[at + length :],
            data[:at] + rng.randbytes(4) + data[at:],
            data[:at] + data[other : other + length] + data[at:],
        ]
    )


def outcomes(reader: Format, files: list[Path], folder: Path) -> Iterator[Session | SessionError]:
    rng = random.Random(20260105)  # noqa: S311 - repeatable damage, no secret
    contents = [path.read_bytes() for path in files]
    for _ in range(MUTATIONS):
        at = rng.randrange(len(files))
        target = folder / files[at].name
        target.write_bytes(damaged(contents[at], rng))
        try:
            yield reader.read([target])
        except SessionError as error:
            yield error


@pytest.mark.parametrize(
    ("reader", "folder"),
    [
        (reaper.FORMAT, "corpus/rpp"),
        (ardour.FORMAT, "corpus/ardour"),
        (tracktion.FORMAT, "corpus/tracktion"),
    ],
    ids=["reaper", "ardour", "tracktion"],
)
def test_a_damaged_session_is_read_or_refused(
    reader: Format, folder: str, shared_data: SharedData, tmp_path: Path
) -> None:
    corpus = sorted(shared_data(folder).iterdir())
    files = [path for path in corpus if path.stat().st_size < LARGEST]
    read = refused = 0
    for outcome in outcomes(reader, files, tmp_path):
        if isinstance(outcome, Session):
            assert outcome.as_json()["format"] == reader.name
            read += 1
        else:
            assert all("file" in problem.where and problem.hint for problem in outcome.problems)
            refused += 1
    assert read + refused == MUTATIONS
    assert read > MUTATIONS // 10
    assert refused > 0
