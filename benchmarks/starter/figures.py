"""The three tables: first renders, distances beside peers, times."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.apart import LeftOutError, apart, in_peers_environment
from benchmarks.figures import progress
from benchmarks.song import NAMES, write_stems
from benchmarks.songs import DATA
from benchmarks.starter.songs import Ran, command
from bridge.comparing import tone_distance, tone_of_file
from stemwright.decibels import amplitude_db

Row = tuple[str, ...]

RENDERS_HEAD = (
    "song", "reference", "groups", "asked, LUFS", "found, LUFS", "highest, dBTP", "limited by, dB",
    "warnings", "steps in the store",
)  # fmt: skip
DISTANCES_HEAD = ("caesium against the artist's own master", "mid, dB", "side, dB")
TIMES_HEAD = ("stems", "minutes", "wall, s", "CPU, s", "peak memory, MB")
_SIZES = ((4, 1), (8, 1), (8, 2), (8, 5))
_TOLD_OF_STEMS = frozenset({"upcut_start", "cut_tail", "reference_found"})


def renders(songs: Mapping[str, Path], place: Path) -> Iterator[Row]:
    """Each song's chain, and what its first render is by libebur128 and our own record."""
    for name, stems in songs.items():
        yield _render(name, stems, place / name, None)
        if name == "caesium":
            yield _render(name, stems, place / f"{name} towards", stems / "reference-master.flac")


def _render(name: str, stems: Path, place: Path, reference: Path | None) -> Row:
    progress(f"{name}{'' if reference is None else ', towards its master'}")
    made = _made(stems, place, reference)
    done = command(place / "store", "render", stems, place / "chain.toml", "-o", place / "master")
    record = done.told
    heard = apart(peers.in_libebur128, place / "master" / "main.wav").told
    ours = record["outputs"][0]["measures"]
    warnings = {
        said["code"]
        for said in record["diagnostics"]
        if said["severity"] != "note" and said["code"] not in _TOLD_OF_STEMS
    }
    steps = record["steps"]
    return (
        name,
        "none" if reference is None else "its master",
        str(len(made.told["groups"])),
        f"{record['target']['integrated_lufs']:.1f}",
        f"{heard['integrated_lufs']:.2f}",
        f"{max(ours['true_peak_dbtp'], amplitude_db(heard['true_peak'])):.2f}",
        f"{made.told['first_render']['limited_db']:.1f}",
        ", ".join(sorted(warnings)) or "none",
        f"{sum(step['cached'] for step in steps)} of {len(steps)}",
    )


def _made(stems: Path, place: Path, reference: Path | None, *, watched: bool = False) -> Ran:
    place.mkdir()
    words: list[object] = ["new", stems, "-o", place / "chain.toml"]
    words += [] if reference is None else ["--reference", reference]
    return command(place / "store", *words, watched=watched)


def distances(place: Path) -> Iterator[Row]:
    """The plain sum, the peers and ours, all by the measure that `new` prints."""
    song = DATA / "stems" / "caesium"
    total, reference = song / "mixdown-sum.flac", song / "reference-master.flac"
    yield _distance("the plain sum of the stems", total, reference)
    for name, work in _peers().items():
        out = place / f"{name}.wav"
        try:
            done = in_peers_environment(work, total, reference, out)
        except LeftOutError as error:
            yield (f"{name}: left out, {error}", "", "")
            continue
        yield _distance(f"{name} {done.told['version']}, over the plain sum", out, reference)
    ours = place / "caesium towards" / "master" / "main.wav"
    yield _distance("the first render of our starter chain", ours, reference)


def _peers() -> Mapping[str, Callable[..., Any]]:
    return {"matchering": peers.in_matchering, "libsonare's match": peers.in_sonare_match}


def _distance(name: str, path: Path, reference: Path) -> Row:
    found = tone_distance(tone_of_file(path), tone_of_file(reference))
    return (name, *("none" if x is None else f"{x:.2f}" for x in (found.mid_db, found.side_db)))


def times(place: Path, reference: Path) -> Iterator[Row]:
    """What making a chain towards a reference takes, by stems and minutes."""
    for stems, minutes in _SIZES:
        progress(f"{stems} stems of {minutes} min")
        folder = place / f"{stems} of {minutes}"
        write_stems(folder, 60 * minutes, names=NAMES[:stems])
        timed = _made(folder, place / f"{folder.name} timed", reference).used
        memory = _made(folder, place / f"{folder.name} watched", reference, watched=True)
        yield (
            str(stems),
            str(minutes),
            f"{timed.wall_s:.1f}",
            f"{timed.cpu_s:.1f}",
            f"{memory.peak_bytes / 1e6:.0f}",
        )
