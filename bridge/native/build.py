"""Compile the kernels where there is a C compiler.

The package's build hook runs this file, so it imports nothing that is not Python's own.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

SOURCES = Path(__file__).parent / "sources"
_SUFFIX = {"Windows": ".dll", "Darwin": ".dylib"}.get(platform.system(), ".so")
LIBRARY = Path(__file__).parent / f"_kernels{_SUFFIX}"

EXACT = ("-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math")
"""No product and sum in one rounding, whatever the processor could do."""

_FLAGS = ("-O3", "-std=c11", "-shared", "-fvisibility=hidden")
_USUAL = ("cc", "gcc", "clang")


class CannotCompileError(Exception):
    """No compiler was found, or the one there refused; the text says which, for a person."""


def sources_digest() -> str:
    """Return what tells a library built from these sources from any other."""
    digest = hashlib.sha256()
    for path in sorted(SOURCES.glob("*.[ch]")):
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:32]


def compilers() -> Iterator[list[str]]:
    """Yield commands that may compile C: `CC` alone where it is set, else the usual names."""
    named = os.environ.get("CC")
    for words in [shlex.split(named)] if named else [[name] for name in _USUAL]:
        if words and shutil.which(words[0]):
            yield words


def compile_kernels(
    out: Path = LIBRARY, compiler: Sequence[str] | None = None, flags: Sequence[str] = _FLAGS
) -> Path:
    """Compile to `out`, which is replaced whole. Raises CannotCompileError."""
    commands = [list(compiler)] if compiler else list(compilers())
    if not commands:
        raise CannotCompileError("no C compiler was found (cc, gcc, clang, or the one CC names)")
    said = ""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".building-") as folder:
        made = Path(folder) / out.name
        for command in commands:
            done = subprocess.run(
                [*command, *_arguments(flags), "-o", str(made)],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode == 0:
                return _placed(made, out)
            said += f"{command[0]}: {done.stderr.strip()[-400:]}\n"
    raise CannotCompileError(said.strip())


def _placed(made: Path, out: Path) -> Path:
    """Put the library in its place, and beside it what it was built from and what it is."""
    record = {"sources": sources_digest(), "library": _sha256(made)}
    told = made.with_suffix(".json")
    told.write_text(json.dumps(record) + "\n", encoding="ascii")
    made.replace(out)
    told.replace(record_of(out))
    return out


def record_of(library: Path) -> Path:
    """Return where it stands what a library was built from."""
    return library.with_suffix(".json")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _arguments(flags: Sequence[str]) -> Iterator[str]:
    yield from flags
    yield from EXACT
    if platform.system() != "Windows":
        yield "-fPIC"
    yield from (str(path) for path in sorted(SOURCES.glob("*.c")))


def is_built(library: Path = LIBRARY) -> bool:
    """Say whether `library` is whole and was built from these very sources, without loading it."""
    try:
        record = json.loads(record_of(library).read_text(encoding="ascii"))
        return bool(record == {"sources": sources_digest(), "library": _sha256(library)})
    except (OSError, ValueError):
        return False
