"""Does every plugin give the same bits again? `python -m benchmarks.repeats [FOLDER]`

Each plugin of FOLDER (default: the system's VST3s) renders the probe's signal 20 times, every time
in a fresh process, two at once and with every core kept busy besides; then once in the other host.
Prints a row each: how many different outputs there were, and by how much the two hosts differ.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from blake3 import blake3

from bridge.hosting import (
    RATE_HZ,
    HostedInsert,
    PrepareJob,
    RunJob,
    all_cores_busy,
    differs,
    host,
    programme,
    scan,
    search_folders,
)
from bridge.plugins import Plugin
from stemwright.problems import StemwrightError

AT_ONCE = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--repeats", type=int, default=20)
    asked = parser.parse_args()
    folders = [asked.folder] if asked.folder else list(search_folders())
    plugins = [each for each in scan([], folders).plugins if each.format == "VST3"]
    print(f"| plugin | outputs of {asked.repeats} | commonest | dawdreamer - pedalboard |")
    print("| - | - | - | - |")
    for plugin in plugins:
        with tempfile.TemporaryDirectory() as folder:
            print(_row(plugin, Path(folder), asked.repeats), flush=True)


def _row(plugin: Plugin, folder: Path, repeats: int) -> str:
    try:
        job = _job(plugin, folder)
        hashes = _hashes(job, folder, repeats)
        found = differs(job, host("dawdreamer"), host("pedalboard"))
    except StemwrightError as error:
        return f"| {plugin.name} | {error.problems[0].kind} | | |"
    apart = "equal" if found.equal else f"{found.peak_dbfs:.0f} dB peak, {found.rms_dbfs:.0f} rms"
    (commonest, count), *_ = Counter(hashes).most_common()
    several = "1" if len(set(hashes)) == 1 else f"{len(set(hashes))} ({count} agree)"
    return f"| {plugin.name} | {several} | `{commonest}` | {apart} |"


def _job(plugin: Plugin, folder: Path) -> RunJob:
    fed = programme()
    prepared = host("dawdreamer").prepare(PrepareJob(plugin, sample_rate_hz=RATE_HZ))
    preset = None
    if prepared.preset is not None:
        preset = folder / "prepared.vstpreset"
        preset.write_bytes(prepared.preset)
    source = folder / "in.f32"
    fed.T.astype("<f4").tofile(source)
    insert = HostedInsert(
        step_id=plugin.name,
        plugin=plugin,
        preset=preset,
        raw_params=prepared.raw_params,
        expected_latency_frames=prepared.latency_frames,
        inputs=prepared.inputs,
        outputs=prepared.outputs,
    )
    return RunJob(insert, source, folder / "out.f32", fed.shape[1], RATE_HZ)


def _hashes(job: RunJob, folder: Path, repeats: int) -> list[str]:
    def one(index: int) -> str:
        output = folder / f"out{index}.f32"
        host("dawdreamer").run(replace(job, output=output))
        found = blake3(output.read_bytes()).hexdigest()[:12]
        output.unlink()
        return found

    with all_cores_busy(), ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(repeats)))


if __name__ == "__main__":
    main()
