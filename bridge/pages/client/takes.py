"""What a client listens to: mixes beside the song and its revisions, whole, at one loudness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain as joined
from pathlib import Path
from typing import Any, Literal

from bridge.audio import probe, read_blocks
from bridge.gathering import cut, silence
from bridge.pages import PREVIEW_HZ, Deck, Excerpt, Track, change, lowered
from bridge.pages.beside import Beside, beside_songs
from bridge.pages.report import Heard, analysis, both_sides, whole
from bridge.storing import Store, digest
from stemwright.problems import InputError, Problem

TakeKind = Literal["mix", "reference", "version"]
"""`mix` the rough mix, `reference` another song, `version` a revision or the draft."""

_KINDS = {"mix": "", "reference": "reference, ", "version": "master, "}
_COLOURS = {"mix": ("s8",), "reference": ("s3",), "version": ("s1", "s2", "s7", "s6")}


@dataclass(frozen=True)
class ClientTake:
    """One thing to listen to: an audio file of one or two channels, whole.

    `words` is what was said when it was sent, `pcm` names its samples where that is known, and
    `start_s` is how late its music is, which is taken off.
    """

    name: str
    kind: TakeKind
    path: Path
    words: str = ""
    sent: str = ""
    pcm: str | None = None
    start_s: float = 0.0


def heard_of(take: ClientTake, store: Store) -> Heard:
    """What a take sounds like, from where its music begins.

    Raises InputError for a file that cannot be read or has more than two channels.
    """
    header = probe(take.path)
    if header.channels > 2:
        message = f"{take.path.name} has {header.channels} channels; the page plays one or two"
        raise InputError(Problem("channel_count", message, {"file": str(take.path)}))
    source = take.pcm or store.digest_of(take.path)
    start = round(take.start_s * header.sample_rate_hz)
    before = max(0, -start)
    frames = max(0, header.frames - start)
    return Heard(
        kind=take.kind,
        name=take.name,
        digest=digest("report.part", of=source, start=start) if start else source,
        rate_hz=header.sample_rate_hz,
        frames=frames,
        blocks=lambda: joined(
            silence(before), cut(both_sides(read_blocks(take.path)), frames, max(0, start))
        ),
    )


def deck_of(takes: Sequence[ClientTake], heard: Sequence[Heard], store: Store) -> Deck:
    """The player of all takes, the last of them chosen; each plays as loud as that one is.

    All are as long as the longest of the song itself. What the store knows is not coded again.
    """
    own = [each for each in heard if each.kind != "reference"] or [*heard]
    seconds = max(each.frames / each.rate_hz for each in own)
    known = [_measures(each, store) for each in heard]
    to_lufs = known[-1].get("integrated_lufs")
    tracks = tuple(
        _track(take, one, measures, to_lufs, _excerpt(one, store, seconds, measures), colour)
        for take, one, measures, colour in zip(takes, heard, known, coloured(takes), strict=True)
    )
    last = len(tracks) - 1
    deck = Deck(PREVIEW_HZ, tracks, (_compared(takes), last), chosen=last, name="Whole song")
    return replace(deck, said=_said(takes, deck))


def compared(takes: Sequence[ClientTake], heard: Sequence[Heard], store: Store) -> Beside:
    """The newest take beside all others."""
    placed = [
        one if take.kind == "reference" else replace(one, offset_s=take.start_s)
        for take, one in zip(takes, heard, strict=True)
    ]
    return beside_songs(placed[-1:], placed[:-1], store)


def colours_of(takes: Sequence[ClientTake]) -> list[int]:
    """The numbers of their colours as `compared` has them: the newest first."""
    numbers = [int(each.removeprefix("s")) for each in coloured(takes)]
    return [*numbers[-1:], *numbers[:-1]]


def _measures(heard: Heard, store: Store) -> dict[str, Any]:
    found = analysis(heard, store)
    assert found is not None  # noqa: S101 - its samples are at hand
    return dict(found.measures)


def _excerpt(heard: Heard, store: Store, seconds: float, measures: dict[str, Any]) -> Excerpt:
    made = whole(heard, store, seconds, measures)
    assert made is not None  # noqa: S101 - its samples are at hand
    return made


def _track(
    take: ClientTake,
    heard: Heard,
    measures: dict[str, Any],
    to_lufs: float | None,
    excerpt: Excerpt,
    colour: str,
) -> Track:
    own_lufs = measures.get("integrated_lufs")
    match_db = 0.0 if own_lufs is None or to_lufs is None else to_lufs - own_lufs
    gain = "as it is" if abs(match_db) < 0.05 else change(match_db, 1, "dB")
    note = f"{_KINDS[take.kind]}{gain}".replace(" dB", "\N{NO-BREAK SPACE}dB")
    return Track(take.name, note, colour, excerpt, match_db, 0.0, "" if heard.beside else take.name)


def coloured(takes: Sequence[ClientTake]) -> Iterator[str]:
    """Each take's colour, a class of the page."""
    counts = dict.fromkeys(_COLOURS, 0)
    for take in takes:
        colours = _COLOURS[take.kind]
        yield colours[counts[take.kind] % len(colours)]
        counts[take.kind] += 1


def _compared(takes: Sequence[ClientTake]) -> int:
    """What the last is compared with at first: the revision before it, the mix, anything."""
    before = range(len(takes) - 2, -1, -1)
    for kind in ("version", "mix"):
        found = next((n for n in before if takes[n].kind == kind), None)
        if found is not None:
            return found
    return 0


def _said(takes: Sequence[ClientTake], deck: Deck) -> str:
    alike = f"Everything plays as loud as {takes[-1].name}. " if len(takes) > 1 else ""
    return f"{alike}{lowered(deck)}This is preview quality (MP3 of about 120 kbit/s, up to 15 kHz)."
