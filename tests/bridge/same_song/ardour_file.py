"""The arrangement as a session of Ardour, as it wrote them before version 7: in frames."""

from __future__ import annotations

from pathlib import Path

from same_song.arrangement import END, RATE_HZ, flag, places
from sessions import Clip, Session, Track
from stemwright.decibels import linear


def ardour(song: Session, folder: Path) -> Path:
    """Regions that add, without the fades of 64 frames that Ardour's own regions have."""
    name = song.tracks[0].clips[0].media_path

    def region(each: Clip) -> str:
        position, length, offset = places(each)
        fades = "".join(
            f"<{tag}><AutomationList><events>{points}</events></AutomationList></{tag}>"
            for tag, seconds, points in (
                ("FadeIn", each.fade_in_s, f"0 1e-07 {round(each.fade_in_s * RATE_HZ)} 1"),
                ("FadeOut", each.fade_out_s, f"0 1 {round(each.fade_out_s * RATE_HZ)} 1e-07"),
            )
        )
        return (
            f'<Region type="audio" start="{offset}" length="{length}" position="{position}" '
            f'channels="2" source-0="a0" source-1="a1" muted="{flag(each.muted)}" opaque="0" '
            f'scale-amplitude="{linear(each.gain_db)!r}" '
            f'fade-in-active="{flag(each.fade_in_s > 0)}" '
            f'fade-out-active="{flag(each.fade_out_s > 0)}">{fades}</Region>'
        )

    names = {each.id: each.name for each in song.tracks}

    def route(each: Track) -> str:
        own = "" if each.kind != "audio" else f'audio-playlist="p{each.id}"'
        kind = {"master": "MasterOut", "group": "AudioBus"}.get(each.kind, "AudioTrack")
        target = "system:playback" if each.output is None else f"{names[each.output]}/audio_in"
        ports = "".join(
            f'<IO direction="{way}">'
            + "".join(
                f'<Port type="audio" name="{each.name}/{port} {at}">'
                f'<Connection other="{target} {at}"/></Port>'
                for at in (1, 2)
            )
            + "</IO>"
            for way, port in (("Input", "audio_in"), ("Output", "audio_out"))
        )
        gain = f'<Controllable name="gaincontrol" value="{linear(each.gain_db)!r}"/>'
        return (
            f'<Route id="{each.id}" name="{each.name}" default-type="audio" {own}>'
            f'<PresentationInfo flags="{kind}"/>{ports}'
            f'<MuteMaster muted="{flag(each.muted)}"/><Controllable name="mute" value='
            f'"{int(each.muted)}"/><Processor name="Amp" type="amp" active="1">{gain}</Processor>'
            f'<Processor name="{each.name}" type="main-outs" active="1"/></Route>'
        )

    playlists = "".join(
        f'<Playlist id="p{each.id}">{"".join(map(region, each.clips))}</Playlist>'
        for each in song.tracks
    )
    sources = "".join(
        f'<Source id="a{at}" name="{name}" type="audio" channel="{at}"/>' for at in (0, 1)
    )
    path = folder / "song.ardour"
    path.write_text(
        f'<?xml version="1.0"?><Session version="6000" name="song" sample-rate="{RATE_HZ}">'
        f"<Sources>{sources}</Sources>"
        f'<Locations><Location start="0" end="{END}" flags="IsSessionRange" name="session"/>'
        f"</Locations><Routes>{''.join(map(route, song.tracks))}</Routes>"
        f"<Playlists>{playlists}</Playlists></Session>"
    )
    return path
