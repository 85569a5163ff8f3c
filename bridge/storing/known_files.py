"""Digests of files that lie still: known by what the system changes with every write to them.

A digest is kept under the file's signature, whose time of change no program can set. It is taken as
the file's own for as long as nothing of the signature is another, and only where

- the file had lain unchanged for `SETTLED_S` when it was read: a write within one tick of the
  disk's clock, or through a mapped page that waits to be written back, leaves the signature alone;
- its disk is of a kind that has such a time. No other is believed, nor any that cannot be asked.

What cannot be known that way is read.
"""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from bridge.storing.keys import Signature, digest, file_digest, signature
from bridge.storing.leases import machine
from bridge.storing.modes import modes_of
from bridge.storing.plain_files import BadDataError, read_bytes
from stemwright.files import Staged

SETTLED_S = 60.0
"""Linux writes a mapped page back after 30 s, and looks every 5 s."""
MOST_FILES = 2000
_LONGEST_BYTES = 2**20
_SCHEMA = 1
_DIGEST = re.compile("[0-9a-f]{64}")
_DISKS = frozenset({"bcachefs", "btrfs", "ext2", "ext3", "ext4", "f2fs", "overlay", "xfs", "zfs"})
"""Kinds that note the time of every change themselves. Of others it is a server's, or made up."""


class KnownFiles:
    """The digests that lie in the file `place`; several processes may keep theirs there.

    `now_s` tells the time since 1970, `disk_of` the kind of disk a file lies on, None where that
    cannot be told.
    """

    def __init__(
        self,
        place: Path,
        now_s: Callable[[], float] = time.time,
        disk_of: Callable[[Path], str | None] | None = None,
    ) -> None:
        self._place = place
        self._now_s = now_s
        self._disk_of = disk_of or Disks().kind_of
        self._guard = threading.Lock()
        self._known: dict[str, str] | None = None
        self._used: dict[str, str] = {}
        self._is_new = False

    def digest(self, path: Path) -> str:
        """Return what `file_digest` does, without reading a file that is known. Raises OSError."""
        begun_s, seen = self._now_s(), signature(path)
        if self._disk_of(path) not in _DISKS:
            return file_digest(path)
        row = _row(seen)
        with self._guard:
            known = self._read().get(row)
        found = known or file_digest(path)
        is_settled = _changed_s(seen) + SETTLED_S <= begun_s and signature(path) == seen
        if known is not None or is_settled:
            with self._guard:
                self._used[row] = found
                self._is_new |= known is None
        return found

    def keep(self) -> None:
        """Write down what was learnt; a place that cannot be written is done without."""
        with self._guard, suppress(OSError):
            if not self._is_new:
                return
            others = _rows_of(self._place)
            rows = {row: each for row, each in others.items() if row not in self._used} | self._used
            kept = dict([*rows.items()][-MOST_FILES:])
            text = json.dumps({"schema": _SCHEMA, "files": kept, "of": _digest_of(kept)})
            with Staged(self._place) as staged:
                modes_of(self._place.parent).keep(staged)
                staged.write_text(text, encoding="ascii")
            self._is_new = False

    def _read(self) -> dict[str, str]:
        if self._known is None:
            self._known = _rows_of(self._place)
        return self._known


def _row(seen: Signature) -> str:
    """A signature on this start of this machine: numbers of disks are given anew with the next."""
    return "|".join([machine(), *map(str, seen)])


def _changed_s(seen: Signature) -> float:
    return seen[-1] / 1e9


def _rows_of(place: Path) -> dict[str, str]:
    """What lies in a file, the longest unused first; nothing where that is not what was written."""
    try:
        told = json.loads(read_bytes(place, _LONGEST_BYTES))
        rows: dict[str, str] = told["files"]
        whole = told["schema"] == _SCHEMA and told["of"] == _digest_of(rows)
        return rows if whole and all(map(_DIGEST.fullmatch, rows.values())) else {}
    except (OSError, BadDataError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _digest_of(rows: dict[str, str]) -> str:
    return digest("known files", rows=list(rows.items()))


class Disks:
    """The kinds of disk of this machine, as Linux lists them; nothing is told of other systems."""

    def __init__(self, table: Path = Path("/proc/self/mountinfo")) -> None:
        self._table = table
        self._kinds: dict[str, str] | None = None

    def kind_of(self, path: Path) -> str | None:
        """The kind of disk a file lies on, links followed: ext4, nfs4; None where nobody says."""
        if self._kinds is None:
            self._kinds = _kinds_in(self._table)
        place = Path(os.path.realpath(path))
        found = (self._kinds.get(str(each)) for each in (place, *place.parents))
        return next((kind for kind in found if kind is not None), None)


def _kinds_in(table: Path) -> dict[str, str]:
    """The kind at every mount point; of several that lie on one, the last is seen."""
    try:
        lines = table.read_bytes().splitlines()
    except OSError:
        return {}
    kinds: dict[str, str] = {}
    for line in lines:
        before, _, after = line.partition(b" - ")
        words = before.split(b" ")
        if len(words) > 4 and after:
            point = re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found[1], 8)]), words[4])
            kinds[os.fsdecode(point)] = os.fsdecode(after.split(b" ")[0])
    return kinds
