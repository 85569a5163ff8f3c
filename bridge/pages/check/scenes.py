"""What there is to see and hear at one place."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.audio import Block
from bridge.pages.check.places import Place


@dataclass(frozen=True)
class Lane:
    """Something to see and hear: (channels, frames) of a place; `colour` is a class of the page."""

    name: str
    colour: str
    samples: Block


@dataclass(frozen=True)
class Scene:
    """A finding's place and what lies there, (channels, frames) each at `rate_hz`."""

    place: Place
    lanes: tuple[Lane, ...]
    rate_hz: int
