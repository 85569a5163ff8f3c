"""What differs between two documents that are not audio: chains, DAW sessions."""
