"""chain.lock and render.json as texts: every key in its order, every number in its format.

What differs between machines and versions is left out by name: HASH, FULL (a float in all its
digits), SECONDS, VERSION.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LEFT_OUT = (
    (r'"[0-9a-f]{64}"', '"HASH"'),
    (r"-?\d+\.\d{7,}(e-\d+)?", "FULL"),
    (r'"seconds": \d+\.\d{1,3}\b', '"seconds": SECONDS'),
    (r'"(stemwright|host_version)": "[^"]+"', r'"\1": "VERSION"'),
)


def masked(text: str) -> str:
    for pattern, word in LEFT_OUT:
        text = re.sub(pattern, word, text)
    return text


WRITTEN = Path(__file__).with_name("layout")
"""The texts as they are to be, of one song."""


@pytest.mark.parametrize("name", ["chain.lock", "render.json"], ids=["lock", "record"])
def test_the_text_of_what_is_written_is_this(tiny_song: Path, name: str) -> None:
    expected = (WRITTEN / f"{name}.txt").read_text(encoding="utf-8")
    assert masked((tiny_song / "out" / name).read_text(encoding="utf-8")) == expected
