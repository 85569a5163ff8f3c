"""Projects that no reader here opens: recognised by their content, with the export to make."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath

from sessions.bundle.naming import file_extension
from sessions.formats.shared.single_file import head
from sessions.media.archives import ZIP_FAILURES
from stemwright.problems import Problem
from stemwright.values import dataclass
from stemwright.words import printable

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


_HEAD_BYTES = 64 << 10
_PRO_TOOLS = b"\x030010111100101011"
_LOGIC_DATA = bytes.fromhex("2347c0ab")
_SQLITE = b"SQLite format 3\0"
_SQLITE_APPLICATION_AT = 68
_MOST_MEMBERS = 20_000


def closed(path: Path) -> Closed | None:
    """Which unreadable project `path` is: by its content, then by its extension; None if none."""
    found = _folder(path) if path.is_dir() else _content(head(path, _HEAD_BYTES)) or _zip(path)
    return _nuendo(found, path) or CLOSED_EXTENSIONS.get(file_extension(path.name))


def refusal(path: Path) -> Problem | None:
    """The problem of a project that cannot be read, with the export to make; None for others."""
    found = closed(path)
    if found is None:
        return None
    return Problem(
        "unsupported_session",
        f"{printable(path.name)} is a project of {found.daw}, which is not read: {found.reason}",
        {"file": printable(path)},
        expected="an exchange format or stems that the DAW exports",
        hint=found.hint,
    )


def _content(data: bytes) -> Closed | None:
    return next((found for test, found in _TESTS if test(data)), None)


def _is_cubase(data: bytes) -> bool:
    return data[:4] in (b"RIFF", b"RF64") and data[8:12] == b"NUND"


def _is_audacity(data: bytes) -> bool:
    application = data[_SQLITE_APPLICATION_AT : _SQLITE_APPLICATION_AT + 4]
    if data.startswith(_SQLITE):
        return application == b"AUDY"
    return data.lstrip().startswith(b"<?xml") and b"audacity.sourceforge.net/xml" in data[:4096]


_TESTS: tuple[tuple[Callable[[bytes], bool], Closed], ...] = (
    (lambda data: data.startswith(_PRO_TOOLS), PRO_TOOLS),
    (_is_cubase, CUBASE),
    (lambda data: data.startswith(b"BtWg"), BITWIG),
    (lambda data: data.startswith(_LOGIC_DATA), LOGIC),
    (lambda data: data.startswith(b"CAKEWALK"), CAKEWALK),
    (_is_audacity, AUDACITY),
)


def _nuendo(found: Closed | None, path: Path) -> Closed | None:
    """Cubase and Nuendo write one container: what is in it, or the extension, tells them apart."""
    if found is not CUBASE:
        return found
    named = file_extension(path.name)
    inside = b"Nuendo" in head(path, _HEAD_BYTES)
    return NUENDO if named == "npr" or (inside and named != "cpr") else found


def _folder(path: Path) -> Closed | None:
    """A bundle, which macOS shows as a file and every other system as a folder."""
    try:
        return _bundle(_listed(path))
    except OSError:
        return None


def _listed(path: Path) -> Iterable[PurePosixPath]:
    """What a bundle would hold at the places that tell it: its top, and each alternative."""
    names = sorted(entry.name for entry in path.iterdir())
    yield from map(PurePosixPath, names)
    alternatives = path / "Alternatives"
    if alternatives.is_dir():
        for each in sorted(alternatives.iterdir()):
            if each.is_dir():
                for inner in sorted(each.iterdir()):
                    yield PurePosixPath("Alternatives", each.name, inner.name)


def _bundle(members: Iterable[PurePosixPath]) -> Closed | None:
    tops = set()
    for member in members:
        if member.name == "ProjectData" and "Alternatives" in member.parts:
            return LOGIC
        tops.add(member.name)
    if "projectData" in tops and ("Media" in tops or "Output" in tops):
        return GARAGEBAND
    return LOGIC if "documentData" in tops and "displayState.plist" in tops else None


def _zip(path: Path) -> Closed | None:
    """Drafts of DAWproject, and bundles that were zipped to be sent."""
    try:
        if not zipfile.is_zipfile(path):
            return None
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:_MOST_MEMBERS]
    except ZIP_FAILURES:
        return None
    members = [PurePosixPath(name.replace("\\", "/")) for name in names]
    if "project.json" in names and "metadata.json" in names and "project.xml" not in names:
        return EARLY_DAWPROJECT
    tops = {member.parts[0] for member in members if member.parts} - {"__MACOSX"}
    bundle = file_extension(tops.pop()) if len(tops) == 1 else ""
    return CLOSED_EXTENSIONS[bundle] if bundle in ("logicx", "band") else None
