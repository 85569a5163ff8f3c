"""Files of one folder that are called for each other: names against tags, and against sound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING

from bridge.delivering.checks.result import Checked, Outcome, outcome_of
from bridge.delivering.checks.same_recording import HeardFile, correlation, name_words
from bridge.delivering.tags import MAIN, read_tags
from stemwright.problems import InputError

if TYPE_CHECKING:
    from bridge.delivering.names import Naming

_SAME_SOUND = 0.99999
"""What is missing and lies 47 dB under the rest leaves as much."""
_MOST_APART_LU = 0.1
_NEVER_MAIN = frozenset({"instrumental", "acapella", "acappella", "tv", "tvmix", "clean"})
"""What tags call a version that is not the main one; others, as Live, may be of the whole song."""
_BRACKET = re.compile(r"[(\[]([^()\[\]]+)[)\]]\s*$")
_NO_SIGN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class _Called:
    """A file with what its name and its tags say: the `version` that they call it, its `isrc`."""

    file: HeardFile
    words: tuple[str, ...]
    version: str
    isrc: str

    @property
    def tags(self) -> str:
        """What its tags say it is, to be told."""
        return ", ".join(each for each in (self.version or "no version", self.isrc) if each)


def swapped_checks(files: Sequence[HeardFile], namings: Sequence[Naming]) -> Iterator[Checked]:
    """Each file of a folder of several: whether its name is another's by its tags, or its sound.

    `namings` say what their rules call a version. Of files without tags only the sound is known:
    two that are called otherwise and are one.
    """
    by_folder: dict[str, list[_Called]] = {}
    for file in files:
        by_folder.setdefault(file.name.rpartition("/")[0], []).append(_called(file))
    spelled = _spelled(namings)
    for called in by_folder.values():
        yield from _by_tags(called, spelled)
        yield from _by_sound(called)


def _called(file: HeardFile) -> _Called:
    try:
        values = read_tags(file.place).values
    except InputError:
        values = {}
    words = tuple(_plain(each) for each in name_words(file.place))
    found = (_BRACKET.search(str(values.get(tag, ""))) for tag in ("title", "description"))
    version = values.get("version") or next((each[1] for each in found if each), "")
    return _Called(file, words, str(version), str(values.get("isrc") or ""))


def _by_tags(called: Sequence[_Called], spelled: Mapping[str, str]) -> Iterator[Checked]:
    other: dict[str, _Called] = {}
    for one, two in permutations(called, 2):
        if any(
            own and own != its and _says(two, own, spelled) and not _says(one, own, spelled)
            for own, its in ((one.version, two.version), (one.isrc, two.isrc))
        ):
            other.setdefault(one.file.name, two)
            other.setdefault(two.file.name, one)
    for each in called:
        yield _named_as_tagged(each, other.get(each.file.name), spelled)


def _named_as_tagged(called: _Called, other: _Called | None, spelled: Mapping[str, str]) -> Checked:
    """A file's name against its tags; `other` is the file whose name it has by them."""
    words, wanted, wrong = "", None, False
    bad: Outcome = "fail"
    if other is not None:
        wrong, wanted = True, other.tags
        words = f"its name belongs to {other.file.name}: its tags say {called.tags}, "
        words += f"those of the other {other.tags}"
    elif _plain(called.version) in _NEVER_MAIN and not _says(called, called.version, spelled):
        wrong, bad = _says(called, MAIN, spelled), "warn"
        words = f"its name says the main version, and its tags {called.version}" if wrong else ""
    outcome = outcome_of(not wrong, bad)
    return Checked(called.file.name, "swapped", outcome, called.tags, wanted, words=words)


def _by_sound(called: Sequence[_Called]) -> Iterator[Checked]:
    for at, two in enumerate(called):
        for one in called[:at]:
            if one.words == two.words or not _alike(one.file, two.file):
                continue
            found = correlation(one.file.place, two.file.place)
            if found >= _SAME_SOUND:
                said = f"the recording of {one.file.name}, which is called otherwise"
                yield Checked(two.file.name, "same_sound", "fail", round(found, 6), None, "", said)


def _alike(one: HeardFile, two: HeardFile) -> bool:
    """Whether two files can be one recording, by what was read of them already."""
    if one.facts.silent or two.facts.silent:
        return False
    sounds_s = [each.seconds - each.head_s - each.tail_s for each in (one.facts, two.facts)]
    loud = [each.measures.integrated_lufs for each in (one.facts, two.facts)]
    return abs(sounds_s[0] - sounds_s[1]) < 0.1 and abs(loud[0] - loud[1]) <= _MOST_APART_LU


def _spelled(namings: Sequence[Naming]) -> Mapping[str, str]:
    """What versions are called by rules that have words of their own for them."""
    return {
        _plain(version): _plain(words)
        for naming in namings
        for version, words in naming.version_words.items()
    }


def _says(called: _Called, token: str, spelled: Mapping[str, str]) -> bool:
    """Whether a name has a word, or several in a row, that are this one."""
    plain = _plain(token)
    wanted = {plain, spelled.get(plain, plain)}
    count = len(called.words)
    runs = ("".join(called.words[a:b]) for a in range(count) for b in range(a + 1, count + 1))
    return any(each in wanted for each in runs)


def _plain(text: str) -> str:
    return _NO_SIGN.sub("", text).casefold()
