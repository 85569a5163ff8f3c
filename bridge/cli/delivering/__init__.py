"""Commands about what leaves the studio."""
