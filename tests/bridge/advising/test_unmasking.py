"""Groups freed of each other: the model's known values, a known band named, the cuts applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from bridge.advising import Cut, Unmasking, phon_between
from bridge.advising.unmasking.auditory_bands import CENTRES_HZ, STEP_CAMS, excitations, through_ear
from bridge.advising.unmasking.hearing import heard_bands
from bridge.advising.unmasking.partial_loudness import partial_loudness
from bridge.audio import Block
from bridge.cli.progress import ProgressBar
from bridge.demo import stem
from bridge.jobs import load_job
from bridge.processing import build, run
from bridge.road import Inputs, ToUnmask, apply_unmasking, freed
from chains import Bell, Eq, load
from stemwright.decibels import linear
from stemwright.problems import InputError

RATE_HZ = 24000
SECONDS = 6
HZ = 1000.0
CHAIN = """\
schema = 1
name = "pair"  # every song's
[[group]]
id = "voice"
stems = ["lead"]
[[group]]
id = "pad"
stems = ["pad"]  # wide
gain_db = -2.0
[[group]]
id = "low"
stems = ["bass"]
"""


def _sine_sone(level_db_spl: float, hz: float = 1000.0, noise_db_spl: float | None = None) -> float:
    """Of a sine at both ears, in white noise or in quiet."""
    at = np.arange(2 * RATE_HZ) / RATE_HZ
    sounds = [np.sin(2.0 * np.pi * hz * at) * np.sqrt(2.0), np.zeros_like(at)]
    sounds[0] *= linear(level_db_spl)
    if noise_db_spl is not None:
        sounds[1] = np.random.default_rng(1).standard_normal(len(at)) * linear(noise_db_spl)
    heard = np.array([
        heard_bands([np.stack([each, each])], RATE_HZ).powers[4:-1] * through_ear()
        for each in sounds
    ]).reshape(2, -1, len(through_ear()))  # fmt: skip
    signal, noise = excitations(heard).places
    return 2.0 * float(partial_loudness(signal, noise).sum(axis=1).mean() * STEP_CAMS)


def test_a_sine_of_1_khz_has_the_loudness_that_defines_the_sone() -> None:
    """ANSI S3.4-2007: 40 dB SPL are 1 sone, 60 dB 4.2, 80 dB 16; 50 Hz at 40 dB is hardly heard."""
    for level_db, sone in ((40.0, 1.0), (60.0, 4.2), (80.0, 16.0)):
        assert _sine_sone(level_db) == pytest.approx(sone, rel=0.02)
    assert _sine_sone(40.0, hz=50.0) < 0.01
    assert 0.001 < _sine_sone(3.0) < 0.008


def test_the_skirts_of_a_loud_band_are_its_own_loudness() -> None:
    """A sine of 80 dB excites places far over it; all of that is loudness of where it sounds."""
    powers = np.full((1, 1, len(CENTRES_HZ)), 1e-3)
    band = int(np.abs(CENTRES_HZ - 500.0).argmin())
    powers[0, 0, band] = 1e8
    heard = excitations(powers)
    specific = partial_loudness(heard.places[0], np.zeros_like(heard.places[0]))
    content = heard.of_content(0, specific)
    assert content.sum() == pytest.approx(specific.sum(), rel=1e-5)
    assert content[0, band] > 0.99 * content.sum()
    assert specific[0, band - 2 : band + 3].sum() < 0.8 * specific.sum()


def test_noise_hides_a_sine_at_its_masked_threshold_and_not_far_over_it() -> None:
    """In 60 dB of noise up to 12 kHz an ERB about 1 kHz has 40.4 dB; K is -3 dB."""
    assert _sine_sone(37.5, noise_db_spl=60.0) < 0.05
    assert _sine_sone(47.0, noise_db_spl=60.0) > 0.3
    assert _sine_sone(80.0, noise_db_spl=60.0) == pytest.approx(_sine_sone(80.0), rel=0.2)


def test_however_a_stream_is_cut_the_bands_are_the_same() -> None:
    sound = np.random.default_rng(2).standard_normal((2, RATE_HZ))
    whole = heard_bands([sound], RATE_HZ)
    parts = heard_bands(np.array_split(sound, 37, axis=1), RATE_HZ)
    assert (whole.powers == parts.powers).all()
    assert whole.powers[4:-4].sum(axis=2).mean() == pytest.approx(np.square(sound).mean(), rel=0.05)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store for the module: the stems are the same."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def song() -> dict[str, Block]:
    """The demo's voice, and a pad that is 18 dB louder about 1 kHz."""
    sounds = {name: stem(name, SECONDS, RATE_HZ) for name in ("lead", "pad", "bass")}
    loud = Eq(bands=(Bell(shape="bell", hz=HZ, gain_db=18.0, q=3.0),))
    levels_db = {"lead": -20.0, "pad": -28.0, "bass": -26.0}
    made = {
        name: samples * linear(levels_db[name]) / np.sqrt(np.square(samples).mean())
        for name, samples in sounds.items()
    }
    made["pad"] = np.concatenate(list(run([build(loud, RATE_HZ)], iter([made["pad"]]))), axis=1)
    return made


