"""The player: signals in one clock at one loudness, a loop, and the blind test between two."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from bridge.pages.charts import STEPS_S
from bridge.pages.excerpts import Excerpt
from bridge.pages.html import clock, figure, size_words, tag, text
from bridge.pages.outlines import Outline, lane, residual_lane
from stemwright.decibels import linear
from stemwright.values import dataclass


@dataclass(frozen=True)
class Track:
    """One signal to switch to; `match_db` brings its excerpt to the loudness of all.

    `note` is the small print of its button, `colour` a class of the page, `start_s` where the
    excerpt was taken. Tracks of one `place` run side by side and can be subtracted.
    """

    name: str
    note: str
    colour: str
    excerpt: Excerpt
    match_db: float = 0.0
    start_s: float = 0.0
    place: str = ""


@dataclass(frozen=True)
class Deck:
    """Up to nine tracks have a key. `pair` is what is compared first: A and B, by number.

    `null` is B minus A where it is known better than the tracks tell it; then there are two tracks.
    `name` tells it from the other decks of a page, `said` is the sentence under it.
    `rest` is the outline of B minus A where that is seen but not heard.
    """

    rate_hz: int
    tracks: tuple[Track, ...]
    pair: tuple[int, int] = (0, 1)
    chosen: int = 0
    null: Track | None = None
    name: str = ""
    said: str = ""
    rest: Outline | None = None

    @property
    def below_db(self) -> float:
        """How far all play under the level they were matched to, so that none clips."""
        peaks = [
            each.excerpt.peak_dbfs + each.match_db
            for each in self.tracks
            if each.excerpt.peak_dbfs is not None
        ]
        return max([0.0, *peaks])

    @property
    def held(self) -> tuple[Track, ...]:
        """Everything that is in the page, the null last."""
        return self.tracks if self.null is None else (*self.tracks, self.null)

    @property
    def seconds(self) -> float:
        """How long the longest is."""
        return max(each.excerpt.seconds for each in self.held)

    @property
    def lossless(self) -> bool:
        """Whether B minus A of what is played is B minus A, and no coder's noise."""
        return all(each.excerpt.codec == "flac" for each in self.tracks)

    @property
    def page_bytes(self) -> int:
        """What its sound takes of a page."""
        return sum(each.excerpt.page_bytes for each in self.held)

    def gain_db(self, track: Track) -> float:
        """What the excerpt of `track` has to be played at."""
        return round(track.match_db + track.excerpt.lowered_db - self.below_db, 4)


def matching_db(excerpt: Excerpt, to: Excerpt) -> float:
    """What makes an excerpt as loud as another; 0 where either cannot be measured."""
    return 0.0 if excerpt.lufs is None or to.lufs is None else to.lufs - excerpt.lufs


_RAISES_DB = (0, 20, 40, 60, 80, 100, 120)
_KEYS = 9
_RULED = 8
NULL_COLOUR = "n"


def players(decks: Sequence[Deck]) -> str:
    """A player for each deck, one seen at a time; the first is the one a page opens with."""
    shown = "".join(
        tag(
            "div",
            (tag("p", text(deck.said)) if deck.said else "") + switcher(deck, _prefix(n)),
            class_="player",
            data_prefix=_prefix(n),
            **({"hidden": ""} if n else {}),
        )
        for n, deck in enumerate(decks)
    )
    return (_tabs(decks) if len(decks) > 1 else "") + shown


def _prefix(number: int) -> str:
    """What the ids of a player begin with; those of a page's first are plain."""
    return f"p{number}-" if number else ""


def _tabs(decks: Sequence[Deck]) -> str:
    buttons = "".join(
        tag(
            "button",
            text(deck.name) + tag("small", f"{size_words(deck.page_bytes)}"),
            type="button",
            class_="tab",
            data_of=_prefix(n),
            aria_pressed=str(n == 0).lower(),
        )
        for n, deck in enumerate(decks)
    )
    return tag("div", buttons, class_="tabs", role="group", aria_label="What to listen to")


def switcher(deck: Deck, prefix: str = "") -> str:
    """The elements `player.js` works on, with their data; `deck` has at least one track."""
    nulled = _nulled(deck)
    buttons = "".join(_pick(n, deck, prefix) for n in range(len(deck.tracks)))
    buttons += _null_pick(prefix) if nulled else ""
    parts = [
        tag("div", buttons, class_="buttons", role="group", aria_label="Switch what is heard"),
        _pair(deck, prefix) if len(deck.tracks) > 2 else "",
        _strips(deck, prefix),
        _transport(deck, prefix),
        _blind(prefix) if _blinded(deck) else "",
        _data(deck, prefix),
    ]
    return "".join(parts)


