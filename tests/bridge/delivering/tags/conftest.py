"""Files and pictures that tags are tried with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.tags import files
from bridge.delivering.tags import SongMetadata, checked
from chains import Source


@pytest.fixture(scope="session")
def cover(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PNG that shops take."""
    path = tmp_path_factory.mktemp("cover") / "cover.png"
    path.write_bytes(files.png(1400, 1400))
    return path


@pytest.fixture(scope="session")
def table(cover: Path) -> dict[str, Any]:
    """A word for every field, as a job has them; texts of many scripts, one of 255 characters."""
    return {
        "title": "Björk in 東京 👩\u200d🎤",
        "artist": "\u202bשלם\u202c",
        "album": "Álbum",
        "album_artist": "Various Artists",
        "version": "Live",
        "isrc": "GB-AYE-06-01498",
        "barcode": "036000291452",
        "iswc": "T-034.524.680-1",
        "composer": "é" * 255,
        "lyricist": "Лирик",
        "producer": "A. Producer",
        "mixer": "A. Mixer",
        "engineer": "Eng Ü",
        "publisher": "A Publisher",
        "label": "A Label",
        "catalog_number": "CAT 1",
        "copyright": "© 2026 Night Records",
        "phonogram": "℗ 2026 Night Records",
        "genre": "Pop",
        "date": "2026-12-04",
        "track": 3,
        "tracks": 12,
        "disc": 1,
        "discs": 2,
        "language": "eng",
        "bpm": 92,
        "explicit": True,
        "comment": "one line\nand another",
        "description": "Beschreibung, größer",
        "originator": "A Studio",
        "originator_reference": "REF 0001",
        "cover": str(cover),
    }


@pytest.fixture(scope="session")
def metadata(table: dict[str, Any]) -> SongMetadata:
    """All of it, checked."""
    found, faults = checked(table, Source())
    assert faults == []
    return found


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A file of every kind, without tags; to be copied, never changed."""
    folder = tmp_path_factory.mktemp("sounds")
    return {kind: files.write_sound(folder / f"a.{kind}", kind) for kind in files.KINDS}
