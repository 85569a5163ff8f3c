"""What a delivery will hold, before anything is made: every file with its name, or all faults."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from bridge.delivering.files import Coding, TimedEdit
from bridge.delivering.names import (
    NamedFile,
    file_name,
    how_to_say,
    job_key,
    naming_of,
    refuse_collisions,
)
from bridge.delivering.profiles import ENDINGS, FileWish, Profile
from bridge.delivering.tags import ALIASES, FIELDS, SongMetadata
from stemwright.problems import InputError, Problem
from stemwright.words import listed, nearest


@dataclass(frozen=True)
class SongVersion:
    """A finished version of a song; `group` is the stem group that is the only one in it.

    An `edit` is cut out of the version `of`; without one, a version is its own master.
    """

    id: str
    group: str | None = None
    of: str = ""
    edit: TimedEdit | None = None

    @property
    def master(self) -> str:
        """The version whose master it is made from."""
        return self.of or self.id


@dataclass(frozen=True)
class SongToDeliver:
    """A song that is done: what it says of itself, its rate, its versions, which revision it is.

    `ceiling_dbtp` is the true peak that its own target keeps, None where it has none.
    """

    metadata: SongMetadata
    rate_hz: int
    versions: tuple[SongVersion, ...]
    revision: int | None = None
    ceiling_dbtp: float | None = None


@dataclass(frozen=True)
class PlannedFile:
    """A file of a delivery: for which profile, of which version, coded how, called what.

    `master` is the version it is made from, `edit` what is done to that.
    """

    profile: Profile
    version: str
    coding: Coding
    name: str
    metadata: SongMetadata
    master: str
    edit: TimedEdit

    @property
    def path(self) -> str:
        """Where it lies in the delivery's folder."""
        return f"{self.profile.name}/{self.name}"

    def as_json(self) -> dict[str, Any]:
        """A row of `deliver --dry-run --json`."""
        return {
            "path": self.path,
            "profile": self.profile.name,
            "version": self.version,
            **vars(self.coding),
        }


def planned_files(profiles: Sequence[Profile], song: SongToDeliver) -> tuple[PlannedFile, ...]:
    """Every file of a delivery, in the order of the profiles and of the song's versions.

    Raises InputError with all that is wrong: tags that a profile requires and the job lacks, names
    that cannot be made or are alike, profiles that name no version there is.
    """
    problems: list[Problem] = []
    files: list[PlannedFile] = []
    for profile in dict.fromkeys(profiles):
        problems += _missing_tags(profile, song)
        for wish in profile.files:
            wanted = _versions(wish, song)
            if not wanted:
                problems.append(_no_version(profile, wish, song))
            for version in wanted:
                try:
                    files.append(_planned(profile, wish, version, song))
                except InputError as error:
                    problems += error.problems
    if not problems:
        try:
            refuse_collisions([(each.path, _said(each)) for each in files])
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError([each for at, each in enumerate(problems) if each not in problems[:at]])
    return tuple(files)


def _planned(
    profile: Profile, wish: FileWish, version: SongVersion, song: SongToDeliver
) -> PlannedFile:
    coding = Coding(wish.format, wish.rate_hz(song.rate_hz), wish.bits, wish.kbps)
    metadata = song.metadata.of_version(version.id)
    named = NamedFile(
        version=version.id,
        group=version.group,
        rate_hz=coding.rate_hz,
        bits=coding.bits,
        codec=coding.format,
        kbps=coding.kbps,
        title=song.metadata.title,
        artist=song.metadata.artist,
        composer=song.metadata.composer,
        engineer=song.metadata.engineer,
        catalogue=song.metadata.catalog_number,
        isrc=metadata.isrc,
        bpm=f"{song.metadata.bpm:g}" if song.metadata.bpm else "",
        revision=song.revision,
        track=song.metadata.track or None,
        side="A" if profile.one_file_a_side else "",
    )
    name = file_name(naming_of(profile.naming), named) + ENDINGS[wish.format]
    edit = _with_silences(version.edit or TimedEdit(), profile)
    return PlannedFile(profile, version.id, coding, name, metadata, version.master, edit)


def _with_silences(edit: TimedEdit, profile: Profile) -> TimedEdit:
    """An edit with the silences that the recipient wants, where it says none itself."""
    head_s = profile.head_s if edit.head_s is None else edit.head_s
    tail_s = profile.tail_s if edit.tail_s is None else edit.tail_s
    return replace(edit, head_s=head_s, tail_s=tail_s)


def _versions(wish: FileWish, song: SongToDeliver) -> list[SongVersion]:
    return [
        each
        for each in song.versions
        if any(fnmatchcase(each.id, pattern) for pattern in wish.versions)
    ]


def _missing_tags(profile: Profile, song: SongToDeliver) -> Iterator[Problem]:
    fields = [each.name for each in FIELDS]
    for said in profile.required_tags:
        tag = ALIASES.get(said, said)
        if tag not in fields:
            yield Problem(
                "unknown_tag",
                f'the profile {profile.name} requires a tag "{said}", which there is not',
                expected=f"one of {', '.join(fields)}",
                nearest=nearest(said, fields),
            )
        elif not getattr(song.metadata, tag):
            yield Problem(
                "tag_missing",
                f"{profile.name} requires {tag}, and nothing says it",
                expected=f'{job_key(tag)} = "..." in the job',
                hint=f"{how_to_say(tag)}; or deliver without this profile",
            )


def _no_version(profile: Profile, wish: FileWish, song: SongToDeliver) -> Problem:
    known = [each.id for each in song.versions]
    return Problem(
        "no_version",
        f"{profile.name} asks for {listed(wish.versions)}, and the song has no such version",
        wish.where.as_json(),
        expected=f"one of {listed(known)}",
        hint="add it to the chain as a [[version]], or leave the profile out",
    )


def _said(file: PlannedFile) -> str:
    depth = f"{file.coding.bits} bit" if file.coding.bits else f"{file.coding.kbps} kbps"
    return f"{file.version} as {file.coding.format}, {file.coding.rate_hz} Hz, {depth}"
