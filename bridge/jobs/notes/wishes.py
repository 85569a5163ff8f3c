"""What a note asks for, as far as its words say it: of whom, and whether more or less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

_PARTS = re.compile(r"[.,;:!?\n()]+(?!\d)|\b(?:and|but|while|then)\b|&")
_AFTER = re.compile(r"\b(?:than|over|against|compared)\b.*")
_NOT = re.compile(r"\b(?:not|no|never|don'?t|doesn'?t|isn'?t|without)\b")
_UP = re.compile(
    r"\bnot loud enough\b|\btoo (?:quiet|soft|low|weak|far back|buried)\b"
    r"|\b(?:up|louder|more|raise|raised|boost|higher|push|increase)\b"
)
_DOWN = re.compile(
    r"\bnot (?:so|that|as) loud\b|\btoo (?:loud|much|high|hot|strong|present|prominent|forward)\b"
    r"|\b(?:down|quieter|softer|less|lower|reduce|decrease|cut)\b"
)
_SAME = str.maketrans({"\N{RIGHT SINGLE QUOTATION MARK}": "'", "\N{MINUS SIGN}": "-"})
_SIGNED = re.compile(r"(?<![\w.,-])([+-]) ?\d{1,9}(?:[.,]\d{1,9})? ?db\b")
_AMOUNT = re.compile(r"(?<![\d.,])(\d{1,9}(?:[.,]\d{1,9})?)\s*db\b")
_LITTLE = re.compile(r"\b(?:touch|tad|bit|little|hair|slightly|smidge|tiny)\b")
_LOT = re.compile(r"\b(?:lot|much|way|far)\b")
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_STEP_DB, _LITTLE_DB, _LOT_DB = 1.0, 0.5, 2.0
MOST_DB = 12.0
"""More than that of a level is proposed of no note, whatever its words say."""

_QUALITIES_WORDS = """
air attack body boom boomy bottom bright brighter brightness compressed compression dark darker
delay depth distortion dry dynamic dynamics echo eq ess esses filter hall harsh harsher
harshness highs lows mid mids mud muddy noise pan panned pitch presence punch release
resonance reverb room saturation sibilance slow speed sub sustain swell tail tempo top treble
verb warmer warmth wet wide wider width
"""
_QUALITIES = frozenset(_QUALITIES_WORDS.split())
"""What is more or less of a sound, and no level of it."""
_EMPTY_WORDS = """
a again all an are as at back be bit boost bridge bring buried can chorus could cut db decrease
down during enough every far feel feels for forward from get give go hair have here higher hot i
high in increase intro is it its just keep less let level like little lot loud louder low lower make
maybe me mix more much my need needs of on one our outro part place please pls present prominent
push put quiet quieter raise raised reduce should sit slightly smidge so soft softer song sound
sounds still strong tad that the them there they this tiny to too touch turn up verse very
volume want was way we weak with would you your
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
"""What names no sound."""


@dataclass(frozen=True)
class Owner:
    """A group of the chain or a stem of the song that words may name, as it is `called` there."""

    kind: Literal["group", "stem"]
    name: str
    called: str = ""


@dataclass(frozen=True)
class Wish:
    """More (+1) or less (-1) of something.

    `owners` are those that were named, `qualities` what of them is meant if not their level,
    `others` the words left over, singular. `said_db` is signed, as the words have it or as usual.
    """

    sign: int
    owners: frozenset[Owner]
    qualities: frozenset[str]
    others: frozenset[str]
    said_db: float

    @property
    def gain_db(self) -> float:
        """What of `said_db` may be proposed."""
        return max(-MOST_DB, min(MOST_DB, self.said_db))

    @property
    def is_level(self) -> bool:
        """Whether it asks for the level of somebody that is known."""
        return bool(self.owners) and not self.qualities

    def against(self, other: Wish) -> bool:
        """Whether the other asks for the opposite of the same, as far as words tell."""
        if self.sign == other.sign or self.qualities != other.qualities:
            return False
        if self.owners and other.owners:
            return bool(self.owners & other.owners)
        unsaid = not (self.owners or self.others) or not (other.owners or other.others)
        return unsaid or bool(self.others & other.others)


def wishes(words: str, known: Sequence[Owner]) -> tuple[Wish, ...]:
    """Read what words ask for, part by part; nothing where they ask for opposites."""
    plain = words.casefold().translate(_SAME)
    found = tuple(_wishes(plain, known))
    return () if any(one.against(other) for one, other in combinations(found, 2)) else found


def _wishes(words: str, known: Sequence[Owner]) -> Iterator[Wish]:
    waiting: frozenset[Owner] = frozenset()
    for part in _PARTS.split(words):
        said = _AFTER.sub("", part)
        owners, rest = _named(said, known)
        sign = _sign(said)
        if not sign:
            waiting = owners if not _NOT.search(said) else frozenset()
            continue
        left = {_singular(word) for word in _WORD.findall(rest)} - _EMPTY
        qualities = frozenset(left & _QUALITIES)
        others = frozenset(word for word in left - _QUALITIES if not word.isdigit())
        yield Wish(sign, owners | waiting, qualities, others, sign * _size_db(said))
        waiting = frozenset()


def _sign(said: str) -> int:
    """+1, -1, or 0 where nothing is asked for, not something, or both."""
    signed = _SIGNED.search(said)
    if signed is not None:
        return 1 if signed[1] == "+" else -1
    up, down = _UP.search(said), _DOWN.search(said)
    if up is not None and up[0].startswith("not"):
        return 1
    if down is not None and down[0].startswith("not"):
        return -1
    if (up is None) == (down is None) or _NOT.search(said):
        return 0
    return 1 if up is not None else -1


def _size_db(said: str) -> float:
    found = _AMOUNT.search(said)
    if found is not None:
        return float(found[1].replace(",", ".")) or _STEP_DB
    without = re.sub(r"\btoo (?:much|far)\b", "", said)
    if _LITTLE.search(without):
        return _LITTLE_DB
    return _LOT_DB if _LOT.search(without) else _STEP_DB


def _named(said: str, known: Sequence[Owner]) -> tuple[frozenset[Owner], str]:
    """Who is named, the longest names first, and the words without them."""
    rest = " ".join(_singular(word) for word in _WORD.findall(said))
    found: set[Owner] = set()
    for owner, name in sorted(_called(known), key=lambda row: (-len(row[1]), row[0].kind)):
        pattern = rf"(?<!\S){re.escape(name)}(?!\S)"
        if name and re.search(pattern, rest):
            found.add(owner)
            rest = re.sub(pattern, " ", rest)
    return frozenset(found), rest


def _called(known: Sequence[Owner]) -> list[tuple[Owner, str]]:
    return [
        (
            owner,
            " ".join(
                _singular(word) for word in _WORD.findall((owner.called or owner.name).casefold())
            ),
        )
        for owner in known
    ]


def _singular(word: str) -> str:
    if word in _EMPTY or word in _QUALITIES or len(word) < 4 or word.endswith("ss"):
        return word
    return word.removesuffix("s")
