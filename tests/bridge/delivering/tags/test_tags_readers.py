"""What independent readers give back, as docs/metadata.md has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.tags.__main__ import NAMED, PAGE, Table, names_table, written
from benchmarks.tags.files import KINDS
from benchmarks.tags.readers import missing_programs
from bridge.delivering.tags import ALIASES, FIELDS


def test_the_page_has_the_names_of_every_field() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page, NAMED, names_table()) == page
    keys = [each.name for each in FIELDS] + ["upc", "ean", "cover"]
    assert [key for key in keys if key not in page] == []
    assert {*ALIASES} >= {"upc", "ean"}


@pytest.mark.skipif(
    bool({"exiftool", "mediainfo"} & {*missing_programs()}),
    reason="exiftool and mediainfo are system packages (scripts/system-packages test)",
)
@pytest.mark.parametrize("kind", KINDS)
def test_exiftool_and_mediainfo_give_it_back(tmp_path: Path, kind: str) -> None:
    table = Table(tmp_path)
    table.readers = {name: table.readers[name] for name in ("ExifTool", "MediaInfo")}
    table.of_kind(kind)
    assert (table.read_by_us, table.emptied, table.unchanged) == (2, 1, 1)
    cells = {field: set(told) for (_, field), told in table.cells.items()}
    in_wav = {"description", "originator", "originator_reference"}
    wanted = {each.name for each in FIELDS if kind in ("wav", "rf64") or each.name not in in_wav}
    lost = {field for field in wanted if "ExifTool" not in cells[field]}
    assert lost == set()
    people = {"producer", "mixer", "engineer"}  # MediaInfo shows no TIPL
    hidden = people if kind in ("wav", "rf64", "aiff", "mp3") else set()
    hidden = hidden | ({"language"} if kind == "aiff" else set())
    assert {field for field in wanted if "MediaInfo" not in cells[field]} <= hidden
    if kind in ("wav", "rf64"):
        assert "MediaInfo" in cells["loudness"]
