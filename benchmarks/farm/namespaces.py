"""A song across two machines that share nothing: a worker in a network namespace of its own."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.farm.processes import free_port
from benchmarks.farm.songs import Plugins, hash_of, hashes_alone, stemwright, write_songs
from bridge.farming import STATUS, asked, make_certificates, security
from stemwright.problems import StemwrightError

_IP = "/usr/sbin/ip"
_SPACE, _HERE, _THERE = "stemwright-farm", "10.201.16.1", "10.201.16.2"


@contextmanager
def _namespace() -> Iterator[str]:
    """A network of two addresses; needs root and iproute2."""
    name = f"{_SPACE}-{os.getpid()}"
    near, far = f"sw{os.getpid() % 10000}a", f"sw{os.getpid() % 10000}b"
    inside = (_IP, "netns", "exec", name, _IP)
    subprocess.run((_IP, "netns", "add", name), check=True)
    try:
        for words in (
            (_IP, "link", "add", near, "type", "veth", "peer", "name", far, "netns", name),
            (_IP, "addr", "add", f"{_HERE}/30", "dev", near),
            (_IP, "link", "set", near, "up"),
            (*inside, "addr", "add", f"{_THERE}/30", "dev", far),
            (*inside, "link", "set", far, "up"),
            (*inside, "link", "set", "lo", "up"),
        ):
            subprocess.run(words, check=True)
        yield name
    finally:
        subprocess.run((_IP, "netns", "del", name), check=True)


def across(place: Path, plugins: Plugins, seconds: float) -> tuple[bool, float]:
    """Render a song on a worker over there, over TLS; tell whether it is the same, and its time."""
    (job,) = write_songs(place, 1, seconds, plugins)
    alone = hashes_alone([job], place / "alone", plugins)
    certificates = place / "certificates"
    make_certificates(certificates, datetime.now(UTC).date())
    port = free_port()
    address = f"tls://{_HERE}:{port}"
    certs = ("--certs", certificates)
    with _namespace() as name, ExitStack() as held:
        queue = ("--queue", place / "queue", "--store", place / "near", "--dashboard-port", 0)
        _begun(
            held, stemwright("farm", "scheduler", "--host", _HERE, "--port", port, *queue, *certs)
        )
        over = ("--plugins", plugins.folder, "--store", place / "far", "--name", "far")
        words = stemwright("farm", "worker", address, "--host", _THERE, *over, *certs)
        _begun(held, [_IP, "netns", "exec", name, *words])
        identity = security(certificates, "client")
        until_s = time.monotonic() + 60.0
        while time.monotonic() < until_s:
            try:
                if asked(address, identity, STATUS)["machines"]:
                    break
            except StemwrightError:
                time.sleep(0.2)
        began_s = time.monotonic()
        render = stemwright("render", job, "--farm", address, "--farm-certs", certificates)
        subprocess.run([*render, "--store", str(place / "near"), "--no-check"], check=True)
        return hash_of(job) == alone[job], time.monotonic() - began_s


def _begun(held: ExitStack, words: list[str]) -> None:
    process = subprocess.Popen(words)
    held.callback(process.wait, 20)
    held.callback(process.terminate)
