"""Stem bundles: a folder, a zip or a list of WAV, AIFF and FLAC files, one a stem."""

from __future__ import annotations

import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from sessions.bundle.labels import Label, is_title, label
from sessions.bundle.listing import Listing, Skips, has_audio, list_bundle
from sessions.bundle.naming import (
    AS_STEM,
    AUDIO_EXTENSIONS,
    file_extension,
    file_stem,
    folded,
    nfc,
    other_audio,
    without_inner_extensions,
)
from sessions.bundle.start_times import MOST_NAMED, starts_s, told_lengths
from sessions.bundle.stereo_pairs import Source, paired
from sessions.errors import SessionError
from sessions.media.archives import ZIP_FAILURES, Entry
from sessions.media.file_headers import read_headers
from sessions.model.session import Clip, Reference, Session, Track
from stemwright.problems import Diagnostic, Problem
from stemwright.words import listed, printable


class StemBundle:
    """The Format for stem bundles."""

    name = "stems"
    describe = "a folder, a zip or a list of WAV, AIFF or FLAC files"

    def score(self, path: Path) -> float:
        """0.9 for an audio file; 0.5 for a folder or zip with audio in it, 0.2 for any other."""
        if path.is_dir():
            return 0.5 if has_audio(path) else 0.2
        extension = file_extension(path.name)
        if extension == "zip":
            return 0.5 if _zip_has_audio(path) else 0.2
        return 0.9 if extension in AUDIO_EXTENSIONS else 0.0

    def read(
        self,
        paths: Sequence[Path],
        media: Sequence[Path] = (),  # noqa: ARG002 - the port's; a bundle is its own media
        skip: Sequence[str] = (),
        *,
        long: bool = False,
    ) -> Session:
        """Read names and headers of a bundle, without the files that `skip` names by globs.

        A diagnostic of severity "error" says why the bundle must not be summed as it is: audio
        among the stems that cannot be read, or, unless `long`, times hours apart.
        Raises SessionError with every unreadable file, every pair of stems that cannot be told
        apart, or the one reason why this is no bundle.
        """
        skips = Skips(skip)
        listing = list_bundle(paths, skips)
        skipped = list(skips.told())
        headers, problems = read_headers(listing.entries)
        if problems:
            raise SessionError(problems)
        sources, told = paired(headers)
        labels = label([without_inner_extensions(source.id) for source in sources])
        _refuse_ambiguous(paths, sources, labels)
        noticed = [note for header in headers for note in header.diagnostics]
        mixes = _lossy_mixes(listing.unread, sources)
        unread = _told_unread(listing.unread, sources, mixes)
        notes = [*skipped, *unread, *noticed, *told]
        found = _session(listing, sources, labels, notes, long)
        return replace(found, references=(*found.references, *mixes))


FORMAT = StemBundle()


