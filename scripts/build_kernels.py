"""Compile the kernels where their sources changed; without a compiler say so, and go on."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

build = runpy.run_path(str(Path(__file__).parents[1] / "bridge" / "native" / "build.py"))
if not build["is_built"]():
    try:
        build["compile_kernels"]()
    except build["CannotCompileError"] as reason:
        sys.stderr.write(
            f"the kernels in C were not built: {reason}\n"
            "renders give the same bits without them, about four times slower; "
            "install gcc or clang and run `make kernels`\n"
        )
