"""Record what the commands say and render, so that a change meant to keep behaviour can prove it.

`python -m benchmarks.kept FOLDER [--command PATH/stemwright]` writes one file a command into
FOLDER: its exit code, its JSON or text, the hashes of what it wrote. Record before the first
change and after the last; `diff -r BEFORE AFTER` prints nothing when all is kept. Sound, states
and sessions come from the folder that STEMWRIGHT_TEST_DATA names.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = (ROOT / os.environ.get("STEMWRIGHT_TEST_DATA", "../shared")).resolve()
SONGS = ("caesium", "potassium", "crunkdemo-lmms")
CHAINS = sorted((ROOT / "chains" / "library").glob("*.toml"))
_UNSTEADY = {"seconds", "cached", "wall_s", "cpu_s"}
_LIMIT_S = 900.0
_LARGEST_BYTES = 60_000_000
_BARE = ("schema", "processors --json", "formats --json", "plugins list --json")
_HELPED = (
    *("", "read", "plan", "lock", "render", "measure", "diff", "verify", "report"),
    *("capture", "export", "plugins", "plugins probe", "plugins set", "cache"),
)

Work = tuple[str, list[str]]
"""A record's name, and the words of its command."""


def main() -> None:
    """Record everything, two commands at a time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--command", type=Path, default=Path(sys.executable).parent / "stemwright")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)  # a record that was broken off goes on
    with tempfile.TemporaryDirectory() as scratch:
        recorder = Recorder(given.command.absolute(), given.folder.absolute(), Path(scratch))
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(recorder.alone, _alone()))
            list(pool.map(recorder.song, [(s, c) for s in SONGS for c in CHAINS]))
        for song in SONGS:
            recorder.whole(song)


def _alone() -> Iterator[Work]:
    """Yield commands that need nothing rendered, each with the name of its record."""
    for command in _BARE:
        yield command, command.split()
    for command in _HELPED:
        yield f"help {command}", [*command.split(), "--help"]
    for path in _sessions():
        yield from _of_session(path, path.relative_to(DATA).as_posix())
    for path in sorted([*DATA.glob("field/audio/*/*.wav"), *DATA.glob("field/audio/*/*.flac")]):
        yield f"measure {path.relative_to(DATA).as_posix()}", ["measure", "--json", str(path)]
    for path in sorted(DATA.glob("ebu/**/*.wav")):
        if path.stat().st_size < _LARGEST_BYTES:
            yield f"measure {path.name}", ["measure", "--json", str(path)]
    for song in SONGS:
        yield from _of_song(song)
    broken = [*DATA.glob("field/attack/*.toml"), *DATA.glob("field/audio/*/*.toml")]
    for chain in sorted([*broken, *DATA.glob("field/attack/slow-chains/*.toml")]):
        name = chain.relative_to(DATA).as_posix()
        yield f"plan {name}", ["plan", "--json", str(DATA / "stems" / "potassium"), str(chain)]


def _of_session(path: Path, name: str) -> Iterator[Work]:
    yield f"read {name}", ["read", "--json", "--clips", str(path)]
    yield f"shown {name}", ["read", str(path)]
    for kind in ("rpp", "dawproject"):
        out = f"exported.{kind}"
        yield f"{kind} {name}", ["export", str(path), "-o", out, "--audio", "link", "--json"]
    yield f"capture {name}", ["capture", str(path), "--all", "-o", "chain.toml", "--json"]


def _of_song(song: str) -> Iterator[Work]:
    files = [str(path) for path in sorted((DATA / "stems" / song).glob("*.flac"))]
    yield f"measure {song}", ["measure", "--json", *files]
    yield f"differ {song}", ["diff", "--json", files[0], files[1]]
    yield f"told {song}", ["diff", files[0], files[1]]
    for chain in CHAINS:
        where = [str(DATA / "stems" / song), str(chain)]
        yield f"plan {song} {chain.stem}", ["plan", "--json", *where]


def _sessions() -> list[Path]:
    """Every session there is, each under its own path."""
    found = [p for p in DATA.glob("corpus/**/*") if p.is_file() and p.suffix != ".tsv"]
    found += [p for p in DATA.glob("field/sessions/*") if p.is_file() and p.suffix != ".tsv"]
    found += DATA.glob("ardour/*/*.ardour")
    found += [DATA / "stems" / song for song in (*SONGS, "garbage")]
    return sorted(found)


class Recorder:
    """Runs commands, each in a folder of its own, and writes down what came of it."""

    def __init__(self, command: Path, folder: Path, scratch: Path) -> None:
        self._command, self._folder, self._scratch = command, folder, scratch

    def alone(self, work: Work) -> None:
        """Record one command and the files it wrote."""
        name, arguments = work
        if self._path(name).exists():
            return
        place = self._place(name)
        said = self._run(arguments, place)
        self._write(name, {**said, "files": _hashes(place)})

    def song(self, work: tuple[str, Path]) -> None:
        """Record four seconds of a song through a chain: its hashes, its record, its lock."""
        song, chain = work
        name = f"render {song} {chain.stem}"
        if self._path(name).exists():
            return
        place = self._place(name)
        where = [str(DATA / "stems" / song), str(chain)]
        said = self._run(["render", *where, "-o", "out", "--range", "8:12", "--json"], place)
        said["files"] = _hashes(place)
        said["folder"] = _folder(place / "out" / "range")
        self._write(name, said)

    def whole(self, song: str) -> None:
        """Record whole masters of a song, and what all that reads a finished folder says of it."""
        if self._path(f"whole {song}").exists():
            return
        place = self._place(f"whole {song}")
        steps: dict[str, Any] = {}
        for chain in (c for c in CHAINS if c.stem in {"template", "zam"}):
            where = [str(DATA / "stems" / song), str(chain)]
            out = chain.stem
            steps[f"render {out}"] = self._run(["render", *where, "-o", out, "--json"], place)
            steps[f"folder {out}"] = _folder(place / out)
            for command in ("verify", "verify --quick", "report"):
                steps[f"{command} {out}"] = self._run([*command.split(), out, "--json"], place)
            insert = _first_insert(place / out)
            steps[f"bypass {out}"] = self._run(["report", out, "--bypass", insert], place)
            for kind in ("rpp", "dawproject"):
                arguments = ["export", out, "--printed", "-o", f"{out}.{kind}", "--json"]
                steps[f"{kind} {out}"] = self._run(arguments, place)
        page = ["--page", "diff.html", "--md", "--junit", "diff.xml"]
        steps["diff"] = self._run(["diff", "--json", "template", "zam"], place)
        steps["diff page"] = self._run(["diff", "template", "zam", *page], place)
        self._write(f"whole {song}", {"steps": steps, "files": _hashes(place)})

    def _place(self, name: str) -> Path:
        place = self._scratch / hashlib.sha256(name.encode()).hexdigest()[:16]
        place.mkdir()
        return place

    def _run(self, arguments: list[str], place: Path) -> dict[str, Any]:
        environment = {**os.environ, "STEMWRIGHT_STORE": str(self._scratch / "store")}
        environment |= {"COLUMNS": "200", "NO_COLOR": "1"}
        done = subprocess.run(
            [self._command, *arguments],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            timeout=_LIMIT_S,
            check=False,
        )
        out, err = (self._steady(text) for text in (done.stdout, done.stderr))
        return {"exit": done.returncode, "out": _parsed(out), "err": out and err.splitlines()}

    def _steady(self, text: str) -> str:
        """`text` without what no two runs share: folders of this run, and times."""
        text = text.replace(str(self._scratch), "SCRATCH").replace(str(ROOT), "PROJECT")
        text = re.sub(r"\b\d+(\.\d+)? s\b(?= *$| *\()", "TIME", text, flags=re.MULTILINE)
        return re.sub(r"stemwright-bug-\w+", "BUG", text)

    def _write(self, name: str, said: dict[str, Any]) -> None:
        text = json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False)
        self._path(name).write_text(self._steady(text), encoding="utf-8")

    def _path(self, name: str) -> Path:
        safe = re.sub(r"[^\w.-]+", "_", name)
        return self._folder / f"{safe[:180]}.json"


def _parsed(text: str) -> Any:
    try:
        return _timeless(json.loads(text))
    except ValueError:
        return text.splitlines()


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _timeless(each) for key, each in value.items() if key not in _UNSTEADY}
    return [_timeless(each) for each in value] if isinstance(value, list) else value


def _folder(folder: Path) -> dict[str, Any]:
    """Return a finished folder's own words: its lock as it stands, its record without times."""
    told: dict[str, Any] = {}
    for name in ("chain.lock", "render.json"):
        if (folder / name).is_file():
            told[name] = _parsed((folder / name).read_text(encoding="utf-8"))
    return told


def _first_insert(folder: Path) -> str:
    """Return `group/insert` of the first insert a finished folder's page lists."""
    record = json.loads((folder / "render.json").read_text(encoding="utf-8"))
    for step in record["steps"]:
        if step.get("inserts"):
            return f"{step['id'].split('/')[0]}/{step['inserts'][0]}"
    return "master/limiter"


def _hashes(place: Path) -> dict[str, str]:
    """Return the hash of every file under `place`; render.json holds times, so it is left out."""
    return {
        path.relative_to(place).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(place.rglob("*"))
        if path.is_file() and path.name != "render.json"
    }


if __name__ == "__main__":
    main()
