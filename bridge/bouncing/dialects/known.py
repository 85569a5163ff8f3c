"""Which DAW's rules a session is printed by."""

from __future__ import annotations

from dataclasses import replace

from bridge.bouncing.dialect import Dialect
from bridge.bouncing.dialects.ardour import ARDOUR
from bridge.bouncing.dialects.live import LIVE
from bridge.bouncing.dialects.plain import PLAIN
from bridge.bouncing.dialects.reaper import REAPER
from bridge.bouncing.dialects.tracktion import TRACKTION
from sessions import Session

_PRO_TOOLS_TEXT = replace(PLAIN, name="Pro Tools", states_offsets=False)

_DIALECTS = {
    "ardour": ARDOUR,
    "reaper": REAPER,
    "ableton": LIVE,
    "tracktion": TRACKTION,
    "protools_text": _PRO_TOOLS_TEXT,
}


def dialect_of(session: Session) -> Dialect:
    """The rules of the DAW that saved the session; of others those that no session contradicts."""
    return _DIALECTS.get(session.format, replace(PLAIN, name=session.format))
