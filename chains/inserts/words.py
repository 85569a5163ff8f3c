"""A chain in the studio's words: one short line an insert."""

from __future__ import annotations

from chains.model import Chain, Insert


def describe(insert: Insert) -> str:
    """Say what an insert does, in one line: "compressor -18 dB 2:1, 30/150 ms, mix 50 %"."""
    parts = [insert.settings.in_words()]
    key = getattr(insert.settings, "key", None)
    if key:
        parts.append(f"key {key}")
    if insert.on != "stereo":
        parts.append(f"on {insert.on}")
    if insert.mix != 1.0:
        parts.append(f"mix {100 * insert.mix:g} %")
    if insert.bypass:
        parts.append("bypassed")
    return ", ".join(parts)


def describe_chain(chain: Chain) -> tuple[tuple[str, str], ...]:
    """Pair every insert's step id (`<group>/<insert id>`, `master/<insert id>`) with its line."""
    return tuple((f"{owner}/{insert.id}", describe(insert)) for owner, insert in chain.inserts())
