"""The report of a song, kept in the store under what it was made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bridge.checking.between.tempo import tempo_bpm
from bridge.checking.findings import CheckReport, Finding, MixFit, StemFindings, StemInMix
from bridge.checking.remembering.sources import checks_digest
from bridge.storing import Signature, Store, digest, signature
from sessions import Clip, Reference, Session

_File = tuple[Path, str | None]
"""A file, or a zip and its member."""


class KnownSong:
    """A song by its files' bytes, its stems' names, roles and places; wherever it lies.

    What cannot be decoded is told with its path, and is not kept.
    """

    def __init__(self, session: Session, mix: Path | None, store: Store) -> None:
        tracks = [track for track in session.tracks if track.clips]
        self._store = store
        self._stems = [(track, _files(track.clips[0])) for track in tracks]
        self._mix = _mix_files(session, mix)
        self._tempo_bpm = tempo_bpm(session)
        stem_files = [file for _, files in self._stems for file in files]
        self._paths = {path for path, _ in (*stem_files, *self._mix)}
        self._before = self._signatures()
        self._key = self._question()

    def report(self) -> CheckReport | None:
        """What was found when it was checked; None where it was not, by these checks."""
        entry = None if self._key is None else self._store.get(self._key)
        return None if entry is None else report_of(entry.meta["report"])

    def keep(self, report: CheckReport) -> None:
        """Keep what was found, unless a file was written to meanwhile."""
        is_whole = all(each.code != "undecodable" for each in report.findings())
        if self._key is not None and is_whole and self._before == self._signatures():
            self._store.put(self._key, {"pcm": None, "report": asdict(report)})

    def _signatures(self) -> dict[Path, Signature] | None:
        with suppress(OSError):
            return {path: signature(path) for path in self._paths}
        return None

    def _question(self) -> str | None:
        """The key of its report; None where a file cannot be read."""
        with suppress(OSError):
            octets = {path: self._store.digest_of(path) for path in self._paths}
            return digest(
                "stem check",
                checks=checks_digest(),
                stems=[
                    [
                        *(track.id, track.name, track.role, track.clips[0].position_frames),
                        *((octets[path], member) for path, member in files),
                    ]
                    for track, files in self._stems
                ],
                mix=[(path.stem, octets[path], member) for path, member in self._mix],
                tempo_bpm=self._tempo_bpm,
            )
        return None


def report_of(told: Mapping[str, Any]) -> CheckReport:
    """A report as `dataclasses.asdict` wrote it."""
    mix = told["mix"]
    stems = (
        StemFindings(**{**each, "findings": _findings(each["findings"])}) for each in told["stems"]
    )
    return CheckReport(tuple(stems), _findings(told["between"]), None if mix is None else _fit(mix))


def _fit(told: Mapping[str, Any]) -> MixFit:
    stems = tuple(StemInMix(**each) for each in told["stems"])
    return MixFit(**{**told, "stems": stems, "findings": _findings(told["findings"])})


def _findings(told: Sequence[Mapping[str, Any]]) -> tuple[Finding, ...]:
    return tuple(Finding(**{**each, "stems": tuple(each["stems"])}) for each in told)


def _files(audio: Clip | Reference) -> list[_File]:
    return [(each.path, each.member) for each in (audio.media, audio.right) if each is not None]


def _mix_files(session: Session, mix: Path | None) -> list[_File]:
    """Those of the mix that the stems are held to."""
    if mix is not None:
        return [(mix, None)]
    found = (_files(each) for each in session.references if each.kind == "mix")
    return next(found, [])
