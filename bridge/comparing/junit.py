"""JUnit XML: one test case a pair of files, for CI services."""

from __future__ import annotations

from lxml import etree

from bridge.comparing.model import Diff, FileDiff
from bridge.comparing.wording import file_lines, headline


def junit(found: Diff) -> bytes:
    """Return the report as an XML document; equal diffs give equal bytes."""
    failures = sum(not each.within and each.verdict != "incomparable" for each in found.files)
    errors = sum(each.verdict == "incomparable" for each in found.files)
    counts = {"tests": str(len(found.files)), "failures": str(failures), "errors": str(errors)}
    top = etree.Element("testsuites", counts)
    suite = etree.SubElement(top, "testsuite", {"name": "stemwright diff", **counts})
    for each in found.files:
        case = etree.SubElement(
            suite, "testcase", classname=_plain(found.b), name=_plain(each.name)
        )
        if not each.within:
            _failed(case, each, found)
    document: bytes = etree.tostring(top, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return document


def _failed(case: etree._Element, each: FileDiff, found: Diff) -> None:
    kind = "error" if each.verdict == "incomparable" else "failure"
    reason = "; ".join([*each.reasons, *(missed.text for missed in each.missed)])
    failure = etree.SubElement(
        case, kind, type=each.verdict, message=_plain(reason or each.verdict)
    )
    first = [] if found.first_step is None else [f"first to differ: {found.first_step}"]
    failure.text = _plain("\n".join([headline(found), *first, *file_lines(each)]))


def _plain(text: str) -> str:
    """Leave out what XML 1.0 cannot hold (2.2, Characters)."""
    return "".join(each for each in text if each in "\t\n" or (each >= " " and _allowed(each)))


def _allowed(each: str) -> bool:
    return not ("\ud800" <= each <= "\udfff" or each in "\ufffe\uffff" or "\x7f" <= each <= "\x9f")
