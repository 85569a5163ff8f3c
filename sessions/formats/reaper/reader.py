"""REAPER: projects (.rpp), track templates (.RTrackTemplate), FX chains (.RfxChain)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sessions.errors import SessionError
from sessions.formats.reaper import codes as tables
from sessions.formats.reaper.effects import effects
from sessions.formats.reaper.envelopes import track_automation
from sessions.formats.reaper.text import Block, integer, number, parse, word
from sessions.formats.reaper.tracks import Defaults, channel_count, pan_law, placed, tracks
from sessions.formats.reaper.unread import (
    TEXTS as TOLD,
    has_automation_items,
    tell_numbers,
    tell_project,
)
from sessions.formats.shared.remarks import Tally
from sessions.formats.shared.single_file import content, head, one_path
from sessions.media.search import MediaFinder
from sessions.model.session import Marker, Meter, Session, Tempo, Track
from sessions.model.tempo import TempoMap
from stemwright.decibels import amplitude_db
from stemwright.problems import Diagnostic, Problem, Severity
from stemwright.words import printable

_PROJECT = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<REAPER_PROJECT\b")
_TRACK = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*<TRACK\b[^\n]*\n\s*"
    rb"(?:NAME|LOCK|PEAKCOL|BEAT|AUTOMODE|VOLPAN|MUTESOLO|ISBUS|NCHAN|TRACKID)\b"
)
_CHAIN = re.compile(
    rb"^(?:\xef\xbb\xbf)?\s*(?:<FXCHAIN\s*\r?\n"
    rb"|(?:(?:WNDRECT|SHOW|LASTSEL|DOCKED|REQUIRED_VER)\b[^\n]*\n\s*)*"
    rb"(?:BYPASS \d[^\n]*\n\s*)?<(?:VST|AU|JS|CLAP|LV2|DX|VIDEO_EFFECT|CONTAINER) "
    rb"[^\n]*[^\s>][ \t]*\r?\n)"
)
# All 24 projects, 261 tracks and 703 items here state what is read of them, but: a track's PANMODE
# (the project's counts, which all state), MASTER_PANMODE (9 do; likewise), FREEMODE and YPOS (no
# lanes), MASTERAUTOMODE 0 is trim and read ("State Chunk Definitions", Cockos wiki: AUTOMODE). A
# missing rate is told. Cockos publishes no other default and no project of REAPER's lacks a value,
# so what a file of another program leaves out changes nothing: 1 for gains and speeds, else 0.
_USUAL_RATE_HZ = 48_000
_RATES_HZ = range(4_000, 768_001)
_LATEST_TIME = 1 << 40

_TEXTS: dict[str, tuple[Severity, str]] = {
    "no_sample_rate": ("note", "the file states no sample rate; 48000 Hz is taken"),
    "no_state": ("warning", "{count} plugins have no saved state: {places}"),
    "truncated_state": ("warning", "{count} plugin states are cut short and kept as far: {places}"),
    "unreadable_state": ("warning", "{count} plugin states are kept but not understood: {places}"),
    "container_flattened": ("note", "{count} FX containers are read as a row: {places}"),
    "parallel_effects": ("warning", "{count} effects run in parallel, read as a row: {places}"),
    "input_effects": ("note", "input effects are not read: {places}"),
    "hardware_outputs": ("note", "outputs to hardware are not read: {places}"),
    "unknown_effects": ("warning", "{count} effects are of a kind not known here: {places}"),
    "container_mix": ("warning", "{count} FX containers are mixed with dry sound: {places}"),
    "mono_sends": ("warning", "{count} sends are summed to mono, which is not read: {places}"),
    "midi_sends": ("note", "{count} sends carry MIDI alone and are left out: {places}"),
    "send_channels": ("warning", "{count} sends take other channels than 1/2: {places}"),
    "send_before_effects": ("warning", "{count} sends start before the effects: {places}"),
    "send_from_nowhere": (
        "warning",
        "sends that come from a track that is not there are left out ({count}): {places}",
    ),
    "pin_mappings": (
        "note",
        "{count} plugins do not hear and feed channels 1 and 2 as they are: {places}",
    ),
    "older_versions": (
        "note",
        "the file holds {count} other versions of the project; the one saved last is read",
    ),
    "midi_clips": ("note", "{count} MIDI clips are named, their notes not read: {places}"),
    "empty_items": ("note", "{count} items without audio are left out: {places}"),
    "generated_clips": ("warning", "{count} clips come from no audio file: {places}"),
    "stretched_clips": ("warning", "{count} clips are stretched or pitched: {places}"),
    "reversed_clips": ("note", "{count} clips play backwards: {places}"),
    "silent_pictures": ("note", "{count} video clips are set to be silent, so muted: {places}"),
    **TOLD,
}


class Reaper:
    """The Format for REAPER's text files."""

    name = "reaper"
    describe = "a REAPER project, track template or FX chain"

    def score(self, path: Path) -> float:
        """1 for a project, 0.95 for a template or chain, by the first lines."""
        first = head(path)
        if _PROJECT.match(first):
            return 1.0
        return 0.95 if _TRACK.match(first) or _CHAIN.match(first) else 0.0

    def read(self, paths: Sequence[Path], media: Sequence[Path] = ()) -> Session:
        """Read one project, template or chain.

        Raises SessionError for more than one file, and for a file that is none or is cut short.
        """
        path = one_path(paths)
        where = printable(path)
        data = content(path)
        if not self.score(path):
            raise SessionError(_no_project(where))
        top = parse(data, where)
        finder, tally = MediaFinder(path, media), Tally(_TEXTS)
        project = _newest(list(top.blocks("REAPER_PROJECT")), tally)
        if project is not None:
            return _project(project, finder, tally)
        found = _fragment(top, path, finder, tally)
        return Session(FORMAT.name, None, _USUAL_RATE_HZ, found, diagnostics=_told(tally, finder))


