"""Reading a profile: one that comes with stemwright, by its name, or a file of the studio's."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bridge.delivering.profiles.model import (
    CODECS,
    Aim,
    FileFormat,
    FileWish,
    Profile,
    RecordSide,
    Rule,
)
from bridge.delivering.profiles.profile_faults import profile_faults
from bridge.delivering.profiles.profile_file import (
    PROFILE_FILE,
    ProfileError,
    ProfileFile,
    grammar,
)
from chains import Source, of_this_schema, toml_data, toml_text
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
        found = parse_profile(toml_text(Path(name), PROFILE_FILE), name)
        _refuse_others_name(found, name)
        return found
    return parse_profile(profile_text(name), f"{name}.toml")


def _refuse_others_name(found: Profile, file: str) -> None:
    """Under the name of a profile that comes along, a check later would hold files to that one."""
    if found.name in shipped_profiles() and found != load_profile(found.name):
        raise InputError(
            Problem(
                "name_taken",
                f'"{found.name}" is a profile that comes with stemwright, and says otherwise',
                {"file": file, "path": "name"},
                hint="give yours another name",
            )
        )


def parse_profile(text: str, file: str) -> Profile:
    """Read a profile from text; `file` is what its faults name. Raises ProfileError."""
    data, source = toml_data(text.removeprefix("\ufeff"), file, PROFILE_FILE)
    data, faults = of_this_schema(data, source, PROFILE_FILE)
    try:
        wire = ProfileFile.model_validate(data)
    except ValidationError as error:
        errors = error.errors(include_url=False)[:_MOST_ERRORS]
        faults += grammar().faults_of(errors, data, source)
        raise ProfileError([*faults, *profile_faults(data, source)]) from None
    faults += profile_faults(data, source)
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
                tuple(sorted(each.rates_hz)) or _rates_hz(each.format),
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


def _rates_hz(format_: FileFormat) -> tuple[int, ...]:
    """The rates of a format that has not every one."""
    return CODECS[format_].rates_hz if format_ in CODECS else ()
