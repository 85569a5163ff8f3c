"""The switcher: A, B and what remains, in one clock, and the blind test."""

from __future__ import annotations

import json

from bridge.comparing.page.drawing import waveform
from bridge.comparing.page.marking import change, clock, figure, tag, text
from bridge.comparing.page.previews import Previews, previews
from bridge.comparing.page.signals import Outline, Signals, drawn

_RAISES_DB = (0, 20, 40, 60, 80, 100, 120)
_STEP_DB = 10
_NAMES = (("a", "A"), ("b", "B"), ("n", "Null: B minus A"))


def player(found: Signals) -> str:
    """The section's content with its data."""
    made = previews(found)
    notes = {"b": tag("small", text(change(made.b_gain_db, 2, "dB")))}
    buttons = "".join(
        tag(
            "button",
            f"{tag('kbd', key)} {text(name)} {notes.get(key, '')}",
            type="button",
            id=key,
            class_=f"pick {key}",
        )
        for key, name in _NAMES
    )
    whole = strips(drawn(found.a, found.b))
    region = '<i id="region" hidden></i><i id="head"></i>'
    return (
        tag("p", text(_said(found, made)))
        + tag("div", buttons, class_="buttons", role="group", aria_label="Switch what is heard")
        + tag("div", whole + region, id="strips", class_="strips")
        + _transport(made)
        + _blind()
        + _data(found, made)
    )


def strips(outlines: tuple[Outline, Outline, Outline]) -> str:
    """Three waveforms under each other, the last one magnified as its label says."""
    a, b, left = outlines
    loudest = max(a.peak, b.peak) or 1.0
    raise_db, room = 0, loudest / left.peak if left.peak else 1.0
    while left.peak and 10.0 ** ((raise_db + _STEP_DB) / 20.0) <= room and raise_db < 200:
        raise_db += _STEP_DB
    drawn_larger = f", drawn {raise_db} dB larger" if raise_db else ""
    nothing = "" if left.peak else ", nothing here"
    rows = (
        ("a", "A", a, 1.0),
        ("b", "B", b, 1.0),
        ("n", f"B minus A{drawn_larger}{nothing}", left, 10.0 ** (raise_db / 20.0)),
    )
    return "".join(
        tag("small", text(name), class_=colour) + waveform(each, colour, name, gain / loudest)
        for colour, name, each, gain in rows
    )


def _said(found: Signals, made: Previews) -> str:
    seconds = found.a.shape[1] / found.rate_hz
    where = (
        f"{seconds:.1f} s around the largest difference, from {clock(found.excerpt_s)}, aligned. "
    )
    matched = (
        f"B plays {_louder(made.b_gain_db)}, which makes it as loud as A here; the null is B minus "
        "A after alignment alone. "
    )
    lowered = f"All play {figure(made.below_db)} dB lower, so none clips. " * (made.below_db > 0.05)
    front = "Only the first two channels are played. " * (found.a.shape[0] > 2)
    return f"{where}{matched}{lowered}{front}Lossless excerpts (FLAC), 16 bit."


def _louder(gain_db: float) -> str:
    if abs(gain_db) < 0.005:
        return "as it is"
    return f"{abs(gain_db):.2f} dB {'louder' if gain_db > 0.0 else 'softer'} than it is"


def _transport(made: Previews) -> str:
    raises = [each for each in _RAISES_DB if each == 0 or each <= made.headroom_db]
    options = "".join(tag("option", f"{each} dB", value=str(each)) for each in raises)
    buttons = (
        _button("play", "Play")
        + '<output id="clock">0:00.00</output>'
        + _button("from", "Loop from here", "[")
        + _button("to", "Loop to here", "]")
        + _button("all", "Loop all")
        + tag("label", "Raise the null " + tag("select", options, id="raise"))
    )
    hint = (
        "Keys: a, b and n switch, space plays and stops, [ and ] set the loop, or drag over the "
        "waveform; x starts the blind test and plays X."
    )
    return tag("div", buttons, class_="transport") + tag("p", hint, class_="hint")


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
    element = tag("button", shown, type="button", id=name)
    return element.replace("<button ", "<button disabled ", 1) if disabled else element


def _data(found: Signals, made: Previews) -> str:
    held = {
        "rate": found.rate_hz,
        "start": round(found.excerpt_s, 4),
        "signals": [
            {"id": each.id, "gain_db": each.gain_db, "flac": each.flac_base64}
            for each in made.signals
        ],
    }
    coded = json.dumps(held, ensure_ascii=True, separators=(",", ":")).replace("<", "\\u003c")
    return tag("script", coded, type="application/json", id="excerpts")