FORMAT = Reaper()


def _newest(versions: Sequence[Block], tally: Tally) -> Block | None:
    """The project saved last (the time in seconds behind its version), of several in an .rpp-bak.

    Of one time the last written counts: REAPER puts each backup behind those before it.
    """
    if len(versions) > 1:
        tally.add("older_versions", f"line {versions[0].number}", len(versions) - 1)
    saved = [number(each.words, 3) for each in versions]
    newest = max(range(len(versions)), key=lambda at: (saved[at], at), default=None)
    return None if newest is None else versions[newest]


def _project(project: Block, finder: MediaFinder, tally: Tally) -> Session:
    rate_hz = integer(project.line("SAMPLERATE"), 1)
    if rate_hz not in _RATES_HZ:
        tally.add("no_sample_rate", "SAMPLERATE")
        rate_hz = _USUAL_RATE_HZ
    defaults = Defaults(
        rate_hz,
        integer(project.line("PANMODE"), 1, tables.STEREO_BALANCE),
        number(project.line("PANLAW"), 1, 1.0),
    )
    found = tracks(project, defaults, finder, tally)
    master = _master(project, defaults, tally)
    tempos, meters = _tempo(project)
    unread = tell_project(project, tally)
    tell_numbers(project, tally)
    return Session(
        format=FORMAT.name,
        daw=f"REAPER {word(project.words, 2)}".strip(),
        sample_rate_hz=rate_hz,
        tracks=tuple(
            replace(each, unread=(*each.unread, *codes))
            for each, codes in zip((*found, master), unread, strict=True)
        ),
        tempo=tempos,
        meters=meters,
        markers=tuple(_markers(project)),
        provenance=tuple(_provenance(project)),
        diagnostics=_told(tally, finder),
    )


def _told(tally: Tally, finder: MediaFinder) -> tuple[Diagnostic, ...]:
    return (*finder.diagnostics(), *tally.diagnostics())


def _fragment(top: Block, path: Path, finder: MediaFinder, tally: Tally) -> tuple[Track, ...]:
    tally.add("no_sample_rate", printable(path.name))
    defaults = Defaults(_USUAL_RATE_HZ, tables.STEREO_BALANCE, 1.0)
    tell_numbers(top, tally)
    if top.block("TRACK") is not None:
        return tracks(top, defaults, finder, tally)
    chain = effects(top.block("FXCHAIN") or top, True, path.stem, tally)
    return (
        Track(
            id="chain",
            name=path.stem,
            devices=tuple(each.device for each in chain),
            automation=tuple(line for each in chain for line in each.automation),
        ),
    )


