"""`stemwright doctor`: what runs on this machine, and whether it gives the bits it should."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from bridge.cli.options import Json, PluginPath, StorePath
from bridge.cli.printing import print_json, say, show_table
from stemwright.problems import EXIT_NO

if TYPE_CHECKING:
    from bridge.native import Running
    from bridge.road import Loudness, Proof

_PACKAGES = ("stemwright", "dawdreamer", "pedalboard", "numpy", "soundfile", "soxr")


def doctor(plugin_path: PluginPath = None, store: StorePath = None, json: Json = False) -> None:
    """Say what runs here, and prove that it gives the same bits as everywhere else.

    A fixed signal goes through every built-in, the dither, the meter and the repairs, by the
    compiled kernels and by numpy; their digests must be equal, and those this version is known by.
    Its loudness is compared with pyloudnorm's. Exit code 0: all hold. 1: not, so a master made
    here may differ from one made elsewhere.

    Example: stemwright doctor
    """
    from bridge.native import running
    from bridge.road import loudness_beside_pyloudnorm, proofs

    found, paths, loudness = list(proofs()), running(), loudness_beside_pyloudnorm()
    holds = loudness.agrees and all(each.holds for each in found if each.library is None)
    if json:
        loud = {"loudness": {**loudness._asdict(), "agrees": loudness.agrees}}
        print_json({**_told(found, paths, plugin_path or [], store, holds=holds), **loud})
    else:
        _show(found, paths, plugin_path or [], store)
        _show_loudness(loudness)
    if not holds:
        raise typer.Exit(EXIT_NO)


def _told(
    found: Sequence[Proof],
    paths: Running,
    plugin_path: Sequence[Path],
    store: Path | None,
    *,
    holds: bool,
) -> dict[str, Any]:
    root, free = _store(store)
    return {
        "machine": _machine(),
        "versions": dict(_versions()),
        "kernels": {"path": paths.path, "why": paths.why or None},
        "holds": holds,
        "parts": [
            {
                "part": each.part,
                "digest": each.digest,
                "numpy_digest": each.numpy_digest,
                "known_digest": each.known_digest,
                "library": each.library,
            }
            for each in found
        ],
        "plugin_folders": [str(each) for each in _plugin_folders(plugin_path)],
        "store": {"path": str(root), "free_bytes": free},
    }


def _show(
    found: Sequence[Proof], paths: Running, plugin_path: Sequence[Path], store: Path | None
) -> None:
    kernels = "compiled (C)" if paths.path == "compiled" else f"numpy, slower: {paths.why}"
    root, free = _store(store)
    say(f"machine   {_machine()}")
    say("versions  " + ", ".join(f"{name} {version}" for name, version in _versions()))
    say(f"kernels   {kernels}")
    folders = [str(each) for each in _plugin_folders(plugin_path)]
    for folder in folders or ["none found; name one with --plugin-path"]:
        say(f"plugins   {folder}")
    say(f"store     {root}, {free / 1e9:.0f} GB free")
    show_table(
        ["part", "digest", "numpy", "as known"],
        [[each.part, each.digest, _by_numpy(each), _as_known(each)] for each in found],
    )
    strange = [each.part for each in found if each.library is None and not each.holds]
    if strange:
        say(
            f"{', '.join(strange)}: not the bits of this version; a master made here may differ"
            " from one made elsewhere. Build the kernels anew (make kernels), then install the"
            " packages of requirements/runtime.txt, and ask again",
            err=True,
        )


def _show_loudness(found: Loudness) -> None:
    said = f"loudness  {found.ours_lufs:.4f} LUFS, pyloudnorm {found.pyloudnorm_lufs:.4f}"
    say(said if found.agrees else f"{said}: THEY DIFFER")


def _by_numpy(proof: Proof) -> str:
    if proof.numpy_digest is None:
        return ""
    return "the same" if proof.numpy_digest == proof.digest else proof.numpy_digest


def _as_known(proof: Proof) -> str:
    known = "yes" if proof.digest == proof.known_digest else "NO"
    if proof.library is None:
        return known
    return f"{known.lower()}; {proof.library} build decides"


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"


def _versions() -> Iterator[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, version

    for name in _PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "missing"


def _plugin_folders(extra: Sequence[Path]) -> list[Path]:
    from bridge.hosting import search_folders

    return [each for each in search_folders(extra) if each.is_dir()]


def _store(store: Path | None) -> tuple[Path, int]:
    """The store's place, and how much its disk has left."""
    from bridge.storing import default_root

    root = store or default_root()
    there = next(each for each in (root, *root.absolute().parents) if each.exists())
    return root, shutil.disk_usage(there).free
