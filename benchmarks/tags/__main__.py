"""Tag files of every kind, ask independent readers for each field, and print who gives it back.

`--write` puts the table into docs/metadata.md. A reader counts where it gives a field's text back
to the letter, in many scripts and at 255 characters; nothing is asserted.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.tags.files import KINDS, png, write_sound
from benchmarks.tags.readers import COVER_BYTES, HAS_COVER, READERS, Found, has, missing_programs
from bridge.delivering.tags import (
    FIELDS,
    Loudness,
    SongMetadata,
    TagOptions,
    checked,
    container_of,
    essence_sha256,
    read_tags,
    write_tags,
)
from chains import Source

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metadata.md"
READ, NAMED = "readers", "names"
"""What stands on the page between marks of these names."""
_SHOWN = {"wav": "WAV", "rf64": "RF64", "aiff": "AIFF", "flac": "FLAC", "mp3": "MP3", "m4a": "M4A"}
_SHOWN |= {"opus": "Opus", "ogg": "Vorbis"}
_FIXED: dict[str, Any] = {
    "isrc": "GBAYE0601498",
    "barcode": "036000291452",
    "iswc": "T-034.524.680-1",
    "copyright": "2026 Night Records",
    "phonogram": "2026 Night Records",
    "date": "2026-12-04",
    "track": 3,
    "tracks": 12,
    "disc": 1,
    "discs": 2,
    "language": "eng",
    "bpm": 92,
    "explicit": True,
}
_SCRIPTS = ("Björk", "東京", "👩\u200d🎤 emoji", "\u202bשלם\u202c", "Лирик", "naïve ½")
_ASCII = {"description": "A description", "originator": "A studio", "originator_reference": "R 1"}


def names_table() -> list[str]:
    """What every field is called in every kind of tag, as markdown."""
    head = "| key | ID3v2.4 | Vorbis comment | M4A | INFO | iXML |"
    rows = [head, "|" + " - |" * 6]
    for each in FIELDS:
        aswg = f"ASWG/{each.aswg}" if each.aswg else ""
        mp4 = each.mp4.replace("\xa9", "©").replace("----:com.apple.iTunes:", "----:")
        cells = (each.id3, each.vorbis, mp4, each.info, aswg)
        rows.append(f"| {each.name} | " + " | ".join(cell or "-" for cell in cells) + " |")
    return rows


def written(page: str, name: str, lines: Sequence[str]) -> str:
    """The page with these lines between the marks of `name`."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    before, _, rest = page.partition(begin)
    text = "".join(f"{line}\n" for line in lines)
    return before + begin + text + end + rest.partition(end)[2]


def tables() -> dict[str, dict[str, Any]]:
    """What is written: many scripts, texts of 255 characters, and nothing."""
    texts = [each.name for each in FIELDS if each.kind == "text" and each.name not in _ASCII]
    scripts = {name: f"{_SCRIPTS[at % len(_SCRIPTS)]} {name}" for at, name in enumerate(texts)}
    long = {name: (f"{name} " + "ö" * 255)[:255] for name in texts}
    empty = {each.name: "" for each in FIELDS}
    return {
        "scripts": {**scripts, **_FIXED, **_ASCII},
        "255 characters": {**long, **_FIXED, **_ASCII},
        "empty": empty,
    }


def metadata_of(table: Mapping[str, Any], cover: Path | None) -> SongMetadata:
    """A table, checked; with the cover, or the cover taken out."""
    found, faults = checked({**table, "cover": "" if cover is None else str(cover)}, Source())
    if faults:
        raise ValueError(faults)
    return found