def _zip_has_audio(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(file_extension(name) in AUDIO_EXTENSIONS for name in archive.namelist())
    except ZIP_FAILURES:
        return False


def _session(
    listing: Listing,
    sources: Sequence[Source],
    labels: Sequence[Label],
    told: Iterable[Diagnostic],
    long: bool,
) -> Session:
    both = list(zip(sources, labels, strict=True))
    stems = [source for source, meant in both if meant.mix is None]
    starts, doubts = starts_s(stems, long=long)
    names = [meant for _, meant in both if meant.mix is None]
    tracks = tuple(map(_track, stems, names, starts))
    return Session(
        format=FORMAT.name,
        daw=None,
        sample_rate_hz=_commonest_rate_hz(stems),
        tracks=tracks,
        references=tuple(_references(both)),
        diagnostics=(
            *listing.diagnostics,
            *told,
            *_told_mixes(both),
            *_told_rates(stems),
            *doubts,
            *told_lengths(stems, starts),
        ),
    )


def _track(source: Source, meant: Label, start: Fraction) -> Track:
    media = source.header.media
    right = None if source.right is None else source.right.media
    clip = Clip(
        media=media,
        right=right,
        position_s=float(start),
        position_frames=round(start * media.sample_rate_hz),
        length_s=media.length_s,
    )
    return Track(
        id=source.id,
        name=meant.name,
        channels=media.channels if right is None else 2,
        clips=(clip,),
        role=meant.role,
    )


def _references(both: Sequence[tuple[Source, Label]]) -> Iterator[Reference]:
    for source, meant in both:
        if meant.mix is not None:
            right = None if source.right is None else source.right.media
            yield Reference(meant.mix, source.id, source.header.media, right)


def _commonest_rate_hz(stems: Sequence[Source]) -> int:
    rates = Counter(stem.header.media.sample_rate_hz for stem in stems)
    return max(rates, key=lambda rate: (rates[rate], rate))


def _refuse_ambiguous(
    paths: Sequence[Path], sources: Sequence[Source], labels: Sequence[Label]
) -> None:
    stems: dict[str, list[Source]] = defaultdict(list)
    for source, meant in zip(sources, labels, strict=True):
        if meant.mix is None:
            stems[folded(source.id)].append(source)
    if not stems:
        raise SessionError(_only_mixes(paths, sources))
    problems = [_duplicate(same) for same in stems.values() if len(same) > 1]
    if problems:
        raise SessionError(problems)


def _files(source: Source) -> str:
    return " + ".join(header.entry.name for header in source.headers)


def _duplicate(same: Sequence[Source]) -> Problem:
    files = [_files(source) for source in same]
    return Problem(
        "duplicate_stem",
        f"several files are the stem {same[0].id!r}: {', '.join(files)}",
        same[0].header.entry.where,
        expected="one file a stem",
        hint="keep one of them, or rename it if it is another stem",
    )


def _only_mixes(paths: Sequence[Path], sources: Sequence[Source]) -> Problem:
    named = listed([_files(each) for each in sources], MOST_NAMED)
    return Problem(
        "only_mixes",
        f"every file is named like a finished mix: {named}",
        {"file": printable(paths[0])},
        expected="stems, with or without a mix beside them",
        hint="export stems; or rename a file that is one, since mix, mixdown, premaster, rough,"
        " reference, ref, master and sum mean the whole song",
    )


def _told_mixes(both: Sequence[tuple[Source, Label]]) -> Iterator[Diagnostic]:
    ids = [source.id for source, meant in both if meant.mix is None]
    for source, meant in both:
        files = _files(source)
        if meant.mix is not None:
            message = f"{files} is taken as a {meant.mix}: compared with, never summed"
            yield Diagnostic("note", "reference_found", files, message)
        elif meant.mix_word:
            message = f"{files} is taken as a stem ({meant.role}) although its name says mix"
            yield Diagnostic("warning", "mix_word_in_stem", files, message)
        elif is_title(source.id, [other for other in ids if other != source.id]):
            message = f"{files} is named as all that others begin with: a mix? It is a stem here"
            yield Diagnostic("warning", "maybe_mix", files, message)


def _lossy_mixes(unread: Sequence[Entry], sources: Sequence[Source]) -> tuple[Reference, ...]:
    """The mixes by their names among files that no stem may be: compared with, never summed."""
    ids = [source.id for source in sources]
    headers, _ = read_headers(unread, lossy=True)
    names = {header.entry.name: file_stem(header.entry.name) for header in headers}
    kinds = {file: label([*ids, name])[-1].mix for file, name in names.items()}
    return tuple(
        Reference(kind, names[header.entry.name], header.media)
        for header in headers
        if (kind := kinds[header.entry.name]) is not None
    )


def _told_unread(
    unread: Sequence[Entry], sources: Sequence[Source], mixes: Sequence[Reference]
) -> Iterator[Diagnostic]:
    """Audio of other formats: a mix may stay aside, a stem must not be missing unnoticed."""
    ids = [source.id for source in sources]
    taken = {nfc(each.media.path.name): each.kind for each in mixes}
    for entry in unread:
        if entry.name in taken:
            message = f"{entry.name} is taken as a {taken[entry.name]}: compared with, never summed"
            yield Diagnostic("note", "reference_found", entry.name, message)
            continue
        name = file_stem(entry.name)
        mix = label([*ids, name])[-1].mix is not None or is_title(name, ids)
        message = f"{entry.name} {other_audio(entry.name)}; {AS_STEM}. It is left out"
        yield Diagnostic("warning" if mix else "error", "ignored_audio", entry.name, message)


def _told_rates(stems: Sequence[Source]) -> Iterator[Diagnostic]:
    common = _commonest_rate_hz(stems)
    for rate in sorted({stem.header.media.sample_rate_hz for stem in stems} - {common}):
        files = [_files(stem) for stem in stems if stem.header.media.sample_rate_hz == rate]
        message = f"at {rate} Hz where most stems are at {common} Hz: {listed(files, MOST_NAMED)}"
        yield Diagnostic("note", "mixed_sample_rates", listed(files, MOST_NAMED), message)
