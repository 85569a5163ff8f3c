"""Live sets of the corpus: their XML as Live wrote it, and what our reader makes of them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest
from lxml import etree

from sessions.formats.ableton.reader import FORMAT
from sessions.model.session import Device, Session, Track


@dataclass(frozen=True)
class LiveSet:
    path: Path

    @cached_property
    def session(self) -> Session:
        return FORMAT.read([self.path])

    @property
    def plugins(self) -> list[Device]:
        devices = [device for track in self.session.tracks for device in track.devices]
        return [device for device in devices if device.kind == "plugin"]

    def track(self, name: str) -> Track:
        return next(track for track in self.session.tracks if track.name == name)

    @property
    def xml(self) -> bytes:
        data = self.path.read_bytes()
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data

    @cached_property
    def tree(self) -> etree._Element:
        return etree.fromstring(self.xml, etree.XMLParser(huge_tree=True))


@pytest.fixture
def live_set(shared_data: Callable[[str], Path]) -> Callable[[str], LiveSet]:
    """Return a finder of the corpus's sets by name."""
    return lambda name: LiveSet(shared_data(f"corpus/als/{name}.als"))


@pytest.fixture
def changed(live_set: Callable[[str], LiveSet], tmp_path: Path) -> Callable[..., LiveSet]:
    """Write a corpus set with its XML changed."""

    def write(name: str, change: Callable[[bytes], bytes]) -> LiveSet:
        path = tmp_path / "changed.als"
        path.write_bytes(change(live_set(name).xml))
        return LiveSet(path)

    return write
