"""What a delivery will hold, before anything is made: every file with its name, or all faults."""

from __future__ import annotations

from collections import Counter
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
from bridge.delivering.profiles import ENDINGS, FileWish, Profile, RecordSide, record_size
from bridge.delivering.sides import AskedRecord, Side, common_metadata, side_rate_hz, sides_of
from bridge.delivering.tags import ALIASES, SongMetadata
from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.words import listed


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

    `ceiling_dbtp` is the true peak that its own target keeps, None where it has none; `frames` how
    long it is at its own rate.
    """

    metadata: SongMetadata
    rate_hz: int
    versions: tuple[SongVersion, ...]
    revision: int | None = None
    ceiling_dbtp: float | None = None
    frames: int = 0


@dataclass(frozen=True)
class PlannedFile:
    """A file of a delivery: for which profile, of which version, coded how, called what.

    `master` is the version it is made from, `edit` what is done to that. Of a record's `side` both
    version and master are its name.
    """

    profile: Profile
    version: str
    coding: Coding
    name: str
    metadata: SongMetadata
    master: str
    edit: TimedEdit
    side: Side | None = None

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
            **({} if self.side is None else {"side": self.side.as_json()}),
        }


def planned_files(
    profiles: Sequence[Profile],
    songs: Sequence[SongToDeliver],
    asked: AskedRecord = AskedRecord(),  # noqa: B008 - frozen
) -> tuple[PlannedFile, ...]:
    """Every file of a delivery, in the order of the profiles and of the song's versions.

    Several songs go on the sides of a record, as is `asked`. Raises InputError with all that is
    wrong: tags that a profile requires and the job lacks, names that cannot be made or are alike,
    profiles that name no version there is, or that take one song alone.
    """
    problems: list[Problem] = []
    files: list[PlannedFile] = []
    if asked != AskedRecord() and not any(each.side for each in profiles):
        problems.append(_no_record())
    problems += _of_one_name(list(dict.fromkeys(profiles)))
    for profile in dict.fromkeys(profiles):
        if profile.side is None and len(songs) > 1:
            problems.append(_one_song(profile))
            continue
        for song in songs:
            problems += _missing_tags(profile, song, alone=len(songs) == 1)
        for wish in profile.files:
            try:
                files += _of_wish(profile, wish, songs, asked)
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


def _of_wish(
    profile: Profile, wish: FileWish, songs: Sequence[SongToDeliver], asked: AskedRecord
) -> list[PlannedFile]:
    """Raises InputError with all that is wrong."""
    problems = [_no_version(profile, wish, song) for song in songs if not _versions(wish, song)]
    if problems:
        raise InputError(problems)
    if profile.side is not None:
        return list(_sides(profile, profile.side, wish, songs, asked))
    files = []
    for version in _versions(wish, songs[0]):
        try:
            files.append(_planned(profile, wish, version, songs[0]))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return files


def _sides(
    profile: Profile,
    wanted: RecordSide,
    wish: FileWish,
    songs: Sequence[SongToDeliver],
    asked: AskedRecord,
) -> Iterator[PlannedFile]:
    """The sides of a record, of the first version that all songs have and the profile takes."""
    shared = [
        each.id
        for each in _versions(wish, songs[0])
        if all(each.id in [other.id for other in _versions(wish, song)] for song in songs)
    ]
    version = shared[0] if shared else ""
    if not shared:
        raise InputError(_no_version(profile, wish, songs[0]))
    rate_hz = wish.rate_hz(side_rate_hz(songs))
    coding = Coding(wish.format, rate_hz, wish.bits, wish.kbps)
    pause_s = wanted.pause_s if asked.pause_s is None else asked.pause_s
    record = record_size(asked.record or wanted.record).id
    edit = _with_silences(TimedEdit(), profile)
    for side in sides_of(songs, asked.sides, version, rate_hz, pause_s, edit.head_s or 0.0, record):
        own = [songs[part.song].metadata.of_version(version) for part in side.parts]
        metadata = common_metadata(own, f"Side {side.letter}")
        named = _named(metadata, metadata, side.name, coding, side=side.letter)
        name = file_name(naming_of(profile.naming), named) + ENDINGS[wish.format]
        yield PlannedFile(profile, side.name, coding, name, metadata, side.name, edit, side)


def _one_song(profile: Profile) -> Problem:
    return Problem(
        "several_songs",
        f"{profile.name} takes one song, and several are named",
        hint="deliver each by itself; several go on the sides of a record: --profile vinyl",
    )


def _of_one_name(profiles: Sequence[Profile]) -> Iterator[Problem]:
    """Profiles that would have one folder."""
    for name, count in Counter(each.name for each in profiles).items():
        if count > 1:
            said = (
                f"{count} of the profiles are called {name}, which names the folder of their files"
            )
            yield Problem("name_taken", said, hint="give each another name")


def _no_record() -> Problem:
    return Problem(
        "usage",
        "--sides, --pause and --record are of a record, and no profile makes sides of one",
        hint="deliver for one that does: --profile vinyl",
    )


def _named(
    song: SongMetadata,
    own: SongMetadata,
    version: str,
    coding: Coding,
    *,
    group: str | None = None,
    revision: int | None = None,
    side: str = "",
) -> NamedFile:
    """What a name may say of a file, of the `song`'s metadata and of the version's `own`."""
    return NamedFile(
        version=version,
        group=group,
        rate_hz=coding.rate_hz,
        bits=coding.bits,
        codec=coding.format,
        kbps=coding.kbps,
        title=song.title,
        artist=song.artist,
        composer=song.composer,
        engineer=song.engineer,
        catalogue=song.catalog_number,
        isrc=own.isrc,
        bpm=f"{song.bpm:g}" if song.bpm else "",
        revision=revision,
        track=song.track or None,
        side=side,
    )


def _planned(
    profile: Profile, wish: FileWish, version: SongVersion, song: SongToDeliver
) -> PlannedFile:
    coding = Coding(wish.format, wish.rate_hz(song.rate_hz), wish.bits, wish.kbps)
    metadata = song.metadata.of_version(version.id)
    named = _named(
        song.metadata,
        metadata,
        version.id,
        coding,
        group=version.group,
        revision=song.revision,
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


def _missing_tags(profile: Profile, song: SongToDeliver, *, alone: bool) -> Iterator[Problem]:
    whose = "" if alone else f' of "{song.metadata.title}"'
    for said in profile.required_tags:
        tag = ALIASES.get(said, said)
        if not getattr(song.metadata, tag):
            yield Problem(
                "tag_missing",
                f"{profile.name} requires {tag}, and nothing says it{whose}",
                expected=f'{job_key(tag)} = "..." in the job',
                hint=f"{how_to_say(tag)}; or deliver without this profile",
            )


def versions_lacking_isrc(files: Sequence[PlannedFile]) -> Iterator[Diagnostic]:
    """Tell each version that will fail for want of a required ISRC, of its own."""
    for file in files:
        required = {ALIASES.get(each, each) for each in file.profile.required_tags}
        if "isrc" in required and file.side is None and not file.metadata.isrc:
            said = f"{file.profile.name} requires the isrc of {file.version}, and nothing says it"
            how = f"{how_to_say('isrc', file.version)}; or leave it out: --only"
            yield Diagnostic("warning", "tag_missing", file.path, f"{said}: {how}")


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
