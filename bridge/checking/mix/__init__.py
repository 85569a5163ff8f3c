"""The stems against the rough mix: what they explain of it, and what not."""
