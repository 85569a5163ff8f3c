"""A bus that moves within a window, followed by moments: over all, or by octaves."""
