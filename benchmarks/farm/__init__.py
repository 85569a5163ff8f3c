"""What a farm costs, and that it loses no song: `python -m benchmarks.farm --help`."""
