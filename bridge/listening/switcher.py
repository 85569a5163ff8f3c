"""The player: signals in one clock at one loudness, a loop, and the blind test between two."""

from __future__ import annotations

import json

from bridge.listening.deck import Deck, Track
from bridge.listening.marking import figure, tag, text
from bridge.listening.outlines import lane, residual_lane

_RAISES_DB = (0, 20, 40, 60, 80, 100, 120)
_KEYS = 9
NULL_COLOUR = "n"


def switcher(deck: Deck) -> str:
    """The elements `player.js` works on, with their data; `deck` has at least one track."""
    compared = len(deck.tracks) > 1
    buttons = "".join(_pick(n, deck) for n in range(len(deck.tracks)))
    buttons += _null_pick() if compared else ""
    parts = [
        tag("div", buttons, class_="buttons", role="group", aria_label="Switch what is heard"),
        _pair(deck) if len(deck.tracks) > 2 else "",
        _strips(deck),
        _transport(deck),
        _blind() if compared else "",
        _data(deck),
    ]
    return "".join(parts)


def lowered(deck: Deck) -> str:
    """The sentence that says how far all play under their level; nothing where they do not."""
    if deck.below_db <= 0.05:
        return ""
    return f"All play {figure(deck.below_db)} dB lower, so none clips. "


def _pick(number: int, deck: Deck) -> str:
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
        id=f"pick{number}",
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


def _null_pick() -> str:
    shown = (
        tag("kbd", "n") + tag("span", "Null: B&nbsp;minus&nbsp;A", class_="name") + tag("small", "")
    )
    return tag(
        "button",
        shown,
        type="button",
        id="null",
        class_=f"pick {NULL_COLOUR}",
        aria_pressed="false",
    )


def _pair(deck: Deck) -> str:
    chosen = zip(("first", "second"), ("A", "B"), deck.pair, strict=True)
    selects = "".join(
        tag("label", f"{name} is {tag('select', _options(deck, number), id=ident)}")
        for ident, name, number in chosen
    )
    return tag("div", tag("span", "Compare:") + selects, class_="transport")


def _options(deck: Deck, chosen: int) -> str:
    return "".join(
        tag("option", text(track.name), value=str(n), **({"selected": ""} if n == chosen else {}))
        for n, track in enumerate(deck.tracks)
    )


def _strips(deck: Deck) -> str:
    """The tracks as loud as they play; the page shows A and B alone."""
    gains = [10.0 ** (each.match_db / 20.0) for each in deck.tracks]
    peaks = [
        each.excerpt.outline.peak * gain for each, gain in zip(deck.tracks, gains, strict=True)
    ]
    loudest = max(peaks) or 1.0
    lanes = [
        _lane(n, track, gain / loudest, deck)
        for n, (track, gain) in enumerate(zip(deck.tracks, gains, strict=True))
    ]
    if deck.null is not None:
        drawn = deck.null.excerpt.outline
        lanes.append(residual_lane("B minus A", NULL_COLOUR, drawn, loudest))
    region = '<i id="region" hidden></i><i id="head"></i>'
    return tag("div", "".join(lanes) + region, id="strips", class_="strips")


def _lane(number: int, track: Track, gain: float, deck: Deck) -> str:
    drawn = lane(track.name, track.colour, track.excerpt.outline, gain, _badge(number, deck))
    away = number not in deck.pair and len(deck.tracks) > 1
    return tag("div", drawn, class_="lane", **({"hidden": ""} if away else {}))


def _transport(deck: Deck) -> str:
    options = "".join(tag("option", f"{each} dB", value=str(each)) for each in _RAISES_DB)
    raised = tag("label", f"Raise the null {tag('select', options, id='raise')}")
    compared = len(deck.tracks) > 1
    buttons = (
        _button("play", "Play")
        + '<output id="clock">0:00.00</output>'
        + _button("from", "Loop from here", "[")
        + _button("to", "Loop to here", "]")
        + _button("all", "Loop all")
        + (raised if compared else "")
    )
    return tag("div", buttons, class_="transport") + tag("p", _keys(deck), class_="hint")


def _keys(deck: Deck) -> str:
    count = len(deck.tracks)
    switches = f"1 to {min(count, _KEYS)}, a, b and n switch" if count > 2 else "a, b and n switch"
    blind = "; x starts the blind test and plays X" if count > 1 else ""
    return (
        f"Keys: {switches if count > 1 else ''}{', ' * (count > 1)}space plays and stops, [ and ] "
        f"set the loop, or drag over the waveform{blind}."
    )


def _blind() -> str:
    buttons = (
        _button("x", "Blind test", "x")
        + _button("is-a", "X is A", "1", disabled=True)
        + _button("is-b", "X is B", "2", disabled=True)
        + _button("anew", "Start over", disabled=True)
        + '<output id="score">No answers yet.</output>'
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


def _button(name: str, label: str, key: str = "", disabled: bool = False) -> str:
    shown = f"{tag('kbd', text(key))} {label}" if key else label
    return tag("button", shown, type="button", id=name, **({"disabled": ""} if disabled else {}))


def _data(deck: Deck) -> str:
    places = sorted({each.place for each in deck.tracks})
    held = {
        "rate": deck.rate_hz,
        "pair": deck.pair if len(deck.tracks) > 1 else (0, 0),
        "chosen": deck.chosen,
        "own_null": deck.null is not None,
        "signals": [
            {
                "name": each.name,
                "start": round(each.start_s, 4),
                "place": places.index(each.place) if each is not deck.null else 0,
                "gain_db": deck.gain_db(each),
                "flac": each.excerpt.flac_base64,
            }
            for each in (*deck.tracks, *([deck.null] if deck.null else []))
        ],
    }
    coded = json.dumps(held, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    return tag("script", coded, type="application/json", id="excerpts")
