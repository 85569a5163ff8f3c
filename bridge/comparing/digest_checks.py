"""A master's digests against what lies in its folder now, without rendering anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from bridge.audio import pcm_sha256
from bridge.finished import (
    LOCK,
    RECORD,
    SIDECAR_SUFFIX,
    Carried,
    Lock,
    Record,
    Source,
    chain_digest,
    check_whole,
    lock_digest,
    need_record,
    output_digest,
    read_sidecar,
    read_tag,
    recall_stem,
    sidecar_of,
    stems_digest,
)
from bridge.storing import BadDataError, Store, read_bytes
from stemwright.problems import InputError, Problem
from stemwright.shown import Shown
from stemwright.words import quoted

_NEEDED = ("chain.lock", "render.json")


@dataclass(frozen=True)
class Place:
    """A folder that render wrote, and the one master asked for; None: all of the folder's."""

    folder: Path
    master: Path | None = None


def locate(path: Path, folder: Path | None = None) -> Place:
    """Return where a folder, a master or a sidecar belongs: beside it, or the `folder` named.

    Raises InputError: missing_file, folder_given_twice, folder_not_found, output_unfinished.
    """
    if path.is_dir():
        if folder is not None:
            hint = "name a master, or leave out --folder"
            raise _refused("folder_given_twice", path, "is a folder itself", hint)
        check_whole(path)
        return Place(path)
    master = path.with_name(path.name.removesuffix(SIDECAR_SUFFIX) or path.name)
    if not master.is_file():
        hint = "name a master, its sidecar or the folder that render wrote"
        raise _refused("missing_file", master, "no such file or folder", hint)
    home = master.parent if folder is None else folder
    check_whole(home)
    missing = [name for name in _NEEDED if not (home / name).is_file()]
    if missing:
        raise _lost(master, home, missing, named=folder is not None)
    return Place(home, master)


def _lost(master: Path, home: Path, missing: list[str], *, named: bool) -> InputError:
    place = str(home) if named else "beside it"
    hint = f"stemwright verify {quoted(master)} --folder DIR, where DIR is what render wrote"
    carried = read_tag(master) or read_sidecar(sidecar_of(master))
    said = f"there is no {' and no '.join(missing)} {'in ' if named else ''}{place}; "
    said += _told(master, carried)
    return _refused("folder_not_found", master, said, hint)


def _told(master: Path, carried: Carried | None) -> str:
    if carried is None:
        return "it carries no digests"
    same = output_digest(pcm_sha256(master)) == carried.digests.output
    found = ", ".join(f"{name} {text}" for name, text in asdict(carried.digests).items())
    samples = "its samples are those" if same else "its samples are NOT those"
    return f"it carries the digests of {carried.version}: {found}; {samples} of its digest"


def _refused(kind: str, path: Path, said: str, hint: str) -> InputError:
    return InputError(Problem(kind, said, {"file": str(path)}, hint=hint))


DigestName = Literal["stems", "chain", "lock", "output"]
_CHAIN_BYTES = 16 << 20
_NAMES: tuple[DigestName, ...] = ("stems", "chain", "lock", "output")


@dataclass(frozen=True)
class DigestCheck:
    """One hash, those who say what it should be, and what it is; `found` is None for a gone file.

    `subject` is the file, or the stem, that was hashed.
    """

    digest: DigestName
    subject: str
    said_by: tuple[str, ...]
    expected: str
    found: str | None

    @property
    def same(self) -> bool:
        """Whether it is what it should be."""
        return self.expected == self.found

    def as_json(self) -> dict[str, Any]:
        """A row of `verify --json`."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"same": self.same}


@dataclass(frozen=True)
class DigestChecks(Shown):
    """Every check that was made; `notes` say who could not be asked, and who disagrees."""

    checks: tuple[DigestCheck, ...]
    notes: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether everything is what it should be."""
        return all(check.same for check in self.checks)

    @property
    def differing(self) -> tuple[DigestCheck, ...]:
        """The checks that failed."""
        return tuple(check for check in self.checks if not check.same)

    def as_json(self) -> dict[str, Any]:
        """The `digests` of `verify --json`."""
        checks = [check.as_json() for check in self.checks]
        return {"same": self.same, "checks": checks, "notes": list(self.notes)}


@dataclass(frozen=True)
class _Master:
    """A master, the version it is, and what its tag and its sidecar say."""

    path: Path
    version: str
    samples: str | None
    carried: tuple[tuple[str, Carried], ...]

    @property
    def notes(self) -> Iterator[str]:
        name, beside = self.path.name, sidecar_of(self.path).name
        said = [said_by for said_by, _ in self.carried]
        if self.samples is None:
            yield f"{name} is gone"
        elif not said:
            yield f"{name} carries no digests; render it again to give it some"
        elif len(said) == 1:
            missing = beside if said[0] != beside else "tag"
            yield f"{name} has no readable {missing}; {said[0]} speaks for it"
        else:
            (_, one), (_, other) = self.carried
            apart = ["version"] if one.version != other.version else []
            apart += [each for each in _NAMES if _of(one, each) != _of(other, each)]
            if apart:
                yield f"{said[0]} and {beside} disagree on {', '.join(apart)}"


