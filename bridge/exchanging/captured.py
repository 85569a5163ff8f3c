"""A track, a bus, the master or a whole mixer of a DAW session, as a chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bridge.exchanging.lifting import LiftedInsert, lift, slug
from bridge.exchanging.mixer import (
    RESERVED,
    Rack,
    automated,
    db,
    mixer_of,
    names_of,
    sends_of,
    stems_in,
    trim_of,
)
from chains import Chain, Group, Return
from sessions import Session, Track
from stemwright.problems import Diagnostic, InputError, Problem
from stemwright.words import nearest

PickKind = Literal["track", "bus", "master", "all"]
REST = ("*",)
_BUSES = frozenset({"group", "return", "folder", "master"})


@dataclass(frozen=True)
class Pick:
    """What of a session is captured."""

    kind: PickKind
    name: str = ""


@dataclass(frozen=True)
class Difference:
    """One thing in which a session is not the chain it came from."""

    where: str
    what: str
    before: str
    after: str

    def as_json(self) -> dict[str, str]:
        """The object of the `differences` list."""
        return {"where": self.where, "what": self.what, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Captured:
    """A chain with its state files, by path below it, and what came of each device."""

    chain: Chain
    states: Mapping[str, bytes] = field(default_factory=dict)
    lifted: tuple[LiftedInsert, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    differences: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What `capture --json` prints beside the chain's path."""
        return {
            "lifted": [
                {
                    "insert": each.step_id,
                    "plugin": each.device.name,
                    "vendor": each.device.vendor,
                    "format": each.device.format,
                    "id": each.device.id,
                    "bypass": each.insert.bypass,
                    "mix": each.insert.mix,
                    "state": each.state_path,
                }
                for each in self.lifted
            ],
            "differences": [each.as_json() for each in self.differences],
            "diagnostics": [each.as_json() for each in self.diagnostics],
        }


def capture(session: Session, pick: Pick, name: str = "") -> Captured:
    """Lift what `pick` means; `name` is the chain's, by default the track's.

    Raises InputError for a track that is not there, or is there twice.
    """
    if pick.kind == "all":
        return _captured_all(session, name)
    track = _found(session, pick)
    owner = "master" if pick.kind == "master" else slug(track.name, RESERVED)
    inserts, told = lift(owner, track.devices, names_of(session))
    row = tuple(each.insert for each in inserts)
    rest = Group("mix" if owner != "mix" else "stems", REST)
    title = name or track.name
    if pick.kind == "master":
        chain = Chain(name=title, groups=(rest,), master=row)
    elif track.kind == "return":
        chain = Chain(name=title, groups=(rest,), returns=(Return(owner, inserts=row),))
    else:
        chain = Chain(name=title, groups=(Group(owner, _selectors(session, track), inserts=row),))
    diagnostics = (*told, *automated(track), *_empty(inserts, track.name))
    return Captured(chain, _states(inserts), inserts, diagnostics)


def _captured_all(session: Session, name: str) -> Captured:
    mixer = mixer_of(session)
    lifted = tuple(each for rack in mixer.racks for each in rack.inserts)
    ids = {rack.track.id: rack.owner for rack in mixer.returns}
    chain = Chain(
        name=name or dict(session.provenance).get("title", "") or "Captured",
        groups=tuple(_group(session, rack, ids) for rack in mixer.groups),
        returns=tuple(
            Return(rack.owner, db(rack.track.gain_db), _row(rack)) for rack in mixer.returns
        ),
        master=_row(mixer.master),
    )
    if not chain.groups:
        raise InputError(
            Problem(
                "nothing_to_capture",
                "the session has no track that could be a group",
                expected="audio tracks or groups of them",
                hint="to lift one row of plugins alone use --track, --bus or --master",
            )
        )
    diagnostics = (*mixer.diagnostics, *_empty(lifted, "the session"))
    return Captured(chain, _states(lifted), lifted, diagnostics)


def _empty(lifted: Sequence[LiftedInsert], name: str) -> tuple[Diagnostic, ...]:
    """The warning that nothing was lifted from what is called `name`."""
    if lifted:
        return ()
    message = f"{name} has no plugin that could be lifted: the chain has no insert"
    return (Diagnostic("warning", "nothing_lifted", name, message),)


def _group(session: Session, rack: Rack, returns: Mapping[str, str]) -> Group:
    return Group(
        id=rack.owner,
        stems=_selectors(session, rack.track),
        trim_db=trim_of(session, rack.track) or 0.0,
        gain_db=db(rack.track.gain_db),
        sends=sends_of(rack.track, returns),
        inserts=_row(rack),
    )


def _row(rack: Rack) -> tuple[Any, ...]:
    return (*(each.insert for each in rack.inserts), *rack.knobs)


def _states(inserts: Sequence[LiftedInsert]) -> dict[str, bytes]:
    return {
        each.state_path: each.state
        for each in inserts
        if each.state_path is not None and each.state is not None
    }


def _selectors(session: Session, track: Track) -> tuple[str, ...]:
    """The stems' names, as globs that mean nothing but them."""
    names = [each.name for each in stems_in(session, track) if each.name.strip()]
    escaped = ["".join(f"[{c}]" if c in "*?[" else c for c in name) for name in names]
    return tuple(dict.fromkeys(escaped)) or REST


def _found(session: Session, pick: Pick) -> Track:
    if pick.kind == "master":
        found = [track for track in session.tracks if track.kind == "master"]
        return found[0] if found else Track("master", "Master", "master")
    eligible = [
        track
        for track in session.tracks
        if track.kind != "master" and (pick.kind == "track" or track.kind in _BUSES)
    ]
    wanted = pick.name.casefold()
    found = [track for track in eligible if track.name.casefold() == wanted]
    found = found or [track for track in eligible if track.id.casefold() == wanted]
    if len(found) == 1:
        return found[0]
    raise InputError(_ambiguous(pick, found) if found else _unknown(pick, eligible))


def _unknown(pick: Pick, eligible: Sequence[Track]) -> Problem:
    names = [track.name for track in eligible]
    return Problem(
        "unknown_track",
        f'the session has no {pick.kind} called "{pick.name}"',
        expected=", ".join(names) or f"a {pick.kind}",
        nearest=nearest(pick.name, names),
        hint="see the names with stemwright read SESSION",
    )


def _ambiguous(pick: Pick, found: Sequence[Track]) -> Problem:
    return Problem(
        "ambiguous_track",
        f'{len(found)} tracks are called "{pick.name}"',
        expected="one of the ids " + ", ".join(track.id for track in found),
        hint="name the one you mean by its id",
    )
