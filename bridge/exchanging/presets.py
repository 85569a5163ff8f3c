"""A folder of preset files, in natural order, as a row of devices."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bridge.exchanging.captured import Captured
from bridge.exchanging.lifting import lift
from bridge.hosting import audio_unit_class_id
from chains import Chain, Group
from sessions import (
    FORMAT as REAPER,
    Device,
    DeviceState,
    StateError,
    fxp_file,
    natural_key,
    parse_fxp,
    vstpreset_file,
)
from stemwright.problems import Diagnostic, InputError, Problem

_TFX_ROUTE = (
    "Pro Tools keeps .tfx to itself. Open the plugin's VST3 in a DAW that hosts it (REAPER,"
    " Cubase, Studio One), set it as in Pro Tools or load the plugin's own preset there, save a"
    " .vstpreset (or .RfxChain), and put that file into the folder; or set the values by name:"
    " stemwright plugins set CHAIN INSERT NAME=VALUE"
)


def capture_presets(folder: Path, name: str = "") -> Captured:
    """Build a chain whose master row is the presets in `folder`, in natural order.

    Reads .vstpreset, .fxp, .fxb, .RfxChain and .aupreset (the last untested). Raises InputError
    for a folder without any, for a .tfx, and for presets that cannot be read: all at once.
    """
    files = _listed(folder)
    refused = [_refusal(path) for path in files if path.suffix.lower() == ".tfx"]
    devices: list[Device] = []
    told: list[Diagnostic] = []
    for path in files:
        reader = _READERS.get(path.suffix.lower())
        if reader is None:
            if path.suffix.lower() != ".tfx":
                message = f"{path.name} is no preset that is read, and was left out"
                told.append(Diagnostic("note", "not_a_preset", path.name, message))
            continue
        try:
            devices += reader(path)
        except StateError as error:
            refused.append(_damaged(path, error))
    if refused:
        raise InputError(refused)
    if not devices:
        raise InputError(_empty(folder))
    inserts, doubts = lift("master", devices, {})
    chain = Chain(
        name=name or folder.resolve().name,
        groups=(Group("mix", ("*",)),),
        master=tuple(each.insert for each in inserts),
    )
    states = {
        each.state_path: each.state
        for each in inserts
        if each.state_path is not None and each.state is not None
    }
    return Captured(chain, states, inserts, (*told, *doubts))


def _listed(folder: Path) -> list[Path]:
    try:
        files = [path for path in folder.iterdir() if path.is_file() and path.name[0] != "."]
    except OSError as error:
        raise InputError(
            Problem(
                "unreadable_folder",
                f"the folder cannot be read: {error.strerror or error}",
                {"file": str(folder)},
                expected="a folder of preset files",
            )
        ) from error
    return sorted(files, key=lambda path: natural_key(path.name))


def _vst3(path: Path) -> Sequence[Device]:
    state = vstpreset_file(path.read_bytes())
    return [Device(_label(path), "", "VST3", state.class_id or "", state=state, label=_label(path))]


def _vst2(path: Path) -> Sequence[Device]:
    state = fxp_file(path.read_bytes())
    number = parse_fxp(state.data).unique_id
    signed = number - (1 << 32 if number >= 1 << 31 else 0)
    return [Device(_label(path), "", "VST2", str(signed), state=state, label=_label(path))]


def _chain(path: Path) -> Sequence[Device]:
    return [device for track in REAPER.read([path]).tracks for device in track.devices]


def _audio_unit(path: Path) -> Sequence[Device]:
    data = path.read_bytes()
    found = audio_unit_class_id(data)
    if found is None:
        raise StateError("no Audio Unit preset: type, subtype and manufacturer are not in it")
    state = DeviceState("au_plist", data)
    name = _label(path)
    return [Device(name, "", "AU", found.replace(":", " "), state=state, label=name)]


_READERS = {
    ".vstpreset": _vst3,
    ".fxp": _vst2,
    ".fxb": _vst2,
    ".rfxchain": _chain,
    ".aupreset": _audio_unit,
}


def _label(path: Path) -> str:
    """The file's name without the number that only orders it."""
    stem = path.stem
    plain = stem.lstrip("0123456789").lstrip(" _-.")
    return plain or stem


def _refusal(path: Path) -> Problem:
    return Problem(
        "tfx_unreadable",
        f"{path.name} is a Pro Tools preset, which no other program reads",
        {"file": str(path)},
        expected="a .vstpreset, .fxp, .fxb, .RfxChain or .aupreset",
        hint=_TFX_ROUTE,
    )


def _damaged(path: Path, error: Exception) -> Problem:
    return Problem(
        "bad_preset",
        f"{path.name} is not the preset its name says: {error}",
        {"file": str(path)},
        hint="save the preset again in the DAW",
    )


def _empty(folder: Path) -> Problem:
    return Problem(
        "no_presets",
        "there is no preset file in the folder",
        {"file": str(folder)},
        expected="files that end in .vstpreset, .fxp, .fxb, .RfxChain or .aupreset",
        hint="save a preset of each plugin into it, numbered in the order of the signal",
    )
