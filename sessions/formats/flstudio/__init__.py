"""FL Studio projects."""
