"""Settings of inserts moved until what comes out is nearest to a target."""
