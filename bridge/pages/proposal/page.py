"""The page of a proposal: what is proposed, to look at and listen to, and what it comes near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bridge.pages import document, saved, section, tag, text, tiles
from bridge.pages.beside import Beside, BesideWords, beside_parts
from stemwright.values import dataclass

_NO_MASTER = (
    "Before and after are the groups' sum, as it comes to the returns and the master bus: a drive "
    "and a limiter that follow make another level of it."
)


@dataclass(frozen=True)
class Proposal:
    """What the page says: `sections` are titles and HTML, `tiles` as `bridge.pages.tiles` has them.

    `beside` follows the sections, `remarks` are plain sentences that end the page.
    """

    title: str
    heading: str
    tiles: Sequence[tuple[str, str, str, str]]
    sections: Sequence[tuple[str, str]]
    beside: Beside | None = None
    remarks: Sequence[str] = ()


def write_proposal(path: Path, said: Proposal) -> None:
    """Write the page. Raises MachineError where the disk refuses."""
    header = tag("header", tag("h1", text(said.heading)) + tiles(said.tiles))
    shown = "".join(section(*each) for each in said.sections)
    shown += "" if said.beside is None else _beside(said.beside)
    remarks = "".join(tag("li", text(each)) for each in said.remarks)
    shown += section("What to know", tag("ul", remarks) if remarks else "")
    saved(path, document(said.title, header + tag("main", shown)))


def _beside(beside: Beside) -> str:
    words = BesideWords(about_services=_NO_MASTER)
    if not beside.is_song:
        title = f"Beside the {beside.others[0].heard.name}, in these seconds"
        windows = "3 s windows, each at its end, from where these seconds begin."
        words = replace(words, figures=title, windows=windows)
    elif beside.told and not beside.others:
        words = replace(words, figures="Before and after")
    return "".join(section(*each) for each in beside_parts(beside, words))
