"""The stems of a bounce as files: a folder that reads back as a bundle, whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from bridge.audio import Subtype, WavWriter, Written
from bridge.bouncing.accounts import REASONS, TRACK_REASONS, seconds
from bridge.bouncing.bounce import Bounce, alone
from bridge.bouncing.inserts import Hosting
from bridge.bouncing.stretches import Ready, made_ready, stretches
from bridge.bouncing.telling.origins import RECORD, made_from
from bridge.delivering.tags import Bext
from bridge.gathering import Events, Silent
from bridge.storing import digest, file_digest, leased_folder, read_json, sweep
from sessions import Track
from stemwright.files import cannot_write, flush_tree
from stemwright.problems import Diagnostic, InputError, MachineError, Problem, RenderError
from stemwright.values import dataclass

_STAGED = ".stemwright-bounce-"
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_LONGEST = 100
_VERSION = 2
_MOST_BYTES = 64 * 2**20
_SETTLED_S = 1.0
"""Files of one bounce are put in place together; on some disks times are whole seconds."""


@dataclass(frozen=True)
class PrintedStem:
    """A stem in its file; `without` names the clips and plugins that were left out of it."""

    track: Track
    written: Written
    without: tuple[str, ...] = ()

    def lying_in(self, folder: Path) -> PrintedStem:
        """The same in another folder."""
        return replace(self, written=replace(self.written, path=folder / self.written.path.name))

    def as_json(self) -> dict[str, Any]:
        """The object of the `stems` list."""
        return {
            "file": self.written.path.name,
            "track": self.track.name,
            "id": self.track.id,
            "role": self.track.role,
            "frames": self.written.frames,
            "pcm_sha256": self.written.pcm_sha256,
            "without": list(self.without),
        }


@dataclass(frozen=True)
class Bounced:
    """A finished folder of stems; `made_from` has the blake3 of the session and of its media, by
    where they lie from there."""

    folder: Path
    bounce: Bounce
    stems: tuple[PrintedStem, ...]
    diagnostics: tuple[Diagnostic, ...]
    source: str = ""
    made_from: Mapping[str, str] = field(default_factory=dict, hash=False)

    def as_json(self) -> dict[str, Any]:
        """What `bounce --json` prints, and bounce.json holds."""
        return {
            **plan_json(self.bounce),
            "stems": [each.as_json() for each in self.stems],
            "diagnostics": [each.as_json() for each in self.diagnostics],
            "source": self.source,
            "made_from": dict(self.made_from),
        }


def plan_json(bounce: Bounce) -> dict[str, Any]:
    """What is printed of a session: by clip-seconds, and every clip that is not plain."""
    session = bounce.session
    return {
        "format": session.format,
        "daw": session.daw,
        "printed_like": bounce.dialect.name,
        "stems_are": bounce.kind,
        "through_master": bounce.through_master,
        "sample_rate_hz": session.sample_rate_hz,
        "start_frame": bounce.start_frame,
        "frames": bounce.frames,
        "clip_seconds": {fate: round(each, 6) for fate, each in seconds(bounce.accounts).items()},
        "tracks": [each.as_json() for each in bounce.tracks],
        "clips": [each.as_json() for each in bounce.accounts if each.reasons or each.done],
        "diagnostics": [each.as_json() for each in session.diagnostics],
    }


def source_of(bounce: Bounce, digest_of: Callable[[Path], str]) -> str:
    """What a bounce without plugins depends on: the session, its media, and how it is printed.

    `digest_of` is of a file's bytes. Raises OSError for media that cannot be read.
    """
    clips = [clip for track in bounce.network.tracks.values() for clip in track.clips]
    media = {each.path for clip in clips for each in (clip.media, clip.right) if each is not None}
    tracks = [bounce.network.tracks[each].as_json() for each in bounce.network.order]
    return digest(
        "bounce",
        version=_VERSION,
        like=bounce.dialect.name,
        kind=bounce.kind,
        through_master=bounce.through_master,
        start=bounce.start_frame,
        frames=bounce.frames,
        rate_hz=bounce.session.sample_rate_hz,
        tracks=json.dumps(tracks, sort_keys=True, default=str),
        media=sorted(digest_of(path) for path in media),
    )


def told_of(folder: Path) -> tuple[Diagnostic, ...]:
    """What the bounce that lies in a folder has to say to who goes on with its stems."""
    try:
        told = read_json(folder / RECORD, _MOST_BYTES)
        found = [
            Diagnostic("warning", each["reason"], each["track"], _of_track(each))
            for each in told["tracks"]
        ]
        alike: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for each in told["clips"]:
            for code in each["reasons"]:
                alike.setdefault((each["track"], code), []).append(each)
        found += [
            Diagnostic("warning", code, track, _of_clips(clips, code))
            for (track, code), clips in alike.items()
        ]
        return (*found, *(Diagnostic(**each) for each in told["diagnostics"]))
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _of_track(told: Mapping[str, Any]) -> str:
    of = f" ({told['of']})" if told["of"] else ""
    return f"{told['track']}: {TRACK_REASONS[told['reason']][1]}{of}"


def _of_clips(told: Sequence[Mapping[str, Any]], code: str) -> str:
    """What is to be said of clips of one track, all for the same reason."""
    first, many = told[0], f" and {len(told) - 1} more" if len(told) > 1 else ""
    return (
        f'{first["track"]}: of the clip "{first["clip"]}" at {first["position_s"]:.3f} s{many}, '
        f"{REASONS[code][1]}"
    )


def is_printed(folder: Path, source: str) -> bool:
    """Whether `folder` holds the whole bounce of `source`."""
    try:
        told = read_json(folder / RECORD, _MOST_BYTES)
        files = [folder / str(each["file"]) for each in told["stems"]]
        return bool(source) and told["source"] == source and all(map(Path.is_file, files))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def print_stems(
    bounce: Bounce,
    folder: Path,
    subtype: Subtype = "float32",
    *,
    hosting: Hosting | None = None,
    skip_missing: bool = False,
    events: Events | None = None,
    source: str = "",
    session_path: Path | None = None,
    digest_of: Callable[[Path], str] = file_digest,
) -> Bounced:
    """Print every stem into `folder`, which appears when all of them are whole.

    `events` hears of stages, plugins and stretches. Without `hosting` plugins are left out. A
    folder of an earlier bounce is replaced, one that a link leads to in its own place. `source` is
    what `source_of` says, kept with it, as are hashes of `session_path` and the media.
    Raises what `made_ready` raises; InputError: would_overwrite, nothing_to_print, and for media
    that cannot be read; MachineError: disk_full, not_writable; RenderError `clipped` for whole
    numbers that do not reach far enough; and what rendering plugins raises.
    """
    if folder.is_symlink() and folder.is_dir():
        folder = folder.resolve()
    _refuse_overwriting(folder)
    try:
        with _in_making(folder) as (staging, place):
            ready = made_ready(bounce, place, hosting, skip_missing=skip_missing)
            passes = {"": ready}
            if bounce.through_master:
                passes = {
                    each: made_ready(one, place, hosting, skip_missing=True)
                    for each, one in alone(bounce).items()
                }
            written = _written(bounce, passes, staging, place, subtype, hosting, events or Silent())
            stems = tuple(each.lying_in(folder) for each in written)
            _refuse_clipped(stems)
            said = (*bounce.session.diagnostics, *ready.diagnostics)
            files = made_from(bounce, folder, session_path, digest_of)
            done = Bounced(folder, bounce, stems, said, source, files)
            text = json.dumps(done.as_json(), ensure_ascii=False, indent=2, allow_nan=False)
            (staging / RECORD).write_text(f"{text}\n", encoding="utf-8")
    except OSError as cause:
        raise cannot_write(folder, cause) from cause
    return done


@contextmanager
def _in_making(folder: Path) -> Iterator[tuple[Path, Path]]:
    """A folder to fill beside `folder`, which takes its place if all goes well, and a spare one.

    What bounces that were killed have left there is swept away. Raises InputError
    `would_overwrite`, and OSError.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder.parent, _STAGED)
    with leased_folder(folder.parent, _STAGED) as work:
        staging, spare = work / "stems", work / "spare"
        staging.mkdir()
        spare.mkdir()
        try:
            yield staging, spare
        except MachineError as error:
            raise MachineError(
                [_as_of(folder, staging, each) for each in error.problems]
            ) from error
        flush_tree(staging)
        _refuse_overwriting(folder)
        if folder.exists():
            folder.rename(work / "before")
        staging.rename(folder)


