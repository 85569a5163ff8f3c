"""What is frozen is whole or is told, takes what was said, and is shared by revisions."""

from __future__ import annotations

import json

import pytest

from bridge.jobs import frozen_songs
from bridge.jobs.freezing.frozen_songs import list_digest
from tests.bridge.jobs.freezing.conftest import Song, notes

pytestmark = pytest.mark.usefixtures("prepared_once", "no_report")

STEPS = ["vocals/warm", "music/half", "music/half@thin"]


@pytest.mark.parametrize("damage", ["flipped", "cut", "gone", "list"])
def test_what_is_damaged_is_told_and_never_used(frozen: Song, damage: str) -> None:
    songs = frozen_songs(frozen.folder)
    path = songs.audio(next(step for step in songs.lists[0].steps if step.step == "vocals/warm"))
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 1
    if damage == "gone":
        path.unlink()
    elif damage == "list":
        listed = frozen.folder / "frozen/draft.json"
        listed.write_text(listed.read_text().replace("-1.0", "-1.5").replace("8000", "9000"))
    else:
        path.write_bytes(octets if damage == "flipped" else octets[:-9])
    _, problems = frozen.refused()
    kinds = [each["kind"] for each in problems]
    if damage == "list":
        assert kinds == ["plugin_not_found"] * 2 + ["frozen_damaged"]
        assert problems[-1]["where"]["file"].endswith("draft.json")
    else:
        assert kinds == ["frozen_damaged"]
        assert "vocals/warm" in problems[0]["message"]


def test_frozen_again_what_was_damaged_is_whole(frozen: Song) -> None:
    path = next((frozen.folder / "frozen/audio").iterdir())
    path.write_bytes(b"nothing of ours")
    frozen.here()
    assert frozen.run("freeze", frozen.folder).code == 0  # the store is empty: it renders again
    frozen.gone("a third store")
    assert len(notes(frozen.render(), "stands_in")) == 2


def test_what_the_store_has_lost_needs_its_plugins(song: Song) -> None:
    song.render()
    song.gone()
    said = song.run("freeze", song.folder, "--json")
    assert said.code == 3
    assert '"plugin_not_found"' in said.out
    assert not list((song.folder / "frozen").glob("*.json"))


def test_its_size_is_told_before(song: Song) -> None:
    song.render()
    told = json.loads(song.run("freeze", song.folder, "--dry-run", "--json").out)
    assert not (song.folder / "frozen").exists()
    assert [each["step"] for each in told["steps"]] == STEPS
    done = json.loads(song.run("freeze", song.folder, "--json").out)
    taken = sum(path.stat().st_size for path in (song.folder / "frozen/audio").iterdir())
    assert done["bytes"] == taken == told["bytes"]
    frames = 6000 + 80000
    assert [each["pcm_bytes"] for each in done["steps"]] == [8 * frames, 16 * frames, 16 * frames]


def test_a_revision_shares_what_is_frozen(song: Song) -> None:
    song.render()
    assert song.run("freeze", song.folder).code == 0
    audio = {path: path.stat().st_mtime_ns for path in (song.folder / "frozen/audio").iterdir()}
    song.edit("gain_db = -1.0", "gain_db = 0.5")
    song.render()
    sent = song.run("send", song.folder, "--words", "louder", "--freeze", "--json")
    assert sent.code == 0, sent.err + sent.out
    taken = sum(path.stat().st_size for path in audio)
    assert json.loads(sent.out)["frozen_bytes"] == taken
    assert {path: path.stat().st_mtime_ns for path in audio} == audio
    assert set((song.folder / "frozen/audio").iterdir()) == set(audio)
    assert [each.revision for each in frozen_songs(song.folder).lists] == ["draft", "r0"]


@pytest.mark.parametrize(("words", "kind"), [((), "no_draft"), (("r7",), "no_revision")])
def test_what_is_not_there(song: Song, words: tuple[str, ...], kind: str) -> None:
    said = song.run("freeze", song.folder, *words, "--json")
    assert said.code == 2
    assert f'"{kind}"' in said.out


def test_a_sent_revision_is_there_again(song: Song) -> None:
    song.render()
    assert song.run("send", song.folder, "--words", "first", "--freeze").code == 0
    song.gone()
    assert len(notes(song.render(), "stands_in")) == 2  # with drive and length held
    sent = song.folder / "revisions/r0"
    assert song.masters() == song.masters(sent)


def test_an_edited_revision_is_not_frozen(song: Song) -> None:
    song.render()
    assert song.run("send", song.folder, "--words", "first").code == 0
    lock = song.folder / "revisions/r0/chain.lock"
    lock.write_text(lock.read_text().replace("48", "47"))
    said = song.run("freeze", song.folder, "r0", "--json")
    assert said.code == 2
    assert '"revision_changed"' in said.out
    assert not (song.folder / "frozen").exists()


def test_what_no_revision_names_any_more_goes(song: Song) -> None:
    song.render()
    assert song.run("freeze", song.folder).code == 0
    audio = song.folder / "frozen/audio"
    before = {path.name for path in audio.iterdir()}
    (audio / ".half.0123456789abcdef.part").write_bytes(b"a killed run's")
    song.edit("gain_db = 2 }", "gain_db = 3 }")
    song.render()
    assert song.run("freeze", song.folder).code == 0
    after = {path.name for path in audio.iterdir()}
    assert len(after) == 3
    assert len(after & before) == 2


@pytest.mark.parametrize("word", ["loud_frames", "diagnostics", "level_out"])
def test_a_list_without_a_word_is_damaged(frozen: Song, word: str) -> None:
    path = frozen.folder / "frozen/draft.json"
    told = json.loads(path.read_text())
    del told["steps"][0]["meta"][word]
    told["digest"] = list_digest(told)
    path.write_text(json.dumps(told))
    songs = frozen_songs(frozen.folder)
    assert not songs.lists
    assert [each.kind for each in songs.damaged] == ["frozen_damaged"]
