"""Where groups of a song hide each other, and narrow cuts that free them."""
