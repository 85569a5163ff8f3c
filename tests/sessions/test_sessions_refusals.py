"""Projects that cannot be read are known by what is in them, and the way out is told."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sessions.formats import unreadable
from sessions.formats.unreadable import CLOSED_EXTENSIONS, Closed, closed, refusal

Shared = Callable[[str], Path]


def test_every_unreadable_project_of_the_corpus_is_known_under_any_name(
    shared_data: Shared, tmp_path: Path
) -> None:
    known = {"ptx": unreadable.PRO_TOOLS, "cpr": unreadable.CUBASE}
    count = 0
    for folder, expected in known.items():
        for path in sorted(shared_data(f"corpus/{folder}").iterdir()):
            for name in ("song.bin", "song.rpp", "song"):
                (tmp_path / name).write_bytes(path.read_bytes())
                assert closed(tmp_path / name) is expected, path.name
            count += 1
    assert count == 8


def test_drafts_of_dawproject_are_known_and_finished_ones_left_alone(shared_data: Shared) -> None:
    found = {
        path.name: closed(path)
        for path in sorted(shared_data("corpus/dawproject").glob("*.dawproject"))
    }
    drafts = {name for name, each in found.items() if each is unreadable.EARLY_DAWPROJECT}
    assert drafts == {"bitwig-prerelease__sends.dawproject", "bitwig-prerelease__test3x.dawproject"}
    assert {each for name, each in found.items() if name not in drafts} == {None}


def test_readable_sessions_are_not_refused(shared_data: Shared) -> None:
    for folder in ("aaf", "als", "ardour", "flp", "lmms", "ptxt", "rpp", "cubase-trackarchive"):
        for path in sorted(shared_data(f"corpus/{folder}").iterdir()):
            assert refusal(path) is None, path.name


def logic_bundle(folder: Path) -> Path:
    inside = folder / "Alternatives" / "000"
    inside.mkdir(parents=True)
    (inside / "ProjectData").write_bytes(bytes.fromhex("2347c0ab") + bytes(60))
    return folder


def test_logic_bundles_are_folders_zips_and_their_data_alone(tmp_path: Path) -> None:
    bundle = logic_bundle(tmp_path / "Song.renamed")
    assert closed(bundle) is unreadable.LOGIC
    assert closed(bundle / "Alternatives" / "000" / "ProjectData") is unreadable.LOGIC
    with zipfile.ZipFile(tmp_path / "sent.zip", "w") as archive:
        archive.writestr("Song.logicx/Alternatives/000/ProjectData", b"x")
        archive.writestr("__MACOSX/Song.logicx/._x", b"x")
    assert closed(tmp_path / "sent.zip") is unreadable.LOGIC
    with zipfile.ZipFile(tmp_path / "stems.zip", "w") as archive:
        archive.writestr("kick.wav", b"x")
        archive.writestr("Song.logicx/Alternatives/000/ProjectData", b"x")
    assert closed(tmp_path / "stems.zip") is None


def test_garageband_and_plain_folders(tmp_path: Path) -> None:
    band = tmp_path / "Song.band"
    (band / "Media").mkdir(parents=True)
    (band / "projectData").write_bytes(b"x")
    assert closed(band) is unreadable.GARAGEBAND
    (tmp_path / "stems").mkdir()
    (tmp_path / "stems" / "song.ptx").write_bytes(b"x")
    assert closed(tmp_path / "stems") is None
    assert closed(tmp_path / "absent") is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"BtWg" + bytes(60), unreadable.BITWIG),
        (b"SQLite format 3\0" + bytes(52) + b"AUDY", unreadable.AUDACITY),
        (b"SQLite format 3\0" + bytes(52) + b"else", None),
        (b"RIFF\0\0\0\0NUNDROOT" + bytes(40) + b"Nuendo", unreadable.NUENDO),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"", None),
    ],
)
def test_first_bytes_tell(tmp_path: Path, data: bytes, expected: Closed | None) -> None:
    path = tmp_path / "song"
    path.write_bytes(data)
    assert closed(path) is expected


def test_the_extension_tells_where_content_does_not(tmp_path: Path) -> None:
    for extension, expected in CLOSED_EXTENSIONS.items():
        path = tmp_path / f"Song.{extension.upper()}"
        path.write_bytes(b"nothing known")
        assert closed(path) is expected


def test_a_refusal_says_step_by_step_what_to_do(shared_data: Shared) -> None:
    for path in sorted(shared_data("corpus/ptx").iterdir()):
        problem = refusal(path)
        assert problem is not None
        assert problem.kind == "unsupported_session"
        assert problem.where == {"file": str(path)}
        assert problem.hint is not None
        for step in ("1. open it in Pro Tools", "Selected Tracks as AAF", "Bounce", "4. read the"):
            assert step in problem.hint


def test_every_way_out_ends_in_something_that_is_read() -> None:
    for found in set(CLOSED_EXTENSIONS.values()) | {unreadable.EARLY_DAWPROJECT}:
        assert found.steps[0].startswith("open it in ")
        assert found.steps[-1].startswith("read the ")
        assert len(found.steps) >= 3
