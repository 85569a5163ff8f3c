"""Hide a voice in bands that are known, and see what `unmask` names and what its cuts do.

`python -m benchmarks.unmask [--others | --load] [--docs]`: `--others` takes pairs that no threshold
was set by, `--load` prints what it takes instead. Everything is seeded; shared songs that are not
here are left out.
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.balance.load import loads
from benchmarks.balance.page import load_table
from benchmarks.unmask import page
from benchmarks.unmask.load import unmasked_job
from benchmarks.unmask.measured import measured
from benchmarks.unmask.pairs import other_pairs, pairs


def main() -> None:
    """Run what was asked for, and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.unmask", description=__doc__)
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--others", action="store_true")
    parser.add_argument("--docs", action="store_true")
    asked = parser.parse_args()
    if asked.load:
        told = load_table(list(loads(unmasked_job)))
    else:
        told = page.pairs_table(list(measured(other_pairs if asked.others else pairs)))
    sys.stdout.write(f"{told}\n")
    if asked.docs:
        page.write("load" if asked.load else "others" if asked.others else "pairs", told)


main()
