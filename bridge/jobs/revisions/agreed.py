"""What is agreed with the client in a job file: no setting of the sound, and never taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bridge.jobs.model import Job
from chains import with_value, without

Agreed = Mapping[str, int | date | None]
"""Values of `revisions_included` and `due` by these keys; None: the job does not say."""
_KEYS = ("revisions_included", "due")


def agreed_in(now: Job, before: Job) -> Agreed:
    """What a job says now that it said otherwise before."""
    told = {key: (getattr(now, key), getattr(before, key)) for key in _KEYS}
    return {key: is_now for key, (is_now, was) in told.items() if is_now != was}


def with_agreed(text: bytes, agreed: Agreed) -> bytes:
    """The text of a job file with what is agreed in it; the very same where nothing is."""
    if not agreed:
        return text
    written = text.decode()
    for key, value in agreed.items():
        is_said = value is not None
        written = with_value(written, (key,), value) if is_said else without(written, (key,))
    return written.encode()