def _master(project: Block, defaults: Defaults, tally: Tally) -> Track:
    fader = project.line("MASTER_VOLUME")
    gain = number(fader, 1, 1.0)
    enabled = integer(project.line("MASTER_FX"), 1, 1) != 0
    chain = effects(project.block("MASTERFXLIST"), enabled, "master", tally)
    mode = integer(project.line("MASTER_PANMODE"), 1, -1)
    mode = defaults.pan_mode if mode < 0 else mode
    trim_read = integer(project.line("MASTERAUTOMODE"), 1) == tables.TRIM_READ
    pan, width = placed(mode, fader)
    moved = has_automation_items(project)
    tally.add("automation_items", "master", int(moved))
    return Track(
        id="master",
        name="Master",
        kind="master",
        channels=channel_count(project.line("MASTER_NCH")),
        gain_db=amplitude_db(abs(gain)),
        pan=pan,
        width=width,
        unread=("automation_items",) if moved else (),
        inverted=gain < 0,
        muted=bool(integer(project.line("MASTERMUTESOLO"), 1) & 1),
        pan_law=pan_law(mode, number(fader, 3, tables.PROJECT_LAW), defaults),
        output=None,
        devices=tuple(each.device for each in chain),
        automation=(
            *track_automation(project, gain, trim_read),
            *(line for each in chain for line in each.automation),
        ),
    )


def _tempo(project: Block) -> tuple[tuple[Tempo, ...], tuple[Meter, ...]]:
    """Tempo and meter; points lie at seconds, and their ramps are linear in time."""
    line = project.line("TEMPO")
    meters = [Meter(0.0, max(1, integer(line, 2, 4)), max(1, integer(line, 3, 4)))]
    tempos: list[Tempo] = []
    envelope = project.block("TEMPOENVEX")
    for words in [] if envelope is None else envelope.lines("PT"):
        bpm = number(words, 2)
        if bpm <= 0:
            continue
        square = integer(words, 3, tables.TEMPO_STEP) == tables.TEMPO_STEP
        tempos.append(Tempo(number(words, 1), bpm, "step" if square else "linear"))
        signature = integer(words, 4)
        if signature > 0:
            meter = Meter(number(words, 1), *tables.signature_of(signature))
            if meter.numerator and meter.denominator:
                meters = [each for each in meters if each.position_s != meter.position_s]
                meters.append(meter)
    usual = number(line, 1, 120.0)
    return tuple(tempos) or (Tempo(0.0, usual if usual > 0 else 120.0),), tuple(meters)


def tempo_map(session: Session) -> TempoMap:
    """The tempo map of a REAPER session."""
    return TempoMap.at_seconds((each.position_s, each.bpm, each.curve) for each in session.tempo)


def _markers(project: Block) -> Iterator[Marker]:
    """Markers in order of the file; a region is two lines of one number."""
    open_regions: dict[str, tuple[float, str]] = {}
    for words in project.lines("MARKER"):
        index, position_s = word(words, 1), number(words, 2)
        if not integer(words, 4) & tables.REGION:
            yield Marker(position_s, word(words, 3))
        elif index in open_regions:
            start_s, name = open_regions.pop(index)
            yield Marker(start_s, name, max(0.0, position_s - start_s), "region")
        else:
            open_regions[index] = (position_s, word(words, 3))
    for start_s, name in open_regions.values():
        yield Marker(start_s, name, 0.0, "region")


def _provenance(project: Block) -> Iterator[tuple[str, str]]:
    for key in ("TITLE", "AUTHOR"):
        if said := word(project.line(key), 1):
            yield key.lower(), said
    saved = integer(project.words, 3)
    if 0 < saved < _LATEST_TIME:
        try:
            yield "saved", datetime.fromtimestamp(saved, UTC).isoformat()
        except (OverflowError, ValueError, OSError):
            return


def _no_project(where: str) -> Problem:
    return Problem(
        "not_reaper",
        f"{where} is no REAPER project, track template or FX chain",
        {"file": where},
        expected="a text file that begins with <REAPER_PROJECT",
        hint="save the project anew in REAPER",
    )
