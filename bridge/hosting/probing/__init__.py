"""What is learnt of a plugin by running it: its card, its state, its parameters."""
