"""Real plugins, installed or built from dpf-source; command lines in process; a real browser."""

from __future__ import annotations

import base64
import json
import pickle
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import typer
from blake3 import blake3

from bridge.cli.telling import run_told
from bridge.hosting import Prepared, PrepareJob
from bridge.hosting.finding.trust import trust_folder
from bridge.hosting.hosts import IsolatedHost
from bridge.workers import crew as workers_crew
from bridge.workers.crew import Crew
from chromium import Chromium
from stemwright.files import Staged
from tests.fixtures.plugins.build import built_in, can_build, plugin_of

ZAM = Path("/usr/lib/vst3")


@pytest.fixture(scope="session", autouse=True)
def own_configuration(tmp_path_factory: pytest.TempPathFactory, run_folder: Path) -> Iterator[None]:
    """A configuration folder and a store of the suite's own.

    Whom the user trusts, and what lies in the user's store, changes no test, nor does a test change
    them. What one test heard of a stem is known to the next that does not name another store.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("configuration")))
        patch.setenv("STEMWRIGHT_STORE", str(run_folder / "the suite's store"))
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., None]:
    """Return what fills a folder: by `make` for the first that asks for `name`, then by copying.

    What a make leaves must not depend on where its folder lies.
    """
    kept: dict[str, Path] = {}

    def fill(name: str, folder: Path, make: Callable[[], None]) -> None:
        if name in kept:
            shutil.copytree(kept[name], folder, dirs_exist_ok=True)
            return
        make()
        copy = tmp_path_factory.mktemp("made") / "once"
        kept[name] = shutil.copytree(folder, copy)

    return fill


@pytest.fixture(scope="session")
def fixture_plugins(lasting_folder: Path) -> Callable[..., Path]:
    """Return a finder of fixture VST3s by kind (see Fixture.cpp), built once a source and trusted.

    The kind `crash-load` is the plugin "Fixture Crash Load", in a bundle of that name. Another
    `offset_db` is another build of the same plugin, that much louder, in a folder of its own.
    """
    if not can_build():
        pytest.skip("fixture plugins need g++ and Debian's dpf-source")
    folder = built_in(lasting_folder)
    trust_folder(folder)
    return partial(plugin_of, folder)


@pytest.fixture(scope="session")
def zam() -> Callable[[str], Path]:
    """Return a finder of zam-plugins' VST3s by name, which skips where they are not installed."""

    def find(name: str) -> Path:
        bundle = ZAM / f"{name}.vst3"
        if not bundle.exists():
            pytest.skip(f"no {name}.vst3: install zam-plugins")
        return bundle

    return find


@pytest.fixture(scope="module")
def prepared_once(run_folder: Path) -> Iterator[None]:
    """A plugin is prepared once a run, not once a store: that repeats, as its own tests show."""
    prepare, answers = IsolatedHost.prepare, run_folder / "prepared plugins"
    answers.mkdir(exist_ok=True)

    def remembered(host: IsolatedHost, job: PrepareJob, *deadline_s: float) -> Prepared:
        state = None if job.state is None else job.state.read_bytes()
        anywhere = replace(job.plugin, path=Path(job.plugin.path.name))  # its binary has a hash
        same = replace(job, plugin=anywhere, state=None, step_id="", lines={})
        asked = repr((host.name, host.version, same, state))
        known = answers / blake3(asked.encode()).hexdigest()
        if known.exists():
            answer: Prepared = pickle.loads(known.read_bytes())  # noqa: S301 - our own
            return answer
        prepared = prepare(host, job, *deadline_s)
        if not prepared.diagnostics:  # those name its place
            with Staged(known) as new:
                new.write_bytes(pickle.dumps(prepared))
        return prepared

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(IsolatedHost, "prepare", remembered)
        yield


@pytest.fixture(scope="module")
def crew_kept() -> Iterator[None]:
    """Workers that were begun serve all that a module's tests ask for: each command began its own.

    That they end with their command has tests of its own.
    """
    kept: dict[tuple[int, tuple[str, ...]], Crew] = {}

    def crew(count: int, preload: Sequence[str] = ()) -> Crew:
        key = (count, tuple(preload))
        if key in kept and kept[key]._lost:
            Crew.dismiss(kept.pop(key))
        if key not in kept:
            kept[key] = _Kept(count, preload)
        return kept[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers_crew, "Crew", crew)
        yield
    for each in kept.values():
        Crew.dismiss(each)


