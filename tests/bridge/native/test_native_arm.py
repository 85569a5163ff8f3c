"""The kernels on another architecture: calls recorded here, replayed there, bit for bit."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.lib.array_utils import byte_bounds

import stemwright
from bridge.audio import PcmWriter, read_pcm
from bridge.checking.prediction import unexplained
from bridge.comparing.residual import Residuals
from bridge.metering import Meter
from bridge.native import Kernel, Lasting, Library, using
from bridge.native.build import EXACT, LIBRARY, SOURCES
from bridge.road import proofs

COMPILER = shutil.which("aarch64-linux-gnu-gcc")
EMULATOR = shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")
CALLS = 3
"""Of each kernel, spread over all that the proofs make."""

HEADER = (SOURCES / "kernels.h").read_text("utf-8")
PROTOTYPES = [
    (name, gives.strip(), [each.strip() for each in takes.split(",")])
    for gives, name, takes in re.findall(r"EXPORTED ([\w\s]+?)(sw_\w+)\(([^)]*)\);", HEADER)
]

REPLAY = """
#include "kernels.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *file;
static void *after[32];
static int64_t sizes[32];
static int arrays, failed, calls;

static void fill(void *to, size_t octets) {
    if (octets && fread(to, octets, 1, file) != 1) { puts("cut short"); exit(2); }
}
static int64_t whole(void) { int64_t n; fill(&n, 8); return n; }
static double number(void) { double n; fill(&n, 8); return n; }
static void *array(void) {
    int64_t size = whole();
    char *memory = malloc(size + 64);
    memory += (64 - (size_t)memory % 64) % 64;
    after[arrays] = malloc(size + 1);
    sizes[arrays] = size;
    fill(memory, size);
    fill(after[arrays++], size);
    return memory;
}
static void same(const void *found, const void *wanted, size_t octets, const char *name) {
    if (memcmp(found, wanted, octets)) { printf("%s differs\\n", name); failed = 1; }
}
int main(int count, char **words) {
    int32_t kernel;
    file = fopen(words[count - 1], "rb");
    while (fread(&kernel, 4, 1, file) == 1) {
        arrays = 0;
        calls++;
        switch (kernel) {
@CASES@
        }
    }
    printf("%d calls\\n", calls);
    return failed;
}
"""


def case(number: int, name: str, gives: str, takes: list[str]) -> str:
    """One kernel's branch: its arguments read in order, the call, and what must come of it."""
    lines, passed, checks, arrays = [], [], [], 0
    for place, declared in enumerate(takes):
        kind, is_array = declared.rpartition(" ")[0], "*" in declared
        reader = "array()" if is_array else "number()" if kind in ("double", "float") else "whole()"
        lines.append(f"{'void *' if is_array else f'{kind} '}a{place} = {reader};")
        passed.append(f"a{place}")
        if is_array and not declared.startswith("const"):
            checks.append(f'same(a{place}, after[{arrays}], sizes[{arrays}], "{name}");')
        arrays += is_array
    call = f"{name}({', '.join(passed)})"
    if gives == "void":
        lines.append(f"{call};")
    else:
        kind = "double" if gives in ("double", "float") else "int64_t"
        reader = "number()" if kind == "double" else "whole()"
        lines.append(f"{kind} wanted = {reader}, found = {call};")
        checks.append(f'same(&found, &wanted, 8, "{name}, what it gives,");')
    return f"case {number}: {{ {' '.join([*lines, *checks])} break; }}"


class Recorder(Kernel):
    """A kernel that writes down some of its calls: the memory before, after, and what it gives."""

    def __init__(self, kernel: Any, number: int, file: Any) -> None:
        vars(self).update(vars(kernel))
        self.number, self.file, self.calls, self.kept = number, file, 0, 0

    def __call__(self, *given: Any) -> Any:
        self.calls += 1
        if self.kept >= CALLS or self.calls & (self.calls - 1):
            return super().__call__(*given)
        self.kept += 1
        plain = [each.array if isinstance(each, Lasting) else each for each in given]
        before = [memory(each) if isinstance(each, np.ndarray) else each for each in plain]
        found = super().__call__(*given)
        self.file.write(struct.pack("<i", self.number))
        takes, gives = PROTOTYPES[self.number][2], PROTOTYPES[self.number][1]
        for each, octets, declared in zip(plain, before, takes, strict=True):
            if isinstance(each, np.ndarray):
                self.file.write(struct.pack("<q", len(octets)) + octets + memory(each))
            else:
                self.file.write(eight_bytes(declared, each))
        if gives != "void":
            self.file.write(eight_bytes(gives, found))
        return found


