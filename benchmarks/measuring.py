"""How fast files are measured and compared, beside meters that read less and plain subtraction."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from benchmarks import peers
from benchmarks.apart import Apart, LeftOutError, apart, with_ffmpeg
from benchmarks.figures import Figures, progress
from benchmarks.usage import Clock, Rounds, Told

_RATE_HZ = 48000
_WARM_S = 4
_WIDER_S = 60
_WIDER = (("48 kHz 5.1", 48000, 6), ("192 kHz stereo", 192000, 2))
_LATE_FRAMES = 137
_SOFTER = 0.9


def measured(path: str, warm: str) -> Told:
    """Work: measure a file, reading included; `warm` before the clock runs, for the imports."""
    from bridge.metering import measure

    measure(Path(warm))
    clock = Clock()
    measure(Path(path))
    return clock.told()


def compared(pair: list[str], warm: list[str]) -> Told:
    """Work: diff two files, reading included; the pair `warm` before the clock runs."""
    from bridge.comparing import diff

    diff(warm[0], warm[1])
    clock = Clock()
    diff(pair[0], pair[1])
    return clock.told()


@dataclass(frozen=True)
class Pair:
    """A file of beats, the same softer, and that later too."""

    one: Path
    softer: Path
    late: Path

    @staticmethod
    def written(folder: Path, seconds: int) -> Pair:
        """Write all three, a whole number of seconds each."""
        folder.mkdir()
        made = Pair(folder / "one.wav", folder / "softer.wav", folder / "late.wav")
        _write_beats(made.one, seconds, 1.0, 0)
        _write_beats(made.softer, seconds, _SOFTER, 0)
        _write_beats(made.late, seconds, _SOFTER, _LATE_FRAMES)
        return made


def measuring(figures: Figures, folder: Path, seconds: int, runs: int) -> None:
    """Measure and print: meters, then the comparing of pairs."""
    progress(f"measuring: writing 3 x {seconds} s")
    with tempfile.TemporaryDirectory(dir=folder) as name:
        pair = Pair.written(Path(name) / "pair", seconds)
        warm = Pair.written(Path(name) / "warm", _WARM_S)
        _meters(figures, pair.one, warm.one, seconds, runs)
        path = Path(name) / "wider.wav"
        for what, rate_hz, channels in _WIDER:
            _write_noise(path, rate_hz, channels)
            work: dict[str, Callable[[], Apart]] = {what: lambda: apart(measured, path, warm.one)}
            rounds, _ = _in_rounds(work, runs, what)
            speed = _WIDER_S / rounds.median(what).cpu_s
            figures.figure(f"ours, {what}, CPU", speed, "x real time")
        _pairs(figures, pair, warm, seconds, runs)


def _meters(figures: Figures, path: Path, warm: Path, seconds: int, runs: int) -> None:
    meters: dict[str, Callable[[], Apart]] = {
        "ours: all readings": lambda: apart(measured, path, warm),
        "libebur128 with true peak": lambda: apart(peers.in_libebur128, path),
        "ffmpeg ebur128=peak=true": lambda: with_ffmpeg(peers.in_ffmpeg, peers.ebur128_words(path)),
    }
    rounds, why = _in_rounds(meters, runs, "meters")
    figures.title(f"measuring {seconds} s, 48 kHz stereo, 24 bit, reading included")
    for name in meters:
        goal = ">= 500" if name.startswith("ours") else ""
        said = f"measure, {name}"
        if name in rounds:
            speed = seconds / rounds.median(name).cpu_s
            figures.rounds(name, rounds, name)
            figures.figure("  CPU", speed, "x real time", goal, readme=said)
        else:
            figures.left_out(name, why[name], readme=said)


def _pairs(figures: Figures, pair: Pair, warm: Pair, seconds: int, runs: int) -> None:
    softer, warm_softer = (pair.one, pair.softer), (warm.one, warm.softer)
    late, warm_late = (pair.one, pair.late), (warm.one, warm.late)
    works: dict[str, Callable[[], Apart]] = {
        "reading both": lambda: apart(peers.reading, _words(softer)),
        "plain subtraction": lambda: apart(peers.subtraction, *softer),
        "diff, equal files": lambda: apart(compared, _words((pair.one,) * 2), _words(warm_softer)),
        "diff, softer": lambda: apart(compared, _words(softer), _words(warm_softer)),
        "diff, softer and late": lambda: apart(compared, _words(late), _words(warm_late)),
    }
    rounds, _ = _in_rounds(works, runs, "pairs")
    figures.title(f"comparing 2 x {seconds} s, 48 kHz stereo, 24 bit")
    for name in works:
        figures.rounds(name, rounds, name, "reading both")
    ratio = rounds.ratio("diff, softer", "reading both")
    said = "diff of a softer pair over reading both, CPU"
    figures.figure(said, ratio, "x", "<= 15", readme=said)
    peak_bytes = apart(compared, _words(softer), _words(warm_softer), sampled=True).peak_bytes
    figures.figure("diff, softer: peak memory, in a run apart", peak_bytes / 1e6, "MB")


def _words(paths: tuple[Path, Path]) -> list[str]:
    return [str(path) for path in paths]


def _in_rounds(
    works: dict[str, Callable[[], Apart]], runs: int, what: str
) -> tuple[Rounds, dict[str, str]]:
    """Run each once a round; return what was used, and why what is missing was left out."""
    rounds, left_out = Rounds(), dict[str, str]()
    for number in range(runs):
        progress(f"{what}, round {number + 1} of {runs}")
        for name, work in works.items():
            if name in left_out:
                continue
            try:
                rounds.note(name, work().work)
            except LeftOutError as error:
                left_out[name] = str(error)
    return rounds, left_out


def _write_beats(path: Path, seconds: int, gain: float, offset_frames: int) -> None:
    """Write seeded noise with beats, later by `offset_frames`, in a whole number of seconds."""
    rng = np.random.default_rng(7)
    beat = 0.2 + 0.8 * np.exp(-8.0 * (np.arange(_RATE_HZ) / _RATE_HZ % 0.5))[:, None]
    with soundfile.SoundFile(path, "w", _RATE_HZ, 2, "PCM_24") as file:
        file.write(np.zeros((offset_frames, 2)))
        for second in range(seconds):
            block = 0.05 * gain * rng.standard_normal((_RATE_HZ, 2)) * beat
            file.write(block[: _RATE_HZ - offset_frames] if second == seconds - 1 else block)


def _write_noise(path: Path, rate_hz: int, channels: int) -> None:
    rng = np.random.default_rng(rate_hz + channels)
    with soundfile.SoundFile(path, "w", rate_hz, channels, "PCM_24") as file:
        for _ in range(_WIDER_S):
            file.write(0.1 * rng.standard_normal((rate_hz, channels)).clip(-4, 4))
