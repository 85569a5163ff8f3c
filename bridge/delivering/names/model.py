"""How a recipient wants files to be called, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

WordStyle = Literal["joined", "spaced", "hyphened", "kept"]
"""TheLongRoad, The Long Road, the-long-road, or as it is written."""


@dataclass(frozen=True)
class Naming:
    """A set of naming rules.

    `letters` are those allowed, as inside the brackets of a regular expression. `version_words` say
    what a version is called, `group_words` what one is that is a single group.
    """

    id: str
    template: str
    words: WordStyle = "joined"
    letters: str = "A-Za-z0-9_-"
    most_chars: int = 100
    most_title_chars: int | None = None
    version_words: Mapping[str, str] = field(default_factory=dict, hash=False)
    group_words: str | None = None
    says: str = ""
    source: str = ""
    published: str | None = None
    read: str | None = None


@dataclass(frozen=True)
class NamedFile:
    """What a file's name may say of it; texts as the job has them, empty where it says nothing.

    `group` is the stem group that is the only one in it, `side` the letter of a record's side.
    """

    version: str
    rate_hz: int
    channels: int = 2
    bits: int | None = None
    codec: str = ""
    kbps: int | None = None
    title: str = ""
    artist: str = ""
    composer: str = ""
    engineer: str = ""
    catalogue: str = ""
    isrc: str = ""
    bpm: str = ""
    group: str | None = None
    revision: int | None = None
    track: int | None = None
    side: str = ""
