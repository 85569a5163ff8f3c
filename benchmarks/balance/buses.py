"""What rough mixes go through before the client sends them."""

from __future__ import annotations

from bridge.hosting import search_folders
from stemwright.values import dataclass

_COMPRESSOR = """
[[master.insert]]
use = "compressor"
threshold_db = -22.0
ratio = 2.0
attack_ms = 20.0
release_ms = 150.0
"""
_HARD = _COMPRESSOR.replace("ratio = 2.0", "ratio = 4.0").replace("attack_ms = 20", "attack_ms = 5")
_LIMITED = """
[[master.insert]]
use = "limiter"
[target]
integrated_lufs = {lufs}
"""
_TONE = """
[[master.insert]]
use = "eq"
bands = [
  { shape = "low_shelf", hz = 100, gain_db = 1.5 },
  { shape = "bell", hz = 2500, gain_db = -1.0, q = 0.7 },
  { shape = "high_shelf", hz = 9000, gain_db = 2.0 },
]
"""
_ZAM = """
[[master.insert]]
id = "glue"
use = "plugin"
plugin = "ZamCompX2"
params = { "Threshold" = "-24 dB", "Ratio" = "3", "Stereo Detection" = "1" }
[[master.insert]]
id = "wall"
use = "plugin"
plugin = "ZaMaximX2"
params = { "Threshold" = "-10 dB" }
"""
_BAND = """
"ZamComp {n} ON" = "1"
"Threshold {n}" = "-26 dB"
"Ratio{n}" = "4"
"Attack{n}" = "5 ms"
"""
_BY_BANDS = f"""
[[master.insert]]
id = "bands"
use = "plugin"
plugin = "ZaMultiCompX2"
[master.insert.params]
{"".join(_BAND.format(n=n) for n in (1, 2, 3))}
[[master.insert]]
id = "wall"
use = "plugin"
plugin = "ZaMaximX2"
params = {{ "Threshold" = "-14 dB" }}
"""


@dataclass(frozen=True)
class Bus:
    """A master bus by its name; `goal_db` is how near every fader is to be found, None for no goal.

    `plugins` are those that it needs.
    """

    name: str
    inserts: str
    goal_db: float | None
    plugins: tuple[str, ...] = ()

    @property
    def is_here(self) -> bool:
        """Whether all its plugins are."""
        return all(
            any((folder / f"{name}.vst3").exists() for folder in search_folders())
            for name in self.plugins
        )


BUSES = (
    Bus("nothing", "", 0.05),
    Bus("our compressor, 2:1", _COMPRESSOR, 0.5),
    Bus("our compressor and limiter, -12 LUFS", _COMPRESSOR + _LIMITED.format(lufs=-12.0), 0.5),
    Bus("our compressor and limiter, -9 LUFS", _COMPRESSOR + _LIMITED.format(lufs=-9.0), 0.5),
    Bus("4:1 with 5 ms attack, limited to -9 LUFS", _HARD + _LIMITED.format(lufs=-9.0), 0.5),
    Bus("4:1 with 5 ms attack, limited to -7 LUFS", _HARD + _LIMITED.format(lufs=-7.0), 0.5),
    Bus("ZamCompX2 and ZaMaximX2", _ZAM, 0.5, ("ZamCompX2", "ZaMaximX2")),
    Bus("ZaMultiCompX2 4:1, three bands, and ZaMaximX2", _BY_BANDS, 0.5,
        ("ZaMultiCompX2", "ZaMaximX2")),
    Bus("an equaliser, compressor, limiter, -12 LUFS",
        _TONE + _COMPRESSOR + _LIMITED.format(lufs=-12.0), None),
)  # fmt: skip
