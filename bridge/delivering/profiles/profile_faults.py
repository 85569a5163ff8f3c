"""What a profile file has wrong beyond the form of its tables: words, contradictions, codecs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from bridge.delivering.names import naming_of
from bridge.delivering.profiles.model import CODECS, LIMITS, LOSSLESS
from bridge.delivering.profiles.profile_file import AimTable, FileTable, RuleTable, SideTable
from bridge.delivering.profiles.records import record_size
from bridge.delivering.tags import ALIASES, FIELDS
from chains import Fault, Source, Table
from stemwright.problems import InputError
from stemwright.words import listed, nearest

_Wire = TypeVar("_Wire", bound=Table)
_PAIRS = (
    ("min_integrated_lufs", "max_integrated_lufs"),
    ("min_length_s", "max_length_s"),
    ("min_length_s", "exact_length_s"),
    ("exact_length_s", "max_length_s"),
    ("min_head_s", "max_head_s"),
)
"""Limits of which the first is not over the second."""


def profile_faults(data: Mapping[str, Any], source: Source) -> Iterator[Fault]:
    """Say all of it, also of a file of which other tables are wrong in their form."""
    yield from _of_words(data, source)
    yield from _of_files(data, source)
    yield from _of_limits(data.get("limits"), source)
    aim = _valid(AimTable, data.get("aim"))
    if aim is not None:
        yield from _of_aim(aim, source)
    for index, table in enumerate(_rows(data.get("rule"))):
        rule = _valid(RuleTable, table)
        if rule is not None and rule.published is None and rule.read is None:
            said = "a rule without a date: say when it was published, or when it was read"
            where = source.where("rule", index)
            yield Fault("missing_key", said, where, expected="published or read")


def _of_words(data: Mapping[str, Any], source: Source) -> Iterator[Fault]:
    """Words that name something: it has to be there."""
    naming = data.get("naming")
    if isinstance(naming, str) and naming:
        yield from _refused(lambda: naming_of(naming), source, "naming")
    for index, word in enumerate(_rows(data.get("warns"))):
        if isinstance(word, str) and word not in LIMITS:
            yield _unknown("limit", word, LIMITS, source, ("warns", index))
    side = _valid(SideTable, data.get("side"))
    if side is not None:
        yield from _refused(lambda: record_size(side.record), source, "side", "record")
    tags = data.get("tags")
    if not isinstance(tags, Mapping):
        return
    known = [each.name for each in FIELDS]
    for index, word in enumerate(_rows(tags.get("required"))):
        if isinstance(word, str) and ALIASES.get(word, word) not in known:
            yield _unknown("tag", word, known, source, ("tags", "required", index))
    if tags.get("required") and tags.get("embed") is False:
        yield Fault(
            "contradiction",
            "tags.required asks for tags, and embed = false leaves them out of the files",
            source.where("tags", "embed"),
            hint="required tags of files without any go into the delivery sheet: leave one out",
        )


def _refused(asked: Any, source: Source, *at: str) -> Iterator[Fault]:
    try:
        asked()
    except InputError as error:
        for each in error.problems:
            where = source.where(*at)
            yield Fault(each.kind, each.message, where, each.expected, each.nearest, each.hint)


def _unknown(
    kind: str, word: str, known: Iterable[str], source: Source, at: tuple[str | int, ...]
) -> Fault:
    words = list(known)
    said = f'there is no {kind} "{word}"'
    expected = f"one of {', '.join(words)}"
    return Fault(f"unknown_{kind}", said, source.where(*at), expected, nearest(word, words))


def _of_files(data: Mapping[str, Any], source: Source) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    for index, table in enumerate(_rows(data.get("file"))):
        each = _valid(FileTable, table)
        if each is None:
            continue
        yield from _of_file(each, ("file", index), source)
        same = seen.setdefault(each.model_dump_json(), index)
        if same != index:
            said = f"this [[file]] is the same as the one before it, number {same + 1}"
            where = source.where("file", index)
            yield Fault("said_twice", said, where, hint="leave one of the two out")


def _of_file(each: FileTable, at: tuple[str | int, ...], source: Source) -> Iterator[Fault]:
    lossless = each.format in LOSSLESS
    if lossless and each.bits is None:
        said = f"a {each.format} file without bits"
        yield Fault("missing_key", said, source.where(*at), expected="bits = 16, 24 or 32 (float)")
    if not lossless and each.kbps is None:
        said = f"an {each.format} file without kbps"
        yield Fault("missing_key", said, source.where(*at), expected="kbps = 320, or another rate")
    for key, wrong in (("bits", not lossless), ("kbps", lossless)):
        if wrong and getattr(each, key) is not None:
            said = f"{key} means nothing to {each.format}"
            yield Fault("contradiction", said, source.where(*at, key), hint=f"leave {key} out")
    if each.format == "flac" and each.bits == 32:
        said = "flac holds no floating point"
        yield Fault("contradiction", said, source.where(*at, "bits"), expected="bits = 16 or 24")
    if each.format in CODECS:
        yield from _of_codec(each, at, source)


def _of_codec(each: FileTable, at: tuple[str | int, ...], source: Source) -> Iterator[Fault]:
    codec = CODECS[each.format]
    for rate_hz in each.rates_hz:
        if rate_hz not in codec.rates_hz:
            said = f"{each.format} has no {rate_hz} Hz"
            rates = listed([str(rate) for rate in codec.rates_hz])
            yield Fault("out_of_range", said, source.where(*at, "rates_hz"), f"some of {rates}")
    if each.kbps is not None and codec.kbps and each.kbps not in codec.kbps:
        rates = listed([str(kbps) for kbps in codec.kbps])
        said = f"{each.format} has no {each.kbps} kbps"
        yield Fault("out_of_range", said, source.where(*at, "kbps"), f"one of {rates}")


def _of_limits(limits: object, source: Source) -> Iterator[Fault]:
    if not isinstance(limits, Mapping):
        return
    for low, high in _PAIRS:
        least, most = limits.get(low), limits.get(high)
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            said = f"{low} is {least:g} and {high} {most:g}: nothing keeps both"
            yield Fault("contradiction", said, source.where("limits", high))


def _of_aim(aim: AimTable, source: Source) -> Iterator[Fault]:
    if not aim.limiter and aim.integrated_lufs is not None:
        said = "without a limiter no loudness is solved for"
        hint = "leave integrated_lufs or limiter = false out"
        yield Fault("contradiction", said, source.where("aim", "integrated_lufs"), hint=hint)
    if aim.limiter and aim.mono_below_hz:
        said = "sides that are taken out behind a limiter lift peaks over its ceiling"
        hint = "say limiter = false, or leave mono_below_hz out"
        yield Fault("contradiction", said, source.where("aim", "mono_below_hz"), hint=hint)


def _rows(value: object) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list | tuple) else ()


def _valid(table: type[_Wire], data: object) -> _Wire | None:
    """A table that has its form; what is wrong with another is told elsewhere."""
    try:
        return table.model_validate(data)
    except ValidationError:
        return None
