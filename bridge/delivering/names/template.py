"""From a file and naming rules to its name, or to what is missing for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from string import Formatter
from types import MappingProxyType

from anyascii import anyascii

from bridge.delivering.names.model import NamedFile, Naming, WordStyle
from bridge.delivering.tags import MAIN
from stemwright.problems import InputError, Problem
from stemwright.words import nearest

_Field = Callable[[NamedFile], str]


def _initials(text: str) -> str:
    words = re.findall("[A-Za-z0-9]+", _ascii(text))
    return "".join(word[0] for word in words[:3]).upper()


def _ascii(text: str) -> str:
    """Letters of any script in ASCII: Bjork for Björk, DongJing for 東京."""
    return anyascii(text)


def _number(value: int | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:0{digits}d}"


_TEXTS: Mapping[str, _Field] = MappingProxyType(
    {
        "artist": lambda file: file.artist,
        "title": lambda file: file.title,
        "composer": lambda file: file.composer,
        "engineer": lambda file: file.engineer,
        "catalogue": lambda file: file.catalogue,
        "version": lambda file: file.version,
    }
)
"""Fields that are words, and are written in the rules' style."""

_MARKS: Mapping[str, _Field] = MappingProxyType(
    {
        "artist_initials": lambda file: _initials(file.artist),
        "composer_initials": lambda file: _initials(file.composer),
        "engineer_initials": lambda file: _initials(file.engineer),
        "isrc": lambda file: file.isrc.replace("-", ""),
        "bpm": lambda file: file.bpm,
        "side": lambda file: file.side,
        "codec": lambda file: file.codec,
        "rate": lambda file: f"{file.rate_hz // 1000}k",
        "rate_hz": lambda file: str(file.rate_hz),
        "bits": lambda file: _number(file.bits, 1),
        "kbps": lambda file: _number(file.kbps, 1),
        "channels": lambda file: str(file.channels),
        "revision": lambda file: _number(file.revision),
        "revision_bare": lambda file: _number(file.revision, 1),
        "track": lambda file: _number(file.track),
    }
)
"""Fields that are written as they are."""

NAME_FIELDS = (*_TEXTS, *_MARKS)
"""Every {field} of a template; `rate` is in whole kHz: 44k is 44.1 kHz."""

_TAGS: Mapping[str, str] = MappingProxyType(
    {
        "artist": "artist",
        "artist_initials": "artist",
        "title": "title",
        "composer": "composer",
        "composer_initials": "composer",
        "engineer": "engineer",
        "engineer_initials": "engineer",
        "catalogue": "catalog_number",
        "isrc": "isrc",
        "bpm": "bpm",
        "track": "track",
    }
)
"""Which tag of a song a field needs."""

_OWN_KEYS: Mapping[str, str] = MappingProxyType(
    {"title": "title", "artist": "artist", "bpm": "tempo_bpm"}
)


def job_key(tag: str, version: str = MAIN) -> str:
    """The key of a job's file that says a tag: an ISRC of the version, all else of the song."""
    own = _of_version(tag, version)
    return f"metadata.{own}" if own != tag else _OWN_KEYS.get(tag, f"metadata.{tag}")


def how_to_say(tag: str, version: str = MAIN) -> str:
    """What to do where a song does not say a tag: for a finished folder, a job, a revision."""
    return (
        f"say --set {_of_version(tag, version)}=..., or {job_key(tag, version)} in job.toml, and "
        "--current-job where the revision was sent without it"
    )


def _of_version(tag: str, version: str) -> str:
    """A version has the song's tags, but for the ISRC: that is of one recording alone."""
    return f"versions.{version}.{tag}" if tag == "isrc" and version != MAIN else tag


def template_fields(template: str) -> tuple[str, ...]:
    """The fields a template names. Raises InputError `bad_template` for a wrong one."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise InputError(_bad_template(template, str(error))) from None
    fields = tuple(name for _, name, _, _ in parts if name is not None)
    wrong = [each for each in fields if each not in NAME_FIELDS]
    shaped = any(spec or conversion for _, _, spec, conversion in parts)
    if wrong or shaped or not fields:
        said = f"{{{wrong[0]}}} is no field of a name" if wrong else "it names no plain {field}"
        near = nearest(wrong[0], NAME_FIELDS) if wrong else None
        raise InputError(_bad_template(template, said, near))
    return fields


def file_name(naming: Naming, file: NamedFile) -> str:
    """The name of a file, without its ending.

    Raises InputError: `name_incomplete` where the job lacks what the rules ask for, with the key to
    fill, `name_too_long`, `bad_template`.
    """
    fields = template_fields(naming.template)
    values = {field: _allowed(naming, _value(naming, file, field)) for field in fields}
    empty = [field for field, value in values.items() if not value]
    if empty:
        raise InputError([_incomplete(naming, field) for field in empty])
    name = _allowed(naming, naming.template.format(**values))
    if len(name) > naming.most_chars:
        raise InputError(_too_long(naming, name))
    return name


def name_faults(naming: Naming, name: str) -> Iterator[str]:
    """What is wrong with a file's name, without its ending, by these rules; nothing where right."""
    strange = sorted(set(re.sub(f"[{naming.letters}]", "", name)))
    if strange:
        yield f"has {' '.join(map(repr, strange))}; allowed are {naming.letters}"
    if len(name) > naming.most_chars:
        yield f"has {len(name)} letters; {naming.most_chars} are allowed"
    if not strange and not _shape(naming).fullmatch(name):
        yield f"is not built as {naming.template}"


