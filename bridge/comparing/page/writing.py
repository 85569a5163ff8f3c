"""Writing the page: the verdict first, then what to hear and see, then the figures."""

from __future__ import annotations

from pathlib import Path

from bridge.comparing.limits import VERDICTS
from bridge.comparing.model import Diff, FileDiff
from bridge.comparing.outputs import check_outputs
from bridge.comparing.page.figures import (
    loudness_charts,
    residual_table,
    sound_table,
    spectrum_charts,
    worst_table,
)
from bridge.comparing.page.player import player
from bridge.comparing.page.signals import Signals, signals
from bridge.comparing.wording import headline, meaning
from bridge.listening.document import document, part, saved, section
from bridge.listening.marking import change, clock, figure, table, tag, text, tiles
from bridge.listening.outlines import lane, residual_lane


def write_page(path: Path, diff: Diff) -> None:
    """Write the page of `diff`, in whose place the files it names must still be; 3 to 8 MB.

    The same diff gives the same bytes, and no folder's name is in them. Raises InputError
    `page_over_input`, and as `bridge.audio.decode.read_blocks` does; MachineError `disk_full` and
    `not_writable`.
    """
    read = [Path(each) for file in diff.files for each in (file.a, file.b) if each is not None]
    check_outputs({"page": path}, [Path(diff.a), Path(diff.b), *read])
    saved(path, page(diff))


def page(diff: Diff) -> str:
    """Return the whole HTML text."""
    shown = _shown(diff)
    heard = signals(shown)
    sections = [
        _files(diff, shown),
        section("Listen", _quiet(shown) if heard is None else player(heard)),
        section("The whole", "" if heard is None else _whole(heard)),
        section("What remains", residual_table(shown)),
        section("Where", "" if shown.aligned is None else worst_table(shown.aligned)),
        section("Spectrum", "" if shown.aligned is None else spectrum_charts(shown.aligned)),
        section("Loudness", loudness_charts(shown)),
        section("Figures", sound_table(shown)),
    ]
    body = _header(diff, shown) + tag("main", "".join(sections))
    styles = part("bridge.comparing.page", "page.css")
    return document(f"{diff.verdict}: {shown.name}", body, styles)


def _shown(diff: Diff) -> FileDiff:
    """The pair the page is about: the worst of those with something to hear."""
    heard = [each for each in diff.files if each.aligned is not None]
    rank = {each: n for n, each in enumerate(VERDICTS)}
    return max(heard, key=lambda each: (not each.within, rank[each.verdict]), default=diff.worst)


def _header(diff: Diff, shown: FileDiff) -> str:
    mark = "good" if diff.within else "bad"
    first = diff.first_step
    parts = [tag("p", text(f"{_named(shown)}: {meaning(shown)}"))]
    reasons = [*shown.reasons, *(each.text for each in shown.missed)]
    if reasons:
        parts.append(tag("ul", "".join(tag("li", text(each)) for each in reasons)))
    if first is not None:
        parts.append(tag("p", f"First to differ, in signal order: {tag('b', text(first))}"))
    heading = tag("h1", text(headline(diff)), class_=mark)
    return tag("header", heading + "".join(parts) + _tiles(shown))


def _named(shown: FileDiff) -> str:
    """The files' own names, without their folders."""
    names = [Path(each).name for each in (shown.a, shown.b) if each is not None]
    return f"A {names[0]}, B {names[1]}" if len({*names}) == 2 else shown.name


def _tiles(shown: FileDiff) -> str:
    left = shown.aligned
    first_s = None if left is None else shown.first_s
    return tiles(
        [
            ("Verdict", shown.verdict, "", ""),
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


def _files(diff: Diff, shown: FileDiff) -> str:
    if len(diff.files) < 2:
        return ""
    rows = [
        (
            f"{each.name}{' (shown below)' if each is shown else ''}",
            each.verdict,
            "yes" if each.within else "no",
            figure(None if each.aligned is None else each.aligned.rms_dbfs, 2),
            change(each.loudness_delta_lu),
        )
        for each in diff.files
    ]
    head = ("File", "Verdict", "Within limits", "Residual rms, dBFS", "Loudness, LU")
    return section("Files", table(head, rows, "All pairs of files"))


def _quiet(shown: FileDiff) -> str:
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
    )
    return tag("div", lanes + marked, class_="strips") + tag("p", text(note), class_="hint")