@pytest.fixture
def job(tmp_path: Path, song: Mapping[str, Block]) -> Path:
    """A job of that song, whose chain lies elsewhere: it may be other songs'."""
    (tmp_path / "song" / "stems").mkdir(parents=True)
    for name, samples in song.items():
        path = tmp_path / "song" / "stems" / f"{name}.wav"
        soundfile.write(path, samples.T, RATE_HZ, subtype="FLOAT")
    (tmp_path / "shared.toml").write_text(CHAIN, encoding="utf-8")
    path = tmp_path / "song" / "job.toml"
    path.write_text('schema = 1\nchain = "../shared.toml"  # all\nstems = "stems"\n', "utf-8")
    return path


def _given(job: Path, store: Path, **more: tuple[str, ...]) -> ToUnmask:
    found = load_job(job)
    return ToUnmask(Inputs((), found.chain_path, store=store).of_job(found), **more)


def _made(job: Path, store: Path, **more: tuple[str, ...]) -> Unmasking:
    return freed(_given(job, store, **more), ProgressBar())


def _sone(made: Unmasking, cut: Cut) -> float:
    """Of the group that a cut frees, one ERB to each side of it, before any cut of this run."""
    bands = next(each.bands for each in made.groups if each.id == cut.frees)
    middle = min(range(len(bands)), key=lambda n: abs(bands[n].hz - cut.hz))
    return sum(each.sone for each in bands[middle - 2 : middle + 3])


def _in_band(made: Unmasking, number: int = 0) -> Cut:
    return made.cuts[number].cut


def test_the_band_that_hides_the_voice_is_cut_and_frees_it_as_foretold(
    job: Path, store: Path
) -> None:
    before = (job.parent.parent / "shared.toml").read_text(encoding="utf-8")
    made = _made(job, store)
    freeing = made.cuts[0]
    cut = freeing.cut
    assert (cut.group, cut.frees) == ("pad", "voice")
    assert abs(np.log2(cut.hz / HZ)) <= 1 / 3
    assert 0.0 < cut.depth_db <= 6.0
    assert freeing.gain_phon >= 1.0
    assert freeing.times_s
    assert [each.id for each in made.groups if each.is_lead] == ["voice"]
    assert all(each.cut.group != "voice" for each in made.cuts)
    for each in made.groups:
        assert abs(each.level_lu or 0.0) <= 1.0
        heard, alone = (
            sum(of) for of in zip(*((b.sone, b.alone_sone) for b in each.bands), strict=True)
        )
        assert phon_between(heard, alone) == pytest.approx(each.hidden_phon, abs=0.05)

    changed = apply_unmasking(_given(job, store), made)
    own = job.parent / "chain.toml"
    assert changed[0].startswith("copied ")
    assert f'+id = "{cut.insert}"' in changed
    assert (job.parent.parent / "shared.toml").read_text(encoding="utf-8") == before
    assert set(before.splitlines()) <= set(own.read_text(encoding="utf-8").splitlines())
    assert 'chain = "chain.toml"  # all' in job.read_text(encoding="utf-8")
    assert {f"{owner}/{each.id}" for owner, each in load(own).inserts()} == {
        each.cut.id for each in made.cuts
    }

    again = _made(job, store)
    assert again.cuts == ()
    assert apply_unmasking(_given(job, store), again) == ()
    for was, now in zip(made.groups, again.groups, strict=True):
        assert was.hidden_phon is not None
        assert now.hidden_phon is not None
        freed_phon = was.hidden_phon - now.hidden_phon
        assert was.id == "pad" or freed_phon == pytest.approx(was.audible_phon, abs=0.1)
    gain_phon = phon_between(_sone(made, cut), _sone(again, cut))
    assert gain_phon == pytest.approx(freeing.gain_phon, abs=0.2)


