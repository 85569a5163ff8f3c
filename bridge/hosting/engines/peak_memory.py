"""How large this process has been."""

from __future__ import annotations

import platform
from pathlib import Path


def peak_memory_bytes() -> int:
    """The largest resident size so far; 0 on Windows, where it is not asked for."""
    system = platform.system()
    if system == "Linux":  # ru_maxrss there starts at the parent's size, from before exec
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024
    if system == "Windows":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
