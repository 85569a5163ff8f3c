"""Frozen audio back in the store: read, proved by its digests, put under the key it had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bridge.audio import pcm_head
from bridge.jobs.freezing.frozen_songs import FrozenSongs, FrozenStep, damaged_audio
from bridge.jobs.freezing.packing import NotPackedError, unpack
from bridge.storing import Content, Entry, Store, file_digest
from stemwright.files import cannot_write


def thawed(songs: FrozenSongs, store: Store, key: str) -> Entry | None:
    """The entry of what was frozen under a key; None where nothing was.

    Raises InputError `frozen_damaged` for a file that is not what was frozen.
    """
    step = songs.step(key)
    if step is None:
        return None
    entry = store.whole(key)
    if entry is not None and entry.meta.get("pcm") == step.pcm:
        return entry
    with store.staging() as folder:
        raw = folder / "pcm"
        _prove_packed(songs.audio(step), step)
        _unpack(songs.audio(step), step, raw)
        head = pcm_head(step.dtype, 2)
        if raw.stat().st_size != step.pcm_bytes or file_digest(raw, head) != step.pcm:
            raise damaged_audio(songs.audio(step), step, "gives other samples than it had")
        return store.put(key, _meta(step), raw, Content(step.pcm, head))


def _prove_packed(path: Path, step: FrozenStep) -> None:
    try:
        found = file_digest(path)
    except OSError as error:
        said = f"cannot be read ({error.strerror or error})"
        raise damaged_audio(path, step, said) from error
    if found != step.blake3:
        raise damaged_audio(path, step, "is damaged")


def _unpack(path: Path, step: FrozenStep, raw: Path) -> None:
    try:
        unpack(path, step.dtype, raw, step.frames)
    except NotPackedError as error:
        raise damaged_audio(path, step, "is damaged") from error
    except OSError as error:
        raise cannot_write(raw, error) from error


def _meta(step: FrozenStep) -> dict[str, Any]:
    return {**step.meta, "pcm": step.pcm, "frames": step.frames, "dtype": step.dtype}
