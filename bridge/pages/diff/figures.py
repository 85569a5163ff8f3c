"""What the page says: what was changed in the words of the chain, then the figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from bridge.comparing import (
    EVERY_STEPS,
    STEPS_PER_S,
    WINDOW_STEPS,
    Diff,
    FileDiff,
    Residual,
    alignment_words,
    level_change,
)
from bridge.finished import RenderFolder, open_render
from bridge.pages import Chart, Curve, change, chart, clock, figure, table, tag, text, time_ticks
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
    gains = tuple(f"{group} {gain_db:+g} dB" for group, gain_db in version.gain_db)
    ends = () if version.limiter else ("none",)
    rows = [("mute", version.mute), ("only", version.only), ("dynamics", (version.dynamics,))]
    rows += [("gain", gains), ("limiter", ends)]
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


_READINGS = (
    ("Integrated, LUFS", "integrated_lufs"),
    ("Loudness range, LU", "loudness_range_lu"),
    ("Max short-term, LUFS", "short_term_max_lufs"),
    ("True peak, dBTP", "true_peak_dbtp"),
    ("PLR, dB", "plr_db"),
    ("Lowest PSR, dB", "psr_min_db"),
)
_SHOWN = 5
_TICKS_HZ = ((31.5, "31.5"), (125, "125"), (500, "500"), (2000, "2k"), (8000, "8k"), (16000, "16k"))
_MOST_DELTA_LU = 40.0


def sound_table(found: FileDiff) -> str:
    """Loudness, peaks, dynamics and width of both; nothing where they were not measured."""
    if found.sounds is None:
        return ""
    one, other = found.sounds
    rows = [
        _row(name, getattr(one.measures, reading), getattr(other.measures, reading))
        for name, reading in _READINGS
    ]
    if found.channels == 2:
        rows.append(_row("Width, dB", one.width_db, other.width_db))
        rows.append(_row("Lost in mono, dB", one.mono_loss_db, other.mono_loss_db))
    return table(("", "A", "B", "B minus A"), rows, "Figures of both files")


def _row(name: str, a: float, b: float) -> tuple[str, ...]:
    return (name, figure(a, 2), figure(b, 2), change(level_change(a, b), 3))


def residual_table(found: FileDiff) -> str:
    """The residual as the files are, and after alignment; the sides one by one."""
    if found.raw is None or found.aligned is None:
        return ""
    rows = [
        ("As they are", *_levels(found.raw.peak_dbfs, found.raw.rms_dbfs)),
        ("Aligned", *_levels(found.aligned.peak_dbfs, found.aligned.rms_dbfs)),
    ]
    if len(found.aligned.channels) > 1:
        sides = found.aligned.channels
        rows += [
            (f"Aligned, {each.name}", *_levels(each.peak_dbfs, each.rms_dbfs)) for each in sides
        ]
    head = ("B minus A", "Peak, dBFS", "RMS, dBFS")
    return table(head, rows, "The residual") + tag("p", text(_aligned(found)), class_="hint")


def _levels(peak_dbfs: float, rms_dbfs: float) -> tuple[str, str]:
    return figure(peak_dbfs, 2), figure(rms_dbfs, 2)


def _aligned(found: FileDiff) -> str:
    if found.alignment is None:
        return f"No alignment was found (correlation {found.confidence:.2f})."
    words = alignment_words(found.alignment)
    return f"B is {words}; aligned, that is undone." if words else "B needs no alignment."


def worst_table(left: Residual) -> str:
    """The loudest moments and third-octave bands of the residual."""
    moments = [
        (clock(each.start_s), *_levels(each.peak_dbfs, each.rms_dbfs))
        for each in left.windows[:_SHOWN]
    ]
    bands = [
        (_hz(each.hz), figure(each.residual_dbfs, 2), change(each.change_db))
        for each in left.bands[:_SHOWN]
        if math.isfinite(each.residual_dbfs)
    ]
    if not moments and not bands:
        return tag("p", "Nothing differs once both are aligned.")
    when = table(("Worst at", "Peak, dBFS", "RMS, dBFS"), moments, "The loudest moments")
    pitch = table(("Worst around", "RMS, dBFS", "B over A, dB"), bands, "The loudest bands")
    return tag("div", when + pitch, class_="pair")


def _hz(value: float) -> str:
    return f"{value / 1000:g} kHz" if value >= 1000 else f"{value:g} Hz"


def spectrum_charts(left: Residual) -> str:
    """How B's level differs by third octave, and how loud A and the residual are there."""
    bands = sorted(left.bands, key=lambda each: each.hz)
    if not bands:
        return ""
    at = {each.hz: float(n) for n, each in enumerate(bands)}
    reach = (-0.5, len(bands) - 0.5)
    ticks = tuple((at[hz], name) for hz, name in _TICKS_HZ if hz in at)
    moved = Curve("B over A", "b", tuple((at[e.hz], e.change_db) for e in bands), bars=True)
    levels = tuple(
        Curve(name, colour, tuple((at[hz], y) for hz, y in points if math.isfinite(y)))
        for name, colour, points in (
            ("A", "a", [(each.hz, each.a_dbfs) for each in bands]),
            ("B minus A", "n", [(each.hz, each.residual_dbfs) for each in bands]),
        )
    )
    return chart(
        Chart("Spectrum difference", "dB a third of an octave", "Hz", (moved,), ticks, reach)
    ) + chart(Chart("A and what remains", "dBFS a third of an octave", "Hz", levels, ticks, reach))


def loudness_charts(found: FileDiff) -> str:
    """Short-term loudness of both over time, and how they differ."""
    if found.sounds is None:
        return ""
    curves = [sound.short_term_lufs for sound in found.sounds]
    if not all(curves):
        return tag("p", "Too short for a short-term curve (3 s).")
    first_s, every_s = WINDOW_STEPS / STEPS_PER_S, EVERY_STEPS / STEPS_PER_S
    end_s = first_s + every_s * (max(map(len, curves)) - 1)
    lines = tuple(
        Curve(
            name, colour, tuple((first_s + every_s * n, y) for n, y in enumerate(curve)), dashed=d
        )
        for name, colour, curve, d in zip("AB", "ab", curves, (False, True), strict=True)
    )
    apart = tuple(
        (first_s + every_s * n, max(-_MOST_DELTA_LU, min(_MOST_DELTA_LU, b - a)))
        for n, (a, b) in enumerate(zip(*curves, strict=False))
    )
    ticks, reach, x_unit = time_ticks(end_s), (0.0, end_s), "minutes:seconds"
    return chart(Chart("Short-term loudness", "LUFS, 3 s", x_unit, lines, ticks, reach)) + chart(
        Chart("B minus A", "LU", x_unit, (Curve("B minus A", "n", apart),), ticks, reach)
    )
