"""Studio One songs."""
