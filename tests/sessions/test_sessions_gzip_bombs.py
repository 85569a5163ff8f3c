"""Live sets are gzipped: what unpacks to more than a set may be is refused before it has."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from pathlib import Path

import pytest

from sessions import SessionError
from sessions.formats.ableton.document import load
from sessions.formats.ableton.reader import FORMAT

_MIB = 1 << 20
_START, _END = b"<Ableton><LiveSet>", b"</LiveSet></Ableton>"


def test_a_bomb_is_refused_before_it_has_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.als"
    packer = zlib.compressobj(9, wbits=31)
    packed = packer.compress(_START)
    packed += b"".join(packer.compress(b" " * _MIB) for _ in range(400)) + packer.flush()
    path.write_bytes(packed)
    assert FORMAT.score(path) == 1.0
    tracemalloc.start()
    try:
        with pytest.raises(SessionError, match="unpacks to more than 100 times its size"):
            FORMAT.read([path])
        assert tracemalloc.get_traced_memory()[1] < 120 * _MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [_MIB - 1, _MIB, _MIB + 1, 3 * _MIB])
def test_a_set_of_any_length_is_unpacked_to_its_end(tmp_path: Path, size: int) -> None:
    path = tmp_path / "set.als"
    text = b" " * (size - len(_START) - len(_END))
    path.write_bytes(gzip.compress(_START + text + _END))
    live_set = load(path).root.find("LiveSet")
    assert live_set is not None
    assert live_set.text == text.decode()


def test_a_set_that_is_cut_short_is_refused_wherever_it_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "cut.als"
    packed = gzip.compress(_START + b" " * 5000 + _END)
    for end in range(2, len(packed)):
        path.write_bytes(packed[:end])
        with pytest.raises(SessionError, match="is cut short"):
            load(path)


def test_a_plain_set_has_the_same_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions.formats.ableton.document.LARGEST_UNPACKED", _MIB)
    path = tmp_path / "plain.als"
    path.write_bytes(_START + b" " * _MIB + _END)
    with pytest.raises(SessionError, match="is larger than 1 MiB"):
        load(path)
