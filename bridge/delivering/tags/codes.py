"""Identifiers and dates with rules of their own: each is put into its one form, or refused."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple


class Refusal(NamedTuple):
    """Why a value is none of its kind: `kind` of the fault, what is wrong, what is expected."""

    kind: str
    wrong: str
    expected: str


_ISRC = "two letters, three letters or digits, two digits of the year, five digits: GB-AYE-06-01498"
_BARCODE = "12 digits (UPC-A) or 13 (EAN-13), the last the check digit: 036000291452"
_ISWC = "T, nine digits and a check digit: T-034.524.680-1"
_DATE = "a date such as 2026-12-04, 2026-12 or 2026"
_LANGUAGE = "three letters of ISO 639-2: eng, deu, jpn; zxx where there are no words"
_COPYRIGHT = "a year and who holds the right: 2026 Night Records"

_PLAIN_ISWC = re.compile(r"T[-.\s]?(\d{3})[.-]?(\d{3})[.-]?(\d{3})[-.\s]?(\d)", re.IGNORECASE)
_PLAIN_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_MARK = re.compile(r"^(?:©|℗|\([cCpP]\))\s*")
_YEAR_AND_NAME = re.compile(r"\d{4} \S.*", re.ASCII | re.DOTALL)


def isrc(text: str) -> str | Refusal:
    """An ISRC (ISO 3901) without hyphens, in capitals."""
    from stdnum import isrc as standard
    from stdnum.exceptions import InvalidComponent, ValidationError

    try:
        return str(standard.validate(text))
    except InvalidComponent:
        said = standard.compact(text)
        return Refusal("bad_isrc", f'is "{text}": no agency has the prefix {said[:2]}', _ISRC)
    except ValidationError:
        return Refusal("bad_isrc", f'is "{text}", which is no ISRC', _ISRC)


def barcode(text: str) -> str | Refusal:
    """The digits of a UPC-A or an EAN-13, its check digit right."""
    from stdnum import ean

    digits = str(ean.compact(text))
    if not (digits.isascii() and digits.isdigit() and len(digits) in (12, 13)):
        return Refusal("bad_barcode", f'is "{text}", which is no UPC or EAN', _BARCODE)
    check = str(ean.calc_check_digit(digits[:-1]))
    if check != digits[-1]:
        wrong = f'is "{text}": the check digit of {digits[:-1]} is {check}, not {digits[-1]}'
        return Refusal("bad_barcode", wrong, _BARCODE)
    return digits


def iswc(text: str) -> str | Refusal:
    """An ISWC (ISO 15707) as it is printed, its check digit right."""
    found = _PLAIN_ISWC.fullmatch(text.strip())
    if found is None or not text.isascii():
        return Refusal("bad_iswc", f'is "{text}", which is no ISWC', _ISWC)
    digits = "".join(found.groups()[:3])
    check = -(1 + sum(at * int(each) for at, each in enumerate(digits, 1))) % 10
    if check != int(found[4]):
        wrong = f'is "{text}": the check digit of T-{digits} is {check}, not {found[4]}'
        return Refusal("bad_iswc", wrong, _ISWC)
    return f"T-{found[1]}.{found[2]}.{found[3]}-{found[4]}"


def iso_date(text: str) -> str | Refusal:
    """A date of the calendar: a day, a month or a year."""
    found = _PLAIN_DATE.fullmatch(text.strip())
    try:
        if found is not None:
            date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
            return found[0]
    except ValueError:
        pass
    return Refusal("bad_date", f'is "{text}", which is no date', _DATE)


def language(text: str) -> str | Refusal:
    """A code of three letters, in small letters."""
    code = text.strip().lower()
    if len(code) == 3 and code.isascii() and code.isalpha():
        return code
    return Refusal("bad_language", f'is "{text}"', _LANGUAGE)


def copyright_notice(text: str) -> str | Refusal:
    """A year and a name without its mark: readers put © or ℗ before it (ID3v2.4, 4.2.5)."""
    notice = _MARK.sub("", text.strip())
    if _YEAR_AND_NAME.fullmatch(notice):
        return notice
    return Refusal("bad_copyright", f'is "{text}"', _COPYRIGHT)


def wrong_code(field: str, text: str) -> str | None:
    """What is wrong with an isrc or a barcode that a file has; None where it is right."""
    found = {"isrc": isrc, "barcode": barcode}[field](text)
    return found.wrong if isinstance(found, Refusal) else None
