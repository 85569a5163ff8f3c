"""DAW projects that no reader here opens, and how to export stems from each."""

from __future__ import annotations

from collections.abc import Mapping

EXPORTS: Mapping[str, tuple[str, str]] = {
    "als": ("Ableton Live", "File > Export Audio/Video, Rendered Track: All Individual Tracks"),
    "aup3": ("Audacity", "File > Export Audio, Multiple Files"),
    "ardour": ("Ardour", "Session > Export > Stem Export"),
    "band": ("GarageBand", "solo each track, Share > Export Song to Disk as AIFF or WAV"),
    "bwproject": ("Bitwig Studio", "File > Export Audio, and choose the tracks"),
    "cpr": ("Cubase", "File > Export > Audio Mixdown, Channel Selection: Multiple"),
    "cwp": ("Cakewalk", "File > Export > Audio, Source: Tracks"),
    "dawproject": ("DAWproject", "open it in your DAW and export the tracks as WAV"),
    "flp": ("FL Studio", "File > Export > WAV, Split mixer tracks"),
    "logicx": ("Logic Pro", "File > Export > All Tracks as Audio Files"),
    "mmp": ("LMMS", "File > Export Tracks"),
    "mmpz": ("LMMS", "File > Export Tracks"),
    "npr": ("Nuendo", "File > Export > Audio Mixdown, Channel Selection: Multiple"),
    "ptf": ("Pro Tools", "select the tracks, right-click a track's name, Bounce"),
    "ptx": ("Pro Tools", "select the tracks, right-click a track's name, Bounce"),
    "reason": ("Reason", "File > Bounce Mixer Channels"),
    "rpp": ("REAPER", "File > Render, Source: Stems (selected tracks)"),
    "song": ("Studio One", "Song > Export Stems"),
    "tracktionedit": ("Waveform", "Export > Render to a file, a separate file for each track"),
}
"""By file extension: the DAW, and the way to its stems."""
