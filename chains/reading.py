"""Reading a chain file: text to Chain, or every fault in it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chains.faults import ChainError, Fault
from chains.lines import Source
from chains.model import Chain
from chains.toml_file import FileKind, of_this_schema, toml_data, toml_text
from chains.validation import chain_of, faults_over
from chains.wire import CURRENT

CHAIN = FileKind(
    noun="chain",
    current=CURRENT,
    minimum=f"schema = {CURRENT} and at least one [[group]]",
    example="chains/library/template.toml",
    error=ChainError,
)

LIBRARY = Path(__file__).with_name("library")
"""The folder of the chains that come with stemwright."""


def load(path: Path | str) -> Chain:
    """Read a chain file.

    Paths inside it are relative to its folder, and state files must exist. Raises ChainError with
    all faults, each with file:line; a text that is not TOML has one, where its grammar broke.
    """
    path = Path(path)
    return loads(toml_text(path, CHAIN), path)


def loads(text: str, path: Path | None = None) -> Chain:
    """Read a chain from text; `path` is the file it stands for, if any.

    Without a path, relative state files are not looked for. Raises ChainError as `load` does.
    """
    file = None if path is None else str(path)
    data, source = toml_data(text.removeprefix("\ufeff"), file, CHAIN)
    data, faults = of_this_schema(data, source, CHAIN)
    return chain_of(data, source, path, faults)


def override_faults(path: Path, overrides: Mapping[str, Any], source: Source) -> tuple[Fault, ...]:
    """What settings of one song have wrong over a chain file that is wrong itself.

    `overrides` and `source` are as `overridden` takes them. The chain's own faults are not among
    them; over a file that is no TOML there are none.
    """
    try:
        data, own = toml_data(toml_text(path, CHAIN).removeprefix("\ufeff"), str(path), CHAIN)
        data, _ = of_this_schema(data, own, CHAIN)
    except ChainError:
        return ()
    return faults_over(data, own, path, overrides, source)
