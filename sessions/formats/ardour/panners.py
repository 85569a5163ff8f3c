"""Ardour's panners by name."""

from __future__ import annotations

from lxml import etree

from sessions.formats.shared.xml import child, flag

# The panner is that of the highest priority for its channels (panner_manager.cc: select_panner): on
# two channels the balance, as bounces of Ardour 7.3 show. What does not say so is not bypassed
# (panner_shell.cc). Into a single channel all are summed, without a panner (its run).
_PANNERS = {
    "panner_1in2out": "1in2out",
    "panner_balance": "balance",
    "panner_2in2out": "2in2out",
    "Equal Power Stereo": "2in2out",
    "Stereo Balance": "balance",
    "Mono to Stereo Panner": "1in2out",
}
_USUAL = {1: "1in2out", 2: "balance"}


def panner_law(shell: etree._Element | None, channels: int, outputs: int) -> str | None:
    """The name of the panner in a PannerShell; None where channels are not placed."""
    if outputs == 1:
        return "summed"
    if flag(shell, "bypassed"):
        return "bypassed"
    inner = child(shell, "Panner")
    said = "" if shell is None else shell.get("user-panner", "")
    if not said and inner is not None:
        said = inner.get("uri", "") or inner.get("type", "")
    return _PANNERS.get(said.rpartition("/")[2], _USUAL.get(channels))
