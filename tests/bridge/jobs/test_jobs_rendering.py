"""Gains and rides of a song in its master: exact, in the keys where they act, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.comparing import verify
from bridge.finished import differences, lock_of, read_lock, write_folder
from bridge.gathering import Silent, link
from bridge.planning import NO_MOVES, Excerpt, Ride, SongMoves
from bridge.rendering import Context, Rendering, context_of, render
from bridge.storing import Store
from chains import Chain, loads
from sessions import read

RATE_HZ = 8000
PLAIN = '[[group]]\nid = "clicks"\nstems = ["*"]\n'
TWO = """\
[[group]]
id = "vocals"
stems = ["vox*"]
sends = { plate = -6.0 }
[[group.insert]]
use = "gain"
gain_db = -1.0
[[group]]
id = "music"
stems = ["*"]
[[group.insert]]
use = "gain"
gain_db = -2.0
[[return]]
id = "plate"
[[return.insert]]
use = "gain"
gain_db = 0.0
[master]
[[master.insert]]
use = "gain"
gain_db = 0.0
[[version]]
id = "instrumental"
mute = ["vocals"]
"""
UP = Ride(((0.45, 0.0), (0.5, 0.7), (1.5, 0.7), (1.55, 0.0)))
SWELL = Ride(((0.25, 0.0), (1.25, -6.0), (1.75, 3.0)))


def wanted_db(frame: int, *rides: Ride) -> float:
    seconds, total = frame / RATE_HZ, 0.0
    for ride in rides:
        times, levels = zip(*ride.points, strict=True)
        total += float(np.interp(seconds, times, levels))
    return total


class Song:
    """A folder of stems, a store, renders of a chain with a song's moves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(folder / "store")
        (folder / "stems").mkdir()

    def write(self, name: str, samples: np.ndarray) -> None:
        soundfile.write(self.folder / "stems" / f"{name}.wav", samples, RATE_HZ, "FLOAT")

    def chain(self, text: str) -> Chain:
        return loads(f"schema = 1\n{text}")

    def context(
        self,
        text: str,
        moves: SongMoves,
        *,
        excerpt: Excerpt | None = None,
        jobs: int = 1,
        store: Store | None = None,
    ) -> Context:
        kept = store or self.store
        session = read([self.folder / "stems"])
        made = link(session, self.chain(text), kept, excerpt=excerpt, moves=moves)
        return context_of(made, kept, events=Silent(), jobs=jobs)

    def render(self, text: str, moves: SongMoves = NO_MOVES) -> Rendering:
        return render(self.context(text, moves), "float64")


@pytest.fixture
def song(tmp_path: Path) -> Song:
    return Song(tmp_path)


def samples_of(rendering: Rendering, version: str = "main") -> np.ndarray:
    path = next(each.path for each in rendering.outputs if each.version == version)
    return soundfile.read(path, dtype="float64", always_2d=True)[0]


def impulses() -> np.ndarray:
    train = np.zeros((2 * RATE_HZ, 2))
    train[::7] = 0.5
    return train


@pytest.mark.parametrize(
    ("moves", "rides"),
    [
        (SongMoves(rides={"clicks": (UP,)}), (UP,)),
        (SongMoves(pre_rides={"clicks": (UP,)}), (UP,)),
        (SongMoves(stem_rides={"train": (UP,)}), (UP,)),
        (SongMoves(rides={"clicks": (UP, SWELL)}), (UP, SWELL)),
        (SongMoves(rides={"clicks": (UP,)}, stem_rides={"train": (SWELL,)}), (UP, SWELL)),
    ],
)
def test_an_impulse_train_has_its_gain_at_every_click(
    song: Song, moves: SongMoves, rides: tuple[Ride, ...]
) -> None:
    song.write("train", impulses())
    found = samples_of(song.render(PLAIN, moves))
    for frame in range(0, len(found), 7):
        expected = 0.5 * 10 ** (wanted_db(frame, *rides) / 20)
        assert found[frame] == pytest.approx([expected] * 2, rel=1e-12)
    assert not found[1::7].any()


