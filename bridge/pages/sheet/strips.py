"""From a finished folder to its recall sheet: every strip in the order of the signal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.comparing import gain_words
from bridge.finished import Finished, FinishedFolder, PluginRow, Row, Source
from bridge.pages import clock
from bridge.pages.sheet.overrides import Overrides
from bridge.pages.sheet.plugin_readings import PluginReading
from bridge.pages.sheet.sheet import (
    Sheet,
    SheetInsert,
    SheetRide,
    SheetRow,
    SheetStem,
    SheetStrip,
    SheetVersion,
)
from bridge.pages.sheet.sheet_rows import engine_rows, heading_rows, reading, target_rows
from bridge.pages.sheet.song_words import SongWords, in_sections, rides_of
from bridge.planning import built_in
from chains import MASTER, Group, Insert, Plugin, PluginTable, Return

_NO_READING = PluginReading(())


def recall_sheet(
    folder: FinishedFolder, words: SongWords, readings: Mapping[str, PluginReading]
) -> Sheet:
    """Put together the sheet of a master.

    `words` is what its job says beside it, `readings` are its hosted inserts by step id.
    """
    return _Strips(folder, words, readings).sheet()


class _Strips:
    """One master while its sheet is made."""

    def __init__(
        self, folder: FinishedFolder, words: SongWords, readings: Mapping[str, PluginReading]
    ) -> None:
        self._folder, self._words, self._readings = folder, words, readings
        self._overrides = Overrides(folder.lock.overrides, words.chain)
        self._stems_set = {*folder.lock.moves().stem_gains_db}
        self._rides: dict[str, list[SheetRide]] = {}
        for group, ride in rides_of(folder.lock, words):
            self._rides.setdefault(group, []).append(ride)

    def sheet(self) -> Sheet:
        rides = [ride for each in self._rides.values() for ride in each]
        return Sheet(
            heading=heading_rows(self._folder, self._words),
            strips=tuple(self._strips()),
            target=target_rows(self._folder, self._overrides),
            versions=tuple(self._version(each) for each in self._folder.record.outputs),
            sections=in_sections(self._words, rides),
            engine=engine_rows(self._folder),
            remarks=self._words.remarks,
        )

    def _strips(self) -> Iterator[SheetStrip]:
        chain, sounding = self._folder.chain, {*self._folder.groups}
        for group in chain.groups:
            if group.id in sounding:
                yield self._group(group)
        for back in chain.returns:
            yield self._return(back)
        inserts = self._inserts(MASTER, ("master",), chain.master)
        yield SheetStrip(MASTER, MASTER, (), (), inserts)

    def _group(self, group: Group) -> SheetStrip:
        at, put = ("group", group.id), self._overrides
        levels = [put.row(group.trim_db, *at, "trim_db")]
        levels.append(put.row(group.gain_db, *at, "gain_db", name="fader"))
        for name, gain_db in group.sends:
            sent = put.row(gain_db, *at, "sends", name, name=f"send to {name}")
            levels.append(_in_db(sent, gain_db))
        return SheetStrip(
            group.id,
            "group",
            tuple(self._stem(row) for row in self._folder.lock.sources if row.group == group.id),
            tuple(levels),
            self._inserts(group.id, at, group.inserts),
            tuple(self._rides.get(group.id, ())),
        )

    def _stem(self, source: Source) -> SheetStem:
        return SheetStem(
            source.stem,
            source.role,
            tuple(file.name for file in source.files),
            gain_words(source.gain_db),
            f"begins at {clock(source.offset_s, 3)}" if source.offset_s else "",
            by_job=source.stem in self._stems_set,
        )

    def _return(self, back: Return) -> SheetStrip:
        at = ("return", back.id)
        fader = self._overrides.row(back.gain_db, *at, "gain_db", name="fader")
        inserts = self._inserts(back.id, at, back.inserts)
        return SheetStrip(back.id, "return", (), (fader,), inserts)

    def _inserts(
        self, owner: str, at: tuple[str, ...], rack: tuple[Insert, ...]
    ) -> tuple[SheetInsert, ...]:
        rows = {name: row for row in self._folder.of(owner) for name in row.inserts}
        return tuple(self._insert(owner, at, each, rows.get(each.id)) for each in rack)

    def _insert(
        self, owner: str, at: tuple[str, ...], insert: Insert, row: Row | None
    ) -> SheetInsert:
        place, settings = (*at, "insert", insert.id), insert.settings
        step = f"{owner}/{insert.id}"
        plugin, reading = self._folder.plugin(step), self._readings.get(step, _NO_READING)
        if isinstance(settings, Plugin):
            what = _plugin_words(settings, plugin)
            told = self._parameters(settings, plugin, reading, place)
        else:
            what = settings.use.replace("_", " ")
            told = self._settings(insert, place)
        told += [*self._placement(insert, place)]
        if insert.bypass:
            told.insert(0, self._overrides.row(True, *place, "bypass"))
        return SheetInsert(
            insert.id,
            what,
            tuple(told),
            tuple(_levels(insert, row, self._folder.rate_hz)),
            (reading.remark,) if reading.remark else (),
            insert.bypass,
        )

    def _settings(self, insert: Insert, place: tuple[str, ...]) -> list[SheetRow]:
        """Every setting of a built-in; its bands by their numbers."""
        settings = built_in(insert, self._folder.chain.target).settings
        found: list[SheetRow] = []
        for key, value in settings.model_dump(mode="json").items():
            if key == "use" or value is None:
                continue
            if isinstance(value, list) and value and isinstance(value[0], dict):
                for number, band in enumerate(value):
                    name = f"{key.removesuffix('s')} {number + 1}"
                    found.append(self._overrides.row(_plain(band), *place, key, number, name=name))
            else:
                found.append(self._overrides.row(value, *place, key))
        return found

    def _parameters(
        self,
        settings: Plugin,
        plugin: PluginRow | None,
        reading: PluginReading,
        place: tuple[str, ...],
    ) -> list[SheetRow]:
        texts = reading.texts if plugin is not None else tuple(settings.params.items())
        found = [self._overrides.text(text, *place, "params", name) for name, text in texts]
        if settings.state is not None:
            found.insert(0, self._overrides.row(settings.state, *place, "state"))
        if settings.latency_samples is not None:
            found.append(self._overrides.row(settings.latency_samples, *place, "latency_samples"))
        if settings.warm_up_s is not None:
            found.append(self._overrides.row(settings.warm_up_s, *place, "warm_up_s"))
        if settings.key is not None:
            found.append(self._overrides.row(settings.key, *place, "key"))
        return found

    def _placement(self, insert: Insert, place: tuple[str, ...]) -> Iterator[SheetRow]:
        yield self._overrides.row(insert.mix, *place, "mix")
        if insert.on != "stereo":
            yield self._overrides.row(insert.on, *place, "on")

    def _version(self, output: Finished) -> SheetVersion:
        made = {each.id: each for each in self._folder.record.versions}
        version = made.get(output.version)
        sounding = "everything" if version is None else ", ".join(version.groups) or "nothing"
        if version is not None and version.without:
            sounding += f", without {', '.join(version.without)}"
        if version is not None:
            gains = ((group, gain_words(gain)) for group, gain in version.gain_db.items())
            sounding += "".join(f", {group} {gain}" for group, gain in gains)
            sounding += "" if version.dynamics == "own" else ", with the main's dynamics"
            sounding += "" if version.limiter else ", without the limiter"
        measures, trim_db = output.measures, output.trim_db
        return SheetVersion(
            output.version,
            output.path,
            sounding,
            reading(measures.integrated_lufs, 2, "LUFS"),
            reading(measures.true_peak_dbtp, 2, "dBTP"),
            gain_words(trim_db) if trim_db else "",
        )


def _in_db(row: SheetRow, gain_db: float) -> SheetRow:
    """A send's level with its unit, which its key, the return's id, does not say."""
    own = row.chain_value
    told = own if own is None or own == "unset" else gain_words(float(own))
    return SheetRow(row.name, gain_words(gain_db), row.by_job, told)


def _plain(band: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.replace("_", " ") if isinstance(value, str) else value
        for key, value in band.items()
    }


def _plugin_words(settings: Plugin, row: PluginRow | None) -> str:
    """The plugin by name, version, vendor and format, as it was rendered with."""
    if row is not None:
        vendor = f", {row.vendor}" if row.vendor else ""
        return f"{row.name} {row.version}{vendor} ({row.format})"
    named = settings.plugin
    if isinstance(named, PluginTable):
        return f"plugin {named.name or f'class {named.id}'}"
    return f"plugin {named.replace(chr(92), '/').rpartition('/')[2]}"


def _levels(insert: Insert, row: Row | None, rate_hz: int) -> Iterator[SheetRow]:
    """What the render measured at an insert; levels stand at the last insert of a step."""
    if row is None:
        return
    reduced = dict(zip(row.inserts, row.lowest_gain_db, strict=False)).get(insert.id)
    if reduced is not None:
        yield SheetRow("takes up to", reading(max(0.0, -reduced), 1, "dB"))
    if row.inserts[-1] != insert.id:
        return
    for name, level in (("level in", row.level_in), ("level out", row.level_out)):
        if level is not None:
            rms = reading(level.rms_dbfs, 1, "dBFS RMS")
            yield SheetRow(name, f"{rms}, {reading(level.peak_dbfs, 1, 'dBFS peak')}")
    if row.latency_frames:
        late_ms = 1000.0 * row.latency_frames / rate_hz
        said = f"{row.latency_frames} samples, {late_ms:.1f} ms, compensated"
        yield SheetRow("latency", said)