def check_digests(
    place: Place,
    lock: Lock,
    store: Store,
    jobs: int = 1,
    *,
    without_stems: bool = False,
) -> DigestChecks:
    """Hash a master, or all of a folder's, its chain, its lock and its stems; compare.

    With `without_stems`, stems that are all gone, place and all, are not checked; a note says so.

    Equal hashes say that nothing was changed since, not that it still renders the same.
    Raises InputError: bad_lock, bad_record, unknown_master, and with every stem that is gone.
    """
    record = need_record(place.folder)
    masters = _masters(place, record, lock)
    found: dict[str, str | None] = {
        "stems": stems_digest(lock.sources),
        "chain": _chain(place.folder, record),
        "lock": lock_digest(lock.as_json()),
    }
    stems, gone = _stems(place.folder, lock.sources, store, jobs)
    moved = not stems and all(each.kind == "missing_file" for each in gone)
    if gone and not (without_stems and moved):
        raise InputError(gone)
    checks = [*_shared(masters, found), *stems, *_outputs(masters, record, lock)]
    notes = [note for each in masters for note in each.notes]
    if gone:
        notes.append(_unchecked(gone[0]))
    return DigestChecks(tuple(checks), tuple(notes))


def _of(carried: Carried, name: DigestName) -> str:
    return str(getattr(carried.digests, name))


def _shared(masters: list[_Master], found: Mapping[str, str | None]) -> Iterator[DigestCheck]:
    for name in _NAMES[:-1]:
        claims: dict[str, list[str]] = defaultdict(list)
        for master in masters:
            for said_by, carried in master.carried:
                claims[_of(carried, name)].append(said_by)
        subject = {"stems": LOCK, "chain": "chain.toml", "lock": LOCK}[name]
        for expected, said in claims.items():
            yield DigestCheck(name, subject, tuple(said), expected, found[name])


def _outputs(masters: list[_Master], record: Record, lock: Lock) -> Iterator[DigestCheck]:
    for master in masters:
        claims: dict[str, list[str]] = defaultdict(list)
        for said_by, carried in master.carried:
            claims[_of(carried, "output")].append(said_by)
        hashes = [(RECORD, row.version, row.pcm_sha256) for row in record.outputs]
        hashes += [(LOCK, row.version, row.pcm_sha256) for row in lock.outputs]
        for said_by, version, samples in hashes:
            if version == master.version:
                claims[output_digest(samples)].append(said_by)
        for expected, said in claims.items():
            yield DigestCheck("output", master.path.name, tuple(said), expected, master.samples)


def _masters(place: Place, record: Record, lock: Lock) -> list[_Master]:
    names = {row.version: f"{row.version}.wav" for row in lock.outputs}
    names |= {row.version: row.path for row in record.outputs}
    if place.master is None:
        return [_opened(place.folder / name, version) for version, name in names.items()]
    opened = _opened(place.master, None)
    versions = [carried.version for _, carried in opened.carried]
    samples = {output_digest(row.pcm_sha256): row.version for row in lock.outputs}
    versions += [samples[opened.samples]] if opened.samples in samples else []
    versions += [version for version, name in names.items() if name == place.master.name]
    if not versions:
        raise InputError(
            Problem(
                "unknown_master",
                "it carries no digests, and its folder has no master of its name or samples",
                {"file": str(place.master)},
                hint="name the folder it was rendered into with --folder",
            )
        )
    return [_Master(opened.path, versions[0], opened.samples, opened.carried)]


def _opened(path: Path, version: str | None) -> _Master:
    beside = sidecar_of(path)
    asked = ((f"the tag of {path.name}", read_tag(path)), (beside.name, read_sidecar(beside)))
    carried = tuple((said_by, each) for said_by, each in asked if each is not None)
    samples = output_digest(pcm_sha256(path)) if path.is_file() else None
    return _Master(path, version or "", samples, carried)


def _chain(folder: Path, record: Record) -> str | None:
    """What the chain and its states hash to now; None where one of them is gone."""
    states = {name: folder / name for name in record.files if name.startswith("states/")}
    try:
        return chain_digest(read_bytes(folder / "chain.toml", _CHAIN_BYTES), states)
    except (OSError, BadDataError):
        return None


def _unchecked(first: Problem) -> str:
    place = first.where.get("file")
    return f"the stems are not where the lock says ({place}) and not checked; --stems names a place"


def _stems(
    folder: Path, sources: Sequence[Source], store: Store, jobs: int
) -> tuple[list[DigestCheck], list[Problem]]:
    """A check for each stem that is there, and what is wrong with the others, once."""
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        made = list(pool.map(lambda source: _stem(source, folder, store), sources))
    problems = (problem for each in made if isinstance(each, list) for problem in each)
    gone = {(each.kind, each.message, *each.where.items()): each for each in problems}
    checks = [each for each in made if isinstance(each, DigestCheck)]
    return checks, [*gone.values()]  # a zip of stems is gone once


def _stem(source: Source, folder: Path, store: Store) -> DigestCheck | list[Problem]:
    try:
        stem = recall_stem(source, folder, store)
    except InputError as error:
        return list(error.problems)
    found = _joined(file.pcm_hash for file in stem.files)
    expected = _joined(file.pcm for file in source.files)
    return DigestCheck("stems", source.stem, (LOCK,), expected, found)


def _joined(hashes: Iterable[str]) -> str:
    return "blake3:" + "+".join(hashes)
