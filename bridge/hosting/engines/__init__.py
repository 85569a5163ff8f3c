"""The plugin hosts themselves, inside a worker child."""
