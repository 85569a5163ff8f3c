"""The signal path as cards: a rack each, its inserts in words, to hear, and what each did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import PurePosixPath

from bridge.finished import Level, Record, Row
from bridge.pages import (
    PREVIEW_HZ,
    Excerpt,
    change,
    figure,
    matching_db,
    row_buttons,
    row_sounds,
    tag,
    text,
)
from bridge.pages.report.charts import reduction_strip
from bridge.pages.report.contents import Songbook
from bridge.pages.report.excerpts import InsertSound
from bridge.planning import SongMoves, move_words
from chains import Chain, Group, Insert, Limiter, Plugin, PluginTable, describe
from stemwright.values import dataclass


@dataclass(frozen=True)
class Stage:
    """What was rendered as one step: (insert id, words, least gain in dB or None) in signal order.

    Levels are dBFS as in render.json, None where nothing was rendered. `state` is "on", "bypassed",
    or "finish" for the limiter that ends the master.
    """

    inserts: tuple[tuple[str, str, float | None], ...]
    state: str
    level_in: Level | None = None
    level_out: Level | None = None
    latency_frames: int = 0

    @property
    def change_db(self) -> float | None:
        """How far the RMS level moved."""
        before = self.level_in.rms_dbfs if self.level_in else None
        after = self.level_out.rms_dbfs if self.level_out else None
        return None if before is None or after is None else after - before


@dataclass(frozen=True)
class Rack:
    """A group, a return or the master: gains in dB, stems or None, stages, (return, dB) sends.

    `moved` are the song's own gains and rides in it, in words.
    """

    id: str
    kind: str
    stems: tuple[str, ...]
    trim_db: float
    gain_db: float
    sends: tuple[tuple[str, float], ...]
    stages: tuple[Stage, ...]
    moved: tuple[tuple[str, str], ...] = ()


def racks(record: Record, chain: Chain) -> tuple[Rack, ...]:
    """Every group of this song, every return, then the master."""
    stems = {row.id: row.stems for row in record.groups}
    found = [_group(record, group, stems[group.id]) for group in chain.groups if group.id in stems]
    found += [
        Rack(one.id, "return", (), 0.0, one.gain_db, (), _stages(record, one.id, one.inserts))
        for one in chain.returns
    ]
    master = _stages(record, "master", chain.master)
    return (*found, Rack("master", "master", (), 0.0, 0.0, (), master))


def _group(record: Record, group: Group, stems: tuple[str, ...]) -> Rack:
    stages = _stages(record, group.id, group.inserts)
    moved = () if record.moves is None else _moved(record.moves.as_moves(), group.id, stems)
    levels = group.trim_db, group.gain_db, group.sends
    return Rack(group.id, "group", stems, *levels, stages, moved)


def _moved(moves: SongMoves, group: str, stems: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """What the song does in one group."""
    here = SongMoves(
        {name: gain_db for name, gain_db in moves.stem_gains_db.items() if name in stems},
        {name: rides for name, rides in moves.stem_rides.items() if name in stems},
        {name: rides for name, rides in moves.rides.items() if name == group},
        {name: rides for name, rides in moves.pre_rides.items() if name == group},
    )
    return tuple((name.removeprefix(f"{group} "), words) for name, words in move_words(here))


def _stages(record: Record, owner: str, inserts: Sequence[Insert]) -> tuple[Stage, ...]:
    rows = {
        name: row
        for row in record.steps
        if row.owner == owner and row.version == "main"
        for name in row.inserts
    }
    return tuple(_merged(inserts, rows))


def _merged(inserts: Sequence[Insert], rows: Mapping[str, Row]) -> Iterator[Stage]:
    def step(insert: Insert) -> str:
        if insert.bypass:
            return f"off {insert.id}"
        return rows[insert.id].id if insert.id in rows else ""

    for _, run in groupby(inserts, key=step):
        together = tuple(run)
        row = None if together[0].bypass else rows.get(together[0].id)
        reduced = dict(zip(row.inserts, row.lowest_gain_db, strict=False)) if row else {}
        yield Stage(
            tuple((one.id, _words(one, row), reduced.get(one.id)) for one in together),
            _state(together[0], row),
            row.level_in if row else None,
            row.level_out if row else None,
            row.latency_frames if row else 0,
        )


def _state(insert: Insert, row: Row | None) -> str:
    if insert.bypass:
        return "bypassed"
    return "finish" if row is None and isinstance(insert.settings, Limiter) else "on"


def _words(insert: Insert, row: Row | None) -> str:
    """`chains.describe`, with plugins by name and states without their place on this disk."""
    settings = insert.settings
    if not isinstance(settings, Plugin):
        return describe(insert)
    shown = settings.model_copy(
        update={"plugin": PluginTable(name=_plugin_name(insert, settings, row)), "state": None}
    )
    words = describe(replace(insert, settings=shown))
    return words if settings.state is None else f"{words}, with its saved state"


def _plugin_name(insert: Insert, settings: Plugin, row: Row | None) -> str:
    label = row.label if row else ""
    if label.startswith(f"{insert.id} (") and label.endswith(")"):
        return label[len(insert.id) + 2 : -1]
    if isinstance(settings.plugin, PluginTable):
        return settings.plugin.name or f"class {settings.plugin.id}"
    return PurePosixPath(settings.plugin.replace("\\", "/")).stem


def insert_words(record: Record, chain: Chain, step_id: str) -> str:
    """What one rendered insert is set to; of the finish, its drive."""
    wanted = step_id.partition("@")[0]
    for rack in racks(record, chain):
        for stage in rack.stages:
            for name, words, _ in stage.inserts:
                if wanted == f"{rack.id}/{name}":
                    return words
    labels = (row.label for row in record.steps if row.id == step_id)
    return next(labels, "")


_STATES = {"bypassed": "bypassed", "finish": "limits in the finish"}


@dataclass(frozen=True)
class Wired:
    """What a card shows beside its rack: sounds by number, and gain reduction over time."""

    rate_hz: int
    sounds: Mapping[str, InsertSound]
    numbers: Mapping[str, tuple[int, int]]
    reductions_db: Mapping[str, Sequence[float]]


def cards(
    racks: tuple[Rack, ...], record: Record, chain: Chain, rate_hz: int, book: Songbook
) -> str:
    """Every rack's card in signal order, the finish last, and what their buttons play."""
    heard, numbers = _numbered(book.inserts)
    wired = Wired(rate_hz, book.inserts, numbers, book.reductions_db)
    shown = "".join(_card(rack, wired) for rack in racks)
    finish = _finish(record, chain, book.reductions_db)
    return tag("div", shown + finish, class_="cards") + row_sounds(heard, PREVIEW_HZ)


