"""Names from files show as text on every command's way out, and steer no terminal."""

from __future__ import annotations

import ast
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unicodedata import category

import numpy as np
import pytest
import soundfile
import typer

import bridge
from bridge.cli.app import app
from bridge.cli.printing import print_json, printable, say, show_table
from bridge.cli.progress import ProgressBar

pytestmark = pytest.mark.usefixtures("crew_kept")

CLIPBOARD = "\x1b]52;c;aGVsbG8=\x07"  # OSC 52
HOSTILE = f"{CLIPBOARD}\nerror: forged\x9b31m\u202e"
UNDECODABLE = b"raw\xff".decode("utf-8", "surrogateescape")


def _steering(text: str) -> set[str]:
    kinds = ("Cc", "Cf", "Cs", "Zl", "Zp")
    return {each for each in text if category(each) in kinds} - set("\n\u200c\u200d")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (CLIPBOARD, r"\x1b]52;c;aGVsbG8=\x07"),
        ("a\nb\r\tc\x7f", r"a\nb\r\tc\x7f"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202eevil\u2066", r"\u202eevil\u2066"),
        ("a\u2028b\u200bc\ufeff", r"a\u2028b\u200bc\ufeff"),
        ("\U000e0041", r"\U000e0041"),
        (UNDECODABLE, r"raw\xff"),
        ("\ud800", r"\ud800"),
        ("Zoë 日本 🎛️ C:\\new\\tone [bold]", "Zoë 日本 🎛️ C:\\new\\tone [bold]"),
        ("ab\u200ccd", "ab\u200ccd"),
    ],
)
def test_what_steers_is_written_out_and_all_else_stays(name: str, shown: str) -> None:
    assert printable(name) == shown
    assert printable(shown) == shown


def test_a_line_stays_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"one {HOSTILE}", "two")
    show_table(("name",), [(HOSTILE,), ("[red]",)], title=HOSTILE, piped_width=300)
    out = capsys.readouterr().out
    assert out.splitlines()[1] == "two"
    assert not _steering(out)
    assert "[red]" in out
    assert not any(line.startswith("error") for line in out.splitlines())


def test_json_holds_the_names_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    names = {"a": HOSTILE, "b": UNDECODABLE, "c": "\U000e0041\x7f\u2028 Zoë"}
    print_json(names)
    out = capsys.readouterr().out
    assert not _steering(out)
    assert "Zoë" in out
    assert json.loads(out) == names


def test_a_small_alphabet_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), "ascii")
    monkeypatch.setattr("sys.stdout", stream)
    say("Zoë")
    assert stream.buffer.getvalue() == b"Zo\\xeb\n"


def test_the_progress_bar_shows_names_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    with ProgressBar() as bar:
        bar.stage(f"[red]{HOSTILE}")
        bar.busy(HOSTILE)
        bar.busy("another")
    shown = screen.getvalue()
    assert r"\x1b]52;c;aGVsbG8=\x07\nerror: forged\x9b31m\u202e" in shown
    assert "\x1b]" not in shown
    assert not set("\x07\x9b\u202e") & set(shown)


def _calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def test_there_is_one_way_to_a_screen() -> None:
    """Only printing.py writes; what hosts plugins runs in children whose output is caught."""
    others = {"print", "typer.echo", "typer.secho", "click.echo", "sys.stdout.write"}
    others |= {"sys.stderr.write", "Console", "Table", "rich.print"}
    allowed = {"printing.py", "progress.py"}
    for path in Path(bridge.__file__).parent.rglob("*.py"):
        if path.name not in allowed:
            assert not others & set(_calls(ast.parse(path.read_text("utf-8")))), path


