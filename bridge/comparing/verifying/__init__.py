"""A master against its lock and its digests, and rendered anew."""
