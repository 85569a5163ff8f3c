"""Groups and returns as audio, as they sound behind their inserts: what no DAW can run itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bridge.audio.blocks import Block
from bridge.audio.wav_files import WavWriter
from bridge.comparing.render_folder import RenderFolder, open_render
from bridge.rendering.signals import cut, kept_signal
from bridge.storing import Store
from chains import Insert, Plugin
from chains.model import MASTER
from sessions import Clip, Media, Session, Track
from stemwright.problems import Diagnostic, InputError, Problem


def with_printed(
    session: Session, folder: Path, store: Store, work: Path
) -> tuple[Session, tuple[Diagnostic, ...]]:
    """Print every group and return of a finished folder that holds processors of ours.

    `session` is the folder's song as a project; the audio, stereo float32 before the fader, goes
    into `work`. A printed group has one clip in place of its stems and plugins; a printed return
    is a track of its own, and nothing is sent to it any more.
    Raises InputError `print_gone` where the store no longer holds what came out of the inserts.
    """
    rendering = open_render(folder)
    if rendering is None or rendering.chain is None:
        raise _gone(folder, "render.json or chain.toml cannot be read")
    if rendering.lock is None:
        raise _gone(folder, rendering.lock_fault or "chain.lock cannot be read")
    chain = rendering.chain
    owners = [owner for owner, rack in chain.racks() if owner != MASTER and _has_own(rack)]
    rate_hz = rendering.lock.engine.sample_rate_hz

    def printed(owner: str) -> Media:
        return _print(rendering, rate_hz, folder, owner, store, work / f"{owner}.wav")

    made = {owner: printed(owner) for owner in owners}
    tracks = tuple(_tracks(session, made))
    told = (_told(tuple(made)),) if made else ()
    return replace(session, tracks=tracks), told


def _has_own(row: tuple[Insert, ...]) -> bool:
    return any(not isinstance(each.settings, Plugin) and not each.bypass for each in row)


def _tracks(session: Session, made: dict[str, Media]) -> Iterator[Track]:
    for track in session.tracks:
        if track.parent in made:
            continue
        sends = tuple(send for send in track.sends if send.target not in made)
        if track.id not in made:
            yield replace(track, sends=sends)
            continue
        media = made[track.id]
        clip = Clip(media=media, position_frames=0, length_s=media.length_s, name=track.name)
        yield replace(track, kind="audio", sends=sends, devices=(), clips=(clip,))


def _print(
    rendering: RenderFolder, rate_hz: int, folder: Path, owner: str, store: Store, path: Path
) -> Media:
    record, frames = rendering.record, rendering.record.frames
    skip = round(record.preroll_s * rate_hz)
    with WavWriter(path, rate_hz, 2, "float32", owner) as writer:
        for block in cut(_blocks(rendering, folder, owner, store), frames, skip):
            writer.write(block)
    return Media(path, None, rate_hz, 2, frames, "WAV", "FLOAT")


def _blocks(rendering: RenderFolder, folder: Path, owner: str, store: Store) -> Iterator[Block]:
    steps = rendering.of(owner)
    signal = kept_signal(store, steps[-1].key, steps[-1].pcm) if steps else None
    if signal is None:
        raise _gone(folder, f"the store no longer holds what came out of {owner}")
    return signal.blocks()


def _gone(folder: Path, message: str) -> InputError:
    hint = "render into this folder again, with the same store, and repeat this"
    return InputError(Problem("print_gone", message, {"file": str(folder)}, hint=hint))


def _told(owners: tuple[str, ...]) -> Diagnostic:
    names = ", ".join(owners)
    message = f"printed behind their inserts, without plugins of their own: {names}"
    return Diagnostic("note", "printed", names, message)
