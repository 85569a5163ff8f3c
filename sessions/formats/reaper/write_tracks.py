"""Tracks, folders, routing and items of a REAPER project."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from sessions.formats.project_files.automation_lines import moving, standing_gain_db
from sessions.formats.project_files.media import written_path
from sessions.formats.project_files.track_tree import MASTER, Node, forest, is_master, master_of
from sessions.formats.reaper import codes as tables
from sessions.formats.reaper.codes import CHANNEL_MODE_CODES, FADE_SHAPES, REVERSED, fade_of
from sessions.formats.reaper.text import Text, guid, track_guid
from sessions.formats.reaper.write_effects import Effects
from sessions.formats.reaper.write_envelopes import Envelopes
from sessions.formats.shared.remarks import Losses
from sessions.model.session import Clip, Media, Send, Session, Track
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
        line("SOFFS", clip.source_offset_s - clip.part_start_s)
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
        if not clip.reversed and clip.part_length_s is None:
            with self._text.block("SOURCE", kind):
                self._text.line("FILE", path)
            return
        length_s = clip.media.length_s if clip.media else clip.source_offset_s + clip.length_s
        part_s = length_s if clip.part_length_s is None else clip.part_length_s
        start_s = clip.part_start_s
        if clip.reversed:
            start_s = length_s - start_s - part_s
        with self._text.block("SOURCE", "SECTION"):
            self._text.line("LENGTH", part_s)
            self._text.line("STARTPOS", start_s)
            self._text.line("MODE", REVERSED if clip.reversed else 0)
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


class Tracks:
    """Writes the master's lines and every track."""

    def __init__(
        self,
        text: Text,
        session: Session,
        reference: Callable[[Media], str],
        losses: Losses,
    ) -> None:
        self._text = text
        self._losses = losses
        self._effects = Effects(text, losses)
        self._envelopes = Envelopes(text, losses)
        self._items = Items(text, self._effects, reference, losses)
        self._nodes = [node for root in forest(session) for node in root.walk()]
        self._index = {node.track.id: at for at, node in enumerate(self._nodes)}
        self._master = master_of(session)

    def write(self) -> None:
        """Write the master, then the tracks, folders before what is in them."""
        self._write_master()
        for at, node in enumerate(self._nodes):
            after = self._nodes[at + 1].depth if at + 1 < len(self._nodes) else 0
            with self._text.block("TRACK", track_guid(node.track.id)):
                self._track(node, after)
        self._tell_lost_sends()

    def _write_master(self) -> None:
        track, line = self._master, self._text.line
        line("MASTERAUTOMODE", tables.READ if _moves_fader(track) else tables.TRIM_READ)
        line("MASTERMUTESOLO", track.muted)
        line("MASTER_NCH", max(2, track.channels), 2)
        mode, law = self._panner(track)
        line("MASTER_PANMODE", mode)
        line("MASTER_VOLUME", self._fader(track), *_placed(track, mode, law))
        line("MASTER_FX", 1)
        self._chain("MASTERFXLIST", track)
        self._envelopes.track(track.name, track.automation, master=True)
        self._trim(tables.MASTER_ENVELOPES["trim_db"][0], track)

    def _fader(self, track: Track) -> float:
        gain = linear(track.gain_db + (0.0 if _trim_apart(track) else track.trim_db))
        return -gain if track.inverted and is_master(track) else gain

    def _track(self, node: Node, depth_after: int) -> None:
        track, line = node.track, self._text.line
        mode, law = self._panner(track)
        change = depth_after - node.depth
        self._text.name(track.name)
        line("AUTOMODE", tables.READ if _moves_fader(track) else tables.TRIM_READ)
        line("VOLPAN", self._fader(track), *_placed(track, mode, law))
        line("MUTESOLO", track.muted, track.soloed, track.solo_safe)
        line("IPHASE", track.inverted)
        line("PLAYOFFS", 0, 1)
        line("ISBUS", 1 if change > 0 else 2 if change < 0 else 0, change)
        line("PANMODE", mode)
        line("NCHAN", max(2, track.channels + track.channels % 2))
        line("FX", 1)
        line("TRACKID", track_guid(track.id))
        line("MAINSEND", self._to_parent(track), 0)
        self._receives(track)
        self._envelopes.track(track.name, track.automation, master=False)
        self._trim(tables.TRACK_ENVELOPES["trim_db"][0], track)
        self._chain("FXCHAIN", track)
        self._items.items(track)
        self._tell(node, change)

    def _panner(self, track: Track) -> tuple[int, float]:
        """The panner's mode, and the gain of its centre."""
        mode, centre_db = tables.pan_law_of(track.pan_law or "") or ("", 0.0)
        if mode not in tables.PAN_MODE_CODES:
            usual = tables.STEREO_PAN if track.width is not None else tables.STEREO_BALANCE
            return usual, tables.PROJECT_LAW
        law = tables.PROJECT_LAW if centre_db == 0.0 else math.pow(10.0, centre_db / 20.0)
        return tables.PAN_MODE_CODES[mode], law

    def _to_parent(self, track: Track) -> bool:
        parent = track.parent if track.parent in self._index else None
        return track.output is not None and track.output == (parent or MASTER)

    def _routes(self, target: Track) -> Iterator[tuple[Track, Send]]:
        """Everything that feeds `target` beside its folder: sends, and outputs that lead there."""
        for node in self._nodes:
            source = node.track
            for send in source.sends:
                if send.target == target.id and source.id != target.id:
                    yield source, send
            led = source.output == target.id and not self._to_parent(source)
            if led and source.id != target.id:
                yield source, Send(target.id)

    def _receives(self, target: Track) -> None:
        for source, send in self._routes(target):
            if send not in source.sends:
                why = "their outputs became sends of REAPER's kind, at unity after the fader"
                self._losses.add("output_as_send", "note", why, f"{source.name} to {target.name}")
            self._text.line(
                "AUXRECV",
                self._index[source.id],
                tables.PRE_FADER if send.pre_fader else tables.POST_FADER,
                linear(send.gain_db),
                send.pan,
                send.muted or not send.enabled,
                0,
                send.inverted,
                0,
                tables.target_channels_code(send.to_channels),
            )
            self._envelopes.send(source.name, target.id, send.gain_db, source.automation)

    def _trim(self, tag: str, track: Track) -> None:
        """A trim before the plugins: the one thing in REAPER that comes there is an envelope."""
        moves = any(line.target == "trim_db" for line in track.automation)
        if track.trim_db and _trim_apart(track) and not moves:
            with self._text.block(tag):
                self._text.line("ACT", 1, -1)
                self._text.line("VIS", 1, 1, 1)
                self._text.line("ARM", 0)
                self._text.line("VOLTYPE", tables.VOLUME_AS_FACTOR)
                self._text.line("PT", 0, linear(track.trim_db), 0)
            why = "a gain before plugins or fader became a point of the pre-FX volume envelope"
            self._losses.add("trim_as_envelope", "note", why, track.name)

    def _chain(self, tag: str, track: Track) -> None:
        def automated(index: int) -> None:
            device = track.devices[index]
            name = device.label or device.name
            self._envelopes.device(track.name, index, name, track.automation)

        self._effects.chain(tag, track.name, track.devices, automated)

    def _tell(self, node: Node, change: int) -> None:
        track = node.track
        if track.kind in ("group", "folder") and change <= 0:
            why = "REAPER knows a group by what is in it: these are plain tracks"
            self._losses.add("empty_group", "note", why, track.name)
        if track.kind == "vca":
            why = "REAPER's VCA grouping is not written: these are plain tracks"
            self._losses.add("vca_lost", "warning", why, track.name)
        if track.pan_law and tables.pan_law_of(track.pan_law) is None:
            why = "their panners follow a law of their own, here REAPER's stereo balance"
            self._losses.add("pan_law_changed", "note", why, track.name)

    def _tell_lost_sends(self) -> None:
        why = "these sends lead nowhere, or back to their own track, and are left out"
        for node in self._nodes:
            for send in node.track.sends:
                back = send.target == node.track.id
                silent = back and (send.gain_db == -math.inf or not send.enabled or send.muted)
                if send.target not in self._index or (back and not silent):
                    what = f"{node.track.name} to {'itself' if back else send.target}"
                    self._losses.add("send_lost", "warning", why, what)


def _placed(track: Track, mode: int, law: float) -> tuple[float, float, float, float]:
    """Pan, law, and the left and the right of a dual pan, or a width in the right one's place."""
    width = 1.0 if track.width is None else track.width
    if mode == tables.DUAL_PAN:
        return track.pan, law, track.pan - width, track.pan + width
    return track.pan, law, -1.0, width


def _trim_apart(track: Track) -> bool:
    """Whether a trim cannot be part of the fader: plugins, sends or an envelope come between."""
    moved = any(line.target in ("gain_db", "trim_db") for line in track.automation)
    return bool(track.devices) or moved or any(send.pre_fader for send in track.sends)


def _moves_fader(track: Track) -> bool:
    return any(line.target == "gain_db" for line in track.automation)
