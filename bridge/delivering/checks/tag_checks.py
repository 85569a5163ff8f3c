"""The tags of a finished file against what a recipient requires."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.delivering.checks.result import Checked, outcome_of
from bridge.delivering.names import how_to_say
from bridge.delivering.tags import ALIASES, read_tags, wrong_code
from stemwright.problems import InputError

if TYPE_CHECKING:
    from bridge.delivering.profiles import Profile


def tag_checks(name: str, path: Path, profile: Profile, version: str) -> Iterator[Checked]:
    """Whether the tags of `path` can be read, have what is required, and codes that can be.

    A version is a recording of its own, and needs its own ISRC; a side of a record holds several,
    and has none.
    """
    try:
        values = read_tags(path).values
    except InputError as error:
        yield Checked(name, "tags", "fail", None, None, words=error.problems[0].message)
        return
    for said in profile.required_tags if profile.embeds_tags else ():
        tag = ALIASES.get(said, said)
        if tag == "isrc" and profile.side is not None:
            continue
        found = values.get(tag, "")
        words = "" if found else f"{profile.name} requires it: {how_to_say(tag, version)}"
        outcome = outcome_of(bool(found))
        yield Checked(name, f"tag_{tag}", outcome, found or "nothing", None, words=words)
    for tag in ("isrc", "barcode"):
        wrong = wrong_code(tag, values[tag]) if values.get(tag) else None
        if wrong is not None:
            yield Checked(name, tag, "fail", values[tag], None, words=wrong)
