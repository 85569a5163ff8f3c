"""A labelled, seeded set of differences over music, and how `diff` calls them.

`python -m benchmarks.diff_set [--pairs 320] [--seconds 5]` prints a confusion table, and the worst
errors of offset and gain.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import soundfile

from bridge.audio import Block, Subtype, WavWriter, resampled
from bridge.comparing import VERDICTS, FileDiff, diff
from bridge.demo import PARTS, stem
from bridge.processing import build, run
from chains import Bell, Eq, InsertSettings, Limiter

RATE_HZ = 48000
QUIETEST = 0.01
ROOT = Path(__file__).resolve().parent.parent
SONGS = (
    "stems/caesium/reference-master.flac",
    "stems/caesium/mixdown-sum.flac",
    "stems/potassium/mixdown-sum.flac",
    "stems/caesium/vox_main.flac",
    "stems/potassium/keys.flac",
)


@dataclass(frozen=True)
class Case:
    """A pair of files, what was done to B, and what `diff` may call it.

    Offset and gain are what was put in, None where the null does not allow to ask.
    """

    label: str
    a: Path
    b: Path
    allowed: tuple[str, ...]
    offset_frames: float | None = None
    gain_db: float | None = None
    drift_ppm: float | None = None


@dataclass(frozen=True)
class Made:
    """B as it will be written, with A where that is another than the excerpt."""

    b: Block
    allowed: tuple[str, ...] = ("tolerant", "changed")
    a: Block | None = None
    subtype: Subtype = "pcm24"
    dithered: bool = True
    offset_frames: float | None = None
    gain_db: float | None = None
    drift_ppm: float | None = None
    lossy: bool = False


Maker = Callable[[Block, np.random.Generator], Made]


def music(seconds: float) -> list[Block]:
    """Return (2, frames) of several songs: of STEMWRIGHT_TEST_DATA, else of the demo song."""
    named = os.environ.get("STEMWRIGHT_TEST_DATA")
    top = ROOT / named if named else ROOT
    paths = [top / name for name in SONGS if (top / name).exists()]
    if not paths:
        whole = 0.5 * np.sum([stem(name, 32.0, RATE_HZ) for name in PARTS], axis=0)
        return [whole, whole[:, ::-1].copy()]
    songs = [soundfile.read(path, always_2d=True)[0].T for path in paths]
    return [0.5 * song for song in songs if song.shape[1] > seconds * RATE_HZ]


def excerpt(songs: list[Block], rng: np.random.Generator, seconds: float) -> Block:
    """Return a stretch that sounds, on the 24-bit grid."""
    frames = round(seconds * RATE_HZ)
    while True:
        song = songs[int(rng.integers(len(songs)))]
        start = int(rng.integers(song.shape[1] - frames))
        part = np.ascontiguousarray(song[:, start : start + frames])
        if np.sqrt(np.square(part).mean()) > QUIETEST:
            return np.rint(part * 2**23) / 2**23


def shifted(block: Block, frames: float) -> Block:
    """Delay by any number of frames; what is shifted out is lost."""
    count = block.shape[1]
    size = 1 << (count + 2 * abs(round(frames)) + 4096).bit_length()
    turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size * frames)
    turn[-1] = turn[-1].real
    late: Block = np.fft.irfft(np.fft.rfft(block, size) * turn, size)[:, :count]
    return late


def stretched(block: Block, ppm: float) -> Block:
    """Play on a clock that is `ppm` slow: later and later; a sinc of 64 taps."""
    at = np.arange(block.shape[1]) * (1.0 - ppm * 1e-6)
    whole = np.floor(at).astype(int)
    padded, out = np.pad(block, ((0, 0), (32, 33))), np.zeros_like(block)
    for tap in range(-31, 33):
        away = tap - (at - whole)
        window = np.i0(9.0 * np.sqrt(np.clip(1.0 - (away / 33.0) ** 2, 0.0, None))) / np.i0(9.0)
        index = np.clip(whole + tap + 32, 0, padded.shape[1] - 1)
        out += padded[:, index] * np.sinc(away) * window
    return out


def _through(settings: InsertSettings, block: Block) -> Block:
    return np.concatenate(list(run([build(settings, RATE_HZ)], [block])), axis=1)


def _same(x: Block, _: np.random.Generator) -> Made:
    return Made(x, ("exact",), dithered=False)


def _float(x: Block, _: np.random.Generator) -> Made:
    return Made(x * (1.0 + 2e-9), ("float",), subtype="float64")


def _dither(x: Block, rng: np.random.Generator) -> Made:
    subtype: Subtype = "pcm16" if rng.random() < 0.7 else "pcm24"
    return Made(x * 0.7, ("dither",), a=x * 0.7, subtype=subtype)


def _offset(x: Block, rng: np.random.Generator) -> Made:
    frames = int(rng.choice([-1, 1])) * int(rng.choice([1, 7, 64, 480, 2500, 60000]))
    return Made(shifted(x, frames), ("changed",), offset_frames=frames, gain_db=0.0)


def _fraction(x: Block, rng: np.random.Generator) -> Made:
    frames = float(rng.uniform(-300.0, 300.0))
    gain_db = float(rng.uniform(-3.0, 1.0))
    late = shifted(x, frames) * 10 ** (gain_db / 20)
    return Made(late, ("changed",), offset_frames=frames, gain_db=gain_db)


def _gain(x: Block, rng: np.random.Generator) -> Made:
    gain_db = float(rng.choice([-1, 1]) * 10 ** rng.uniform(-3.0, 0.3))
    return Made(x * 10 ** (gain_db / 20), offset_frames=0.0, gain_db=gain_db)


def _polarity(x: Block, _: np.random.Generator) -> Made:
    return Made(-x, ("changed",), offset_frames=0.0, gain_db=0.0)


def _swap(x: Block, _: np.random.Generator) -> Made:
    wide = np.stack([x[0], 0.8 * x[1] + 0.1 * shifted(x[:1], 211)[0]])
    return Made(wide[::-1], ("changed",), a=wide, offset_frames=0.0, gain_db=0.0)


def _flipped(x: Block, rng: np.random.Generator) -> Made:
    other = x.copy()
    loud = np.flatnonzero(np.abs(x[0]) > 1e-4)
    at = int(loud[rng.integers(len(loud))])
    other[0, at] *= -1.0
    return Made(other, a=x, dithered=False, offset_frames=0.0, gain_db=0.0)


def _band(x: Block, rng: np.random.Generator) -> Made:
    hz, gain_db = float(10 ** rng.uniform(1.9, 3.9)), float(rng.choice([-0.05, 0.05]))
    band = Bell(shape="bell", hz=hz, gain_db=gain_db, q=1.4)
    return Made(_through(Eq(bands=(band,)), x))


def _click(x: Block, rng: np.random.Generator) -> Made:
    other, at = x.copy(), int(rng.integers(x.shape[1] - 10))
    other[:, at : at + 10] += 10 ** (-30 / 20) * np.sign(-x[:, at : at + 1] + 1e-12)
    return Made(other, ("changed",), a=x, dithered=False, offset_frames=0.0, gain_db=0.0)


def _limiter(x: Block, rng: np.random.Generator) -> Made:
    loud = x * (1.6 / np.abs(x).max())
    release_ms = float(rng.choice([60.0, 90.0, 150.0, 300.0]))
    one, other = (
        _through(Limiter(release_ms=each, ceiling_dbtp=-1.0), loud) for each in (100.0, release_ms)
    )
    return Made(other, a=one)


def _drift(x: Block, rng: np.random.Generator) -> Made:
    ppm = float(rng.choice([-1.0, 1.0, 5.0, 20.0]))
    return Made(stretched(x, ppm), ("changed",), drift_ppm=ppm)


def _tail(x: Block, rng: np.random.Generator) -> Made:
    frames = int(rng.integers(100, RATE_HZ))
    if rng.random() < 0.5:
        return Made(x[:, :-frames], ("tolerant", "changed"), a=x, dithered=False)
    other = x.copy()
    other[:, -frames:] = 0.0
    return Made(other, ("tolerant", "changed"), a=x, dithered=False)


def _resampled(x: Block, _: np.random.Generator) -> Made:
    down = resampled([x], 2, RATE_HZ, 44100)
    back = np.concatenate(list(resampled(down, 2, 44100, RATE_HZ)), axis=1)
    return Made(back[:, : x.shape[1]], offset_frames=0.0)


def _lossy(x: Block, _: np.random.Generator) -> Made:
    return Made(x, ("changed",), lossy=True)


MAKERS: dict[str, Maker] = {
    "same": _same,
    "float": _float,
    "dither": _dither,
    "offset, whole": _offset,
    "offset, fraction": _fraction,
    "gain": _gain,
    "polarity": _polarity,
    "swap": _swap,
    "one flipped sample": _flipped,
    "one band 0.05 dB": _band,
    "click -30 dBFS": _click,
    "limiter release": _limiter,
    "drift": _drift,
    "truncated tail": _tail,
    "resampled and back": _resampled,
    **({"lossy": _lossy} if "MP3" in soundfile.available_formats() else {}),
}


def cases(folder: Path, count: int, seconds: float, seed: int = 5) -> Iterator[Case]:
    """Write and yield `count` pairs, every class in turn; files are replaced pair by pair."""
    songs = music(seconds)
    for number in range(count):
        label = list(MAKERS)[number % len(MAKERS)]
        rng = np.random.default_rng([seed, number])
        x = excerpt(songs, rng, seconds)
        yield _written(folder, label, MAKERS[label](x, rng), x)


def _written(folder: Path, label: str, made: Made, x: Block) -> Case:
    a, b = folder / "a.wav", folder / ("b.mp3" if made.lossy else "b.wav")
    first = x if made.a is None else made.a
    _write(a, first, "pcm24" if made.a is None else made.subtype, made.a is not None, made, "a")
    if made.lossy:
        soundfile.write(b, made.b.T, RATE_HZ)
    else:
        _write(b, made.b, made.subtype, True, made, "b")
    case = Case(label, a, b, made.allowed)
    return replace(
        case,
        offset_frames=made.offset_frames,
        gain_db=made.gain_db,
        drift_ppm=made.drift_ppm,
    )


def _write(path: Path, x: Block, subtype: Subtype, dither: bool, made: Made, seed: str) -> None:
    dithered = dither and made.dithered
    if subtype == "pcm24":
        x = np.clip(x, -1.0, 1.0 - 2.0**-22)
    with WavWriter(path, RATE_HZ, 2, subtype, seed, dither=dithered, overwrite=True) as out:
        out.write(x)


def called(case: Case) -> FileDiff:
    """Compare one pair."""
    return diff(case.a, case.b).worst


def errors(case: Case, found: FileDiff) -> tuple[float | None, float | None]:
    """How far offset and gain are off what was put in; None where neither was asked."""
    at = found.alignment
    if at is None:
        return (None, None)
    offset = None if case.offset_frames is None else abs(at.offset_frames - case.offset_frames)
    gain = None if case.gain_db is None else abs(at.gain_db - case.gain_db)
    return offset, gain


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.diff_set", description=__doc__)
    parser.add_argument("--pairs", type=int, default=320)
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    table: Counter[tuple[str, str]] = Counter()
    worst: dict[str, list[float]] = {label: [0.0, 0.0, 0.0] for label in MAKERS}
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="stemwright-diff-") as name:
        for number, case in enumerate(cases(Path(name), asked.pairs, asked.seconds)):
            found = called(case)
            table[case.label, found.verdict] += 1
            offset, gain = errors(case, found)
            ppm = (
                0.0
                if found.alignment is None or found.alignment.drift is None
                else (found.alignment.drift.ppm)
            )
            drift = 0.0 if case.drift_ppm is None else abs(ppm - case.drift_ppm)
            values = (offset or 0.0, gain or 0.0, drift)
            worst[case.label] = [max(pair) for pair in zip(worst[case.label], values, strict=True)]
            if found.verdict not in case.allowed or (
                found.alignment is None and case.offset_frames is not None
            ):
                wrong.append(f"pair {number}: {case.label} called {found.verdict}")
    _print(table, worst, wrong, asked.pairs)


def _print(
    table: Counter[tuple[str, str]], worst: dict[str, list[float]], wrong: list[str], pairs: int
) -> None:
    say = sys.stdout.write
    say(f"{pairs} pairs\n{'':<20}" + "".join(f"{word:>13}" for word in VERDICTS))
    say(f"{'offset off by':>16}{'gain off by':>14}{'ppm off by':>13}\n")
    for label, (offset, gain, drift) in worst.items():
        counts = "".join(f"{table[label, word] or '.':>13}" for word in VERDICTS)
        say(f"{label:<20}{counts}{offset:>16.6f}{gain:>14.7f}{drift:>13.4f}\n")
    say("\n".join([f"{len(wrong)} not as labelled", *wrong]) + "\n")


if __name__ == "__main__":
    main()
