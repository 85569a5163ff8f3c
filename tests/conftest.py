"""What every test may ask for: the shared test material, and how hypothesis runs here."""

from __future__ import annotations

import contextlib
import functools
import gc
import io
import os
import pickle
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from blake3 import blake3
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from bridge.cli.app import CommandsOnDemand, app
from bridge.cli.telling import run_told
from bridge.hosting.finding import scan
from bridge.hosting.finding.bundles import search_folders
from bridge.hosting.finding.trust import lies_in
from stemwright.files import Staged

ROOT = Path(__file__).resolve().parent.parent

os.environ.setdefault("STEMWRIGHT_TEST_DATA", "../shared")  # benchmarks look for it too

# Every process of a run, and those that it starts, would compile all they import, and this suite.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Threads of a numerical library wait by working: there is one in each process, but a user's.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of a name that nobody guesses is made in there
ROOM_BYTES = 6 << 30


def _memory_has_room() -> bool:
    """Say whether files can lie in memory here: some 2 GB at a time, and programs among them."""
    if not os.access(MEMORY, os.W_OK) or psutil.virtual_memory().available < ROOM_BYTES:
        return False
    found = os.statvfs(MEMORY)
    return not found.f_flag & os.ST_NOEXEC and found.f_bavail * found.f_frsize >= ROOM_BYTES


# What is built once and kept from run to run stays on the disk.
os.environ.setdefault("PYTEST_LASTING", tempfile.gettempdir())
if "TMPDIR" not in os.environ and _memory_has_room():
    # A run makes and removes files by the ten thousand: on a disk it waits longer than it works.
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None  # that it is asked for again

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


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Thousands of tests stay to the end: no garbage is looked for in them, and seldom at all."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


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
def lasting_folder() -> Path:
    """Where what takes long to build is kept from run to run."""
    return Path(os.environ["PYTEST_LASTING"])


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run's, one for all the processes that run its tests."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def made_for_all_workers(run_folder: Path) -> Callable[..., Path]:
    """Return a maker of folders that exist once a run, however many processes run its tests."""

    def made(name: str, make: Callable[[Path], None]) -> Path:
        folder, claim = run_folder / name, run_folder / f"{name} is being made"
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
def demo(made_for_all_workers: Callable[..., Path]) -> Path:
    """Where `stemwright demo demo` was run once, with what it said and its store beside `demo`.

    Whoever changes anything in there does so in a copy.
    """

    def make(folder: Path) -> None:
        folder.mkdir()
        said = io.StringIO()
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
            patch.chdir(folder)
            patch.setenv("STEMWRIGHT_STORE", str(folder / "store"))
            code = run_told(app, ["demo", "demo"])
        (folder / "said.txt").write_text(said.getvalue(), encoding="utf-8")
        assert code == 0

    return made_for_all_workers("the demo", make)


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
def commands_made_once() -> Iterator[None]:
    """A command of the app is made for the first call of it: a user's process makes one at all."""
    command = functools.cache(functools.partial(CommandsOnDemand.get_command, None, None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CommandsOnDemand, "get_command", lambda _, __, name: command(name))
        yield


Ask = Callable[[Path, Path, float], scan.Scanned]


@pytest.fixture(scope="session", autouse=True)
def plugins_asked_once(run_folder: Path) -> Iterator[Ask]:
    """What a plugin's file holds is asked once a run, not once a store; yield what really asks.

    It is known by all its bytes and its name; one that fails is asked again, unless it is installed
    on this machine.
    """
    ask, installed, answers = scan._ask, search_folders(), run_folder / "what plugins hold"
    answers.mkdir(exist_ok=True)

    def remembered(bundle: Path, binary: Path, deadline_s: float) -> scan.Scanned:
        known = answers / _digest(bundle)
        if known.exists():
            answer: scan.Scanned = pickle.loads(known.read_bytes())  # noqa: S301 - our own
            return answer
        said = ask(bundle, binary, deadline_s)
        if not said.reason or lies_in(binary, installed):
            with Staged(known) as new:
                new.write_bytes(pickle.dumps(said))
        return said

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "_ask", remembered)
        yield ask


def _digest(bundle: Path) -> str:
    hasher = blake3(bundle.name.encode())
    for path in sorted(bundle.rglob("*")) if bundle.is_dir() else [bundle]:
        if path.is_file():
            hasher.update(f"{path.relative_to(bundle)}|{path.stat().st_size}|".encode())
            hasher.update(path.read_bytes())
    return hasher.hexdigest()


@pytest.fixture
def no_report() -> Iterator[None]:
    """A render puts a line in the place of its page: for tests that look at none.

    Drawing it takes most of the time of a render of a few seconds.
    """
    with _no_report():
        yield


@pytest.fixture(scope="module")
def no_report_in_module() -> Iterator[None]:
    """As `no_report`, for all that a module's fixtures and tests render."""
    with _no_report():
        yield


@contextlib.contextmanager
def _no_report() -> Iterator[None]:
    def stand_in(_pages: object, path: Path, _folder: object) -> None:
        path.write_text("<!doctype html><title>no report</title>\n", encoding="utf-8")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bridge.pages.report.rendered_page.ReportPages.write", stand_in)
        yield


@pytest.fixture
def users_environment(tmp_path: Path) -> dict[str, str]:
    """The environment variables of a user: nothing of this suite's, and a store of their own."""
    ours = ("PYTEST", "PYTHON", "COV", "OPENBLAS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "STEMWRIGHT_STORE": str(tmp_path / "store")}
