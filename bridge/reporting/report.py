"""Writing report.html, and making it again from a finished folder."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bridge.errors import InputError, Problem
from bridge.listening.document import saved
from bridge.planning import Engine
from bridge.rendering import OutputFolder, check_whole, found_again, read_lock, recall
from bridge.reporting.page import page
from bridge.reporting.songbook import gathered
from bridge.reporting.sources import Heard, remembered, with_stems
from bridge.storing import Store
from chains import Chain, load

PAGE = "report.html"


def write_report(
    path: Path,
    *,
    record: Mapping[str, Any],
    chain: Chain,
    engine: Engine,
    heard: Sequence[Heard],
    store: Store,
    jobs: int = 1,
) -> None:
    """Write the page of one render to `path`, replacing what is there in one move.

    What the store knows by content is not computed again. Raises MachineError when the disk
    refuses.
    """
    book = gathered(heard, record, store, jobs)
    saved(path, page(book, record, chain, engine, store))


def rewrite_report(folder: Path, store: Store, jobs: int = 1, stems: Path | None = None) -> Path:
    """Make the page of a finished folder again from what folder and store hold; return its path.

    `stems`, where the song's stems lie now, lets their plain sum be heard that the store forgot.
    Raises InputError `not_a_render` for a folder without render.json, chain.toml and chain.lock of
    ours, and as `OutputFolder` does.
    """
    record, chain, engine = opened(folder)
    heard = remembered(record, folder, store)
    if stems is not None:
        lock = found_again(read_lock(folder), stems, store)
        heard = with_stems(heard, lock, recall(lock, folder, store), store)

    def write(path: Path) -> None:
        write_report(
            path, record=record, chain=chain, engine=engine, heard=heard, store=store, jobs=jobs
        )

    with OutputFolder(folder, beside=True) as out:
        out.amend(PAGE, write)
    return folder / PAGE


def opened(folder: Path) -> tuple[dict[str, Any], Chain, Engine]:
    """Read a finished folder: render.json, the chain, and the engine out of chain.lock."""
    check_whole(folder)
    try:
        record = json.loads((folder / "render.json").read_bytes())
        said = json.loads((folder / "chain.lock").read_bytes())["engine"]
        engine = Engine(
            said["host"], said["buffer_size"], said["sample_rate_hz"], said["tempo_bpm"]
        )
        if not all((record["outputs"][0]["measures"], record["steps"], record["groups"])):
            raise ValueError
    except (OSError, ValueError, LookupError, TypeError) as cause:
        raise InputError(
            Problem(
                "not_a_render",
                "this is not a folder that render wrote",
                {"file": str(folder)},
                expected="render.json, chain.toml and chain.lock in it",
                hint="name the folder that was given to render with -o",
            )
        ) from cause
    return record, load(folder / "chain.toml"), engine