def _numbered(
    sounds: Mapping[str, InsertSound],
) -> tuple[list[Excerpt], dict[str, tuple[int, int]]]:
    """Every signal once: what leaves an insert is what enters the next."""
    heard: list[Excerpt] = []
    numbers: dict[str, tuple[int, int]] = {}
    for name, sound in sounds.items():
        if not heard or heard[-1] != sound.before:
            heard.append(sound.before)
        heard.append(sound.after)
        numbers[name] = (len(heard) - 2, len(heard) - 1)
    return heard, numbers


def _card(rack: Rack, wired: Wired) -> str:
    kind = "" if rack.kind == rack.id else tag("small", text(rack.kind))
    rows = [_stems(rack)] if rack.stems else []
    rows += [_line("trim", _db(rack.trim_db))] if rack.trim_db else []
    rows += [_stage(stage, rack.id, wired) for stage in rack.stages]
    rows += [] if rack.stages else [_line("inserts", "none: passes unchanged")]
    rows += [_line(name, words) for name, words in rack.moved]
    rows += [] if rack.kind == "master" else [_line("fader", _db(rack.gain_db))]
    rows += [_line(f"send to {name}", _db(gain_db)) for name, gain_db in rack.sends]
    return tag("article", tag("h3", text(rack.id) + kind) + tag("ol", "".join(rows)))


def _stems(rack: Rack) -> str:
    names = "".join(tag("span", text(name), class_="chip") for name in rack.stems)
    count = "1 stem" if len(rack.stems) == 1 else f"{len(rack.stems)} stems"
    return tag("li", tag("b", count) + tag("div", names, class_="chips"))


