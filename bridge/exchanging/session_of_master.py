"""A finished folder as the session it would be in a DAW: groups of stems, faders, plugins."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from bridge.exchanging.devices import Finisher
from bridge.exchanging.mixer import FINISHED_MASTER
from bridge.finished import RECORD, Lock, Place, Source, found_again, open_chain_and_lock, recall
from bridge.planning import SongMoves, Stem, move_words
from bridge.storing import Store
from chains import Chain, Group, Insert, Plugin
from sessions import Clip, Device, Entry, Media, Send, Session, Tempo, Track, read_header
from stemwright.problems import Diagnostic, InputError, Problem

MAIN = "main.wav"


def is_rendering(path: Path) -> bool:
    """Whether `path` is a folder that `render` wrote."""
    return path.is_dir() and (path / RECORD).is_file()


def session_of(
    folder: Path,
    store: Store,
    plugin_folders: Sequence[Path] = (),
    trusted: Sequence[Path] = (),
    stems: Path | None = None,
    *,
    printed: bool = False,
) -> tuple[Session, tuple[Diagnostic, ...]]:
    """Rebuild the song of a finished folder from its chain, its lock and its sources.

    `stems` is where its stems lie now, if not where they were rendered from; `printed` tells that
    groups and returns with our own processors will become audio.
    Raises InputError for a folder that is not whole, and for sources that are gone or changed.
    """
    chain, lock = open_chain_and_lock(folder)
    if stems is not None:
        lock = found_again(lock, stems, store)
    sources = _Sources(folder, lock.sources)
    sources.check(lock, store)
    finisher = Finisher(chain, store, plugin_folders, lock, trusted)
    finished = _finished(folder)
    tracks = (*_groups(chain, sources, finisher), *_returns(chain, finisher), *finished)
    master = Track(
        "master",
        "Master",
        "master",
        output=None,
        devices=_devices("master", chain.master, finisher),
    )
    session = Session(
        format="rendering",
        daw=None,
        sample_rate_hz=lock.engine.sample_rate_hz,
        tracks=(*tracks, master),
        tempo=(Tempo(0.0, lock.engine.tempo_bpm),),
        provenance=(("title", chain.name),) if chain.name else (),
    )
    told = (*finisher.diagnostics, *_left_out(chain, lock, printed), *map(_told_finished, finished))
    return session, told


class _Sources:
    """The stems the lock names, as files."""

    def __init__(self, folder: Path, rows: Sequence[Source]) -> None:
        self._folder = folder.resolve()
        self.rows = rows
        self._media: dict[Place, Media] = {}
        problems = [problem for row in rows for problem in self._open(row)]
        if problems:
            raise InputError(problems)

    def _open(self, row: Source) -> Iterator[Problem]:
        for file in row.files:
            path = Path(os.path.normpath(self._folder / file.path))
            found = read_header(Entry(path.name, "", path, file.member))
            if isinstance(found, Problem):
                yield Problem(
                    "source_missing",
                    f"the stem {row.stem}: {found.message}",
                    dict(found.where),
                    hint="put the stems back where they lay, or name where they are with --stems",
                )
            else:
                self._media[file.place] = found.media

    def media(self, row: Source) -> list[Media]:
        """The stem's one or two files."""
        return [self._media[file.place] for file in row.files]

    def check(self, lock: Lock, store: Store) -> None:
        """Raise InputError for stems whose samples are not those that were rendered."""
        now = {stem.id: [file.pcm_hash for file in stem.files] for stem in self._now(lock, store)}
        changed = [
            row.stem for row in self.rows if now[row.stem] != [file.pcm for file in row.files]
        ]
        if changed:
            raise InputError(
                Problem(
                    "source_changed",
                    f"these stems are not what was rendered: {', '.join(changed)}",
                    {"file": str(self._folder)},
                    hint="render again, then export",
                )
            )

    def _now(self, lock: Lock, store: Store) -> tuple[Stem, ...]:
        return recall(lock, self._folder, store).stems


def _groups(chain: Chain, sources: _Sources, finisher: Finisher) -> Iterator[Track]:
    count = 0
    for group in chain.groups:
        rows = [row for row in sources.rows if row.group == group.id]
        yield _group(group, finisher)
        for row in rows:
            count += 1
            yield _stem(row, sources.media(row), group, count)


def _group(group: Group, finisher: Finisher) -> Track:
    return Track(
        group.id,
        group.id,
        "group",
        gain_db=group.gain_db,
        sends=tuple(Send(target, gain_db) for target, gain_db in group.sends),
        devices=_devices(group.id, group.inserts, finisher),
    )


