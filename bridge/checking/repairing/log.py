"""repairs.txt: what was done to which stem, for whoever opens the folder."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.checking.codes import code_of
from bridge.checking.repairing.steps import Mended, RepairedStem, Repairs
from stemwright.words import clock

LOG = "repairs.txt"
BETTER = "A new export is the better cure: these are for the time until it comes."


def log_text(repairs: Repairs) -> str:
    """The whole text."""
    return "".join(f"{line}\n" for line in _lines(repairs))


def _lines(repairs: Repairs) -> Iterator[str]:
    yield "Repaired stems"
    yield BETTER
    for stem in repairs.stems:
        yield ""
        yield ", ".join(path.name for path in stem.after)
        if not stem.mended:
            yield "  copied as it is"
        for mended in stem.mended:
            yield f"  {place(mended, stem)}  {code_of(mended.step.code).says}: {_said(mended)}"
    if repairs.refused:
        yield ""
        yield "Not mended"
        for refused in repairs.refused:
            said = code_of(refused.code).says
            yield f"  {refused.stem or 'the song'}: {said}: {refused.why} ({refused.finding})"


def place(mended: Mended, stem: RepairedStem) -> str:
    """Where a step is, in its file: a time, or the whole of it."""
    step = mended.step
    if step.first == 0 and step.stop == stem.frames:
        return "throughout"
    start_s = step.first / stem.sample_rate_hz
    length_s = (step.stop - step.first) / stem.sample_rate_hz
    return (
        clock(start_s, 3) if length_s < 0.5 else f"{clock(start_s)} to {clock(start_s + length_s)}"
    )


def _said(mended: Mended) -> str:
    change = f"changed by {mended.peak_dbfs:.1f} dBFS at most" if mended.peak_dbfs > -200 else ""
    gain = f"expected gain {mended.gain_db:.0f} dB" if mended.gain_db is not None else ""
    told = "; ".join(each for each in (mended.words, change, gain) if each)
    return f"{told} ({mended.step.finding})"