REAPER = """<REAPER_PROJECT 0.1 "7.0/linux" 1700000000
  TEMPO 120 4 4
  <TRACK
    NAME "{name}"
  >
>
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """Stems, a chain, a session and a plugin with hostile names, in a folder with one."""
    undecodable = UNDECODABLE if sys.platform == "linux" else ""  # others refuse such a name
    folder = tmp_path_factory.mktemp("hostile") / f"client {HOSTILE}{undecodable}"
    stems, plugins = folder / "stems", folder / "plugins"
    stems.mkdir(parents=True)
    for seed, name in enumerate((f"kick {HOSTILE}", "bass\r", "lead\u2066 vox")):
        noise = 0.05 * np.random.default_rng(seed).standard_normal((48000, 2))
        with (stems / f"{name}.wav").open("wb") as file:
            soundfile.write(file, noise, 48000, "PCM_24", format="WAV")
    chain = folder / f"chain{HOSTILE}.toml"
    chain.write_text(
        "schema = 1\nname = " + json.dumps(HOSTILE) + "\n"
        '[[group]]\nid = "all"\nstems = ["*"]\ninsert = [{ use = "gain" }]\n',
        encoding="utf-8",
    )
    wrong = folder / "wrong.toml"
    wrong.write_text(f'schema = 1\nname = "x"\n{json.dumps(HOSTILE)} = 1\n', encoding="utf-8")
    session = folder / f"song{HOSTILE}.rpp"
    session.write_text(REAPER.format(name="\x1b]52;c;aGVsbG8=\x07 kick\u202e"), encoding="utf-8")
    (plugins / f"Bad {HOSTILE}.vst3").mkdir(parents=True)
    job, notes = folder / "job.toml", folder / f"notes{HOSTILE}.json"
    said = {"title": HOSTILE, "chain": chain.name, "stems": "stems"}
    rows = "".join(f"{key} = {json.dumps(value)}\n" for key, value in said.items())
    job.write_text(f"schema = 1\n{rows}", encoding="utf-8")
    note = {"id": HOSTILE, "from_s": 1, "name": HOSTILE, "words": f"all up {HOSTILE}"}
    notes.write_text(json.dumps({"schema": 1, "job": HOSTILE, "notes": [note]}), encoding="utf-8")
    taken = folder / "taken" / "stems"
    taken.mkdir(parents=True)
    (taken / "mine.wav").write_bytes(b"mine")
    return SimpleNamespace(
        folder=folder,
        stems=stems,
        chain=chain,
        wrong=wrong,
        session=session,
        plugins=plugins,
        job=job,
        notes=notes,
    )


def _words(place: SimpleNamespace, rendered: Path) -> dict[str, list[list[object]]]:
    """What each command is asked: what works, and what is refused."""
    insert = f"all/{HOSTILE}"
    path = ["--plugin-path", place.plugins]
    return {
        "demo": [[place.folder / "taken"]],
        "read": [[place.stems], [place.session, "--clips"], [place.folder / HOSTILE]],
        "check": [[place.stems], [place.folder / HOSTILE], ["--codes"]],
        "new": [
            [place.stems, "-o", place.folder / f"starter{HOSTILE}.toml"],
            [place.folder / HOSTILE, "-o", place.folder / f"other{HOSTILE}.toml"],
        ],
        "job new": [
            [place.stems, "--chain", place.chain, "-o", place.folder / f"song{HOSTILE}"],
            [place.stems, "--chain", place.chain, "--dry-run"],
            [place.folder / HOSTILE, "--chain", place.wrong],
        ],
        "replace": [
            [place.folder / f"song{HOSTILE}", place.folder / f"new bass{HOSTILE}.wav", "--dry-run"],
            [place.folder / f"song{HOSTILE}", "--as", f"{HOSTILE}={place.chain}", "--yes"],
            [place.folder / f"song{HOSTILE}", *sorted(place.stems.iterdir())],
        ],
        "plan": [[place.stems, place.chain], [place.stems, place.wrong]],
        "lock": [[place.stems, place.chain, "-o", place.folder / "locked"]],
        "render": [[place.stems, place.chain, "-o", rendered]],
        "measure": [[*sorted(place.stems.iterdir())], [place.chain]],
        "diff": [
            [place.stems, place.stems],
            ["--md", place.stems, rendered],
            [place.chain, place.stems],
        ],
        "verify": [[rendered, "--quick"], [rendered / "main.wav", "--quick"], [place.folder]],
        "report": [[rendered], [rendered, "--bypass", HOSTILE]],
        "send": [[place.folder, "--words", HOSTILE], [place.folder / HOSTILE, "--words", "x"]],
        "balance": [[place.job], [place.job, "--per-stem"], [place.folder / HOSTILE]],
        "unmask": [
            [place.job],
            [place.job, "--lead", HOSTILE],
            [place.folder / HOSTILE, "--only", HOSTILE],
        ],
        "fit": [
            [place.chain, "--stems", place.stems, "--insert", HOSTILE, "--to", place.chain],
            [place.job, "--insert", HOSTILE, "--reference", place.folder / HOSTILE],
        ],
        "freeze": [[place.job], [place.job, HOSTILE], [place.folder / HOSTILE, "--dry-run"]],
        "history": [[place.folder], [place.folder / HOSTILE, "--csv"]],
        "changes": [[place.folder, HOSTILE, "r0"]],
        "restore": [[place.folder, HOSTILE]],
        "approve": [[place.folder, HOSTILE]],
        "page": [
            [place.folder, "-o", place.folder / f"page{HOSTILE}.html"],
            [place.folder / HOSTILE, "-o", place.chain],
        ],
        "revise": [
            [place.job, "--notes", place.notes],
            [place.job, "--notes", place.chain],
            [place.stems, "--notes", place.notes],
        ],
        "sheet": [[rendered], [rendered, "--html"], [place.folder]],
        "capture": [[place.session, "--track", HOSTILE, "-o", place.folder / "new.toml"]],
        "export": [
            [rendered, "-o", rendered.parent / f"back{HOSTILE}.{kind}"]
            for kind in ("rpp", "dawproject")
        ],
        "bounce": [
            [place.session, "--plan"],
            [place.session, "-o", place.folder / f"printed{HOSTILE}", "--dry"],
        ],
        "tag": [
            [rendered / "main.wav", "--job", place.job, "-o", rendered.parent / f"t{HOSTILE}.wav"],
            [rendered / "main.wav", "--set", f"title={HOSTILE}", "--dry-run"],
            [rendered / "main.wav", place.chain, "--set", f"{HOSTILE}=1"],
            [*sorted(place.stems.iterdir())],
        ],
        "deliver": [
            [rendered, "--profile", HOSTILE, "-o", place.folder / "out"],
            [place.folder / HOSTILE, "--profile", "archive", "-o", place.folder / f"out{HOSTILE}"],
            [rendered, "--profile", "previews", "--set", f"title={HOSTILE}", "--dry-run"],
            ["--check", place.folder / f"none{HOSTILE}"],
            ["--check", place.stems, "--profile", "cd"],
        ],
        "farm certs": [[place.folder / f"certs{HOSTILE}"], [place.stems / "bass.wav"]],
        "farm scheduler": [["--host", HOSTILE]],
        "farm worker": [[HOSTILE], ["tcp://127.0.0.1:1", "--seats", place.chain]],
        "farm submit": [[HOSTILE, place.job], ["tcp://127.0.0.1:1", place.folder / HOSTILE]],
        "farm status": [[HOSTILE]],
        "farm cancel": [[f"tls://{HOSTILE}:1", HOSTILE]],
        "farm local": [[place.folder / HOSTILE]],
        "formats": [[place.session, place.chain], ["--markdown", place.session]],
        "schema": [[]],
        "processors": [["gain"], [HOSTILE]],
        "doctor": [["--store", place.folder / f"store{HOSTILE}", *path]],
        "cache path": [["--store", place.folder / f"store{HOSTILE}"]],
        "cache size": [["--store", place.folder / f"store{HOSTILE}"]],
        "cache verify": [["--store", place.folder / f"no store{HOSTILE}"], []],
        "cache gc": [["--store", place.folder / f"store{HOSTILE}"], ["--keep", HOSTILE]],
        "plugins scan": [path],
        "plugins list": [path],
        "plugins show": [[HOSTILE, *path]],
        "plugins probe": [[HOSTILE, *path]],
        "plugins set": [[place.chain, insert, f"{HOSTILE}=1", *path]],
        "plugins edit": [[place.chain, insert, *path]],
        "plugins trust": [[place.folder / f"no {HOSTILE}"], [place.plugins], []],
        "plugins authorise": [[HOSTILE, *path]],
    }


def _commands(of: typer.Typer) -> Iterator[str]:
    group = typer.main.get_command(of)
    for name in group.commands:  # type: ignore[attr-defined]
        command = group.get_command(None, name)  # type: ignore[attr-defined]
        if hasattr(command, "commands"):
            yield from (f"{name} {each}" for each in command.commands)
        else:
            yield name


def test_no_command_lets_a_name_steer_the_terminal(
    run: Callable[..., Any], place: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted = place.folder / "trusted.txt"
    monkeypatch.setattr("bridge.hosting.finding.trust.trust_file", lambda: trusted)
    rendered = place.folder / "master"
    asked = _words(place, rendered)
    assert set(asked) == set(_commands(app)), "every command is tried with hostile names"
    for command in ("render", *(each for each in asked if each != "render")):
        for words in asked[command]:
            for extra in ([], ["--json"]) if command != "schema" else ([],):
                if command in ("lock", "capture"):
                    shutil.rmtree(place.folder / "locked", ignore_errors=True)
                said = run(*command.split(), *words, *extra)
                assert said.code in (0, 1, 2, 3), (command, said)
                assert not _steering(said.out + said.err), (command, words)
                lines = [*said.out.splitlines(), *said.err.splitlines()]
                assert not any(line.startswith("error: forged") for line in lines), command
                if extra and said.out:
                    json.loads(said.out)
