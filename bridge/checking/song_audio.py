"""Where the audio of a song lies that is checked: its stems', and its rough mix's."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bridge.audio import (
    BLOCK_FRAMES,
    Block,
    Part,
    WavWriter,
    open_member,
    probe,
    read_blocks,
    resampled,
    summed,
)
from bridge.checking.stem_audio import StemAudio, stem_audio
from sessions import LOSSY_FORMATS, Media, Reference, Session, Track
from stemwright.problems import InputError, Problem


@dataclass(frozen=True)
class Files:
    """Where a song's files are; what has to be copied is in `folder`."""

    folder: Path

    def __call__(self, media: Media) -> Path:
        """Where a stem's file is: what is in a zip is copied out."""
        if media.member is None:
            return media.path
        return open_member(media.path, media.member, self.folder)

    def of_mix(self, path: Path) -> Path:
        """The mix's file, or what it holds where that is lossy: it is read here and there.

        Raises InputError as `bridge.audio.read_blocks` does, MachineError for a full disk.
        """
        head = probe(path)
        if head.format not in LOSSY_FORMATS:
            return path
        out = self.folder / f"{path.stem}.wav"
        with WavWriter(out, head.sample_rate_hz, head.channels, "float32", "rough mix") as writer:
            for block in read_blocks(path):
                writer.write(block)
        return out


@dataclass(frozen=True)
class OtherMusic:
    """What lies beside the stems to be held to; without `audio`, `fault` says why not.

    `kind` is mix, reference or master, as `sessions.Reference` has it.
    """

    kind: str
    name: str
    audio: StemAudio | None
    fault: str = ""


@dataclass(frozen=True)
class SongAudio:
    """The stems that can be opened, by id in the song's order, and the rough mix, if any.

    `others` is all else that the stems may be held to.
    """

    stems: Mapping[str, StemAudio]
    mix: StemAudio | None = None
    others: tuple[OtherMusic, ...] = ()

    @property
    def rate_hz(self) -> int:
        """The sample rate of most stems."""
        rates = Counter(each.facts.sample_rate_hz for each in self.stems.values())
        return rates.most_common(1)[0][0] if rates else 0


@contextmanager
def opened_song(session: Session, mix: Path | None = None) -> Iterator[SongAudio]:
    """The audio of a session, to be read until this ends.

    `mix` is the rough mix instead of one that lies among the stems. Raises InputError as
    `tracks_to_check` does.
    """
    with audio_files() as files:
        stems: dict[str, StemAudio] = {}
        for track in tracks_to_check(session):
            with suppress(InputError):
                stems[track.id] = audio_of(track, files)
        against: StemAudio | None = None
        with suppress(InputError):
            paths = rough_mix(session, mix, files)
            if paths:
                against = mix_audio(paths, files, mix_id(session, mix))
        yield SongAudio(stems, against, tuple(_others(session, mix, files)))


def _others(session: Session, mix: Path | None, files: Files) -> Iterator[OtherMusic]:
    """All that lies beside the stems but the rough mix that they are checked against."""
    used = None if mix is not None else _mix_of(session)
    for each in session.references:
        is_given = mix is not None and each.media.path.resolve() == mix.resolve()
        if each is not used and not is_given:
            yield _other(each, files)


def _other(reference: Reference, files: Files) -> OtherMusic:
    kind, name = reference.kind, reference.name
    try:
        paths = _reference_files(reference, files)
        return OtherMusic(kind, name, stem_audio(name, name, "mix", paths))
    except InputError as error:
        return OtherMusic(kind, name, None, error.problems[0].message)


def tracks_to_check(session: Session) -> list[Track]:
    """The tracks that hold a stem. Raises InputError `not_stems` and `no_stems`."""
    if session.format != "stems":
        said = f"a {session.format} session cannot be checked as it is"
        hint = "export the stems from the DAW, every track from the song's start"
        expected = "a folder, zip or list of stems"
        raise InputError(Problem("not_stems", said, expected=expected, hint=hint))
    tracks = [track for track in session.tracks if track.clips]
    if not tracks:
        raise InputError(Problem("no_stems", "there are no stems here", hint="name their folder"))
    return tracks


@contextmanager
def audio_files() -> Iterator[Files]:
    """Where a song's files are; what was copied is removed in the end."""
    with tempfile.TemporaryDirectory(prefix="stemwright-check-") as folder:
        yield Files(Path(folder))


def audio_of(track: Track, files: Files) -> StemAudio:
    """A stem's audio. Raises InputError as `stem_audio` does."""
    clip = track.clips[0]
    paths = tuple(files(media) for media in (clip.media, clip.right) if media is not None)
    return stem_audio(track.id, track.name, track.role, paths, clip.position_frames)


def rough_mix(session: Session, mix: Path | None, files: Files) -> tuple[Path, ...]:
    """The file of the mix, or those of its two sides; none where there is no mix."""
    if mix is not None:
        return (mix,)
    found = _mix_of(session)
    return () if found is None else _reference_files(found, files)


def _mix_of(session: Session) -> Reference | None:
    return next((each for each in session.references if each.kind == "mix"), None)


def _reference_files(reference: Reference, files: Files) -> tuple[Path, ...]:
    both = (reference.media, reference.right)
    return tuple(files(media) for media in both if media is not None)


def mix_id(session: Session, mix: Path | None) -> str:
    """What the mix is called among the stems: by its file, and as it is where a stem is so."""
    found = _mix_of(session)
    name = mix.stem if mix is not None else "" if found is None else found.name
    return f"{name} (rough mix)" if any(each.id == name for each in session.tracks) else name


def mix_audio(paths: Sequence[Path], files: Files, name: str) -> StemAudio:
    """The audio of the mix, one file or two sides.

    Raises InputError as `stem_audio` and `Files.of_mix` do.
    """
    return stem_audio(name, name, "mix", tuple(map(files.of_mix, paths)))


def plain_sum(audio: SongAudio) -> Iterator[Block]:
    """The stems as they lie, added up in stereo at the song's rate; nothing without stems.

    Those of more than two channels are left out. Raises InputError as `StemAudio.blocks` does.
    """
    rate_hz = audio.rate_hz
    parts = [
        Part(1.0, _at_rate(each, rate_hz), round(_scale(each, rate_hz) * each.position))
        for each in _in_sum(audio)
    ]
    return summed(parts, sum_frames(audio))


def sum_frames(audio: SongAudio) -> int:
    """How long the plain sum is, in frames at the song's rate."""
    ends = (
        math.ceil(_scale(each, audio.rate_hz) * (each.position + each.facts.frames))
        for each in _in_sum(audio)
    )
    return max(ends, default=0)


def _in_sum(audio: SongAudio) -> list[StemAudio]:
    return [each for each in audio.stems.values() if each.facts.channels <= 2]


def _scale(stem: StemAudio, rate_hz: int) -> float:
    return rate_hz / stem.facts.sample_rate_hz


def _at_rate(stem: StemAudio, rate_hz: int) -> Iterator[Block]:
    own_hz, blocks = stem.facts.sample_rate_hz, stem.blocks(BLOCK_FRAMES)
    if own_hz == rate_hz:
        return blocks
    return resampled(blocks, stem.facts.channels, own_hz, rate_hz)
