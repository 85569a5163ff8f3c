"""Ardour 7 without a screen or a sound card: sessions opened, changed, saved and exported."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.bounced.song import Song

PROGRAMS = ("ardour7-lua", "ardour7-export")
MISSING = "Ardour 7 is not here; it is installed by: apt-get install ardour"
_ROOT = Path("/usr/lib/ardour7")
_PLUGINS = Path("/usr/lib/vst3")
_SECONDS = 120
_TRIES = 3
_ALIKE = 1e-6

_OPENED = """
local session = load_session("{folder}", "{name}")
if not session then os.exit(1) end
local function regions(track)
  return session:route_by_name(track):to_track():playlist():region_list()
end
local fades = {{
{fades}
}}
for track, wanted in pairs(fades) do
  for region in regions(track):iter() do
    local each = wanted[region:name()]
    local audio = region:to_audioregion()
    audio:set_fade_in_length(each[2])
    audio:set_fade_in_shape(ARDOUR.FadeShape["Fade" .. each[1]])
    audio:set_fade_out_length(each[4])
    audio:set_fade_out_shape(ARDOUR.FadeShape["Fade" .. each[3]])
  end
end
{script}
session:save_state("", false, false, false, false, false)
close_session()
print("saved")
quit()
"""


class ArdourFailedError(Exception):
    """It ended without what it was to write; the message is what it said."""


def is_here() -> bool:
    """Whether this machine has it."""
    return all(shutil.which(each) for each in PROGRAMS)


class Ardour:
    """Its settings and its list of plugins are in `folder`, apart from the user's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = os.environ | {
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "XDG_CONFIG_HOME": str(folder / "config"),
        }
        folder.mkdir(parents=True, exist_ok=True)

    def scan(self, plugins: Sequence[str]) -> None:
        """Let it know VST3 plugins by their bundles' names; those that it does not know, it skips.

        Raises ArdourFailedError.
        """
        found = self._environment | {
            "LD_LIBRARY_PATH": str(_ROOT),
            "ARDOUR_DATA_PATH": "/usr/share/ardour7",
            "ARDOUR_CONFIG_PATH": "/etc/ardour7",
            "ARDOUR_DLL_PATH": str(_ROOT),
        }
        for each in plugins:
            bundle = _PLUGINS / f"{each}.vst3"
            if not bundle.exists():
                raise ArdourFailedError(f"{bundle} is missing; apt-get install zam-plugins")
            self._run([str(_ROOT / "ardour-vst3-scanner"), str(bundle)], found)

    def save(self, song: Song, session: Path) -> None:
        """Open a song's session, give its regions their fades, run its script, and save it.

        Raises ArdourFailedError.
        """
        script = self._folder / "script.lua"
        said = {"folder": session.parent, "name": song.name, "script": song.script}
        script.write_text(_OPENED.format(fades=_fades(song), **said), encoding="utf-8")
        before = session.stat().st_mtime_ns
        told = self._run(["ardour7-lua", str(script)], self._environment)
        if "saved" not in told or session.stat().st_mtime_ns == before:
            raise ArdourFailedError(f"{song.name} was not saved: {told[-2000:]}")

    def export(self, session: Path, target: Path) -> None:
        """Bounce the session's range from its master, as 32 bit float.

        Now and then it ends or hangs while it tidies up; it is asked anew then.

        Raises ArdourFailedError.
        """
        words = ["ardour7-export", "-b", "float", "-o", str(target)]
        words += [str(session.parent), session.stem]
        for _ in range(_TRIES):
            told = self._run(words, self._environment)
            if "* Done." in told:
                return
        raise ArdourFailedError(f"{session.stem} was not exported: {told[-2000:]}")

    def agreed(self, session: Path, target: Path) -> None:
        """The same until two in a row are alike, the second kept.

        One bounce in many is off by a few frames. Raises ArdourFailedError.
        """
        self.export(session, target)
        for _ in range(_TRIES):
            before = soundfile.read(target)[0]
            self.export(session, target)
            after = soundfile.read(target)[0]
            if before.shape == after.shape and np.abs(before - after).max() < _ALIKE:
                return
        raise ArdourFailedError(f"{session.stem} came out otherwise each time")

    def _run(self, words: Sequence[str], environment: dict[str, str]) -> str:
        """What it said. Whether it ended well says nothing: it aborts on the way out."""
        try:
            done = subprocess.run(
                words,
                check=False,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=_SECONDS,
            )
        except subprocess.TimeoutExpired as hung:
            return (hung.stdout or b"").decode(errors="replace")
        return done.stdout.decode(errors="replace")


def _fades(song: Song) -> str:
    rows = []
    for route in song.routes:
        if route.is_track:
            rows.append(f'  ["{route.name}"] = {{')
            for at, each in enumerate(route.regions):
                fades = (each.fade_in, each.fade_out)
                told = ", ".join(f'"{fade.shape}", {fade.frames}' for fade in fades)
                rows.append(f'    ["{route.name} {at}"] = {{{told}}},')
            rows.append("  },")
    return "\n".join(rows)
