"""Clean stems out of wires: electric keys and guitars through amplifiers, synthesisers, effects."""
