"""What the page calls its figures, for somebody who does not mix: in plain words."""

from __future__ import annotations

from bridge.pages.beside import BesideWords
from bridge.pages.report import TableWords

PLAIN = BesideWords(
    figures="In figures",
    loudness="Loud and soft, over the song",
    spectra="Bass to treble",
    services="On streaming services",
    loudness_chart="How loud it is at each moment",
    spectra_chart="How much there is from bass, on the left, to treble",
    windows="Each point is the average of the 3 seconds before it.",
    about_services=(
        "Services play songs about as loud as each other: by so much each of them turns these up "
        "or down. The louder a song is, the further it is turned down."
    ),
    tables=TableWords(
        mid="middle",
        side="sides",
        dashed="the sides are dashed",
        distances=(
            "tone in the middle, dB", "tone at the sides, dB", "made as loud by, dB",
            "loud and soft, LU", "in time",
        ),
        apart="How far the tone of two takes is apart from bass to treble, once both are as loud "
        "as each other: 0 dB is the same tone. The middle is what both loudspeakers share, the "
        "sides are what they do not. Loud and soft: the same of how the loudness moves.",
        dynamics=(
            "Loudness, LUFS", "From soft to loud, LU", "Peaks over loudness, dB",
            "The same where least, dB", "Left and right alike, 1 is mono",
            "Lost on one loudspeaker, dB",
        ),
        bands=(
            "Of all power, dB", "Peaks over average, dB", "Sides over middle, dB",
            "Left and right alike, 1 is mono",
        ),
    ),
)  # fmt: skip
