"""Changing one insert of a chain file in place: comments, order and spacing stay."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stemwright.files import Staged, check_regular
from stemwright.problems import InputError, Problem

if TYPE_CHECKING:
    from chains import Chain, Insert, Plugin


@dataclass(frozen=True)
class HostedRow:
    """One hosted insert of a chain file, and what it stands under."""

    chain: Chain
    owner: str
    insert: Insert
    settings: Plugin

    @property
    def step_id(self) -> str:
        """`<group>/<insert>`."""
        return f"{self.owner}/{self.insert.id}"

    @property
    def folder(self) -> Path:
        """Where the chain file lies."""
        return Path() if self.chain.path is None else self.chain.path.parent

    def state(self) -> Path | None:
        """The insert's state file."""
        named = self.settings.state
        return None if named is None else self.chain.resolve(named)


def hosted_row(chain: Chain, step_id: str) -> HostedRow:
    """The hosted insert `<group>/<insert>` of `chain`; InputError for any other."""
    from chains import Plugin

    for owner, insert in chain.inserts():
        if f"{owner}/{insert.id}" == step_id and isinstance(insert.settings, Plugin):
            return HostedRow(chain, owner, insert, insert.settings)
    hosted = [
        f"{owner}/{insert.id}"
        for owner, insert in chain.inserts()
        if isinstance(insert.settings, Plugin)
    ]
    raise InputError(
        Problem(
            "unknown_insert",
            f'the chain has no hosted insert "{step_id}"',
            {"file": str(chain.path)},
            expected=", ".join(hosted) or 'an insert with use = "plugin"',
        )
    )


def users_of(chain: Chain, state: Path) -> list[str]:
    """The inserts whose state is this file."""
    from chains import Plugin

    return [
        f"{owner}/{insert.id}"
        for owner, insert in chain.inserts()
        if isinstance(insert.settings, Plugin)
        and insert.settings.state is not None
        and chain.resolve(insert.settings.state).resolve() == state.resolve()
    ]


def with_state(row: HostedRow, text: str, state: Path) -> str:
    """The chain's text with the insert on `state`, and without the params that went into it."""
    from chains import with_value, without

    at = row.insert.where.at
    text = with_value(text, (*at, "state"), written(state, row.folder))
    return without(text, (*at, "params"))


def with_params(row: HostedRow, text: str, params: Mapping[str, str]) -> str:
    """The chain's text with `params` among the insert's own; those of other names stay."""
    from chains import with_value

    for name, value in params.items():
        text = with_value(text, (*row.insert.where.at, "params", name), value)
    return text


def written(state: Path, folder: Path) -> str:
    """A state's path as a chain file says it: relative to the chain, with `/`."""
    try:
        return Path(os.path.relpath(state.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive (untested)
        return state.resolve().as_posix()


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` at `path` in one step; an earlier file's mode is kept.

    Raises InputError `not_a_file` for a device, a pipe or a folder.
    """
    check_regular(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode & 0o777 if path.exists() else None
    with Staged(path, mode=mode) as staged:
        staged.write_bytes(data)