def _as_of(folder: Path, staging: Path, problem: Problem) -> Problem:
    """A problem with a file in `staging`, told by the name that it was to have."""
    where = {
        key: value.replace(str(staging), str(folder)) if isinstance(value, str) else value
        for key, value in problem.where.items()
    }
    message = problem.message.replace(str(staging), str(folder))
    return replace(problem, message=message, where=where)


def _written(
    bounce: Bounce,
    passes: Mapping[str, Ready],
    folder: Path,
    spare: Path,
    subtype: Subtype,
    hosting: Hosting | None,
    events: Events,
) -> tuple[PrintedStem, ...]:
    """Write what every pass prints: its stems, or the master as the stem of one track."""
    rate_hz, tracks = bounce.session.sample_rate_hz, bounce.network.tracks
    names = file_names(tracks[each] for each in bounce.network.order)
    stems: list[PrintedStem] = []
    bext = Bext(time_reference_frames=bounce.start_frame).as_bytes()
    for only, ready in passes.items():
        writers: dict[str, WavWriter] = {}
        with ExitStack() as held:
            for blocks in stretches(ready, spare, hosting, events=events):
                for each, block in blocks.items():
                    told = only or each
                    if told not in writers:
                        path = folder / f"{names[told]}.wav"
                        writer = WavWriter(path, rate_hz, 2, subtype, told, bext=bext)
                        writers[told] = held.enter_context(writer)
                    writers[told].write(block)
        stems += [
            PrintedStem(tracks[each], writer.result, ready.missing_in(each))
            for each, writer in writers.items()
        ]
    if not stems:
        raise InputError(_nothing(bounce))
    return tuple(stems)