def test_what_a_voice_only_has_as_skirts_of_its_loud_bands_is_not_freed(
    job: Path, store: Path
) -> None:
    """A pad of one band, over 8 dB less of a voice that has most where nothing hides it."""
    sounds = {
        "lead": _noise(2000.0, 4000.0, -28.0, 3) + _noise(400.0, 625.0, -34.0, 4),
        "pad": _noise(425.0, 590.0, -26.0, 2),
        "bass": np.zeros(SECONDS * RATE_HZ),
    }
    for name, samples in sounds.items():
        path = job.parent / "stems" / f"{name}.wav"
        soundfile.write(path, np.stack([samples] * 2, axis=1), RATE_HZ, subtype="FLOAT")
    made = _made(job, store)
    assert made.cuts
    assert all(350.0 < each.cut.hz < 700.0 for each in made.cuts)
    assert 20.0 < made.cuts[0].hidden_phon < 78.0
    (left,) = (each for each in made.still_hidden if each.group == "voice")
    assert (left.group, left.by) == ("voice", "pad")
    assert abs(np.log2(left.hz / 500.0)) <= 1 / 3
    assert left.told in made.remarks


def _noise(low_hz: float, high_hz: float, level_db: float, seed: int) -> Block:
    dice = np.random.default_rng(seed)
    sections = butter(6, [low_hz, high_hz], "bandpass", fs=RATE_HZ, output="sos")
    found = sosfilt(sections, dice.standard_normal(SECONDS * RATE_HZ))
    return np.asarray(found * linear(level_db) / np.sqrt(np.square(found).mean()))


def test_only_what_is_asked_for_is_cut_and_a_lead_never(job: Path, store: Path) -> None:
    made = _made(job, store, leads=("pad",))
    assert all(each.cut.group != "pad" for each in made.cuts)
    asked = _in_band(_made(job, store)).id
    assert [each.cut.id for each in _made(job, store, only=(asked,)).cuts] == [asked]
    for given, kind in (
        ({"leads": ("nobody",)}, "unknown_group"),
        ({"only": ("pad/unmask-500",)}, "unknown_cut"),  # frees less than a phon
    ):
        with pytest.raises(InputError) as told:
            _made(job, store, **given)
        assert told.value.problems[0].kind == kind


def test_a_silent_group_hides_nothing_and_one_alone_has_nobody_to_free(
    job: Path, store: Path
) -> None:
    silent = np.zeros((RATE_HZ, 2))
    for name in ("pad", "bass"):
        soundfile.write(job.parent / "stems" / f"{name}.wav", silent, RATE_HZ, subtype="FLOAT")
    made = _made(job, store)
    assert made.cuts == ()
    assert "fewer than two groups sound: nothing hides anything" in made.remarks
    assert [each.hidden_phon for each in made.groups] == [0.0, None, None]


def test_a_chain_of_the_song_is_changed_in_place_in_the_way_it_is_written(
    job: Path, store: Path
) -> None:
    own = job.parent / "own.toml"
    inline = CHAIN.replace(
        'stems = ["pad"]  # wide\n', 'stems = ["pad"]\ninsert = [{ use = "gain", gain_db = 0.5 }]\n'
    )
    own.write_text(inline, encoding="utf-8")
    job.write_text('schema = 1\nchain = "own.toml"\nstems = "stems"\n', encoding="utf-8")
    made = _made(job, store)
    apply_unmasking(_given(job, store), made)
    assert not (job.parent / "chain.toml").exists()
    pad = next(each for each in load(own).groups if each.id == "pad")
    assert [each.id for each in pad.inserts] == ["gain", *(each.cut.insert for each in made.cuts)]


def test_the_page_plays_the_song_with_and_without_the_cuts(
    job: Path, store: Path, tmp_path: Path, browse: Callable[..., dict[str, str]]
) -> None:
    page = tmp_path / "unmask.html"
    made = freed(_given(job, store), ProgressBar(), page)
    seen = browse(page, "tour", given=["1", "2"], phone=True)
    assert (seen["ready"], seen["wide"]) == ("2", "0")
    said = page.read_text(encoding="utf-8")
    assert made.cuts[0].cut.id in said
    assert "voice and pad" in said
    assert f"{SECONDS} s from 0:00 of the song" in said
    assert max(end_s for each in made.cuts for _, end_s in each.times_s) <= SECONDS
