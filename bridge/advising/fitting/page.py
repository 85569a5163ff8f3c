"""A fit to look at and listen to: settings, and the target beside before and after."""

from __future__ import annotations

from pathlib import Path

from bridge.advising.fitting.fitting import Fit, Turned
from bridge.advising.fitting.scoring import Sound
from bridge.pages import Deck, figure, players, table, tag, text
from bridge.pages.beside import Beside
from bridge.pages.proposal import BothSounds, Proposal, Target, song_deck, write_proposal
from stemwright.values import dataclass


@dataclass(frozen=True)
class FitSounds:
    """Stereo samples at `rate_hz`, from `start_s` of the song on; the target as it was held to.

    `is_other_music` tells that it is a reference.
    """

    rate_hz: int
    start_s: float
    target: Sound
    before: Sound
    after: Sound
    is_other_music: bool


@dataclass(frozen=True)
class Distance:
    """How far before and after are from the target, in `unit`."""

    before: float
    after: float
    unit: str


def write_fit_page(
    path: Path, fit: Fit, distance: Distance, sounds: FitSounds, beside: Beside, inserts: str
) -> None:
    """Write the page of a fit. Raises MachineError where the disk refuses."""
    heading = inserts if any(each.changed for each in fit.turned) else f"{inserts}: stays"
    sections = (
        ("Listen", players([_deck(sounds)])),
        ("Settings", _settings(fit)),
    )
    said = Proposal(f"{inserts}: fit", heading, _tiles(fit, distance), sections, beside)
    write_proposal(path, said)


def _tiles(fit: Fit, distance: Distance) -> list[tuple[str, str, str, str]]:
    moved = sum(each.changed for each in fit.turned)
    unit = distance.unit
    return [
        ("Distance before", figure(distance.before, 2), unit, ""),
        ("Distance after", figure(distance.after, 2), unit, ""),
        ("Settings that move", str(moved), "", f"of {len(fit.turned)}"),
        ("Heard", str(fit.evaluations), "times", f"of {fit.most}"),
    ]


def _deck(sounds: FitSounds) -> Deck:
    is_other, start_s = sounds.is_other_music, sounds.start_s
    name = "reference" if is_other else "target"
    target = Target(name, sounds.target, 0.0 if is_other else start_s, is_other)
    both = BothSounds(
        sounds.rate_hz, start_s, sounds.before, sounds.after, "settings as they are", target
    )
    return song_deck("the inserts", both)


def _settings(fit: Fit) -> str:
    head = ("Insert", "Setting", "Before", "After")
    rows = [_row(each) for each in fit.turned if each.changed]
    shown = table(head, rows, "What moves") if rows else tag("p", "Nothing was nearer.")
    if fit.idle:
        shown += tag("p", text(f"Not heard there, and left alone: {', '.join(fit.idle)}."))
    return shown


def _row(each: Turned) -> tuple[str, ...]:
    return each.insert, each.path.removeprefix("params."), _value(each.before), _value(each.after)


def _value(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
