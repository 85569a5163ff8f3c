"""chain.lock and render.json as texts: every key in its order, every number in its format.

What differs between machines and versions is left out by name: HASH, FULL (a float in all its
digits), SECONDS, VERSION.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LEFT_OUT = (
    (r'"[0-9a-f]{64}"', '"HASH"'),
    (r"-?\d+\.\d{7,}(e-\d+)?", "FULL"),
    (r'"seconds": \d+\.\d{1,3}\b', '"seconds": SECONDS'),
    (r'"(stemwright|host_version)": "[^"]+"', r'"\1": "VERSION"'),
)


def masked(text: str) -> str:
    for pattern, word in LEFT_OUT:
        text = re.sub(pattern, word, text)
    return text


LOCK = """\
{
  "schema": 1,
  "stemwright": "VERSION",
  "engine": {
    "host": "dawdreamer",
    "buffer_size": 512,
    "sample_rate_hz": 24000,
    "tempo_bpm": 120.0,
    "tail_s": null,
    "host_version": "VERSION",
    "offline": true,
    "transport": "playing"
  },
  "subtype": "pcm24",
  "sources": [
    {
      "stem": "high",
      "name": "high",
      "role": "other",
      "group": "all",
      "offset_s": 0.0,
      "files": [
        {
          "path": "../stems/high.wav",
          "member": null,
          "pcm": "HASH"
        }
      ]
    },
    {
      "stem": "low",
      "name": "low",
      "role": "other",
      "group": "all",
      "offset_s": 0.0,
      "files": [
        {
          "path": "../stems/low.wav",
          "member": null,
          "pcm": "HASH"
        }
      ]
    }
  ],
  "skipped": [],
  "plugins": [],
  "mixer": [
    {
      "id": "all",
      "trim": FULL,
      "inserts": [
        "gain"
      ],
      "fader": 1.0,
      "sends": {
        "hall": FULL
      }
    },
    {
      "id": "hall",
      "inserts": [],
      "fader": 1.0
    },
    {
      "id": "master",
      "inserts": []
    }
  ],
  "specs": {
    "all/gain": "HASH",
    "target": "HASH",
    "version less": "HASH"
  },
  "settings": {
    "all/gain": {
      "use": "gain",
      "gain_db": 2.0,
      "mix": 1.0,
      "on": "stereo"
    },
    "target": {
      "drive_at": "finish",
      "limiter.use": "limiter",
      "limiter.ceiling_dbtp": null,
      "limiter.lookahead_ms": 2.0,
      "limiter.release_ms": 100.0,
      "integrated_lufs": -16.0,
      "true_peak_dbtp": -1.0,
      "trim_if_over": false
    },
    "version less": {
      "sounding": "all",
      "without": "low"
    }
  },
  "frames": 12000,
  "drive_db": -1.04,
  "trim_db": 0.0,
  "drive_held": false,
  "range": null,
  "only": null,
  "steps": [
    {
      "id": "all/gain",
      "key": "HASH",
      "pcm": "HASH",
      "latency_frames": 0
    },
    {
      "id": "sum",
      "key": "HASH",
      "pcm": "HASH",
      "latency_frames": 0
    },
    {
      "id": "finish/main",
      "key": "HASH",
      "pcm": "HASH",
      "latency_frames": 0
    },
    {
      "id": "all/gain@less",
      "key": "HASH",
      "pcm": "HASH",
      "latency_frames": 0
    },
    {
      "id": "sum@less",
      "key": "HASH",
      "pcm": "HASH",
      "latency_frames": 0
    },
    {
      "id": "finish/less",
      "key": "HASH",
      "pcm": "HASH",
      "latency_frames": 0
    }
  ],
  "outputs": [
    {
      "version": "main",
      "pcm_sha256": "HASH"
    },
    {
      "version": "less",
      "pcm_sha256": "HASH"
    }
  ]
}
"""

RECORD = """\
{
  "schema": 1,
  "stemwright": "VERSION",
  "outputs": [
    {
      "version": "main",
      "path": "main.wav",
      "pcm_sha256": "HASH",
      "reached": true,
      "trim_db": 0.0,
      "measures": {
        "sample_rate_hz": 24000,
        "channels": 2,
        "frames": 12000,
        "integrated_lufs": FULL,
        "loudness_range_lu": null,
        "momentary_max_lufs": FULL,
        "short_term_max_lufs": null,
        "true_peak_dbtp": FULL,
        "sample_peak_dbfs": FULL,
        "plr_db": FULL,
        "psr_min_db": null,
        "dc": [
          FULL,
          FULL
        ],
        "correlation": FULL,
        "crest_db": FULL,
        "path": "main.wav"
      }
    },
    {
      "version": "less",
      "path": "less.wav",
      "pcm_sha256": "HASH",
      "reached": true,
      "trim_db": 0.0,
      "measures": {
        "sample_rate_hz": 24000,
        "channels": 2,
        "frames": 12000,
        "integrated_lufs": FULL,
        "loudness_range_lu": null,
        "momentary_max_lufs": FULL,
        "short_term_max_lufs": null,
        "true_peak_dbtp": FULL,
        "sample_peak_dbfs": FULL,
        "plr_db": FULL,
        "psr_min_db": null,
        "dc": [
          FULL,
          FULL
        ],
        "correlation": FULL,
        "crest_db": FULL,
        "path": "less.wav"
      }
    }
  ],
  "steps": [
    {
      "id": "all/gain",
      "label": "gain",
      "inserts": [
        "gain"
      ],
      "key": "HASH",
      "pcm": "HASH",
      "cached": false,
      "seconds": SECONDS,
      "latency_frames": 0,
      "level_in": {
        "peak_dbfs": -15.479,
        "rms_dbfs": -34.722
      },
      "level_out": {
        "peak_dbfs": -13.479,
        "rms_dbfs": -32.722
      },
      "lowest_gain_db": [
        null
      ]
    },
    {
      "id": "sum",
      "label": "sum",
      "inserts": [],
      "key": "HASH",
      "pcm": "HASH",
      "cached": false,
      "seconds": SECONDS,
      "latency_frames": 0,
      "level_in": null,
      "level_out": {
        "peak_dbfs": -11.533,
        "rms_dbfs": -30.776
      },
      "lowest_gain_db": []
    },
    {
      "id": "finish/main",
      "label": "drive -1.040 dB",
      "inserts": [],
      "key": "HASH",
      "pcm": "HASH",
      "cached": false,
      "seconds": SECONDS,
      "latency_frames": 0,
      "level_in": null,
      "level_out": {
        "peak_dbfs": -12.573,
        "rms_dbfs": -18.594
      },
      "lowest_gain_db": [
        0.0
      ]
    },
    {
      "id": "all/gain@less",
      "label": "gain",
      "inserts": [
        "gain"
      ],
      "key": "HASH",
      "pcm": "HASH",
      "cached": false,
      "seconds": SECONDS,
      "latency_frames": 0,
      "level_in": {
        "peak_dbfs": -21.5,
        "rms_dbfs": -37.732
      },
      "level_out": {
        "peak_dbfs": -19.5,
        "rms_dbfs": -35.732
      },
      "lowest_gain_db": [
        null
      ]
    },
    {
      "id": "sum@less",
      "label": "sum",
      "inserts": [],
      "key": "HASH",
      "pcm": "HASH",
      "cached": false,
      "seconds": SECONDS,
      "latency_frames": 0,
      "level_in": null,
      "level_out": {
        "peak_dbfs": -17.554,
        "rms_dbfs": -33.786
      },
      "lowest_gain_db": []
    },
    {
      "id": "finish/less",
      "label": "drive -1.040 dB",
      "inserts": [],
      "key": "HASH",
      "pcm": "HASH",
      "cached": false,
      "seconds": SECONDS,
      "latency_frames": 0,
      "level_in": null,
      "level_out": {
        "peak_dbfs": -18.594,
        "rms_dbfs": -21.604
      },
      "lowest_gain_db": [
        0.0
      ]
    }
  ],
  "groups": [
    {
      "id": "all",
      "stems": [
        "high",
        "low"
      ]
    }
  ],
  "versions": [
    {
      "id": "less",
      "groups": [
        "all"
      ],
      "without": [
        "low"
      ]
    }
  ],
  "target": {
    "integrated_lufs": -16.0,
    "true_peak_dbtp": -1.0
  },
  "drive_db": -1.04,
  "length": {
    "frames": 12000,
    "stems_s": 0.5,
    "tail_s": 0.0,
    "preroll_s": 0.0,
    "set_by": "stems"
  },
  "range": null,
  "only": null,
  "diagnostics": [],
  "files": [
    "main.wav",
    "less.wav",
    "main.wav.digests.json",
    "less.wav.digests.json",
    "chain.toml",
    "chain.lock",
    "report.html"
  ],
  "song": {
    "chain": "../chain.toml"
  },
  "heading": {
    "title": "Tiny song",
    "revision": null,
    "date": null,
    "subtype": "pcm24"
  },
  "heard": [
    {
      "kind": "stems",
      "name": "plain sum of the stems",
      "digest": "HASH",
      "rate_hz": 24000,
      "frames": 12000,
      "fault": null,
      "offset_s": null
    },
    {
      "kind": "group",
      "name": "all",
      "digest": "HASH",
      "rate_hz": 24000,
      "frames": 12000,
      "fault": null,
      "offset_s": null
    },
    {
      "kind": "version",
      "name": "main",
      "digest": "HASH",
      "rate_hz": 24000,
      "frames": 12000,
      "fault": null,
      "offset_s": null
    },
    {
      "kind": "version",
      "name": "less",
      "digest": "HASH",
      "rate_hz": 24000,
      "frames": 12000,
      "fault": null,
      "offset_s": null
    }
  ],
  "digests": {
    "main.wav": "HASH",
    "main.wav.digests.json": "HASH",
    "less.wav": "HASH",
    "less.wav.digests.json": "HASH",
    "chain.toml": "HASH",
    "chain.lock": "HASH",
    "report.html": "HASH"
  }
}
"""


@pytest.mark.parametrize(
    ("name", "expected"), [("chain.lock", LOCK), ("render.json", RECORD)], ids=["lock", "record"]
)
def test_the_text_of_what_is_written_is_this(tiny_song: Path, name: str, expected: str) -> None:
    assert masked((tiny_song / "out" / name).read_text(encoding="utf-8")) == expected
