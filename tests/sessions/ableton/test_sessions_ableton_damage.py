"""Live sets in other wrappings, cut short, endless or mutated: read, or refused with their file."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sessions.errors import SessionError
from sessions.formats.ableton.reader import FORMAT

LiveSets = Callable[[str], Any]
Fuzz = Callable[..., Any]

LIVE_8 = "dawtool__live8-patch-markers-auto"
LIVE_9 = "dawtool__live9-patch-2-0point"
LIVE_10 = "abletoolz__10.1.3"
LIVE_11 = "abletoolz__11.0.12"
LIVE_12 = "abletoolz__12.2.6"
LIVE_8 = "dawtool__live8-patch-markers-auto"
LIVE_9 = "dawtool__live9-patch-2-0point"
LIVE_10 = "abletoolz__10.1.3"
LIVE_11 = "abletoolz__11.0.12"
LIVE_12 = "abletoolz__12.2.6"


def test_live_sets_in_other_wrappings_are_known(live_set: LiveSets, tmp_path: Path) -> None:
    xml = live_set(LIVE_12).xml
    renamed = tmp_path / "set.bin"
    renamed.write_bytes(gzip.compress(xml))
    assert FORMAT.score(renamed) == 1.0
    plain = tmp_path / "plain.als"
    plain.write_bytes(xml)
    assert FORMAT.score(plain) == 1.0
    assert FORMAT.read([plain]).tracks == FORMAT.read([renamed]).tracks
    (tmp_path / "other.als").write_bytes(b"not a set")
    assert FORMAT.score(tmp_path / "other.als") == 0.0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (gzip.compress(b"<Ableton><LiveSet/></Ableton>")[:-9], "cut short"),
        (b"\x1f\x8bgarbage of all kinds", "cannot be unpacked"),
        (b"<Ableton><Preset/></Ableton>", "no Live set"),
        (b"<Ableton><LiveSet>", "readable XML"),
        (b"", "readable XML"),
    ],
    ids=["cut", "no gzip", "preset", "open", "empty"],
)
def test_what_is_no_set_is_refused(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "bad.als"
    path.write_bytes(data)
    with pytest.raises(SessionError) as caught:
        FORMAT.read([path])
    assert reason in caught.value.problems[0].message
    assert str(path) in str(caught.value.problems[0].where["file"])


def test_a_set_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sessions.formats.shared.single_file.LARGEST_UNPACKED", 1 << 20)
    path = tmp_path / "bomb.als"
    path.write_bytes(gzip.compress(b"<Ableton>" + bytes(2 << 20)))
    with pytest.raises(SessionError, match="unpacks to more"):
        FORMAT.read([path])


NUMBER = re.compile(rb'"-?[\d.]+"')
STRANGE = (
    b"9" * 5000,
    b"1e400",
    b"nan",
    b"inf",
    b"-1",
    b"0",
    b"1e308",
    b"1e-320",
    b"99999999999999999999",
    b"",
    b"x",
)


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Change some numbers, or cut, double or overwrite a stretch."""
    at = dice.randrange(len(data))
    to = min(len(data), at + dice.randrange(1, 2000))
    match dice.randrange(4):
        case 0:
            for _ in range(8):
                found = NUMBER.search(data, dice.randrange(len(data)))
                if found:
                    strange = b'"%s"' % dice.choice(STRANGE)
                    data = data[: found.start()] + strange + data[found.end() :]
            return data
        case 1:
            opened = data.find(b"\n", to)
            return data[:at] + data[max(opened, to) :]
        case 2:
            return data[:to] + data[at:to] + data[to:]
        case _:
            return data[:at] + dice.randbytes(dice.randrange(1, 4)) + data[at + 1 :]


def test_mutated_sets_read_or_are_refused(live_set: LiveSets, tmp_path: Path, fuzz: Fuzz) -> None:
    names = ("dawtool__example-120", LIVE_12, "dawtool__automation-pathological", "pylive__Tests")
    documents = [live_set(name).xml for name in names]
    packed = [live_set(name).path.read_bytes() for name in names]
    dice = random.Random(11)  # noqa: S311  # repeatable mutations, no secrets
    path = tmp_path / "mutated.als"

    def mutate(turn: int) -> Path:
        data = dice.choice(documents if turn % 8 else packed)
        path.write_bytes(mutated(data, dice))
        return path

    outcomes, problems = fuzz(FORMAT, mutate)
    assert outcomes == {"session", "refused"}
    assert all(problem.where.get("file") for problem in problems)