class _Kept(Crew):
    def dismiss(self) -> None:
        """Stay: there will be more to do."""


@pytest.fixture(scope="session")
def german(made_for_all_workers: Callable[..., Path]) -> Path | None:
    """A folder for LOCPATH with de_DE.UTF-8, which writes 0,5 for 0.5; None without its source."""
    localedef = shutil.which("localedef")
    if localedef is None or not Path("/usr/share/i18n/locales/de_DE").exists():
        return None

    def make(folder: Path) -> None:
        folder.mkdir()
        words = [str(localedef), "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")]
        subprocess.run(words, check=False, capture_output=True)  # it warns by its exit code, too

    return made_for_all_workers("locales", make)


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def command_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[typer.Typer], Callable[..., Said]]:
    """Return a runner of an app in this process, with a store of this test's own."""
    monkeypatch.setenv("STEMWRIGHT_STORE", str(tmp_path / "the store"))

    def of(app: typer.Typer) -> Callable[..., Said]:
        def call(*words: object) -> Said:
            code = run_told(app, [str(word) for word in words])
            said = capsys.readouterr()
            assert "Traceback" not in said.out + said.err
            return Said(code, said.out, said.err)

        return call

    return of


PROBES = Path(__file__).parent / "page_probes"
PHONE = (390, 800)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A browser for all the pages of a module."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no chromium: install the Debian package chromium")
    profile = tmp_path_factory.mktemp("chromium")
    browser = Chromium(program, profile)
    yield browser
    browser.close()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
def browse(chromium: Chromium, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Open a page in headless Chromium; return the `data-` attributes its root element ends with.

    `probe` names a script that is put before everything else in its head and sees `given`. The
    window has `size`, or with `phone` that of a phone.
    """

    def call(
        page: Path,
        probe: str = "",
        *,
        given: object = None,
        size: tuple[int, int] = (800, 600),
        scheme: str = "light",
        phone: bool = False,
    ) -> dict[str, str]:
        opened = tmp_path / "probed.html"
        opened.write_text(_probed(page.read_text("utf-8"), probe, given), "utf-8")
        root, said = chromium.root_of(opened, PHONE if phone else size, scheme, phone=phone)
        assert said == []
        return dict(re.findall(r'data-([a-z]+)="([^"]*)"', root))

    return call


def _probed(page: str, probe: str, given: object) -> str:
    scripts = [f"const given = {json.dumps(given)};"]
    scripts += [(PROBES / f"{each}.js").read_text("utf-8") for each in ("begin", probe) if each]
    shown = "".join(f"<script>{each}</script>" for each in scripts)
    return page.replace("<style>", f"{shown}<style>", 1)


@pytest.fixture
def played(browse: Callable[..., dict[str, str]]) -> Callable[..., np.ndarray]:
    """Return what a page sends to the loudspeaker, (2, frames) at 48 kHz, 20 ms after it starts.

    `keys` are (seconds, key), pressed while it plays.
    """

    def call(page: Path, seconds: float, keys: list[tuple[float, str]]) -> np.ndarray:
        seen = browse(page, "offline", given={"seconds": seconds, "keys": keys})
        assert seen["done"] == "yes"
        codes = np.frombuffer(base64.b64decode(seen["heard"]), np.int16)
        return codes.reshape(-1, 2).T[:, 960:] / 32767

    return call


@pytest.fixture
def blind_tests(browse: Callable[..., dict[str, str]]) -> Callable[..., list[dict[str, str]]]:
    """Do a blind test of 17 answers, every fourth wrong, for each pair; return what was shown.

    The count and p after each answer are held to scipy's binomial test here.
    """

    from scipy.stats import binomtest  # takes a second, and few tests are blind

    def call(page: Path, pairs: list[tuple[int, int] | None]) -> list[dict[str, str]]:
        seen = browse(page, "abx", given=pairs)
        assert "error" not in seen
        tests = json.loads(base64.b64decode(seen["tests"]))
        for test in tests:
            right = 0
            for n, (score, p) in enumerate(test.pop("rows"), 1):
                right += n % 4 != 0
                assert score == f"{right}/{n}"
                expected = binomtest(right, n, 0.5, alternative="greater").pvalue
                assert float(p) == pytest.approx(expected, rel=1e-12)
            assert right == 13
        return tests

    return call
