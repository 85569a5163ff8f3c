"""Parts of pages that a benchmark writes, between two markers."""

from __future__ import annotations

from pathlib import Path


def with_block(text: str, name: str, block: str) -> str:
    """Return `text` with what stood between the markers of `name` replaced by `block`.

    ValueError where the markers are not there once each, in this order.
    """
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begun, rest = text.partition(begin)
    _, ended, after = rest.partition(end)
    if not begun or not ended or begin in rest or end in before + after:
        raise ValueError(f"{begin} and {end} are wanted once each, in this order")
    return f"{before}{begin}\n{block}\n{end}{after}"


def write_block(page: Path, name: str, block: str) -> None:
    """Rewrite the part `name` of a page. ValueError as `with_block`."""
    page.write_text(with_block(page.read_text(encoding="utf-8"), name, block), encoding="utf-8")
