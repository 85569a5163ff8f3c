"""`stemwright plugins` and its commands."""
