"""What a session that cannot be read raises; all that is wrong with it is told at once."""

from __future__ import annotations

from stemwright.problems import InputError


class SessionError(InputError):
    """The only error `sessions.read` raises for bad input; `problems` is never empty."""
