"""What was changed between two renders, in the words of the chain: what it was and what it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bridge.comparing import Diff
from bridge.finished import RenderFolder, open_render
from bridge.pages import change, table, tag, text
from chains import Chain, Version, describe_chain

Change = tuple[str, str, str]
"""Where, what A has, what B has; an en dash where one has nothing there."""

_NOTHING = "\N{EN DASH}"
_ENGINE = (
    *("host", "buffer_size", "sample_rate_hz", "tempo_bpm", "tail_s"),
    *("host_version", "offline", "transport"),
)


def changes_table(diff: Diff) -> str:
    """The section that leads a page; nothing unless both sides are renders of ours."""
    renders = _render(diff.a), _render(diff.b)
    if renders[0] is None or renders[1] is None:
        return ""
    found = [*changes(renders[0], renders[1])]
    moved = "" if diff.renderings is None else _groups(diff)
    if not found:
        return tag("p", "Chain, settings, plugins, stems and engine are the same.") + moved
    return table(("Changed", "A", "B"), found, "What was changed", words=True) + moved


def _groups(diff: Diff) -> str:
    """Which groups sound otherwise, and by how much their level moved."""
    assert diff.renderings is not None  # noqa: S101 - narrows for the type checker
    moved = [each for each in diff.renderings.groups if not each.same]
    said = ", ".join(
        each.id + ("" if not each.level_delta_db else f" ({change(each.level_delta_db, 2, 'dB')})")
        for each in moved
    )
    first = diff.first_step
    parts = [f"First to differ, in signal order: {first}. "] if first else []
    parts += [f"Groups that differ after their inserts: {said}."] if said else []
    return tag("p", text("".join(parts)), class_="hint") if parts else ""


def _render(place: str) -> RenderFolder | None:
    """The render a folder is, or a file is part of."""
    path = Path(place)
    folder = path if path.is_dir() else path.parent
    found = open_render(folder)
    if found is None or path.is_dir():
        return found
    files = [each.path for each in found.record.outputs]
    return found if path.name in files else None


def changes(a: RenderFolder, b: RenderFolder) -> Iterator[Change]:
    """Everything that was set, chosen or given otherwise, in signal order."""
    for group in dict.fromkeys([*a.groups, *b.groups]):
        yield from _apart(group, _stems(a, group), _stems(b, group))
    one, other = _words(a), _words(b)
    yield from _rows(one, other)
    yield from _rows(_plugins(a), _plugins(b))
    yield from _rows(_engine(a), _engine(b))


def _rows(one: Mapping[str, str], other: Mapping[str, str]) -> Iterator[Change]:
    for name in {**one, **other}:
        yield from _apart(name, one.get(name), other.get(name))


def _apart(name: str, one: str | None, other: str | None) -> Iterator[Change]:
    if one != other:
        yield name, one or _NOTHING, other or _NOTHING


def _stems(render: RenderFolder, group: str) -> str:
    """A group's stems by name and the head of what they hold."""
    sources = render.sources(group)
    return ", ".join(f"{name} {''.join(pcm)[:8]}" for name, (_, *pcm) in sorted(sources.items()))


def _words(render: RenderFolder) -> dict[str, str]:
    """Every fader, trim, send, insert, target and version of a chain, in signal order."""
    chain = render.chain
    if chain is None:
        return {}
    found = dict(_faders(chain))
    found |= dict(describe_chain(chain))
    if chain.target is not None:
        loudness = chain.target.integrated_lufs
        found["target"] = "no loudness" if loudness is None else f"{loudness:g} LUFS"
        found["ceiling"] = f"{chain.target.true_peak_dbtp:g} dBTP"
    drive = render.record.drive_db
    if drive is not None:
        found["drive"] = f"{drive:+.2f} dB"
    found |= {f"version {each.id}": _version(each) for each in chain.versions}
    return found


def _faders(chain: Chain) -> Iterator[tuple[str, str]]:
    for group in chain.groups:
        yield f"{group.id} trim", f"{group.trim_db:+g} dB"
        yield f"{group.id} fader", f"{group.gain_db:+g} dB"
        for name, gain_db in group.sends:
            yield f"{group.id} send to {name}", f"{gain_db:+g} dB"
    for back in chain.returns:
        yield f"{back.id} fader", f"{back.gain_db:+g} dB"


def _version(version: Version) -> str:
    rows = [("mute", version.mute), ("only", version.only), ("dynamics", (version.dynamics,))]
    return ", ".join(f"{name} {' '.join(value)}" for name, value in rows if value)


def _plugins(render: RenderFolder) -> dict[str, str]:
    """Every plugin by version and the heads of its binary's and its state's hashes."""
    return {
        f"{row.step} plugin": " ".join(
            each
            for each in (
                row.name,
                row.version,
                row.binary[:8],
                f"state {row.state[:8]}" if row.state else "",
            )
            if each
        )
        for row in (render.lock.plugins if render.lock else ())
    }


def _engine(render: RenderFolder) -> dict[str, str]:
    if render.lock is None:
        return {}
    return {"stemwright": render.lock.stemwright} | {
        name.replace("_", " "): str(value)
        for name in _ENGINE
        if (value := getattr(render.lock.engine, name)) is not None
    }
