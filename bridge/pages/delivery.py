"""The delivery sheet as a page: what lies in the folder, what it measures, what was checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bridge.delivering import load_profile, playback_gains, shipped_profiles
from bridge.delivering.profiles import record_size
from bridge.pages.html import change, clock, document, figure, section, table, tag, text, tiles
from stemwright.words import counted

if TYPE_CHECKING:
    from bridge.delivering import Checked, DeliveredFile, Manifest, Rule, Side
    from stemwright.problems import Problem

_HASH_SHOWN = 12


def delivery_page(manifest: Manifest, left_out: Sequence[Problem] = ()) -> str:
    """Return the whole HTML text: the same delivery gives the same bytes, and fetches nothing."""
    title = " \N{EN DASH} ".join(each for each in (manifest.artist, manifest.title) if each)
    title = title or "Delivery"
    parts = [
        tag("header", tag("h1", text(title)) + _verdict(manifest, left_out)),
        section("To look at", _told(manifest.checks)),
        *(section(name, _profile(files)) for name, files in _by_profile(manifest)),
        section("Beside the files", _enclosed(manifest)),
        section("How streaming services play it", _playback(manifest)),
        section("Every check", _every_check(manifest.checks)),
        section("What it was held to", _rules(manifest)),
    ]
    return document(title, tag("main", "".join(parts)))


def _verdict(manifest: Manifest, left_out: Sequence[Problem]) -> str:
    counts = {word: sum(each.outcome == word for each in manifest.checks) for word in _WORDS}
    said = tag("p", text(_sentence(manifest)), class_="" if manifest.passed else "warn")
    missing = "".join(
        tag("p", text(f"Not delivered: {each.message}"), class_="warn") for each in left_out
    )
    rows = [("files", str(len(manifest.files)), "", "")]
    rows += [(name, str(counts[word]), "", "") for word, name in _WORDS.items()]
    if manifest.revision is not None:
        rows.append(("revision", f"r{manifest.revision}", "", ""))
    return said + missing + tiles(rows)


_WORDS = {"pass": "checks passed", "warn": "to look at", "fail": "failed"}


def _sentence(manifest: Manifest) -> str:
    failed = sum(each.outcome == "fail" for each in manifest.checks)
    if not failed:
        looked = sum(each.outcome == "warn" for each in manifest.checks)
        return f"No check failed, {looked} to look at." if looked else "Every check passed."
    return f"{counted(failed, 'check')} failed: do not send this on before you have looked."


def _told(checks: Sequence[Checked]) -> str:
    told = [each for each in checks if each.outcome != "pass"]
    return _checks("To look at", sorted(told, key=lambda each: each.outcome)) if told else ""


def _every_check(checks: Sequence[Checked]) -> str:
    return tag(
        "details",
        tag("summary", text(counted(len(checks), "check"))) + _checks("Every check", checks),
    )


def _checks(name: str, checks: Sequence[Checked]) -> str:
    head = ("file", "", "check", "found", "wanted", "what it is")
    rows = [
        (
            each.file,
            each.outcome,
            each.check.replace("_", " "),
            _value(each.found, each.unit),
            _value(each.wanted, each.unit),
            each.words,
        )
        for each in checks
    ]
    return table(head, rows, name, words=True)


def _value(value: float | str | None, unit: str) -> str:
    if value is None:
        return ""
    return f"{value} {unit}".strip()


def _by_profile(manifest: Manifest) -> Iterator[tuple[str, list[DeliveredFile]]]:
    for name in dict.fromkeys(each.profile for each in manifest.files):
        yield name, [each for each in manifest.files if each.profile == name]


def _profile(files: Sequence[DeliveredFile]) -> str:
    head = ("file", "version", "format", "length", "loudness", "true peak", "range", "sha256")
    rows = table(head, [_row(each) for each in files], files[0].profile, words=True)
    return rows + "".join(_side(each.side) for each in files if each.side is not None)


def _side(side: Side) -> str:
    rows = [
        (
            f"{side.letter}{number}",
            part.title,
            part.artist,
            clock(part.start_frame / side.rate_hz),
            clock(part.stop_frame / side.rate_hz),
        )
        for number, part in enumerate(side.parts, 1)
    ]
    said = f"{side.name}, {record_size(side.record).words}"
    songs = table(("", "song", "artist", "from", "to"), rows, said, words=True)
    return tag("p", text(said)) + songs


def _row(file: DeliveredFile) -> Sequence[str]:
    coding, measures = file.coding, file.measures
    depth = f"{coding.kbps} kbps" if coding.bits is None else f"{coding.bits} bit"
    trimmed = f", {change(file.trim_db, 2, 'dB')}" if file.trim_db else ""
    return (
        file.path.rpartition("/")[2],
        file.version,
        f"{coding.format.upper()}, {coding.rate_hz / 1000:g} kHz, {depth}{trimmed}",
        clock(file.frames / coding.rate_hz),
        figure(measures.integrated_lufs, 2, "LUFS"),
        figure(measures.true_peak_dbtp, 2, "dBTP"),
        figure(measures.loudness_range_lu, 1, "LU"),
        file.sha256[:_HASH_SHOWN],
    )


def _enclosed(manifest: Manifest) -> str:
    rows = [(each.enclosure.path, each.enclosure.says) for each in manifest.enclosed]
    return table(("", "what it is"), rows, "Beside the files", words=True) if rows else ""


def _playback(manifest: Manifest) -> str:
    """Of the first file that is the song itself and no preview."""
    for file in manifest.files:
        gains = playback_gains(file.measures)
        if file.is_the_song and gains:
            rows = [(each.name, change(each.gain_db, 1, "dB")) for each in gains]
            note = "stated, not delivered: the file is as loud as the master"
            return table(("service", "gain"), rows, "Playback") + tag("p", text(note))
    return ""


def _rules(manifest: Manifest) -> str:
    rows = [
        (name, rule.says, rule.source, _date(rule))
        for name, _ in _by_profile(manifest)
        if name in shipped_profiles()
        for rule in load_profile(name).rules
    ]
    head = ("profile", "rule", "source", "date")
    return table(head, rows, "Rules", words=True) if rows else ""


def _date(rule: Rule) -> str:
    return rule.published or f"read {rule.read}"
