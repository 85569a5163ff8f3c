"""What must hold in the edits of a job beyond their tables: ids, versions, sections, lengths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.jobs.job_file import EditTable
from chains import Fault, Source
from stemwright.words import listed, nearest


def edit_faults(
    edits: Sequence[tuple[int, EditTable]],
    sections: Sequence[str],
    versions: Sequence[str] | None,
    source: Source,
) -> Iterator[Fault]:
    """Say what edits have wrong; `versions` is None where no chain can be asked."""
    taken = {each.casefold() for each in versions or ("main",)}
    for index, edit in edits:
        at = ("edit", index)
        if edit.id.casefold() in taken:
            yield Fault(
                "duplicate_edit",
                f'"{edit.id}" already names a version, or another edit',
                source.where(*at, "id"),
                expected="an id used once",
                hint="upper and lower case count as the same",
            )
        taken.add(edit.id.casefold())
        if versions is not None and edit.of not in versions:
            yield _unknown("version", edit.of, versions, source, (*at, "of"))
        known = {each.casefold() for each in sections}
        for part, name in enumerate(edit.sections):
            if name.casefold() not in known:
                yield _unknown("section", name, sections, source, (*at, "sections", part))
        for said, expected in _shape(edit):
            yield Fault("edit_shape", said, source.where(*at), expected=expected)


def _shape(edit: EditTable) -> Iterator[tuple[str, str]]:
    """What is too much or does not fit in an edit, and what would be right."""
    beside = {"from": edit.start, "to": edit.end, "length_s": edit.length_s}
    extra = [name for name, value in beside.items() if value is not None]
    if edit.sections and extra:
        yield f"sections stand beside {listed(extra)}", "sections, or times"
    if edit.crossfade_s is not None and len(edit.sections) < 2:
        yield "a crossfade has no two sections to lie between", "sections, two or more"
    if edit.end is not None and edit.length_s is not None:
        yield "this edit has both to and length_s", "one of the two"
    if edit.start is not None and edit.end is not None:
        start_s, end_s = edit.start.seconds, edit.end.seconds
        if start_s is not None and end_s is not None and end_s <= start_s:
            yield f"it ends at {end_s:g} s, and begins at {start_s:g} s", "an end after its start"
    silences_s = (edit.head_s or 0.0) + (edit.tail_s or 0.0)
    if edit.length_s is not None:
        sounding_s = edit.length_s - silences_s
        if sounding_s <= 0.0 or edit.fade_in_s + edit.fade_out_s > sounding_s:
            said = f"silences and fades do not fit into {edit.length_s:g} s"
            yield said, "shorter ones, or a longer edit"


def _unknown(
    kind: str, word: str, known: Sequence[str], source: Source, at: tuple[str | int, ...]
) -> Fault:
    return Fault(
        f"unknown_{kind}",
        f'there is no {kind} "{word}" in this job',
        source.where(*at),
        expected=f"one of {listed(known)}" if known else f"a {kind}, but there is none",
        nearest=nearest(word, known),
    )
