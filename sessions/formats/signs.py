"""What a file must show before one of our readers is loaded: loading them all takes 0.3 s.

A sign is a condition without which the reader's `score` is 0, as cheap as the first bytes; the
reader itself decides. A reader without a sign here, as one of another package, is always loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from sessions.formats.shared.single_file import head
from sessions.media.archives import member_names

_GZIP = b"\x1f\x8b"
_UTF8_MARK = b"\xef\xbb\xbf"
_DEFLATE = 8  # RFC 1950: the low bits of a packed stream's first byte
_REAPER = (
    *(b"<REAPER_PROJECT", b"<TRACK", b"<FXCHAIN", b"WNDRECT", b"SHOW", b"LASTSEL", b"DOCKED"),
    *(b"REQUIRED_VER", b"BYPASS", b"<VST", b"<AU", b"<JS", b"<CLAP", b"<LV2", b"<DX"),
    *(b"<VIDEO_EFFECT", b"<CONTAINER"),
)
_PRO_TOOLS = (b"SESSION", _UTF8_MARK + b"SESSION", b"\xff\xfeS", b"\xfe\xff\x00S")


class Shown:
    """What a path shows at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def head(self) -> bytes:
        """Its first bytes, as many as any reader looks at; none of a folder."""
        return head(self._path)

    @cached_property
    def members(self) -> frozenset[str]:
        """The names in it where it is a zip."""
        return member_names(self._path) if self._path.is_file() else frozenset()


def _is_lmms(shown: Shown) -> bool:
    packed = len(shown.head) > 4 and shown.head[4] & 0x0F == _DEFLATE
    return packed or b"<lmms-project" in shown.head or b"<multimedia" in shown.head


def _is_reaper(shown: Shown) -> bool:
    return shown.head.removeprefix(_UTF8_MARK).lstrip().startswith(_REAPER)


SIGNS: Mapping[str, Callable[[Shown], bool]] = {
    "aaf": lambda shown: shown.head.startswith(b"\xd0\xcf\x11\xe0"),
    "ableton": lambda shown: shown.head.startswith(_GZIP) or b"<Ableton" in shown.head,
    "ardour": lambda shown: b"<Session" in shown.head,
    "cubase": lambda shown: b"<tracklist" in shown.head,
    "dawproject": lambda shown: bool(shown.members & {"project.xml", "project.json"}),
    "flstudio": lambda shown: shown.head.startswith(b"FLhd"),
    "lmms": _is_lmms,
    "ni_stem": lambda shown: shown.head[4:8] == b"ftyp",
    "protools": lambda shown: shown.head.startswith(_PRO_TOOLS),
    "reaper": _is_reaper,
    "studio_one": lambda shown: "Song/song.xml" in shown.members,
    "tracktion": lambda shown: b"<EDIT" in shown.head,
}
"""By the folder in `sessions.formats` that the reader lies in."""


def may_fit(module: str, shown: Sequence[Shown]) -> bool:
    """Whether the reader in `module` may score all that is `shown`; True where no sign is known."""
    before, _, name = module.removesuffix(".reader").rpartition(".")
    sign = SIGNS.get(name) if before == "sessions.formats" else None
    return sign is None or all(map(sign, shown))
