"""The page of a proposal: what is proposed, to look at and listen to, and what it comes near."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.pages import document, saved, section, tag, text, tiles
from bridge.pages.proposal.beside_both import Beside
from bridge.pages.proposal.beside_sections import beside_sections
from stemwright.values import dataclass


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
    shown += "" if said.beside is None else beside_sections(said.beside)
    remarks = "".join(tag("li", text(each)) for each in said.remarks)
    shown += section("What to know", tag("ul", remarks) if remarks else "")
    saved(path, document(said.title, header + tag("main", shown)))
