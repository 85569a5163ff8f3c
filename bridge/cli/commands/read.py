"""`stemwright read`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli.options import Json, StorePath, Trust
from bridge.cli.printing import print_json, say
from bridge.cli.telling import say_diagnostics
from stemwright.words import clock, counted

if TYPE_CHECKING:
    from sessions import Clip, Device, Send, Session, Track


_NAME_WIDTH = 24
_INDENT = "  "
_SHOWN_DB = 0.005


def session_lines(session: Session, clips: bool = False) -> Iterator[str]:
    """What `session` holds, line by line; with `clips` each clip's place to the sample as well."""
    yield _head(session)
    yield from _time(session)
    names = {track.id: track.name or track.id for track in session.tracks}
    for track, depth in _tree(session.tracks):
        yield from _track(track, depth, names, clips)
    for marker in session.markers:
        length = "" if marker.length_s is None else f"  {marker.length_s:.3f} s long"
        yield f"  {clock(marker.position_s)}  {marker.kind}  {marker.name}{length}"
    for reference in session.references:
        yield f"  {reference.name:<{_NAME_WIDTH}} {reference.kind}, not summed"


def _head(session: Session) -> str:
    daw = f", {session.daw}" if session.daw else ""
    length = "" if session.length_s is None else f", {clock(session.length_s)}"
    return f"{session.format}{daw}, {session.sample_rate_hz} Hz{length}"


def _time(session: Session) -> Iterator[str]:
    told = []
    if session.tempo:
        told.append(f"{session.tempo[0].bpm:g} bpm{_more(len(session.tempo), 'tempo')}")
    if session.meters:
        first = session.meters[0]
        told.append(
            f"{first.numerator}/{first.denominator}{_more(len(session.meters), 'time signature')}"
        )
    if told:
        yield _INDENT + ", ".join(told)


def _more(count: int, what: str) -> str:
    return "" if count == 1 else f" ({counted(count, what)} in all)"


def _tree(tracks: Sequence[Track]) -> Iterator[tuple[Track, int]]:
    """Tracks in their order, each with how deep it lies in groups."""
    parents = {track.id: track.parent for track in tracks}
    for track in tracks:
        above, seen = track.parent, {track.id}
        while above is not None and above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        yield track, len(seen) - 1


def _track(track: Track, depth: int, names: dict[str, str], clips: bool) -> Iterator[str]:
    inset = _INDENT * (depth + 1)
    width = max(1, _NAME_WIDTH - 2 * depth)
    line = f"{inset}{track.name:<{width}} {track.kind:<8} {track.role:<16} {track.channels} ch"
    yield f"{line}{_audio(track.clips)}{_mix(track, names)}".rstrip()
    inset += _INDENT * 2
    for device in track.devices:
        yield inset + _device(device)
    for send in track.sends:
        yield inset + _send(send, names)
    for moved in track.automation:
        yield f"{inset}automation {moved.target}, {counted(len(moved.points), 'point')}"
    if clips:
        for clip in track.clips:
            yield inset + _clip(clip)


def _audio(clips: Sequence[Clip]) -> str:
    if not clips:
        return ""
    if len(clips) == 1 and clips[0].media is not None:
        media = clips[0].media
        return f"  {media.sample_rate_hz} Hz  {media.length_s:8.2f} s"
    missing = sum(clip.missing for clip in clips)
    return f"  {counted(len(clips), 'clip')}" + (f", {missing} missing" if missing else "")


def _mix(track: Track, names: dict[str, str]) -> str:
    told = [f"{track.trim_db:+.2f} dB trim"] if track.trim_db else []
    told += [f"{track.gain_db:+.2f} dB"] if abs(track.gain_db) >= _SHOWN_DB else []
    told += [f"pan {_pan(track.pan)}"] if track.pan else []
    switches = {"muted": track.muted, "soloed": track.soloed, "inverted": track.inverted}
    told += [word for word, on in switches.items() if on]
    if track.kind == "master":
        return "  " + ", ".join(told) if told else ""
    if track.output is None:
        told.append("heard through its sends" if track.sends else "to no output")
    elif track.output not in ("master", track.parent):
        told.append(f"to {names.get(track.output, track.output)}")
    return "  " + ", ".join(told) if told else ""


