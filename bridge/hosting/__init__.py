"""Plugins: finding them, setting them up and running them, each in a child process of its own.

Nothing here imports a plugin host, or numpy, into the caller's process: `bridge.hosting.probing.probe`
(a plugin's card) and `bridge.hosting.probing.crosscheck` (one insert in two hosts) read audio, and are
imported where they are used.
"""

from bridge.hosting.child.process import stop_all
from bridge.hosting.finding.bundles import search_folders
from bridge.hosting.finding.scan import scan
from bridge.hosting.finding.trust import lies_in, own_file, trusted_folders
from bridge.hosting.hosts import DawDreamerHost, PedalboardHost, host
from bridge.hosting.port import (
    Host,
    HostedInsert,
    Prepared,
    PrepareJob,
    RunJob,
    RunResult,
    deadline_s,
)
from bridge.hosting.probing.cards import Card, deadline_from, find_card, keep_card, known_deadline
from bridge.hosting.probing.describe import Described, ParameterText, describe

__all__ = [
    "Card",
    "DawDreamerHost",
    "Described",
    "Host",
    "HostedInsert",
    "ParameterText",
    "PedalboardHost",
    "PrepareJob",
    "Prepared",
    "RunJob",
    "RunResult",
    "deadline_from",
    "deadline_s",
    "describe",
    "find_card",
    "host",
    "keep_card",
    "known_deadline",
    "lies_in",
    "own_file",
    "scan",
    "search_folders",
    "stop_all",
    "trusted_folders",
]
