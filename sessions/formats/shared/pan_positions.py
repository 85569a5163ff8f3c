"""Pans as most formats write them: from 0, left, to 1, right, the middle at a half."""

from __future__ import annotations


def pan_of(place: float) -> float:
    """A place from 0 to 1 as a pan from -1, left, to 1, right."""
    return 2.0 * place - 1.0


def place_of(pan: float) -> float:
    """A pan from -1 to 1 as a place from 0 to 1."""
    return (pan + 1.0) / 2.0
