"""The mail to the client: every language has every phrase, and nothing in it breaks."""

from __future__ import annotations

import pytest

from bridge.checking import CODES, LANGUAGES, CheckReport, Finding, StemFindings, letters


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_phrases(language: str) -> None:
    assert letters(language).phrases.keys() == letters("en").phrases.keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_is_found_at_its_worst_makes_a_mail(language: str) -> None:
    written = letters(language)
    for code in CODES:
        found = Finding(f"{code.name}-1", code.name, code.worst, ("kick", "snare"), 1.0, 2.0, 3.5)
        mail = written.letter(CheckReport((StemFindings("kick", (found,)),)), "Song")
        lines = [line for line in mail.splitlines() if line.startswith("- ")]
        phrase = written.phrases.get(code.name)
        told = phrase is not None and (code.worst == "major" or phrase.minor)
        assert len(lines) == told, code.name
        assert "{" not in mail
        if code.worst == "major":
            assert told or code.name == "hum", code.name
