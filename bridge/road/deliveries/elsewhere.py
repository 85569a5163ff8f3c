"""Masters that were made elsewhere: files without a chain and a lock, delivered as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.words import listed, nearest, quoted

if TYPE_CHECKING:
    from bridge.audio import Header
    from bridge.delivering import Profile, SongToDeliver
    from bridge.delivering.files import MasteredMoment
    from bridge.delivering.tags import SongMetadata
    from bridge.rendering import VersionsSum
    from bridge.road.deliveries.asked import ToDeliver

_OURS = ("chain.lock", "render.json")
_MAIN = "main"
_MOST_CHANNELS = 2


@dataclass(frozen=True)
class MastersElsewhere:
    """The files of a song by version: nothing of them can be rendered anew, or proved."""

    folder: Path
    files: Mapping[str, Path]
    told: list[Diagnostic] = field(default_factory=list)

    def of(self, profile: Profile, version: str) -> Path:
        """Where a version's master for a profile lies. Raises InputError `not_solvable`."""
        if profile.aim is not None and profile.aim.limiter:
            raise InputError(not_solvable(profile, self.folder))
        return self.files[version]

    def open_of(self, version: str) -> Path:
        """A version as it is: whether it has a limiter, nothing says."""
        return self.files[version]

    def sums(self, _profile: Profile) -> Sequence[VersionsSum]:
        """None: what complements what is not known."""
        return ()

    def moment(self, _profile: Profile, _version: str, _at_s: float) -> MasteredMoment | None:
        """None: its groups are not known."""
        return None

    def not_as_finished(self, version: str) -> Problem:
        """That a file was changed while it was read."""
        return Problem("not_as_finished", f"{version} was changed while it was delivered")


def is_elsewhere(song: Path) -> bool:
    """Whether a path that is no job names files that no render of ours wrote."""
    return song.exists() and not _is_ours(song)


def _is_ours(folder: Path) -> bool:
    return any((folder / each).exists() for each in _OURS)


def masters_elsewhere(given: ToDeliver) -> MastersElsewhere:
    """The masters in a folder, called by their versions, or the one file that is named.

    Raises InputError: `usage` for a file of a finished folder, `no_audio`, `no_main` where none of
    several is called so, `rates_differ`.
    """
    song = given.song
    if song.is_file() and _is_ours(song.parent):
        said = f"{song} is part of a finished folder"
        hint = (
            f"name the folder, and --only for one version: stemwright deliver {quoted(song.parent)}"
        )
        raise InputError(Problem("usage", said, {"file": str(song)}, hint=hint))
    files = {_MAIN: song} if song.is_file() else _by_version(song)
    heads = _headers(files)
    rates = {each.sample_rate_hz for each in heads.values()}
    if len(rates) > 1:
        said = f"the masters in {song} have {listed([f'{each} Hz' for each in sorted(rates)])}"
        hint = "deliver those of one rate alone: each in a folder of its own"
        raise InputError(Problem("rates_differ", said, {"file": str(song)}, hint=hint))
    return MastersElsewhere(song, files)


def song_elsewhere(
    given: ToDeliver, masters: MastersElsewhere, metadata: SongMetadata, number: int | None
) -> SongToDeliver:
    """The song that the files are. Converting its rate may not lift peaks over full scale."""
    from bridge.audio import probe
    from bridge.delivering import SongToDeliver, SongVersion
    from bridge.metering import measure

    wrong = [
        Problem(
            "usage",
            f"--only {word}: there is no master of that name",
            expected=f"one of {listed(list(masters.files))}",
            nearest=nearest(word, list(masters.files)),
        )
        for word in given.only
        if word not in masters.files
    ]
    if wrong:
        raise InputError(wrong)
    main = masters.files[_MAIN]
    header = probe(main)
    versions = tuple(
        SongVersion(each) for each in masters.files if not given.only or each in given.only
    )
    ceiling_dbtp = max(0.0, measure(main).true_peak_dbtp)
    rate_hz = header.sample_rate_hz
    return SongToDeliver(metadata, rate_hz, versions, number, ceiling_dbtp, header.frames)


def made_elsewhere(song: Path) -> Diagnostic:
    """That nothing is known of how a song was made."""
    said = f"{song} was not rendered here: it is delivered as it is, and nothing proves its sources"
    return Diagnostic("note", "made_elsewhere", str(song), said)


def not_solvable(profile: Profile, folder: Path) -> Problem:
    """That a recipient wants another master than there is."""
    return Problem(
        "not_solvable",
        f"{profile.name} is rendered anew before the limiter, which {folder} has no chain for",
        {"file": str(folder)},
        hint="deliver the song's job, or the folder that render wrote",
    )


def _by_version(folder: Path) -> Mapping[str, Path]:
    """Every lossless file of a folder, none below it, the main one first."""
    from sessions import AUDIO_EXTENSIONS, file_extension

    found = sorted(
        each
        for each in folder.iterdir()
        if each.is_file()
        and not each.name.startswith(".")
        and file_extension(each.name) in AUDIO_EXTENSIONS
    )
    if not found:
        said = f"{folder} is no job and no finished folder, and holds no WAV, AIFF or FLAC file"
        hint = "name a job, the folder that render wrote, or one of finished masters"
        raise InputError(Problem("no_audio", said, {"file": str(folder)}, hint=hint))
    if len(found) == 1:
        return {_MAIN: found[0]}
    named = dict(_named(found))
    if _MAIN not in named or len(named) < len(found):
        said = f"which of the {len(found)} files in {folder} is which version is not clear"
        hint = "call them by their versions: main.wav, instrumental.wav; or name one file"
        raise InputError(Problem("no_main", said, {"file": str(folder)}, hint=hint))
    return dict(sorted(named.items(), key=lambda row: row[0] != _MAIN))


def _named(files: list[Path]) -> Iterator[tuple[str, Path]]:
    from bridge.road.tagging import version_in

    for path in files:
        stem = path.stem.casefold()
        yield version_in(path) or (_MAIN if stem == "master" else stem.replace(" ", "_")), path


def _headers(files: Mapping[str, Path]) -> Mapping[str, Header]:
    """Raises InputError with all that cannot be read."""
    from bridge.audio import probe

    heads: dict[str, Header] = {}
    problems: list[Problem] = []
    for version, path in files.items():
        try:
            heads[version] = probe(path)
        except InputError as error:
            problems += error.problems
        else:
            if heads[version].channels > _MOST_CHANNELS:
                said = f"has {heads[version].channels} channels, and a master has two"
                problems.append(Problem("not_stereo", said, {"file": str(path)}))
    if problems:
        raise InputError(problems)
    return heads
