"""Tempo, time signatures and locators of a Live set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from sessions.formats.ableton.document import BEFORE_THE_SONG, Values
from sessions.formats.shared.remarks import Tally
from sessions.model.session import Marker, Meter, TempoCurve
from sessions.model.tempo import TempoMap, held

_NUMERATORS = 99
_SIXTEENTH_BEATS = 0.25
_USUAL_BPM = 120.0


def envelopes(values: Values, track: etree._Element | None) -> dict[str, list[etree._Element]]:
    """The events of a track's automation by the id of what it moves (Live 9 and later)."""
    found: dict[str, list[etree._Element]] = {}
    if track is not None:
        for envelope in track.iterfind("AutomationEnvelopes/Envelopes/AutomationEnvelope"):
            events = envelope.find("Automation/Events")
            target = values.text(envelope, "EnvelopeTarget/PointeeId")
            found[target] = [] if events is None else list(events)
    return found


def moved(
    values: Values, parameter: etree._Element, lines: dict[str, list[etree._Element]]
) -> Sequence[etree._Element]:
    """The events that move a parameter, wherever this version of Live keeps them."""
    target = parameter.find("AutomationTarget")
    own = [] if target is None else lines.get(target.get("Id", ""), [])
    return own or values.events(parameter)


def main_mixer(main: etree._Element | None) -> etree._Element | None:
    """The main track's mixer, in Live 8 below another name."""
    if main is None:
        return None
    found = main.find("DeviceChain/Mixer")
    return main.find("MasterChain/Mixer") if found is None else found


def tempo_map(
    values: Values,
    main: etree._Element | None,
    lines: dict[str, list[etree._Element]],
    tally: Tally,
) -> TempoMap:
    """The tempo's course: Live takes it from the line at each 16th note and holds it to the next.

    So measured on Live's exports (Ableton's forum, topic 251307), and as dawtool computes it
    (TEMPO_QUANT). A set without a tempo is at 120, where Live's own new sets stand.
    """
    mixer = main_mixer(main)
    tempo = None if mixer is None else mixer.find("Tempo")
    if tempo is None:
        tally.add("no_tempo", "Tempo")
        return TempoMap()
    timed = _tempo_line(values, moved(values, tempo, lines), tally)
    if not timed:
        return TempoMap([(0.0, values.manual(tempo, _USUAL_BPM), "step")])
    try:
        return TempoMap(held(timed, _SIXTEENTH_BEATS))
    except ValueError as error:
        raise values.fault(tempo, "endless_tempo", str(error)) from error


def _tempo_line(
    values: Values, moving: Sequence[etree._Element], tally: Tally
) -> list[tuple[float, float, TempoCurve]]:
    """The line's points; it ramps between events, and steps where two share a beat."""
    events = [event for event in moving if event.tag == "FloatEvent"]
    timed: list[tuple[float, float, TempoCurve]] = []
    for event in sorted(events, key=lambda event: values.number(event, "Time")):
        beat, bpm = max(0.0, values.number(event, "Time")), values.number(event, "Value")
        if event.get("CurveControl1X") is not None:
            tally.add("tempo_curves", f"beat {beat:g}")
        if values.number(event, "Time") < BEFORE_THE_SONG:
            timed = [(0.0, bpm, "step")]
        else:
            timed.append((beat, bpm, "linear"))
    if len(timed) > 1 and timed[0][2] == "step" and timed[1][0] == 0.0:
        timed = timed[1:]
    return timed


def meters(
    values: Values,
    main: etree._Element | None,
    lines: dict[str, list[etree._Element]],
    clock: TempoMap,
) -> tuple[Meter, ...]:
    """The time signatures: 99 numerators for each power of two in the denominator."""
    mixer = main_mixer(main)
    signature = None if mixer is None else mixer.find("TimeSignature")
    if signature is None:
        return ()
    found = {0.0: values.manual(signature, 201)}
    for event in moved(values, signature, lines):
        found[max(0.0, values.number(event, "Time"))] = values.number(event, "Value")
    return tuple(_meter(clock.seconds(beat), int(code)) for beat, code in sorted(found.items()))


def _meter(position_s: float, code: int) -> Meter:
    power, numerator = divmod(max(code, 0), _NUMERATORS)
    return Meter(position_s, numerator + 1, 2 ** min(power, 10))


def markers(values: Values, live_set: etree._Element, clock: TempoMap) -> Iterator[Marker]:
    """The locators, and the loop brace where it is switched on."""
    for locator in live_set.iterfind("Locators/Locators/Locator"):
        beat = values.at(locator, "Time", 0.0)
        yield Marker(clock.seconds(beat), values.text(locator, "Name"))
    transport = live_set.find("Transport")
    if transport is not None and values.whether(transport, "LoopOn", False):
        start = values.at(transport, "LoopStart", 0.0)
        end = start + values.at(transport, "LoopLength", 0.0)
        yield Marker(
            clock.seconds(start), "", clock.seconds(end) - clock.seconds(start), kind="loop"
        )
