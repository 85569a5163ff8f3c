"""A file that changes while it is rendered: the lane fails, and nothing wrong is ever kept."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge import audio
from bridge.audio.facts.inspected import Inspection
from bridge.finished import write_folder
from bridge.gathering import Cancel, Silent
from bridge.gathering.sources import gather
from bridge.hosting.port import PrepareJob
from bridge.planning import Excerpt, plan
from bridge.processing import SUPPORTED
from bridge.rendering import Context, render
from fake_host import FakeHost, fake_catalogue
from sessions import read
from stemwright.problems import InputError, StemwrightError

TEXT = '[[group]]\nid = "all"\nstems = ["*"]\n'
HOSTED = TEXT + '[[group.insert]]\nuse = "plugin"\nplugin = "Fake Gain"\n'


def _rewritten(path: Path, other: Path) -> Callable[[], None]:
    """Give `path` the bytes of `other`, of the same size, and its old times; return the undoing."""
    before, seen = path.read_bytes(), path.stat()
    assert other.stat().st_size == seen.st_size
    path.write_bytes(other.read_bytes())
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    return lambda: _restored(path, before, seen)


def _restored(path: Path, before: bytes, seen: os.stat_result) -> None:
    path.write_bytes(before)
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def _context(studio, place: Path, excerpt: Excerpt | None = None) -> Context:
    store = studio.store()
    stems = gather(read(place), store, 1)
    made = plan(
        stems,
        studio.chain(TEXT),
        fake_catalogue(),
        supported=SUPPORTED,
        states={},
        excerpt=excerpt,
    )
    return Context(made, store, FakeHost(), Silent(), Cancel())


@pytest.fixture
def other(studio, noise, tmp_path: Path) -> Path:
    """Another take of `kick`, of the same size, outside the stems."""
    studio.write("bass", noise(0.5, seed=2))
    studio.write("kick", noise(0.5, seed=3))
    path = tmp_path / "other.wav"
    (studio.stems / "kick.wav").rename(path)
    studio.write("kick", noise(0.5, seed=1))
    return path


@pytest.mark.parametrize("excerpt", [None, Excerpt(0.1, 0.3, 0.05)])
def test_a_stem_swapped_while_it_renders_fails_and_leaves_nothing(
    studio, other: Path, excerpt: Excerpt | None
) -> None:
    kick = studio.stems / "kick.wav"
    context = _context(studio, studio.stems, excerpt)
    restore = _rewritten(kick, other)
    with pytest.raises(InputError) as caught:
        render(context, "float64")
    (problem,) = caught.value.problems
    assert (problem.kind, problem.where["stem"]) == ("source_changed", "kick")
    assert not list((studio.folder / "store" / "v1").glob("*/*/data"))
    restore()
    again = render(_context(studio, studio.stems, excerpt), "float64")
    wanted = render(_fresh(studio, excerpt), "float64")
    assert again.outputs[0].pcm_sha256 == wanted.outputs[0].pcm_sha256


def _fresh(studio, excerpt: Excerpt | None) -> Context:
    shutil.rmtree(studio.folder / "store")
    return _context(studio, studio.stems, excerpt)


def test_a_resampled_stem_is_held_to_its_hash_too(studio, noise, tmp_path: Path) -> None:
    studio.write("kick", noise(0.5, seed=3), rate_hz=44100)
    shutil.copy(studio.stems / "kick.wav", tmp_path / "other.wav")
    studio.write("kick", noise(0.5, seed=1), rate_hz=44100)
    studio.write("bass", noise(0.5))
    studio.write("keys", noise(0.5))
    context = _context(studio, studio.stems)
    _rewritten(studio.stems / "kick.wav", tmp_path / "other.wav")
    with pytest.raises(InputError, match="kick was written to"):
        render(context, "float64")
    assert not list((studio.folder / "store" / "v1").glob("*/*/data"))


def test_a_longer_or_shorter_stem_of_the_same_beginning_is_seen(studio, noise) -> None:
    whole = noise(1.0)
    for seconds in (0.5, 0.9):
        studio.write("kick", whole[:, : round(0.7 * 48000)])
        context = _context(studio, studio.stems)
        studio.write("kick", whole[:, : round(seconds * 48000)])
        with pytest.raises(InputError, match="kick"):
            render(context, "float64")


def test_a_stem_swapped_between_hash_and_inspection_is_not_remembered(
    studio, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kick, honest = studio.stems / "kick.wav", audio.inspect
    wanted = gather(read(studio.stems), studio.store("calm"), 1)

    def swapped(path: Path, start: int) -> Inspection:
        if path != kick:
            return honest(path, start)
        restore = _rewritten(kick, other)
        found = honest(path, start)
        restore()
        return found

    monkeypatch.setattr(audio, "inspect", swapped)
    with pytest.raises(InputError, match=r"kick\.wav was written to"):
        gather(read(studio.stems), studio.store(), 1)
    monkeypatch.undo()
    assert gather(read(studio.stems), studio.store(), 1) == wanted


def _zipped(names: dict[str, Path], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as bundle:
        for name, file in names.items():
            bundle.write(file, name)
    return path


def test_a_zip_replaced_while_it_renders_gives_what_was_planned_or_fails(
    studio, other: Path, tmp_path: Path
) -> None:
    files = {f"{name}.wav": studio.stems / f"{name}.wav" for name in ("bass", "kick")}
    bundle = _zipped(files, tmp_path / "song.zip")
    wanted = render(_context(studio, bundle), "float64").outputs[0].pcm_sha256
    shutil.rmtree(studio.folder / "store")
    context = _context(studio, bundle)
    _zipped(files | {"kick.wav": other}, bundle)
    assert render(context, "float64").outputs[0].pcm_sha256 == wanted
    shutil.rmtree(studio.folder / "store")  # another process dropped the copies
    with pytest.raises(StemwrightError, match="kick"):
        render(_emptied(context, studio), "float64")


def _emptied(context: Context, studio) -> Context:
    return Context(context.plan, studio.store(), context.host, Silent(), Cancel())


def test_a_damaged_copy_out_of_a_zip_is_made_again(studio, other: Path, tmp_path: Path) -> None:
    del other
    files = {f"{name}.wav": studio.stems / f"{name}.wav" for name in ("bass", "kick")}
    bundle = _zipped(files, tmp_path / "song.zip")
    context = _context(studio, bundle)
    for stem in context.plan.lanes[0].stems:
        copy = stem.files[0].path
        octets = bytearray(copy.read_bytes())
        octets[-100] ^= 1
        copy.write_bytes(octets)
    damaged = render(context, "float64").outputs[0].pcm_sha256
    assert damaged == render(_fresh(studio, None), "float64").outputs[0].pcm_sha256


def test_a_sum_whose_stem_was_swapped_heals_an_inspection_gone_wrong(
    studio, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even where the system noticed no write, the next run starts from the truth."""
    wanted = render(_context(studio, studio.stems), "float64").outputs[0].pcm_sha256
    shutil.rmtree(studio.folder / "store")
    honest = audio.inspect
    monkeypatch.setattr(
        audio,
        "inspect",
        lambda path, start: honest(other if path.stem == "kick" else path, start),
    )
    context = _context(studio, studio.stems)
    monkeypatch.undo()
    with pytest.raises(InputError, match="kick was written to"):
        render(context, "float64")
    healed = render(_context(studio, studio.stems), "float64")
    assert healed.outputs[0].pcm_sha256 == wanted


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state of the fake gain."""
    (gain,) = (each for each in fake_catalogue().plugins if each.name == "Fake Gain")
    made = FakeHost().prepare(
        PrepareJob(gain, None, (("Gain", "-6 dB"),), 48000, 512, 120.0, "x/y")
    )
    path = tmp_path / "gain.vstpreset"
    path.write_bytes(made.preset or b"")
    return path


def test_a_write_to_the_state_while_the_plugin_reads_it_is_told(studio, noise, state: Path) -> None:
    studio.write("kick", noise(0.2))
    text = HOSTED + f'state = "{state}"\n'

    class Rewriting(FakeHost):
        def prepare(self, *job, **limits):  # type: ignore[no-untyped-def]
            octets = state.read_bytes()
            state.write_bytes(octets + b" ")
            made = super().prepare(*job, **limits)
            state.write_bytes(octets)
            return made

    studio.host = Rewriting()
    with pytest.raises(InputError) as caught:
        studio.render(text)
    assert caught.value.problems[0].kind == "state_changed"
    studio.host = FakeHost()
    assert studio.render(text).steps[0].cached is False


def test_a_state_replaced_before_the_folder_is_written_leaves_the_folder(
    studio, noise, state: Path, tmp_path: Path
) -> None:
    studio.write("kick", noise(0.2))
    text = HOSTED + f'state = "{state}"\n'
    context = studio.context(text)
    made = render(context, "pcm24")
    state.write_bytes(state.read_bytes() + b" ")
    with pytest.raises(InputError, match="state of all/plugin was replaced"):
        write_folder(context, made, studio.chain(text), "pcm24", tmp_path / "out")
    assert not (tmp_path / "out").exists()
