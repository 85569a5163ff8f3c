"""New files take the old ones' place: matched, whole or not at all, and only their lanes render."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.gathering import Silent, link
from bridge.jobs import load_job, place, planned_replacement, song_moves, song_session
from bridge.rendering import context_of, render
from bridge.storing import Store
from sessions import read
from stemwright.problems import InputError
from tests.bridge.jobs.replacing.conftest import part

Write = Callable[..., Path]


def late(samples: np.ndarray, frames: int) -> np.ndarray:
    return np.concatenate([np.zeros((frames, samples.shape[1])), samples])


def stems_of(song: Path) -> dict[str, list[str]]:
    """The files of every stem of a job, seen from its folder."""
    job = load_job(song)
    tracks = song_session(job, read(job.stems)).tracks
    return {
        track.id: [
            media.path.resolve().relative_to(song.parent.resolve()).as_posix()
            for media in (track.clips[0].media, track.clips[0].right)
            if media is not None
        ]
        for track in tracks
    }


def kinds(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.kind for problem in error.value.problems]


def test_a_new_file_takes_the_stems_name_and_the_old_one_stays(song: Path, write: Write) -> None:
    old = (song.parent / "stems" / "Lead Vox.wav").read_bytes()
    new = write("in/lead vox v2.wav", part(1) * 0.5)
    placed = place(planned_replacement(load_job(song), [new]))
    assert placed.folder == song.parent / "replaced" / "1"
    assert stems_of(song) == {
        "Bass": ["stems/Bass.wav"],
        "Lead Vox": ["replaced/1/Lead Vox.wav"],
        "Vox Double": ["stems/Vox Double.wav"],
    }
    assert (placed.folder / "Lead Vox.wav").read_bytes() == new.read_bytes()
    assert (song.parent / "stems" / "Lead Vox.wav").read_bytes() == old
    assert '[stem."Lead Vox"]  # as asked' in song.read_text("utf-8")
    assert placed.before == ("stems",)


def test_a_second_replacement_is_a_set_of_its_own(song: Path, write: Write) -> None:
    for number in (1, 2):
        new = write(f"in{number}/Lead Vox.wav", part(1) * 0.1 * number)
        assert place(planned_replacement(load_job(song), [new])).folder.name == str(number)
    assert stems_of(song)["Lead Vox"] == ["replaced/2/Lead Vox.wav"]
    assert (song.parent / "replaced" / "1" / "Lead Vox.wav").is_file()


@pytest.mark.parametrize("frames", [137, -137])
@pytest.mark.parametrize("kind", ["PCM_16", "PCM_24", "FLOAT"])
def test_alignment_takes_whole_samples_out_and_changes_none(
    song: Path, write: Write, frames: int, kind: str
) -> None:
    sound = late(part(1), 500)
    write("stems/Lead Vox.wav", sound)
    new = write("in/Lead Vox.wav", late(part(1), 500 + frames), kind)
    planned = planned_replacement(load_job(song), [new], align=True)
    assert planned.replaced[0].taken_out_frames == frames
    target = place(planned).folder / "Lead Vox.wav"
    found, given = (
        soundfile.read(each, dtype="int32" if kind != "FLOAT" else "float32")[0]
        for each in (target, new)
    )
    np.testing.assert_array_equal(found[500:], given[500 + frames :])
    assert soundfile.info(target).subtype == kind
    assert planned_replacement(load_job(song), [new]).replaced[0].difference.offset_frames == frames


def test_a_file_is_known_by_its_sound_where_its_name_says_nothing(song: Path, write: Write) -> None:
    new = write("in/Audio 07.wav", late(part(0), 20) * 0.9)
    (found,) = planned_replacement(load_job(song), [new]).replaced
    assert (found.stem, found.by, found.difference.offset_frames) == ("Bass", "sound", 20.0)


def test_of_two_stems_that_a_name_may_mean_the_sound_tells(song: Path, write: Write) -> None:
    new = write("in/vox.wav", part(2))
    (found,) = planned_replacement(load_job(song), [new]).replaced
    assert (found.stem, found.by) == ("Vox Double", "name")


def test_what_may_be_for_two_is_refused_with_how_to_say_it(song: Path, write: Write) -> None:
    new = write("in/vocals.wav", part(9))
    with pytest.raises(InputError) as error:
        planned_replacement(load_job(song), [new])
    assert kinds(error) == ["replacement_ambiguous"]
    (problem,) = error.value.problems
    assert '"Lead Vox" or "Vox Double"' in problem.message
    assert f"--as 'Lead Vox={new}'" in str(problem.hint)
    said = planned_replacement(load_job(song), [new], [f"lead vox={new}"])
    assert [(each.stem, each.by) for each in said.replaced] == [("Lead Vox", "said")]


def test_two_files_for_one_stem_are_refused(song: Path, write: Write) -> None:
    files = [write("in/Bass v2.wav", part(0)), write("in/Bass v3.wav", part(0))]
    with pytest.raises(InputError) as error:
        planned_replacement(load_job(song), files)
    assert kinds(error) == ["replacement_ambiguous"]


def test_a_file_for_nothing_is_told_beside_others_and_refused_alone(
    song: Path, write: Write
) -> None:
    stray, bass = write("in/Audio 07.wav", part(9)), write("in/Bass new.wav", part(0))
    found = planned_replacement(load_job(song), [stray, bass])
    assert ([each.stem for each in found.replaced], found.unmatched) == (["Bass"], (stray,))
    with pytest.raises(InputError) as error:
        planned_replacement(load_job(song), [stray])
    assert kinds(error) == ["nothing_matched"]


@pytest.mark.parametrize(
    ("said", "kind"),
    [("Drums={new}", "unknown_stem"), ("Bass={new}x", "usage"), ("Bass", "usage"), ("=x", "usage")],
)
def test_what_is_said_wrongly_is_refused(song: Path, write: Write, said: str, kind: str) -> None:
    new = write("in/Audio 07.wav", part(9))
    with pytest.raises(InputError) as error:
        planned_replacement(load_job(song), [new], [said.format(new=new)])
    assert kinds(error) == [kind]


def test_a_stem_does_not_replace_itself(song: Path) -> None:
    with pytest.raises(InputError) as error:
        planned_replacement(load_job(song), [song.parent / "stems" / "Bass.wav"])
    assert kinds(error) == ["own_stem"]


def test_one_file_takes_the_place_of_a_pair_and_a_pair_that_of_one(
    song: Path, write: Write
) -> None:
    sound = part(5)
    for at, side in enumerate("LR"):
        write(f"stems/Keys.{side}.wav", sound[:, at])
    place(planned_replacement(load_job(song), [write("in/Keys new.wav", sound)]))
    assert stems_of(song)["Keys"] == ["replaced/1/Keys.wav"]
    pair = [write(f"in2/Keys.{side}.wav", sound[:, at]) for at, side in enumerate("LR")]
    found = planned_replacement(load_job(song), pair)
    assert found.replaced[0].difference.spans == ()
    place(found)
    assert stems_of(song)["Keys"] == ["replaced/2/Keys.L.wav", "replaced/2/Keys.R.wav"]


def test_a_rough_mix_among_the_stems_stays_one(song: Path, write: Write) -> None:
    write("stems/rough mix.wav", part(0) + part(1))
    place(planned_replacement(load_job(song), [write("in/Bass.wav", part(0))]))
    assert set(stems_of(song)) == {"Bass", "Lead Vox", "Vox Double"}
    assert [each.name for each in read(load_job(song).stems).references] == ["rough mix"]


def test_a_job_that_names_other_stems_meanwhile_is_not_changed(song: Path, write: Write) -> None:
    planned = planned_replacement(load_job(song), [write("in/Bass.wav", part(0))])
    (song.parent / "stems").rename(song.parent / "moved")
    text = song.read_text("utf-8").replace('"stems"', '"moved"')
    song.write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        place(planned)
    assert song.read_text("utf-8") == text


def test_a_file_that_no_render_would_take_is_refused(song: Path, write: Write) -> None:
    samples = part(0)
    samples[100] = np.nan
    with pytest.raises(InputError) as error:
        planned_replacement(load_job(song), [write("in/Bass.wav", samples, "FLOAT")])
    assert kinds(error) == ["not_finite"]


def test_a_file_of_more_channels_than_a_stem_has_is_refused(song: Path, write: Write) -> None:
    before = song.read_text("utf-8")
    wide = write("in/Bass.wav", np.repeat(part(0)[:, :1], 6, axis=1))
    with pytest.raises(InputError) as error:
        planned_replacement(load_job(song), [], [f"Bass={wide}"])
    assert kinds(error) == ["too_many_channels"]
    assert song.read_text("utf-8") == before


def test_a_stem_that_no_render_would_take_is_mended(song: Path, write: Write) -> None:
    samples = part(0)
    samples[16000:17600] = np.nan
    write("stems/Bass.wav", samples, "FLOAT")
    (found,) = planned_replacement(load_job(song), [write("in/Bass.wav", part(0))]).replaced
    assert found.difference.offset_frames == 0.0
    assert [(each.start_s, each.end_s) for each in found.difference.spans] == [(1.0, 1.1)]


@pytest.mark.parametrize("loud", [0.0, 1.0])
def test_silence_has_no_offset(song: Path, write: Write, loud: float) -> None:
    write("stems/Bass.wav", part(0) * loud)
    (found,) = planned_replacement(load_job(song), [write("in/Bass.wav", part(0) * 0.0)]).replaced
    told = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert told["offset_frames"] is None
    assert len(told["differs"]) == loud


def test_only_the_lanes_of_new_files_render(song: Path, write: Write) -> None:
    store = Store(song.parent / "store")

    def rendered_again() -> set[str]:
        job = load_job(song)
        session = song_session(job, read(job.stems))
        linked = link(session, job.chain, store, moves=song_moves(job, session))
        found = render(context_of(linked, store, events=Silent(), jobs=1), "float64")
        return {step.id.partition("/")[0] for step in found.steps if not step.cached}

    assert rendered_again() >= {"vocals", "music", "plate"}
    assert rendered_again() == set()
    place(planned_replacement(load_job(song), [write("in/Bass.wav", part(0) * 0.9)]))
    again = rendered_again()
    assert "music" in again
    assert not again & {"vocals", "plate"}
