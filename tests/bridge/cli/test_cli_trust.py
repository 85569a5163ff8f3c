"""What a stranger's folder names by path: plugins are not loaded, files are not copied out."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from bridge.hosting.child.process import call
from bridge.hosting.finding import scan
from bridge.hosting.finding.trust import trust_file
from bridge.hosting.jobs import as_wire
from sessions.states import device_states

pytestmark = pytest.mark.usefixtures("no_report")

CHAIN = """[[group]]
id = "all"
stems = ["*"]
  [[group.insert]]
  id = "theirs"
  use = "plugin"
  plugin = "{plugin}"
  {more}
"""
ZAM_COMP = "ZamCompX2"


@pytest.fixture
def client(stems: Path, tmp_path: Path, fixture_plugins: Callable[[str], Path]) -> Path:
    """A folder somebody sent: stems, and a plugin of their own beside their chain."""
    folder = tmp_path / "client"
    folder.mkdir()
    shutil.move(stems, folder / "stems")
    shutil.copytree(fixture_plugins("gain"), folder / "Fixture Gain.vst3")
    return folder


def write_chain(folder: Path, plugin: object = "./Fixture Gain.vst3", more: str = "") -> Path:
    path = folder / "chain.toml"
    path.write_text("schema = 1\n" + CHAIN.format(plugin=plugin, more=more), encoding="utf-8")
    return path


def kinds(said: Any) -> list[str]:
    assert said.code == 2, said
    return [error["kind"] for error in json.loads(said.out)["errors"]]


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch, plugins_asked_once: Callable[..., Any]) -> list[str]:
    """Every file that any child was told to load, as the jobs say; none is known already."""
    jobs: list[str] = []

    def listening(job: Any, *more: Any) -> Any:
        jobs.append(json.dumps(as_wire(job)))
        return call(job, *more)

    for name in ("insert_children", "finding.scan"):
        module = import_module(f"bridge.hosting.{name}")
        monkeypatch.setattr(module, "call", listening)
    monkeypatch.setattr(scan, "_ask", plugins_asked_once)
    return jobs


def test_a_chains_own_plugin_is_loaded_by_no_command(run, client, loaded) -> None:
    chain = write_chain(client)
    out = client.parent / "out"
    for words in (
        ("plan", client / "stems", chain),
        ("render", client / "stems", chain, "-o", out),
        ("lock", client / "stems", chain, "-o", out),
        ("plugins", "set", chain, "all/theirs", "Gain=-6"),
    ):
        said = run(*words, "--json")
        (error,) = json.loads(said.out)["errors"]
        assert (said.code, error["kind"]) == (2, "plugin_untrusted"), words
        assert f"--trust {client}" in error["hint"]
        assert "Fixture Gain.vst3" in error["message"]
    (error,) = json.loads(run("plan", client / "stems", chain, "--json").out)["errors"]
    assert (error["where"]["line"], error["where"]["insert"]) == (5, "theirs")
    assert not out.exists()
    assert loaded == []


def test_verify_and_export_load_nothing_that_a_finished_folder_names(run, client, loaded) -> None:
    chain, out = write_chain(client), client / "master"
    assert run("render", client / "stems", chain, "-o", out, "--trust", client).code == 0
    text = (out / "chain.toml").read_text(encoding="utf-8")
    table = next(line for line in text.splitlines() if line.lstrip().startswith("plugin ="))
    named = text.replace(table, 'plugin = "../Fixture Gain.vst3"')
    (out / "chain.toml").write_text(named, encoding="utf-8")
    lock = json.loads((out / "chain.lock").read_text(encoding="utf-8"))
    lock["plugins"] = []  # or export would take the plugin's name from there
    (out / "chain.lock").write_text(json.dumps(lock), encoding="utf-8")
    loaded.clear()
    (client / "none").mkdir()
    assert kinds(run("verify", out, "--json")) == ["plugin_untrusted"]
    assert kinds(run("verify", out, "--plugins", client / "none", "--json")) == ["plugin_untrusted"]
    assert kinds(run("export", out, "-o", client / "s.rpp", "--json")) == ["plugin_untrusted"]
    assert loaded == []
    assert run("verify", out, "--plugins", client, "--json").code in (0, 1)


def test_the_users_own_list_is_a_text_file(run, client) -> None:
    plan = ("plan", client / "stems", write_chain(client), "--json")
    assert run("plugins", "trust", client).out.splitlines()[-1] == str(client.resolve())
    assert run(*plan).code == 0
    assert str(client.resolve()) in trust_file().read_text(encoding="utf-8").splitlines()
    assert run("plugins", "trust", client, "--remove").code == 0
    assert kinds(run(*plan)) == ["plugin_untrusted"]
    assert run("plugins", "trust", client, "--remove").code == 2
    assert run("plugins", "trust", client / "nowhere").code == 2
    assert run("plugins", "trust", "--remove").code == 2


def test_links_are_followed_before_the_question(run, client, zam, tmp_path) -> None:
    installed, ours = zam(ZAM_COMP), tmp_path / "ours"
    ours.mkdir()
    (client / "mine.vst3").symlink_to(installed)
    (ours / "linked.vst3").symlink_to(client / "Fixture Gain.vst3")
    (ours / "up").symlink_to(client)
    stems = client / "stems"
    assert run("plan", stems, write_chain(client, "./mine.vst3"), "--json").code == 0
    for path in ("linked.vst3", "up/Fixture Gain.vst3", "../client/Fixture Gain.vst3"):
        said = run("plan", stems, write_chain(client, ours / path), "--trust", ours, "--json")
        assert kinds(said) == ["plugin_untrusted"], path
    # What the search finds in a folder to search is the user's, wherever it leads.
    chain = write_chain(client, ours / "linked.vst3")
    assert run("plan", stems, chain, "--plugin-path", ours, "--json").code == 0


def test_a_path_that_is_typed_is_consent(run, client) -> None:
    assert run("plugins", "show", client / "Fixture Gain.vst3").code == 0


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    folder = tmp_path / "victim"
    folder.mkdir()
    (folder / "id_rsa").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n", encoding="utf-8")
    state = device_states.vst3("0123456789ABCDEF" * 2, b"whose")
    (folder / "own.vstpreset").write_bytes(state.data)
    (folder / "prefs.plist").write_bytes(b'<?xml version="1.0"?><plist><dict/></plist>')
    os.mkfifo(folder / "pipe.vstpreset")
    with (folder / "huge.vstpreset").open("wb") as huge:
        huge.write(state.data)
        huge.truncate(1 << 40)
    return folder


def test_only_states_of_a_known_form_are_taken(run, client, victim) -> None:
    for name, kind in (
        ("id_rsa", "bad_state"),
        ("prefs.plist", "bad_state"),
        ("huge.vstpreset", "bad_state"),
        ("pipe.vstpreset", "state_missing"),
        ("none.vstpreset", "state_missing"),
    ):
        chain = write_chain(client, ZAM_COMP, f'state = "../victim/{name}"\n  bypass = true')
        words = ("render", client / "stems", chain, "-o", client / "out", "--json")
        assert kinds(run(*words, "--trust", victim)) == [kind], name
        assert not (client / "out").exists()


def test_a_state_outside_the_chains_folder_asks_for_trust(run, client, victim) -> None:
    (client / "link.vstpreset").symlink_to(victim / "own.vstpreset")
    (client / "states").symlink_to(victim)
    for state in (victim / "own.vstpreset", "link.vstpreset", "states/own.vstpreset"):
        chain = write_chain(client, ZAM_COMP, f'state = "{state}"\n  bypass = true')
        words = ("render", client / "stems", chain, "-o", client / "out", "--json")
        assert kinds(run(*words)) == ["state_untrusted"], state
    both = chain.read_text(encoding="utf-8")
    both += '[[master.insert]]\nuse = "plugin"\nplugin = "./Fixture Gain.vst3"\n'
    (client / "both.toml").write_text(both, encoding="utf-8")
    said = run("plan", client / "stems", client / "both.toml", "--json")
    assert kinds(said) == ["state_untrusted", "plugin_untrusted"]
    assert run(*words, "--trust", victim).code == 0
    assert (client / "out" / "states" / "all-theirs.vstpreset").is_file()
    chain = client / "out" / "chain.toml"
    text = chain.read_text(encoding="utf-8").replace("states/all-theirs", "../link")
    chain.write_text(text, encoding="utf-8")
    assert kinds(run("export", client / "out", "-o", client / "s.rpp", "--json")) == [
        "state_untrusted"
    ]
    assert not (client / "s.rpp").exists()


RPP = """<REAPER_PROJECT 0.1 "7.0" 1700000000
  SAMPLERATE 48000 1 0
  <TRACK
    NAME "vox"
    <ITEM
      POSITION 0
      LENGTH 0.5
      NAME vox
      <SOURCE WAVE
        FILE "{file}"
      >
    >
  >
