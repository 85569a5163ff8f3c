"""Pages of proposals beside the rough mix and the reference: true figures, and nothing leaks."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.signal import butter, sosfilt

from bridge.advising import FreeingCut, PlayedGroup, Unmasking, unmasked_sums
from bridge.advising.unmasking.cuts import Cut
from bridge.audio import Block
from bridge.cli.progress import ProgressBar
from bridge.demo import stem
from bridge.gathering import Silent
from bridge.jobs import load_job
from bridge.processing import build, run
from bridge.road import Inputs, ToBalance, ToUnmask, balanced, freed
from bridge.road.advising.advised_song import played_groups, read_song
from bridge.storing import Store
from stemwright.decibels import amplitude_db, linear

RATE_HZ = 24000
SECONDS = 8
LATE_S = 0.25
NAMES = ("drums", "bass", "keys", "lead")
CHAIN = 'schema = 1\nname = "own"\n' + "".join(
    f'[[group]]\nid = "{name}"\nstems = ["{name}"]\n' for name in NAMES
)
ROUGH_DB = {"drums": 4.0, "keys": -3.0}


def _mixed(song: Mapping[str, Block], faders_db: Mapping[str, float]) -> Block:
    parts = (linear(faders_db.get(name, 0.0)) * samples for name, samples in song.items())
    return np.asarray(sum(parts))


@pytest.fixture(scope="module")
def song() -> dict[str, Block]:
    """Four stems of the demo song."""
    return {name: stem(name, SECONDS, RATE_HZ) for name in NAMES}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, song: Mapping[str, Block]) -> Path:
    """Two jobs of one song: `bare.toml`, and `job.toml` with a rough mix and two references.

    The rough mix is the song at other faders, half as loud, a quarter of a second late; a reference
    is other music, one is no audio.
    """
    made = tmp_path_factory.mktemp("song")
    (made / "stems").mkdir()
    for name, samples in song.items():
        soundfile.write(made / "stems" / f"{name}.wav", samples.T, RATE_HZ, subtype="FLOAT")
    late = np.pad(0.5 * _mixed(song, ROUGH_DB), ((0, 0), (round(LATE_S * RATE_HZ), 0)))
    soundfile.write(made / "rough.wav", late.T, RATE_HZ, subtype="FLOAT")
    other = np.stack([stem("pad", SECONDS, RATE_HZ)[0]] * 2) + 0.2 * stem(
        "guitar", SECONDS, RATE_HZ
    )
    soundfile.write(made / "ref.wav", other.T, RATE_HZ, subtype="FLOAT")
    soundfile.write(made / "wide.wav", np.zeros((RATE_HZ, 4)), RATE_HZ)
    (made / "chain.toml").write_text(CHAIN, encoding="utf-8")
    named = 'schema = 1\nchain = "../chain.toml"\nstems = "../stems"\n'
    more = 'rough = "../rough.wav"\nreferences = ["../ref.wav", "../wide.wav"]\n'
    for name, lines in (("bare", named), ("full", named + more)):
        (made / name).mkdir()
        (made / name / "job.toml").write_text(lines, encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for the module."""
    return tmp_path_factory.mktemp("store")


def _inputs(job: Path, store: Path) -> Inputs:
    found = load_job(job)
    return Inputs((), found.chain_path, store=store).of_job(found)


def _rows(page: str, name: str) -> dict[str, Sequence[str]]:
    """A table of the page, by the first cell of each row."""
    found = page.split(f'aria-label="{name}">')[1].split("</table>")[0]
    rows = [
        [html.unescape(re.sub("<.*?>", "", cell)) for cell in re.findall("<t[hd].*?</t[hd]>", row)]
        for row in found.split("<tr>")[1:]
    ]
    return {first: rest for first, *rest in rows}


def _number(words: str) -> float:
    return float(words.split()[0].replace("\N{MINUS SIGN}", "-"))


