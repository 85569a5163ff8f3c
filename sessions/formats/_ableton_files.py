"""The places at which a Live set says that a sample lies."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from sessions.formats._ableton_document import Values


def written_paths(values: Values, sample: etree._Element | None) -> tuple[str, ...]:
    """Every path that a SampleRef holds for its file, the most certain first.

    Live 11 and later write it in one piece; before, as folders, and on Windows as UTF-16 in hex.
    """
    file = None if sample is None else sample.find("FileRef")
    if file is None:
        return ()
    paths = [path for path in _paths(values, file) if path]
    return tuple(dict.fromkeys(paths))


def _paths(values: Values, file: etree._Element) -> Iterator[str]:
    name = values.text(file, "Name")
    yield values.text(file, "Path")
    relative = file.find("RelativePath")
    if relative is not None and relative.get("Value"):
        yield relative.get("Value", "")
    yield _windows_path(file.findtext("Data") or "")
    if name and relative is not None:
        yield "/".join([*_folders(relative), name])
    hint = file.find("SearchHint/PathHint")
    if name and hint is not None and len(hint):
        yield "/" + "/".join([*_folders(hint), name])
    yield name


def _folders(path: etree._Element) -> list[str]:
    """Folders of a path; Live writes the way upwards as an empty one."""
    return [element.get("Dir") or ".." for element in path.iterfind("RelativePathElement")]


def _windows_path(hexadecimal: str) -> str:
    try:
        raw = bytes.fromhex("".join(hexadecimal.split()))
        text = raw.decode("utf-16-le").split("\0")[0]
    except ValueError:
        return ""
    return text if text[1:3] == ":\\" or text.startswith("\\\\") else ""