>
"""


@pytest.mark.parametrize("told", ["absolute", "../secret/take.wav", "link.wav"])
def test_audio_outside_a_session_is_read_and_not_copied(run, tmp_path, told: str) -> None:
    secret, client = tmp_path / "secret", tmp_path / "client"
    secret.mkdir(), client.mkdir()
    soundfile.write(secret / "take.wav", np.zeros((24000, 2)), 48000, "PCM_24")
    (client / "link.wav").symlink_to(secret / "take.wav")
    name = str(secret / "take.wav") if told == "absolute" else told
    session = client / "song.rpp"
    session.write_text(RPP.format(file=name), encoding="utf-8")
    (clip,) = json.loads(run("read", session, "--json").out)["tracks"][0]["clips"]
    assert clip["media"] is not None
    words = ("export", session, "-o", client / "out.dawproject")
    said = run(*words, "--json")
    assert kinds(said) == ["media_outside"]
    assert f"--media {secret}" in json.loads(said.out)["errors"][0]["hint"]
    assert not (client / "out.dawproject").exists()
    assert run("export", session, "-o", client / "out.rpp").code == 0  # points there, copies none
    assert run(*words, "--media", secret).code == 0


def test_a_session_that_names_a_text_file_gets_nothing(run, tmp_path) -> None:
    session = tmp_path / "song.rpp"
    session.write_text(RPP.format(file="/etc/passwd"), encoding="utf-8")
    out = tmp_path / "out.dawproject"
    assert run("export", session, "-o", out).code == 0
    assert b"root:" not in out.read_bytes()


def test_a_member_of_a_zip_that_a_lock_names_is_held_to_its_digest(run, client, tmp_path) -> None:
    stems = shutil.make_archive(str(client / "stems"), "zip", client / "stems")
    chain = client / "plain.toml"
    chain.write_text('schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n', encoding="utf-8")
    out = client / "master"
    assert run("render", stems, chain, "-o", out).code == 0
    soundfile.write(tmp_path / "kick.wav", np.full((24000, 2), 0.1), 48000, "PCM_24")
    (tmp_path / "other").mkdir()
    shutil.move(tmp_path / "kick.wav", tmp_path / "other" / "kick.wav")
    shutil.make_archive(str(tmp_path / "private"), "zip", tmp_path / "other")
    lock = json.loads((out / "chain.lock").read_text(encoding="utf-8"))
    for row in lock["sources"]:
        if row["stem"] == "kick":
            row["files"][0]["path"] = str(tmp_path / "private.zip")
    (out / "chain.lock").write_text(json.dumps(lock), encoding="utf-8")
    said = run("export", out, "-o", client / "s.dawproject", "--json")
    assert kinds(said) == ["source_changed"]


@pytest.mark.parametrize("by", ["path", "link"])
def test_a_record_that_leads_out_of_its_folder_is_played_on_no_page(
    run, client, tmp_path, by: str
) -> None:
    chain = client / "plain.toml"
    chain.write_text('schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n', encoding="utf-8")
    out, secret = client / "master", tmp_path / "secret.wav"
    assert run("render", client / "stems", chain, "-o", out).code == 0
    shutil.copy(out / "main.wav", secret)
    record = json.loads((out / "render.json").read_text(encoding="utf-8"))
    if by == "path":
        for row in (*record["heard"], *record["outputs"]):
            if row.get("kind", "version") == "version":
                row |= {"name": "../../secret", "path": "../../secret.wav"}
        (out / "render.json").write_text(json.dumps(record), encoding="utf-8")
    else:
        (out / "main.wav").unlink()
        (out / "main.wav").symlink_to(secret)
    (out / "report.html").unlink()
    assert kinds(run("report", out, "--json")) == ["bad_record"]
    assert kinds(run("diff", out, out, "--page", client / "page.html", "--json")) == ["bad_record"]
    assert not (out / "report.html").exists()
    assert not (client / "page.html").exists()