def said_in_name(naming: Naming, name: str) -> Mapping[str, str]:
    """What a file's name, without its ending, says in each field; nothing where it is not so built.

    Of a field without a form of its own, such as a title, no more than that it fits is known.
    """
    found = _shape(naming).fullmatch(name)
    return {} if found is None else found.groupdict()


def refuse_collisions(names: Sequence[tuple[str, str]]) -> None:
    """Raise InputError `name_taken` where two files, given as (name, what it is), are called alike.

    Letter case makes no other name: some disks do not tell it.
    """
    first: dict[str, str] = {}
    problems = []
    for name, what in names:
        other = first.setdefault(name.casefold(), what)
        if other != what:
            problems.append(
                Problem(
                    "name_taken",
                    f'"{name}" would be the name of two files: {other}, and {what}',
                    hint="put a field that tells them apart into the template, such as {version}",
                )
            )
    if problems:
        raise InputError(problems)


def _shape(naming: Naming) -> re.Pattern[str]:
    """What any name by these rules looks like."""
    parts = []
    for literal, field, _, _ in Formatter().parse(naming.template):
        parts.append(re.escape(literal))
        if field is not None:
            shape = _SHAPES.get(field, f"[{naming.letters}]+")
            again = any(part.startswith(f"(?P<{field}>") for part in parts)
            parts.append(f"(?:{shape})" if again else f"(?P<{field}>{shape})")
    return re.compile("".join(parts))


_SHAPES: Mapping[str, str] = MappingProxyType(
    {
        "rate": r"\d{1,3}k",
        "rate_hz": r"\d{4,6}",
        "bits": "(16|24|32)",
        "kbps": r"\d{2,3}",
        "channels": r"\d",
        "revision": r"\d{2,}",
        "revision_bare": r"\d+",
        "track": r"\d{2,}",
        "artist_initials": "[A-Z0-9]{1,3}",
        "composer_initials": "[A-Z0-9]{1,3}",
        "engineer_initials": "[A-Z0-9]{1,3}",
        "isrc": "[A-Z]{2}[A-Z0-9]{3}[0-9]{7}",
    }
)


def _allowed(naming: Naming, text: str) -> str:
    return re.sub(f"[^{naming.letters}]", "", _ascii(text))


def _value(naming: Naming, file: NamedFile, field: str) -> str:
    if field == "version":
        return _version(naming, file)
    if field not in _TEXTS:
        return _MARKS[field](file)
    words = _styled(_TEXTS[field](file), naming.words)
    if field == "title" and naming.most_title_chars is not None:
        return words[: naming.most_title_chars]
    return words


def _version(naming: Naming, file: NamedFile) -> str:
    if file.version in naming.version_words:
        return naming.version_words[file.version]
    if file.group is not None and naming.group_words is not None:
        return naming.group_words.format(group=_styled(file.group, "kept"))
    return _styled(file.version, naming.words)


def _styled(text: str, style: WordStyle) -> str:
    plain = _ascii(text)
    if style == "kept":
        return plain
    words = re.findall(r"[A-Za-z0-9]+", plain.replace("'", ""))
    if style == "hyphened":
        return "-".join(word.lower() for word in words)
    capitals = [word[:1].upper() + word[1:] for word in words]
    return ("" if style == "joined" else " ").join(capitals)


def _incomplete(naming: Naming, field: str) -> Problem:
    tag = _TAGS.get(field)
    hint = how_to_say(tag) if tag else "name the files by another template"
    if field in ("revision", "revision_bare"):
        hint = "send the draft, or say --revision of a folder that is no job"
    return Problem(
        "name_incomplete",
        f"names by {naming.id} need {{{field}}}, and nothing says it",
        expected=naming.template,
        hint=hint,
    )


def _too_long(naming: Naming, name: str) -> Problem:
    return Problem(
        "name_too_long",
        f'"{name}" has {len(name)} letters, and {naming.id} allows {naming.most_chars}',
        hint="shorten the title in the job, or name the files by another template",
    )


def _bad_template(template: str, said: str, near: str | None = None) -> Problem:
    return Problem(
        "bad_template",
        f'"{template}" is no template of names: {said}',
        expected=f"text with fields in braces: {', '.join(NAME_FIELDS)}",
        nearest=near,
    )
