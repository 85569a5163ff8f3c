"""Versions with the main master's dynamics: what complements each other adds up to the master."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
import soundfile

from bridge.gathering import Cancel, Silent
from bridge.gathering.sources import gather
from bridge.planning import Excerpt, Ride, SongMoves, plan
from bridge.processing import SUPPORTED
from bridge.rendering import Context, Rendering, render
from fake_host import fake_catalogue
from sessions import read
from stemwright.decibels import amplitude_db

_SECONDS = 0.6
_ROUNDING = 1e-11
"""-220 dBFS: float64 through filters and a limiter, a few dozen roundings in a row."""

_LINEAR = (
    """use = "eq"
bands = [{ shape = "bell", hz = 900, gain_db = 4 }, { shape = "high_pass", hz = 40 }]""",
    """use = "gain"
gain_db = -2.5""",
    """use = "width"
width = 1.3
mono_below_hz = 120""",
)
_MOVING = (
    """use = "compressor"
threshold_db = -34
ratio = 5
attack_ms = 2
makeup_db = 4""",
    """use = "limiter"
ceiling_dbtp = -16""",
    """use = "saturation"
drive_db = 14
oversampling = 4""",
    """use = "multiband"
crossovers_hz = [200, 3000]
bands = [{ threshold_db = -40, ratio = 4 }, {}, { threshold_db = -45, attack_ms = 1 }]""",
    """use = "dynamic_eq"
bands = [{ hz = 2500, threshold_db = -55, max_cut_db = 9 },
         { shape = "low_shelf", hz = 150, threshold_db = -55, max_boost_db = 4 }]""",
    """use = "deesser"
threshold_db = -50""",
    """use = "gate"
threshold_db = -24
hold_ms = 5
release_ms = 20""",
)
_SIDES = ("stereo", "stereo", "mid", "side", "left", "right")
_VERSIONS = {
    "instrumental": 'mute = ["vocals"]',
    "acapella": 'only = ["vocals"]',
    "without-lead": 'mute = ["stem:Lead Vox"]',
    "lead": 'only = ["stem:Lead Vox"]',
    "drums": 'only = ["drums"]',
    "bass": 'only = ["bass"]',
    "all": 'only = ["vocals", "drums", "bass"]',
    "none": 'mute = ["vocals", "drums", "bass"]',
}
SPLITS = (("instrumental", "acapella"), ("without-lead", "lead"), ("acapella", "drums", "bass"))


def _insert(dice: random.Random, owner: str, place: int, pool: Sequence[str]) -> str:
    chosen = dice.choice(pool)
    words = [f"[[{owner}.insert]]", f'id = "i{place}"', chosen]
    words += [f'on = "{dice.choice(_SIDES)}"', f"mix = {dice.choice([1.0, 1.0, 0.4])}"]
    if 'use = "compressor"' in chosen and owner == "master" and dice.random() < 0.3:
        words.append('key = "drums"')
    return "\n".join(words)


def _rack(dice: random.Random, owner: str, count: int, pool: Sequence[str]) -> str:
    return "\n".join(_insert(dice, owner, place, pool) for place in range(count))


def _chain(seed: int, end: str, versions: dict[str, str], dynamics: str = "main") -> str:
    """Three groups of built-ins, a return they send to, a master bus, and how it ends."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    pool = (*_LINEAR, *_MOVING, *_MOVING)
    groups = [
        f"""[[group]]
id = "{name}"
stems = ["{stems}"]
gain_db = {dice.uniform(-3, 3):.2f}
sends = {{ plate = {dice.uniform(-20, -3):.2f} }}
{_rack(dice, "group", dice.randint(0, 3), pool)}"""
        for name, stems in (("vocals", "*vox"), ("drums", "drums"), ("bass", "*"))
    ]
    back = f'[[return]]\nid = "plate"\n{_rack(dice, "return", dice.randint(1, 2), pool)}'
    master = f"[master]\n{_rack(dice, 'master', dice.randint(1, 5), pool)}"
    files = [
        f'[[version]]\nid = "{name}"\n{words}\ndynamics = "{dynamics}"'
        for name, words in versions.items()
    ]
    return "\n".join([*groups, back, master, end, *files])


_ENDS = {
    "no target": "",
    "limiter last": '[[master.insert]]\nuse = "limiter"\n[target]\nintegrated_lufs = -9',
    "our own": "[target]\nintegrated_lufs = -10",
    "driven": '[target]\nintegrated_lufs = -12\ndrive_at = "i0"\nsafety = "trim"',
}


@pytest.fixture
def song(studio, noise):
    """Four stems with silence in them, no two as loud."""
    for seed, name in enumerate(("Lead Vox", "Backing Vox", "drums", "bass")):
        samples = noise(_SECONDS, seed, 0.2 + 0.1 * seed)
        samples[:, 5000 * seed : 5000 * seed + 4000] = 0.0
        studio.write(name, samples)
    return studio


def _context(studio, text: str, store: str = "store", jobs: int = 1) -> Context:
    """A song with rides of a group before and after its inserts, and a gain of one stem."""
    points = ((0.0, 0.0), (0.1, -3.0), (0.4, 2.0))
    moves = SongMoves({"Lead Vox": 1.5}, {}, {"vocals": (Ride(points),)}, {"bass": (Ride(points),)})
    kept = studio.store(store)
    made = plan(
        gather(read(studio.stems), kept, 1),
        studio.chain(text),
        fake_catalogue(),
        supported=SUPPORTED,
        states={},
        moves=moves,
        excerpt=Excerpt(0.0, _SECONDS),
    )
    return Context(made, kept, studio.host, Silent(), Cancel(), jobs)


def _files(made: Rendering) -> dict[str, np.ndarray]:
    return {each.version: soundfile.read(each.path, dtype="float64")[0] for each in made.outputs}


def _missing(files: dict[str, np.ndarray], parts: Sequence[str]) -> float:
    return float(np.abs(files["main"] - sum(files[part] for part in parts)).max())


@pytest.mark.parametrize("end", _ENDS, ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_versions_that_complement_each_other_add_up(song, seed: int, end: str) -> None:
    text = _chain(seed * 10 + len(end), _ENDS[end], _VERSIONS)
    made = render(_context(song, text), "float64")
    files = _files(made)
    assert np.abs(files["main"]).max() > 0.05
    for parts in SPLITS:
        assert _missing(files, parts) < _ROUNDING, (parts, text)
    pcm = {each.version: each.pcm_sha256 for each in made.outputs}
    assert pcm["all"] == pcm["main"]
    assert not files["none"].any()


@pytest.mark.parametrize("seed", range(2))
def test_as_24_bit_files_they_add_up_to_under_minus_120_dbfs(song, seed: int) -> None:
    """With a room in it too, which is float32."""
    text = _chain(100 + seed, _ENDS["limiter last"].replace("-9", "-16"), _VERSIONS)
    room = '[[return]]\nid = "plate"\n[[return.insert]]\nuse = "reverb"\n'
    text = text.replace('[[return]]\nid = "plate"\n', room)
    files = _files(render(_context(song, text), "pcm24"))
    for parts in SPLITS:
        assert amplitude_db(_missing(files, parts)) <= -120.0, text


def test_with_dynamics_of_their_own_they_do_not(song) -> None:
    """What the law above would say of a replay that does nothing."""
    text = _chain(7, _ENDS["limiter last"], _VERSIONS, dynamics="own")
    assert _missing(_files(render(_context(song, text), "float64")), SPLITS[0]) > 0.01
