"""Reading a profile: one that comes with stemwright, by its name, or a file of the studio's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bridge.delivering.profiles.model import (
    LOSSLESS,
    Aim,
    FileWish,
    Profile,
    RecordSide,
    Rule,
)
from bridge.delivering.profiles.profile_file import (
    PROFILE_FILE,
    FileTable,
    ProfileError,
    ProfileFile,
    grammar,
)
from bridge.delivering.profiles.records import record_size
from chains import Fault, Source, of_this_schema, toml_data, toml_text
from stemwright.problems import InputError, Problem
from stemwright.words import nearest

_MOST_ERRORS = 1000
_LIBRARY = "library"


def shipped_profiles() -> tuple[str, ...]:
    """The names of the profiles that come with stemwright."""
    found = files(__package__).joinpath(_LIBRARY).iterdir()
    return tuple(sorted(each.name[:-5] for each in found if each.name.endswith(".toml")))


def profile_text(name: str) -> str:
    """A profile that comes with stemwright, as it is written. Raises InputError `no_profile`."""
    known = shipped_profiles()
    if name not in known:
        raise InputError(
            Problem(
                "no_profile",
                f'there is no profile "{name}"',
                expected=f"one of {', '.join(known)}, or a profile file (.toml)",
                nearest=nearest(name, known),
            )
        )
    return files(__package__).joinpath(_LIBRARY, f"{name}.toml").read_text("utf-8")


def load_profile(name: str) -> Profile:
    """Read a profile by its name, or by its path where it has a slash or ends in .toml.

    Raises InputError `no_profile`, ProfileError with all faults of the file, each with its line.
    """
    if name.endswith(".toml") or "/" in name or "\\" in name:
        return parse_profile(toml_text(Path(name), PROFILE_FILE), name)
    return parse_profile(profile_text(name), f"{name}.toml")


def parse_profile(text: str, file: str) -> Profile:
    """Read a profile from text; `file` is what its faults name. Raises ProfileError."""
    data, source = toml_data(text.removeprefix("\ufeff"), file, PROFILE_FILE)
    data, faults = of_this_schema(data, source, PROFILE_FILE)
    try:
        wire = ProfileFile.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)[:_MOST_ERRORS]
        raise ProfileError([*faults, *grammar().faults_of(errors, data, source)]) from None
    faults += _contradictions(wire, source)
    if faults:
        raise ProfileError(faults)
    return _built(wire, source)


def _built(wire: ProfileFile, source: Source) -> Profile:
    limits: Mapping[str, Any] = {} if wire.limits is None else dict(wire.limits)
    return Profile(
        name=wire.name,
        says=wire.says,
        files=tuple(
            FileWish(
                each.format,
                each.bits,
                each.kbps,
                tuple(sorted(each.rates_hz)),
                each.versions,
                source.where("file", index),
            )
            for index, each in enumerate(wire.file)
        ),
        naming=wire.naming,
        aim=None if wire.aim is None else Aim(**dict(wire.aim)),
        limits={name: value for name, value in limits.items() if value is not None},
        required_tags=wire.tags.required,
        embeds_tags=wire.tags.embed,
        tags_before_audio=wire.tags.before_audio,
        warns=wire.warns,
        head_s=wire.head_s,
        tail_s=wire.tail_s,
        side=None if wire.side is None else RecordSide(wire.side.record, wire.side.pause_s),
        keeps_song=wire.keeps_song,
        rules=tuple(Rule(each.says, each.source, each.published, each.read) for each in wire.rule),
    )


def _contradictions(wire: ProfileFile, source: Source) -> Iterator[Fault]:
    for index, each in enumerate(wire.file):
        yield from _of_file(each, ("file", index), source)
    for index, rule in enumerate(wire.rule):
        if rule.published is None and rule.read is None:
            said = "a rule without a date: say when it was published, or when it was read"
            yield Fault(
                "missing_key", said, source.where("rule", index), expected="published or read"
            )
    yield from _of_aim(wire, source)
    if wire.side is not None:
        try:
            record_size(wire.side.record)
        except InputError as error:
            wrong = error.problems[0]
            where = source.where("side", "record")
            yield Fault(wrong.kind, wrong.message, where, wrong.expected, wrong.nearest)
    if wire.tags.required and not wire.tags.embed:
        yield Fault(
            "contradiction",
            "tags.required asks for tags, and embed = false leaves them out of the files",
            source.where("tags", "embed"),
            hint="required tags of files without any go into the delivery sheet: leave one out",
        )


def _of_aim(wire: ProfileFile, source: Source) -> Iterator[Fault]:
    aim = wire.aim
    if aim is None:
        return
    if not aim.limiter and aim.integrated_lufs is not None:
        said = "without a limiter no loudness is solved for"
        hint = "leave integrated_lufs or limiter = false out"
        yield Fault("contradiction", said, source.where("aim", "integrated_lufs"), hint=hint)
    if aim.limiter and aim.mono_below_hz:
        said = "sides that are taken out behind a limiter lift peaks over its ceiling"
        hint = "say limiter = false, or leave mono_below_hz out"
        yield Fault("contradiction", said, source.where("aim", "mono_below_hz"), hint=hint)


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
