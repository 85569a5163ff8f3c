"""Two mono files of one stem, joined to the stereo file that projects ask for."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile

from bridge.audio.decode import opened
from bridge.audio.zip_members import open_member
from sessions import Clip, Media, Session
from stemwright.problems import MachineError, Problem

_Type = Literal["int32", "float64"]
_BLOCK_FRAMES = 1 << 16
_INTEGERS = frozenset({"PCM_S8", "PCM_U8", "PCM_16", "PCM_24", "PCM_32"})


def has_pairs(session: Session) -> bool:
    """Whether any clip is two mono files."""
    return any(clip.right is not None for track in session.tracks for clip in track.clips)


def joined(session: Session, folder: Path) -> Session:
    """The session with every pair of mono files joined, bit for bit, to a WAV in `folder`.

    Raises InputError for files that cannot be read, MachineError when there is no space for it.
    """
    made: dict[tuple[str, str], Media] = {}

    def stereo(clip: Clip, name: str) -> Clip:
        if clip.media is None or clip.right is None:
            return clip
        key = (clip.media.as_json(), clip.right.as_json())
        if key not in made:
            target = folder / str(len(made)) / f"{_plain(name)}.wav"
            target.parent.mkdir()
            made[key] = _join(clip.media, clip.right, target)
        return replace(clip, media=made[key], right=None)

    return replace(
        session,
        tracks=tuple(
            replace(track, clips=tuple(stereo(clip, track.name) for clip in track.clips))
            for track in session.tracks
        ),
    )


def _plain(name: str) -> str:
    return "".join("_" if each in '<>:"/\\|?*' or ord(each) < 32 else each for each in name)


def _join(left: Media, right: Media, target: Path) -> Media:
    dtype: _Type = "int32" if left.subtype in _INTEGERS else "float64"
    subtype = left.subtype if left.subtype == right.subtype else "DOUBLE"
    dtype = dtype if subtype == left.subtype else "float64"
    form = (left.sample_rate_hz, 2, _wav(subtype))
    try:
        with soundfile.SoundFile(target, "w", *form, format="WAV") as both:
            for block in _blocks(left, right, target.parent, dtype):
                both.write(block)
    except soundfile.SoundFileError as error:
        raise _full(error) from error
    return replace(left, path=target, member=None, channels=2, format="WAV", subtype=_wav(subtype))


def _blocks(left: Media, right: Media, folder: Path, dtype: _Type) -> Iterator[np.ndarray]:
    """Both files side by side, (frames, 2) at a time; what the right one lacks is silence."""
    with (
        opened(_file(left, folder)) as (one, _),
        opened(_file(right, folder)) as (two, _),
    ):
        while len(block := one.read(_BLOCK_FRAMES, dtype)):
            other = two.read(_BLOCK_FRAMES, dtype)[: len(block)]
            padded = np.zeros_like(block)
            padded[: len(other)] = other
            yield np.stack([block, padded], axis=1)


def _full(error: soundfile.SoundFileError) -> MachineError:
    folder = tempfile.gettempdir()
    return MachineError(
        Problem(
            "disk_full",
            f"two mono files cannot be joined in {folder}, for want of space: {error}",
            {"file": folder},
            hint="free some space there, or name another temporary folder with TMPDIR",
        )
    )


def _file(media: Media, folder: Path) -> Path:
    return media.path if media.member is None else open_member(media.path, media.member, folder)


def _wav(subtype: str) -> str:
    return subtype if soundfile.check_format("WAV", subtype) else "PCM_24"
