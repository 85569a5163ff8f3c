"""What it takes to compare two sessions, beside the two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bridge.comparing.documents.of_sessions.song_times import SongTimes
from sessions import Device, Media

Parameter = tuple[str, str, str]
"""A parameter's name, its text in A's state and that in B's."""

ReadStates = Callable[[Device, Device], Sequence[Parameter] | None]
"""What a plugin of this machine says of two states of it; None where none can tell."""

SameAudio = Callable[[Media, Media], bool]
"""Whether two files of one name that lie in two places hold the same audio."""


@dataclass(frozen=True)
class Comparison:
    """How two sessions are compared; `across` tells that they are of two formats.

    Then what one of them leaves unsaid, or says in words of its own DAW, is no change.
    """

    times: SongTimes
    same_audio: SameAudio
    read_states: ReadStates | None = None
    across: bool = False