class Table:
    """Who gives back what, of files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cover = folder / "cover.png"
        self._cover.write_bytes(png(1400, 1400))
        self.readers = {
            name: read for name, read in READERS.items() if name.lower() not in missing_programs()
        }
        self.cells: dict[tuple[str, str], list[str]] = {}
        self.unchanged = self.emptied = self.read_by_us = 0

    def run(self) -> None:
        """Write and read every kind."""
        for kind in KINDS:
            self.of_kind(kind)

    def of_kind(self, kind: str) -> None:
        """Write and read one kind."""
        plain = write_sound(self._folder / f"plain.{kind}", kind)
        container = container_of(plain)
        path = self._folder / f"tagged.{kind}"
        loudness = Loudness(-14.13, 5.5, -1.0, -9.1, -11.2)
        found: dict[str, dict[str, Found]] = {}
        for name, table in tables().items():
            metadata = metadata_of(table, None if name == "empty" else self._cover)
            source = path if name == "empty" else plain
            write_tags(source, metadata, path, TagOptions(loudness), overwrite=True)
            found[name] = {reader: read(path) for reader, read in self.readers.items()}
            if name == "empty":
                self.emptied += not read_tags(path).values
                continue
            wanted = dict(metadata.said())
            ours = read_tags(path).values
            self.read_by_us += all(ours.get(key, text) == text for key, text in wanted.items())
            for field, text in wanted.items():
                self._count((kind, field), found[name], partial(_has_text, field, text))
        digest = _sha256(self._cover)
        for name in ("scripts", "255 characters"):
            self._count((kind, "cover"), found[name], partial(_has_cover, digest))
            self._count((kind, "loudness"), found[name], _has_loudness)
        self.unchanged += essence_sha256(path, container) == essence_sha256(plain, container)

    def _count(
        self, cell: tuple[str, str], found: Mapping[str, Found], is_there: Callable[[Found], bool]
    ) -> None:
        row = self.cells.setdefault(cell, [])
        row += [reader for reader, each in found.items() if is_there(each)]

    def lines(self) -> list[str]:
        """The table as markdown."""
        letters = {name: name[0] if name != "wavinfo" else "w" for name in self.readers}
        letters["ffprobe"] = "f"
        head = "| field | " + " | ".join(_SHOWN[kind] for kind in KINDS) + " |"
        rows = [head, "|" + " - |" * (len(KINDS) + 1)]
        for field in [*(each.name for each in FIELDS), "cover", "loudness"]:
            cells = []
            for kind in KINDS:
                told = self.cells.get((kind, field), [])
                both = [letters[name] for name in self.readers if told.count(name) == 2]
                cells.append(" ".join(both) or "-")
            rows.append(f"| {field} | " + " | ".join(cells) + " |")
        names = ", ".join(f"{letter} {name}" for name, letter in letters.items())
        said = (
            f"{names}. A letter: to the letter, both in many scripts and at 255 characters."
            f" Our own reader: {self.read_by_us} of {2 * len(KINDS)} files."
            f" Every field taken out again: {self.emptied} of {len(KINDS)}."
            f" Audio unchanged: {self.unchanged} of {len(KINDS)}."
        )
        return [*rows, "", said]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _has_text(field: str, text: str, found: Found) -> bool:
    return has(found, field, text)


def _has_cover(digest: str, found: Found) -> bool:
    return digest in found.get(COVER_BYTES, ()) or "Yes" in found.get(HAS_COVER, ())


def _has_loudness(found: Found) -> bool:
    texts = found.get("loudnessvalue", set()) | found.get("bwfloudnessvalue", set())
    return "-14.13" in texts


def main() -> None:
    """Print the table, and write it where that is asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.tags", description=__doc__)
    parser.add_argument("--write", action="store_true", help="put the table into docs/metadata.md")
    asked = parser.parse_args()
    missing = missing_programs()
    if missing:
        sys.stderr.write(f"not here, and left out: {', '.join(missing)}\n")
    with tempfile.TemporaryDirectory(prefix="stemwright-tags-") as name:
        table = Table(Path(name))
        table.run()
    lines = table.lines()
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    if asked.write and not missing:
        page = written(PAGE.read_text(encoding="utf-8"), READ, lines)
        PAGE.write_text(written(page, NAMED, names_table()), encoding="utf-8")


if __name__ == "__main__":
    main()
