"""The rows of a sheet beside its strips: heading, target and drive, engine."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.comparing import gain_words, setting_name, value_words
from bridge.finished import FinishedFolder
from bridge.pages import clock
from bridge.pages.sheet.overrides import Overrides
from bridge.pages.sheet.sheet import SheetRow
from bridge.pages.sheet.song_words import SongWords
from chains import MASTER

NOTHING = "\N{EN DASH}"
_SAMPLES = {
    "pcm16": "16 bit",
    "pcm24": "24 bit",
    "float32": "32 bit float",
    "float64": "64 bit float",
}
_TARGETS = ("integrated_lufs", "true_peak_dbtp", "safety")


def reading(value: float | None, digits: int, unit: str) -> str:
    """A measured value with its unit; of silence, "silent"."""
    return "silent" if value is None else f"{value + 0.0:.{digits}f} {unit}"


def heading_rows(folder: FinishedFolder, words: SongWords) -> tuple[SheetRow, ...]:
    """Song, artist, revision, date, engineer; then what else is known of the song."""
    told = folder.record.heading
    title, revision, date = (
        (told.title, told.revision, told.date) if told is not None else (None, None, None)
    )
    first = {
        "song": words.title or title,
        "artist": words.artist,
        "revision": words.revision or revision,
        "date": words.date or date,
        "engineer": words.engineer,
    }
    rows = [SheetRow(name, value or NOTHING) for name, value in first.items()]
    rows += [SheetRow("asked for", words.words)] if words.words else []
    rows += [SheetRow(name, _text(value)) for name, value in words.metadata.items()]
    rows += [SheetRow("chain", folder.chain.name)] if folder.chain.name else []
    return (*rows, SheetRow("length", clock(folder.frames / folder.rate_hz, 3)))


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def target_rows(folder: FinishedFolder, overrides: Overrides) -> tuple[SheetRow, ...]:
    """What was asked of the masters, the drive that was found or held, the limiter at the end."""
    target = folder.chain.target
    if target is None:
        return (SheetRow("target", "none: the sum is written as it is"), *_drive(folder))
    asked = [(key, getattr(target, key)) for key in _TARGETS]
    rows = [
        overrides.row(value, "target", key)
        for key, value in asked
        if value is not None and value != "none"
    ]
    return (*rows, *_drive(folder), *_limiter(folder))


def _drive(folder: FinishedFolder) -> Iterator[SheetRow]:
    lock, held = folder.lock, folder.record.held
    if lock.drive_db is not None:
        how = "held" if lock.drive_held else "found for the target"
        place = lock.settings.get("target", {}).get("drive_at")
        into = f" into {place}" if place else ""
        yield SheetRow("drive", f"{gain_words(lock.drive_db)}{into}, {how}")
    if lock.trim_db:
        yield SheetRow("trim", f"{gain_words(lock.trim_db)} after the last insert")
    if held is not None and held.off_target_lu is not None:
        off_lu = f"{held.off_target_lu:+.2f} LU"
        yield SheetRow("off the target", f"{off_lu}, by holding the drive")


def _limiter(folder: FinishedFolder) -> Iterator[SheetRow]:
    """What the limiter took, and its settings where it is none of the chain's own inserts."""
    for row in folder.of(MASTER):
        if row.id == "finish/main" and row.lowest_gain_db and row.lowest_gain_db[0] is not None:
            taken_db = max(0.0, -row.lowest_gain_db[0])
            yield SheetRow("limiter takes up to", reading(taken_db, 1, "dB"))
    if any(each.settings.use == "limiter" and not each.bypass for each in folder.chain.master):
        return
    for key, value in folder.lock.settings.get("target", {}).items():
        name = key.removeprefix("limiter.")
        if name not in (key, "use") and value is not None:
            yield SheetRow(f"limiter {setting_name(name)}", value_words(name, value))


def engine_rows(folder: FinishedFolder) -> tuple[SheetRow, ...]:
    """What played it."""
    lock = folder.lock
    engine = lock.engine
    rows = {
        "stemwright": lock.stemwright,
        "host": f"{engine.host} {engine.host_version}",
        "sample rate": value_words("hz", engine.sample_rate_hz),
        "samples": _SAMPLES.get(lock.subtype, lock.subtype),
        "buffer size": f"{engine.buffer_size} samples",
        "tempo": f"{engine.tempo_bpm:g} BPM",
    }
    return tuple(SheetRow(name, value) for name, value in rows.items())
