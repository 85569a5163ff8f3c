"""The text of a starter chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bridge.advising.starting.grouping import VOICES
from bridge.advising.starting.strips import Setting, Strip, comment, line, strip_lines

_HEAD = """\
# A starter chain: every value stands for what was measured, as its comment says. Faders are all at
# 0 dB: the balance is the mix's. `stemwright plan` shows the way, docs/new.md how it is made."""


def chain_text(
    name: str, strips: Sequence[Strip], target: Sequence[Setting] = (), said: Sequence[str] = ()
) -> str:
    """Return the TOML of a chain of `strips`, the target's lines last; `said` stands at its head.

    Without a target there is neither drive nor ceiling.
    """
    return "".join(f"{each}\n" for each in _lines(name, strips, target, said))


def _lines(
    name: str, strips: Sequence[Strip], target: Sequence[Setting], said: Sequence[str]
) -> Iterator[str]:
    yield _HEAD
    yield from comment(*said)
    yield from ("", line("schema", 1), line("name", name))
    for strip in strips:
        yield from strip_lines(strip)
    if target:
        yield from ("", "[target]", *(line(each.key, each.value, each.why) for each in target))
    voices = tuple(each.id for each in strips if each.kind == "group" and each.id in VOICES)
    if voices:
        yield from ("", "# Without the voices, from the same run:", "# [[version]]")
        yield from (f"# {each}" for each in (line("id", "instrumental"), line("mute", voices)))
