"""Faders by a rough mix or a reference: what is known found, the rest left alone, jobs kept."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from scipy import signal
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from bridge.advising import Aim, Balance, GroupMove
from bridge.audio import Block
from bridge.cli.progress import ProgressBar
from bridge.demo import stem
from bridge.jobs import load_job
from bridge.metering import Meter
from bridge.road import Inputs, ToBalance, apply_balance, balanced
from stemwright.decibels import linear
from stemwright.problems import InputError

RATE_HZ = 24000
SECONDS = 6
NAMES = ("drums", "bass", "keys", "lead", "backing")
PLAIN = """\
schema = 1
name = "plain"
[[group]]
id = "rhythm"
stems = ["drums", "bass"]
[[group]]
id = "music"
stems = ["*"]
[[group]]
id = "voices"
stems = ["lead", "backing"]
gain_db = -1.5
"""
TURNED_UP = '  [[group.insert]]\n  use = "gain"\n  gain_db = 6.0\n'
GROUPS = {"rhythm": ("drums", "bass"), "music": ("keys",), "voices": ("lead", "backing")}


@pytest.fixture(scope="module")
def song() -> dict[str, Block]:
    """Five stems of the demo song, as arrays."""
    return {name: stem(name, SECONDS, RATE_HZ) for name in NAMES}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for the module: the stems are the same."""
    return tmp_path_factory.mktemp("store")


class Songs:
    """Writes jobs, and balances them."""

    def __init__(self, folder: Path, stems: Mapping[str, Block], store: Path) -> None:
        self._folder, self.stems, self.store = folder, folder / "stems", store
        self.stems.mkdir()
        for name, samples in stems.items():
            path = self.stems / f"{name}.wav"
            soundfile.write(path, samples.T, RATE_HZ, subtype="FLOAT")

    def job(self, rough: Block | None, chain: str = PLAIN, more: str = "") -> Path:
        """A job with this rough mix, chain and these further lines."""
        named = ""
        if rough is not None:
            soundfile.write(self._folder / "rough.wav", rough.T, RATE_HZ, subtype="FLOAT")
            named = 'rough = "rough.wav"\n'
        (self._folder / "chain.toml").write_text(chain, encoding="utf-8")
        job = self._folder / "job.toml"
        job.write_text(f'schema = 1\nchain = "chain.toml"\nstems = "stems"\n{named}{more}')
        return job

    def given(
        self, job: Path, aim: Aim = "rough", *, per_stem: bool = False, raw: bool = False
    ) -> ToBalance:
        """What is asked of a job."""
        found = load_job(job)
        inputs = Inputs((), found.chain_path, store=self.store).of_job(found)
        return ToBalance(inputs, aim, per_stem=per_stem, before_inserts=raw)

    def balance(
        self, job: Path, aim: Aim = "rough", *, per_stem: bool = False, raw: bool = False
    ) -> Balance:
        """What is proposed for a job."""
        return balanced(self.given(job, aim, per_stem=per_stem, raw=raw), ProgressBar())


@pytest.fixture
def songs(tmp_path: Path, song: Mapping[str, Block], store: Path) -> Songs:
    """The demo's stems in a folder."""
    return Songs(tmp_path, song, store)


def _mixed(song: Mapping[str, Block], **gains_db: float) -> Block:
    parts = (linear(gains_db.get(name, 0.0)) * samples for name, samples in song.items())
    return np.asarray(sum(parts))


