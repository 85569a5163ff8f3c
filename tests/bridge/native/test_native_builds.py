"""One bit pattern, however the kernels are compiled, and whatever of the processor is used."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bridge.native import CannotCompileError, Lasting, Library, compile_kernels, running, using
from bridge.native.build import EXACT, LIBRARY, is_built, record_of, sources_digest
from bridge.native.library import _loaded
from bridge.road import KNOWN, proofs

NOT_OURS = {"reverb", "sample-rate conversion"}
VECTORS = ("-O2", "-ftree-vectorize", "-fvect-cost-model=dynamic")
"""The vectors of -O3, whose unrolling of them takes up to six times as long to compile."""

SHARED = ("-std=c11", "-shared", "-fvisibility=hidden")


def ours(made: dict[str, str]) -> dict[str, str]:
    return {part: digest for part, digest in made.items() if part not in NOT_OURS}


def test_the_library_here_is_built_from_these_sources() -> None:
    assert is_built()
    assert running().path == "compiled", running().why


@pytest.mark.parametrize("damage", ["cut", "a bit turned", "of other sources", "no record"])
def test_a_library_that_is_not_the_one_built_is_never_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    copy, record = tmp_path / LIBRARY.name, record_of(tmp_path / LIBRARY.name)
    octets = bytearray(LIBRARY.read_bytes())
    if damage == "cut":
        del octets[len(octets) // 2 :]
    elif damage == "a bit turned":
        octets[len(octets) // 2] ^= 1
    copy.write_bytes(octets)
    told = record_of(LIBRARY).read_text()
    if damage != "no record":
        record.write_text(told.replace("a", "b") if damage == "of other sources" else told)
    assert not is_built(copy)
    module = sys.modules["bridge.native.library"]
    monkeypatch.setattr(module, "LIBRARY", copy)
    monkeypatch.setattr(module, "is_built", lambda: is_built(copy))
    library, found = _loaded.__wrapped__()
    assert library is None
    assert found.path == "numpy"
    assert "`make kernels` builds it anew" in found.why


def built_once(compiler: str, flags: tuple[str, ...], lasting_folder: Path) -> Path:
    """The kernels as this compiler makes them, built once a source on this machine."""
    version = subprocess.run([compiler, "-v"], capture_output=True, text=True, check=True).stderr
    told = "\n".join((sources_digest(), version, *flags, *SHARED, *EXACT))
    name = f"stemwright-kernels-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    library = lasting_folder / name / LIBRARY.name
    if not is_built(library):
        library.parent.mkdir(exist_ok=True)
        compile_kernels(library, [compiler], (*flags, *SHARED))
    return library


@pytest.mark.parametrize(
    ("compiler", "flags"),
    [
        ("gcc", ("-O0",)),
        ("gcc", (*VECTORS, "-DONE_PROCESSOR")),
        ("gcc", (*VECTORS, "-DONE_PROCESSOR", "-march=native")),
        ("gcc", ("-O0", "-fsanitize=undefined", "-fsanitize-undefined-trap-on-error")),
        ("clang", ("-O3",)),
    ],
    ids=["gcc plain", "gcc SSE2", "gcc all of this processor", "gcc, no undefined step", "clang"],
)
def test_every_build_gives_the_bits_that_are_known(
    compiler: str, flags: tuple[str, ...], lasting_folder: Path
) -> None:
    if shutil.which(compiler) is None:
        pytest.skip(f"no {compiler} here")
    with using(Library(built_once(compiler, flags, lasting_folder))):
        made = {each.part: each.digest for each in proofs()}
    assert ours(made) == ours(dict(KNOWN))


def told_by_doctor(**environment: str) -> dict[str, object]:
    command = [sys.executable, "-m", "stemwright", "doctor", "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    told: dict[str, object] = json.loads(done.stdout)
    return told


def test_numpy_alone_gives_them_whatever_the_processor_offers() -> None:
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    off = [each for each in __cpu_dispatch__ if __cpu_features__[each]]
    told = told_by_doctor(STEMWRIGHT_PURE="1", NPY_DISABLE_CPU_FEATURES=" ".join(off))
    assert told["kernels"] == {"path": "numpy", "why": "STEMWRIGHT_PURE is set"}
    parts = {each["part"]: each["digest"] for each in told["parts"]}  # type: ignore[attr-defined]
    assert ours(parts) == ours(dict(KNOWN))
    assert told["holds"] is True


def test_an_array_of_another_type_or_cut_is_refused() -> None:
    compiled = Library(LIBRARY)
    out = np.empty(4)
    with pytest.raises(Exception, match="float64"):
        compiled.levels_db(np.ones(4, np.float32), out, 4)
    with pytest.raises(Exception, match="contiguous"):
        compiled.levels_db(np.ones(8)[::2], out, 4)
    with pytest.raises(TypeError, match="float"):
        compiled.levels_db(Lasting(np.ones(4, np.float32)), out, 4)


def test_without_a_compiler_the_reason_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(CannotCompileError, match="no C compiler"):
        compile_kernels(tmp_path / LIBRARY.name)
    assert list(tmp_path.iterdir()) == []