def _thirds_db(samples: Block) -> np.ndarray:
    """Mid and side in thirds of an octave from 50 Hz to 8 kHz, of the whole song's spectrum."""
    halves = [0.5 * (samples[0] + sign * samples[1]) for sign in (1.0, -1.0)]
    hz = np.fft.rfftfreq(samples.shape[1], 1.0 / RATE_HZ)
    middles = [1000.0 * 10.0 ** (n / 10.0) for n in range(-13, 10)]
    edge = 10.0**0.05
    return np.array([
        [10.0 * np.log10(power[(hz >= at / edge) & (hz < at * edge)].sum()) for at in middles]
        for power in (np.abs(np.fft.rfft(half)) ** 2 for half in halves)
    ])  # fmt: skip


def _apart_db(one: Block, other: Block) -> list[float]:
    """Of mid and side, without the bands that either has 60 dB under its loudest."""
    both = [_thirds_db(each) for each in (one, other)]
    sounding = np.logical_and(*(each > each.max() - 60.0 for each in both))
    apart = both[0] - both[1]
    apart -= apart[sounding].mean()
    return [
        float(np.sqrt(np.square(half[heard]).mean()))
        for half, heard in zip(apart, sounding, strict=True)
    ]


def test_a_balance_is_told_beside_the_rough_mix_and_the_reference(
    song: Mapping[str, Block], folder: Path, store: Path, browse: Callable[..., dict[str, str]]
) -> None:
    page = folder / "balance.html"
    given = ToBalance(_inputs(folder / "full" / "job.toml", store))
    made = balanced(given, ProgressBar(), page)
    told = page.read_text("utf-8")
    now, then = song, {each.id: each.new_fader_db for each in made.groups}
    before, after, rough = _mixed(now, {}), _mixed(now, then), _mixed(now, ROUGH_DB)
    far = _rows(told, "Distance of the balance")
    assert [each for each in far if each][:2] == [
        "before beside rough (rough mix)", "after beside rough (rough mix)"
    ]  # fmt: skip
    for name, sound in (("before", before), ("after", after)):
        row = far[f"{name} beside rough (rough mix)"]
        assert [_number(each) for each in row[:2]] == pytest.approx(
            _apart_db(sound, rough), abs=0.1
        )
        assert row[4] == "aligned, +0.250 s"
        assert far[f"{name} beside ref (reference)"][4] == "another song"
    assert _number(far["after beside rough (rough mix)"][0]) < 0.1
    assert _number(far["before beside rough (rough mix)"][0]) > 1.0
    figures = _rows(told, "Dynamics and mono")
    assert list(figures)[1:] == ["before", "after", "rough (rough mix)", "ref (reference)"]
    correlation = np.corrcoef(after)[0, 1]
    assert _number(figures["after"][4]) == pytest.approx(correlation, abs=0.01)
    bands = _rows(told, "Low end, crest and width by band")
    assert sum(linear(2.0 * _number(bands[f"{each}: after"][0])) for each in _BANDS) == (
        pytest.approx(1.0, abs=0.03)
    )
    services = _rows(told, "Playback gains")
    assert services["service"] == ["before", "after", "rough", "ref", "rule"]
    peak_dbtp = amplitude_db(float(np.abs(rough).max() / 2.0))
    for name, row in services.items():
        if name != "service":
            assert re.search(r"read \d{4}-\d\d-\d\d$", row[-1])
            assert _number(row[2]) <= max(0.0, -1.0 - peak_dbtp) + 0.05
    assert "wide: it has 4 channels" in told
    for title in ("Short-term loudness, level-matched", "Spectra, level-matched"):
        assert f"<h3>{title}</h3>" in told
    seen = browse(page, "tour", given=["1", "3"], phone=True)
    assert (seen["ready"], seen["wide"]) == ("4", "0")  # the reference too


_BANDS = ("below 120 Hz", "120 to 500 Hz", "0.5 to 4 kHz", "over 4 kHz")


def _sounds_of(store: Path) -> dict[str, str]:
    """What a store holds samples of, by key."""
    held = {}
    for path in store.glob("v1/*/*/meta.json"):
        pcm = json.loads(path.read_text("utf-8")).get("pcm")
        if pcm is not None:
            held[path.parent.name] = pcm
    return held


