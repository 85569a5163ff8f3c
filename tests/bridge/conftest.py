"""Real plugins for tests: zam-plugins as installed, and fixtures built from dpf-source."""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parent.parent / "fixtures" / "plugins"
DISTRHO = Path("/usr/share/dpf/distrho")
ZAM = Path("/usr/lib/vst3")
CHANNELS = {"mono": (1, 1), "wide": (1, 2)}
FLAGS = "-std=c++17 -O1 -fPIC -w -shared -fvisibility=hidden -DDISTRHO_PLUGIN_TARGET_VST3"


@pytest.fixture(scope="session")
def fixture_plugins() -> Callable[[str], Path]:
    """Return a finder of fixture VST3s by kind (see Fixture.cpp), built once a source.

    The kind `crash-load` is the plugin "Fixture Crash Load", in a bundle of that name.
    """
    compiler = shutil.which("g++")
    if compiler is None or not DISTRHO.is_dir():
        pytest.skip("fixture plugins need g++ and Debian's dpf-source")
    digest = hashlib.sha256(FLAGS.encode())
    for source in sorted(SOURCES.iterdir()):
        digest.update(source.read_bytes())
    folder = Path(tempfile.gettempdir()) / f"stemwright-fixtures-{digest.hexdigest()[:16]}"
    folder.mkdir(exist_ok=True)

    def binary(inputs: int, outputs: int) -> Path:
        target = folder / f"fixture-{inputs}-{outputs}.so"
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=folder) as made:
                new = Path(made) / target.name
                defines = [f"-DINPUTS={inputs}", f"-DOUTPUTS={outputs}"]
                places = [f"-I{SOURCES}", f"-I{DISTRHO}"]
                units = [SOURCES / "Shell.cpp", SOURCES / "Fixture.cpp"]
                command = [compiler, *FLAGS.split(), *defines, *places, *map(str, units)]
                subprocess.run([*command, "-o", str(new)], check=True)
                new.replace(target)
        return target

    def find(kind: str) -> Path:
        name = f"Fixture {kind.replace('-', ' ').title()}"
        bundle = folder / "bundles" / f"{name}.vst3"
        if not bundle.is_dir():
            with tempfile.TemporaryDirectory(dir=folder) as made:
                new = Path(made) / bundle.name
                inside = new / "Contents" / f"{platform.machine()}-linux"
                inside.mkdir(parents=True)
                shutil.copy(binary(*CHANNELS.get(kind, (2, 2))), inside / f"{name}.so")
                bundle.parent.mkdir(exist_ok=True)
                with suppress(OSError):  # another test process was first
                    new.rename(bundle)
        return bundle

    return find


@pytest.fixture(scope="session")
def zam() -> Callable[[str], Path]:
    """Return a finder of zam-plugins' VST3s by name, which skips where they are not installed."""

    def find(name: str) -> Path:
        bundle = ZAM / f"{name}.vst3"
        if not bundle.exists():
            pytest.skip(f"no {name}.vst3: install zam-plugins")
        return bundle

    return find
