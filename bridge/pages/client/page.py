"""What the page says: takes to listen to, a place for notes, and what became of earlier ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bridge.comparing import check_outputs
from bridge.pages import clock, document, embedded, part, players, saved, section, tag, text
from bridge.pages.beside import beside_parts, in_one_section
from bridge.pages.client.takes import ClientTake, colours_of, compared, deck_of, heard_of
from bridge.pages.client.words import PLAIN
from bridge.pages.report import Heard
from bridge.storing import Store, digest
from stemwright.problems import Problem

PAGE_SCHEMA = 1
"""Of the JSON file that the page saves."""


@dataclass(frozen=True)
class ClientNote:
    """A note that came back earlier; without `answers` it is open."""

    id: str
    take: str
    from_s: float
    to_s: float | None
    name: str
    words: str
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClientSong:
    """All that a page is about; `name` tells the song's notes from another's.

    `left_out` says which revisions are no takes, and why.
    """

    name: str
    artist: str
    takes: tuple[ClientTake, ...]
    notes: tuple[ClientNote, ...] = ()
    left_out: tuple[Problem, ...] = ()


def write_client_page(path: Path, song: ClientSong, store: Store) -> None:
    """Write the page of a song with at least one take, the newest last.

    The same song gives the same bytes. Raises InputError for takes that cannot be read, and as
    `bridge.comparing.check_outputs` does for the path; MachineError where the disk refuses.
    """
    check_outputs({"page": path}, [take.path for take in song.takes], such_as="song")
    heard = [heard_of(take, store) for take in song.takes]
    deck = deck_of(song.takes, heard, store)
    named = [
        {"name": take.name, "digest": one.digest}
        for take, one in zip(song.takes, heard, strict=True)
    ]
    held = {
        "schema": PAGE_SCHEMA,
        "job": song.name,
        "page": digest("client.page", job=song.name, takes=named),
        "takes": named,
        "earlier": [{"from_s": each.from_s, "to_s": each.to_s} for each in song.notes],
    }
    carried = [each.excerpt.coded_file for each in deck.tracks]
    body = tag("header", _heading(song)) + tag(
        "main",
        section("Listen", players([deck]) + _writing())
        + section("Your notes", _own())
        + section("Earlier notes", _earlier(song.notes))
        + section("What was sent", _sent(song.takes))
        + _beside(song, heard, store),
    )
    body += embedded(held, "client") + tag("script", part("bridge.pages.client", "notes.js"))
    styles = part("bridge.pages.client", "page.css")
    whole = document(f"{song.name}: listen and note", body, styles)
    saved(path, whole, [each for each in carried if each is not None])


def _beside(song: ClientSong, heard: Sequence[Heard], store: Store) -> str:
    """The newest take beside the others; nothing where there is one alone."""
    beside = compared(song.takes, heard, store)
    parts = beside_parts(beside, PLAIN, colours_of(song.takes)) if beside.told else []
    return in_one_section(f"{song.takes[-1].name} beside the others", parts)


def _heading(song: ClientSong) -> str:
    artist = f"{text(song.artist)} \N{MIDDLE DOT} " if song.artist else ""
    said = (
        f"{artist}Switch between the takes while they play. Click on the waveform, or drag over a "
        "part of it, to note what you want changed there; then save your notes and send the file "
        "back."
    )
    return tag("h1", text(song.name)) + tag("p", said)


def _writing() -> str:
    """Where a note is written; hidden until a place was chosen."""
    fields = (
        tag("p", tag("b", "", id="note-place"))
        + tag(
            "label",
            "Your name " + tag("input", "", id="note-name", maxlength="100", autocomplete="name"),
        )
        + tag(
            "label",
            "What should change here? "
            + tag("textarea", "", id="note-words", rows="3", maxlength="4000"),
        )
        + tag("p", "", id="note-fault", role="alert", class_="warn", hidden="")
        + tag(
            "div",
            tag("button", "Keep this note", type="submit", class_="play", id="note-keep")
            + tag("button", "Cancel", type="button", id="note-cancel")
            + tag("span", "Ctrl+Enter keeps it, Escape cancels.", class_="hint"),
            class_="transport",
        )
    )
    opener = tag(
        "div",
        tag("button", tag("kbd", "m") + " Note here", type="button", id="note-here")
        + tag("span", "notes the moment that plays, or the loop you set.", class_="hint"),
        class_="transport",
    )
    form = tag("form", fields, id="note-form", class_="card", hidden="", autocomplete="off")
    return opener + form


def _own() -> str:
    save = tag("button", "Save notes as a file", type="button", id="note-save", disabled="")
    undo = tag("button", "Undo", type="button", id="note-undo", hidden="")
    status = tag("output", "No notes yet.", id="note-status")
    return tag("ol", "", id="note-list", class_="notes") + tag(
        "div", save + status + undo, class_="transport"
    )


def _earlier(notes: Sequence[ClientNote]) -> str:
    """Every note that came back, beside what was done about it."""
    return tag("ul", "".join(_answered(each) for each in notes), class_="notes") if notes else ""


def _answered(note: ClientNote) -> str:
    ends = clock(note.from_s) + ("" if note.to_s is None else f"\N{EN DASH}{clock(note.to_s)}")
    place = tag("button", ends, type="button", class_="at", data_at=f"{note.from_s:.3f}")
    who = text(note.name or "no name")
    on = f", on {text(note.take)}" if note.take else ""
    said = tag("p", place + tag("small", f"{who}{on}")) + tag("p", text(note.words), class_="said")
    done = (
        tag("ul", "".join(tag("li", text(each)) for each in note.answers), class_="done")
        if note.answers
        else tag("p", "open", class_="open")
    )
    return tag("li", tag("div", said) + tag("div", done, class_="answer"))


def _sent(takes: Sequence[ClientTake]) -> str:
    rows = "".join(
        tag("dt", f"{text(each.name)} {tag('small', text(each.sent))}")
        + tag("dd", text(each.words))
        for each in takes
        if each.words
    )
    return tag("dl", rows, class_="sent") if rows else ""
