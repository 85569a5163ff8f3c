"""What it would save and cost to compress the lanes of a store, a row for each codec.

    python scripts/lane_compression.py STORE [MAX_LANES]

wants blosc2, lz4 and zstandard, which are no dependencies of stemwright (docs/decisions/0028).
Parts of 256 kB are packed and unpacked on one core; CPU is told in ns a stereo frame.
"""

from __future__ import annotations

import json
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import blosc2
import lz4.frame
import numpy as np
import zstandard

_PART_FRAMES, _FRAME_BYTES, _WORD_BYTES = 16384, 16, 8
_LONGEST_BYTES = 64 << 20
Pack = Callable[[bytes], bytes]


def _lanes(store: Path) -> Iterator[bytes]:
    for meta in sorted(store.glob("v1/*/*/meta.json")):
        if json.loads(meta.read_bytes()).get("dtype") == "float64":
            yield (meta.parent / "data").read_bytes()[:_LONGEST_BYTES]


def _apart(octets: bytes) -> bytes:
    """First bytes of all samples, then second ones, ...: those that are alike lie together."""
    return np.frombuffer(octets, np.uint8).reshape(-1, _WORD_BYTES).T.tobytes()


def _together(octets: bytes) -> bytes:
    return np.frombuffer(octets, np.uint8).reshape(_WORD_BYTES, -1).T.tobytes()


def _blosc(codec: blosc2.Codec, level: int, order: blosc2.Filter) -> tuple[Pack, Pack]:
    def pack(octets: bytes) -> bytes:
        return bytes(
            blosc2.compress2(
                octets, codec=codec, clevel=level, filters=[order], typesize=_WORD_BYTES, nthreads=1
            )
        )

    return pack, lambda octets: bytes(blosc2.decompress2(octets, nthreads=1))


def _codecs() -> dict[str, tuple[Pack, Pack]]:
    shuffle, bits = blosc2.Filter.SHUFFLE, blosc2.Filter.BITSHUFFLE
    zstd, unzstd = zstandard.ZstdCompressor(level=1), zstandard.ZstdDecompressor()
    return {
        "zlib 1, bytes apart (numpy)": (
            lambda octets: zlib.compress(_apart(octets), 1),
            lambda octets: _together(zlib.decompress(octets)),
        ),
        "zstd 1": (zstd.compress, unzstd.decompress),
        "zstd 1, bytes apart (numpy)": (
            lambda octets: zstd.compress(_apart(octets)),
            lambda octets: _together(unzstd.decompress(octets)),
        ),
        "lz4": (lz4.frame.compress, lz4.frame.decompress),
        "blosc2 lz4 1, bytes apart": _blosc(blosc2.Codec.LZ4, 1, shuffle),
        "blosc2 lz4 1, bits apart": _blosc(blosc2.Codec.LZ4, 1, bits),
        "blosc2 blosclz 1, bytes apart": _blosc(blosc2.Codec.BLOSCLZ, 1, shuffle),
        "blosc2 zstd 1, bytes apart": _blosc(blosc2.Codec.ZSTD, 1, shuffle),
        "blosc2 zstd 1, bits apart": _blosc(blosc2.Codec.ZSTD, 1, bits),
        "blosc2 zstd 3, bits apart": _blosc(blosc2.Codec.ZSTD, 3, bits),
    }


def _silence_row(lanes: list[bytes]) -> str:
    """What is saved by leaving parts out that are silent, as is done."""
    size = _PART_FRAMES * _FRAME_BYTES
    parts = [lane[start : start + size] for lane in lanes for start in range(0, len(lane), size)]
    began = time.process_time()
    silent = sum(len(part) for part in parts if not np.frombuffer(part, np.uint32).any())
    took = time.process_time() - began
    whole = sum(map(len, parts))
    share, cost = 100.0 * silent / whole, 1e9 * took * _FRAME_BYTES / whole
    return f"| silence left out | {share:.1f} | {cost:.1f} | 0 |"


def _row(name: str, pack: Pack, unpack: Pack, lanes: list[bytes]) -> str:
    before = after = 0
    packing = unpacking = 0.0
    for lane in lanes:
        for start in range(0, len(lane), _PART_FRAMES * _FRAME_BYTES):
            part = lane[start : start + _PART_FRAMES * _FRAME_BYTES]
            began = time.process_time()
            packed = pack(part)
            packing += time.process_time() - began
            began = time.process_time()
            same = unpack(packed) == part
            unpacking += time.process_time() - began
            if not same:
                raise SystemExit(f"{name} is not lossless")
            before, after = before + len(part), after + len(packed)
    frames = before / _FRAME_BYTES
    saved = 100.0 * (1.0 - after / before)
    return (
        f"| {name} | {saved:.1f} | {1e9 * packing / frames:.1f} | {1e9 * unpacking / frames:.1f} |"
    )


def _main(words: list[str]) -> None:
    most = int(words[1]) if len(words) > 1 else 8
    lanes = [lane for lane, _ in zip(_lanes(Path(words[0])), range(most), strict=False)]
    print(f"{len(lanes)} lanes, {sum(map(len, lanes)) / 1e6:.0f} MB of float64\n")
    print("| codec | saved, % | packed, ns a frame | unpacked, ns a frame |")
    print("|---|--:|--:|--:|")
    print(_silence_row(lanes))
    for name, (pack, unpack) in _codecs().items():
        print(_row(name, pack, unpack, lanes))


if __name__ == "__main__":
    _main(sys.argv[1:])