def _nulled(deck: Deck) -> bool:
    return len(deck.tracks) > 1 and (deck.lossless or deck.null is not None)


def _blinded(deck: Deck) -> bool:
    """A blind test of two previews would test their coder as well."""
    return len(deck.tracks) > 1 and deck.lossless


def lowered(deck: Deck) -> str:
    """The sentence that says how far all play under their level; nothing where they do not."""
    if deck.below_db <= 0.05:
        return ""
    return f"All play {figure(deck.below_db)} dB lower, so none clips. "


def _pick(number: int, deck: Deck, prefix: str) -> str:
    track = deck.tracks[number]
    own = str(number + 1) if len(deck.tracks) > 2 else "ab"[number]
    shown = (
        tag("kbd", own if number < _KEYS else "")
        + tag("span", f"{text(track.name)} {_badge(number, deck)}".rstrip(), class_="name")
        + tag("small", text(track.note))
    )
    return tag(
        "button",
        shown,
        type="button",
        id=f"{prefix}pick{number}",
        class_=f"pick {track.colour}",
        aria_pressed=str(number == deck.chosen).lower(),
    )


def _badge(number: int, deck: Deck) -> str:
    """Room for A or B, where names do not say it."""
    if len(deck.tracks) < 3:
        return ""
    first, second = deck.pair
    said = "A" if number == first else "B" if number == second else ""
    return tag("b", said, class_="badge", data_of=str(number))


def _null_pick(prefix: str) -> str:
    shown = (
        tag("kbd", "n") + tag("span", "Null: B&nbsp;minus&nbsp;A", class_="name") + tag("small", "")
    )
    return tag(
        "button",
        shown,
        type="button",
        id=f"{prefix}null",
        class_=f"pick {NULL_COLOUR}",
        aria_pressed="false",
    )


def _pair(deck: Deck, prefix: str) -> str:
    chosen = zip(("first", "second"), ("A", "B"), deck.pair, strict=True)
    selects = "".join(
        tag("label", f"{name} is {tag('select', _options(deck, number), id=prefix + ident)}")
        for ident, name, number in chosen
    )
    return tag("div", tag("span", "Compare:") + selects, class_="transport")


def _options(deck: Deck, chosen: int) -> str:
    return "".join(
        tag("option", text(track.name), value=str(n), **({"selected": ""} if n == chosen else {}))
        for n, track in enumerate(deck.tracks)
    )


def _strips(deck: Deck, prefix: str) -> str:
    """The tracks as loud as they play; the page shows A and B alone."""
    gains = [linear(each.match_db) for each in deck.tracks]
    peaks = [
        each.excerpt.outline.peak * gain for each, gain in zip(deck.tracks, gains, strict=True)
    ]
    loudest = max(peaks) or 1.0
    lanes = [
        _lane(n, track, gain / loudest, deck)
        for n, (track, gain) in enumerate(zip(deck.tracks, gains, strict=True))
    ]
    drawn = deck.rest if deck.null is None else deck.null.excerpt.outline
    if drawn is not None:
        lanes.append(residual_lane("B minus A", NULL_COLOUR, drawn, loudest))
    over = tag("i", "", id=f"{prefix}region", class_="region", hidden="")
    over += tag("i", "", id=f"{prefix}head", class_="head")
    start_s = deck.tracks[deck.chosen].start_s
    drawn_lanes = "".join(lanes) + ruler(start_s, deck.seconds) + over
    return tag("div", drawn_lanes, id=f"{prefix}strips", class_="strips seek")


def ruler(start_s: float, seconds: float) -> str:
    """Round times under a waveform of `seconds` from `start_s` on; none under next to nothing."""
    if seconds <= 0.0:
        return ""
    step = next((each for each in STEPS_S if seconds / each <= _RULED), STEPS_S[-1])
    first = math.ceil(start_s / step - 1e-9)
    marks = "".join(
        tag("span", clock(at, 0), style=f"left:{100.0 * (at - start_s) / seconds:.3f}%")
        for at in range(first * step, math.floor(start_s + 0.97 * seconds) + 1, step)
    )
    return tag("div", marks, class_="ruler", role="img", aria_label="minutes and seconds")


def _lane(number: int, track: Track, gain: float, deck: Deck) -> str:
    drawn = lane(track.name, track.colour, track.excerpt.outline, gain, _badge(number, deck))
    away = number not in deck.pair and len(deck.tracks) > 1
    return tag("div", drawn, class_="lane", **({"hidden": ""} if away else {}))


