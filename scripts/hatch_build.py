"""The package's build hook: the kernels in C go into the wheel where there is a compiler."""

from __future__ import annotations

import os
import runpy
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Adds the library to a wheel, which is then one platform's, of any Python's."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatch's signature
        """Compile what is not built yet; with STEMWRIGHT_PURE or no compiler the wheel is pure."""
        if self.target_name != "wheel" or os.environ.get("STEMWRIGHT_PURE", "0") not in ("", "0"):
            return
        build = runpy.run_path(str(Path(self.root, "bridge", "native", "build.py")))
        try:
            built = build["LIBRARY"] if build["is_built"]() else build["compile_kernels"]()
        except build["CannotCompileError"] as reason:
            self.app.display_warning(f"without kernels, four times slower: {reason}")
            return
        for path in (built, build["record_of"](built)):
            build_data["artifacts"].append(path.relative_to(self.root).as_posix())
        build_data["pure_python"] = False
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"
