"""Timings, side by side within one run: `python -m benchmarks`."""
