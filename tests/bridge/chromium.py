"""Headless Chromium, begun once for many pages: told what to do in its DevTools protocol.

Every page has a context of its own: no storage and no cache of another. Time is virtual in it, so
that what a page waits for costs nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

FLAGS = (
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
    "--remote-debugging-pipe",
)
VIRTUAL_MS = 24000
SAID = ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded")
"""What a page's console shows."""
ROOT = "document.documentElement.cloneNode(false).outerHTML"

Message = dict[str, Any]


class Chromium:
    """One browser, its pipes, and what it told that nobody has looked at yet."""

    def __init__(self, program: str, profile: Path) -> None:
        commands, self._out = os.pipe()
        self._in, answers = os.pipe()
        # It reads commands at 3 and answers at 4.
        start = f'exec "$@" 3<&{commands} 4>&{answers}'
        words = [program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", start, "bash", *words],
            pass_fds=(commands, answers),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._rest = b""
        self._calls = 0
        self._told: list[Message] = []

    def root_of(
        self, page: Path, size: tuple[int, int], scheme: str, *, phone: bool
    ) -> tuple[str, list[Message]]:
        """A page's root tag once its time is over, and what its console shows.

        `size` is the window's in pixels, `scheme` what the user prefers: light or dark.
        """
        context = self._call("Target.createBrowserContext")["browserContextId"]
        try:
            new = {"url": "about:blank", "browserContextId": context}
            target = self._call("Target.createTarget", new)["targetId"]
            told = {"targetId": target, "flatten": True}
            tab = self._call("Target.attachToTarget", told)["sessionId"]
            self._told.clear()
            for domain in ("Page", "Runtime", "Log"):
                self._call(f"{domain}.enable", tab=tab)
            window = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": phone}
            self._call("Emulation.setDeviceMetricsOverride", window, tab)
            prefers = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            self._call("Emulation.setEmulatedMedia", prefers, tab)
            self._call("Emulation.setVirtualTimePolicy", {"policy": "pause"}, tab)
            self._call("Page.navigate", {"url": page.as_uri()}, tab)
            time = {"policy": "pauseIfNetworkFetchesPending", "budget": VIRTUAL_MS}
            self._call("Emulation.setVirtualTimePolicy", time, tab)
            while not self._came("Emulation.virtualTimeBudgetExpired"):
                self._told.append(self._message())
            found = self._call("Runtime.evaluate", {"expression": ROOT}, tab)
            return found["result"]["value"], [each for each in self._told if self._said(each)]
        finally:
            self._call("Target.disposeBrowserContext", {"browserContextId": context})

    def close(self) -> None:
        """End it, and wait for it."""
        with suppress(OSError):
            self._call("Browser.close")
        self._process.wait(timeout=60)
        os.close(self._in)
        os.close(self._out)

    def _came(self, method: str) -> bool:
        return any(each.get("method") == method for each in self._told)

    def _said(self, message: Message) -> bool:
        return message.get("method") in SAID

    def _call(self, method: str, given: Mapping[str, Any] | None = None, tab: str = "") -> Message:
        self._calls += 1
        call = {"id": self._calls, "method": method, "params": dict(given or {})}
        if tab:
            call["sessionId"] = tab
        left = memoryview(json.dumps(call).encode() + b"\0")
        while left:
            left = left[os.write(self._out, left) :]
        while (answer := self._message()).get("id") != self._calls:
            self._told.append(answer)
        if "error" in answer:
            raise OSError(f"{method}: {answer['error']}")
        result: Message = answer["result"]
        return result

    def _message(self) -> Message:
        parts = [self._rest]
        while b"\0" not in parts[-1]:
            part = os.read(self._in, 1 << 20)
            if not part:
                raise OSError("the browser ended")
            parts.append(part)
        first, _, self._rest = b"".join(parts).partition(b"\0")
        found: Message = json.loads(first)
        return found
