"""The arrangement as sessions of REAPER, DAWproject, Live, Tracktion and Studio One."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from same_song.arrangement import RATE_HZ, flag, places
from sessions import Clip, Session, Track, write_dawproject, write_rpp
from stemwright.decibels import linear

BEAT = 24_000
"""Frames of a quarter note at 120 a minute."""


def reaper(song: Session, folder: Path) -> Path:
    write_rpp(song, folder / "song.rpp")
    return folder / "song.rpp"


def dawproject(song: Session, folder: Path) -> Path:
    write_dawproject(song, folder / "song.dawproject")
    return folder / "song.dawproject"


def live(song: Session, folder: Path) -> Path:
    """Unwarped clips: places in beats of the song, what they play in seconds of the file."""

    def clip(each: Clip) -> str:
        position, length, offset = places(each)
        fades = "".join(
            f'<Fade{side}Length Value="{round(seconds * RATE_HZ) / BEAT!r}"/>'
            for side, seconds in (("In", each.fade_in_s), ("Out", each.fade_out_s))
        )
        return (
            f'<AudioClip Time="{position / BEAT!r}">'
            f'<CurrentStart Value="{position / BEAT!r}"/>'
            f'<CurrentEnd Value="{(position + length) / BEAT!r}"/>'
            f'<Loop><LoopStart Value="{offset / RATE_HZ!r}"/>'
            f'<LoopEnd Value="{(offset + length) / RATE_HZ!r}"/><LoopOn Value="false"/></Loop>'
            f'<Disabled Value="{str(each.muted).lower()}"/><IsWarped Value="false"/>'
            f'<SampleVolume Value="{linear(each.gain_db)!r}"/><Fade Value="true"/>'
            f"<Fades>{fades}</Fades><SampleRef><FileRef>"
            f"<Path Value={quoteattr(str(each.media_path))}/></FileRef>"
            f'<DefaultSampleRate Value="{RATE_HZ}"/></SampleRef></AudioClip>'
        )

    def track(each: Track) -> str:
        tag = "GroupTrack" if each.kind == "group" else "AudioTrack"
        return (
            f'<{tag} Id="{each.id}"><Name><EffectiveName Value="{each.name}"/></Name>'
            f'<TrackGroupId Value="{each.parent or -1}"/><DeviceChain><MainSequencer><Sample>'
            f"<ArrangerAutomation><Events>{''.join(map(clip, each.clips))}</Events>"
            "</ArrangerAutomation></Sample></MainSequencer><Mixer>"
            f'<Volume><Manual Value="{linear(each.gain_db)!r}"/></Volume>'
            f'<Speaker><Manual Value="{str(not each.muted).lower()}"/></Speaker>'
            f"</Mixer></DeviceChain></{tag}>"
        )

    text = (
        '<?xml version="1.0" encoding="UTF-8"?><Ableton MajorVersion="5" Creator="Ableton Live 12">'
        f"<LiveSet><Tracks>{''.join(track(each) for each in song.tracks[:-1])}</Tracks>"
        '<MainTrack><DeviceChain><Mixer><Tempo><Manual Value="120"/></Tempo></Mixer></DeviceChain>'
        "</MainTrack></LiveSet></Ableton>"
    )
    (folder / "song.als").write_bytes(gzip.compress(text.encode()))
    return folder / "song.als"


def tracktion(song: Session, folder: Path) -> Path:
    """Times in seconds; a folder with a fader is a group."""

    def clip(each: Clip) -> str:
        return (
            f'<AUDIOCLIP start="{each.position_s!r}" length="{each.length_s!r}" '
            f'offset="{each.source_offset_s!r}" source={quoteattr(str(each.media_path))} '
            f'gain="{each.gain_db!r}" fadeIn="{each.fade_in_s!r}" fadeOut="{each.fade_out_s!r}" '
            f'mute="{flag(each.muted)}"/>'
        )

    def track(each: Track) -> str:
        tag = "FOLDERTRACK" if each.kind == "group" else "TRACK"
        inner = "".join(track(one) for one in song.tracks if one.parent == each.id)
        position = np.exp((each.gain_db - 6.0) / 20.0)
        return (
            f'<{tag} id="{each.id}" name="{each.name}" mute="{flag(each.muted)}">'
            f'<PLUGIN type="volume" volume="{float(position)!r}"/>'
            f"{''.join(map(clip, each.clips))}{inner}</{tag}>"
        )

    tracks = "".join(track(each) for each in song.tracks[:-1] if each.parent is None)
    path = folder / "song.tracktionedit"
    path.write_text(f'<?xml version="1.0"?>\n<EDIT appVersion="Waveform 12">{tracks}</EDIT>')
    return path


def studio_one(song: Session, folder: Path) -> Path:
    """Times in seconds, on tracks that do not follow the tempo."""

    def event(each: Clip) -> str:
        return (
            f'<AudioEvent clipID="{{A}}" start="{each.position_s!r}" timeFormat="0" '
            f'length="{each.length_s!r}" offset="{each.source_offset_s!r}" '
            f'mute="{flag(each.muted)}"/>'
        )

    def track(each: Track) -> str:
        return (
            f'<MediaTrack mediaType="Audio" tempoFollow="0" trackID="{{T{each.id}}}" '
            f'name="{each.name}"><UID x:id="channelID" uid="{{{each.id}}}"/>'
            f'<List x:id="Events">{"".join(map(event, each.clips))}</List></MediaTrack>'
        )

    def channel(each: Track) -> str:
        tag = "AudioGroupChannel" if each.kind == "group" else "AudioTrackChannel"
        return (
            f'<{tag} label="{each.name}" gain="{linear(each.gain_db)!r}" mute="{flag(each.muted)}">'
            f'<UID x:id="uniqueID" uid="{{{each.id}}}"/>'
            f'<Connection x:id="destination" objectID="{{{each.output}}}/Input"/></{tag}>'
        )

    tracks = song.tracks[:-1]
    media = quoteattr(f"file://{song.tracks[0].clips[0].media_path}")
    about = f'<Attribute id="Media:SampleRate" value="{RATE_HZ}"/>'
    members = {
        "metainfo.xml": f"<MetaInformation>{about}</MetaInformation>",
        "Song/song.xml": '<Song><Attributes x:id="Root"><List x:id="Tracks">'
        + "".join(track(each) for each in tracks if each.kind != "group")
        + "</List></Attributes></Song>",
        "Song/mediapool.xml": '<MediaPool><AudioClip mediaID="{A}">'
        f'<Url x:id="path" type="1" url={media}/></AudioClip></MediaPool>',
        "Devices/audiomixer.xml": '<AudioMixer><Attributes x:id="channels">'
        + "".join(map(channel, tracks))
        + '<AudioOutputChannel label="Main"><UID x:id="uniqueID" uid="{master}"/>'
        "</AudioOutputChannel></Attributes></AudioMixer>",
    }
    with zipfile.ZipFile(folder / "one.song", "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return folder / "one.song"
