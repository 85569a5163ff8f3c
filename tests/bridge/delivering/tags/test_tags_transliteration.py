"""Any text in ASCII: what is ASCII stays, all else is romanised."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from bridge.delivering.tags import in_ascii


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Plain  (two spaces)", "Plain  (two spaces)"),
        ("Björk Guðmundsdóttir", "Bjork Gudmundsdottir"),
        ("東京", "DongJing"),
        ("℗ 2026 “Straße” Łódź…", '(P) 2026 "Strasse" Lodz...'),
        ("שלום", "slvm"),
        ("one\r\ntwo\tthree", "one two three"),
        ("\ue000", "?"),
    ],
)
def test_letters_have_their_nearest(text: str, plain: str) -> None:
    assert in_ascii(text) == plain


@given(st.text())
def test_any_text_becomes_printable_ascii_and_stays_it(text: str) -> None:
    plain = in_ascii(text)
    assert plain.isascii()
    assert plain.isprintable()
    assert in_ascii(plain) == plain