def _line(name: str, words: str) -> str:
    return tag("li", tag("b", text(name)) + tag("span", text(words)), class_="line")


def _stage(stage: Stage, rack: str, wired: Wired) -> str:
    words = "".join(
        _insert(*insert) + _wired(f"{rack}/{insert[0]}", wired) for insert in stage.inserts
    )
    if stage.state != "on":
        words += tag("em", _STATES[stage.state])
    return tag("li", words + _levels(stage, wired.rate_hz), class_=f"stage {stage.state}")


def _insert(name: str, words: str, gain_db: float | None) -> str:
    reduced = ""
    if gain_db is not None:
        reduced = tag("em", _reduction(gain_db))
    use = words.partition(" ")[0].rstrip(":")
    if use == name:  # an insert without a name of its own
        words = words[len(name) :].lstrip(": ")
    return tag("div", tag("b", text(name)) + " " + text(words) + reduced, class_="insert")


def _wired(name: str, wired: Wired) -> str:
    """An insert's gain reduction over time, and its sound before and after."""
    shown = reduction_strip(name, wired.reductions_db.get(name, ()))
    sound = wired.sounds.get(name)
    if sound is None:
        return shown
    to_db = matching_db(sound.before, sound.after)
    below_db = max(0.0, *(_peak(sound.before) + to_db, _peak(sound.after)))
    gains = (
        to_db + sound.before.lowered_db - below_db,
        sound.after.lowered_db - below_db,
    )
    return shown + row_buttons(wired.numbers[name], gains, name)


def _peak(made: Excerpt) -> float:
    return -120.0 if made.peak_dbfs is None else made.peak_dbfs


def _reduction(gain_db: float) -> str:
    return f"takes up to {figure(-gain_db)} dB" if gain_db < -0.05 else "takes nothing"


def _levels(stage: Stage, rate_hz: int) -> str:
    if stage.level_out is None:
        return ""
    parts = [("out", _level(stage.level_out))]
    if stage.level_in is not None:
        parts.insert(0, ("in", _level(stage.level_in)))
        parts.append(("change", _db(stage.change_db)))
    if stage.latency_frames:
        milliseconds = 1000.0 * stage.latency_frames / rate_hz
        words = f"{stage.latency_frames} samples, {milliseconds:.1f} ms, compensated"
        parts.append(("latency", words))
    shown = "".join(tag("div", tag("dt", name) + tag("dd", text(words))) for name, words in parts)
    return tag("dl", shown)


def _db(gain_db: float | None) -> str:
    return change(gain_db, 1, "dB")


def _level(level: Level) -> str:
    return f"{figure(level.peak_dbfs)} peak, {figure(level.rms_dbfs)} RMS"


def _finish(record: Record, chain: Chain, reductions_db: Mapping[str, Sequence[float]]) -> str:
    target = chain.target
    if target is None:
        rows = [_line("target", "none: the sum is written as it is")]
    else:
        place = target.drive_at or "before the last limiter"
        rows = [
            _line("drive", f"{change(record.drive_db, 2, 'dB')}, {place}"),
            _line("ceiling", f"{figure(target.true_peak_dbtp)} dBTP"),
        ]
    for output in record.outputs:
        measures, trim_db = output.measures, output.trim_db or 0.0
        trimmed = f", trimmed by {figure(-trim_db, 3)} dB" if trim_db else ""
        deepest = _limiting(record, output.version)
        limited = "" if deepest is None else f", limiter {_reduction(deepest)}"
        loudness = figure(measures.integrated_lufs, 1, "LUFS")
        words = f"{loudness}, {figure(measures.true_peak_dbtp, 2, 'dBTP')}{limited}{trimmed}"
        name = f"finish/{output.version}"
        rows.append(_line(output.version, words))
        strip = reduction_strip(name, reductions_db.get(name, ()))
        rows += [tag("li", strip, class_="stripped")] if strip else []
    return tag("article", tag("h3", "finish") + tag("ol", "".join(rows)))


def _limiting(record: Record, version: str) -> float | None:
    """The finish limiter's lowest gain, None when there was none of ours."""
    for row in record.steps:
        if row.id == f"finish/{version}" and row.lowest_gain_db:
            return row.lowest_gain_db[0]
    return None
