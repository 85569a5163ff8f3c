"""Mutated files of the corpus: a Session or a SessionError that says where, nothing else.

STEMWRIGHT_FUZZ=10000 runs that many mutations a format, in as many seeds as it takes.
"""

from __future__ import annotations

import os
import random
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions.errors import SessionError
from sessions.formats.aaf.reader import FORMAT as AAF
from sessions.formats.cubase.reader import FORMAT as CUBASE
from sessions.formats.flstudio.reader import FORMAT as FL_STUDIO
from sessions.formats.lmms.reader import FORMAT as LMMS
from sessions.formats.protools.reader import FORMAT as PRO_TOOLS
from sessions.reading import Format

Shared = Callable[[str], Path]
MUTATIONS = int(os.environ.get("STEMWRIGHT_FUZZ", "150"))
_WORDS = (
    b"-",
    b"9999999999",
    b"9" * 5000,
    b"1e400",
    b"nan",
    b"1e999",
    b'"',
    b"<",
    b"\t",
    b"\n",
    b"inf",
    b"|",
    b":",
)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_FOURS = (b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff", b"\1\0\0\0")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to sixteen places or numbers overwritten, cut out, doubled or cut off."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8, 16))):
        at = chance.randrange(len(changed) + 1)
        if chance.random() < 0.2:
            found = _NUMBER.search(changed, at)
            if found:
                changed[found.start() : found.end()] = chance.choice(_WORDS)
        else:
            overwrite(changed, at, chance)
    return bytes(changed)


def overwrite(changed: bytearray, at: int, chance: random.Random) -> None:
    match chance.randrange(8):
        case 0:
            changed[at : at + 1] = chance.randbytes(1)
        case 1:
            del changed[at : at + chance.randrange(1, 64)]
        case 2:
            changed[at:at] = chance.randbytes(chance.randrange(1, 16))
        case 3:
            changed[at : at + 4] = chance.choice(_FOURS)
        case 4 if chance.random() < 0.2:
            del changed[at:]
        case 5:
            other = chance.randrange(len(changed) + 1)
            changed[at : at + 8] = changed[other : other + 8]
        case 6:
            changed[at : at + 1] = chance.choice(_WORDS)
        case _:
            changed[at : at + 1] = bytes(len(changed[at : at + 1]))


def plain(path: Path) -> bytes:
    data = path.read_bytes()
    return zlib.decompress(data[4:]) if path.suffix == ".mmpz" else data


@pytest.mark.parametrize(
    ("folder", "each"),
    [
        ("aaf", AAF),
        ("ptxt", PRO_TOOLS),
        ("flp", FL_STUDIO),
        ("lmms", LMMS),
        ("cubase-trackarchive", CUBASE),
    ],
)
def test_mutations_end_in_a_session_or_a_told_refusal(
    shared_data: Shared, tmp_path: Path, folder: str, each: Format
) -> None:
    chance = random.Random(f"{folder} 1")  # noqa: S311  # repeatable mutations, no secrets
    paths = sorted(shared_data(f"corpus/{folder}").iterdir())
    originals = [plain(path) for path in paths]
    target = tmp_path / f"song{paths[0].suffix}"
    outcomes = {"read": 0, "refused": 0}
    for _ in range(MUTATIONS):
        target.write_bytes(mutated(chance.choice(originals), chance))
        each.score(target)
        try:
            each.read([target]).as_json()
            outcomes["read"] += 1
        except SessionError as error:
            outcomes["refused"] += 1
            for problem in error.problems:
                assert problem.where["file"] == str(target)
                assert problem.hint
    assert outcomes["read"] > 0
    assert outcomes["refused"] > 0
