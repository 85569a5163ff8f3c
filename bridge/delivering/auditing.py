"""Auditing a delivery later: one with our manifest, or any folder of files against a profile."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bridge.audio import pcm_sha256
from bridge.delivering.checks import (
    Checked,
    HeardFile,
    Outcome,
    checks_of,
    coding_checks,
    depth_of,
    outcome_of,
    plain_wave_checks,
    same_recording_checks,
    side_checks,
    swapped_checks,
    tag_checks,
)
from bridge.delivering.cue_sheet import cue_checks
from bridge.delivering.enclosing import EnclosedFile
from bridge.delivering.files import Coding, FileFacts, decoded_copy, facts_of
from bridge.delivering.manifest import MANIFEST, WrittenFile, read_manifest
from bridge.delivering.names import Naming, name_faults, naming_of, said_in_name
from bridge.delivering.profiles import ENDINGS, FileWish, Profile, load_profile, shipped_profiles
from bridge.delivering.sheet import SHEET
from bridge.delivering.tags import MAIN
from bridge.metering import audio_files
from bridge.storing import file_digest
from sessions import AUDIO_EXTENSIONS, OTHER_AUDIO_EXTENSIONS, file_extension
from stemwright.problems import InputError, MachineError, Problem

_CALLED_AUDIO = AUDIO_EXTENSIONS | OTHER_AUDIO_EXTENSIONS


@dataclass(frozen=True)
class Audit:
    """Every check of a folder; `by_manifest` where the folder has one of ours."""

    folder: Path
    by_manifest: bool
    checks: tuple[Checked, ...]

    @property
    def passed(self) -> bool:
        """Whether none failed."""
        return all(each.outcome != "fail" for each in self.checks)

    def as_json(self) -> dict[str, Any]:
        """What `deliver --check --json` prints."""
        return {
            "folder": str(self.folder),
            "by_manifest": self.by_manifest,
            "passed": self.passed,
            "checks": [each.as_json() for each in self.checks],
        }


def audit(folder: Path, profiles: Sequence[Profile] = ()) -> Audit:
    """Check a delivery's files again: that they are those delivered, and against their profiles.

    A folder without a manifest is held to `profiles`, file by file. Raises InputError `not_found`
    for what is no folder, `no_manifest` where there is neither, `bad_manifest`, `no_audio`.
    """
    if not folder.is_dir():
        said = f"{folder} is no folder" if folder.exists() else f"{folder} does not exist"
        hint = "name the folder that the files lie in"
        raise InputError(Problem("not_found", said, {"file": str(folder)}, hint=hint))
    if profiles and not (folder / MANIFEST).is_file():
        rows = tuple(_strange(folder, profiles))
        return Audit(folder, by_manifest=False, checks=rows)
    return Audit(folder, by_manifest=True, checks=tuple(_written(folder, profiles)))


def _written(folder: Path, profiles: Sequence[Profile]) -> Iterator[Checked]:
    manifest = read_manifest(folder)
    files = manifest.files
    words = (
        ""
        if manifest.as_written
        else f"it is not as it was written: {SHEET} says what was delivered"
    )
    yield Checked(MANIFEST, "manifest", outcome_of(manifest.as_written), None, None, words=words)
    for asked in sorted({each.name for each in profiles} - {each.profile for each in files}):
        words = "the delivery holds no file for it"
        yield Checked(MANIFEST, "profile", "fail", None, asked, words=words)
    known = {each.name: each for each in profiles}
    for file in files:
        place = folder / file.path
        if not place.is_file():
            yield Checked(file.path, "missing", "fail", None, file.path, words="it is not there")
            continue
        yield from _as_delivered(file, place)
        profile = known.get(file.profile)
        if profile is None and file.profile in shipped_profiles():
            profile = load_profile(file.profile)
        if profile is None:
            words = f"not held to it: name its file with --profile {file.profile}.toml"
            yield Checked(file.path, "profile", "warn", None, file.profile, words=words)
        else:
            own = profile.of_record(file.record)
            yield from _against(file.path, place, own, file.version)
    for each in manifest.enclosed:
        yield _as_enclosed(each, folder / each.path)
    yield from _extra(folder, {*manifest.digests, MANIFEST})


def _extra(folder: Path, known: Collection[str]) -> Iterator[Checked]:
    """What lies there and was not delivered: audio would be taken for a part of it."""
    for place in sorted(folder.rglob("*")):
        name = place.relative_to(folder).as_posix()
        if name not in known and not place.is_dir():
            called_audio = file_extension(name) in _CALLED_AUDIO
            outcome: Outcome = "fail" if called_audio else "warn"
            yield Checked(name, "extra", outcome, name, None, words="no part of the delivery")


def _as_delivered(file: WrittenFile, place: Path) -> Iterator[Checked]:
    found = file_digest(place)
    same = found == file.sha256
    words = "" if same else "its bytes are others"
    yield Checked(file.path, "sha256", outcome_of(same), found, file.sha256, words=words)
    if not same and file.pcm_sha256 is not None:
        audio = _pcm(place)
        heard = audio == file.pcm_sha256
        words = "its samples are the same" if heard else "its samples are others"
        outcome: Outcome = "warn" if heard else "fail"
        yield Checked(file.path, "samples", outcome, audio, file.pcm_sha256, words=words)


def _as_enclosed(file: EnclosedFile, place: Path) -> Checked:
    if not place.is_file():
        return Checked(file.path, "missing", "fail", None, file.path, words="it is not there")
    found = file_digest(place)
    same = found == file.sha256
    words = "" if same else "its bytes are others"
    return Checked(file.path, "sha256", outcome_of(same), found, file.sha256, words=words)


def _pcm(place: Path) -> str | None:
    try:
        return pcm_sha256(place)
    except InputError:
        return None


def _strange(folder: Path, profiles: Sequence[Profile]) -> Iterator[Checked]:
    """Every file against every profile, or against that whose folder it lies in, and each other."""
    heard: list[HeardFile] = []
    yield from _unreadable(folder)
    for place in audio_files([folder]):
        name = place.relative_to(folder).as_posix()
        own = [each for each in profiles if each.name == Path(name).parts[0]] or profiles
        facts: FileFacts | None = None
        try:
            facts = _facts(place)
            heard.append(HeardFile(name, place, facts))
        except (InputError, MachineError) as error:
            yield _undecoded(name, error)
        for profile in own:
            rows = _not_taken(name, place, profile)
            if facts is not None:
                rows = _against(name, place, profile, MAIN, facts)
            yield from rows if len(own) == 1 else (_for(profile, each) for each in rows)
    yield from same_recording_checks(heard)
    yield from swapped_checks(heard, [naming_of(each.naming) for each in profiles])


def _for(profile: Profile, row: Checked) -> Checked:
    """A row that says which of several profiles it is about."""
    return replace(row, words=f"for {profile.name}" + (f": {row.words}" if row.words else ""))


def _unreadable(folder: Path) -> Iterator[Checked]:
    """What is called as audio and is no file, and folders that cannot be looked into."""
    closed: list[OSError] = []
    for top, folders, names in os.walk(folder, onerror=closed.append):
        for each in sorted((*folders, *names)):
            place = Path(top) / each
            name = place.relative_to(folder).as_posix()
            if file_extension(each) in _CALLED_AUDIO and not place.is_file():
                words = "it is called as audio, and is no file that can be read"
                yield Checked(name, "decodes", "fail", None, None, words=words)
    for error in closed:
        name = Path(str(error.filename)).relative_to(folder).as_posix()
        words = f"this folder cannot be looked into: {error.strerror}"
        yield Checked(name, "decodes", "fail", None, None, words=words)


def _undecoded(name: str, error: InputError | MachineError) -> Checked:
    problem = error.problems[0]
    needs = f"; {problem.hint}" if isinstance(error, MachineError) and problem.hint else ""
    return Checked(name, "decodes", "fail", None, None, words=f"{problem.message}{needs}")


def _facts(place: Path) -> FileFacts:
    with decoded_copy(place) as readable:
        return facts_of(readable)


def _against(
    name: str, place: Path, profile: Profile, version: str, facts: FileFacts | None = None
) -> Iterator[Checked]:
    """One file against one profile: format, rate, depth, limits, name, tags."""
    if profile.tags_before_audio and place.suffix.lower() == ".wav":
        yield from plain_wave_checks(name, place)
    wishes = _wishes(place, profile)
    if not wishes:
        yield from _not_taken(name, place, profile)
        return
    try:
        facts = facts or _facts(place)
    except (InputError, MachineError) as error:
        yield _undecoded(name, error)
        return
    yield from coding_checks(name, facts, _nearest_coding(wishes, facts))
    yield from checks_of(name, facts, profile)
    if profile.side is not None:
        yield from side_checks(name, facts, profile.side.record)
        yield from cue_checks(name, place, facts.seconds)
    naming = naming_of(profile.naming)
    faults = [*name_faults(naming, place.stem), *_contradicted(naming, place.stem, facts)]
    outcome = outcome_of(not faults)
    yield Checked(name, "name", outcome, place.name, profile.naming, words="; ".join(faults))
    yield from tag_checks(name, place, profile, version)


def _contradicted(naming: Naming, name: str, facts: FileFacts) -> Iterator[str]:
    """What of the samples a file's name says otherwise than the file."""
    header = facts.header
    has = {
        "rate": f"{header.sample_rate_hz // 1000}k",
        "rate_hz": str(header.sample_rate_hz),
        "channels": str(header.channels),
    }
    for field, said in said_in_name(naming, name).items():
        if field in has and said != has[field]:
            yield f"says {field} {said}, and the file has {has[field]}"


def _not_taken(name: str, place: Path, profile: Profile) -> Iterator[Checked]:
    if not _wishes(place, profile):
        taken = ", ".join(sorted({each.format for each in profile.files}))
        said = f"{profile.name} takes {taken}"
        yield Checked(name, "format", "fail", place.suffix, taken, words=said)


def _wishes(place: Path, profile: Profile) -> list[FileWish]:
    """Those that a file called so may be."""
    found = place.suffix.lower()
    alike = {".aif": ".aiff", ".aifc": ".aiff", ".wave": ".wav", ".bwf": ".wav"}.get(found, found)
    return [each for each in profile.files if ENDINGS[each.format] == alike]


def _nearest_coding(wishes: Sequence[FileWish], facts: FileFacts) -> Coding:
    """What a file of this depth and rate should be: its own where the profile takes it."""
    bits = depth_of(facts)
    wish = next((each for each in wishes if each.bits == bits), wishes[0])
    return Coding(wish.format, wish.rate_hz(facts.header.sample_rate_hz), wish.bits, wish.kbps)
