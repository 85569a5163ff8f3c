"""Auditing a delivery later: one with our manifest, or any folder of files against a profile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bridge.audio import pcm_sha256
from bridge.delivering.checks import (
    Checked,
    FileFacts,
    HeardFile,
    Outcome,
    checks_of,
    coding_checks,
    facts_of,
    outcome_of,
    plain_wave_checks,
    same_recording_checks,
    side_checks,
    tag_checks,
)
from bridge.delivering.enclosing import EnclosedFile
from bridge.delivering.files import LOSSY, Coding, decoded_copy
from bridge.delivering.manifest import MANIFEST, WrittenFile, read_manifest
from bridge.delivering.names import Naming, name_faults, naming_of, said_in_name
from bridge.delivering.profiles import ENDINGS, FileWish, Profile, load_profile, shipped_profiles
from bridge.delivering.sheet import SHEET
from bridge.delivering.tags import MAIN
from bridge.metering import audio_files
from bridge.storing import file_digest
from stemwright.problems import InputError


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

    A folder without a manifest is held to `profiles`, file by file. Raises InputError `no_manifest`
    where there is neither, `bad_manifest`, `no_audio`.
    """
    if profiles and not (folder / MANIFEST).is_file():
        rows = tuple(_strange(folder, profiles))
        return Audit(folder, by_manifest=False, checks=rows)
    return Audit(folder, by_manifest=True, checks=tuple(_written(folder, profiles)))


def _written(folder: Path, profiles: Sequence[Profile]) -> Iterator[Checked]:
    manifest = read_manifest(folder)
    files = manifest.files
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
        if profile is not None:
            own = profile.of_record(file.record)
            yield from _against(file.path, place, own, file.version)
    for each in manifest.enclosed:
        yield _as_enclosed(each, folder / each.path)
    names = manifest.digests
    for place in audio_files([folder]):
        name = place.relative_to(folder).as_posix()
        if name not in names:
            yield Checked(name, "extra", "fail", name, None, words="no part of the delivery")


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
    for place in audio_files([folder]):
        name = place.relative_to(folder).as_posix()
        if name in (MANIFEST, SHEET):
            continue
        own = [each for each in profiles if each.name == Path(name).parts[0]]
        try:
            facts = _facts(place)
        except InputError as error:
            for profile in own or profiles:
                yield from _not_taken(name, place, profile)
            said = error.problems[0].message
            yield Checked(name, "decodes", "fail", None, None, words=said)
            continue
        heard.append(HeardFile(name, place, facts))
        for profile in own or profiles:
            yield from _against(name, place, profile, MAIN, facts)
    yield from same_recording_checks(heard)


def _facts(place: Path) -> FileFacts:
    with decoded_copy(place) as readable:
        return facts_of(readable)


def _against(
    name: str, place: Path, profile: Profile, version: str, facts: FileFacts | None = None
) -> Iterator[Checked]:
    """One file against one profile: format, rate, depth, limits, name, tags."""
    if profile.tags_before_audio and place.suffix.lower() == ".wav":
        yield from plain_wave_checks(name, place)
    wish = _wish(place, profile)
    if wish is None:
        yield from _not_taken(name, place, profile)
        return
    try:
        facts = facts or _facts(place)
    except InputError as error:
        said = error.problems[0].message
        yield Checked(name, "decodes", "fail", None, None, words=said)
        return
    if wish.format not in LOSSY:
        yield from coding_checks(name, facts, _nearest_coding(wish, facts))
    yield from checks_of(name, facts, profile)
    if profile.side is not None:
        yield from side_checks(name, facts, profile.side.record)
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
    if _wish(place, profile) is None:
        taken = ", ".join(sorted({each.format for each in profile.files}))
        said = f"{profile.name} takes {taken}"
        yield Checked(name, "format", "fail", place.suffix, taken, words=said)


def _wish(place: Path, profile: Profile) -> FileWish | None:
    found = place.suffix.lower()
    alike = {".aif": ".aiff", ".wave": ".wav"}.get(found, found)
    return next((each for each in profile.files if ENDINGS[each.format] == alike), None)


def _nearest_coding(wish: FileWish, facts: FileFacts) -> Coding:
    """What a file of this rate should be: its own rate where the profile takes it."""
    return Coding(wish.format, wish.rate_hz(facts.header.sample_rate_hz), wish.bits, wish.kbps)
