"""The client's page in a real browser: notes are written, kept, saved, merged, and answered."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from bridge.cli.app import app
from bridge.jobs import client_song, load_job
from stemwright.problems import InputError

SIZE = (1400, 900)


def _page(song: Path, run: Callable[..., Any]) -> Path:
    page = song.parent / "page.html"
    said = run("page", song, "-o", page)
    assert said.code == 0, said
    return page


def _plain(coded: str) -> Any:
    return json.loads(base64.b64decode(coded))


def test_notes_are_written_saved_merged_and_answered_on_the_next_page(
    song: Path,
    command_line: Any,
    browse: Callable[..., dict[str, str]],
    rendered: Callable[[Path], None],
    sent: Callable[[Path, str], None],
) -> None:
    run = command_line(app)
    page = _page(song, run)
    figures = page.read_text(encoding="utf-8").split("<h2>r0 beside the others")[1]
    told, spectra = figures.split("<h3>Bass to treble")
    assert "rough mix" in told.split("<svg")[0]
    assert "What r0 has more of" in told
    drawn, services = spectra.split("<h3>On streaming services")
    assert "All as loud as r0" in drawn
    for name in ("r0", "rough mix", "other song", "Spotify"):
        assert f">{name}" in services
    seen = browse(page, "client", given={}, size=SIZE)
    assert "error" not in seen
    assert "hacked" not in seen
    assert (seen["done"], seen["start"]) == ("yes", "No notes yet.")
    assert int(seen["wide"]) <= 0
    assert (seen["place"], seen["focus"]) == ("Note at 0:00.50 on r0", "note-name")
    assert (seen["fault"], seen["typed"]) == ("Write what should change here.", "true")
    assert (seen["escaped"], seen["here"]) == ("true 2", "Note at 0:00.20 on rough mix")
    assert seen["listed"] == "0:00.20 0:00.50 0:01.00\N{EN DASH}0:01.50"
    assert (seen["deleted"], seen["undone"], seen["own"]) == ("2", "3", "2")
    assert seen["sought"] == "0:01.00"
    assert seen["unsaved"] == "2 notes, kept in this browser, not saved as a file yet."
    assert seen["status"] == "2 notes, saved."
    assert seen["file"] == "notes-Riverside-script-Drive-Ann-b.json"

    told = _plain(seen["saved"])
    assert [*told] == ["schema", "job", "page", "takes", "notes"]
    assert [each["name"] for each in told["takes"]] == ["rough mix", "other song", "r0"]
    rows = [(e["take"], e["from_s"], e["to_s"], e["name"], e["words"]) for e in told["notes"]]
    hostile = '<img src=x onerror="document.documentElement.dataset.hacked=1"></script>'
    assert rows == [
        ("r0", 0.5, None, "Ann <b>", "vocals up a touch, please"),
        ("r0", 1.0, 1.5, "Ann <b>", hostile),
    ]
    file = song.parent / "notes.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    assert run("revise", song, "--notes", file, "--apply-rides").code == 0
    rendered(song)
    sent(song, "Vocals up")

    again = browse(
        _page(song, run), "client", given={"storage": seen["storage"]}, size=SIZE, scheme="dark"
    )  # fmt: skip
    assert "error" not in again
    assert "hacked" not in again
    assert unescape(again["earlier"]) == (
        f"vocals up a touch, please | vocals ride +0.5 dB | {hostile} | open"
    )
    assert (again["marks"], again["remembered"]) == ("2", "Ann &lt;b&gt;")
    assert again["kept"] == "0"  # another page: another take came
    light, dark = (sum(map(int, re.findall(r"\d+", e["paper"])[:3])) for e in (seen, again))
    assert light > 600 > 150 > dark


def test_a_page_made_again_keeps_the_notes_and_fits_a_phone(
    song: Path, command_line: Any, browse: Callable[..., dict[str, str]]
) -> None:
    run = command_line(app)
    page = _page(song, run)
    (key,) = re.findall(r'"page":"([0-9a-f]+)"', page.read_text("utf-8"))
    note = {"id": "1", "take": "r0", "from_s": 1, "to_s": None, "name": "A", "words": "w" * 90}
    kept = {f"stemwright notes Riverside </script> Drive {key}": json.dumps([note, {"id": 3}])}
    stored = base64.b64encode(json.dumps(kept).encode()).decode()
    first = page.read_bytes()
    seen = browse(_page(song, run), "client", given={"storage": stored}, phone=True)
    assert page.read_bytes() == first
    assert "error" not in seen
    assert (seen["kept"], seen["done"]) == ("1", "yes")
    assert int(seen["wide"]) <= 0


def test_titles_and_words_are_text_and_nothing_is_fetched(song: Path, command_line: Any) -> None:
    text = _page(song, command_line(app)).read_text("utf-8")
    assert text.count("</script>") == text.count("<script")
    assert "First mix &amp; &lt;i&gt;more&lt;/i&gt;" in text
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)=", re.sub(r"<script.*?</script>", "", text, flags=re.S))


def test_takes_are_as_loud_as_the_newest_and_lie_beside_each_other(
    song: Path, command_line: Any
) -> None:
    run = command_line(app)
    text = _page(song, run).read_text("utf-8")
    (held,) = re.findall(r'id="excerpts">(.*?)</script>', text)
    signals = json.loads(held)["signals"]
    assert {each["frames"] for each in signals} == {2 * 32000}
    master = song / "revisions" / "r0" / "main.wav"
    told = json.loads(run("measure", song / "rough.wav", master, "--json").out)["files"]
    apart_lu = told[1]["integrated_lufs"] - told[0]["integrated_lufs"]
    asked = signals[0]["gain_db"] - signals[2]["gain_db"]
    assert asked == pytest.approx(apart_lu, abs=0.01)


def test_a_draft_that_was_not_sent_is_a_take_and_the_songs_notes_are_ordered(
    song: Path, command_line: Any, rendered: Callable[[Path], None]
) -> None:
    job = song / "job.toml"
    job.write_text(
        job.read_text("utf-8") + '[group.vocals]\ngain_db = 1.0\n'
        '[[section]]\nname = "b"\nfrom = 1\nto = 2\nwords = "late"\nnote = { id = "2" }\n'
        'answer = "de-esser a dB more"\n'
        '[[section]]\nname = "a"\nfrom = 0\nto = 1\nwords = "early"\nnote = { id = "1" }\n'
        '[[section]]\nname = "c"\nfrom = 0\nto = 1\nwords = "no note"\n',
        encoding="utf-8",
    )  # fmt: skip
    assert [each.name for each in client_song(song).takes][-1] == "r0"
    rendered(song)
    shown = client_song(song)
    assert [each.name for each in shown.takes][-2:] == ["r0", "draft"]
    assert [(each.words, each.answers) for each in shown.notes] == [
        ("early", ()),
        ("late", ("de-esser a dB more",)),
    ]
    assert load_job(song).sections[0].answer == "de-esser a dB more"
    said = json.loads(command_line(app)("page", song, "-o", song / "x.html", "--json").out)
    assert said["takes"] == ["rough mix", "other song", "r0", "draft"]


EDITED = "r0: main.wav was edited since it was sent"


def test_what_was_edited_since_it_was_sent_is_told_and_not_used(
    song: Path, command_line: Any
) -> None:
    run = command_line(app)
    master = song / "revisions" / "r0" / "main.wav"
    master.write_bytes(master.read_bytes() + b"x")
    shown = client_song(song)
    assert [each.name for each in shown.takes] == ["rough mix", "other song", "draft"]
    assert [(each.kind, each.message) for each in shown.left_out] == [("revision_changed", EDITED)]
    said = run("page", song, "-o", song.parent / "p.html")
    assert (said.code, f"{EDITED}; the page leaves that revision out" in said.err) == (0, True)
    assert (song.parent / "p.html").exists()


def test_a_song_of_which_only_an_edited_revision_is_left_has_no_page(
    song: Path, command_line: Any
) -> None:
    run = command_line(app)
    master = song / "revisions" / "r0" / "main.wav"
    master.write_bytes(master.read_bytes() + b"x")
    shutil.rmtree(song / "draft")
    with pytest.raises(InputError, match="edited since"):
        client_song(song)
    assert run("page", song, "-o", song.parent / "p.html").code == 2
    assert not (song.parent / "p.html").exists()


def test_a_page_over_what_it_reads_and_a_job_without_a_master_are_refused(
    song: Path, command_line: Any
) -> None:
    run = command_line(app)
    before = (song / "rough.wav").read_bytes()
    said = run("page", song, "-o", song / "rough.wav", "--json").out
    assert "page_over_input" in said
    assert "such as song.html" in said
    assert (song / "rough.wav").read_bytes() == before
    (song / "draft").rename(song / "elsewhere")
    (song / "revisions").rename(song / "past")
    assert "no_draft" in run("page", song, "-o", song / "p.html", "--json").out


def test_what_was_changed_since_answers_notes_that_name_it(
    song: Path, rendered: Callable[[Path], None]
) -> None:
    said = {
        "1": "the vocals are too quiet", "2": "vocals down", "3": "music up", "4": "more air",
        "5": "vocals brighter, more presence",
    }  # fmt: skip
    notes = "".join(
        f'[[section]]\nname = "{n}"\nfrom = {n}\nto = 9\nwords = "{words}"\n'
        f'note = {{ id = "{n}", take = "r0" }}\n'
        for n, words in said.items()
    )
    job = song / "job.toml"
    text = job.read_text("utf-8")
    job.write_text(
        f"{text}\n[group.vocals]\ngain_db = 1.0\ntrim_db = -0.5\n{notes}", encoding="utf-8"
    )
    assert {each.answers for each in client_song(song).notes} == {()}
    rendered(song)
    found = {each.id: each.answers for each in client_song(song).notes}
    assert found["1"] == ("vocals fader +1 dB, from 0 dB to +1 dB",)
    assert [each[:11] for each in found["5"]] == ["vocals trim"]
    assert {found[each] for each in "234"} == {()}


def test_a_stems_gain_and_a_replaced_stem_answer_notes_on_it_and_on_its_group(
    song: Path, rendered: Callable[[Path], None]
) -> None:
    said = {
        "1": "vox up please", "2": "the vocals louder", "3": "vox down", "4": "music louder",
        "5": "more presence on the keys", "6": "vox less harsh",
    }  # fmt: skip
    notes = "".join(
        f'[[section]]\nname = "{n}"\nfrom = {n}\nto = 9\nwords = "{words}"\n'
        f'note = {{ id = "{n}", take = "r0" }}\n'
        for n, words in said.items()
    )
    job = song / "job.toml"
    job.write_text(f"{job.read_text('utf-8')}\n[stem.vox]\ngain_db = 0.5\n{notes}", "utf-8")
    keys = song / "stems" / "keys.wav"
    keys.write_bytes((song / "rough.wav").read_bytes())
    rendered(song)
    shown = {each.id: each.answers for each in client_song(song).notes}
    assert shown == {
        "1": ("stem vox gain +0.5 dB, from 0 dB to +0.5 dB",),
        "2": ("stem vox gain +0.5 dB, from 0 dB to +0.5 dB",),
        "3": (),
        "4": (),
        "5": ("stem keys replaced",),
        "6": (),
    }


@pytest.mark.parametrize("name", ["draft/chain.lock", "job.toml"])
def test_a_draft_that_cannot_be_compared_has_its_page_all_the_same(
    song: Path, rendered: Callable[[Path], None], sent: Callable[[Path, str], None], name: str
) -> None:
    job = song / "job.toml"
    notes = '[[section]]\nname = "1"\nfrom = 0\nto = 1\nwords = "vox up"\n'
    note = 'note = { id = "1", take = "r0" }\n'
    job.write_text(f"{job.read_text('utf-8')}\n[stem.vox]\ngain_db = 0.5\n{notes}{note}", "utf-8")
    rendered(song)
    sent(song, "second")
    job.write_text(job.read_text("utf-8").replace("0.5", "0.7"), "utf-8")
    rendered(song)
    assert client_song(song).notes[0].answers == ("stem vox gain +0.7 dB, from 0 dB to +0.7 dB",)
    (song / name).unlink()
    shown = client_song(song)
    assert [each.name for each in shown.takes][-3:] == ["r0", "r1", "draft"]
    assert [each.answers for each in shown.notes] == [()]
