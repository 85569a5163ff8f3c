"""Places of a job file as warnings tell them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chains import Where


def named_place(where: Where) -> str:
    """Without the folder, which would stand in the record and on pages."""
    return str(replace(where, file=None if where.file is None else Path(where.file).name))


def place_after(where: Where) -> str:
    """ " at job.toml:29", or nothing where that is not known."""
    place = named_place(replace(where, path=""))
    return f" at {place}" if place else ""
