"""Clips as REAPER's items."""

from __future__ import annotations

from collections.abc import Callable

from sessions.formats.project_files.automation_lines import moving, standing_gain_db
from sessions.formats.project_files.media import written_path
from sessions.formats.reaper.codes import CHANNEL_MODE_CODES, FADE_SHAPES, REVERSED, fade_of
from sessions.formats.reaper.text import Text, guid
from sessions.formats.reaper.write_effects import Effects
from sessions.formats.shared.remarks import Losses
from sessions.model.session import Clip, Media, Track
from stemwright.decibels import linear

_NEAREST = {"equal_power": "fast", "constant_power": "fast", "symmetric": "s_curve"}
_SOURCES = {"FLAC": "FLAC"}

Reference = Callable[[Media], str]


class Items:
    """Writes items; `reference` says where a file lies."""

    def __init__(self, text: Text, effects: Effects, reference: Reference, losses: Losses) -> None:
        self._text = text
        self._effects = effects
        self._reference = reference
        self._losses = losses

    def items(self, track: Track) -> None:
        """Write the clips of a track."""
        for index, clip in enumerate(track.clips):
            if clip.kind == "audio":
                with self._text.block("ITEM"):
                    self._item(track, index, clip)
            else:
                self._losses.add("midi_lost", "warning", "notes are not written", track.name)

    def _item(self, track: Track, index: int, clip: Clip) -> None:
        line = self._text.line
        line("POSITION", clip.position_s)
        line("SNAPOFFS", 0)
        line("LENGTH", clip.length_s)
        line("LOOP", clip.looped)
        line("ALLTAKES", 0)
        self._fade("FADEIN", clip.fade_in_s, clip.fade_in_shape, track)
        self._fade("FADEOUT", clip.fade_out_s, clip.fade_out_shape, track)
        line("MUTE", clip.muted, 0)
        line("IGUID", guid("item", track.id, index))
        line("IID", index + 1)
        self._text.name(clip.name or (clip.media.path.name if clip.media else ""))
        line("VOLPAN", linear(standing_gain_db(clip)), clip.pan, -1 if clip.inverted else 1, -1)
        line("SOFFS", clip.source_offset_s)
        line("PLAYRATE", clip.play_rate, clip.warped, 0, -1, 0, 0.0025)
        line("CHANMODE", CHANNEL_MODE_CODES.get(clip.channel_mode or "", 0))
        line("GUID", guid("take", track.id, index))
        self._source(clip)
        self._effects.chain("TAKEFX", f"{track.name} clip {index + 1}", clip.devices, _nothing)
        self._tell(track, clip)

    def _fade(self, tag: str, length_s: float, shape: str, track: Track) -> None:
        named, bend = fade_of(shape)
        if named not in FADE_SHAPES:
            if length_s > 0:
                why = "REAPER has other fade shapes: these are the nearest of its own"
                self._losses.add("fade_shape_changed", "note", why, track.name)
            named = _NEAREST.get(named, "linear")
        code = FADE_SHAPES.index(named)
        self._text.line(tag, code, length_s, 0, code, 0, bend, bend)

    def _source(self, clip: Clip) -> None:
        path = written_path(clip) if clip.media is None else self._reference(clip.media)
        kind = _SOURCES.get(clip.media.format if clip.media else "", "WAVE")
        if not clip.reversed:
            with self._text.block("SOURCE", kind):
                self._text.line("FILE", path)
            return
        length_s = clip.media.length_s if clip.media else clip.source_offset_s + clip.length_s
        with self._text.block("SOURCE", "SECTION"):
            self._text.line("LENGTH", length_s)
            self._text.line("STARTPOS", 0)
            self._text.line("MODE", REVERSED)
            with self._text.block("SOURCE", kind):
                self._text.line("FILE", path)

    def _tell(self, track: Track, clip: Clip) -> None:
        if clip.missing:
            why = "these files were not found: the project points at where they were"
            self._losses.add("missing_media", "warning", why, written_path(clip))
        if clip.warped:
            why = "their warp markers are unknown: these clips play at one rate"
            self._losses.add("warps_lost", "warning", why, track.name)
        if moving(clip):
            why = "automation inside clips is not written"
            self._losses.add("clip_automation_lost", "warning", why, track.name)
        if clip.lane is not None:
            why = "take lanes are not written: these items lie on top of one another"
            self._losses.add("lanes_lost", "note", why, track.name)


def _nothing(_: int) -> None:
    """A clip's plugins have no envelopes here."""
