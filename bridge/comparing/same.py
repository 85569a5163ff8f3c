"""`assert_same_render`: a render against its golden, in anybody's tests."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from bridge.comparing.diffing import diff
from bridge.comparing.golden import departures, fingerprint, read_golden
from bridge.comparing.limits import Limits
from bridge.comparing.pairing import listed
from bridge.comparing.wording import lines
from stemwright.files import Staged, check_regular, placed


class DifferentSoundError(AssertionError):
    """A render is not its golden; the message is what `stemwright diff` prints."""


def assert_same_render(
    path: Path | str,
    golden: Path | str,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    *,
    update: bool = False,
) -> None:
    """Raise DifferentSoundError unless `path` is its golden within `limits`.

    `golden` is audio, a folder of it, or a `.json` that holds hashes and measures alone. With
    `update` the golden is written instead. Raises InputError for what cannot be read.
    """
    render, kept = Path(path), Path(golden)
    if update:
        _write(render, kept)
        return
    if not kept.exists():
        raise DifferentSoundError(f"there is no golden {kept}; make it with --update-golden")
    if kept.suffix == ".json":
        said = departures(read_golden(kept), fingerprint(render), limits)
        if said:
            raise DifferentSoundError("\n".join([f"{render} is not {kept}:", *said]))
        return
    found = diff(kept, render, limits)
    if not found.within:
        raise DifferentSoundError("\n".join([f"{render} is not {kept}", *lines(found)]))


def _write(render: Path, kept: Path) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    if kept.suffix == ".json":
        text = json.dumps(fingerprint(render), ensure_ascii=False, indent=2, allow_nan=False)
        placed(kept, text.encode() + b"\n")
    elif render.is_dir():
        for each in listed(render).values():
            target = kept / each.relative_to(render)
            target.parent.mkdir(parents=True, exist_ok=True)
            _copied(each, target)
    else:
        _copied(render, kept)


def _copied(source: Path, target: Path) -> None:
    with Staged(check_regular(target)) as staged:
        shutil.copyfile(source, staged)
