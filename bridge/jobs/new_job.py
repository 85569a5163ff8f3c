"""`job new`: a folder for one song, its job file written from what lies among the stems."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit

from bridge.jobs.job_file import JOB
from bridge.jobs.tags import SongTags, tags_of
from bridge.jobs.titles import STEM_FOLDERS, title_of
from chains import Chain, load
from sessions import Reference, Session, read
from stemwright.files import Staged, cannot_write, written_from
from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.words import printable

_HEAD = """\
# One song: its stems, its chain, and what it changes of it. The chain itself stays as it is.
# docs/jobs.md explains every line; `stemwright schema --job` is for editors.
"""
_SETTINGS = """
# Settings in place of the chain's, by the ids of groups and inserts:
# [group.{group}]
# gain_db = 0.5
# [group.{group}.insert.{insert}]
# mix = 0.8
# [target]
# integrated_lufs = -9.5

# One stem in its group's sum, by its file's name:
# [stem."{stem}"]
# gain_db = -0.5

# A part of the song, and a ride over it; times are seconds, "m:ss.mmm" or "bar 33.3":
# [[section]]
# name = "chorus 2"
# from = "1:02.5"
# to   = "1:24"
# [[ride]]
# group = "{group}"
# section = "chorus 2"
# gain_db = 0.7
# ramp_s  = 0.05
"""


@dataclass(frozen=True)
class NewJob:
    """A job that is to be written: its file, its text, and what was found for it."""

    path: Path
    text: str
    title: str
    artist: str
    rough: Path | None
    references: tuple[Path, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What `job new --json` prints."""
        return {
            "job": str(self.path),
            "title": self.title,
            "artist": self.artist,
            "rough": None if self.rough is None else str(self.rough),
            "references": [str(path) for path in self.references],
            "metadata": dict(self.metadata),
            "text": self.text,
            "diagnostics": [said.as_json() for said in self.diagnostics],
        }


def default_folder(stems: Sequence[Path]) -> Path:
    """Where a song's job goes when nobody says: around a folder called stems, else beside it."""
    first = stems[0].resolve()
    if len(stems) > 1 or first.name.casefold() in STEM_FOLDERS:
        return first.parent
    return first.parent / f"{first.stem}-job"


def new_job(stems: Sequence[Path], chain: Path, folder: Path) -> NewJob:
    """Plan the job of some stems in `folder`; nothing is written.

    Raises SessionError and ChainError with what is wrong with either, InputError `job_exists`.
    """
    path = folder / JOB
    if os.path.lexists(path):
        raise InputError(_exists(path))
    session, parsed = read(stems), load(chain)
    found = [each for each in session.references if each.media.member is None]
    rough = next((each for each in found if each.kind == "mix"), None)
    others = tuple(each.media.path for each in found if each is not rough)
    files = [track.clips[0].media for track in session.tracks if track.clips]
    tags = tags_of(
        None if rough is None else rough.media.path,
        [media.path for media in files if media is not None and media.member is None],
    )
    title = tags.title or dict(session.provenance).get("title") or _named_after(stems)
    made = _Text(folder, session, parsed)
    text = made.of(stems, chain, rough, others, title, tags)
    return NewJob(
        path,
        text,
        title,
        tags.artist,
        None if rough is None else rough.media.path,
        others,
        tags.metadata,
        session.diagnostics,
    )


def write_job(new: NewJob) -> None:
    """Write a planned job, in a folder of its own or one that is there.

    Raises InputError `job_exists` for one that came meanwhile, MachineError where the disk refuses.
    """
    folder, fresh = new.path.parent, not new.path.parent.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Staged(new.path, overwrite=False) as staged:
            staged.write_bytes(new.text.encode())
    except FileExistsError as cause:
        problem = _exists(new.path) if folder.is_dir() else _no_folder(folder)
        raise InputError(problem) from cause
    except OSError as cause:
        if fresh and folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        raise cannot_write(new.path, cause) from cause


def _exists(path: Path) -> Problem:
    return Problem(
        "job_exists",
        "there is a job already, and it stays as it is",
        {"file": str(path)},
        hint="name another folder with -o, or edit the job",
    )


def _no_folder(folder: Path) -> Problem:
    return Problem("not_a_folder", f"{folder} is not a folder", {"file": str(folder)})


def _named_after(stems: Sequence[Path]) -> str:
    return printable(title_of(stems[0] if len(stems) == 1 else stems[0].resolve().parent))


@dataclass(frozen=True)
class _Text:
    """The text of a job in `folder`."""

    folder: Path
    session: Session
    chain: Chain

    def of(
        self,
        stems: Sequence[Path],
        chain: Path,
        rough: Reference | None,
        references: Sequence[Path],
        title: str,
        tags: SongTags,
    ) -> str:
        places = [self._place(each) for each in stems]
        rows: list[tuple[str, Any, str]] = [
            ("schema", 1, ""),
            ("title", title, ""),
            ("artist", tags.artist, ""),
            ("chain", self._place(chain), ""),
            ("stems", places[0] if len(places) == 1 else places, "what `read` accepts"),
        ]
        if rough is not None:
            rows.append(("rough", self._place(rough.media.path), "compared with, never summed"))
        if references:
            said = "likewise"
            rows.append(("references", [self._place(each) for each in references], said))
        if tags.tempo_bpm is not None:
            rows.append(("tempo_bpm", tags.tempo_bpm, "as the files say"))
        metadata = [(name, value, "") for name, value in tags.metadata.items()]
        closing = (
            ["", "[metadata]  # carried on to delivery", *_lines(metadata)] if metadata else []
        )
        parts = [_HEAD, *(f"{line}\n" for line in _lines(rows)), *self._unset(tags)]
        parts += [self._settings(), *(f"{line}\n" for line in closing)]
        return "".join(parts)

    def _place(self, path: Path) -> str:
        """A path as the job writes it: seen from its folder, absolute on another drive."""
        return written_from(self.folder, path.resolve())

    def _unset(self, tags: SongTags) -> Iterator[str]:
        if tags.tempo_bpm is None:
            yield "# tempo_bpm = 92.0            # for bars, and told to plugins\n"
        yield "# due = 2026-12-04\n"
        yield "# revisions_included = 3\n"

    def _settings(self) -> str:
        group = self.chain.groups[0]
        owner = next((each for each in self.chain.groups if each.inserts), None)
        insert = owner.inserts[0].id if owner is not None else "ID"
        stem = self.session.tracks[0].id.replace("\\", "\\\\").replace('"', '\\"')
        name = (owner or group).id
        return _SETTINGS.format(group=name, insert=insert, stem=_one_line(stem))


def _one_line(text: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in text)


def _lines(rows: Sequence[tuple[str, Any, str]]) -> list[str]:
    """Lines of TOML with their values under each other, and what is said of them behind."""
    width = max((len(_key(name)) for name, _, _ in rows), default=0)
    return [
        f"{_key(name):{width}} = {_value(value)}" + (f"  # {said}" if said else "")
        for name, value, said in rows
    ]


def _key(name: str) -> str:
    return tomlkit.key(name).as_string()


def _value(value: Any) -> str:
    return str(tomlkit.item(value).as_string())
