"""Compile the kernels for other systems with zig, to show that they compile; nothing is run there.

Usage: python scripts/cross_build_kernels.py FOLDER, with the package ziglang installed.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

TARGETS = {
    "x86_64-windows-gnu": "_kernels.dll",
    "aarch64-macos": "_kernels.dylib",
    "x86_64-macos": "_kernels.dylib",
    "aarch64-linux-gnu": "_kernels.so",
}

build = runpy.run_path(str(Path(__file__).parents[1] / "bridge" / "native" / "build.py"))
folder = Path(sys.argv[1])
for target, name in TARGETS.items():
    (folder / target).mkdir(parents=True, exist_ok=True)
    compiler = [sys.executable, "-m", "ziglang", "cc", "-target", target]
    made = build["compile_kernels"](folder / target / name, compiler)
    sys.stdout.write(f"{made}: {made.stat().st_size} bytes, compiled, not run\n")
