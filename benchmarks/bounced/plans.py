"""How much of the songs in the test data can be printed, by clip-seconds; nothing is printed.

`python -m benchmarks.bounced.plans [--docs]`. The files hold no audio, so that nearly all media
are missing; what a clip would be if its file were there is what counts here, but what only the
file's length decides (loops, clips past its end) stays unknown.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.bounced import page
from benchmarks.songs import DATA
from bridge.bouncing import ClipAccount, dialect_of, planned, seconds
from sessions import Session, SessionError, read
from stemwright.problems import InputError

FOLDERS = ("corpus", "field/sessions")
_MISSING = "missing_media"
_HEAD = (
    "format",
    "sessions",
    "clips",
    "clip-seconds",
    "of notes",
    "of audio",
    "printable",
    "as they are",
    "told",
    "refused",
    "not at hand",
    "why told or refused, in clips",
)


@dataclass(frozen=True)
class Share:
    """A format's clips, all that are to be heard, with their files taken to be there."""

    format: str
    sessions: int
    accounts: tuple[ClipAccount, ...]

    def cells(self) -> tuple[str, ...]:
        """What is printed of it."""
        audio = tuple(each for each in self.accounts if each.clip.kind == "audio")
        fates, whole = seconds(tuple(map(with_its_file, audio))), total(self.accounts)
        held = total(audio)
        printable = f"{100 * (held - fates['refused']) / held:.1f} %" if held else "-"
        reasons = Counter(code for each in audio for code in with_its_file(each).reasons)
        lacking = total([each for each in audio if _MISSING in each.reasons])
        return (
            self.format,
            str(self.sessions),
            str(len(self.accounts)),
            *(f"{each:.1f}" for each in (whole, whole - held, held)),
            printable,
            *(f"{fates[each]:.1f}" for each in ("rendered", "told", "refused")),
            f"{lacking:.1f}",
            ", ".join(f"{code} {count}" for code, count in sorted(reasons.items())),
        )


def with_its_file(told: ClipAccount) -> ClipAccount:
    """The clip's account without the word that its file is not at hand."""
    return replace(told, reasons=tuple(each for each in told.reasons if each != _MISSING))


def total(accounts: Sequence[ClipAccount]) -> float:
    """Their clip-seconds."""
    return sum((each.clip.length_s for each in accounts), 0.0)


def sessions_in(data: Path) -> Iterator[Session]:
    """All sessions of the test data that can be read; of DAWs, not bundles of stems."""
    paths = (path for name in FOLDERS for path in sorted((data / name).rglob("*")))
    for path in paths:
        if path.is_file() and path.suffix.lower() not in (".wav", ".tsv", ".xsd", ".vstpreset"):
            try:
                yield read([path])
            except SessionError:
                continue


def shares(sessions: Iterator[Session]) -> tuple[Share, ...]:
    """By format."""
    found: dict[str, list[tuple[ClipAccount, ...]]] = {}
    for session in sessions:
        try:
            accounts = planned(session, dialect_of(session)).accounts
        except InputError as refused:
            sys.stderr.write(f"{session.format}: {refused}\n")
            continue
        found.setdefault(session.format, []).append(accounts)
    return tuple(
        Share(name, len(each), tuple(one for accounts in each for one in accounts))
        for name, each in sorted(found.items())
    )


def main() -> None:
    """Print the table, and put it into the page where that is asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.bounced.plans", description=__doc__)
    parser.add_argument("--docs", action="store_true", help="put the table into docs/bounce.md")
    asked = parser.parse_args()
    if not (DATA / FOLDERS[0]).is_dir():
        sys.exit("the test data is not here: STEMWRIGHT_TEST_DATA names its folder")
    found = shares(sessions_in(DATA))
    told = page.markdown(_HEAD, [each.cells() for each in found])
    sys.stdout.write(f"{told}\n")
    if asked.docs:
        page.write(told, "plans")


if __name__ == "__main__":
    main()