def _pan(pan: float) -> str:
    return f"{abs(pan) * 100:.0f}{'L' if pan < 0 else 'R'}"


def _device(device: Device) -> str:
    state = "" if device.state is None else f", state {counted(len(device.state.data), 'byte')}"
    mix = "" if device.mix is None or device.mix == 1 else f", {device.mix:.0%} wet"
    off = "" if device.enabled else ", bypassed"
    key = f", key from {device.sidechain}" if device.sidechain else ""
    return f"{device.format:<7} {device.label or device.name}{state}{mix}{off}{key}"


def _send(send: Send, names: dict[str, str]) -> str:
    told = f"send to {names.get(send.target, send.target)}, {send.gain_db:+.2f} dB"
    told += f", to channels {send.to_channels}" if send.to_channels else ""
    told += f", pan {_pan(send.pan)}" if send.pan else ""
    switches = {"pre-fader": send.pre_fader, "muted": send.muted, "off": not send.enabled}
    switches["inverted"] = send.inverted
    return told + "".join(f", {word}" for word, on in switches.items() if on)


def _clip(clip: Clip) -> str:
    told = [
        f"clip {clock(clip.position_s)} (frame {clip.position_frames})",
        f"{clip.length_s:.3f} s from {clip.source_offset_s:.3f} s",
    ]
    told += [f"{clip.gain_db:+.2f} dB"] if clip.gain_db else []
    told += [f"fade in {clip.fade_in_s:.3f} s {clip.fade_in_shape}"] if clip.fade_in_s else []
    told += [f"fade out {clip.fade_out_s:.3f} s {clip.fade_out_shape}"] if clip.fade_out_s else []
    told += [f"played at {clip.play_rate:g}"] if clip.play_rate != 1 else []
    words = ("looped", "reversed", "warped", "inverted", "muted", "missing")
    told += [word for word in words if getattr(clip, word)]
    told += [clip.media_path or clip.name] if clip.media_path or clip.name else []
    return ", ".join(told)


def read(
    session: Annotated[
        list[Path],
        typer.Argument(
            metavar="SESSION",
            help="A DAW's project or exchange file (stemwright formats lists them), a folder or zip"
            " of stems, or the audio files.",
        ),
    ],
    media: Annotated[
        list[Path] | None,
        typer.Option("--media", help="A folder to look for audio in; repeatable."),
    ] = None,
    extract: Annotated[
        bool, typer.Option(help="Copy audio that is embedded in the session into the store.")
    ] = False,
    trust: Trust = None,
    store: StorePath = None,
    clips: Annotated[
        bool, typer.Option(help="Each clip too: its place to the sample, level and fades.")
    ] = False,
    json: Json = False,
) -> None:
    """Show what a session holds: tempo, tracks or stems, levels, plugins, sends, markers, notes.

    Example: stemwright read song.rpp --clips
    """
    from sessions import read as read_session

    found = read_session(session, media or ())
    if extract:
        from bridge.hosting import trusted_folders

        allowed = (*(media or ()), *trusted_folders(trust or ()))
        found, paths = _extracted(found, store, session, allowed)
        say(*(f"extracted {path}" for path in paths), err=True)
    if json:
        print_json(found.as_json())
        return
    say(*session_lines(found, clips))
    say_diagnostics(said.as_json() for said in found.diagnostics)


def _extracted(
    session: Session, store: Path | None, given: list[Path], trusted: tuple[Path, ...]
) -> tuple[Session, tuple[Path, ...]]:
    from bridge.exchanging import extract
    from bridge.storing import Store, default_root

    return extract(session, Store(store or default_root()), given, trusted)
