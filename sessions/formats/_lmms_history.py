"""Projects of older LMMS versions brought into today's form, as LMMS itself does on loading.

What changed and when: the upgrades in LMMS's src/core/DataFile.cpp. Only what the reader reads is
brought along: names, levels, places, the chains of effects, and where mixer channels go.
"""

from __future__ import annotations

import math
import re

from lxml import etree

ROOTS = ("lmms-project", "multimedia-project", "multimediaproject")
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:-(?:svn|cvs)?(\d{8})\b)?")
_PLACED = ("note", "pattern", "bbtco", "sampletco", "time")
_OLD_TICKS = 3.0  # 64 ticks a bar became 192
_OLD_LEVEL = 0.585786438

_Version = tuple[tuple[int, ...], str]


def modernise(root: etree._Element) -> None:
    """Change the tree of an older project in place; one that states no version is left alone."""
    found = _VERSION.match(root.get("creatorversion", ""))
    if found is None:
        return
    version = tuple(int(part) for part in found.groups()[:3]), found[4] or ""
    if _before(version, (0, 2, 1), "20070501"):
        _scale(root, ("sampletrack",), ("vol",), 100.0)
    if _before(version, (0, 2, 1), "20070508"):
        for track in list(root.iter("channeltrack")):
            track.tag = "instrumenttrack"
        _scale(root, ("instrumenttrack",), ("vol",), _OLD_LEVEL)
    if _before(version, (0, 4, 0), "20080118"):
        _chains(root)
    if _before(version, (0, 4, 0), "20080409"):
        _scale(root, _PLACED, ("pos", "len"), _OLD_TICKS)
    if _before(version, (1, 1, 0), ""):
        _route(root)
    _name(root)


def _before(version: _Version, numbers: tuple[int, ...], date: str) -> bool:
    """Tell whether a version is older; of one number, the dated builds came before the release."""
    own, built = version
    return own < numbers or (own == numbers and "" < built < date)


def _scale(
    root: etree._Element, tags: tuple[str, ...], names: tuple[str, ...], factor: float
) -> None:
    for element in root.iter(*tags):
        for name in names:
            try:
                value = float(element.get(name, "")) * factor
            except ValueError:
                continue
            if math.isfinite(value):
                element.set(name, repr(value))


def _chains(root: etree._Element) -> None:
    """An <fx> that held a <rack> of effects is an <fxchain> that holds them itself."""
    for chain in list(root.iter("fx")):
        chain.tag = "fxchain"
        chain.set("enabled", "0" if chain.get("fxdisabled", "1") != "0" else "1")
        for rack in chain.findall("rack"):
            chain.extend(list(rack))
            chain.remove(rack)


def _route(root: etree._Element) -> None:
    """Mixer channels had no sends: each went to the master."""
    for channel in root.iter("fxchannel"):
        if channel.find("send") is None and channel.get("num", "0") != "0":
            etree.SubElement(channel, "send", channel="0", amount="1")


def _name(root: etree._Element) -> None:
    """Tracks were named in what they hold."""
    for track in root.iter("track"):
        inner = next((each.get("name") for each in track if each.get("name")), None)
        if track.get("name") is None and inner is not None:
            track.set("name", inner)
