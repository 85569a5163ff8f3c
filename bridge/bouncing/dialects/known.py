"""Which DAW's rules a session is printed by."""

from __future__ import annotations

from bridge.bouncing.dialect import Dialect
from bridge.bouncing.dialects.ardour import ARDOUR
from sessions import Session
from stemwright.problems import InputError, Problem

_DIALECTS = {"ardour": ARDOUR}


def dialect_of(session: Session) -> Dialect:
    """The rules of the DAW that saved the session.

    Raises InputError `not_bounced` for one whose sound is not known here.
    """
    found = _DIALECTS.get(session.format)
    if found is None:
        raise InputError(
            Problem(
                "not_bounced",
                f"sessions of the format {session.format} are not printed here yet",
                {"file": session.format},
                expected=f"a session of {' or '.join(sorted(_DIALECTS))}",
                hint="export its stems in the DAW and name their folder",
            )
        )
    return found
