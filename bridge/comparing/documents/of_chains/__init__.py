"""What differs between two chains, and a chain with the difference made to it."""
