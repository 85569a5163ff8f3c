"""Text for fields that take ASCII alone, as those of bext do (EBU Tech 3285, 2)."""

from __future__ import annotations

_FIRST, _LAST = " ", "~"


def in_ascii(text: str) -> str:
    """`text` in printable ASCII: letters without their accents, other scripts romanised.

    Line ends become spaces, what nothing is known of a question mark; ASCII stays as it is.
    """
    from anyascii import anyascii  # most texts are ASCII already

    if text.isascii() and text.isprintable():
        return text
    spaced = " ".join(text.split()) if any(each.isspace() for each in text) else text
    letters = (each if each.isascii() else anyascii(each) or "?" for each in spaced)
    return "".join(each for each in "".join(letters) if _FIRST <= each <= _LAST)


def shortened(text: str, most: int) -> str:
    """The first `most` characters; three dots end what was longer."""
    return text if len(text) <= most else f"{text[: most - 3]}..."
