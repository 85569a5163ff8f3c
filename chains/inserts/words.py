"""A chain in the studio's words: one short line an insert."""

from __future__ import annotations

from functools import singledispatch

from chains.inserts import settings as inserts
from chains.model import Chain, Insert


def describe(insert: Insert) -> str:
    """Say what an insert does, in one line: "compressor -18 dB 2:1, 30/150 ms, mix 50 %"."""
    parts = [_settings(insert.settings)]
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


@singledispatch
def _settings(settings: object) -> str:
    raise TypeError(f"no words for {type(settings).__name__}")


@_settings.register
def _(settings: inserts.Gain) -> str:
    return f"gain {_gain(settings.gain_db)}"


@_settings.register
def _(settings: inserts.Eq) -> str:
    return "eq: " + ", ".join(_band(band) for band in settings.bands)


@_settings.register
def _(settings: inserts.Compressor) -> str:
    return "compressor " + _compression(settings)


@_settings.register
def _(settings: inserts.Limiter) -> str:
    ceiling = settings.ceiling_dbtp
    at = "the target's ceiling" if ceiling is None else f"{ceiling:g} dBTP"
    ahead, release = settings.lookahead_ms, settings.release_ms
    return f"limiter at {at}, {ahead:g} ms ahead, release {release:g} ms"


@_settings.register
def _(settings: inserts.DynamicEq) -> str:
    return "dynamic eq: " + ", ".join(_dynamic_band(band) for band in settings.bands)


@_settings.register
def _(settings: inserts.Multiband) -> str:
    corners = ", ".join(_hz(hz) for hz in settings.crossovers_hz)
    bands = "; ".join(_compression(band) for band in settings.bands)
    return f"multiband at {corners}: {bands}"


@_settings.register
def _(settings: inserts.Deesser) -> str:
    cut = f"up to {_gain(-settings.max_cut_db)}"
    return f"de-esser above {_hz(settings.hz)} over {settings.threshold_db:g} dB, {cut}"


@_settings.register
def _(settings: inserts.Saturation) -> str:
    levels = f"{_gain(settings.drive_db)} in, {_gain(settings.output_db)} out"
    return f"saturation {levels}, {settings.oversampling}x oversampled"


@_settings.register
def _(settings: inserts.Reverb) -> str:
    room = f"size {100 * settings.size:g} %, damping {100 * settings.damping:g} %"
    return f"reverb {room}, pre-delay {settings.predelay_ms:g} ms" + _low_cut(settings.low_cut_hz)


@_settings.register
def _(settings: inserts.Width) -> str:
    mono = f", mono below {_hz(settings.mono_below_hz)}" if settings.mono_below_hz else ""
    return f"width {100 * settings.width:g} %{mono}"


@_settings.register
def _(settings: inserts.Gate) -> str:
    times = f"{settings.attack_ms:g}/{settings.hold_ms:g}/{settings.release_ms:g} ms"
    cut = f"up to {_gain(-settings.max_cut_db)}"
    return f"gate {settings.threshold_db:g} dB {settings.ratio:g}:1, {cut}, {times}"


@_settings.register
def _(settings: inserts.Plugin) -> str:
    named = settings.plugin
    name = named if isinstance(named, str) else named.name or f"class {named.id}"
    parts = [f"plugin {name}"]
    if settings.state:
        parts.append(f"state {settings.state}")
    parts += [f"{parameter} {text}" for parameter, text in settings.params.items()]
    return ", ".join(parts)


def _compression(band: inserts.Compressor | inserts.CompressedBand) -> str:
    makeup = f", make-up {_gain(band.makeup_db)}" if band.makeup_db else ""
    times = f"{band.attack_ms:g}/{band.release_ms:g} ms"
    return f"{band.threshold_db:g} dB {band.ratio:g}:1, {times}{makeup}"


def _band(band: inserts.Band) -> str:
    name = f"{band.shape.replace('_', '-')} {_hz(band.hz)}"
    if isinstance(band, inserts.Pass):
        return f"{name} {band.slope_db_per_octave} dB/oct"
    return f"{name} {_gain(band.gain_db)} q {band.q:g}"


def _dynamic_band(band: inserts.DynamicBand) -> str:
    cut, boost = band.max_cut_db, band.max_boost_db
    moved = _gain(-cut) if cut is not None else _gain(boost or 0.0)
    name = f"{band.shape.replace('_', '-')} {_hz(band.hz)} q {band.q:g}"
    return f"{name} up to {moved} over {band.threshold_db:g} dB"


def _low_cut(hz: float) -> str:
    return f", low cut {_hz(hz)}" if hz else ""


def _gain(db: float) -> str:
    return f"{db:+g} dB" if db else "0 dB"


def _hz(hz: float) -> str:
    return f"{hz / 1000:g} kHz" if hz >= 1000 else f"{hz:g} Hz"