def _squeezed(mix: Block) -> Block:
    """Through a compressor of both sides and a clipper."""
    top = maximum_filter1d(np.abs(mix).max(axis=0), RATE_HZ // 50)
    level = uniform_filter1d(top, RATE_HZ // 50)
    return np.asarray(np.clip(2.0 * mix * (1.0 + level / 0.1) ** -0.5, -0.4, 0.4))


def _held(mix: Block) -> Block:
    """Through a compressor of 4:1 that is there in 5 ms, and a limiter, both sides alike."""
    for least, ratio, time_s in ((0.02, 4.0, 0.005), (0.02, np.inf, 0.002)):
        frames = round(time_s * RATE_HZ)
        top = maximum_filter1d(np.abs(mix).max(axis=0), frames)
        gains = np.maximum(top / least, 1.0) ** (1.0 / ratio - 1.0)
        mix = mix * uniform_filter1d(gains, frames)
    return np.asarray(mix)


def _groups(made: Balance) -> dict[str, GroupMove]:
    return {each.id: each for each in made.groups}


def _apart_db(made: Balance, one: str, other: str) -> float:
    faders = {each.id: each.new_fader_db for each in made.groups}
    return faders[one] - faders[other]


def test_faders_are_those_of_the_rough_mix_through_its_bus(
    song: Mapping[str, Block], songs: Songs
) -> None:
    plain = 0.5 * _mixed(song, drums=3, bass=3, lead=-4, backing=-4)
    for mix, near_db in ((plain, 0.02), (_squeezed(plain), 0.3)):
        made = songs.balance(songs.job(mix))
        assert _apart_db(made, "rhythm", "music") == pytest.approx(3.0, abs=near_db)
        assert _apart_db(made, "voices", "music") == pytest.approx(-4.0, abs=near_db)


@pytest.mark.parametrize("by_bands", [False, True])
def test_a_bus_that_moves_within_50_ms_is_followed(
    song: Mapping[str, Block], songs: Songs, by_bands: bool
) -> None:
    """Told by 50 ms alone, faders were 0.6 dB off through one of all bands, 1.9 through two."""
    near_db = 0.15 if by_bands else 0.05
    by_stem = 'schema = 1\nname = "by stem"\n' + "".join(
        f'[[group]]\nid = "{name}"\nstems = ["{name}"]\n' for name in NAMES
    )
    mix = 0.5 * _mixed(song, drums=4, bass=-3, lead=-4)
    low = signal.sosfiltfilt(signal.butter(4, 700, fs=RATE_HZ, output="sos"), mix)
    heard = _held(low) + _held(mix - low) if by_bands else _held(mix)
    made = songs.balance(songs.job(heard, by_stem))
    for name, wanted_db in (("drums", 4.0), ("bass", -3.0), ("lead", -4.0)):
        assert _apart_db(made, name, "keys") == pytest.approx(wanted_db, abs=near_db)
    assert any(each.is_estimate for each in made.groups) == by_bands


@pytest.mark.parametrize(
    ("side", "told"),
    [(1.8, "with its sides 5.1 dB up"), (0.5, "6.0 dB down"), (0.0, "below it, as mono")],
)
def test_a_bus_that_made_the_mix_wider_or_mono_moves_no_fader(
    tmp_path: Path, store: Path, song: Mapping[str, Block], side: float, told: str
) -> None:
    stems = {name: song[name][:, : 3 * RATE_HZ] for name in ("drums", "keys", "lead", "backing")}
    stems["bass"] = 0.0 * stems["drums"]
    stems["keys"] = stems["keys"] * [[1.0], [0.2]]
    stems["lead"] = stems["lead"] * [[0.4], [1.0]]
    mix = 0.5 * _mixed(stems, drums=3, lead=-4, backing=-4)
    middle = mix.mean(axis=0)
    songs = Songs(tmp_path, stems, store)
    made = songs.balance(songs.job(np.asarray(middle + side * (mix - middle))))
    assert _apart_db(made, "rhythm", "music") == pytest.approx(3.0, abs=0.03)
    assert _apart_db(made, "voices", "music") == pytest.approx(-4.0, abs=0.03)
    assert told in str(made.facts["rough"])


def test_a_rough_mix_on_another_clock_is_followed(
    song: Mapping[str, Block], songs: Songs, tmp_path: Path
) -> None:
    mix = 0.5 * _mixed(song, lead=-4, backing=-4)
    there = soxr.resample(mix.T, 1.0, 1.0001, quality="VHQ").T
    page = tmp_path / "balance.html"
    made = balanced(songs.given(songs.job(there)), ProgressBar(), page)
    assert _apart_db(made, "voices", "music") == pytest.approx(-4.0, abs=0.05)
    assert re.search(r"it runs 100\.\d ppm slower than the stems", str(made.facts["rough"]))
    rough, _ = _played(page, 0)
    scale = np.abs(mix).max() / np.abs(rough).max()
    assert np.abs(scale * rough[:, : mix.shape[1]] - mix).max() < 0.05


def _decks(page: Path) -> list[dict[str, Any]]:
    held = r'<script type="application/json" id="(?:p\d-)?excerpts">(.*?)</script>'
    return [json.loads(each) for each in re.findall(held, page.read_text("utf-8"))]


def _played(page: Path, signal: int) -> tuple[Block, int]:
    flac = base64.b64decode(_decks(page)[0]["signals"][signal]["flac"])
    samples, rate_hz = soundfile.read(io.BytesIO(flac))
    return samples.T, rate_hz


@pytest.mark.parametrize("insert", ["", TURNED_UP])
def test_a_rough_mix_of_a_part_that_begins_late_or_early_gives_the_same_faders(
    song: Mapping[str, Block], songs: Songs, insert: str
) -> None:
    """Every group is held to itself in the same seconds: some sing in others only, or more."""
    swelling = np.linspace(0.0, 1.0, SECONDS * RATE_HZ) ** 2
    stems = {**song, "keys": song["keys"] * swelling}
    soundfile.write(songs.stems / "keys.wav", stems["keys"].T, RATE_HZ, subtype="FLOAT")
    chain = PLAIN.replace('stems = ["*"]\n', 'stems = ["*"]\n' + insert)
    mix = _mixed(stems, drums=3.0, bass=3.0)[:, : 4 * RATE_HZ]
    late = np.pad(mix, ((0, 0), (round(0.0137 * RATE_HZ), 0)))
    for rough in (late, mix[:, RATE_HZ // 2 :]):
        made = songs.balance(songs.job(rough, chain))
        assert _apart_db(made, "rhythm", "music") == pytest.approx(
            3.0 + 6.0 * bool(insert), abs=0.02
        )
        assert _apart_db(made, "rhythm", "voices") == pytest.approx(3.0, abs=0.05)


def test_inserts_that_change_the_level_are_heard_or_not_as_asked(
    song: Mapping[str, Block], songs: Songs
) -> None:
    chain = PLAIN.replace('stems = ["*"]\n', 'stems = ["*"]\n' + TURNED_UP)
    job = songs.job(_mixed(song), chain)
    made = songs.balance(job)
    assert _apart_db(made, "rhythm", "music") == pytest.approx(6.0, abs=0.02)
    raw = songs.balance(job, raw=True)
    assert _apart_db(raw, "rhythm", "music") == pytest.approx(0.0, abs=0.02)
    assert (made.heard, raw.heard) == ("after_inserts", "before_inserts")


def test_what_moves_stays_as_loud_together(song: Mapping[str, Block], songs: Songs) -> None:
    made = songs.balance(songs.job(0.1 * _mixed(song, keys=-9.0)))

    def lufs(*, moved: bool) -> float:
        faders_db = {
            name: each.new_fader_db if moved else each.fader_db
            for each in made.groups
            for name in GROUPS[each.id]
        }
        meter = Meter(RATE_HZ, 2)
        meter.add(_mixed(song, **faders_db))
        return meter.result().integrated_lufs

    assert lufs(moved=True) == pytest.approx(lufs(moved=False), abs=0.03)
    assert _groups(made)["music"].change_db < -5.0


def test_single_stems_are_balanced_and_their_group_stays_as_loud(
    song: Mapping[str, Block], songs: Songs
) -> None:
    job = songs.job(_mixed(song, backing=-5.0, bass=2.0), more='[stem."Backing"]\ngain_db = 1.0\n')
    made = songs.balance(job, per_stem=True)
    gains = {each.id: each.new_gain_db for each in made.stems}
    assert set(gains) == {"drums", "bass", "lead", "backing"}
    assert gains["backing"] - gains["lead"] == pytest.approx(-5.0, abs=0.03)
    assert gains["bass"] - gains["drums"] == pytest.approx(2.0, abs=0.03)
    changed = apply_balance(songs.given(job, per_stem=True), made)
    assert any(line.startswith("-gain_db = 1.0") for line in changed)
    assert '[stem."Backing"]' in job.read_text()
    assert "backing" not in load_job(job).stem_gains_db
    assert songs.balance(job, per_stem=True).moves == 0


def test_moves_are_written_once_and_everything_else_stays(
    song: Mapping[str, Block], songs: Songs
) -> None:
    more = "[group.voices]\ngain_db = 0.5  # mine\n# why\n[master]\n"
    job = songs.job(_mixed(song, drums=2.0, bass=2.0), more=more)
    before = job.read_text()
    made = songs.balance(job)
    assert job.read_text() == before
    changed = apply_balance(songs.given(job), made)
    fader = _groups(made)["voices"].new_fader_db
    assert f"+gain_db = {fader}  # mine" in changed
    assert set(before.splitlines()) - set(job.read_text().splitlines()) == {"gain_db = 0.5  # mine"}
    assert load_job(job).overrides["group.rhythm.gain_db"] == _groups(made)["rhythm"].new_fader_db
    again = songs.balance(job)
    assert (again.moves, apply_balance(songs.given(job), again)) == (0, ())


def test_what_is_not_known_is_left_alone_and_named(
    tmp_path: Path, song: Mapping[str, Block], store: Path
) -> None:
    stems = {**song, "hum": 0.0 * song["keys"], "double": 0.5 * song["lead"]}
    stems["shaker"] = np.roll(song["drums"][:, ::-1], RATE_HZ // 3, axis=1)
    own = "".join(f'[[group]]\nid = "{name}"\nstems = ["{name}"]\n' for name in stems)
    songs = Songs(tmp_path, stems, store)
    made = songs.balance(songs.job(_mixed(song), f'schema = 1\nname = "own"\n{own}'))
    found = _groups(made)
    assert found["hum"].left_alone == "hum is silent"
    assert found["shaker"].left_alone == "shaker is not found in the rough mix"
    assert "hold the same" in found["lead"].left_alone
    assert found["double"].left_alone == found["lead"].left_alone
    assert [found[name].change_db for name in ("hum", "shaker", "lead", "double")] == [0] * 4
    assert not found["keys"].left_alone


def test_a_stranger_in_a_group_does_not_pull_its_fader(
    tmp_path: Path, song: Mapping[str, Block], store: Path
) -> None:
    stems = {**song, "drums shaker": np.roll(song["drums"][:, ::-1], RATE_HZ // 3, axis=1)}
    chain = PLAIN.replace('["drums", "bass"]', '["drums*", "bass"]')
    songs = Songs(tmp_path, stems, store)
    made = songs.balance(songs.job(_mixed(song, drums=3, bass=3), chain))
    assert _apart_db(made, "rhythm", "music") == pytest.approx(3.0, abs=0.3)
    assert _groups(made)["rhythm"].remarks[0].startswith("drums shaker: not found in the rough mix")


def test_a_job_without_a_rough_mix_and_one_with_another_songs(songs: Songs) -> None:
    with pytest.raises(InputError) as told:
        songs.balance(songs.job(None))
    assert told.value.problems[0].kind == "no_rough"
    dice = np.random.default_rng(7)
    other = 0.1 * dice.standard_normal((2, SECONDS * RATE_HZ))
    with pytest.raises(InputError) as told:
        songs.balance(songs.job(other))
    assert told.value.problems[0].kind == "rough_of_other_song"


def test_faders_that_are_hardly_known_are_told_and_not_written(
    song: Mapping[str, Block], songs: Songs
) -> None:
    strange = np.random.default_rng(3).standard_normal((2, SECONDS * RATE_HZ))
    plain = _mixed(song, keys=-6.0)
    noise = 0.55 * np.sqrt(np.square(plain).mean()) * strange
    job = songs.job(plain + noise, more="[group.voices]\ngain_db = 1.0\n")
    before, made = job.read_text(), songs.balance(job)
    assert made.moves > 0
    with pytest.raises(InputError) as told:
        apply_balance(songs.given(job), made)
    assert told.value.problems[0].kind == "not_sure"
    assert "for a hint" in told.value.problems[0].message
    assert job.read_text() == before


def test_what_is_an_estimate_is_written_only_when_asked(
    song: Mapping[str, Block], songs: Songs
) -> None:
    """The rough mix has the keys through another amplifier."""
    bent = {**song, "keys": 0.1 * np.tanh(40.0 * song["keys"])}
    job = songs.job(_mixed(bent, drums=3.0, bass=3.0))
    made = songs.balance(job)
    found = _groups(made)
    assert (found["rhythm"].is_estimate, found["music"].is_estimate) == (False, True)
    assert found["music"].change_db
    apply_balance(songs.given(job), made)
    assert "group.music.gain_db" not in load_job(job).overrides
    assert "group.rhythm.gain_db" in load_job(job).overrides
    apply_balance(songs.given(job), made, estimates=True)
    assert load_job(job).overrides["group.music.gain_db"] == found["music"].new_fader_db


def test_a_reference_moves_what_leads_a_band_and_no_further_than_told(
    song: Mapping[str, Block], songs: Songs, tmp_path: Path
) -> None:
    """The reference is the song at other faders, as near as another song never comes."""
    other = _mixed(song, drums=5.0, bass=5.0, lead=-4.0, backing=-4.0)
    soundfile.write(tmp_path / "ref.wav", other.T, RATE_HZ, subtype="FLOAT")
    named = 'references = ["ref.wav"]\n'
    chain = PLAIN.replace("gain_db = -1.5", "gain_db = 0.0")
    job = songs.job(None, chain, named)
    made = songs.balance(job, "reference")
    found = _groups(made)
    assert found["rhythm"].change_db > found["music"].change_db + 2.0
    assert found["voices"].change_db < found["music"].change_db - 1.0
    assert float(made.facts["mid_after_db"] or 0) < 0.5 * float(made.facts["mid_before_db"] or 0)
    apply_balance(songs.given(job, "reference"), made)
    assert songs.balance(job, "reference").moves == 0
    quiet = chain.replace('stems = ["*"]', 'stems = ["*"]\ntrim_db = -30.0')
    alone = _groups(songs.balance(songs.job(None, quiet, named), "reference"))["music"]
    assert (alone.change_db, alone.left_alone[:13]) == (0.0, "leads less th")
    far = _mixed(song, drums=20.0, bass=20.0, lead=-20.0, backing=-20.0)
    soundfile.write(tmp_path / "ref.wav", far.T, RATE_HZ, subtype="FLOAT")
    bound = _groups(songs.balance(songs.job(None, chain, named), "reference"))
    assert bound["rhythm"].change_db - bound["voices"].change_db == pytest.approx(12.0, abs=0.5)
    with pytest.raises(InputError) as told:
        songs.balance(songs.job(None, chain), "reference")
    assert told.value.problems[0].kind == "no_reference"


def test_the_page_plays_the_song_at_both_faders(
    song: Mapping[str, Block], songs: Songs, tmp_path: Path, browse: Callable[..., dict[str, str]]
) -> None:
    page = tmp_path / "balance.html"
    job = songs.job(0.5 * _mixed(song, drums=4, bass=4))
    made = balanced(songs.given(job), ProgressBar(), page)
    decks = _decks(page)
    assert len(decks) == 1 + len(made.moved_groups)
    faders = {name: each.new_fader_db for each in made.groups for name in GROUPS[each.id]}
    expected = _mixed(song, **faders)
    assert [each["name"] for each in decks[0]["signals"]] == ["rough mix", "before", "after"]
    samples, rate_hz = _played(page, 2)
    scale = np.abs(expected).max() / np.abs(samples).max()
    assert rate_hz == RATE_HZ
    assert np.abs(scale * samples - expected[:, : samples.shape[1]]).max() < 2e-4
    seen = browse(page, "tour", given=["1", "3"], phone=True)
    assert (seen["ready"], seen["order"], seen["wide"]) == ("3", "1 0 2", "0")