def eight_bytes(declared: str, number: float) -> bytes:
    """A number as the replay reads it."""
    if declared.startswith(("double", "float")):
        return struct.pack("<d", number)
    return struct.pack("<Q" if declared.startswith("uint64") else "<q", number)


def memory(array: np.ndarray) -> bytes:
    """All bytes from an array's first to its last, whatever lies between its rows."""
    import ctypes

    low, high = byte_bounds(array)
    return ctypes.string_at(low, high - low)


def recorded(path: Path) -> Counter[str]:
    library = Library(LIBRARY)
    with path.open("wb") as file:
        kernels = {}
        for number, (name, _, takes) in enumerate(PROTOTYPES):
            if takes != ["void"]:
                short = name.removeprefix("sw_")
                kernels[short] = Recorder(getattr(library, short), number, file)
                setattr(library, short, kernels[short])
        with using(library):
            for _ in proofs():
                pass
            a_short_song(path.parent)
    return Counter({name: kernel.kept for name, kernel in kernels.items()})


def a_short_song(folder: Path) -> None:
    """Two stems to a master, compared and predicted; a file as a hosted plugin leaves it."""
    (folder / "stems").mkdir()
    for seed, name in enumerate(["drums", "vox"]):
        samples = np.random.default_rng(seed).uniform(-0.3, 0.3, (4 * 48000, 2))
        soundfile.write(folder / "stems" / f"{name}.wav", samples, 48000, subtype="PCM_24")
    (folder / "chain.toml").write_text(
        'schema = 1\n[[group]]\nid = "all"\nstems = ["*"]\n'
        + 2 * '[[group.insert]]\nuse = "eq"\nbands = [{ shape = "bell", hz = 900, gain_db = 1 }]\n'
        + "[target]\nintegrated_lufs = -14\n"
    )
    stemwright.master(
        folder / "stems", folder / "chain.toml", folder / "out", store=folder / "store", jobs=1
    )
    stemwright.diff(folder / "stems" / "drums.wav", folder / "stems" / "vox.wav")
    with PcmWriter(folder / "pcm", 2, "float32") as writer:
        writer.write(samples.T)
    for _ in read_pcm(folder / "pcm", 2, "float32"):
        pass
    Residuals(48000, 2).add(samples.T, samples.T * 0.5)
    meter = Meter(48000, 2)
    meter.add(samples.T * 1e35)  # beyond what 32 bits hold
    meter.result()
    unexplained(samples.T, 0, slice(0, 9000))


@pytest.mark.skipif(COMPILER is None, reason="no aarch64-linux-gnu-gcc here")
@pytest.mark.skipif(EMULATOR is None, reason="no qemu-aarch64-static here")
def test_arm64_gives_the_same_bits(tmp_path: Path) -> None:
    kept = recorded(tmp_path / "calls")
    assert not [name for name, count in kept.items() if not count]
    cases = "\n".join(
        case(number, *prototype)
        for number, prototype in enumerate(PROTOTYPES)
        if prototype[2] != ["void"]
    )
    (tmp_path / "replay.c").write_text(REPLAY.replace("@CASES@", cases))
    sources = [*map(str, sorted(SOURCES.glob("*.c"))), str(tmp_path / "replay.c")]
    flags = ["-O3", *EXACT, "-static", f"-I{SOURCES}", "-o", str(tmp_path / "replay"), "-lm"]
    subprocess.run([str(COMPILER), *sources, *flags], check=True, capture_output=True)
    run = [str(EMULATOR), str(tmp_path / "replay"), str(tmp_path / "calls")]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.stdout == f"{kept.total()} calls\n"
    assert done.returncode == 0
