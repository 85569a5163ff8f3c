"""How one DAW turns what a session says into sound, as values and functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from bridge.bouncing.curves import Array, Join
from stemwright.values import dataclass

Side = Literal["in", "out"]

FadeGains = Callable[[str, Side, int, Array], Array]
"""Shape, side, length in frames, and where in the fade (frames from its start): gains (n,)."""

SendsArePanned = Literal["with_track", "behind_track", "unknown"]
"""What a track's panner does to its sends that are taken behind the fader: theirs go where it goes,
unless they say otherwise, or they are fed with what it makes."""

PanGains = Callable[[str | None, int, Array, Array], Array]
"""The law's name, channels (1 or 2), pans and widths (n,): gains (2, channels, n)."""

KnowsPan = Callable[[str | None, float, float], bool]
"""Whether a law's name, a pan and a width say what its gains are."""

Places = Callable[[Array, int], Array]
"""Where a line is read, in frames from the song's start, for the frames that play; the second is
how late plugins behind it make the sound."""

TickPlaces = Callable[[Array, int, Callable[[int], int], tuple[float, ...]], Array]
"""The same for lines in beats, in ticks; the third says of a frame which tick is the nearest, the
fourth where the line's points are."""

PlacesInRead = Callable[[int, int, Array], Array]
"""The same of a clip's curves, for a read from one frame of the song to another."""


def as_played(frames: Array, _late_frames: int) -> Array:
    """Lines are read where the sound is."""
    return frames


def knows_all_pans(_law: str | None, _pan: float, _width: float) -> bool:
    """All of a DAW's panners are known."""
    return True


def at_once(_late_frames: int) -> int:
    """Plugins begin with a whole block."""
    return 0


def as_read(_start: int, _stop: int, frames: Array) -> Array:
    """A clip's curves are read where the sound is."""
    return frames


@dataclass(frozen=True)
class Dialect:
    """A DAW's rules; the module that holds them cites where they are from.

    `under_fade` is what an opaque clip's fade does to what lies under it. `moved_pan` is the pan of
    what a line moves, where that is another; with `lines_take_panners` a line of one of pan and
    width puts the other, if none moves it, at 0, wherever it stands. `fader_places`,
    `send_places`, `pan_places`, `mute_places`, `vca_places` (over faders without a line of their
    own) and `clip_places` say where curves are read; where lines in beats are read by ticks, there
    are places for those of faders, and of sends and pans.
    `glide_hz` smooths moving faders and mutes by one pole, whose coefficient is that over the
    sample rate. Plugins get blocks of `block_frames`, frame 0 being `plugin_lead` frames into the
    first, which may depend on the latency from there on and on where the song begins.
    `cut_short_is_silent`: a clip that runs past its file's end is not heard at all; elsewhere
    its rest is silence. `plays_frame_by_frame`: a file of another rate than the session's is not
    converted, and is heard too fast or too slow. With `loops_whole_files` a looped clip plays its
    file over and over; `may_fade_seams`, a part of one may be faded where it begins anew. Without
    `states_offsets` its sessions do not say where in its file a clip begins.
    """

    name: str
    fade: FadeGains
    pan: PanGains
    joins: Mapping[str, Join]
    fade_shapes: frozenset[str]
    under_fade: FadeGains | None = None
    moved_pan: PanGains | None = None
    lines_take_panners: bool = False
    fader_places: Places = as_played
    pan_places: Places = as_played
    mute_places: Places = as_played
    send_places: Places = as_played
    vca_places: Places = as_played
    fader_tick_places: TickPlaces | None = None
    pan_tick_places: TickPlaces | None = None
    clip_places: PlacesInRead = as_read
    glide_hz: float = 0.0
    block_frames: int = 512
    plugin_lead: Callable[[int], int] = at_once
    cut_short_is_silent: bool = False
    plays_frame_by_frame: bool = False
    loops_whole_files: bool = False
    may_fade_seams: bool = False
    states_offsets: bool = True
    knows_pan: KnowsPan = knows_all_pans
    sends_are_panned: SendsArePanned = "unknown"


def mono_in_place(left: Array, right: Array) -> Array:
    """(2, 1, n): one channel to both sides."""
    return np.stack([left, right])[:, None, :]


def sides_apart(left: Array, right: Array) -> Array:
    """(2, 2, n): each side stays on its own."""
    gains = np.zeros((2, 2, len(left)))
    gains[0, 0], gains[1, 1] = left, right
    return gains
