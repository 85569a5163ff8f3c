"""The page of a stem check in a real browser: marks, keys, pictures, and what is heard."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import numpy as np
import pytest

from tests.bridge.pages.check.conftest import RATE_HZ, Song, finding, noise

Browse = Callable[..., dict[str, str]]


def _broken(song: Song) -> list[str]:
    """Two stems with clicks, more of them than are shown, and one that is there twice."""
    song.write("kick", noise(6.0, seed=1))
    song.write("bass", noise(6.0, seed=2))
    told = [song.tell("clicks", "kick", 1.0 + n, 1.0 + n, 20.0 - n) for n in range(5)]
    song.between.append(finding("duplicate", ("kick", "bass"), 0.0, 6.0, 0.99))
    return told


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_marks_keys_and_pictures_in_both_colour_schemes(
    song: Song, browse: Browse, scheme: str
) -> None:
    told = _broken(song)
    page = song.folder / "page.html"
    page.write_text(song.page(), "utf-8")
    seen = browse(page, "check", given={"mark": 1}, size=(1280, 900), scheme=scheme)
    assert "error" not in seen
    assert (seen["done"], seen["marks"], seen["missing"]) == ("yes", "5", "0")
    assert int(seen["wide"]) <= 0
    assert seen["marked"] == f"{told[1]} {told[1]}"
    assert seen["steps"] == f"{told[2]} {told[1]} {told[0]}"
    assert (seen["began"], seen["stopped"]) == ("true Stop", "no Play")
    sought = re.fullmatch(r"0:0(\d\.\d+)", seen["sought"])
    assert sought is not None
    assert float(sought[1]) == pytest.approx(2.0, abs=0.1)
    assert (seen["switched"], seen["alone"]) == ("0 1 true", "1")
    assert seen["folded"] == "false true"
    paper, ink = (
        sum(map(int, re.findall(r"\d+", seen[name])[:3])) / 765 for name in ("paper", "ink")
    )
    assert abs(paper - ink) > 0.4
    assert (paper > 0.5) == (scheme == "light")


def test_a_phone_scrolls_in_one_direction_alone(song: Song, browse: Browse) -> None:
    _broken(song)
    page = song.folder / "page.html"
    page.write_text(song.page("A song with rather a long name " * 4), "utf-8")
    seen = browse(page, "check", given={"mark": 0}, phone=True)
    assert "error" not in seen
    assert seen["done"] == "yes"
    assert int(seen["wide"]) <= 0


def test_the_loudspeaker_is_given_the_place_that_is_told(song: Song, browse: Browse) -> None:
    samples = noise(6.0)
    song.write("kick", samples)
    told = song.tell("clicks", "kick", 3.0, 3.0)
    page = song.folder / "page.html"
    page.write_text(song.page(), "utf-8")
    seen = browse(page, "place", given={"card": told, "seconds": 2.2, "keys": []})
    assert (seen["done"], "error" in seen) == ("yes", False)
    codes = np.frombuffer(base64.b64decode(seen["heard"]), np.int16)
    heard = codes.reshape(-1, 2).T[:, 960:] / 32767  # it begins after 20 ms
    start, frames = 2 * RATE_HZ, 2 * RATE_HZ
    edge = round(0.01 * RATE_HZ)  # where it fades, and comes again
    inside = slice(edge, frames - edge)
    assert np.abs(heard[:, inside] - samples[:, start:][:, inside]).max() < 2e-4
    again = heard[:, frames + edge : frames + 4000]
    assert np.abs(again - samples[:, start + edge :][:, : again.shape[1]]).max() < 2e-4
