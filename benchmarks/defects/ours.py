"""Our `check` as the benchmark asks it: some of its checks alone, each stem heard once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bridge.checking.between.every import BETWEEN_CHECKS
from bridge.checking.between.port import Song
from bridge.checking.codes import code_of
from bridge.checking.findings import Found, MixFit, Shared
from bridge.checking.hearing import Heard
from bridge.checking.mix.against_mix import against_mix
from bridge.checking.sketch import Sketcher
from bridge.checking.stem.every import STEM_CHECKS
from bridge.checking.stem_audio import StemAudio, stem_audio
from sessions import role_of
from stemwright.problems import InputError


@dataclass(frozen=True)
class Told:
    """What a check told, in seconds of the file; `stems` are empty for a stem alone."""

    code: str
    severity: str
    start_s: float
    end_s: float
    value: float
    stems: tuple[str, ...] = ()
    offset_frames: int | None = None
    gain_db: float | None = None
    polarity: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it claims a fault: what is only worth a word of a code that can be worse not."""
        return self.severity != "info" or code_of(self.code).worst == "info"


def checkable() -> frozenset[str]:
    """The codes that some check here tells."""
    of_stems = {code for check in STEM_CHECKS for code in check.codes}
    return frozenset({"undecodable"}.union(of_stems, *(check.codes for check in BETWEEN_CHECKS)))


def of_stem(path: Path, name: str, codes: Collection[str] | None = None) -> list[Told]:
    """What the checks of these codes tell of a file; all checks without."""
    try:
        audio = stem_audio(name, name, role_of(name), (path,))
        checks = [
            check(audio.facts)
            for check in STEM_CHECKS
            if codes is None or not set(check.codes).isdisjoint(codes)
        ]
        for passage in audio.passages() if checks else ():
            for check in checks:
                check.hear(passage)
    except InputError:
        return [Told("undecodable", "major", 0.0, 0.0, 1.0)]
    return [_told(found, audio) for check in checks for found in check.findings()]


def _told(found: Found, audio: StemAudio) -> Told:
    rate_hz = audio.facts.sample_rate_hz
    start_s, end_s = found.start / rate_hz, found.stop / rate_hz
    return Told(found.code, found.severity, start_s, end_s, found.value)


class SongEars:
    """Hears the stems of a song for the checks between them, each file once."""

    def __init__(self) -> None:
        self._heard: dict[tuple[str, Path], Heard] = {}

    def between(
        self, paths: Mapping[str, Path], tempo_bpm: float | None, codes: Collection[str] | None
    ) -> list[Told]:
        """What the checks of these codes tell of the stems; all checks without."""
        song = Song(tuple(self._one(name, path) for name, path in paths.items()), tempo_bpm)
        shared: list[Shared] = []
        for check in BETWEEN_CHECKS:
            if codes is None or not set(check.codes).isdisjoint(codes):
                shared += check().find(song)
        return list(_between(shared))

    def against(self, paths: Mapping[str, Path], mix: Path, tempo_bpm: float | None) -> MixFit:
        """How the stems are in a mix."""
        stems = [self._one(name, path) for name, path in paths.items()]
        return against_mix(stems, stem_audio("mix", "mix", "mix", (mix,)), tempo_bpm)

    def forget(self, path: Path) -> None:
        """Let go of a file that will be another."""
        self._heard = {key: value for key, value in self._heard.items() if key[1] != path}

    def _one(self, name: str, path: Path) -> Heard:
        if (name, path) not in self._heard:
            audio = stem_audio(name, name, role_of(name), (path,))
            sketcher = Sketcher(audio.facts)
            for passage in audio.passages():
                sketcher.hear(passage)
            self._heard[name, path] = Heard(audio, (), sketcher.result(), str(path))
        return self._heard[name, path]


def _between(shared: Iterable[Shared]) -> Iterable[Told]:
    for each in shared:
        yield Told(
            each.code,
            each.severity,
            each.start_s,
            each.end_s,
            each.value,
            each.stems,
            each.offset_frames,
            each.gain_db,
            each.polarity,
        )
