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
from sessions import LOSSY_FORMATS, Media, Session, Track
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
class SongAudio:
    """The stems that can be opened, by id in the song's order, and the rough mix, if any."""

    stems: Mapping[str, StemAudio]
    mix: StemAudio | None = None

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
                against = mix_audio(paths, files, mix_id(session, paths))
        yield SongAudio(stems, against)


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
    for each in session.references:
        if each.kind == "mix":
            return tuple(files(media) for media in (each.media, each.right) if media is not None)
    return ()


def mix_id(session: Session, paths: Sequence[Path]) -> str:
    """What the mix is called among the stems: by its file, and as it is where a stem is so."""
    name = paths[0].stem
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
    stems = [each for each in audio.stems.values() if each.facts.channels <= 2]
    scales = [rate_hz / each.facts.sample_rate_hz for each in stems]
    ends = [
        math.ceil(scale * (each.position + each.facts.frames))
        for scale, each in zip(scales, stems, strict=True)
    ]
    parts = [
        Part(1.0, _at_rate(each, rate_hz), round(scale * each.position))
        for scale, each in zip(scales, stems, strict=True)
    ]
    return summed(parts, max(ends, default=0))


def _at_rate(stem: StemAudio, rate_hz: int) -> Iterator[Block]:
    own_hz, blocks = stem.facts.sample_rate_hz, stem.blocks(BLOCK_FRAMES)
    if own_hz == rate_hz:
        return blocks
    return resampled(blocks, stem.facts.channels, own_hz, rate_hz)
