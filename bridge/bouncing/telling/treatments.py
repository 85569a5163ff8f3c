"""What is done to a clip that is not played just as it lies in its file, in words."""

from __future__ import annotations

from collections.abc import Iterator

from sessions import LOSSY_FORMATS, Clip


def treatments(clip: Clip, rate_hz: int, *, frame_by_frame: bool) -> tuple[str, ...]:
    """Every treatment of a clip in a session of `rate_hz`; none for one that is plain.

    With `frame_by_frame` another rate is not converted.
    """
    return tuple(_of_media(clip, rate_hz, frame_by_frame=frame_by_frame)) + tuple(_of_clip(clip))


def _of_media(clip: Clip, rate_hz: int, *, frame_by_frame: bool) -> Iterator[str]:
    media = clip.media
    if media is None:
        return
    if media.format in LOSSY_FORMATS:
        yield f"decoded from {media.format}"
    if media.sample_rate_hz != rate_hz and not frame_by_frame:
        yield f"resampled from {media.sample_rate_hz} to {rate_hz} Hz"
    if clip.right is not None:
        yield "two mono files as one"
    if clip.channel_mode is not None:
        yield f"channels: {clip.channel_mode}"


def _of_clip(clip: Clip) -> Iterator[str]:
    yield from _of_play(clip)
    for end, length_s, shape in (
        ("in", clip.fade_in_s, clip.fade_in_shape),
        ("out", clip.fade_out_s, clip.fade_out_shape),
    ):
        if length_s:
            yield f"faded {end} over {length_s:.3f} s ({shape})"
    for line in clip.automation:
        yield f"moved by a line of {line.target}"


def _of_play(clip: Clip) -> Iterator[str]:
    if clip.play_rate != 1.0:
        yield f"at {clip.play_rate:g} times its speed"
    if clip.reversed:
        yield "backwards"
    if clip.part_length_s is not None:
        yield f"{clip.part_length_s:.3f} s of its file, from {clip.part_start_s:.3f} s on"
    if clip.looped and clip.media is not None:
        end_s = clip.source_offset_s + clip.length_s * clip.play_rate
        if clip.part_length_s is not None or end_s > clip.media.length_s:
            yield "looped"
    if clip.gain_db:
        yield f"{clip.gain_db:+.2f} dB"
    if clip.inverted:
        yield "polarity turned"
    if clip.pan:
        yield f"panned to {clip.pan:+.2f}"
