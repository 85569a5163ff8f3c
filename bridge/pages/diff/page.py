"""Writing the page: what was changed first, then what to hear and see, then the figures."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

from bridge.comparing import (
    VERDICT_MEANINGS,
    VERDICTS,
    Diff,
    FileDiff,
    Limits,
    check_outputs,
    diff_headline,
    verdict_meaning,
)
from bridge.finished import read_record
from bridge.pages import (
    Deck,
    change,
    clock,
    document,
    figure,
    lane,
    part,
    players,
    residual_lane,
    ruler,
    saved,
    section,
    table,
    tag,
    text,
    tiles,
)
from bridge.pages.diff.figures import (
    changes_table,
    loudness_charts,
    residual_table,
    sound_table,
    spectrum_charts,
    worst_table,
)
from bridge.pages.diff.player import Names, Signals, decks, signals


def write_page(path: Path, diff: Diff, *, asked: bool | None = None, short: bool = False) -> None:
    """Write the page of `diff`, in whose place the files it names must still be.

    It judges only where limits were `asked` for: by default, where some are not the usual ones.
    `short` leaves out the whole songs, about a megabyte a minute for each file.
    The same diff gives the same bytes, and no more of the folders' names is in them than tells A
    from B. Raises InputError `page_over_input`, and as `bridge.audio.decode.read_blocks` does;
    MachineError `disk_full` and `not_writable`.
    """
    read = [Path(each) for file in diff.files for each in (file.a, file.b) if each is not None]
    check_outputs({"page": path}, [Path(diff.a), Path(diff.b), *read])
    judged = asked if asked is not None else any(each.limits != Limits() for each in diff.files)
    saved(path, page(diff, asked=judged, short=short))


def page(diff: Diff, *, asked: bool = False, short: bool = False) -> str:
    """Return the whole HTML text."""
    shown, names = _shown(diff), sides(diff.a, diff.b)
    heard = {each.name: signals(each) for each in diff.files}
    seen = heard[shown.name]
    sections = [
        section("What was changed", changes_table(diff)),
        _files(diff, shown, asked=asked),
        section("Listen", _listen(diff, shown, heard, names, short=short)),
        section("The whole", _whole(seen) if short and seen is not None else ""),
        section("What remains", residual_table(shown)),
        section("Where", "" if shown.aligned is None else worst_table(shown.aligned)),
        section("Spectrum", "" if shown.aligned is None else spectrum_charts(shown.aligned)),
        section("Loudness", loudness_charts(shown)),
        section("Figures", sound_table(shown)),
    ]
    body = _header(diff, shown, names, asked=asked) + tag("main", "".join(sections))
    styles = part("bridge.pages.diff", "page.css")
    return document(f"{names[0]} and {names[1]}: {diff.verdict}", body, styles)


def sides(a: str, b: str) -> Names:
    """The shortest ends of two paths that tell one from the other; both alike where none does."""
    parts = [Path(each).resolve().parts for each in (a, b)]
    shared = 0
    for one, other in zip_longest(*(reversed(each) for each in parts)):
        if one != other:
            break
        shared += 1
    one, other = ("/".join(each[-min(shared + 1, len(each)) :]) for each in parts)
    return one.strip("/"), other.strip("/")


def _shown(diff: Diff) -> FileDiff:
    """The pair the page is about: the worst of those with something to hear."""
    heard = [each for each in diff.files if each.aligned is not None]
    rank = {each: n for n, each in enumerate(VERDICTS)}
    return max(heard, key=lambda each: (not each.within, rank[each.verdict]), default=diff.worst)


def _header(diff: Diff, shown: FileDiff, names: Names, *, asked: bool) -> str:
    heading = (
        tag("h1", text(diff_headline(diff)), class_="good" if diff.within else "bad")
        if asked or diff.verdict == "incomparable"
        else tag("h1", text(_found(diff)))
    )
    both = "".join(
        tag("li", f"{tag('b', side)} {text(name)}{_song(place)}", class_=side.lower())
        for side, name, place in zip("AB", names, (diff.a, diff.b), strict=True)
    )
    parts = [tag("ul", both, class_="sides")]
    said = verdict_meaning(shown) if asked or shown.within else VERDICT_MEANINGS[shown.verdict]
    if len(diff.files) > 1:
        parts.append(tag("p", text(f"{shown.name}: {said}")))
    reasons = [*shown.reasons, *(each.text for each in shown.missed if asked)]
    if reasons:
        parts.append(tag("ul", "".join(tag("li", text(each)) for each in reasons)))
    return tag("header", heading + "".join(parts) + _tiles(shown))


def _song(place: str) -> str:
    """Title, revision and day of a render, as it records them."""
    path = Path(place)
    record = read_record(path if path.is_dir() else path.parent)
    told = None if record is None else record.heading
    if told is None:
        return ""
    facts = [each for each in (told.title, told.date) if each]
    if told.revision:
        facts.insert(1, f"revision {told.revision}")
    return tag("small", f" {text(', '.join(facts))}") if facts else ""


def _found(diff: Diff) -> str:
    """The verdict without a judgement: nobody said what is too much."""
    count = len(diff.files)
    differing = sum(not each.exact for each in diff.files)
    words = (
        "A and B are equal"
        if diff.verdict == "exact"
        else VERDICT_MEANINGS[diff.verdict].capitalize()
    )
    if count > 1 and differing:
        words = f"{differing} of {count} files differ"
    first = diff.first_step
    return f"{words}: {first} first" if first and differing else words


def _tiles(shown: FileDiff) -> str:
    left = shown.aligned
    first_s = None if left is None else shown.first_s
    return tiles(
        [
            ("B against A", shown.verdict, "", ""),
            ("Aligned residual, rms", figure(None if left is None else left.rms_dbfs), "dBFS", ""),
            (
                "Aligned residual, peak",
                figure(None if left is None else left.peak_dbfs),
                "dBFS",
                "",
            ),
            ("Loudness, B minus A", change(shown.loudness_delta_lu), "LU", ""),
            ("First differs at", figure(None) if first_s is None else clock(first_s), "", ""),
        ]
    )


def _files(diff: Diff, shown: FileDiff, *, asked: bool) -> str:
    if len(diff.files) < 2:
        return ""
    rows = [
        (
            f"{each.name}{' (shown below)' if each is shown else ''}",
            each.verdict,
            *(["yes" if each.within else "no"] if asked else []),
            figure(None if each.aligned is None else each.aligned.rms_dbfs, 2),
            change(each.loudness_delta_lu),
        )
        for each in diff.files
    ]
    judged = ["Within limits"] if asked else []
    head = ("File", "B against A", *judged, "Residual rms, dBFS", "Loudness, LU")
    return section("Files", table(head, rows, "All pairs of files"))


def _listen(
    diff: Diff,
    shown: FileDiff,
    heard: dict[str, Signals | None],
    names: Names,
    *,
    short: bool,
) -> str:
    """Every version, the one that is shown first."""
    files = [shown, *(each for each in diff.files if each is not shown)]
    several = len(diff.files) > 1
    made: list[Deck] = []
    for each in files:
        if several or heard[each.name] is not None:
            found = decks(each, heard[each.name], names, short=short)
            made += [replace(d, name=f"{each.name}, {d.name}") if several else d for d in found]
    if made:
        return players(made)
    why = "Every sample is equal: there is nothing to switch between."
    return tag("p", why if shown.exact else "These two cannot be subtracted: nothing to play.")


def _whole(heard: Signals) -> str:
    left = 100.0 * (heard.excerpt_s - heard.start_s) / heard.seconds
    width = 100.0 * heard.a.shape[1] / heard.rate_hz / heard.seconds
    marked = f'<i class="excerpt" style="left:{left:.3f}%;width:{width:.3f}%"></i>'
    note = (
        f"{clock(heard.start_s)} to {clock(heard.start_s + heard.seconds)} of A, B aligned to it; "
        "what is played above is marked."
    )
    a, b, rest = heard.whole
    loudest = max(a.peak, b.peak) or 1.0
    lanes = (
        lane("A", "a", a, 1.0 / loudest)
        + lane("B", "b", b, 1.0 / loudest)
        + residual_lane("B minus A", "n", rest, loudest)
        + ruler(heard.start_s, heard.seconds)
    )
    return tag("div", lanes + marked, class_="strips") + tag("p", text(note), class_="hint")
