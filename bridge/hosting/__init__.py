"""Plugins: finding them, setting them up and running them, each in a child process of its own.

Nothing here imports a plugin host, or numpy, into the caller's process. The fake host that tests of
upper rooms use is `bridge.hosting.fake`.
"""

from bridge.hosting.bundles import search_folders
from bridge.hosting.child import stop_all
from bridge.hosting.isolated import DawDreamerHost, PedalboardHost, host
from bridge.hosting.port import (
    Host,
    HostedInsert,
    Prepared,
    PrepareJob,
    RunJob,
    RunResult,
    deadline_s,
)
from bridge.hosting.scan import scan

__all__ = [
    "DawDreamerHost",
    "Host",
    "HostedInsert",
    "PedalboardHost",
    "PrepareJob",
    "Prepared",
    "RunJob",
    "RunResult",
    "deadline_s",
    "host",
    "scan",
    "search_folders",
    "stop_all",
]
