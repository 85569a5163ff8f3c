"""The page of a stem check: what to do, where it is, and each finding to see and hear."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from bridge.checking import CheckReport, Finding, MixFit, SongAudio, StemInMix
from bridge.pages import document, figure, part, saved, section, table, tag, text, tiles
from bridge.pages.beside import Beside, BesideWords, beside_parts, in_one_section
from bridge.pages.check.findings import accepted_list, group_cards
from bridge.pages.check.groups import Group, grouped, in_order_of_harm
from bridge.pages.check.looks import looks
from bridge.pages.check.song import SeenSong, seen_song
from bridge.pages.check.song_map import MapRow, song_map
from stemwright.words import counted, listed

_MIX = "rough mix"
_WORDS = BesideWords(
    figures="Distances and figures",
    about_services="The plain sum is the stems as they lie: a mix bus and a master make another "
    "level of it.",
)


def nothing_beside() -> Beside | None:
    """A song that lies beside no other music."""
    return None


def write_check_page(
    path: Path,
    report: CheckReport,
    audio: SongAudio,
    title: str,
    beside: Callable[[], Beside | None] = nothing_beside,
) -> None:
    """Write the page of a report; the same report of the same audio gives the same bytes.

    `beside` gives what `beside_sum` heard, and is asked last: it may be heard meanwhile.
    Raises MachineError where the disk refuses.
    """
    saved(path, check_page(report, audio, title, beside))


def check_page(
    report: CheckReport,
    audio: SongAudio,
    title: str,
    beside: Callable[[], Beside | None] = nothing_beside,
) -> str:
    """Return the whole HTML text."""
    song = seen_song(report, audio)
    stems = {stem.id: grouped(stem.findings) for stem in report.stems}
    between = grouped(report.between)
    mix = grouped(report.mix.findings) if report.mix is not None else []
    every = [*(group for groups in stems.values() for group in groups), *between, *mix]
    shown = looks(song, in_order_of_harm(every))
    links = _links(every)
    parts = [
        section("Where", song_map(_rows(report, song), song.seconds, links)),
        *(
            _part(stem.id, f"stem-{number}", stems[stem.id], stem.findings, shown.pictures)
            for number, stem in enumerate(report.stems)
        ),
        _part("Between stems", "between", between, report.between, shown.pictures),
        _against_mix(report.mix, mix, audio, shown.pictures),
        _beside(beside()),
    ]
    body = tag("header", _header(report, title)) + tag("main", "".join(parts))
    body += "".join(shown.sounds) + tag("script", part(__package__, "places.js"))
    name = f"Stem check: {title}"
    return document(name, body, part(__package__, "page.css"), pictures=True)


def _beside(beside: Beside | None) -> str:
    parts = [] if beside is None else beside_parts(beside, _WORDS)
    return in_one_section("Beside the rough mix and the reference", parts)


def _links(groups: Iterable[Group]) -> dict[str, str]:
    """What a finding's mark leads to: its card, or the list it stands in."""
    found: dict[str, str] = {}
    for group in groups:
        found |= {each.id: each.id for each in group.shown}
        found |= {each.id: group.listed[0].id for each in group.listed}
        found |= dict.fromkeys((each.id for each in group.unlisted), group.shown[0].id)
    return found


def _rows(report: CheckReport, song: SeenSong) -> list[MapRow]:
    """A row a stem, with all that names it, and one of the mix, with what names no stem."""
    of_mix = report.mix.findings if report.mix is not None else ()
    told = (*report.between, *of_mix)
    rows = [
        MapRow(
            stem.id,
            stem.findings,
            tuple(each for each in told if stem.id in each.stems),
            song.stems.get(stem.id),
            f"stem-{number}",
        )
        for number, stem in enumerate(report.stems)
        if not stem.is_mix
    ]
    own = [each for stem in report.stems if stem.is_mix for each in stem.findings]
    if report.mix is not None or own:
        number = next((n for n, stem in enumerate(report.stems) if stem.is_mix), 0)
        link = "mix" if report.mix is not None else f"stem-{number}"
        own += (each for each in of_mix if not each.stems)
        nothing = "told of the stems" if of_mix else "nothing found"
        rows.append(MapRow(_MIX, tuple(own), (), song.mix, link, nothing))
    return rows