def file_names(tracks: Iterable[Track]) -> Mapping[str, str]:
    """Names of files, without their ending, by track id: safe on every system, and no two alike."""
    given = list(tracks)
    names = file_names_of([track.name for track in given])
    return {track.id: name for track, name in zip(given, names, strict=True)}


def file_names_of(names: Sequence[str]) -> list[str]:
    """The same of any names, in their order."""
    found: list[str] = []
    taken: set[str] = set()
    for each in names:
        name = safe = _safe(each)
        count = 1
        while name.casefold() in taken:
            count += 1
            name = f"{safe} {count}"
        taken.add(name.casefold())
        found.append(name)
    return found


def _safe(name: str) -> str:
    safe = _FORBIDDEN.sub("_", name).strip(" .")
    while len(safe.encode("utf-8", "surrogateescape")) > _LONGEST:
        safe = safe[:-1].rstrip(" .")
    safe = safe.encode("utf-8", "replace").decode().replace("?", "_") or "track"
    return f"{safe}_" if _RESERVED.fullmatch(safe) else safe


def _refuse_clipped(stems: Sequence[PrintedStem]) -> None:
    """Raise RenderError for stems whose samples were cut to full scale."""
    over = [each for each in stems if each.written.clipped]
    if over:
        raise RenderError(
            [
                Problem(
                    "clipped",
                    f"{each.track.name}: {each.written.clipped} samples are over full scale, and"
                    " whole numbers would cut them off",
                    {"file": str(each.written.path)},
                    hint="print it as float32, which keeps them: leave out --subtype",
                )
                for each in over
            ]
        )


def _others_in(folder: Path) -> list[str] | None:
    """What lies in an earlier bounce's folder that is not that bounce's; None where it is none.

    A file that was changed since is the user's.
    """
    try:
        told = read_json(folder / RECORD, _MOST_BYTES)
        own = {RECORD, *(str(each["file"]) for each in told["stems"])}
        told["printed_like"], told["stems_are"], told["clips"]
        printed_s = (folder / RECORD).stat().st_mtime
        return sorted(
            each.name
            for each in folder.iterdir()
            if each.name not in own or each.stat().st_mtime > printed_s + _SETTLED_S
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _refuse_overwriting(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        return
    others = _others_in(folder) if folder.is_dir() else None
    if others == []:
        return
    if others:
        raise InputError(
            Problem(
                "would_overwrite",
                f"{folder} is an earlier bounce's, and has files that are not from it, or were"
                f" changed since: {', '.join(others)}",
                {"file": str(folder)},
                hint="move those away, or name another folder with -o",
            )
        )
    if folder.exists() or folder.is_symlink():
        raise InputError(
            Problem(
                "would_overwrite",
                f"{folder} is there already, and is no folder of an earlier bounce",
                {"file": str(folder)},
                hint="name another folder with -o, or move that one away",
            )
        )


def _nothing(bounce: Bounce) -> Problem:
    return Problem(
        "nothing_to_print",
        "no track of the session has a clip that can be printed",
        {"file": bounce.session.format},
        hint="look at stemwright bounce --plan SESSION",
    )