def _transport(deck: Deck, prefix: str) -> str:
    options = "".join(tag("option", f"{each} dB", value=str(each)) for each in _RAISES_DB)
    raised = tag("label", f"Raise the null {tag('select', options, id=f'{prefix}raise')}")
    buttons = (
        _button(f"{prefix}play", "Play", toggle=True, class_="play")
        + tag("output", "0:00.00", id=f"{prefix}clock", class_="clock")
        + _button(f"{prefix}from", "Loop from here", "[")
        + _button(f"{prefix}to", "Loop to here", "]")
        + _button(f"{prefix}all", "Loop all")
        + (raised if _nulled(deck) else "")
    )
    return tag("div", buttons, class_="transport") + tag("p", _keys(deck), class_="hint")


def _keys(deck: Deck) -> str:
    count = len(deck.tracks)
    null = ", a, b and n switch" if _nulled(deck) else ", a and b switch"
    switches = f"1 to {min(count, _KEYS)}{null}" if count > 2 else null.removeprefix(", ")
    blind = "; x starts the blind test and plays X" if _blinded(deck) else ""
    return (
        f"Keys: {switches if count > 1 else ''}{', ' * (count > 1)}space plays and stops, [ and ] "
        f"set the loop, or drag over the waveform{blind}."
    )


def _blind(prefix: str) -> str:
    buttons = (
        _button(f"{prefix}x", "Blind test", "x", toggle=True)
        + _button(f"{prefix}is-a", "X is A", "1", disabled=True)
        + _button(f"{prefix}is-b", "X is B", "2", disabled=True)
        + _button(f"{prefix}anew", "Start over", disabled=True)
        + tag("output", "No answers yet.", id=f"{prefix}score")
    )
    hint = (
        "X is A or B, at random each time. p is the chance of doing at least as well by guessing; "
        "settle on the number of answers before you begin, or it says nothing."
    )
    return (
        tag("h3", "Blind test (ABX)")
        + tag("div", buttons, class_="transport")
        + tag("p", hint, class_="hint")
    )


def _button(
    name: str,
    label: str,
    key: str = "",
    *,
    disabled: bool = False,
    toggle: bool = False,
    class_: str = "",
) -> str:
    shown = f"{tag('kbd', text(key))} {label}" if key else label
    more = {"disabled": ""} if disabled else {}
    more |= {"aria_pressed": "false"} if toggle else {}
    more |= {"class_": class_} if class_ else {}
    return tag("button", shown, type="button", id=name, **more)


def _data(deck: Deck, prefix: str) -> str:
    places = sorted({each.place for each in deck.tracks})
    held = {
        "rate": deck.rate_hz,
        "pair": deck.pair if len(deck.tracks) > 1 else (0, 0),
        "chosen": deck.chosen,
        "own_null": deck.null is not None,
        "nulled": _nulled(deck),
        "blinded": _blinded(deck),
        "signals": [
            {
                "name": each.name,
                "start": round(each.start_s, 4),
                "place": places.index(each.place) if each is not deck.null else 0,
                "gain_db": deck.gain_db(each),
                "frames": each.excerpt.frames,
                each.excerpt.codec: each.excerpt.in_page,
            }
            for each in deck.held
        ],
    }
    return embedded(held, f"{prefix}excerpts")


def embedded(held: object, name: str) -> str:
    """Data a page carries for its script, under an id."""
    coded = json.dumps(held, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    return tag("script", coded, type="application/json", id=name)


def row_buttons(pair: tuple[int, int], gains_db: tuple[float, float], name: str) -> str:
    """Before and after of one row, by their numbers among `row_sounds`."""
    both = f"{pair[0]} {pair[1]}"
    shown = "".join(
        tag(
            "button",
            word,
            type="button",
            data_signal=str(number),
            data_pair=both,
            data_gain=f"{gain_db:.4f}",
            aria_pressed="false",
            aria_label=f"{name}, {word.lower()}",
        )
        for number, gain_db, word in zip(pair, gains_db, ("Before", "After"), strict=True)
    )
    return tag("div", shown, class_="hear", role="group", aria_label=f"Hear {name}")


def row_sounds(excerpts: Sequence[Excerpt], rate_hz: int) -> str:
    """What the buttons of rows play."""
    held = [{each.codec: each.in_page} for each in excerpts]
    return embedded({"rate": rate_hz, "signals": held}, "rows") if held else ""
