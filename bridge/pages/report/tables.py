"""The page's tables: what went in and came out, and measures against the target."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bridge.finished import Finished, Record, Said
from bridge.pages import change, figure, tag, text
from bridge.pages.report.contents import Row, Songbook
from bridge.pages.report.heard_signal import Heard
from chains import Chain, Target

_FOLDERS = re.compile(r"(?:[A-Za-z]:|(?<![\w.]))[\\/](?:[^\\/\s,;:\"']+[\\/])+(?=[^\\/\s])")


def without_folders(text: str) -> str:
    """The same text with absolute paths cut to their last part, so that no page knows where."""
    return _FOLDERS.sub("", text)


KINDS = {
    "mix": "rough mix",
    "reference": "reference",
    "master": "other master",
    "stems": "went in",
    "version": "came out",
}
_BESIDE = frozenset({"mix", "reference", "master"})
_MEASURES: tuple[tuple[str, str, str, int], ...] = (
    ("Integrated", "LUFS", "integrated_lufs", 1),
    ("Range", "LU", "loudness_range_lu", 1),
    ("Max short-term", "LUFS", "short_term_max_lufs", 1),
    ("Max momentary", "LUFS", "momentary_max_lufs", 1),
    ("True peak", "dBTP", "true_peak_dbtp", 2),
    ("PLR", "dB", "plr_db", 1),
    ("Lowest PSR", "dB", "psr_min_db", 1),
    ("Crest", "dB", "crest_db", 1),
    ("Correlation", "", "correlation", 2),
)


def placement(heard: Heard) -> str:
    """Of finished music beside the stems, whether it was put in time; nothing of the rest."""
    if heard.kind not in _BESIDE or heard.fault is not None:
        return ""
    if heard.offset_s is None:
        return ", as it lies: no alignment is sure"
    late_ms = round(1000.0 * heard.offset_s)
    moved = f"{abs(late_ms) / 1000:.3f} s {'late' if late_ms > 0 else 'early'}, " if late_ms else ""
    return f", {moved}aligned"


def measures_table(book: Songbook) -> str:
    """Every signal's readings, and the gain that matches it to the main master."""
    heads = [
        *((name, unit) for name, unit, _, _ in _MEASURES),
        ("To match the whole master", "dB"),
    ]
    rows = [_measured(row, book) for row in book.rows]
    return _table(["Signal"], heads, rows)


def _measured(row: Row, book: Songbook) -> str:
    name = text(row.heard.name) + tag("small", text(KINDS[row.heard.kind] + placement(row.heard)))
    if row.found is None:
        why = row.fault or "no longer in the store; render again to see it"
        told = tag("td", text(without_folders(why)), colspan=str(len(_MEASURES) + 1), class_="told")
        return tag("tr", tag("th", name, scope="row") + told)
    readings = row.found.measures
    cells = [figure(readings.get(key), digits) for _, _, key, digits in _MEASURES]
    cells.append(change(book.match_db(row), 1))
    style = {"class_": "main"} if row is book.main else {}
    return tag("tr", tag("th", name, scope="row") + _cells(cells), **style)


def target_table(record: Record, chain: Chain) -> str:
    """Every version's loudness and true peak against what the chain asks for."""
    target = chain.target
    if target is None:
        return tag("p", "The chain asks for no target: no gain and no limiter were added.")
    heads = [
        ("Integrated", "LUFS"),
        ("from the target", "LU"),
        ("True peak", "dBTP"),
        ("under the ceiling", "dB"),
        ("Verdict", ""),
    ]
    rows = [_aimed(output, target) for output in record.outputs]
    return tag("p", text(_asked(target))) + _table(["Version"], heads, rows)


def _asked(target: Target) -> str:
    loudness = "no loudness"
    if target.integrated_lufs is not None:
        loudness = f"{figure(target.integrated_lufs)} LUFS integrated"
    return (
        f"Asked for: {loudness}, true peak at most {figure(target.true_peak_dbtp)} dBTP. "
        "Further versions keep the drive of the main one, so their loudness may differ."
    )


def _aimed(output: Finished, target: Target) -> str:
    found, peak = output.measures.integrated_lufs, output.measures.true_peak_dbtp
    wanted = target.integrated_lufs
    off = None if found is None or wanted is None else found - wanted
    room = None if peak is None else target.true_peak_dbtp - peak
    judged = output.version == "main"
    cells = [figure(found, 2), change(off, 2), figure(peak, 2), figure(room, 2)]
    return tag(
        "tr",
        tag("th", text(output.version), scope="row")
        + _cells(cells)
        + tag("td", verdict(output.reached) if judged else _under(output.reached)),
    )


def _under(kept: bool) -> str:
    """A version that no loudness is asked of is held to the ceiling alone."""
    return tag("span", "ceiling kept" if kept else "missed", class_="good" if kept else "bad")


def verdict(reached: bool) -> str:
    """A mark that does not rest on colour alone."""
    return tag("span", "met" if reached else "missed", class_="good" if reached else "bad")


def diagnostics_list(record: Record) -> str:
    """What the render had to say, worst first."""
    told = sorted(record.diagnostics, key=lambda said: _RANKS.get(said.severity, 3))
    if not told:
        return tag("p", "Nothing to report.")
    return tag("ul", "".join(_said(said) for said in told), class_="told")


_RANKS = {"error": 0, "warning": 1, "note": 2}


def _said(said: Said) -> str:
    mark = {"error": "bad", "warning": "warn"}.get(said.severity, "note")
    words = text(without_folders(said.message))
    where = tag("code", text(without_folders(said.where)))
    return tag("li", f"{tag('span', text(said.severity), class_=mark)} {where} {words}")


def _cells(cells: Iterable[str]) -> str:
    return "".join(tag("td", text(cell)) for cell in cells)


def _table(first: Iterable[str], heads: Iterable[tuple[str, str]], rows: Iterable[str]) -> str:
    head: Callable[[str, str], str] = lambda name, unit: tag(  # noqa: E731 - used once, below
        "th", text(name) + (tag("small", text(unit)) if unit else ""), scope="col"
    )
    top = "".join(head(name, "") for name in first) + "".join(head(*each) for each in heads)
    body = tag("thead", tag("tr", top)) + tag("tbody", "".join(rows))
    return tag("div", tag("table", body), class_="wide-table", tabindex="0")
