"""Where Tracktion's tracks go: the master, or another track, which is named by its number.

Audio tracks are counted from 1 in the order of the edit, folders left out. A track that would come
back to itself is not followed, as the engine does not either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lxml import etree

from sessions.model import Track
from sessions.tally import Tally
from sessions.xml_values import children

_TO_TRACK = re.compile(r"track (\d{1,9})\s*(?:\(.*)?", re.DOTALL)
_DEFAULT = re.compile(r"\(default .*\)|", re.DOTALL)


def routed(root: etree._Element, tracks: Sequence[Track], tally: Tally) -> Iterator[Track]:
    """The tracks with their outputs; one that others feed is a group when it has no clips."""
    nodes = [node for node in root.iter("TRACK") if node.getparent() is not None]
    order = [node.get("id", "") for node in nodes]
    said = dict(zip(order, map(_said, nodes), strict=True))
    ways = {own: target for own, text in said.items() if (target := _target(text, order))}
    rings = _rings(ways)
    ways = {own: target for own, target in ways.items() if own not in rings}
    fed = set(ways.values())
    for track in tracks:
        text = said.get(track.id, "")
        if track.id not in ways and not _DEFAULT.fullmatch(text):
            tally.add("hardware_outputs", track.name)
        bus = track.id in fed and track.kind == "audio" and not track.clips
        kind = "group" if bus else track.kind
        yield replace(track, kind=kind, output=ways.get(track.id, track.output))


def _said(node: etree._Element) -> str:
    devices = (device for each in children(node, "OUTPUTDEVICES") for device in each)
    return next((device.get("name", "") for device in devices), "")


def _target(text: str, order: Sequence[str]) -> str | None:
    found = _TO_TRACK.fullmatch(text)
    at = int(found[1]) - 1 if found else -1
    return order[at] or None if 0 <= at < len(order) else None


def _rings(ways: Mapping[str, str]) -> set[str]:
    """The tracks whose way leads back to them; every way is followed once."""
    found: set[str] = set()
    done: set[str] = set()
    for start in ways:
        path: dict[str, None] = {}
        here: str | None = start
        while here is not None and here not in done and here not in path:
            path[here] = None
            here = ways.get(here)
        if here in path:
            walked = list(path)
            found.update(walked[walked.index(here) :])
        done.update(path)
    return found
