"""What versions leave of the main master, as files beside a render."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.rendering.version_sums import complements
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from bridge.planning import Plan
    from bridge.rendering.master import Rendering


def residual_files(file: Path, plan: Plan) -> dict[tuple[str, ...], Path]:
    """Where the residual of each set of versions goes: of the only one `file`, else beside it.

    Raises InputError: `no_sum` where no versions together are everything, `would_overwrite`,
    `no_folder`.
    """
    sets = [*complements(plan)] if "main" in plan.written else []
    if not sets:
        raise InputError(
            Problem(
                "no_sum",
                "--residual: no versions of this render together are the main master",
                expected="main, and a pair such as an instrumental and an acapella, or mastered "
                "stems, of one dynamics",
                hint='add [[version]] only = ["vocals"] beside mute = ["vocals"] to the chain',
            )
        )
    names = {
        parts: file if len(sets) == 1 else file.with_stem(f"{file.stem}-{'+'.join(parts)}")
        for parts in sets
    }
    problems = [*_taken(names.values())]
    if not file.parent.is_dir():
        said, hint = f"{file.parent} is no folder", "name a file in a folder that is there"
        problems.append(Problem("no_folder", said, {"file": str(file)}, hint=hint))
    if problems:
        raise InputError(problems)
    return names


def _taken(files: Iterable[Path]) -> Iterator[Problem]:
    for file in files:
        if os.path.lexists(file):
            said, hint = f"{file} exists already", "name another file with --residual"
            yield Problem("would_overwrite", said, {"file": str(file)}, hint=hint)


def write_residuals(rendering: Rendering, files: Mapping[tuple[str, ...], Path]) -> None:
    """Write what each sum leaves of the main master as 32-bit float; nothing is overwritten.

    Raises InputError `would_overwrite`; MachineError `disk_full`, `not_writable`.
    """
    if not files:
        return
    from bridge.audio import WavWriter, probe  # with numpy, which an unchanged render never needs

    for found in rendering.sums:
        header = probe(found.files[0].path)
        rate_hz, channels = header.sample_rate_hz, header.channels
        with WavWriter(files[found.parts], rate_hz, channels, "float32", "residual") as writer:
            for block in found.blocks():
                writer.write(block)
