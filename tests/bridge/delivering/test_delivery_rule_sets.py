"""Ten broken deliveries for each published rule set that comes along: all are named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from bridge.audio import Block
from bridge.delivering import audit
from bridge.delivering.files import Coding, encode
from bridge.delivering.profiles import ENDINGS, FileFormat, load_profile
from bridge.delivering.tags import SongMetadata, write_tags

TAGS = SongMetadata(
    title="Song", artist="Ann Bell", composer="Cy Doe", engineer="Eve Fox", isrc="GBAYE0601498"
)


@dataclass(frozen=True)
class Given:
    """A file as it is given to a recipient."""

    name: str
    format: FileFormat
    rate_hz: int
    bits: Literal[16, 24]
    tags: SongMetadata = TAGS
    part: Callable[[Block, int], Block] = lambda samples, _: samples
    has_voice: bool = True


RIGHT = {
    "streaming": Given("AnnBell_Song_Main_44k24", "wav", 44100, 24),
    "spotify": Given("AnnBell_Song_Main_44k24", "flac", 44100, 24),
    "cd": Given("AnnBell_Song_Main_44k16", "wav", 44100, 16),
    "broadcast": Given("AnnBell_Song_Main_48k24", "wav", 48000, 24),
    "vinyl": Given("EX001_A_44100Hz_24bit", "wav", 44100, 24),
    "netflix_music": Given("CD_Song_MASTER_48k_24b_2ch_R04", "wav", 48000, 24),
}
OTHER = Given("AnnBell_Song_Main_44k24", "flac", 44100, 24)


@cache
def _song(rate_hz: int, has_voice: bool) -> Block:
    """Three seconds with a silent end, at any rate the same."""
    time = np.arange(3 * rate_hz) / rate_hz
    hertz = np.random.default_rng(4).uniform(100, 4000, 40)
    beat = 0.5 + 0.5 * np.cos(2 * np.pi * 1.3 * time) ** 3
    music = sum(np.sin(2 * np.pi * each * time + each) for each in hertz) * beat * 0.01
    voice = 0.06 * np.sin(2 * np.pi * 440 * time + 3 * np.sin(2 * np.pi * 5 * time))
    whole = music + (voice if has_voice else 0.0)
    whole = whole * np.clip(np.minimum(time, 2.4 - time) * 20, 0.0, 1.0)
    return np.stack([whole, whole * 0.9])


def _given(folder: Path, given: Given) -> None:
    samples = given.part(_song(given.rate_hz, given.has_voice), given.bits)
    folder.mkdir(parents=True)
    path = folder / (given.name + ENDINGS[given.format])
    encode([samples], Coding(given.format, given.rate_hz, given.bits), len(samples), path)
    write_tags(path, given.tags)


def _twice(samples: Block, bits: int) -> Block:
    draws = np.random.default_rng(1).uniform(-0.5, 0.5, (2, *samples.shape)).sum(axis=0)
    return np.rint(samples * 2.0 ** (bits - 1) + draws) / 2.0 ** (bits - 1)


def _late(samples: Block, _: int) -> Block:
    return np.concatenate([np.zeros((2, samples.shape[1])), samples], axis=1)


BROKEN: dict[str, tuple[str, Callable[[Given], Given]]] = {
    "rate": ("rate", lambda each: replace(each, rate_hz=32000)),
    "name": ("name", lambda each: replace(each, name="ann song (final)")),
    "tag": ("tag_title", lambda each: replace(each, tags=replace(TAGS, title=""))),
    "clipped": (
        "clipped",
        lambda each: replace(each, part=lambda samples, _: np.clip(samples * 20, -1.0, 1.0)),
    ),
    "silent head": ("same_head", lambda each: replace(each, part=_late)),
    "length": (
        "same_length",
        lambda each: replace(each, part=lambda samples, _: samples[:, : samples.shape[1] // 2]),
    ),
    "mono": ("channels", lambda each: replace(each, part=lambda samples, _: samples[:1])),
    "isrc": ("isrc", lambda each: replace(each, tags=replace(TAGS, isrc="GB-AYE-06-1498"))),
    "double dither": ("double_dither", lambda each: replace(each, part=_twice)),
    "swapped version": ("same_recording", lambda each: replace(each, has_voice=False)),
}
BY_NAME = {("vinyl", "rate")}
"""A rule set that takes any rate has it in the name."""


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], set[str]]:
    """What is told of a rule set's right files, which have three seconds alone."""

    @cache
    def told(profile: str) -> set[str]:
        return _told(tmp_path_factory.mktemp("right"), profile, RIGHT[profile])

    return told


def _told(folder: Path, profile: str, given: Given) -> set[str]:
    """What is told of it beside a right file for another recipient."""
    _given(folder / profile, given)
    _given(folder / "hires", OTHER)
    checks = audit(folder, [load_profile(profile), load_profile("hires")]).checks
    told = (each for each in checks if each.outcome != "pass")
    return {each.check for each in told if "same_" in each.check or profile in each.file}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("profile", RIGHT)
def test_a_broken_delivery_is_named(
    tmp_path: Path, right: Callable[[str], set[str]], profile: str, fault: str
) -> None:
    check, broken = BROKEN[fault]
    check = "name" if (profile, fault) in BY_NAME else check
    assert check not in right(profile)
    assert check in _told(tmp_path / "in", profile, broken(RIGHT[profile]))