def test_no_reference_leaks_from_a_page_into_what_is_rendered_or_kept(
    folder: Path, tmp_path: Path
) -> None:
    kept = {}
    for name in ("bare", "full"):
        place, job = tmp_path / name, folder / name / "job.toml"
        chain = folder / "chain.toml"
        chain.write_text(CHAIN.replace('["bass"]\n', '["bass"]\n' + _TURNED_UP), encoding="utf-8")
        freed(ToUnmask(_inputs(job, place)), ProgressBar(), tmp_path / "page.html")
        if name == "full":
            for aim in ("rough", "reference"):
                given = ToBalance(_inputs(job, place), aim)
                balanced(given, ProgressBar(), tmp_path / "page.html")
        chain.write_text(CHAIN, encoding="utf-8")
        kept[name] = _sounds_of(place)
    assert kept["bare"]
    assert kept["full"] == kept["bare"]


_TURNED_UP = '  [[group.insert]]\n  use = "gain"\n  gain_db = 3.0\n'


def test_cuts_are_told_beside_what_there_was(
    song: Mapping[str, Block], store: Path, tmp_path: Path
) -> None:
    """Without other music the song before is what the song after is held to."""
    voice = song["lead"][:, : 4 * RATE_HZ]
    noise = np.random.default_rng(4).standard_normal(voice.shape) * voice.std()
    band = butter(2, (900.0, 1100.0), "bandpass", fs=RATE_HZ, output="sos")
    wash = 2.0 * sosfilt(band, noise) + 0.2 * noise
    (tmp_path / "stems").mkdir()
    for name, samples in (("lead", voice), ("keys", wash)):
        soundfile.write(tmp_path / "stems" / f"{name}.wav", samples.T, RATE_HZ, subtype="FLOAT")
    (tmp_path / "chain.toml").write_text(CHAIN, encoding="utf-8")
    job, page = tmp_path / "job.toml", tmp_path / "unmask.html"
    job.write_text('schema = 1\nchain = "chain.toml"\nstems = "stems"\n', encoding="utf-8")
    made = freed(ToUnmask(_inputs(job, store)), ProgressBar(), page)
    told = page.read_text("utf-8")
    assert made.cuts
    assert "<h2>Before and after</h2>" in told
    far = _rows(told, "Distance of the balance")
    assert list(far) == ["", "after beside before (earlier)"]
    assert far["after beside before (earlier)"][4] == "aligned"
    assert _number(far["after beside before (earlier)"][0]) > 0.1
    assert list(_rows(told, "Dynamics and mono"))[1:] == ["before", "after"]


def test_what_cuts_make_of_the_song_has_a_name_of_its_own(
    song: Mapping[str, Block], folder: Path, tmp_path: Path
) -> None:
    store = Store(tmp_path / "store")
    read = read_song(_inputs(folder / "bare" / "job.toml", tmp_path / "store"), store, Silent())
    signals = played_groups(read)
    groups = [PlayedGroup(lane, signals[lane.id]) for lane in read.plan.lanes]
    still = Cut("keys", "lead", 800.0, 2.0, 3.0)
    moving = Cut("bass", "keys", 200.0, 2.0, 3.0, -30.0)

    def names(*cuts: Cut) -> tuple[str, str]:
        made = Unmasking(tuple(FreeingCut(each, 9.0, 2.0, 0.5, ()) for each in cuts), ())
        return tuple(each.digest for each in unmasked_sums(groups, made, RATE_HZ))

    assert names()[0] == names()[1]
    deeper = Cut("keys", "lead", 800.0, 2.0, 4.0)
    found = [names(*each) for each in ((still,), (deeper,), (moving,), (still, moving))]
    assert len({before for before, _ in found}) == 1
    assert len({after for _, after in found}) == 4
    before, after = unmasked_sums(
        groups, Unmasking((FreeingCut(still, 9.0, 2.0, 0.5, ()),), ()), RATE_HZ
    )
    both = [np.concatenate(list(each.blocks()), axis=1) for each in (before, after)]
    cut_too = np.concatenate(list(run([build(still.settings, RATE_HZ)], [song["keys"]])), axis=1)
    assert both[0] == pytest.approx(_mixed(song, {}), abs=1e-6)
    assert both[1] == pytest.approx(both[0] - song["keys"] + cut_too, abs=1e-6)