def test_a_stems_gain_is_its_own(song: Song) -> None:
    song.write("train", impulses())
    song.write("other", impulses()[::-1].copy())
    plain, up = song.render(PLAIN), song.render(PLAIN, SongMoves({"train": -0.5}))
    was, now = samples_of(plain), samples_of(up)
    assert now[0] == pytest.approx(was[0] * 10 ** (-0.5 / 20), rel=1e-12)
    assert (now[5::7] == was[5::7]).all()


def test_jobs_and_ranges_give_the_same_bits(song: Song, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    for name in ("vox", "keys", "drums"):
        song.write(name, 0.1 * rng.standard_normal((2 * RATE_HZ, 2)))
    moves = SongMoves({"keys": 1.0}, {"drums": (SWELL,)}, {"vocals": (UP, SWELL)}, {"music": (UP,)})
    whole = samples_of(song.render(TWO, moves))
    again = render(song.context(TWO, moves, jobs=3, store=Store(tmp_path / "other")), "float64")
    assert samples_of(again).tobytes() == whole.tobytes()
    part = render(song.context(TWO, moves, excerpt=Excerpt(0.9, 1.4, 0.1)), "float64")
    start, end = round(0.9 * RATE_HZ), round(1.4 * RATE_HZ)
    assert samples_of(part).tobytes() == whole[start:end].tobytes()


def rendered_anew(rendering: Rendering) -> set[str]:
    return {step.id for step in rendering.steps if not step.cached}


@pytest.mark.parametrize(
    ("moves", "anew"),
    [
        (SongMoves(rides={"music": (UP,)}), {"sum", "sum@instrumental"}),
        (SongMoves(rides={"vocals": (UP,)}), {"plate/gain", "sum"}),
        (
            SongMoves(pre_rides={"music": (UP,)}),
            {"music/gain", "sum", "sum@instrumental"},
        ),
        (SongMoves({"keys": 0.5}), {"music/gain", "sum", "sum@instrumental"}),
        (SongMoves(stem_rides={"vox": (UP,)}), {"vocals/gain", "plate/gain", "sum"}),
    ],
)
def test_only_what_a_move_reaches_renders_anew(
    song: Song, moves: SongMoves, anew: set[str]
) -> None:
    song.write("vox", 0.1 * impulses())
    song.write("keys", 0.1 * impulses()[::-1].copy())
    plain = song.render(TWO)
    moved = song.render(TWO, moves)
    others = {f"{each}@instrumental" for each in ("plate/gain", "master/gain")}
    buses = {"master/gain", "finish/main", "finish/instrumental", *others}
    assert rendered_anew(moved) - buses == anew
    was = {step.id: step.pcm for step in plain.steps}
    kept = {step.id for step in moved.steps if was[step.id] == step.pcm}
    assert anew & kept == set()
    assert rendered_anew(song.render(TWO)) == set()


def test_what_listens_to_a_group_does_not_hear_its_ride(song: Song) -> None:
    song.write("vox", 0.1 * impulses())
    song.write("keys", 0.1 * impulses()[::-1].copy())
    keyed = TWO.replace(
        'use = "gain"\ngain_db = -2.0', 'id = "duck"\nuse = "compressor"\nkey = "vocals"'
    )
    song.render(keyed)
    moved = song.render(keyed, SongMoves(rides={"vocals": (UP,)}))
    assert "music/duck" not in rendered_anew(moved)


def test_versions_replay_the_rides(song: Song) -> None:
    song.write("vox", 0.1 * impulses())
    song.write("keys", 0.1 * impulses()[::-1].copy())
    moved = song.render(TWO, SongMoves(rides={"music": (UP,)}))
    plain = samples_of(song.render(TWO), "instrumental")
    frame = RATE_HZ - 1  # of the train read backwards
    frame -= (frame - (2 * RATE_HZ - 1)) % 7
    gain = 10 ** (wanted_db(frame, UP) / 20)
    assert samples_of(moved, "instrumental")[frame] == pytest.approx(plain[frame] * gain, rel=1e-12)


def test_the_lock_holds_the_moves_and_verify_replays_them(song: Song, tmp_path: Path) -> None:
    song.write("vox", 0.1 * impulses())
    song.write("keys", 0.1 * impulses()[::-1].copy())
    moves = SongMoves(
        {"keys": 0.5},
        {"vox": (SWELL,)},
        {"music": (UP,)},
        {"vocals": (UP, SWELL)},
        {"group.music.gain_db": 0.0},
    )
    context = song.context(TWO, moves)
    write_folder(context, render(context, "float64"), song.chain(TWO), "float64", tmp_path / "out")
    lock = read_lock(tmp_path / "out")
    assert lock.moves() == moves
    assert [*differences(lock, lock_of(context, "float64", tmp_path / "out"))] == []
    found = verify(tmp_path / "out", events=Silent())
    assert (found.verdict, found.same, found.lock) == ("exact", True, ())


def test_a_lock_without_moves_has_no_word_of_them(song: Song, tmp_path: Path) -> None:
    song.write("vox", impulses())
    told = lock_of(song.context(PLAIN, NO_MOVES), "pcm24", tmp_path).as_json()
    assert "overrides" not in told
    assert [{*row} & {"gain_db", "rides", "pre_rides"} for row in told["sources"]] == [set()]
    assert [{*row} & {"rides", "pre_rides"} for row in told["mixer"]] == [set(), set()]


@pytest.mark.parametrize(
    ("moves", "said"),
    [
        (SongMoves({"keys": -0.5}), "keys gain was 0 dB and is -0.5 dB"),
        (
            SongMoves(stem_rides={"keys": (UP,)}),
            "keys ride was none and is 0:00.450 +0 dB, 0:00.500 +0.7 dB, 0:01.500 +0.7 dB, "
            "0:01.550 +0 dB",
        ),
        (
            SongMoves(rides={"vocals": (Ride(((61.0, -2.0),)),)}),
            "vocals ride was none and is 1:01.000 -2 dB",
        ),
        (
            SongMoves(pre_rides={"vocals": (Ride(((0.0, 2.0),)),)}),
            "vocals pre ride was none and is 0:00.000 +2 dB",
        ),
    ],
)
def test_differences_name_the_moves(
    song: Song, tmp_path: Path, moves: SongMoves, said: str
) -> None:
    song.write("vox", impulses())
    song.write("keys", impulses()[::-1].copy())
    was, now = (lock_of(song.context(TWO, each), "pcm24", tmp_path) for each in (NO_MOVES, moves))
    assert [each.message for each in differences(was, now)] == [said]


Moved = Callable[[str, SongMoves], Path]


@pytest.mark.parametrize(
    ("moves", "first"),
    [
        (SongMoves({"keys": -0.5}), ("keys gain", "gain")),
        (SongMoves(stem_rides={"keys": (UP,)}), ("keys ride", "ride")),
        (SongMoves(rides={"music": (UP,)}), ("music ride", "ride")),
        (SongMoves(pre_rides={"music": (UP,)}), ("music pre ride", "ride")),
    ],
)
def test_diff_lays_the_change_at_the_move(
    song: Song, tmp_path: Path, moves: SongMoves, first: tuple[str, str]
) -> None:
    from bridge.comparing import diff

    song.write("vox", 0.1 * impulses())
    song.write("keys", 0.1 * impulses()[::-1].copy())
    for name, each in (("a", NO_MOVES), ("b", moves)):
        context = song.context(TWO, each)
        made = render(context, "float64")
        write_folder(context, made, song.chain(TWO), "float64", tmp_path / name)
    found = diff(tmp_path / "a", tmp_path / "b").renderings
    assert found is not None
    assert found.first is not None
    assert (found.first.name, found.first.kind) == first
