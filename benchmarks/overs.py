"""What lossy encoders lift over full scale of hot masters, and what keeping it under takes.

Masters are rendered by the command, as a user's are; files are encoded as `deliver` does it. A
global ceiling is the same master finished again, at its own drive, under a ceiling that keeps the
file: found by trying, in steps of a tenth of a decibel.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.blocks import write_block
from benchmarks.figures import Figures, progress
from benchmarks.song import write_stems
from benchmarks.songs import DATA, ROOT
from bridge.delivering.files import (
    WHOLE,
    Coding,
    aac_program,
    decoded_measures,
    dip_overs,
    make_file,
    overs_in,
)
from bridge.demo import write_song
from bridge.rendering import render
from bridge.road import FinishedAgain
from bridge.storing import Store
from chains import LIBRARY, Target

_TARGETS = ((-9.0, -1.0), (-9.0, -0.3), (-7.0, -1.0), (-7.0, -0.1))
_KINDS = (("MP3 320", "mp3", 320), ("MP3 128", "mp3", 128), ("Opus 160", "opus", 160))
_AAC = ("AAC 256", "aac", 256)
_ENDINGS = {"mp3": "mp3", "opus": "opus", "aac": "m4a"}
_LIMIT_DBTP = 0.0
_STEP_DB = 0.1
_MOST_CEILINGS = 8
_HEARD_S = 12
"""So long is the loudest part of each song that is mastered: an encoder is run some ten times."""


@dataclass(frozen=True)
class _Found:
    """A lossy file: how far over and at how many moments, and what dips and a ceiling leave.

    `after_db` is what is over with dips; what either takes is in LU, None where it was not found.
    """

    over_db: float
    moments: int
    after_db: float | None = None
    dips_lu: float | None = None
    ceiling_lu: float | None = None

    def cell(self) -> str:
        if not self.moments:
            return "none"
        lost = (_lost(each) for each in (self.dips_lu, self.ceiling_lu))
        return f"{self.over_db:+.2f} dB, {self.moments}: {' / '.join(lost)}"


def _lost(lu: float | None) -> str:
    return "-" if lu is None else f"{max(0.0, lu):.2f}"


def overs(figures: Figures, *, docs: bool) -> None:
    """Four targets of five songs; with `docs` the table goes into docs/delivery.md."""
    kinds = [*_KINDS, *([_AAC] if aac_program() else [])]
    if not aac_program():
        figures.left_out("AAC", "there is no encoder for it here: apt install ffmpeg")
    rows: list[tuple[str, list[_Found]]] = []
    figures.title("hot masters: over full scale, moments: LU that dips / a global ceiling take")
    figures.columns("master", [f"{name:<24}" for name, *_ in kinds])
    with tempfile.TemporaryDirectory(prefix="stemwright-overs-") as name:
        for song, stems in _songs(figures, Path(name)):
            for target in _TARGETS:
                words = f"{song}, {target[0]:g} LUFS under {target[1]:g} dBTP"
                progress(words)
                with tempfile.TemporaryDirectory(dir=name) as place:
                    master = _Master.rendered(stems, target, Path(place), Path(name) / "store")
                    rows.append((words, [master.found(*kind) for kind in kinds]))
                figures.columns(words, [f"{each.cell():<24}" for each in rows[-1][1]])
    told = _summary([each for _, row in rows for each in row])
    for line, cells in told:
        figures.columns(line, [cells])
    if docs:
        _write([name for name, *_ in kinds], rows, told)


def _songs(figures: Figures, place: Path) -> Iterator[tuple[str, Path]]:
    write_song(place / "demo")
    yield "demo", _loudest(place / "demo", place / "loudest demo")
    write_stems(place / "noise", _HEARD_S)
    yield "shaped noise", place / "noise"
    for name in ("caesium", "potassium", "crunkdemo-lmms"):
        if (DATA / "stems" / name).is_dir():
            yield name, _loudest(DATA / "stems" / name, place / name)
        else:
            figures.left_out(name, f"there is no stems/{name} in STEMWRIGHT_TEST_DATA")


def _loudest(stems: Path, folder: Path) -> Path:
    """The loudest seconds of all stems together, as stems in a folder of their own."""
    folder.mkdir()
    files = [each for each in sorted(stems.iterdir()) if each.suffix in (".wav", ".flac")]
    sounds = {each: soundfile.read(each, always_2d=True) for each in files}
    rate_hz = max(rate for _, rate in sounds.values())
    powers = np.zeros(max(len(samples) for samples, _ in sounds.values()) // rate_hz + 1)
    for samples, _ in sounds.values():
        power = np.add.reduceat(np.square(samples).sum(axis=1), range(0, len(samples), rate_hz))
        powers[: len(power)] += power
    heard = min(_HEARD_S, len(powers))
    first = int(np.argmax(np.convolve(powers, np.ones(heard), "valid"))) * rate_hz
    for each, (samples, rate) in sounds.items():
        part = samples[first : first + _HEARD_S * rate]
        soundfile.write(folder / f"{each.stem}.wav", part, rate, "PCM_24")
    return folder


@dataclass(frozen=True)
class _Master:
    """A finished folder, its float master, and what finishes it again."""

    folder: Path
    store: Path
    target: Target

    @staticmethod
    def rendered(stems: Path, target: tuple[float, float], place: Path, store: Path) -> _Master:
        chain, out = place / "chain.toml", place / "out"
        text = (LIBRARY / "demo.toml").read_text(encoding="utf-8").partition("[target]")[0]
        wanted = Target(integrated_lufs=target[0], true_peak_dbtp=target[1])
        said = f"[target]\nintegrated_lufs = {target[0]}\ntrue_peak_dbtp = {target[1]}\n"
        chain.write_text(text + said, encoding="utf-8")
        words = ["render", str(stems), str(chain), "-o", str(out), "--subtype", "float64"]
        words += ["--no-check", "--excerpt", "--store", str(store)]
        command = [sys.executable, "-m", "stemwright", *words]
        subprocess.run(command, check=False, capture_output=True, env={**os.environ})
        return _Master(out, store, wanted)

    def found(self, _name: str, kind: str, kbps: int) -> _Found:
        coding = Coding(kind, 48000, None, kbps)  # type: ignore[arg-type]  # one of the three
        master, path = self.folder / "main.wav", self.folder / f"main.{_ENDINGS[kind]}"
        made = make_file(master, path, coding).measures
        moments = len(overs_in(path, _LIMIT_DBTP))
        over_db = made.true_peak_dbtp - _LIMIT_DBTP
        if not moments:
            return _Found(over_db, 0)
        dips = dip_overs(master, path, coding, WHOLE, _LIMIT_DBTP)
        after = decoded_measures(path)
        path.unlink()
        return _Found(
            over_db,
            moments,
            after.true_peak_dbtp - _LIMIT_DBTP,
            None if dips is None else made.integrated_lufs - after.integrated_lufs,
            self._ceiling_lu(coding, path, over_db, made.integrated_lufs),
        )

    def _ceiling_lu(
        self, coding: Coding, path: Path, over_db: float, before_lufs: float
    ) -> float | None:
        """What the same drive under a ceiling loses that keeps the file; None where none does."""
        store = Store(self.store)
        again = FinishedAgain(self.folder, store, jobs=1)
        drive_db, ceiling_dbtp = again.lock().drive_db, self.target.true_peak_dbtp
        with store.holding():
            for _ in range(_MOST_CEILINGS):
                ceiling_dbtp -= math.ceil(over_db / _STEP_DB) * _STEP_DB
                context = again.context(replace(self.target, true_peak_dbtp=ceiling_dbtp))
                lower = render(context, "float64", drive_db).outputs[0]
                made = make_file(lower.path, path, coding).measures
                path.unlink()
                over_db = made.true_peak_dbtp - _LIMIT_DBTP
                if over_db <= 0.0:
                    return before_lufs - made.integrated_lufs
        return None


def _summary(found: Sequence[_Found]) -> list[tuple[str, str]]:
    over = [each for each in found if each.moments]
    kept = [each for each in over if each.after_db is not None and each.after_db <= 0.0]
    both = [each for each in kept if each.dips_lu is not None and each.ceiling_lu is not None]
    dips, ceilings = (
        [each.dips_lu or 0.0 for each in both],
        [each.ceiling_lu or 0.0 for each in both],
    )
    count = max(1, len(both))
    return [
        ("lossy files over 0 dBTP", f"{len(over)} of {len(found)}"),
        ("over with dips", f"{len(over) - len(kept)}"),
        (
            "LU that dips take, mean and most",
            f"{sum(dips) / count:.3f}, {max(dips, default=0):.2f}",
        ),
        (
            "LU that the ceiling takes, mean and most",
            f"{sum(ceilings) / count:.2f}, {max(ceilings, default=0):.2f}",
        ),
    ]


def _write(
    kinds: Sequence[str], rows: Sequence[tuple[str, list[_Found]]], told: Sequence[tuple[str, str]]
) -> None:
    lines = [
        f"| master | {' | '.join(kinds)} |",
        f"|---|{'---|' * len(kinds)}",
        *(f"| {name} | {' | '.join(each.cell() for each in row)} |" for name, row in rows),
    ]
    said = "; ".join(f"{line}: {cells}" for line, cells in told)
    write_block(ROOT / "docs" / "delivery.md", "overs", "\n".join([*lines, "", f"{said}."]))