def _header(report: CheckReport, title: str) -> str:
    findings = [*report.findings()]
    open_ = [each for each in findings if each.accepted is None]
    counts = {
        severity: sum(each.severity == severity for each in open_)
        for severity in ("major", "minor", "info")
    }
    shown = [
        ("Stems", str(report.stem_count), "", ""),
        *((severity.capitalize(), str(count), "", "") for severity, count in counts.items()),
        ("Accepted", str(len(findings) - len(open_)), "", ""),
    ]
    if report.mix is not None:
        shown.append(("Explained", figure(report.mix.explained_db), "dB", "of the rough mix"))
    return (
        tag("h1", text(f"Stem check: {title}"))
        + tag("p", text(_verdict(report, open_, counts)), class_="verdict")
        + _next(open_, counts)
        + tiles(shown)
    )


def _verdict(report: CheckReport, open_: Sequence[Finding], counts: Mapping[str, int]) -> str:
    stems = counted(report.stem_count, "stem")
    if not open_:
        accepted = any(each.accepted is not None for each in report.findings())
        said = f"Nothing {'else ' if accepted else ''}was found in {stems}."
    elif counts["major"]:
        minor = f", {counts['minor']} minor" if counts["minor"] else ""
        hurt = dict.fromkeys(
            name for each in open_ if each.severity == "major" for name in each.stems
        )
        said = f"{counts['major']} major{minor} in {stems}"
        said += f". Not to be worked on as they are: {listed([*hurt], 12)}." if hurt else "."
    elif counts["minor"]:
        said = f"Nothing major in {stems}, {counts['minor']} minor to know of."
    else:
        said = f"Nothing major or minor in {stems}; {counts['info']} for information."
    if report.mix is not None:
        said += f" Against the rough mix: {report.mix.words}."
    return said


def _next(open_: Sequence[Finding], counts: Mapping[str, int]) -> str:
    if not open_:
        return ""
    steps = []
    if counts["major"]:
        steps.append("Ask for new exports: stemwright check ... --message writes the mail.")
    if counts["major"] or counts["minor"]:
        steps.append(
            "What is meant is noted in a job: stemwright check JOB --accept ID --why WORDS."
        )
    steps.append(
        "Keys: j and k go from one to the next, space plays and stops, a, b and c switch; a click "
        "on a picture plays from there."
    )
    return tag("ul", "".join(tag("li", text(each)) for each in steps), class_="next")


def _part(
    name: str,
    link: str,
    groups: Sequence[Group],
    findings: Sequence[Finding],
    pictures: Mapping[str, str],
) -> str:
    """A stem's findings, or those between stems; nothing where there are none."""
    if not findings:
        return ""
    cards = "".join(group_cards(each, pictures) for each in groups)
    body = cards + accepted_list(findings)
    return tag("section", tag("h2", text(name)) + body, id=link)


def _place_in_mix(stem: StemInMix, rate_hz: int) -> tuple[str, str]:
    if not math.isfinite(stem.gain_db) or not rate_hz:
        return figure(None), figure(None)
    late = figure(1000.0 * stem.offset_frames / rate_hz, 2, "ms")
    return late, "upside down" if stem.polarity < 0 else "as it is"


def _against_mix(
    fit: MixFit | None, groups: Sequence[Group], audio: SongAudio, pictures: Mapping[str, str]
) -> str:
    if fit is None:
        return ""
    said = f"{fit.words[:1].upper()}{fit.words[1:]}."
    rows = [
        (
            each.id,
            figure(each.gain_db if math.isfinite(each.gain_db) else None, 2, "dB"),
            *_place_in_mix(each, audio.rate_hz),
        )
        for each in fit.stems
    ]
    head = ("in the mix", "gain", "later by", "polarity")
    body = (
        tag("p", text(said))
        + (table(head, rows, "Each stem in the rough mix") if rows else "")
        + "".join(group_cards(each, pictures) for each in groups)
        + accepted_list(fit.findings)
    )
    return tag("section", tag("h2", "Against the rough mix") + body, id="mix")
