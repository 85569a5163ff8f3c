"""The page in a real browser: its script runs, its audio decodes, it fits, in dark and light."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--enable-logging=stderr",
    "--virtual-time-budget=8000",
)
_PROBE = """
<script>
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const key = (name) => document.dispatchEvent(new KeyboardEvent("keydown", { key: name }));
const pressed = () => [...document.querySelectorAll(".buttons button")]
  .map((one) => one.getAttribute("aria-pressed")).join(" ");
(async () => {
  const seen = document.documentElement.dataset;
  for (let n = 0; n < 100 && !seen.ready && !seen.error; n += 1) await wait(20);
  seen.wide = String(document.documentElement.scrollWidth - innerWidth);
  seen.before = pressed();
  key("1"); seen.first = pressed();
  key("9"); seen.ninth = pressed();
  key(" "); seen.playing = document.getElementById("play").textContent;
  key("2"); seen.second = pressed();
  await wait(200);
  key(" "); seen.stopped = document.getElementById("play").textContent;
  seen.paper = getComputedStyle(document.body).backgroundColor;
  seen.ink = getComputedStyle(document.querySelector("figure svg text")).fill;
  seen.shown = [...document.querySelectorAll("figure svg")]
    .filter((one) => getComputedStyle(one).display !== "none")
    .map((one) => one.classList[0]).join(" ");
  seen.done = "yes";
})();
</script>
"""


@pytest.fixture
def browse(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Open a page in headless Chromium; return the `data-` attributes its root element ends with.

    A frame stands for the phone, since a window has a least width.
    """
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium: install the Debian package chromium")

    def call(page: Path, *flags: str) -> dict[str, str]:
        profile = tmp_path / "profile"
        command = [browser, *_FLAGS, f"--user-data-dir={profile}", *flags, "--dump-dom"]
        done = subprocess.run(
            [*command, page.as_uri()], capture_output=True, text=True, timeout=120, check=True
        )
        shutil.rmtree(profile, ignore_errors=True)
        assert [row for row in done.stderr.splitlines() if ":CONSOLE" in row] == []
        root = re.search(r"<html([^>]*)>", done.stdout)
        assert root is not None
        return dict(re.findall(r'data-([a-z]+)="([^"]*)"', root[1]))

    return call


def _probed(page: str, folder: Path) -> Path:
    probed = folder / "probed.html"
    probed.write_text(page.replace("</body>", _PROBE + "</body>"), "utf-8")
    return probed


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_works_in_both_colour_schemes(finished, browse, tmp_path, scheme: str) -> None:
    flag = f"--blink-settings=preferredColorScheme={'01'[scheme == 'light']}"
    seen = browse(_probed(finished.page, tmp_path), flag, "--window-size=1280,900")
    assert "error" not in seen
    assert seen["ready"] == "5"
    assert seen["seconds"] == "5.00 5.00 5.00 5.00 5.00"
    assert seen["done"] == "yes"
    assert int(seen["wide"]) <= 0
    assert seen["before"] == "false false false true false"
    assert seen["first"] == seen["ninth"] == "true false false false false"
    assert seen["second"] == "false true false false false"
    assert (seen["playing"], seen["stopped"]) == ("Stop", "Play")
    assert set(seen["shown"].split()) == {"wide"}
    paper, ink = (
        sum(map(int, re.findall(r"\d+", seen[name])[:3])) / 765 for name in ("paper", "ink")
    )
    assert abs(paper - ink) > 0.5
    assert (paper > 0.5) == (scheme == "light")


def test_a_phone_scrolls_in_one_direction_alone(finished, browse, tmp_path) -> None:
    page = _probed(finished.page, tmp_path)
    frame = page.with_name("phone.html")
    frame.write_text(
        '<!doctype html><html><body style="margin:0"><iframe src="probed.html" '
        'style="width:390px;height:800px;border:0"></iframe><script>'
        'const inside = document.querySelector("iframe"); inside.onload = () => setTimeout(() => '
        "Object.assign(document.documentElement.dataset, "
        "inside.contentDocument.documentElement.dataset), 4000);</script></body></html>",
        "utf-8",
    )
    seen = browse(frame, "--allow-file-access-from-files", "--window-size=600,900")
    assert "error" not in seen
    assert seen["done"] == "yes"
    assert int(seen["wide"]) <= 0
    assert set(seen["shown"].split()) == {"narrow"}


def test_a_page_without_audio_says_so_and_raises_nothing(finished, browse, tmp_path) -> None:
    page = tmp_path / "silent.html"
    text = re.sub(r'<script type="application/json".*?</script>', "", finished.page)
    page.write_text(text, "utf-8")
    seen = browse(page)
    assert seen == {"ready": "0"}