def _stem(row: Source, media: Sequence[Media], group: Group, count: int) -> Track:
    """A stem under its file's name; its own gain and the group's trim are its fader."""
    first = media[0]
    start_s = row.offset_s
    clip = Clip(
        media=first,
        right=media[1] if len(media) > 1 else None,
        position_s=start_s,
        position_frames=round(start_s * first.sample_rate_hz),
        length_s=first.length_s,
        name=row.stem,
    )
    return Track(
        f"stem-{count}",
        row.stem,
        parent=group.id,
        output=group.id,
        channels=min(2, sum(each.channels for each in media)),
        gain_db=group.trim_db + row.gain_db,
        clips=(clip,),
        role=row.role,
    )


def _returns(chain: Chain, finisher: Finisher) -> Iterator[Track]:
    for bus in chain.returns:
        devices = _devices(bus.id, bus.inserts, finisher)
        yield Track(bus.id, bus.id, "return", gain_db=bus.gain_db, devices=devices)


def _devices(owner: str, row: Sequence[Insert], finisher: Finisher) -> tuple[Device, ...]:
    found = (finisher.device(owner, insert) for insert in row)
    return tuple(device for device in found if device is not None)


def _finished(folder: Path) -> tuple[Track, ...]:
    """The finished master as a muted track of its own, to compare the project with."""
    found = read_header(Entry(MAIN, "", folder.resolve() / MAIN, None))
    if isinstance(found, Problem):
        return ()
    media = found.media
    clip = Clip(media=media, position_frames=0, length_s=media.length_s, name=FINISHED_MASTER)
    track = Track(
        "finished-master", FINISHED_MASTER, channels=media.channels, muted=True, clips=(clip,)
    )
    return (track,)


def _told_finished(track: Track) -> Diagnostic:
    message = "the finished master is a muted track; bypass the master bus when you listen to it"
    return Diagnostic("note", "master_as_track", track.name, message)


def _rides_left_out(chain: Chain, lock: Lock, printed: bool) -> Iterator[Diagnostic]:
    """The rides that are not in the project: those before its inserts are in a printed group."""
    moves = lock.moves()
    inside = {row.stem for row in lock.sources} | {group.id for group in chain.groups}
    if printed:
        ours = [group.id for group in chain.groups if _has_own(group)]
        inside -= {*ours, *(row.stem for row in lock.sources if row.group in ours)}
    heard = SongMoves(
        stem_rides={name: rides for name, rides in moves.stem_rides.items() if name in inside},
        pre_rides={name: rides for name, rides in moves.pre_rides.items() if name in inside},
        rides=moves.rides,
    )
    for name, words in move_words(heard):
        message = f"{name} is not in the project; draw it as automation: {words}"
        yield Diagnostic("warning", "ride_not_carried", name, message)


def _has_own(group: Group) -> bool:
    return any(not (isinstance(each.settings, Plugin) or each.bypass) for each in group.inserts)


def _left_out(chain: Chain, lock: Lock, printed: bool) -> Iterator[Diagnostic]:
    """What a DAW cannot have of a chain: our own processors, sides, keys, the finish."""
    rows = [(f"{owner}/{insert.id}", insert) for owner, insert in chain.inserts()]
    own = [
        where
        for where, insert in rows
        if not isinstance(insert.settings, Plugin)
        and not insert.bypass
        and (not printed or where.startswith("master/"))
    ]
    if own:
        message = "no DAW has these processors of stemwright's: they are not in the project"
        if not printed:
            message += "; --printed writes groups and returns as audio behind them"
        yield Diagnostic("warning", "builtin_not_carried", ", ".join(own), message)
    for where, insert in rows:
        if not isinstance(insert.settings, Plugin):
            continue
        # A plugin on one channel is written by its pins, or told as lost where it has none.
        if insert.on not in ("stereo", "left", "right"):
            message = f"{where} works on the {insert.on} signal alone, in the project on stereo"
            yield Diagnostic("warning", "side_not_carried", where, message)
        if insert.settings.key is not None:
            message = f"{where} is keyed by {insert.settings.key}: connect its side-chain by hand"
            yield Diagnostic("warning", "key_not_carried", where, message)
    yield from _rides_left_out(chain, lock, printed)
    drive_db = lock.drive_db
    if drive_db:
        message = f"the solved drive of {drive_db:+.2f} dB into the finish is not in the project"
        yield Diagnostic("note", "drive_not_carried", "master", message)
