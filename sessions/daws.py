"""The export to make of each DAW's projects, step by step, where no reader here opens them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
    "pts": ("Pro Tools", "select the tracks, right-click a track's name, Bounce"),
    "ptx": ("Pro Tools", "select the tracks, right-click a track's name, Bounce"),
    "reason": ("Reason", "File > Bounce Mixer Channels"),
    "rpp": ("REAPER", "File > Render, Source: Stems (selected tracks)"),
    "song": ("Studio One", "Song > Export Stems"),
    "tracktionedit": ("Waveform", "Export > Render to a file, a separate file for each track"),
}
"""By file extension: the DAW, and the way to its stems."""

READ = frozenset(
    ["als", "ardour", "dawproject", "flp", "mmp", "mmpz", "rpp", "song", "tracktionedit"]
)
"""Those extensions whose projects are read, when they are what their name says."""


@dataclass(frozen=True)
class Closed:
    """A project format that is not read: whose it is, why, and the steps that lead out of it."""

    daw: str
    reason: str
    steps: tuple[str, ...]

    @property
    def hint(self) -> str:
        """The steps in one line, numbered."""
        return "; ".join(f"{at}. {step}" for at, step in enumerate(self.steps, 1))


_STEMS = "read the folder of files"

PRO_TOOLS = Closed(
    "Pro Tools",
    "its sessions are scrambled and only Pro Tools opens them",
    (
        "open it in Pro Tools and choose Edit > Select All",
        "for tracks, clips and fades: File > Export > Selected Tracks as AAF, Copy Source Media",
        "for the sound with its plugins: right-click a track's name, Bounce, WAV 24 bit, Offline",
        "read the .aaf, or the folder of bounces",
    ),
)
CUBASE = Closed(
    "Cubase",
    "its projects are in a format of its own",
    (
        "open it in Cubase",
        "in Cubase 14 or later: File > Export > DAWproject, plugins included",
        "earlier: Edit > Select > All, then File > Export > Selected Tracks, a track archive",
        "for stems: File > Export > Audio Mixdown, Channel Selection: Multiple, WAV 24 bit",
        "read the .dawproject, the .xml, or the folder of stems",
    ),
)
NUENDO = Closed(
    "Nuendo",
    "its projects are in a format of its own",
    (
        "open it in Nuendo",
        "in Nuendo 14 or later: File > Export > DAWproject; earlier: File > Export > AAF",
        "for stems: File > Export > Audio Mixdown, Channel Selection: Multiple, WAV 24 bit",
        "read the .dawproject, the .aaf, or the folder of stems",
    ),
)
LOGIC = Closed(
    "Logic Pro",
    "its projects are in a format of its own",
    (
        "open it in Logic Pro",
        "for the sound with its plugins: File > Export > All Tracks as Audio Files, WAV 24 bit",
        "for tracks, clips and fades: File > Export > Project as AAF File",
        "read the folder of files, or the .aaf",
    ),
)
GARAGEBAND = Closed(
    "GarageBand",
    "its projects are in a format of its own",
    (
        "open it in Logic Pro, which takes GarageBand's projects",
        "File > Export > All Tracks as Audio Files, WAV 24 bit",
        "without Logic: solo each track, Share > Export Song to Disk, as WAV, from the same start",
        _STEMS,
    ),
)
BITWIG = Closed(
    "Bitwig Studio",
    "its projects are in a format of its own",
    (
        "open it in Bitwig Studio 5.0.9 or later",
        "File > Export Project, format DAWproject, plugins included",
        "for stems: File > Export Audio, and choose the tracks, WAV 24 bit",
        "read the .dawproject, or the folder of stems",
    ),
)
EARLY_DAWPROJECT = Closed(
    "DAWproject before 1.0",
    "it holds project.json, a draft of the format that was given up before its first release",
    (
        "open it in the DAW that wrote it, such as Bitwig Studio 5.0.9 or later",
        "export it again as DAWproject, which then holds project.xml",
        "read the new .dawproject",
    ),
)
REASON = Closed(
    "Reason",
    "its songs are in a format of its own",
    ("open it in Reason", "File > Bounce Mixer Channels, WAV 24 bit, all channels", _STEMS),
)
CAKEWALK = Closed(
    "Cakewalk",
    "its projects are in a format of its own",
    ("open it in Cakewalk", "File > Export > Audio, Source: Tracks, WAV 24 bit", _STEMS),
)
AUDACITY = Closed(
    "Audacity",
    "its projects are databases of its own",
    ("open it in Audacity", "File > Export Audio, Multiple Files, split by tracks, WAV", _STEMS),
)

CLOSED_EXTENSIONS: Mapping[str, Closed] = {
    "aup": AUDACITY,
    "aup3": AUDACITY,
    "band": GARAGEBAND,
    "bwproject": BITWIG,
    "cpr": CUBASE,
    "cwp": CAKEWALK,
    "logic": LOGIC,
    "logicx": LOGIC,
    "npr": NUENDO,
    "ptf": PRO_TOOLS,
    "pts": PRO_TOOLS,
    "ptx": PRO_TOOLS,
    "reason": REASON,
}
"""By file extension, for projects whose content does not say what they are."""
