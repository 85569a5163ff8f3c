"""manifest.json: every file of a delivery with its hashes, measures and checks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from bridge.delivering.checks import Checked
from bridge.delivering.enclosing import Enclosed, EnclosedFile
from bridge.delivering.files import Coding
from bridge.delivering.sides import Side
from bridge.delivering.tags import MAIN
from bridge.metering import Measures
from stemwright.problems import InputError, Problem

MANIFEST = "manifest.json"
SCHEMA = 1
_OWN_DIGEST = "manifest_sha256"


@dataclass(frozen=True)
class DeliveredFile:
    """A file as it was delivered; `sha256` is of its bytes, `pcm_sha256` of its samples."""

    path: str
    profile: str
    version: str
    coding: Coding
    frames: int
    sha256: str
    pcm_sha256: str | None
    trim_db: float
    measures: Measures
    checks: tuple[Checked, ...]
    side: Side | None = None

    @property
    def is_the_song(self) -> bool:
        """Whether it is the song itself, and no preview of it: what services will play."""
        return self.version == MAIN and self.coding.bits is not None

    def as_json(self) -> dict[str, Any]:
        """A row of `files`."""
        measures = replace(self.measures, path=None).as_json()
        del measures["path"]
        return {
            "path": self.path,
            "profile": self.profile,
            "version": self.version,
            **vars(self.coding),
            **({} if self.side is None else {"side": self.side.as_json()}),
            "frames": self.frames,
            "sha256": self.sha256,
            "pcm_sha256": self.pcm_sha256,
            "trim_db": round(self.trim_db, 4),
            "measures": measures,
            "checks": [each.as_json() for each in self.checks],
        }


@dataclass(frozen=True)
class Manifest:
    """What a delivery holds: its audio files, and what is enclosed beside them."""

    title: str
    artist: str
    revision: int | None
    files: tuple[DeliveredFile, ...]
    enclosed: tuple[Enclosed, ...] = ()

    @property
    def checks(self) -> tuple[Checked, ...]:
        """Every check of every file."""
        return tuple(check for file in self.files for check in file.checks)

    @property
    def passed(self) -> bool:
        """Whether none of them failed."""
        return all(each.outcome != "fail" for each in self.checks)

    def as_json(self) -> dict[str, Any]:
        """The manifest's object."""
        return {
            "schema": SCHEMA,
            "title": self.title,
            "artist": self.artist,
            "revision": self.revision,
            "passed": self.passed,
            "files": [each.as_json() for each in self.files],
            "enclosed": [each.as_json() for each in self.enclosed],
        }


def manifest_text(manifest: Manifest) -> str:
    """The manifest as it is written: it ends with the sha256 of all the rest of it."""
    told = manifest.as_json()
    return _text({**told, _OWN_DIGEST: _digest(told)})


def _digest(told: Mapping[str, Any]) -> str:
    return sha256(_text(told).encode()).hexdigest()


def _text(told: Mapping[str, Any]) -> str:
    return json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


@dataclass(frozen=True)
class WrittenFile:
    """What a manifest says of a file, as far as an audit asks for it."""

    path: str
    sha256: str
    pcm_sha256: str | None
    profile: str
    version: str
    record: str | None = None


@dataclass(frozen=True)
class WrittenManifest:
    """A manifest that was read; `as_written` unless an entry was changed or taken out since."""

    files: tuple[WrittenFile, ...]
    enclosed: tuple[EnclosedFile, ...]
    as_written: bool

    @property
    def digests(self) -> Mapping[str, str]:
        """The sha256 of every file of the delivery but the manifest, by its path."""
        audio = {each.path: each.sha256 for each in self.files}
        return {**audio, **{each.path: each.sha256 for each in self.enclosed}}


def read_manifest(folder: Path) -> WrittenManifest:
    """Read a delivery's manifest. Raises InputError `bad_manifest`, `no_manifest`."""
    place = folder / MANIFEST
    try:
        told = json.loads(place.read_text("utf-8"))
        rows = tuple(_row(each) for each in told["files"])
        beside = tuple(
            EnclosedFile(**_texts(file, "path", "sha256"))
            for row in told.get("enclosed", ())
            for file in row["files"]
        )
        if told["schema"] != SCHEMA:
            raise ValueError(f"schema {told['schema']}")
        as_written = told.pop(_OWN_DIGEST, None) == _digest(told)
    except FileNotFoundError:
        said = f"{folder} has no {MANIFEST}"
        hint = "say what its files are held to: --profile NAME"
        raise InputError(Problem("no_manifest", said, {"file": str(folder)}, hint=hint)) from None
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(
            Problem(
                "bad_manifest",
                f"{place} is damaged: {error}",
                {"file": str(place)},
                hint="deliver again into another folder",
            )
        ) from None
    return WrittenManifest(rows, beside, as_written)


def _row(row: Mapping[str, Any]) -> WrittenFile:
    texts = _texts(row, "path", "sha256", "profile", "version")
    pcm = row["pcm_sha256"]
    record = _texts(row["side"], "record")["record"] if "side" in row else None
    return WrittenFile(**texts, pcm_sha256=None if pcm is None else str(pcm), record=record)


def _texts(row: Mapping[str, Any], *keys: str) -> dict[str, str]:
    texts = {key: row[key] for key in keys}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise TypeError(f"{key} is no text")
    parts = texts.get("path", "a file").split("/")
    if any(each in ("", ".", "..") or "\\" in each or "\0" in each for each in parts):
        raise ValueError(f"{texts['path']!r} is no path inside the delivery")
    return texts
