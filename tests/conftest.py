"""What every test may ask for: the shared test material, and how hypothesis runs here."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from bridge.hosting.finding import scan
from bridge.hosting.finding.bundles import search_folders
from bridge.hosting.finding.trust import lies_in

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("STEMWRIGHT_TEST_DATA", "../shared")  # benchmarks look for it too

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background of a script; what an interrupt does is tested all the same.
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")
# Otherwise examples hang on which of our modules a test process happens to have imported.
providers._get_local_constants = providers.Constants


DEAREST = ("test_ci_example.py", "test_docs.py", "test_python_page.py", "test_cli_verify_builds.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process waits at the end for another's one test."""
    items.sort(key=lambda item: item.path.name not in DEAREST)


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Return a finder for shared test material, which skips the test where it is absent."""
    top = (ROOT / os.environ["STEMWRIGHT_TEST_DATA"]).resolve()

    def find(name: str) -> Path:
        path = top / name
        if not path.exists():
            pytest.skip(f"no {name} under STEMWRIGHT_TEST_DATA ({top})")
        return path

    return find


@pytest.fixture(scope="session")
def made_for_all_workers(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a maker of folders that exist once a run, however many processes run its tests."""
    base = tmp_path_factory.getbasetemp()
    top = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], None]) -> Path:
        folder, claim = top / name, top / f"{name} is being made"
        while not folder.exists():
            try:
                claim.mkdir()
            except FileExistsError:
                time.sleep(0.1)
                continue
            try:
                if not folder.exists():
                    make(claim / name)
                    (claim / name).rename(folder)
            finally:
                shutil.rmtree(claim)
        return folder

    return made


@pytest.fixture(scope="session")
def wheel(made_for_all_workers: Callable[..., Path]) -> Path:
    """The wheel of this tree, as a user installs it."""

    def make(folder: Path) -> None:
        build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        build += ["--no-build-isolation", "--disable-pip-version-check"]
        where = ["--wheel-dir", str(folder), str(ROOT)]
        subprocess.run([*build, *where], check=True, capture_output=True)

    (built,) = made_for_all_workers("wheel", make).glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with the wheel installed; what it needs is the suite's own."""
    top = tmp_path_factory.mktemp("environment")
    venv.create(top, symlinks=True)
    python = top / "bin" / "python"
    quiet = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps", "--no-compile"]
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", *quiet, str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    (packages,) = top.glob("lib/python3*/site-packages")
    (packages / "needed.pth").write_text(f"{sysconfig.get_path('purelib')}\n")
    script = f"#!{python}\nimport sys\nimport pytest\nsys.exit(pytest.main())\n"
    (top / "bin" / "pytest").write_text(script)
    (top / "bin" / "pytest").chmod(0o755)
    return top / "bin"


@pytest.fixture(scope="session", autouse=True)
def installed_plugins_asked_once() -> Iterator[None]:
    """What the plugins installed on this machine hold is asked once a session, not once a store.

    A search by name asks all of them in children, and most tests search for others.
    """
    ask, installed, answers = scan._ask, search_folders(), {}

    def remembered(bundle: Path, binary: Path, deadline_s: float) -> scan.Scanned:
        if not lies_in(binary, installed):
            return ask(bundle, binary, deadline_s)
        asked = (bundle, scan.stat_text(binary), deadline_s)
        if asked not in answers:
            answers[asked] = ask(bundle, binary, deadline_s)
        return answers[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_ask", remembered)
        yield


@pytest.fixture
def users_environment(tmp_path: Path) -> dict[str, str]:
    """The environment variables of a user: nothing of this suite's, and a store of their own."""
    ours = ("PYTEST", "PYTHON", "COV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "STEMWRIGHT_STORE": str(tmp_path / "store")}
