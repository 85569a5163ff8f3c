"""A starter chain: from what the stems are and measure to a text that an engineer goes on with."""
